"""People over time: who is in authors.toml is known at every door, and has another name without a correction."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nouns
from commands import run_dispatch
from dispatch import compose, config, identity, inbox, issues, ledger, registry
from dispatch.errors import ConfigError
from dispatch.formats import FORMATS
from dispatch.model import Article, Author, Credit, Person

REGISTRY = """\
# Who writes here
[ann-lee]
name = "Ann Lee"   # as she signs
url = "https://ann.example/"
email = "ann@lee.example"
former = [
  "Ann Poe",  # until 2020
  "https://poe.example/ann",
]

[bo]
name = "José Bo Roe"

[roe]
name = "Cy Roe"
url = "https://roe.example/cy"

[roe-2]
name = "Cy Roe"
url = "https://other.example/cy"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "wire"
    config.create_publication(folder, title="The Wire", url="https://wire.example", sender="Wire <desk@wire.example>")
    (folder / "authors.toml").write_text(REGISTRY, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "url", "key"),
    [
        ("ann-lee", "", "ann-lee"),
        ("Ann Lee", "", "ann-lee"),
        ("ann  LEE", "https://www.ann.example", "ann-lee"),
        ("Lee, Ann", "", "ann-lee"),
        ("Ann Poe", "", "ann-lee"),
        ("Ann Poe", "http://poe.example/ann/", "ann-lee"),
        ("Ann", "https://ann.example", "ann-lee"),
        ("Ann M. Lee", "https://ann.example", "ann-lee"),
        ("ann@lee.example", "", "ann-lee"),
        ("https://ann.example", "", "ann-lee"),
        ("Jose\u0301 Bo Roe", "", "bo"),
        ("Cy Roe", "https://roe.example/cy", "roe"),
        ("Ann Lee", "https://stranger.example", ""),
        ("ann-lee", "https://stranger.example", ""),
        ("José Bo Roe", "https://stranger.example", ""),
        ("Bo Lee", "https://ann.example", ""),
        ("Ann", "", ""),
        ("Cy Roe", "", ""),
    ],
)
def test_a_person_is_known_by_all_that_tells_and_a_stranger_is_not(root: Path, name: str, url: str, key: str) -> None:
    assert identity.find_person(Author(name=name, url=url), config.load(root)) == key


def test_a_mailbox_tells_with_a_part_of_the_name(root: Path) -> None:
    wire = config.load(root)
    assert identity.find_person(Author(name="Ann", email="Ann@Lee.example"), wire) == "ann-lee"
    assert identity.find_person(Author(name="Bo", email="ann@lee.example"), wire) == ""


@given(name=st.text(max_size=30), url=st.text(max_size=30), former=st.lists(st.text(max_size=20), max_size=3))
def test_whatever_is_asked_somebody_is_one_person_or_nobody(name: str, url: str, former: list[str]) -> None:
    wire = nouns.publication(authors={"a": Author(name="Ann Lee")}, former_names={"a": tuple(former)})
    said = Author(name=name, url=url)
    assert identity.find_person(said, wire) in {"", "a"}
    assert identity.register_authors([said, said], wire) in {(said,), (wire.authors["a"],)}


@pytest.mark.parametrize("said", ["ann-lee", "Ann Lee", "ann lee", "Lee, Ann", "Ann Poe", "https://ann.example"])
def test_the_registry_is_asked_on_the_way_in(root: Path, said: str) -> None:
    dispatch = partial(run_dispatch, root)
    dispatch("issue", "new", "Week", "--slug", "week")
    story = root / "story.md"
    name = said if "://" not in said else "ann-lee"  # in a text, an address is nobody's name
    story.write_text(f'---\ntitle: Story\nauthors: ["{name}"]\npublished: 2026-10-01\n---\nText.\n', "utf-8")
    dispatch("add", "story.md")
    dispatch("add", "--no-fetch", "--title", "Link", "--url", "https://paper.example/a", "--author", said)
    wire = config.load(root)
    arrived = nouns.article(3, authors=(Author(name=said),))
    week, _, _ = compose.add_articles(issues.read_issue(wire, "week"), [arrived], wire)
    issues.change_issue(wire, issues.read_issue(wire, "week"), week)
    blog = root / "blog"
    blog.mkdir()
    (blog / "post.md").write_text("---\ntitle: Post\ndate: 2026-10-02\n---\nText.\n", "utf-8")
    dispatch("import", "blog", "--from", "markdown", "--author", said)
    articles = [one for issue in issues.read_all_issues(wire) for one in issue.articles]
    assert [one.authors for one in articles] == [(wire.authors["ann-lee"],)] * 4
    assert all("ann-lee" in (root / one.file).read_text("utf-8") for one in articles)


