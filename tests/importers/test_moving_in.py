"""Moving in: every old address leads on, and an import into one issue, or into the inbox, drops nothing in silence."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packing import DATA, PNG, POSTS, bag, imported, of, run, sample, zipped

from commands import run_dispatch
from dispatch import compose, config, importers, issues, ledger, links
from dispatch.importers.importing import ImportRun
from dispatch.model import Article, Issue, Publication, Section
from serving import Server, served

OLD = "https://old.example"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "letter"
    config.create_publication(
        place, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>"
    )
    monkeypatch.chdir(place)
    return place


def come_from(folder: Path, *addresses: str) -> None:
    """Say in dispatch.toml that the publication was served there before."""
    toml = folder / "dispatch.toml"
    first, rest = toml.read_text().split("\n", 1)
    toml.write_text(f"{first}\nformer_urls = {json.dumps(addresses)}\n{rest}")


def ask(server: Server, path: str) -> tuple[int, str]:
    """What the server of a site says to who comes by a path: the status, and where to go."""
    answer = server.ask(path)
    return answer.status, answer.headers.get("location", "").removeprefix(f"http://127.0.0.1:{server.port}")


JEKYLL = {
    "_config.yml": f"url: {OLD}\npermalink: /:categories/:year/:month/:day/:title.html\n",
    "_posts/2024-5-6-the-quay.md": "---\ntitle: The quay\ncategory: Harbour\n"
    "redirect_from: [/quay/, /old/quay]\n---\nA.",
    "was.md": "---\nredirect_to: /harbour/2024/05/06/the-quay.html\n---\n",
    "_posts/2023-01-01-then.md": "---\ntitle: Then\npermalink: /then/\n"
    "redirect_to:\n  - https://old.example/harbour/2024/05/06/the-quay.html\n---\nText.",
    "_posts/2023-01-02-away.md": "---\ntitle: Away\nredirect_to: https://else.example/a?b=1\n---\nText.",
    "_posts/2024-05-07-the-ferry.md": "---\ntitle: The ferry\npermalink: /ferry/\n---\nA.",
}
HUGO = {
    "hugo.toml": f'baseURL = "{OLD}/"\n[permalinks]\nnews = "/:year/:slug/"\n',
    "content/posts/night-ferry/index.md": "---\ntitle: The night ferry\ndate: 2024-05-07\n"
    "aliases: [/ferry.html, by-night, ../boats/ferry]\n---\nA.",
    "content/news/bell.md": "---\ntitle: The bell\ndate: 2024-05-06\nslug: the-bell\n---\nA.",
    "content/posts/tide.md": "---\ntitle: The tide\ndate: 2024-05-08\nurl: /tide/\n---\nA.",
}
BELOW = {
    "_config.yml": f"url: {OLD}\nbaseurl: /n\npermalink: /:slugified_categories/:categories/:i_day/:title:output_ext\n",
    "_posts/2024-05-06-bell.md": "---\ntitle: Bell\ncategories: [Sea Side]\nredirect_from: /b/\n---\n"
    "See [a]({% post_url 2024-05-07-tide %}#x), [b]({{ site.baseurl }}{% link _posts/2024-05-07-tide.md %})"
    " and [c]({% link c.pdf %}), `{% post_url 2024-05-07-tide %}`.",
    "_posts/2024-05-07-tide.md": "---\ntitle: Tide\npermalink: /tide/\n---\nA.",
}
REFERRING = {
    "hugo.toml": f'baseURL = "{OLD}/"\n',
    "content/posts/bell.md": "---\ntitle: Bell\n---\n"
    'See [a]({{< ref "tide.md#x" >}}), [b]({{< relref "/posts/tide" >}}) and [c]({{% ref "else" %}}).',
    "content/posts/tide/index.md": "---\ntitle: Tide\nslug: high\n---\nA.",
}
WORDPRESS = sample("wordpress")


@pytest.mark.parametrize(
    ("files", "title", "addresses"),
    [
        (JEKYLL, "The quay", ["/harbour/2024/05/06/the-quay.html", "/quay/", "/old/quay", "/then/", "/was.html"]),
        (JEKYLL, "The ferry", ["/ferry/"]),
        (HUGO, "The night ferry", ["/posts/night-ferry/", "/ferry.html", "/posts/by-night", "/boats/ferry"]),
        (HUGO, "The bell", ["/2024/the-bell/"]),
        (HUGO, "The tide", ["/tide/"]),
        (BELOW, "Bell", ["/n/sea-side/sea%20side/6/bell.html", "/n/b/"]),
        (BELOW, "Tide", ["/n/tide/"]),
        ({"posts/a.md": "---\ntitle: A\nredirect_from: /b/\n---\nA."}, "A", []),  # nobody knows of which site
    ],
)
def test_what_a_generator_gave_a_post_is_known(files: dict[str, str], title: str, addresses: list[str]) -> None:
    posts, _ = of(importers.read_posts(bag(files), "markdown"))
    (post,) = (post for post in posts if post.article.title == title)
    assert list(post.article.former_urls) == [OLD + address for address in addresses]


@pytest.mark.parametrize(
    ("files", "url"), [(BELOW, f"{OLD}/n/tide/"), (REFERRING, f"{OLD}/posts/high/")], ids=["jekyll", "hugo"]
)
def test_a_post_that_is_named_by_its_file_is_linked(files: dict[str, str], url: str) -> None:
    """https://jekyllrb.com/docs/liquid/tags/#links, https://gohugo.io/shortcodes/ref/"""
    posts, _ = of(importers.read_posts(bag(files), "markdown"))
    (bell,) = (post for post in posts if post.article.title == "Bell")
    assert f"See [a]({url}#x), [b]({url}) and c" in bell.article.markdown.replace("[c]()", "c")
    assert [note for note in bell.notes if "left out" in note and "tide" not in note]
    assert ("`{% post_url" in bell.article.markdown) == (files is BELOW)


