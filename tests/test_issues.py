"""Issues in their files: read as people write them, written so that nothing else changes."""

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import nouns
from dispatch import commonmark, config, derived, frontmatter, html, identity, issues
from dispatch.errors import IssueError
from dispatch.model import (
    Article,
    Author,
    Correction,
    Credit,
    Enclosure,
    Image,
    Issue,
    Place,
    Publication,
    Section,
    Source,
    SyndicationSettings,
    Terms,
)
from thorough import scale

CONFIG = """
title = "The Wire"
url = "https://wire.example"
timezone = "Europe/Berlin"
[[sources]]
key = "paper"
title = "The Paper"
url = "https://paper.example"
syndicate = "full"
license = "CC-BY-4.0"
"""
AUTHORS = '[jerry-jackson]\nname = "Jerry Jackson"\nurl = "https://paper.example/jerry-jackson"\n'
BASE = "https://wire.example/issues/defence/"
ISSUE = """---
number: 007
title: Who pays for defence   # for now
date: 2026-11-22
sections:
  - title: The alliance
    intro: Two *voices*.
    articles:
      - nato      # the lead
      - own
---
The ministers met. ![Them](them.png)
"""
NATO = """---
url: https://paper.example/a?x=1#:~:text=power
title: "A more powerful NATO"
authors:
  - jerry-jackson                 # ours
  - {name: Ann, url: https://ann.example}
source: {title: The Paper, url: https://paper.example/}
published: 2025-02-12T14:05:11Z
image: {url: my photo.jpg, alt: The ministers}   # small
corrections:
  - {date: 2026-11-24, text: The wrong city.}
---

Read [more](/about) and see ![x](photo.jpg).
"""