def test_a_stranger_of_the_same_name_stays_a_stranger(root: Path) -> None:
    run_dispatch(root, "issue", "new", "Week", "--slug", "week")
    stranger = ("--author", "Ann Lee=https://stranger.example")
    run_dispatch(root, "add", "--no-fetch", "--title", "Link", "--url", "https://paper.example/a", *stranger)
    (one,) = issues.read_issue(config.load(root), "week").articles
    assert one.authors == (Author(name="Ann Lee", url="https://stranger.example"),)


@pytest.mark.parametrize(
    ("name", "offered"),
    [("A. Lee", ["ann-lee"]), ("J. B. Roe", ["bo"]), ("Bo", ["bo"]), ("A.", []), ("Ann Lee", []), ("B. Lee", [])],
)
def test_initials_are_offered_and_never_certain(root: Path, name: str, offered: list[str]) -> None:
    publication = config.load(root)
    assert identity.suggest_people(Author(name=name), publication) == offered
    (root / "story.md").write_text(f"---\ntitle: A story\nauthors:\n  - name: {name}\n---\nWords of it.\n", "utf-8")
    run_dispatch(root, "issue", "new", "Week 48")
    said = run_dispatch(root, "add", "story.md", "--issue", "week-48").output
    assert [line.rpartition(" ")[2] for line in said.splitlines() if f"if {name} is" in line] == offered
    (article,) = issues.read_issue(config.load(root), "week-48").articles
    assert article.authors[0].name == name


@pytest.mark.parametrize(("former", "said"), [('"bo"', "is the key of an author here"), ('" "', "is empty")])
def test_a_former_name_that_is_none_is_a_fault(root: Path, former: str, said: str) -> None:
    with (root / "authors.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[dee]\nname = "Dee"\nformer = [{former}]\n')
    with pytest.raises(ConfigError, match=said):
        config.load(root)


def test_an_entry_is_edited_and_every_other_line_stays() -> None:
    table = registry.to_table(Person(author=Author(name="Ann Fay", url="https://ann.example/"), former=("Ann Lee",)))
    text = registry.edit_entry(REGISTRY, "ann-lee", table, now="ann-fay")
    head, rest = REGISTRY.split("[bo]")
    assert text.split("[bo]")[1] == rest
    assert text.startswith(
        '# Who writes here\n[ann-fay]\nname = "Ann Fay"\nurl = "https://ann.example/"\nformer = ["Ann Lee"]\n'
    )
    assert registry.edit_entry(REGISTRY, "bo", None) == head + rest.partition("\n\n")[2]
    windows = registry.edit_entry("[a]\r\nname = 'A'", "b", {"name": "B"})
    assert windows == "[a]\r\nname = 'A'\r\n\r\n[b]\r\nname = \"B\"\r\n"
    with pytest.raises(ConfigError, match="cannot be edited"):
        registry.edit_entry('a = {name = "A"}', "a", {"name": "B"})


@given(
    name=st.text(min_size=1), former=st.lists(st.text(min_size=1)), key=st.from_regex(r"[a-z0-9-]{1,9}", fullmatch=True)
)
def test_whatever_an_entry_says_it_is_read_back(name: str, former: list[str], key: str) -> None:
    table = registry.to_table(Person(author=Author(name=name), former=tuple(former)))
    try:
        text = registry.edit_entry(REGISTRY, key, table)
    except ConfigError:  # half a surrogate pair, which is no text
        return
    assert f"[{key}]" in text


# Five issues by three people, who are then renamed, merged and known by a former name.


@pytest.fixture
def wire(root: Path) -> Path:
    """Five published issues: Ann Lee by her key and by name, Al Roe without an entry, and Bo Roe by a former name."""
    (root / "authors.toml").write_text(
        '[ann-lee]\nname = "Ann Lee"\nurl = "https://ann.example"\n\n[bo]\nname = "Bo Roe"\nformer = ["Bo Poe"]\n',
        "utf-8",
    )
    with (root / "dispatch.toml").open("a", encoding="utf-8") as file:
        file.write('\n[feeds]\neach = ["author"]\n')
    bylines = ["- ann-lee", "- name: Ann Lee", "- name: Al Roe\n  - name: Ann Lee\n    url: https://ann.example",
               "- name: Bo Poe\n  - bo", "- name: Al Roe\n    url: https://roe.example"]  # fmt: skip
    for number, byline in enumerate(bylines, 1):
        folder = root / "issues" / f"i{number}"
        folder.mkdir(parents=True)
        (folder / "issue.md").write_text(
            f"---\ntitle: Issue {number}\nnumber: {number}\ndate: 2026-10-0{number}\nsections:\n  - title: News\n"
            "    articles: [story]\n---\nHello.\n",
            "utf-8",
        )
        (folder / "story.md").write_text(
            f"---\ntitle: Story {number}  # the editor's\nauthors:\n  {byline}\ncredits:\n  - role: editor\n"
            f"    name: Ann Lee\npublished: 2026-10-01\nsyndicate: full\n---\nWords of story {number}.\n",
            "utf-8",
        )
        run_dispatch(root, "publish", f"i{number}")
    return root


def find_told(root: Path, name: str) -> list[str]:
    """The public files, and those rendered for mail, that hold a name or its slug, in their bytes or decoded."""
    for slug in ("i1", "i2", "i3", "i4", "i5"):
        run_dispatch(root, "render", slug)
    pattern = re.compile(re.sub(r"\s", r"\\W", name).encode(), re.IGNORECASE)
    told = []
    for path in sorted(one for folder in ("public", "out") for one in (root / folder).rglob("*") if one.is_file()):
        bodies = [path.read_bytes(), path.relative_to(root).as_posix().encode()]
        if path.suffix == ".eml":
            parts = message_from_bytes(bodies[0], policy=policy.default).walk()
            bodies += [part.get_content().encode() for part in parts if part.get_content_maintype() == "text"]
        told += [path.relative_to(root).as_posix()] if any(map(pattern.search, bodies)) else []
    return told


def read_entries(root: Path, feed: str = "feed.atom") -> list[str]:
    """What readers of a feed know it, an entry and its place in time by."""
    return re.findall(r"<(?:id|updated|published)>[^<]*", (root / "public" / feed).read_text("utf-8"))


def commit(root: Path) -> None:
    for words in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=x", "-c", "user.email=x@x.example", "commit", "-qm1"],
    ):
        subprocess.run(["git", *words], cwd=root, check=True)