def test_accounts_are_people_as_wordpress_com_writes_them_too() -> None:
    """wordpress.com has wp:wp_author for wp:author."""
    files = {name: text.replace(b"wp:author>", b"wp:wp_author>") for name, text in WORDPRESS.items()}
    (before, _), (after, _) = (of(importers.read_posts(bag(one), "wordpress")) for one in (WORDPRESS, files))
    assert [post.article.authors for post in after] == [post.article.authors for post in before]
    assert any(b"wp:wp_author>" in text for text in files.values())


def test_what_only_leads_on_is_named_with_where_to() -> None:
    """As jekyll-redirect-from has it: the text of such a page is never shown."""
    _, left = of(importers.read_posts(bag(JEKYLL), "markdown"))
    reasons = {one.file: one.reason for one in left}
    assert reasons["_posts/2023-01-02-away.md"] == "it only leads on to https://else.example/a?b=1"
    assert {"was.md", "_posts/2023-01-01-then.md"} < reasons.keys()


@pytest.mark.parametrize("kind", POSTS)
def test_every_address_of_the_old_site_leads_to_its_article(kind: str, folder: Path) -> None:
    site = {"wordpress": "https://harbour.example", "beehiiv": "https://quay.letters.example"}.get(kind, OLD)
    site = {"medium": "https://stories.example", "buttondown": "https://letters.example/harbour"}.get(kind, site)
    come_from(folder, site)
    options = ["--published", "--site", site, "--author", "Ada Quay"]
    report = json.loads(run("import", str(DATA / kind), *options, "--json", code=int(kind == "markdown")).stdout)
    public = [row for row in report["imported"] if row["status"] == "published"]
    assert public
    run("publish")
    with served(folder / "public") as server:
        for row in public:
            here = f"/issues/{row['slug']}/{row['key']}/"
            old = [url.removeprefix(site) for url in row["former_urls"] if "?" not in url and url.startswith(site)]
            assert old or kind in {"wordpress", "mailchimp", "markdown"}, row
            for path in old:
                assert ask(server, links.encode_ascii(path)) == (301, here), path
                assert (folder / "public" / unquote(path).strip("/") / "index.html").is_file()
    host = site.removeprefix("https://")
    assert (
        f"{site.removeprefix('https://' + host.partition('/')[0])}/* https://wire.example/:splat 301\n"
        == (folder / f"public/former/{host}/_redirects").read_text()
    )