@pytest.fixture
def wire(tmp_path: Path) -> Publication:
    (tmp_path / "dispatch.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "authors.toml").write_text(AUTHORS, "utf-8")
    return config.load(tmp_path)


@pytest.fixture
def put(wire: Publication) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        path = wire.root / "issues" / "defence" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
        return path

    return write


@pytest.fixture
def defence(put: Callable[[str, str], Path]) -> Path:
    put("nato.md", NATO)
    put("own.html", "---\ntitle: Ours\n---\n<p>Ours <script>alert(1)</script><a href='x.html'>x</a></p>")
    put("my photo.jpg", "jpg")
    return put("issue.md", ISSUE).parent


@pytest.mark.usefixtures("defence")
def test_reading(wire: Publication) -> None:
    issue = issues.read_issue(wire, "defence")
    assert (issue.id, issue.number, issue.status) == ("tag:wire.example,2026-11-22:defence", 7, "draft")
    assert issue.date.isoformat() == "2026-11-22T00:00:00+01:00"
    assert f'src="{BASE}them.png"' in issue.intro
    assert issue.sections[0].intro == "<p>Two <em>voices</em>.</p>"
    nato, own = issue.articles
    assert nato.id == "tag:wire.example,2026-11-22:defence/nato"
    assert nato.url == "https://paper.example/a?x=1#:~:text=power"
    assert nato.authors == (
        Author(name="Jerry Jackson", url="https://paper.example/jerry-jackson"),
        Author(name="Ann", url="https://ann.example"),
    )
    assert (nato.source.key, nato.source.syndicate, nato.source.license) == ("paper", "full", "CC-BY-4.0")
    assert nato.source.url == "https://paper.example/"
    assert nato.image == Image(url=f"{BASE}my%20photo.jpg", alt="The ministers")
    assert nato.markdown == "Read [more](/about) and see ![x](photo.jpg)."
    assert 'href="https://wire.example/about"' in nato.content
    assert f'src="{BASE}photo.jpg"' in nato.content
    assert own.url == f"{BASE}own/"
    assert own.source == Source(syndicate="full", excerpt_words=60)
    assert own.content == f'<p>Ours <a href="{BASE}x.html">x</a></p>'


@pytest.mark.parametrize(
    ("front", "policy"),
    [
        ("", "full"),
        ("url: https://a.example/1", "excerpt"),
        ("source: {title: Another}", "excerpt"),
        ("source: paper", "full"),
        ("source: {title: the paper}", "full"),
        ("source: {title: The Paper, url: https://other.example}", "excerpt"),
        ("source: paper\nsyndicate: link", "link"),
        ("syndicate: link", "link"),
        ("source: {title: X, syndicate: full}", "full"),
        ("source: {title: X, syndicate: full}\nsyndicate: link", "link"),
    ],
)
def test_how_much_may_be_shown(wire: Publication, put: Callable[[str, str], Path], front: str, policy: str) -> None:
    put("issue.md", "---\ntitle: T\ndate: 2026-11-22\nsections: [{articles: a}]\n---\n")
    put("a.md", f"---\ntitle: A\n{front}\n---\n")
    (article,) = issues.read_issue(wire, "defence").articles
    assert article.source.syndicate == policy
    issues.create_issue(wire, replace(issues.read_issue(wire, "defence"), slug="again"))
    (again,) = issues.read_issue(wire, "again").articles
    assert again.source == article.source


def test_what_may_be_shown_of_anothers_text_does_not_follow_a_later_default(
    wire: Publication, put: Callable[[str, str], Path]
) -> None:
    put("issue.md", "---\ntitle: T\ndate: 2026-11-22\nsections: [{articles: a}, {articles: own}]\n---\n")
    put("a.md", "---\ntitle: A\nurl: https://a.example/1\n---\n")
    put("own.md", "---\ntitle: Own\n---\n")
    read = issues.read_issue(wire, "defence")
    (a,), (own,) = (section.articles for section in read.sections)
    issues.create_issue(
        wire,
        replace(
            read, slug="again", sections=(Section(articles=(a, replace(own, url=own.url.replace("defence", "again")))),)
        ),
    )
    again = wire.root / "issues" / "again"
    assert "\nsyndicate: excerpt\n" in (again / "a.md").read_text("utf-8")
    assert "syndicate" not in (again / "own.md").read_text("utf-8")
    generous = replace(wire, syndicate=SyndicationSettings(default="full"))
    assert [article.source.syndicate for article in issues.read_issue(generous, "again").articles] == [
        "excerpt",
        "full",
    ]


def test_a_file_without_terms_gets_none_by_another_edit(wire: Publication, put: Callable[[str, str], Path]) -> None:
    put("issue.md", "---\ntitle: T\ndate: 2026-11-22\nsections: [{articles: a}]\n---\n")
    path = put("a.md", "---\nid: tag:a\nurl: https://a.example/1\ntitle: A\n---\n")
    issue = issues.read_issue(wire, "defence")
    (article,) = issue.articles
    issues.change_issue(wire, issue, replace(issue, sections=(Section(articles=(replace(article, note="Look."),)),)))
    assert path.read_text("utf-8") == "---\nid: tag:a\nurl: https://a.example/1\ntitle: A\nnote: Look.\n---\n"


@pytest.mark.usefixtures("defence")
def test_all_faults_of_all_files_are_told(wire: Publication, put: Callable[[str, str], Path]) -> None:
    listed = "      - own\n      - nato\n      - missing\n      - Bad_Name\n      - twice\n      - natto\n"
    put("issue.md", ISSUE.replace("      - own\n", listed).replace("2026-11-22", "soon"))
    put("nato.md", NATO.replace("jerry-jackson ", "jerry-jacksen ").replace('title: "', 'titel: "'))
    put("own.html", "---\nsource: papr\nurl: javascript:alert(1)\nsyndicate: all\na: &x 1\n---\n")
    put("twice.md", "---\ntitle: x\n")
    put("twice.html", "")
    with pytest.raises(IssueError) as caught:
        issues.read_issue(wire, "defence")
    assert [str(fault.place) for fault in caught.value.faults] == [
        "issues/defence/issue.md:4: date",
        "issues/defence/nato.md:5: authors[1]",
        "issues/defence/nato.md:3: titel",
        "issues/defence/nato.md: title",
        "issues/defence/own.html:5",
        "issues/defence/issue.md:11: sections[1].articles[3]",
        "issues/defence/issue.md:12: sections[1].articles[4]",
        "issues/defence/issue.md:13: sections[1].articles[5]",
        "issues/defence/issue.md:14: sections[1].articles[6]",
        "issues/defence/issue.md:15: sections[1].articles[7]",
    ]
    assert "did you mean “jerry-jackson”?" in caught.value.faults[1].what


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("---\nsource: papr\n---\n", Place(line=2, key="source")),
        ("---\nurl: javascript:alert(1)\n---\n", Place(line=2, key="url")),
        ("---\nimage:\n  url: javascript:alert(1)\n---\n", Place(line=3, key="image.url")),
        ("---\nimage: {url: 'data:image/png;base64,AA'}\n---\n", Place(line=2, key="image.url")),
        ('---\nimage: {url: "java\\nscript:alert(1)"}\n---\n', Place(line=2, key="image.url")),
        ("---\nauthors:\n- name: A\n  avatar: file:///a.png\n---\n", Place(line=4, key="authors[1].avatar")),
        ("---\nenclosures:\n- url: a.mp3\n- url: mailto:a@b.example\n---\n", Place(line=4, key="enclosures[2].url")),
        ("---\nsyndicate: all\n---\n", Place(line=2, key="source.syndicate")),
        ("---\nauthors: Ann\n---\n", Place(line=2, key="authors[1]")),
        ("---\ntitle: x\n", Place()),
        ("+++\ntitle = 1\nurl\n+++\n", Place(line=3)),
        ("<div>" * 300, Place(line=1)),
        ("---\ntitle: x\n---\r\n\r\n\n" + "<div>" * 300, Place(line=6)),
        ("<p>x</p>", Place(key="title")),
        ("---\nurl: https://a.example/\ntitle:\n---\n", Place(line=3, key="title")),
        ("---\ntitle: '  '\n---\n", Place(line=2, key="title")),
        ("---\ntitle: x\npublished: 2026-13-45\n---\n", Place(line=3, key="published")),
    ],
)
@pytest.mark.usefixtures("defence")
def test_a_fault_says_where(wire: Publication, put: Callable[[str, str], Path], text: str, place: Place) -> None:
    put("own.html", text)
    with pytest.raises(IssueError) as caught:
        issues.read_issue(wire, "defence")
    assert caught.value.faults[0].place == replace(place, file="issues/defence/own.html")


