"""As an editor does it: twenty sources of every kind, gathered, changed, gathered again, and made into a letter."""

import gzip
import json
import re
import shutil
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dispatch import config, inbox
from dispatch.cli import main
from loopback import Web, item, rss, web

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Tide</title><id>tag:tide.example,2026:feed</id>
<updated>2026-11-20T08:00:00Z</updated><entry><id>tag:tide.example,2026:1</id><title>The tide</title>
<link href="https://tide.example/1?x=1&amp;y=2"/><updated>2026-11-20T08:00:00Z</updated>
<author><name>Bo Lind, Jr.</name><uri>https://tide.example/bo</uri></author>
<content type="html">&lt;p&gt;Water.&lt;/p&gt;</content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://old.example/"><title>Old</title>
<link>https://old.example/</link></channel><item rdf:about="https://old.example/1"><title>An old item</title>
<link>https://old.example/1</link><dc:creator>王小明</dc:creator></item></rdf:RDF>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Notes",
    "items": [{"id": "1", "url": "https://notes.example/1", "title": "A note", "content_text": "Text.",
               "authors": [{"name": "J. R. R. T.", "url": "https://notes.example/j"}]}],
}  # fmt: skip
H_FEED = """<!doctype html><title>Weblog</title><div class="h-feed"><h1 class="p-name">Weblog</h1>
<article class="h-entry"><h2 class="p-name"><a class="u-url" href="/one">One</a></h2>
<a class="p-author h-card" href="/ann">Ann Lee</a><time class="dt-published" datetime="2026-11-20T08:00:00Z"></time>
<div class="e-content"><p>The first.</p></div></article>
<article class="h-entry"><h2 class="p-name"><a class="u-url" href="/two">Two</a></h2>
<a class="p-author h-card" href="/ann">Ann Lee</a><div class="e-content"><p>The second.</p></div></article></div>"""
FRONT = """<!doctype html><title>Bay News</title><nav><a href="/about">About</a></nav>
<article><h2><a href="/story-1">The bridge</a></h2><p>It stands.</p></article>
<article><h2><a href="/story-2">The ferry</a></h2></article>
<article><h2><a href="https://elsewhere.example/">Not ours</a></h2></article>"""
STORY = """<!doctype html><html lang="en"><head><title>{0}</title><script type="application/ld+json">
{{"@type": "NewsArticle", "headline": "{0}", "author": {{"@type": "Person", "name": "Cy Roe"}}}}</script></head>
<body><article><h1>{0}</h1><p>{1}</p></article></body></html>"""
WORDS = "A ferry left the harbour at noon, and the letters reached the island before the news did. " * 6


def slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.7)
    body = rss(item("slow"), title="Slow").encode()
    handler.send_response(200)
    handler.send_header("content-length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as served:
        feed = {"content-type": "application/rss+xml"}
        served.pages |= {
            "/rss": (rss(item("a", author="Ann Lee"), item("b", author="Bo Zhang")), feed | {"etag": '"1"'}, 200),
            "/rdf": (RDF, {"content-type": "application/rdf+xml"}, 200),
            "/atom": (ATOM, {"content-type": "application/atom+xml"}, 200),
            "/json": (json.dumps(JSON_FEED), {"content-type": "application/feed+json"}, 200),
            "/blog": (H_FEED, {"content-type": "text/html"}, 200),
            "/bay": (FRONT, {"content-type": "text/html"}, 200),
            "/story-1": (STORY.format("The bridge", WORDS), {"content-type": "text/html"}, 200),
            "/story-2": (STORY.format("The ferry", WORDS), {"content-type": "text/html"}, 200),
            "/slow": slow,
            "/moved": (b"", {"location": "/atom2"}, 301),
            "/atom2": (ATOM.replace("tide.example", "moved.example"), {"content-type": "application/atom+xml"}, 200),
            "/bomb": (gzip.compress(bytes(60_000_000), 9), {"content-encoding": "gzip"}, 200),
        }
        for number in range(10):
            served.pages[f"/plain-{number}"] = (rss(item(f"p{number}"), title=f"Plain {number}"), feed, 200)
        yield served


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    config.create_publication(
        tmp_path, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, code: int = 0, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(main, arguments, input=stdin, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def subscriptions(site: Web) -> str:
    feeds = ["/rss", "/rdf", "/atom", "/json", "/slow", "/dead", "/moved", "/bomb", *(f"/plain-{n}" for n in range(10))]
    outlines = [
        f'<outline type="rss" text="{path[1:]}" xmlUrl="{site.url(path, n)}"/>' for n, path in enumerate(feeds, 1)
    ]
    pages = [
        f'<outline type="link" text="{title}" category="sea" url="{site.url(path, host)}"/>'
        for title, path, host in (("Weblog", "/blog", 30), ("Bay News", "/bay", 31))
    ]
    return (
        '<opml version="2.0"><head><title>Mine</title></head><body><outline text="News"><outline text="Europe">'
        f"{''.join(outlines[:4])}</outline></outline>{''.join(outlines[4:])}{outlines[0]}{''.join(pages)}</body></opml>"
    )


def test_twenty_sources_gathered_twice(site: Web, folder: Path) -> None:
    (folder / "subscriptions.opml").write_text(subscriptions(site), encoding="utf-8")
    assert "added 20 sources; already there: 1" in run("source", "import", "subscriptions.opml").stderr
    publication = config.load(folder)
    assert len(publication.sources) == 20
    assert {source.section for source in publication.sources[:4]} == {"Europe"}
    assert [source.kind for source in publication.sources[-2:]] == ["page", "page"]

    first = run("gather", "--allow-private", code=1)
    assert first.stdout == "20 new, 0 changed from 20 sources (2 failed)\n"
    assert "dead: the server answered 404" in first.stderr
    assert "bomb: this is larger than 15 MiB" in first.stderr
    assert (
        f"moved has moved permanently: change its address in dispatch.toml to {site.url('/atom2', 7)}" in first.stderr
    )

    with inbox.open_inbox(publication) as box:
        waiting = {one.article.title: one.article for one in box.list_arrivals()}
        assert box.read_visits()["dead"].failures == 1
        assert box.read_visits()["rss"].etag == '"1"'
    assert len(waiting) == 20
    assert waiting["a"].url == "https://paper.example/a?a=1&b=2"
    assert [author.name for author in waiting["An old item"].authors] == ["王小明"]
    assert [author.name for author in waiting["The tide"].authors] == ["Bo Lind, Jr."]
    assert [author.url for author in waiting["One"].authors] == [site.url("/ann", 30)]
    bridge = waiting["The bridge"]
    assert (bridge.authors[0].name, bridge.certainty, bridge.url) == ("Cy Roe", "certain", site.url("/story-1", 31))
    assert "letters reached the island" in bridge.content
    assert bridge.source.key == "bay-news"
    assert bridge.tags == ("sea",)

    site.asked.clear()
    second = run("gather", "--allow-private", code=1)
    assert second.stdout == "0 new, 0 changed from 20 sources (1 unchanged, 2 failed)\n"
    assert "/story-1" not in site.asked

    site.pages["/rdf"] = (RDF.replace("An old item", "An old item, mended"), {}, 200)
    site.pages["/bay"] = (FRONT + '<article><h2><a href="/story-3">New</a></h2></article>', {}, 200)
    site.pages["/story-3"] = (
        STORY.format("The pier", WORDS.replace("ferry", "pier")),
        {"content-type": "text/html"},
        200,
    )
    third = json.loads(run("gather", "rdf", "bay-news", "--allow-private", "--json").stdout)
    assert {row["source"]: (len(row["new"]), len(row["changed"])) for row in third} == {
        "rdf": (0, 1),
        "bay-news": (1, 0),
    }
    with inbox.open_inbox(publication) as box:
        changed = [one for one in box.list_arrivals() if one.changes]
    assert [one.changes for one in changed] == [("title: An old item → An old item, mended",)]
    assert max(site.most_together.values()) <= 2
    assert {agent.partition("/")[0] for agent in site.agents} == {"dispatch"}
    assert all("https://wire.example" in agent for agent in site.agents)


@pytest.mark.usefixtures("folder")
def test_the_state_of_each_source_is_listed(site: Web) -> None:
    for path in ("/rss", "/dead"):
        run("source", "add", site.url(path), "--no-fetch", "--key", path[1:], "--title", path)
    assert run("source", "list").stdout.count("never gathered") == 2
    for _ in range(2):
        run("gather", "--allow-private", code=1)
    listed = run("source", "list").stdout
    assert "failed 2 times in a row, last worked never: the server answered 404" in listed
    rows = {row["key"]: row for row in json.loads(run("source", "list", "--json").stdout)}
    assert rows["dead"]["visit"]["failures"] == 2
    assert rows["rss"]["visit"]["etag"] == '"1"'
    assert "3 times in a row, never worked" in run("gather", "dead", "--allow-private", code=1).stderr


def waiting(*wish: str) -> dict[str, int]:
    """The titles that ``dispatch inbox`` shows, with their numbers, in its order."""
    shown = json.loads(run("inbox", "--limit", "100", *wish, "--json").stdout)
    return {article["title"]: article["number"] for article in shown}


def test_from_a_list_of_sources_to_a_letter_and_on_to_the_next(
    site: Web, folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("source", "import", "-", stdin=subscriptions(site))
    run("source", "remove", "plain-9")
    run("source", "add", site.url("/plain-9", 18), "--no-fetch", "--key", "plain-9", "--author", "Di Moe")
    run("gather", "--allow-private", code=1)

    told = run("inbox").stdout.splitlines()
    offered = waiting()
    assert [int(line.split()[0]) for line in told if re.match(" *[0-9]+  ", line)] == list(offered.values())
    tide = told[told.index(f"{offered['The tide']:5}  The tide") + 1]
    assert tide.split(" · ")[0].strip() == "by Bo Lind, Jr."
    assert tide.endswith(" · also at 1 more")
    assert set(waiting("--search", '"letters reached" island')) == {"The bridge", "The ferry"}
    assert set(waiting("--author", "王小明")) == {"An old item"}
    assert set(waiting("--source", "weblog", "--tag", "sea")) == {"One", "Two"}
    assert "no article matches" in run("inbox", "--search", "zeppelin").stderr.lower()

    run("inbox", "dismiss", str(offered["slow"]))
    offered.pop("slow")
    assert waiting() == offered

    # The newest five, then three by their numbers. A default author is likely only: it stops the letter until an editor
    # has said that it is so.
    said = ("issue", "new", "Week 48", "--slug", "week-48", "--date", "2026-11-27", "--from-inbox", "--limit", "5")
    assert "5 articles from the inbox" in run(*said).stderr
    chosen = [title for title in ("p9", "The tide", "A note") if title not in list(offered)[:5]]
    run("add", *(str(offered[title]) for title in chosen), "--section", "Sea")
    used = {*list(offered)[:5], *chosen}
    rest = [title for title in offered if title not in used]
    assert list(waiting()) == rest
    run("render")
    assert "[editorial.certainty]" in run("check", code=1).stdout
    file = folder / "issues" / "week-48" / "p9.html"
    file.write_text(file.read_text("utf-8").replace("certainty: likely", "certainty: certain"), "utf-8")
    run("render")
    assert "no errors" in run("check").stdout
    letter = (folder / "out" / "week-48" / "email.txt").read_text("utf-8")
    assert {title for title in (*offered, "slow") if f"\n{title}\n" in letter} == used
    assert "Bo Lind, Jr." in letter
    assert "https://tide.example/1?x=1&y=2" in letter or "https://moved.example/1?x=1&y=2" in letter

    assert run("gather", "--allow-private", code=1).stdout.startswith("0 new, 0 changed")
    site.pages["/blog"] = (H_FEED.replace("The first.", "The first, mended."), {"content-type": "text/html"}, 200)
    assert run("gather", "weblog", "--allow-private").stdout.startswith("0 new, 1 changed")
    lines = run("inbox").stdout.splitlines()
    assert lines[lines.index(f"{offered['One']:5}  One") + 1].endswith("2026-11-20 · changed")
    assert "changed: text: “first.” → “first, mended.”" in run("inbox", "show", str(offered["One"])).stdout
    assert list(waiting()) == rest

    # Somebody else's copy of the folder knows what was used; what was dismissed is known here alone.
    copy = tmp_path_factory.mktemp("copy") / "wire"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".dispatch", "out"))
    monkeypatch.chdir(copy)
    run("gather", "--allow-private", code=1)
    assert set(waiting()) == {*rest, "slow"}
    assert f"{len(rest) + 1} articles from the inbox" in run("issue", "new", "Week 49", "--from-inbox").stderr
    assert waiting() == {}