def test_an_old_address_stays_for_ever_and_moves_with_its_article(folder: Path, tmp_path: Path) -> None:
    come_from(folder, OLD)
    zipped(tmp_path / "e.zip", {name: body.encode() for name, body in HUGO.items()})
    imported(str(tmp_path / "e.zip"), "--author", "Ada Quay", "--published")
    run("publish")
    with served(folder / "public") as server:
        assert ask(server, "/tide") == (301, "/issues/tide/tide/")
    file = folder / "issues/tide/tide.md"
    file.write_text(file.read_text().replace(f"former_urls:\n  - {OLD}/tide/\n", ""))
    run("publish")
    with served(folder / "public") as server:
        assert ask(server, "/tide/") == (301, "/issues/tide/tide/")


@given(path=st.text(max_size=40), base=st.sampled_from([OLD, "https://wire.example", "https://else.example", ""]))
def test_no_old_address_writes_outside_its_place(path: str, base: str) -> None:
    publication = Publication(title="x", url="https://wire.example", former_urls=(OLD,))
    article = Article(
        id="tag:a", key="a", title="A", url="https://wire.example/issues/a/a/", former_urls=(base + path,)
    )
    issue = Issue(
        id="tag:b", slug="a", title="A", date=datetime(2026, 1, 1, tzinfo=UTC), sections=(Section(articles=(article,)),)
    )
    moved = ledger.find_moved_pages(publication, issue, known=())
    for old, new in moved.items():
        assert new.startswith("issues/a/")
        assert old.isascii()
        assert old.endswith("/")
        assert not {"..", ".", ""} & {*old.rstrip("/").split("/")}
        assert not {*' \t\n\r#?*"<>\\'} & {*old}


def test_two_posts_with_one_guid_are_two(tmp_path: Path) -> None:
    """WordPress's own test data has such."""
    item = (
        "<item><title>{0}</title><guid>https://old.example/?p=1</guid><wp:post_id>{0}</wp:post_id>"
        "<content:encoded>Text {0}.</content:encoded><wp:status>publish</wp:status></item>"
    )
    head = (
        '<rss xmlns:wp="https://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        "<channel><wp:wxr_version>1.2</wp:wxr_version>"
    )
    (tmp_path / "e.xml").write_text(f"{head}{item.format(1)}{item.format(2)}</channel></rss>")
    assert len(imported(str(tmp_path / "e.xml"))["imported"]) == 2
    assert len(imported(str(tmp_path / "e.xml"))["skipped"]) == 2


def test_galleries_and_players_are_pictures_and_links() -> None:
    wxr = next(iter(WORDPRESS.values())).decode()
    text = '[gallery ids="20,999"] [gallery] [audio mp3="https://sound.example/a.mp3"][/audio] [video src="x"]'
    posts, _ = of(importers.read_posts(bag({"a.xml": wxr.replace("A text of the block editor.", text)}), "wordpress"))
    (post,) = (post for post in posts if "sound.example" in post.article.content)
    assert post.article.content.count("quay.png") == 1
    assert '<a href="https://sound.example/a.mp3">' in post.article.content
    assert post.notes == ('kept as text: [gallery], [video src="x"]',)


@pytest.mark.parametrize("kind", POSTS)
def test_all_posts_can_be_put_into_one_issue(kind: str, folder: Path) -> None:
    run("issue", "new", "Everything", "--slug", "all")
    report = imported(str(DATA / kind), "--into", "all", code=int(kind == "markdown"))
    publication = config.load(folder)
    found = {article.id: article for article in issues.read_issue(publication, "all").articles}
    assert issues.list_slugs(publication) == ["all"]
    assert {row["id"] for row in report["imported"]} == found.keys()
    each = imported(str(DATA / kind), "--dry-run", code=int(kind == "markdown"))
    # The others become drafts of their own.
    alone = [one["title"] for one in report["left"] if "draft of its own" in one["reason"]]
    assert sorted(row["title"] for row in each["imported"]) == sorted(alone)
    assert len(each["skipped"]) == len(found)
    again = imported(str(DATA / kind), "--into", "all", code=int(kind == "markdown"))
    assert (again["imported"], len(again["skipped"])) == ([], len(found))
    for row in report["imported"]:
        for name in row["pictures"]:
            assert (folder / "issues/all" / name).is_file()
            assert name in next(folder.glob(f"issues/all/{row['key']}.*")).read_text()