@pytest.mark.parametrize(
    ("front", "what"),
    [
        ("url: https://a.example/", "is missing"),
        ("title:", "has no value"),
        ("title: ''", "has no value"),
        ("title: ' '", "is empty"),
    ],
)
@pytest.mark.usefixtures("defence")
def test_what_is_wrong_with_a_title(wire: Publication, put: Callable[[str, str], Path], front: str, what: str) -> None:
    put("own.html", f"---\n{front}\n---\n")
    with pytest.raises(IssueError) as caught:
        issues.read_issue(wire, "defence")
    assert [fault.what for fault in caught.value.faults if fault.place.key == "title"] == [what]


@pytest.mark.usefixtures("defence")
@pytest.mark.parametrize("read", [issues.read_issue, issues.read_head])
def test_an_issue_has_the_id_that_its_file_gives(
    wire: Publication, put: Callable[[str, str], Path], read: Callable[[Publication, str], Issue]
) -> None:
    put("issue.md", ISSUE.replace("---\n", "---\nid: tag:elsewhere.example,2020:x\n", 1))
    assert read(wire, "defence").id == "tag:elsewhere.example,2020:x"
    put("issue.md", ISSUE.replace("---\n", "---\nid:\npreheader:\n", 1))
    assert read(wire, "defence").id == "tag:wire.example,2026-11-22:defence"


@pytest.mark.parametrize("body", ["> " * 101 + "x", "[" * 10_001], ids=["nested", "brackets"])
def test_a_fault_in_a_body_or_an_intro_has_its_line(
    wire: Publication, defence: Path, put: Callable[[str, str], Path], body: str
) -> None:
    head = frontmatter.split_front_matter(NATO)[0]
    put("nato.md", f"---\n{head}---\n\nFirst.\n\nSecond.\n\n{body}\n")
    put("issue.md", ISSUE.replace("Two *voices*.", f"'{body}'").rstrip("\n") + f"\n\n{body}\n")
    with pytest.raises(IssueError) as caught:
        issues.read_issue(wire, "defence")
    lines = {name: (defence / name).read_text("utf-8").split("\n") for name in ("nato.md", "issue.md")}
    found = [fault.place for fault in caught.value.faults]
    intro = next(number for number, line in enumerate(lines["issue.md"], 1) if "intro" in line)
    assert found == [
        Place(file="issues/defence/issue.md", line=lines["issue.md"].index(body) + 1),
        Place(file="issues/defence/issue.md", line=intro, key="sections[1].intro"),
        Place(file="issues/defence/nato.md", line=lines["nato.md"].index(body) + 1),
    ]


def test_bytes_that_are_no_text_are_a_fault(wire: Publication, defence: Path) -> None:
    (defence / "nato.md").write_bytes(b"---\ntitle: \xff\n---\n")
    with pytest.raises(IssueError, match=r"nato\.md:2: is not UTF-8"):
        issues.read_issue(wire, "defence")


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_nothing_is_read_or_written_through_a_link(wire: Publication, defence: Path, tmp_path: Path) -> None:
    issue = issues.read_issue(wire, "defence")
    secret = tmp_path / "secret.md"
    secret.write_text("secret", "utf-8")
    (defence / "nato.md").unlink()
    (defence / "nato.md").symlink_to(secret)
    with pytest.raises(IssueError, match=r"nato\.md: is a link"):
        issues.read_issue(wire, "defence")
    (tmp_path / "elsewhere").mkdir()
    (wire.root / "issues" / "linked").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(IssueError, match="is a link"):
        issues.create_issue(wire, replace(issue, slug="linked"))
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_writing_what_was_read_changes_no_byte_but_the_ids_that_lacked(wire: Publication, defence: Path) -> None:
    issues.change_issue(wire, issues.read_issue(wire, "defence"), issues.read_issue(wire, "defence"))
    assert (defence / "nato.md").read_text("utf-8") == NATO.replace(
        "---\nurl", "---\nid: tag:wire.example,2026-11-22:defence/nato\nurl"
    )
    assert (defence / "issue.md").read_text("utf-8") == ISSUE.replace(
        "---\nnumber", "---\nid: tag:wire.example,2026-11-22:defence\nnumber"
    ).replace("date: 2026-11-22\n", "date: 2026-11-22\nstatus: draft\n")
    before = {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in defence.iterdir()}
    issues.change_issue(wire, issues.read_issue(wire, "defence"), issues.read_issue(wire, "defence"))
    assert {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in defence.iterdir()} == before