@pytest.mark.parametrize("id_", ["", "id: tag:paper.example,2026:mill\n"])
def test_a_mailbox_in_a_file_is_the_person_who_has_it(root: Path, id_: str) -> None:
    (root / "authors.toml").write_text('[bo]\nname = "Bo Quay"\nemail = "bo@wire.example"\n', "utf-8")
    run_dispatch(root, "issue", "new", "First")
    file = root / "mill.md"
    file.write_text(f"---\n{id_}title: A mill\nauthors: [Ann Lee, BO@wire.example]\n---\nWords.\n", "utf-8")
    assert "by Ann Lee, Bo Quay to" in run_dispatch(root, "add", "mill.md").stderr
    head = f"---\n{id_}title: A moor\n".replace("mill", "moor")
    file.write_text(f"{head}authors: [bo@wire.example, cy@wire.example]\n---\nOther.\n", "utf-8")
    said = run_dispatch(root, "add", "mill.md", "--key", "moor").stderr
    assert "nobody in authors.toml has the mailbox cy@wire.example\n" in said
    (kept,) = root.glob("issues/*/moor.md")
    assert "@" not in kept.read_text("utf-8")
    assert "certainty: likely" in kept.read_text("utf-8")


@pytest.mark.parametrize(
    ("authors", "certainty"), [("[bo]", ""), ("[{name: bo}]", ""), ("[bo, Cy Dale]", ""), ("[cy]", "likely")]
)
def test_a_key_in_a_file_of_ones_own_is_certain(root: Path, authors: str, certainty: str) -> None:
    (root / "authors.toml").write_text('[bo]\nname = "Bo Quay"\n', "utf-8")
    run_dispatch(root, "issue", "new", "First")
    (root / "mill.md").write_text(f"---\ntitle: A mill\nauthors: {authors}\n---\nWords.\n", "utf-8")
    run_dispatch(root, "add", "mill.md")
    (kept,) = root.glob("issues/*/a-mill.md")
    assert ("certainty: likely" in kept.read_text("utf-8")) == bool(certainty)
    assert ("\n  - bo\n" in kept.read_text("utf-8")) == ("bo" in authors)