def test_an_issue_that_grows_is_not_read_for_each_post(folder: Path) -> None:
    run("issue", "new", "Everything", "--slug", "all")
    publication = config.load(folder)
    writes: list[int] = []

    @contextmanager
    def lock() -> Iterator[None]:
        writes.append(len(writes))
        yield

    def add(issue: Issue, article: Article, section: str) -> tuple[Issue, list[Article]]:
        return compose.add_articles(issue, [article], publication, section=section)[:2]

    at_once = ImportRun(publication=publication, now=datetime(2026, 1, 1, tzinfo=UTC), into="all", add=add, lock=lock)
    files = {f"{n}.md": f"---\ntitle: Post {n}\nauthor: Ada Quay\n---\nText {n}." for n in range(120)}
    outcomes = list(at_once.import_posts(importers.read_posts(bag(files), "markdown")))
    assert (len(outcomes), len(writes)) == (120, 3)  # 25, 50 and the rest
    assert len([*issues.read_issue(publication, "all").articles]) == 120


def test_pictures_of_one_name_lie_side_by_side_in_one_issue(folder: Path, tmp_path: Path) -> None:
    text = b"---\ntitle: %s\nauthor: Ada Quay\n---\n![x](x.png)"
    files = {"a/index.md": text % b"A", "a/x.png": PNG + b"1", "b/index.md": text % b"B", "b/x.png": PNG + b"2"}
    zipped(tmp_path / "e.zip", files)
    run("issue", "new", "Everything", "--slug", "all")
    report = imported(str(tmp_path / "e.zip"), "--into", "all")
    names = [name for row in report["imported"] for name in row["pictures"]]
    assert len({*names}) == 2
    assert [(folder / "issues/all" / name).read_bytes() for name in names] == [PNG + b"1", PNG + b"2"]


def test_bookmarks_go_to_the_inbox_and_from_there_into_an_issue(folder: Path) -> None:
    report = imported(str(DATA / "bookmarks"))
    assert len(report["imported"]) == 5
    assert [one["reason"] for one in report["left"]] == ["it is no address of the web"]
    assert len(imported(str(DATA / "bookmarks"))["skipped"]) == 5
    waiting = json.loads(run("inbox", "--json").stdout)
    assert {one["url"] for one in waiting} == {row["url"] for row in report["imported"]}
    run("issue", "new", "Week 48", "--slug", "week-48")
    assert len(imported(str(DATA / "bookmarks"), "--into", "week-48")["imported"]) == 5
    issue = issues.read_issue(config.load(folder), "week-48")
    assert [(section.title, len(section.articles)) for section in issue.sections] == [("Harbour", 5)]
    notes = {article.note for article in issue.articles}
    assert notes == {"Read the end.", "Two towns", "All of them.", ""}
    assert json.loads(run("inbox", "--json").stdout) == []


def test_posts_go_to_the_inbox_when_told(folder: Path) -> None:
    report = imported(str(DATA / "substack"), "--into-inbox")
    assert len(json.loads(run("inbox", "--json").stdout)) == len(report["imported"])
    assert not (folder / "issues").exists() or issues.list_slugs(config.load(folder)) == []


@pytest.mark.parametrize("where", [("--into-inbox",), ("--into", "all"), ()])
def test_who_wrote_what_names_nobody_is_said_once_wherever_it_goes(where: tuple[str, ...]) -> None:
    run("issue", "new", "Everything", "--slug", "all")
    report = imported(str(DATA / "substack"), *where, "--author", "Ada Quay")
    assert report["imported"]
    assert all(row["authors"] == ["Ada Quay"] for row in report["imported"])
    if where == ("--into-inbox",):
        waiting = json.loads(run("inbox", "--json").stdout)
        assert all([author["name"] for author in one["authors"]] == ["Ada Quay"] for one in waiting)