@pytest.mark.parametrize("said", ["2026", "2026-11-22", "'tag:wire.example,2020:x'"])
def test_an_id_stays_as_it_is_written_whatever_it_looks_like(wire: Publication, defence: Path, said: str) -> None:
    for name in ("issue.md", "nato.md"):
        path = defence / name
        path.write_text(path.read_text("utf-8").replace("---\n", f"---\nid: {said}  # ours\n", 1), "utf-8")
    issue = issues.read_issue(wire, "defence")
    issues.change_issue(wire, issue, issue)
    for name in ("issue.md", "nato.md"):
        assert (defence / name).read_text("utf-8").startswith(f"---\nid: {said}  # ours\n")


def test_a_change_changes_its_own_lines(wire: Publication, defence: Path) -> None:
    issues.change_issue(wire, issues.read_issue(wire, "defence"), issues.read_issue(wire, "defence"))
    issue = issues.read_issue(wire, "defence")
    nato, own = issue.articles
    assert nato.image
    changed = replace(
        nato,
        authors=(nato.authors[1], nato.authors[0], Author(name="Bo", bio="No: yes")),
        image=replace(nato.image, alt="None"),
        corrections=(*nato.corrections, Correction(date=datetime(2026, 11, 25, tzinfo=UTC), text="And the date.")),
        source=replace(nato.source, syndicate="link"),
    )
    new = replace(issue, sections=(replace(issue.sections[0], articles=(own, changed)),))
    before = (defence / "nato.md").read_text("utf-8")
    issues.change_issue(wire, issue, new)
    assert issues.read_issue(wire, "defence") == new
    assert "      - own\n      - nato      # the lead\n---\n" in (defence / "issue.md").read_text("utf-8")
    assert (defence / "nato.md").read_text("utf-8") == before.replace(
        "  - jerry-jackson                 # ours\n  - {name: Ann, url: https://ann.example}\n",
        "  - {name: Ann, url: https://ann.example}\n  - jerry-jackson                 # ours\n"
        '  - name: Bo\n    bio: "No: yes"\n',
    ).replace("alt: The ministers", "alt: None").replace(
        "paper.example/}\n", "paper.example/}\nsyndicate: link\n"
    ).replace("wrong city.}\n", "wrong city.}\n  - date: 2026-11-25T00:00:00Z\n    text: And the date.\n")


def test_whoever_is_in_authors_toml_is_written_by_their_key(wire: Publication, defence: Path) -> None:
    issue = issues.read_issue(wire, "defence")
    nato, own = issue.articles
    new = replace(own, key="new", id="tag:wire.example,2026:new", url=f"{BASE}new/", authors=nato.authors[::-1])
    nobody = replace(own, key="nobody", id="tag:wire.example,2026:nobody", url=f"{BASE}nobody/")
    whole = replace(issue, sections=(Section(articles=(nato, replace(own, authors=nato.authors[:1]), new, nobody)),))
    issues.change_issue(wire, issue, whole)
    said = {key: (defence / f"{key}.html").read_text("utf-8") for key in ("own", "new", "nobody")}
    assert "\nauthors:\n  - jerry-jackson\n" in said["own"]
    assert "\nauthors:\n  - name: Ann\n    url: https://ann.example\n  - jerry-jackson\n" in said["new"]
    assert "authors" not in said["nobody"]


def test_the_body_of_an_article_is_never_written_again(wire: Publication, defence: Path) -> None:
    issue = issues.read_issue(wire, "defence")
    other = replace(
        issue.sections[0], articles=tuple(replace(a, markdown="new", content="new") for a in issue.articles)
    )
    issues.change_issue(wire, issue, replace(issue, intro="new", sections=(other,)))
    assert (defence / "nato.md").read_text("utf-8").endswith(NATO.rpartition("---\n")[2])
    assert (defence / "issue.md").read_text("utf-8").endswith("\n---\nnew\n")