MAIL = """From: {}
Subject: The mill
Date: Mon, 02 Nov 2026 08:00:00 +0000
Message-ID: <a@wire.example>

The mill was late again, and nobody at the quay was surprised by it at all.
"""
RSS = """<rss version="2.0"><channel><title>P</title><link>https://p.example/</link><item><title>The mill</title>
<link>https://p.example/1</link><author>{}</author><description>One bell rang.</description></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>P</title><id>tag:p</id><updated>2026-11-01T00:00:00Z</updated>
<entry><title>The mill</title><id>tag:p1</id><link href="https://p.example/1"/><updated>2026-11-01T00:00:00Z</updated>
<author><name>{}</name><email>{}</email></author><content>One bell rang.</content></entry></feed>"""
MARKDOWN = "---\ntitle: The mill\nauthors: [{name: %s, email: %s}]\n---\nOne bell rang.\n"


@pytest.mark.parametrize("name", ["Bo", "B. Quay", "Cy Dale"])
@pytest.mark.parametrize("kind", ["mill.eml", "mill.xml", "mill.atom", "mill.md", "fwd.eml", "fwd-html.eml"])
def test_a_mailbox_beside_a_name_says_who_it_is_and_goes_no_further(root: Path, kind: str, name: str) -> None:
    if (name, kind) == ("Bo", "fwd.eml"):
        return  # one word above a forwarded text may be a paper
    mailbox = "cy@wire.example" if name == "Cy Dale" else "bo@wire.example"
    (root / "authors.toml").write_text('[bo-quay]\nname = "Bo Quay"\nemail = "bo@wire.example"\n', "utf-8")
    run_dispatch(root, "issue", "new", "First")
    texts = {
        "mill.eml": MAIL.format(f'"{name}" <{mailbox}>'),
        "mill.xml": RSS.format(f"{mailbox} ({name})"),
        "mill.atom": ATOM.format(name, mailbox),
        "mill.md": MARKDOWN % (name, mailbox),
        "fwd.eml": FORWARD.format("plain", "", "", f"{name} <{mailbox}>", "", "\n", ""),
        "fwd-html.eml": FORWARD.format("html", "<p>", "<br>", f"{name} &lt;{mailbox}>", "<br>", "</p>", "<p>"),
    }
    (root / kind).write_text(texts[kind], "utf-8")
    shown = name if name == "Cy Dale" else "Bo Quay"
    assert f"“The mill” by {shown} to" in run_dispatch(root, "add", kind).stderr
    assert all("@" not in path.read_text("utf-8") for path in root.glob("issues/*/*mill*"))


FORWARD = """From: Al Roe <al@wire.example>
Subject: Fwd: The mill
Date: Mon, 02 Nov 2026 08:00:00 +0000
Message-ID: <a@wire.example>
Content-Type: text/{}

{}---------- Forwarded message ---------{}
From: {}{}
Subject: The mill{}
{}The mill was late again, and nobody at the quay was surprised by it at all.
"""
JSON = """{"version": "https://jsonfeed.org/version/1.1", "title": "P", "items": [{"id": "1", "url": "https://p.example/1",
"title": "The mill", "authors": [{"name": "%s", "url": "mailto:%s"}], "content_text": "One bell rang."}]}"""


