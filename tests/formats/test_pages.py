"""The site's pages: what each kind shows and says of itself, and that its ways hold wherever it is served."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

import nouns
import sites
from dispatch.formats import FORMATS, site_files, web
from dispatch.model import Author, Correction, Image, Publication, Section, SiteSettings, SubscribeSettings, Theme
from formats import reading

GOLDEN = Path(__file__).parent.parent / "data" / "pages"
# A page of each kind.
KINDS = {
    "front": "index.html",
    "issue": "issues/week-2/index.html",
    "article": "issues/week-2/lead/index.html",
    "own-article": "issues/week-2/our-own/index.html",
    "author": "authors/jerry-jackson/index.html",
    "source": "sources/paper/index.html",
    "section": "sections/europe/index.html",
    "tag": "tags/money/index.html",
    "index": "authors/index.html",
    "archive": "archive/index.html",
    "follow": "follow/index.html",
    "search": "search/index.html",
    "not-found": "404.html",
    "style": "style.css",
    "icon": "icon.svg",
}
PICTURE = "issues/week-1/line.png"
JERRY = "https://paper.example/jerry-jackson?view=posts&all=1"
BY = "https://creativecommons.org/licenses/by/4.0/"


@cache
def site() -> Mapping[str, bytes]:
    return sites.files(sites.weeks(), sites.publication())


def page(kind: str) -> str:
    return site()[KINDS[kind]].decode()


def attributes(markup: str, name: str) -> list[dict[str, str]]:
    """The attributes of every element of that name."""
    found = (node.attrs for node in reading.nodes(reading.document(markup).root) if node.name == name)
    return [{key: value or "" for key, value in attrs.items()} for attrs in found]


def data(markup: str) -> dict[str, Any]:
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', markup, re.DOTALL)
    found = json.loads(text)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_page_is_as_expected(kind: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / (f"{kind}.{KINDS[kind].rpartition('.')[2]}")
    octets = site()[KINDS[kind]]
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
    assert octets == path.read_bytes()


def test_every_golden_page_is_looked_at() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(KINDS)


@pytest.mark.parametrize("base", ["https://wire.example/", "http://127.0.0.1:8000/", "https://host.example/a/wire/"])
def test_every_way_within_the_site_leads_somewhere_wherever_it_is_served(base: str) -> None:
    feeds = {f"{stem}.{ending}" for stem in ("feed", "issues") for ending in ("xml", "atom", "json")}
    ways = 0
    for path, octets in site().items():
        if not path.endswith("index.html"):
            continue
        here = urljoin(base, path.removesuffix("index.html"))
        for url in relative(octets.decode()):
            there, _, place = urljoin(here, url).removeprefix(base).partition("#")
            file = f"{there}index.html" if not there or there.endswith("/") else there
            assert file in site() or file in feeds or file == PICTURE, f"{path}: {url}"
            assert not place or f'id="{place}"' in site()[file].decode(), f"{path}: {url}"
            ways += 1
    assert ways > 300


def relative(markup: str) -> Iterator[str]:
    for node in reading.nodes(reading.document(markup).root):
        for name in ("href", "src"):
            url = (node.attrs or {}).get(name)
            if url is not None and not re.match("[a-z]+:", url):
                yield url


def test_what_a_page_loads_of_the_sites_own_comes_from_where_it_stands() -> None:
    by = replace(sites.publication(), theme=Theme(logo="https://wire.example/logo.svg"))
    shown = set()
    for path, octets in sites.files(sites.weeks(), by).items():
        if not path.endswith(".html"):
            continue
        for name, attribute in (("img", "src"), ("img", "srcset"), ("source", "srcset"), ("script", "src")):
            for tag in attributes(octets.decode(), name):
                assert "wire.example" not in tag.get(attribute, ""), path
                shown |= {urljoin(f"/{path}", tag["src"])} if "src" in tag else set()
        for link in attributes(octets.decode(), "link"):
            assert link["rel"] not in {"stylesheet", "icon"} or "wire.example" not in link["href"]
    assert shown >= {f"/{PICTURE}", "/logo.svg"}
    assert f'"og:image" content="https://wire.example/{PICTURE}"' in page("front")
    assert f'"https://wire.example/{PICTURE}"' in json.dumps(data(page("article")))


def test_a_page_that_is_not_there_finds_its_way_from_any_depth() -> None:
    assert set(relative(page("not-found"))) >= {"/", "/style.css", "/follow/", "#content"}
    by = sites.publication(url="https://host.example/wire")
    assert "/wire/style.css" in set(relative(site_files.render_not_found(by).decode()))
    assert 'name="robots" content="noindex"' in page("not-found")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if KINDS[kind].endswith(".html")])
def test_nothing_acts_and_the_policy_says_so(kind: str) -> None:
    markup = page(kind)
    (policy,) = (meta["content"] for meta in attributes(markup, "meta") if "http-equiv" in meta)
    assert policy.startswith(web.POLICY)
    assert ("script-src" in policy) == (kind == "search")
    scripts = [script for script in attributes(markup, "script") if script != {"type": "application/ld+json"}]
    assert scripts == ([{"type": "module", "src": "search.js"}] if kind == "search" else [])
    assert not re.search(r"<[^>]* (style|on\w+)=", markup)
    assert "<style" not in markup


def test_a_page_without_a_place_carries_its_style_and_leads_out_by_whole_addresses() -> None:
    markup = nouns.body("web", sites.issue(1), sites.publication()).decode()
    assert "<style>" in markup
    (policy,) = (meta["content"] for meta in attributes(markup, "meta") if "http-equiv" in meta)
    assert "style-src 'sha256-" in policy
    assert {url for url in relative(markup) if not url.startswith("#")} == set()


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("front", "https://wire.example/"),
        ("issue", "https://wire.example/issues/week-2/"),
        ("article", "https://margin.example/lead?week=2&x=1"),
        ("own-article", "https://wire.example/issues/week-2/our-own/"),
        ("author", "https://wire.example/authors/jerry-jackson/"),
    ],
)
def test_search_engines_are_sent_to_the_original(kind: str, address: str) -> None:
    assert [link["href"] for link in attributes(page(kind), "link") if link["rel"] == "canonical"] == [address]


def test_its_own_feed_is_found_first_and_then_the_publications() -> None:
    for kind, stem in (("issue", "issues/week-2/feed"), ("author", "authors/jerry-jackson/feed")):
        found = [link for link in attributes(page(kind), "link") if link["rel"] == "alternate"]
        assert [link["href"] for link in found] == [
            f"https://wire.example/{name}.{ending}" for name in (stem, "feed") for ending in ("xml", "atom", "json")
        ]
        assert [link["type"] for link in found[:3]] == [FORMATS[name].media_type for name in nouns.FEEDS]
    found = [link["href"] for link in attributes(page("article"), "link") if link["rel"] == "alternate"]
    assert found[0] == "https://wire.example/feed.xml"
    assert len(found) == 3


def test_pages_before_and_after() -> None:
    ways = {link["rel"]: link["href"] for link in attributes(page("issue"), "link") if link["rel"] in {"prev", "next"}}
    assert ways == {"prev": "../../issues/week-1/", "next": "../../issues/week-3/"}


def test_the_front_page_leads_with_the_latest_issue_and_lists_the_rest() -> None:
    markup = page("front")
    document = reading.document(markup)
    words = reading.words(document.root)
    order = ["No. 3", "Week 3", "The ministers met", "What was said in week 3", "One sentence here", "Who pays & who"]
    order += ["Our own words", "Read the whole issue", "Earlier issues", "Week 2", "Week 1", "All issues", "Follow"]
    place = 0
    for text in [*order, "https://wire.example/feed.xml"]:
        place = words.index(text, place)
    assert "Paragraph 1 of story" not in words
    hrefs = [link["href"] for link in attributes(markup, "a")]
    assert "https://margin.example/lead?week=3&x=1" in hrefs
    assert "issues/week-3/" in hrefs


def test_an_author_is_marked_for_machines_and_nobody_else_is() -> None:
    for kind in ("issue", "article", "author", "section"):
        markup = page(kind)
        authors = {link["href"] for link in attributes(markup, "a") if "author" in link.get("rel", "").split()}
        assert JERRY in authors
        assert authors <= {JERRY, "https://people.example/ada"}
        marked = re.findall(r'<(?:a|b)[^>]*class="p-author h-card"[^>]*>(?:<b[^>]*>)?([^<]*)', markup)
        assert set(marked) <= {"Jerry Jackson", "Ada Lane", "The Wire&#39;s desk"}
        assert "The curator" not in markup


def test_the_authors_page_says_who_it_is_and_leads_to_all_their_posts() -> None:
    markup = page("author")
    assert "<h1" in markup
    assert "Jerry covers the alliance." in markup
    assert any(link["href"] == JERRY and "rel" not in link for link in attributes(markup, "a"))
    assert [image["src"] for image in attributes(markup, "img")] == ["https://paper.example/jerry.png"]
    assert markup.count('class="h-entry line"') == 6


def test_the_sources_page_leads_to_it_and_to_its_feed_and_names_its_licence() -> None:
    hrefs = [link["href"] for link in attributes(page("source"), "a")]
    assert {"https://paper.example/", "https://paper.example/feed.xml"} <= set(hrefs)
    assert f'Licence: <a href="{BY}" rel="license">CC BY 4.0</a>' in page("source")


def test_an_article_alone_says_where_it_first_stood_and_leads_back() -> None:
    words = reading.words(reading.document(page("article")).root)
    assert "First published in The Margin" in words
    assert "First published" not in page("own-article")
    assert "../../../issues/week-2/" in [link["href"] for link in attributes(page("article"), "a")]
    assert [node.name for node in reading.nodes(reading.document(page("article")).root) if node.name == "h1"] == ["h1"]


def test_the_follow_page_has_every_address_in_the_open() -> None:
    words = reading.words(reading.document(page("follow")).root)
    hrefs = {link["href"] for link in attributes(page("follow"), "a")}
    stems = ("feed", "issues", "authors/ada-lane/feed", "sources/paper/feed", "sections/europe/feed", "tags/r-d/feed")
    for stem in stems:
        assert f"https://wire.example/{stem}.xml" in words
        assert {f"https://wire.example/{stem}.{ending}" for ending in ("xml", "atom", "json")} <= hrefs
    assert "https://wire.example/sources.opml" in words
    assert "mailto:" not in page("follow")
    bare = sites.files(sites.weeks(1), sites.publication(sources=()))["follow/index.html"].decode()
    assert ".opml" not in bare


def test_nothing_speaks_of_mail_where_nobody_can_subscribe() -> None:
    for path, octets in site().items():
        assert b"Subscribe" not in octets or path == "style.css", path
    assert b"Forwarded" not in nouns.body("email", sites.issue(1), sites.publication())


def test_a_page_of_a_service_is_led_to_from_the_masthead_the_front_page_follow_and_the_mail() -> None:
    by = sites.publication(subscribe=SubscribeSettings(url="https://mail.example/wire?a=1&b=2"))
    made = sites.files(sites.weeks(2), by)
    for path, octets in made.items():
        if path.endswith(".html"):
            buttons = [a["href"] for a in attributes(octets.decode(), "a") if a.get("class") == "button"]
            assert buttons == [by.subscribe.url] * (2 if path in {"index.html", "follow/index.html"} else 1), path
            assert "form-action &#39;self&#39; https:" not in octets.decode()
    mail = nouns.body("email", sites.issue(1), by).decode()
    assert f'Forwarded to you? <a href="{by.subscribe.url}"'.replace("&", "&amp;") in mail.replace("&#38;", "&amp;")
    assert by.subscribe.url in nouns.body("text", sites.issue(1), by).decode()


def test_a_form_of_a_service_sends_what_it_asks_for_and_the_policy_lets_it() -> None:
    service = SubscribeSettings(form="https://list.example/sub?u=1&id=2", address_field="EMAIL", hidden={"l": "weekly"})
    by = sites.publication(subscribe=service)
    made = sites.files(sites.weeks(2), by)
    for path in ("index.html", "follow/index.html"):
        markup = made[path].decode()
        forms = [form for form in attributes(markup, "form") if form.get("method") == "post"]
        assert [form["action"] for form in forms] == [service.form]
        fields = {field["name"]: field for field in attributes(markup, "input") if field["name"] != "q"}
        assert fields["EMAIL"]["type"] == "email"
        assert fields["l"]["value"] == "weekly"
        assert "form-action &#39;self&#39; https:" in markup
    assert 'form-action &#39;self&#39;"' in made["archive/index.html"].decode()
    assert 'href="../follow/#subscribe"' in made["archive/index.html"].decode()
    assert b"https://wire.example/follow/#subscribe" in nouns.body("email", sites.issue(1), by)


def test_other_sites_are_told_what_the_page_is() -> None:
    said = [(meta["property"], meta["content"]) for meta in attributes(page("article"), "meta") if "property" in meta]
    graph = dict(said)
    assert graph["og:type"] == "article"
    assert graph["og:title"] == "What was said in week 2"
    assert graph["og:url"] == "https://wire.example/issues/week-2/lead/"
    assert graph["og:image"] == "https://wire.example/issues/week-1/line.png"
    assert (graph["og:image:alt"], graph["og:image:width"], graph["og:image:height"]) == ("A line", "1072", "536")
    assert graph["og:locale"] == "en_GB"
    assert graph["article:published_time"] == "2025-02-26T08:00:00+00:00"
    assert [content for name, content in said if name == "article:author"] == [JERRY, "https://people.example/ada"]
    assert 'property="og:type" content="website"' in page("front")


def test_schema_org_credits_the_authors_and_names_the_original() -> None:
    article = data(page("article"))
    assert article["@type"] == "NewsArticle"
    assert article["author"] == [
        {"@type": "Person", "name": "Jerry Jackson", "url": JERRY},
        {"@type": "Person", "name": "Ada Lane", "url": "https://people.example/ada"},
    ]
    assert article["isBasedOn"] == "https://margin.example/lead?week=2&x=1"
    assert article["sourceOrganization"] == {
        "@type": "Organization",
        "name": "The Margin",
        "url": "https://margin.example/",
    }
    assert article["publisher"] == {"@type": "Organization", "name": "The Wire", "url": "https://wire.example/"}
    assert article["datePublished"] == "2025-02-26T08:00:00+00:00"
    assert article["license"] == BY
    own = data(page("own-article"))
    assert "isBasedOn" not in own
    assert own["author"] == {"@type": "Person", "name": "The Wire's desk"}
    issue = data(page("issue"))
    assert issue["@type"] == "PublicationIssue"
    assert issue["issueNumber"] == 2
    parts = issue["hasPart"]
    assert isinstance(parts, list)
    assert [part["headline"] for part in parts] == [
        "What was said in week 2",
        "Who pays & who <counts> 2",
        "Our own words",
    ]
    assert [part.get("isBasedOn") for part in parts] == [
        "https://margin.example/lead?week=2&x=1",
        "https://paper.example/2",
        None,
    ]
    assert "Tove Quist" not in json.dumps(issue)
    assert data(page("front"))["@type"] == "WebSite"
    assert data(page("author"))["mainEntity"] == {
        "@type": "Person",
        "name": "Jerry Jackson",
        "url": JERRY,
        "description": "Jerry covers the alliance.",
        "image": "https://paper.example/jerry.png",
    }


def test_nothing_in_the_data_can_end_its_element() -> None:
    nasty = "</script><script>alert(1)</script><!-- & \u2028"
    story = nouns.article(1, title=nasty, authors=(Author(name=nasty),))
    markup = nouns.body("web", nouns.issue(story), nouns.publication()).decode()
    (part,) = data(markup)["hasPart"]
    assert part["headline"] == nasty
    assert part["author"]["name"] == nasty
    assert "alert(1)</script>" not in markup


def test_a_correction_and_a_change_are_told_to_machines() -> None:
    one = sites.issue(1)
    lead = next(one.articles)
    late = nouns.DATE.replace(year=2026)
    lead = replace(lead, corrections=(*lead.corrections, Correction(date=late, text="A name was wrong.")))
    made = sites.files([replace(one, sections=(Section(articles=(lead,)),))], sites.publication())
    assert data(made["issues/week-1/lead/index.html"].decode())["dateModified"] == late.isoformat()


def test_a_site_without_a_search_has_no_trace_of_one() -> None:
    made = sites.files(sites.weeks(1), sites.publication(site=SiteSettings()))
    assert not any(path.startswith("search") for path in made)
    assert not any(
        b"pagefind" in octets or b"search/" in octets for path, octets in made.items() if path != "style.css"
    )


def test_the_search_reads_issues_and_articles_and_each_article_once() -> None:
    for kind in KINDS:
        assert ("data-pagefind-body" in page(kind)) == (kind in {"issue", "article", "own-article"})
    skipped = re.findall(r'<article[^>]*id="([^"]*)"[^>]* data-pagefind-ignore>', page("issue"))
    assert skipped == ["lead", "our-own"]


def test_a_page_stays_light() -> None:
    """Under 50,000 bytes with a full list, and with an issue of ten articles of 250 words."""
    for path, octets in site().items():
        assert len(octets) < 20_000, path
    words = "<p>" + "Ten words of prose that say nothing at all here. " * 25 + "</p>"
    articles = [replace(nouns.rich(n), content=words) for n in range(10)]
    big = sites.files([nouns.issue(*articles)], sites.publication())
    assert len(big["issues/defence/index.html"]) < 50_000
    long = [
        nouns.issue(*(nouns.rich(n, id=f"tag:x,2025:{k}-{n}") for n in range(3)), slug=f"i{k}", id=f"tag:x,2025:{k}")
        for k in range(20)
    ]
    lists = sites.files(long, sites.publication())
    assert max(len(octets) for path, octets in lists.items() if not path.startswith("issues/")) < 50_000


def test_a_logo_stands_for_the_name_and_a_page_without_pictures_has_a_card() -> None:
    by = replace(sites.publication(), theme=Theme(logo="https://wire.example/logo.svg"))
    front = sites.files([nouns.issue(nouns.article(1))], by)["index.html"].decode()
    (logo,) = attributes(front, "img")
    assert (logo["src"], logo["alt"]) == ("./logo.svg", "The Wire")
    shared = {meta["property"]: meta["content"] for meta in attributes(front, "meta") if "property" in meta}
    assert shared["og:image"] == "https://wire.example/issues/defence/card.png"
    assert (shared["og:image:width"], shared["og:image:height"]) == ("1200", "630")


@pytest.mark.parametrize("code", ["de", "fr", "es", "ar", "hi", "en-US"])
def test_every_page_speaks_the_publications_language(code: str) -> None:
    english = re.compile(r">(Follow|Search|Authors|Sources|Topics|Earlier issues|See also|Previous issue)[:<]")
    for path, octets in sites.files(sites.weeks(), sites.translated(code)).items():
        if path.endswith(".html"):
            assert f'<html lang="{code}"' in octets.decode()
            found = set(english.findall(octets.decode())) - ({"Sources"} if code == "fr" else set())
            assert code == "en-US" or not found, path


def test_the_picture_of_an_author_without_one_is_not_missed() -> None:
    markup = site()["authors/ada-lane/index.html"].decode()
    assert not attributes(markup, "img")


def test_a_picture_without_words_says_nothing() -> None:
    bare = nouns.article(1, image=Image(url="https://wire.example/p.png"))
    by: Publication = sites.publication()
    markup = sites.files([nouns.issue(bare)], by)["issues/defence/index.html"].decode()
    assert "og:image:alt" not in markup
    assert [image["alt"] for image in attributes(markup, "img")] == [""]