def test_an_article_under_a_new_key_takes_its_file_along(wire: Publication, defence: Path) -> None:
    issues.change_issue(wire, issues.read_issue(wire, "defence"), issues.read_issue(wire, "defence"))
    issue = issues.read_issue(wire, "defence")
    nato, own = issue.articles
    new = replace(issue, sections=(replace(issue.sections[0], articles=(replace(nato, key="alliance"), own)),))
    issues.change_issue(wire, issue, new)
    assert issues.read_issue(wire, "defence") == new
    assert not (defence / "nato.md").exists()
    assert "# ours" in (defence / "alliance.md").read_text("utf-8")


def test_an_article_that_is_out_leaves_its_file_which_is_never_overwritten(wire: Publication, defence: Path) -> None:
    issue = issues.read_issue(wire, "defence")
    nato, own = issue.articles
    issues.change_issue(wire, issue, replace(issue, sections=(replace(issue.sections[0], articles=(own,)),)))
    assert issues.list_strays(wire, "defence") == ["issues/defence/nato.md"]
    without = issues.read_issue(wire, "defence")
    assert issues.find_path(wire, issue, nato) == defence / "nato.md"
    before = {path.name: path.read_bytes() for path in defence.iterdir()}
    other = replace(issue.sections[0], articles=(replace(nato, note="Other"), own))
    with pytest.raises(IssueError, match=r"issues/defence/nato\.md: stands where an article's file would go"):
        issues.change_issue(wire, without, replace(issue, title="New", sections=(other,)))
    assert {path.name: path.read_bytes() for path in defence.iterdir()} == before
    assert issues.read_unlisted(wire, issues.read_issue(wire, "defence")) == [nato]
    issues.change_issue(wire, without, issue)
    assert issues.read_issue(wire, "defence") == issue
    assert (defence / "nato.md").read_text("utf-8").partition("url:")[2] == NATO.partition("url:")[2]


def test_a_file_that_no_section_lists_is_no_fault_of_the_issue(wire: Publication, defence: Path) -> None:
    (defence / "stray.md").write_text("---\ntitle: x\n", "utf-8")
    (defence / "Not a key.md").write_text("x", "utf-8")
    assert issues.read_unlisted(wire, issues.read_issue(wire, "defence")) == []


def test_a_file_is_deleted(wire: Publication, defence: Path) -> None:
    issue = issues.read_issue(wire, "defence")
    assert issues.delete_article_file(wire, issue, next(issue.articles)) == defence / "nato.md"
    assert not (defence / "nato.md").exists()
    with pytest.raises(IssueError, match="there is no file of “nato”"):
        issues.delete_article_file(wire, issue, next(issue.articles))


@pytest.mark.parametrize(
    "change", [{"url": "x.html"}, {"title": "\x00"}, {"key": "../x"}, {"key": "issue"}, {"key": "own"}]
)
def test_what_no_file_can_hold_is_refused_before_anything_is_written(
    wire: Publication, defence: Path, change: dict[str, Any]
) -> None:
    issue = issues.read_issue(wire, "defence")
    nato, own = issue.articles
    before = {path.name: path.read_bytes() for path in defence.iterdir()}
    wrong = (replace(own, note="new"), replace(nato, **change))
    with pytest.raises(IssueError):
        issues.change_issue(wire, issue, replace(issue, sections=(Section(articles=wrong),)))
    assert {path.name: path.read_bytes() for path in defence.iterdir()} == before


# What a file may say, and means something else when it is read.
UNHELD: dict[str, dict[str, Any]] = {
    "url": {"url": "//paper.example/a"},
    "authors": {"authors": (Author(name="Ann", avatar="//paper.example/ann.png"),)},
    "credits": {"credits": (Credit(role="translator", name="Tove", url="//paper.example/tove"),)},
    "source.url": {"source": Source(title="Another", url="//other.example", syndicate="full")},
    "source.syndicate": {"source": Source(title="Another", url="https://other.example")},
    "terms": {"terms": Terms(line="Two  spaces")},
}


@pytest.mark.parametrize("field", UNHELD)
@pytest.mark.parametrize("is_new", [True, False])
def test_what_would_be_read_otherwise_is_refused_before_anything_is_written(
    wire: Publication, defence: Path, field: str, is_new: bool
) -> None:
    issue = issues.read_issue(wire, "defence")
    nato, own = issue.articles
    key = "new" if is_new else "nato"
    wrong = (replace(nato, key=key, id=f"tag:wire.example,2026:{key}", **UNHELD[field]), replace(own, note="new"))
    before = {path.name: path.read_bytes() for path in defence.iterdir()}
    with pytest.raises(IssueError, match=rf"cannot hold its {field}$"):
        issues.change_issue(wire, issue, replace(issue, sections=(Section(articles=wrong),)))
    assert {path.name: path.read_bytes() for path in defence.iterdir()} == before