def write_bare_mailboxes(folder: Path, mailbox: str) -> list[str]:
    """Write the mailbox for a name wherever one may stand."""
    texts = {
        "sent.eml": MAIL.format(mailbox),
        "forwarded.eml": FORWARD.format("plain", "", "", mailbox, "", "\n", ""),
        "forwarded-html.eml": FORWARD.format("html", "<p>", "<br>", mailbox, "<br>", "</p>", "<p>"),
        "author.xml": RSS.format(mailbox),
        "creator.xml": RSS.replace("author>", "dc:creator>").replace("<rss", f"<rss {DC}").format(mailbox),
        "name.atom": ATOM.format(mailbox, ""),
        "email.atom": ATOM.format("", mailbox),
        "name.json": JSON % (mailbox, ""),
        "url.json": JSON % ("", mailbox),
        "name.md": f"---\ntitle: The mill\nauthor: {mailbox}\n---\nOne bell rang.\n",
        "email.md": f"---\ntitle: The mill\nauthors: [{{email: {mailbox}}}]\n---\nOne bell rang.\n",
        "own.md": f"---\nid: tag:wire.example,2026:mill\ntitle: The mill\nauthors: [{mailbox}]\n---\nOne bell rang.\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return list(texts)


DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


def test_a_bare_mailbox_is_who_has_it_and_no_name(root: Path) -> None:
    (root / "authors.toml").write_text('[bo]\nname = "Bo Quay"\nemail = "bo@wire.example"\n', "utf-8")
    run_dispatch(root, "issue", "new", "First", "--slug", "first")
    for mailbox, told in (("BO@wire.example", " by Bo Quay to first"), ("cy@wire.example", " to first")):
        for name in write_bare_mailboxes(root, mailbox):
            said = run_dispatch(root, "add", name, "--issue", "first", "--key", "mill").stderr
            assert f"“The mill”{told}\n" in said, name
            assert ("nobody in authors.toml has the mailbox cy@" in said) == (mailbox[0] == "c"), name
            (kept,) = root.glob("issues/first/mill.*")
            assert not re.search(r"\w@|mailto|\bcy\b", kept.read_text("utf-8")), name
            run_dispatch(root, "issue", "remove", "first", "mill", "--delete", "--yes")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Bo Q. <bo@wire.example>", "Bo Quay"),
        ("bo@wire.example", "Bo Quay"),
        ("Al Roe <bo@wire.example>", "Al Roe"),
        ("Cy Dale <cy@wire.example>=https://cy.example", "Cy Dale"),
    ],
)
def test_a_mailbox_on_the_command_line_is_part_of_no_name(root: Path, said: str, shown: str) -> None:
    (root / "authors.toml").write_text('[bo]\nname = "Bo Quay"\nemail = "bo@wire.example"\n', "utf-8")
    run_dispatch(root, "issue", "new", "First")
    (root / "mill.txt").write_text("A mill\n\nWords of a mill.\n", "utf-8")
    words = ("--author", said, "--credit", f"editor:{said}" if " " in said else "editor:Al Roe", "--title", "A mill")
    assert f"by {shown} to" in run_dispatch(root, "add", "mill.txt", *words).stderr
    assert all("@" not in path.read_text("utf-8") for path in root.glob("issues/*/*.md"))


def test_a_mailbox_is_no_name(root: Path) -> None:
    run_dispatch(root, "issue", "new", "First")
    (root / "mill.txt").write_text("A mill\n\nWords of a mill.\n", "utf-8")
    said = run_dispatch(root, "add", "mill.txt", "--author", "cy@wire.example", code=2).stderr
    assert "nobody in authors.toml has the mailbox cy@wire.example" in said
    run_dispatch(root, "author", "rename", "Al Roe", "Al Poe <al@wire.example>", code=2)


def test_a_renamed_person_has_the_new_name_in_everything_and_the_old_one_in_nothing(wire: Path) -> None:
    assert len(find_told(wire, "Ann Lee")) > 40
    commit(wire)
    before, followed = read_entries(wire), read_entries(wire, "authors/ann-lee/feed.atom")
    assert len(followed) == 2 + 3 * 3  # the feed's, and three of each entry
    run_dispatch(wire, "author", "rename", "ann-lee", "Alex Fay")
    review = run_dispatch(wire, "review", "--base", "HEAD").output
    assert "nothing that was published is broken" in review
    assert "Ann" not in review
    assert "byline: " not in review
    assert run_dispatch(wire, "check", "i1").output.count("error") == 1  # "no errors"
    run_dispatch(wire, "publish")
    # Whoever knows the old address is led on, and sees in it what it was.
    told = find_told(wire, "Ann Lee")
    assert [one for one in told if not one.startswith("public/authors/ann-lee/")] == ["public/_redirects"]
    assert not re.search("Ann Lee", (wire / "public" / "authors" / "ann-lee" / "index.html").read_text("utf-8"))
    assert "/authors/ann-lee/* /authors/alex-fay/:splat 301" in (wire / "public" / "_redirects").read_text("utf-8")
    assert read_entries(wire) == before
    # Followers are led to the new feed, where every entry is the one that they have.
    assert read_entries(wire, "authors/alex-fay/feed.atom")[1:] == followed[1:]
    assert "Alex Fay" in (wire / "public" / "authors" / "alex-fay" / "index.html").read_text("utf-8")
    assert "Ann Lee" not in (wire / "dispatch.lock").read_text("utf-8")
    assert "title: Story 3  # the editor's\n" in (wire / "issues" / "i3" / "story.md").read_text("utf-8")
    assert "0 of " in run_dispatch(wire, "publish").stderr