def test_nothing_imported_and_something_left_is_no_success(tmp_path: Path) -> None:
    zipped(tmp_path / "e.zip", {"about.md": b"---\ntitle: About\nlayout: page\n---\nUs."})
    report = imported(str(tmp_path / "e.zip"), code=1)
    assert (report["imported"], len(report["left"])) == ([], 1)


def test_wrong_wishes_are_told() -> None:
    path = str(DATA / "substack")
    assert "Give --into or --into-inbox" in run("import", path, "--into", "a", "--into-inbox", code=2).stderr
    assert "--published is for" in run("import", path, "--into-inbox", "--published", code=2).stderr
    assert "nothing" in run("import", path, "--into", "nothing", code=1).stderr


def test_what_is_true_of_many_is_said_once(tmp_path: Path) -> None:
    files = {f"{n}.md": f"---\ntitle: Post {n}\n---\nText {n}.".encode() for n in range(40)}
    pages = {f"pages/{n}.md": f"---\ntitle: Page {n}\n---\nText.".encode() for n in range(20)}
    zipped(tmp_path / "e.zip", files | pages)
    result = run("import", str(tmp_path / "e.zip"))
    assert len(result.stdout.splitlines()) == 40
    assert len(result.stderr.splitlines()) == 5
    assert "20 × it is a page, not a post: " in result.stderr


def test_pictures_that_stay_are_counted_with_what_copies_them(tmp_path: Path) -> None:
    body = '![x](https://pics.example/{0}.png "At six") <img src="https://pics.example/all.png">'
    files = {f"{n}.md": f"---\ntitle: Post {n}\nauthor: Ada Quay\n---\n{body.format(n)}".encode() for n in range(5)}
    files["own.md"] = b"---\ntitle: Own\nauthor: Ada Quay\n---\n![x](a.png)"
    zipped(tmp_path / "e.zip", files | {"a.png": PNG})
    said = run("import", str(tmp_path / "e.zip"), "--dry-run").stderr
    assert "pictures that stay where they are: pics.example (6)\n" in said
    assert 'To have copies: images = "copy" below [site]' in said
    rows = imported(str(tmp_path / "e.zip"))["imported"]
    assert {row["title"]: len(row["remote_pictures"]) for row in rows} == dict.fromkeys(
        (f"Post {n}" for n in range(5)), 2
    ) | {"Own": 0}


HIDDEN = {
    "hugo.toml": f'baseURL = "{OLD}/"\n',
    "content/posts/b.md": "---\ntitle: Second\ndate: 2021-01-02\nauthor: Ada Quay\n---\nB.",
    "content/posts/c.md": "---\ntitle: Third\ndate: 2022-01-03\nauthor: Ada Quay\n---\nC.",
    "content/posts/z.md": "---\ntitle: First\ndate: 2020-01-01\nauthor: Ada Quay\n---\nZ.",
    "content/posts/ahead.md": "---\ntitle: Ahead\ndate: 2020-01-01\npublishDate: 2999-01-01\nauthor: Ada Quay\n---\nA.",
    "content/posts/over.md": "---\ntitle: Over\ndate: 2020-01-01\nexpiryDate: 2021-01-01\nauthor: Ada Quay\n---\nO.",
    "content/posts/undated.md": "---\ntitle: Undated\nauthor: Ada Quay\n---\nU.",
    "content/posts/part/index.md": "---\ntitle: Whole\ndate: 2019-01-01\nauthor: Ada Quay\n---\nW.",
    "content/posts/part/extra.md": "---\ntitle: Extra\nauthor: Ada Quay\n---\nE.",
    "content/posts/headless.md": "---\ntitle: Headless\nheadless: true\n---\nH.",
    "content/posts/never.md": "---\ntitle: Never\nbuild:\n  render: never\n---\nN.",
    "content/about.md": "---\ntitle: About\n---\nUs.",
}