def test_an_issue_whose_own_file_could_not_be_read_is_not_written(wire: Publication) -> None:
    with pytest.raises(IssueError, match=r"issue\.md:\d+: title: is empty"):
        issues.create_issue(wire, nouns.issue(title=" "))
    assert not (wire.root / "issues").exists()


def test_a_new_file_has_one_empty_line_between_front_matter_and_body(wire: Publication) -> None:
    words = nouns.article(1, markdown="\n\nWords.\n\n", content="<p>Words.</p>", file="")
    markup = nouns.article(2, content="\n<p>Words.</p>\n\n", file="")
    issues.create_issue(wire, nouns.issue(words, markup))
    for name, body in (("story-1.md", "Words."), ("story-2.html", "<p>Words.</p>")):
        assert (wire.root / "issues" / "defence" / name).read_text("utf-8").endswith(f"\n---\n\n{body}\n")


def test_names(wire: Publication, defence: Path) -> None:
    for slug, date, status in (("deals", "2026-11-23", "published"), ("art", "2026-11-21", "draft")):
        (defence.parent / slug).mkdir()
        text = f"---\ntitle: T\ndate: {date}\nstatus: {status}\n---\n"
        (defence.parent / slug / "issue.md").write_text(text, "utf-8")
    (defence.parent / "Not a slug").mkdir()
    (defence.parent / "empty").mkdir()
    assert issues.list_slugs(wire) == ["art", "deals", "defence"]
    assert [issue.slug for issue in issues.read_all_issues(wire)] == ["art", "deals", "defence"]
    assert (issues.find_slug(wire, "a"), issues.find_slug(wire, "defence"), issues.find_slug(wire, "def")) == (
        "art",
        "defence",
        "defence",
    )
    assert (issues.find_newest(wire), issues.find_newest(wire, "draft")) == ("deals", "defence")
    with pytest.raises(IssueError, match="“de” could be deals or defence"):
        issues.find_slug(wire, "de")
    with pytest.raises(IssueError, match="there is no issue “defense”, did you mean “defence”"):
        issues.find_slug(wire, "defense")


def test_without_issues(wire: Publication) -> None:
    assert (issues.list_slugs(wire), issues.find_newest(wire), issues.read_all_issues(wire)) == ([], None, [])
    with pytest.raises(IssueError) as caught:
        issues.find_slug(wire, "x")
    assert "dispatch issue new" in caught.value.faults[0].hint


@pytest.mark.usefixtures("defence")
def test_pictures(wire: Publication) -> None:
    issue = issues.read_issue(wire, "defence")
    assert issues.read_pictures(wire, issue) == {"my photo.jpg": b"jpg"}
    assert set(issues.find_missing_files(wire, issue)) == {
        ("issues/defence/issue.md", "them.png"),
        ("issues/defence/nato.md", "photo.jpg"),
    }
    assert issues.find_broken_links(wire, issue) == (
        ("issues/defence/own.html", "x.html"),
        ("issues/defence/nato.md", "/about"),
    )


@pytest.mark.usefixtures("defence")
def test_a_picture_that_is_named_in_the_front_matter_is_shown_and_no_link(
    wire: Publication, put: Callable[[str, str], Path]
) -> None:
    put("nato.md", "---\ntitle: N\nimage: {url: lost.jpg, alt: A photo}\n---\nBody\n")
    issue = issues.read_issue(wire, "defence")
    assert ("issues/defence/nato.md", "lost.jpg") in issues.find_missing_files(wire, issue)
    assert ("issues/defence/nato.md", "lost.jpg") not in issues.find_broken_links(wire, issue)


@pytest.mark.usefixtures("defence")
def test_a_picture_of_a_sponsor_is_shown_and_no_link(wire: Publication, put: Callable[[str, str], Path]) -> None:
    of_sponsor = "sponsor: {name: Quay, url: https://quay.example, image: {url: lost.png, alt: Quay}}\n"
    put("issue.md", ISSUE.replace("number: 007\n", f"number: 007\n{of_sponsor}"))
    issue = issues.read_issue(wire, "defence")
    assert ("issues/defence/issue.md", "lost.png") in issues.find_missing_files(wire, issue)
    assert ("issues/defence/issue.md", "lost.png") not in issues.find_broken_links(wire, issue)