def test_a_name_may_be_changed_by_hand(wire: Path) -> None:
    before = read_entries(wire)
    path = wire / "authors.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace('name = "Ann Lee"', 'name = "Alex Fay"'), "utf-8")
    assert "ids.authors" in run_dispatch(wire, "publish", code=1).output
    path.write_text(text.replace('name = "Ann Lee"', 'name = "Alex Fay"\nformer = ["Ann Lee"]'), "utf-8")
    run_dispatch(wire, "publish")
    # The key is the editor's, and so is the address that is made of it.
    assert all("authors/ann-lee/" in one or is_linked(wire, one) for one in find_told(wire, "Ann Lee"))
    assert read_entries(wire) == before


def is_linked(root: Path, file: str) -> bool:
    """Whether the old name is only in the addresses of the author's page."""
    return not re.search("ann lee", (root / file).read_text("utf-8"), re.IGNORECASE)


def test_a_name_can_be_forgotten(wire: Path) -> None:
    run_dispatch(wire, "author", "rename", "Ann Lee", "Alex Fay", "--forget")
    run_dispatch(wire, "publish")
    assert find_told(wire, "Ann Lee") == []
    kept = [wire / "authors.toml", wire / "dispatch.lock", *wire.glob("issues/*/*")]
    assert [path for path in kept if re.search("ann.lee", path.read_text("utf-8"), re.IGNORECASE)] == []
    assert "Alex Fay" in (wire / "public" / "issues" / "i2" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("is_clone", [False, True])
def test_what_is_forgotten_stays_nowhere_in_a_copy(wire: Path, tmp_path: Path, is_clone: bool) -> None:
    with inbox.open_inbox(config.load(wire)) as opened:
        article = Article(title="The mill", url="https://p.example/1", authors=(Author(name="Ann Lee"),))
        opened.keep_articles("mill", [article], datetime(2026, 11, 1, tzinfo=UTC))
    copy = tmp_path / "copy"
    shutil.copytree(wire, copy, ignore=lambda *_: {"site.sqlite"} if is_clone else set())
    shutil.rmtree(wire)
    run_dispatch(copy, "author", "rename", "Ann Lee", "Alex Fay", "--forget")
    assert "Alex Fay" in run_dispatch(copy, "inbox", "--author", "Alex").stdout
    run_dispatch(copy, "publish")
    assert not (copy / "public" / "authors" / "ann-lee").exists()
    every = [path for path in copy.rglob("*") if path.is_file()]
    assert copy / ".dispatch" / "inbox.sqlite" in every
    assert [path for path in every if re.search(rb"ann\W?lee", path.read_bytes(), re.IGNORECASE)] == []


@pytest.mark.parametrize("forget", [(), ("--forget",)])
@pytest.mark.parametrize("said", ["Ann Lee", "ann-lee"])
def test_a_name_that_was_changed_by_hand_is_found_in_the_ledger(wire: Path, said: str, forget: tuple[str]) -> None:
    before, path = read_entries(wire), wire / "authors.toml"
    path.write_text(path.read_text("utf-8").replace('"Ann Lee"', '"Alex Fay"'), "utf-8")
    run_dispatch(wire, "author", "rename", said, "Alex Fay", *forget)
    run_dispatch(wire, "publish")
    told = [one for one in find_told(wire, "Ann Lee") if not one.startswith("public/authors/ann-lee/")]
    assert told == ([] if forget else ["public/_redirects"])
    assert read_entries(wire) == before
    assert ("Ann Lee" in path.read_text("utf-8")) == (not forget)


@pytest.mark.parametrize("forget", [(), ("--forget",)])
def test_a_key_that_is_a_part_of_the_old_name_goes_with_it(wire: Path, forget: tuple[str, ...]) -> None:
    assert (wire / "public" / "authors" / "bo" / "index.html").is_file()
    run_dispatch(wire, "author", "rename", "bo", "Mo Roe", *forget)
    run_dispatch(wire, "publish")
    assert (wire / "public" / "authors" / "mo-roe" / "index.html").is_file()
    assert (wire / "public" / "authors" / "bo" / "index.html").is_file() == (not forget)
    assert ('"bo"' in (wire / "authors.toml").read_text("utf-8")) == (not forget)
    assert "/bo/" not in (wire / "public" / "issues" / "i4" / "index.html").read_text("utf-8")


def test_a_key_that_the_new_name_has_too_stays(wire: Path) -> None:
    run_dispatch(wire, "author", "rename", "bo", "Bo Quill")
    run_dispatch(wire, "publish")
    assert "[bo]" in (wire / "authors.toml").read_text("utf-8")
    assert (wire / "public" / "authors" / "bo" / "index.html").is_file()


def test_what_no_command_changes_is_said(wire: Path) -> None:
    with (wire / "issues" / "i5" / "story.md").open("a", encoding="utf-8") as file:
        file.write("\nAs ann lee told us.\n")
    said = run_dispatch(wire, "author", "rename", "Ann Lee", "Alex Fay").stderr
    assert [line for line in said.splitlines() if "still" in line] == [
        "issues/i5/story.md still has the old name in it"
    ]


def test_every_edition_that_was_rendered_under_the_old_name_is_said(wire: Path) -> None:
    run_dispatch(wire, "render", "i1", *(word for name in FORMATS for word in ("--format", name)))
    said = run_dispatch(wire, "author", "rename", "Ann Lee", "Alex Fay", "--forget").stderr
    names = [line.removesuffix(" still has the old name in it") for line in said.splitlines() if "still" in line]
    assert names == sorted(path.relative_to(wire).as_posix() for path in (wire / "out").rglob("*") if path.is_file())
    assert len(names) == len(FORMATS)


def test_a_review_does_not_tell_a_name_that_is_forgotten(wire: Path) -> None:
    commit(wire)
    run_dispatch(wire, "author", "rename", "Ann Lee", "Alex Fay", "--forget")
    said = run_dispatch(wire, "review", "--base", "HEAD").output
    assert not re.search(r"ann\W?lee", said.replace("https://ann.example", ""), re.IGNORECASE), said
    assert "What was published under former names of alex-fay is now by Alex Fay" in said
    assert "byline" in said


def test_a_review_tells_who_lost_a_story_to_whom(wire: Path) -> None:
    commit(wire)
    with (wire / "authors.toml").open("a", encoding="utf-8") as file:
        file.write('\n[zed]\nname = "Zed Ash"\n')
    story = wire / "issues" / "i1" / "story.md"  # not all: that is another person
    story.write_text(story.read_text("utf-8").replace("- ann-lee", "- zed"), "utf-8")
    said = run_dispatch(wire, "review", "--base", "HEAD", code=1).output
    assert "Ann Lee" in said
    assert "Zed Ash" in said


@pytest.mark.parametrize("how", ["entry", "name", "stranger"])
def test_a_review_tells_who_lost_all_stories_to_whom(wire: Path, how: str) -> None:
    commit(wire)
    path = wire / "authors.toml"
    text = path.read_text("utf-8")
    if how == "name":
        path.write_text(text.replace('name = "Ann Lee"', 'name = "Zed Ash"'), "utf-8")
    elif how == "entry":
        path.write_text(text.replace('[ann-lee]\nname = "Ann Lee"', '[zed]\nname = "Zed Ash"'), "utf-8")
    else:
        path.write_text(f'{text}\n[zed]\nname = "Zed Ash"\n', "utf-8")
    for story in wire.glob("issues/*/story.md"):
        body = story.read_text("utf-8").replace("Ann Lee", "Zed Ash")
        body = body if how == "name" else body.replace("- ann-lee", "- zed")
        story.write_text(body.replace("    url: https://ann.example\n", ""), "utf-8")
    said = run_dispatch(wire, "review", "--base", "HEAD", code=1).output
    assert "Ann Lee" in said
    assert "Zed Ash" in said
    assert "former names" not in said


def test_a_name_can_be_forgotten_later(wire: Path) -> None:
    run_dispatch(wire, "author", "rename", "Ann Lee", "Alex Fay")
    run_dispatch(wire, "publish")
    run_dispatch(wire, "author", "rename", "Ann Lee", "Alex Fay", "--forget")
    run_dispatch(wire, "publish")
    assert find_told(wire, "Ann Lee") == []


def test_two_people_are_made_one(wire: Path) -> None:
    before = read_entries(wire)
    run_dispatch(wire, "author", "merge", "Al Roe=https://roe.example", "bo")
    run_dispatch(wire, "publish")
    entry = config.load(wire)
    assert entry.authors["bo"] == Author(name="Bo Roe", url="https://roe.example")
    assert entry.former_names["bo"] == ("Bo Poe", "Al Roe")
    told = [one for one in find_told(wire, "Al Roe") if not one.startswith("public/authors/al-roe/")]
    assert told == ["public/_redirects"]
    assert find_told(wire, "Bo Poe") == []
    assert read_entries(wire) == before
    assert [one.authors for one in issues.read_issue(entry, "i4").articles] == [(entry.authors["bo"],)]


def test_a_name_that_comes_back_from_outside_is_the_present_one(wire: Path) -> None:
    run_dispatch(wire, "author", "rename", "ann-lee", "Alex Fay")
    run_dispatch(wire, "issue", "new", "Next", "--slug", "next")
    said = ("--author", "Ann Lee=https://ann.example")
    run_dispatch(wire, "add", "--no-fetch", "--title", "Link", "--url", "https://paper.example/a", *said)
    (one,) = issues.read_issue(config.load(wire), "next").articles
    assert [author.name for author in one.authors] == ["Alex Fay"]


def test_somebody_new_does_not_get_an_address_that_leads_on(wire: Path) -> None:
    run_dispatch(wire, "author", "rename", "ann-lee", "Alex Fay")
    run_dispatch(wire, "issue", "new", "Next", "--slug", "next", "--date", "2026-10-09")
    said = (
        "--author",
        "Ann Lee=https://stranger.example",
        "--published",
        "2026-10-02",
        "--source",
        "S=https://s.example",
    )
    run_dispatch(wire, "add", "--no-fetch", "--title", "Link", "--url", "https://paper.example/a", *said)
    run_dispatch(wire, "publish", "next")
    assert (wire / "public" / "authors" / "ann-lee-2" / "index.html").is_file()


def test_what_cannot_be_done_changes_nothing(wire: Path) -> None:
    kept = [wire / "authors.toml", wire / "dispatch.lock", *wire.glob("issues/*/*")]
    old = {path: path.read_bytes() for path in kept}
    run_dispatch(wire, "author", "rename", "nobody", "X", code=1)
    run_dispatch(wire, "author", "rename", "Al Roe", " ", code=2)
    run_dispatch(wire, "author", "merge", "bo", "Bo Poe", code=1)
    taken = run_dispatch(wire, "author", "rename", "ann-lee", "bo roe", code=1)
    assert "dispatch author merge ann-lee bo" in taken.stderr
    assert "did you mean “Ann Lee”" in run_dispatch(wire, "author", "show", "An Lee", code=1).stderr
    with (wire / "authors.toml").open("a", encoding="utf-8") as file:
        file.write("\n[bo.more]\n")
    run_dispatch(wire, "author", "rename", "bo", "X", code=1)
    assert {path: path.read_bytes() for path in old} | {kept[0]: old[kept[0]]} == old


def test_people_are_listed(wire: Path) -> None:
    listed = run_dispatch(wire, "author", "list").stdout
    assert re.findall(r"(\S+) +(\d) articles? +(.+)", listed) == [
        ("ann-lee", "3", "Ann Lee  https://ann.example"),
        ("bo", "1", "Bo Roe"),
        ("-", "1", "Al Roe"),
        ("-", "1", "Al Roe   https://roe.example"),
    ]
    shown = run_dispatch(wire, "author", "show", "Ann Lee").stdout
    assert "pages: https://wire.example/authors/ann-lee/\n" in shown
    assert "articles: i2/story\n" in shown


def test_credits_and_the_ledger_follow_a_former_name(wire: Path) -> None:
    text = (wire / "authors.toml").read_text("utf-8")
    (wire / "authors.toml").write_text(text.replace('"Ann Lee"', '"Alex Fay"\nformer = ["Ann Lee"]'), "utf-8")
    now = config.load(wire)
    (one,) = issues.read_issue(now, "i1").articles
    assert one.credits == (Credit(role="editor", name="Alex Fay"),)
    known = {record.id: record.authors for record in ledger.read_records(now) if record.kind == "article"}
    for record in ledger.make_records(issues.read_all_issues(now), now):
        if record.kind == "article":
            assert known[record.id] in {record.authors, *record.former_authors}