def test_what_was_not_public_is_not_published_and_the_oldest_comes_first(folder: Path, tmp_path: Path) -> None:
    zipped(tmp_path / "e.zip", {name: body.encode() for name, body in HIDDEN.items()})
    report = imported(str(tmp_path / "e.zip"), "--published", code=1)  # what is dated ahead is told as failed
    status = {row["title"]: row["status"] for row in report["imported"]}
    assert [title for title, state in status.items() if state == "draft"] == ["Ahead", "Over", "Undated"]
    assert {one["file"]: one["reason"] for one in report["left"]}.items() >= {
        "content/about.md": "it is a page, not a post",
        "content/posts/headless.md": "it had no page of its own",
        "content/posts/never.md": "it had no page of its own",
        "content/posts/part/extra.md": "it is a part of another post",
    }.items()
    run("publish")
    feed = json.loads((folder / "public/feed.json").read_text())
    assert [item["title"] for item in feed["items"]] == ["Third", "Second", "First", "Whole"]
    assert [item["date_published"][:4] for item in feed["items"]] == ["2022", "2021", "2020", "2019"]


@pytest.mark.parametrize(("kind", "more"), [("ghost", 2), ("substack", 2), ("wordpress", 2)])
def test_among_others_stands_only_what_everybody_could_read(kind: str, more: int) -> None:
    run("issue", "new", "Everything", "--slug", "all")
    for words in (("--into", "all"), ("--into-inbox",)):
        report = imported(str(DATA / kind), *words)
        left = [one for one in report["left"] if "draft of its own" in one["reason"]]
        assert len(left) >= more - 1, report["left"]
        assert not {one["title"] for one in left} & {row["title"] for row in report["imported"]}


def test_an_old_site_in_a_folder_keeps_its_folder(folder: Path) -> None:
    come_from(folder, "https://old.example/news")
    report = imported(str(DATA / "ghost"), "--site", "https://old.example/news", "--published")
    (quay,) = (row for row in report["imported"] if row["slug"] == "the-quay-at-dawn")
    assert quay["former_urls"] == ["https://old.example/news/the-quay-at-dawn/"]


def test_a_bookmark_is_in_the_folder_where_it_stands_and_once(tmp_path: Path) -> None:
    link = '<DT><A HREF="https://a.example/{0}">{0}</A>\n'
    inner = f"<DT><H3>Deep</H3><DL><p>{link.format(2)}</DL><p>"
    outer = f"<DT><H3>Europe</H3><DL><p>{link.format(1)}{inner}{link.format(3)}</DL><p>"
    page = f"<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><p>{outer}{link.format(4)}{link.format(1)}</DL><p>"
    posts, _ = of(importers.read_posts(bag({"b.html": page}), "bookmarks"))
    assert [(post.article.title, post.section) for post in posts] == [
        *(("1", "Europe"), ("2", "Deep"), ("3", "Europe"), ("4", ""), ("1", "")),
    ]
    (tmp_path / "b.html").write_text(page)
    report = imported(str(tmp_path / "b.html"))
    assert (len(report["imported"]), [one["reason"] for one in report["skipped"]]) == (4, ["it is there twice"])


@pytest.mark.parametrize("publish", [(), ("--published",)])
def test_an_old_site_that_is_named_later_leads_on(folder: Path, tmp_path: Path, publish: tuple[str, ...]) -> None:
    posts = tmp_path / "posts"
    posts.mkdir()
    for name in ("one", "two"):
        url = f"https://old.example/2024/{name}/"
        (posts / f"{name}.md").write_text(f"---\ntitle: {name}\nurl: {url}\ndate: 2024-01-02\n---\nWords.\n", "utf-8")
    told = run_dispatch(folder, "import", str(posts), *publish).stderr
    assert (
        '2 keep their addresses at old.example. To have these lead here: former_urls = ["https://old.example"]' in told
    )
    settings = (folder / "dispatch.toml").read_text("utf-8")
    named = re.sub("(?m)^(url = .*)$", r'\1\nformer_urls = ["https://old.example"]', settings, count=1)
    (folder / "dispatch.toml").write_text(named, "utf-8")
    run_dispatch(folder, "publish", *(() if publish else ("one",)))