def test_a_new_file_names_what_is_beside_it_by_its_name(wire: Publication, defence: Path) -> None:
    issue = issues.read_issue(wire, "defence")
    _, own = issue.articles
    content = f'<p><img src="{BASE}my%20photo.jpg" alt="x" /> <a href="{BASE}none.jpg">y</a></p>'
    new = replace(own, key="new", id="tag:wire.example,2026:new", url=f"{BASE}new/", content=content)
    sections = (replace(issue.sections[0], articles=(*issue.articles, new)),)
    issues.change_issue(wire, issue, replace(issue, sections=sections))
    body = (defence / "new.html").read_text("utf-8").rpartition("---\n")[2]
    assert body.strip() == content.replace(f"{BASE}my%20", "my ")


@pytest.mark.usefixtures("defence")
def test_pictures_come_from_nowhere_else(wire: Publication, put: Callable[[str, str], Path]) -> None:
    long = "x" * 5000
    put(
        "own.html",
        f"---\ntitle: O\n---\n<img src='../../dispatch.toml'><img src='%2e%2e/%2e%2e/authors.toml'><img src='{long}'>",
    )
    put("nato.md", NATO.replace("my photo.jpg", "../../dispatch.toml"))
    assert issues.read_pictures(wire, issues.read_issue(wire, "defence")) == {}


@pytest.mark.usefixtures("defence")
@pytest.mark.parametrize(
    "address", ["./", "", "nato/", "#there", "?x=1", "a%00b.png", "%2e%2e/x.png", "x/%2e%2e/y.png"]
)
def test_what_can_be_no_file_beside_the_article_is_not_missed(
    wire: Publication, put: Callable[[str, str], Path], address: str
) -> None:
    put("own.html", f"---\ntitle: O\n---\n<a href='{address}'>x</a> <img src='{address}' alt='x'>")
    issue = issues.read_issue(wire, "defence")
    found = (*issues.find_missing_files(wire, issue), *issues.find_broken_links(wire, issue))
    assert [where for where, _ in found if where.endswith("own.html")] == []


def test_an_address_that_looks_like_the_issues_own_is_no_file_of_it(
    wire: Publication, put: Callable[[str, str], Path]
) -> None:
    put("issue.md", "---\ntitle: T\ndate: 2026-11-22\n---\n![x](https://wire-example/issues/defence/a.png)\n")
    issue = issues.read_issue(wire, "defence")
    assert issues.find_missing_files(wire, issue) == ()


CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
TEXT = st.text(st.one_of(CHARACTERS, st.sampled_from("\n\t :#'\"-[]{}&*!|>%@`,?no07~\u2028\x85")), max_size=25)
WORD = TEXT.filter(lambda text: bool(text.strip()))
TAIL = st.text(st.one_of(CHARACTERS, st.sampled_from("?&#;=%:'\"<> ")), max_size=20).map(
    lambda tail: "".join(sign for sign in tail if sign not in "\t\n\r")
)
URL = st.just("") | TAIL.map(lambda tail: f"https://a.example/{tail}".strip())
GIVEN = TAIL.map(lambda tail: f"https://a.example/{tail}".strip())
MOMENT = st.none() | st.datetimes(
    datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))])
)
KEYS = st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True).filter(lambda key: key != "issue")
AUTHOR = st.builds(Author, name=WORD, url=URL, email=TEXT, bio=TEXT) | st.just(
    Author(name="Jerry Jackson", url="https://paper.example/jerry-jackson")
)
ENCLOSURE = st.builds(Enclosure, url=GIVEN, type=TEXT, length=st.none() | st.integers(0, 10**12))
SOURCE = st.builds(
    Source,
    title=TEXT,
    url=URL,
    feed=URL,
    feed_id=TEXT,
    feed_updated=MOMENT,
    section=TEXT,
    license=TEXT,
    syndicate=st.sampled_from(["link", "excerpt", "full", None]),
    excerpt_words=st.none() | st.integers(1, 500),
) | st.just(Source(key="paper"))
MENDS = st.lists(st.sampled_from(["authors", "date", "url", "title"]), max_size=2, unique=True).map(tuple)
ARTICLE = st.builds(
    Article,
    id=WORD,
    key=KEYS,
    url=URL,
    title=WORD,
    dek=TEXT,
    summary=TEXT,
    content=TEXT,
    markdown=st.just("") | TEXT,
    authors=st.lists(AUTHOR, max_size=3).map(tuple),
    credits=st.lists(st.builds(Credit, role=WORD, name=WORD, url=URL), max_size=2).map(tuple),
    certainty=st.sampled_from(["certain", "likely", "unknown"]),
    source=SOURCE,
    published=MOMENT,
    updated=MOMENT,
    language=TEXT,
    tags=st.lists(TEXT, max_size=3).map(tuple),
    image=st.none() | st.builds(Image, url=GIVEN, alt=st.none() | TEXT, width=st.none() | st.integers(0, 9999)),
    enclosures=st.lists(ENCLOSURE, max_size=2).map(tuple),
    license=TEXT,
    note=TEXT,
    corrections=st.lists(
        st.builds(Correction, date=MOMENT.filter(bool), text=WORD, mends=MENDS), max_size=2
    ).map(tuple),
)  # fmt: skip


def settled(article: Article, publication: Publication, slug: str) -> Article:
    """An article as it is within an issue: what the readers and compose make true of it."""
    base = derived.build_issue_address(publication, slug)
    words = article.markdown.strip("\n")
    content = commonmark.to_html(words, base) if words else html.sanitise_html(article.content, base).strip("\n")
    source = derived.resolve_source(article.source, publication, is_own=not article.url)
    place = f"{article.key}/" if source.syndicate == "full" else f"#{article.key}"
    return replace(
        article,
        markdown=words,
        content=content,
        tags=tuple(dict.fromkeys(filter(None, (" ".join(tag.split()) for tag in article.tags)))),
        url=article.url or base + place,
        own=identity.is_ours(article.url, publication),
        source=source,
    )


@given(st.lists(st.lists(ARTICLE, max_size=3), max_size=2), st.lists(WORD, min_size=2, max_size=2), MOMENT.filter(bool))
@settings(suppress_health_check=list(HealthCheck), max_examples=scale(60))
def test_what_is_written_is_read(
    wire: Publication, lists: list[list[Article]], words: list[str], date: datetime
) -> None:
    seen: set[str] = set()
    sections = []
    for articles in lists:
        kept: list[Article] = []
        for article in articles:
            if article.key not in seen and article.id not in {other.id for other in kept}:
                kept.append(settled(article, wire, "x"))
            seen.add(article.key)
        sections.append(Section(title=words[1], articles=tuple(kept)))
    issue = Issue(id=words[0], slug="x", title=words[1], date=date, preheader=words[0], sections=tuple(sections))
    shutil.rmtree(wire.root / "issues", ignore_errors=True)
    issues.create_issue(wire, issue)
    assert issues.read_issue(wire, "x") == issue
    before = {path.name: path.read_bytes() for path in (wire.root / "issues" / "x").iterdir()}
    turned = replace(issue, sections=tuple(replace(part, articles=part.articles[::-1]) for part in issue.sections))
    issues.change_issue(wire, issue, turned)
    assert issues.read_issue(wire, "x") == turned
    issues.change_issue(wire, turned, issue)
    after = {path.name: path.read_bytes() for path in (wire.root / "issues" / "x").iterdir()}
    assert after == before


def test_spaces_around_and_in_tags_make_no_other_tags(tmp_path: Path) -> None:
    config.create_publication(
        tmp_path, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>"
    )
    issues.create_issue(config.load(tmp_path), nouns.issue(nouns.article(tags=("boats",))))
    file = tmp_path / "issues" / "defence" / "story-1.html"
    text = file.read_text("utf-8")
    assert text.count("\n- boats\n") + text.count("\n  - boats\n") == 1
    file.write_text(text.replace("- boats\n", '- "boats "\n  - " boats"\n  - "C  +"\n  - " "\n'), "utf-8")
    (article,) = issues.read_issue(config.load(tmp_path), "defence").articles
    assert article.tags == ("boats", "C +")


@pytest.mark.usefixtures("defence")
def test_ids_and_addresses_come_from_front_matter(wire: Publication, put: Callable[[str, str], Path]) -> None:
    put("own.html", "---\nurl: ' //paper.example/own '\ntitle: T\nid: tag:paper.example,2020:own\n---\n<p>Text.")
    found = issues.list_article_addresses(wire, "defence")
    assert found == [(one.id, one.url) for one in issues.read_issue(wire, "defence").articles]
    put("nato.md", "---\nurl: [\n---\n")
    assert issues.list_article_addresses(wire, "defence") == found[1:]


@pytest.mark.usefixtures("defence")
def test_without_texts_all_else_is_the_same(wire: Publication, put: Callable[[str, str], Path]) -> None:
    (whole,) = issues.read_all_issues(wire)
    (bare,) = issues.read_all_issues(wire, with_texts=False)
    assert all([whole.intro, whole.sections[0].intro, *(one.content for one in whole.articles)])

    def drop_texts(article: Article) -> Article:
        return replace(article, content="", markdown="")

    assert bare == replace(whole.change_articles(drop_texts, keep_intros=False), intro="")
    put("nato.md", NATO + "> " * 101 + "x")  # what is wrong with a text is told where the text is read
    assert issues.read_all_issues(wire, with_texts=False) == [bare]
    with pytest.raises(IssueError, match=r"nato\.md"):
        issues.read_all_issues(wire)
