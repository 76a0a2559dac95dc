"""Each member of the lists that the checks know: hosts, schemes, elements, attributes, headers and properties."""

from dataclasses import replace

import pytest

import nouns
from dispatch import check
from dispatch.model import Author, Edition, Enclosure, Image, Source

BY = nouns.publication()
STORY = nouns.rich(1, markdown="", source=Source(title="The Paper", url="https://paper.example/", syndicate="full"))
ISSUE = nouns.issue(nouns.article(7), STORY)

SHORTENERS = """
bit.ly bitly.com buff.ly cutt.ly dlvr.it fb.me flip.it goo.gl is.gd j.mp lnkd.in ow.ly rb.gy rebrand.ly shorturl.at
snip.ly t.co t.ly tiny.cc tinyurl.com trib.al v.gd zpr.io
"""
SCHEMES = ["http://a.example", "https://a.example", "mailto:a@b.example", "tel:+49", "HTTPS://a.example", "Tel:+49"]
OTHERS = ["ftp://a.example", "javascript:x()", "data:text/html,x", "file:///a", "sms:1", "gopher://a.example", "x:y"]
# Elements that act or that readers refuse, as each kind of edition knows them.
IN_MAIL = "applet audio base canvas embed form iframe input math object script select svg textarea video"
IN_FEEDS = "audio embed form iframe input link math meta object script style svg video"
ON_PAGES = "applet base embed iframe object portal script"
ONCE = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "List-Id", "List-Unsubscribe"]
PROPERTIES = """
position float clip-path filter grid grid-area flex flex-direction animation animation-name transition transition-delay
transform transform-origin aspect-ratio gap inset
"""
VALUES = ["display: flex", "display:grid", "display: inline-flex", "display : inline-grid"]
VALUES += [f"width: {name}(1px)" for name in "var calc clamp min max oklch lab".split()]


def of_story(**values: object) -> set[str]:
    issue = nouns.issue(replace(STORY, **values))  # type: ignore[arg-type]
    return {one.rule for one in check.findings(issue, (), BY)}


def of_edition(format: str, *changes: tuple[str, str]) -> set[str]:  # noqa: A002
    body = nouns.body(format, ISSUE, BY).decode()
    for old, new in changes:
        assert old in body
        body = body.replace(old, new, 1)
    return judged(format, body)


def judged(format: str, body: str) -> set[str]:  # noqa: A002
    edition = Edition(format=format, media_type="", path="edition", body=body.encode())
    return {one.rule for one in check.check_edition(edition, ISSUE, BY)}


def link(address: str) -> str:
    return f'<p><a href="{address}">One</a></p>'


def test_nothing_is_said_of_what_is_in_order() -> None:
    about_addresses = {"links.shortened", "links.scheme", "links.insecure-picture", "links.relative", "links.empty"}
    assert not of_story() & about_addresses
    for format, end in {"email": "</h1>", "web": "</h1>", "rss": "</content:encoded>"}.items():  # noqa: A001
        assert not of_edition(format, (end, end))


@pytest.mark.parametrize("host", SHORTENERS.split())
def test_a_short_address_hides_where_it_leads(host: str) -> None:
    for form in (host, host.upper(), f"www.{host}"):
        assert "links.shortened" in of_story(url=f"https://{form}/abc")
        assert "links.shortened" in of_story(content=link(f"http://{form}/abc"))
    assert "links.shortened" not in of_story(url=f"https://x{host}/abc")


@pytest.mark.parametrize("address", SCHEMES)
def test_a_link_may_begin_so(address: str) -> None:
    assert "links.scheme" not in of_story(content=link(address))


@pytest.mark.parametrize("address", OTHERS)
def test_no_link_begins_so(address: str) -> None:
    assert "links.scheme" in of_story(content=link(address))
    assert "links.scheme" in of_story(image=Image(url=address, alt="x"))
    assert "links.scheme" in of_story(authors=(Author(name="Ann", avatar=address),))
    assert "links.scheme" in of_story(enclosures=(Enclosure(url=address),))


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("mailto:a@b.example", "links.scheme"),
        ("tel:+49", "links.scheme"),
        ("http://a.example/b.png", "links.insecure-picture"),
        ("HTTP://a.example/b.png", "links.insecure-picture"),
        ("//a.example/b.png", "links.relative"),
        ("b.png", "links.relative"),
        ("https://", "links.scheme"),
        (" ", "links.empty"),
    ],
)
def test_a_picture_is_on_the_web(address: str, rule: str) -> None:
    assert rule in of_story(image=Image(url=address, alt="x"))


@pytest.mark.parametrize("tag", IN_MAIL.split())
def test_mail_has_no(tag: str) -> None:
    assert "email.forbidden" in of_edition("email", ("</h1>", f"</h1><{tag}></{tag}>"))


@pytest.mark.parametrize("tag", ON_PAGES.split())
def test_a_page_has_no(tag: str) -> None:
    assert "web.forbidden" in of_edition("web", ("</h1>", f"</h1><{tag}></{tag}>"))


def test_a_document_of_frames_is_neither_a_mail_nor_a_page() -> None:
    """Within a body a parser passes over them."""
    for format, tags in {"email": ["frame"], "web": ["frame", "frameset"]}.items():  # noqa: A001
        head, _, _ = nouns.body(format, ISSUE, BY).decode().partition("<body")
        framed = Edition(
            format=format,
            media_type="",
            path="edition",
            body=f"{head}<frameset><frame></frameset></html>".encode(),
        )
        found = [one for one in check.check_edition(framed, ISSUE, BY) if one.rule == f"{format}.forbidden"]
        assert sorted(str(one.get_value("element")) for one in found) == tags


def test_mail_and_pages_have_rules_of_their_own() -> None:
    for format in ("email", "web"):  # noqa: A001
        found = of_edition(format, ("</h1>", "</h1><script>x()</script>"))
        assert {rule for rule in found if rule.endswith(".forbidden")} == {f"{format}.forbidden"}


@pytest.mark.parametrize("format", ["rss", "atom"])
@pytest.mark.parametrize("tag", IN_FEEDS.split())
def test_a_feed_has_no(format: str, tag: str) -> None:  # noqa: A002
    assert "feed.markup" in of_edition(format, ("&lt;h3&gt;First", f"&lt;{tag}&gt;&lt;/{tag}&gt;&lt;h3&gt;First"))


@pytest.mark.parametrize("attribute", ["href", "src", "action", "formaction", "xlink:href"])
@pytest.mark.parametrize("address", ["javascript:x()", "vbscript:x", "data:text/html,x", " JAVA\tscript:x()"])
def test_no_address_on_a_page_acts(attribute: str, address: str) -> None:
    assert "web.forbidden" in of_edition("web", ("</h1>", f'</h1><p {attribute}="{address}">x</p>'))
    assert "web.forbidden" not in of_edition("web", ("</h1>", f'</h1><p title="{address}">x</p>'))


@pytest.mark.parametrize("attribute", ["href", "src", "background"])
@pytest.mark.parametrize("address", ["javascript:x()", "data:image/png,x", " DATA:x"])
def test_no_address_in_mail_acts(attribute: str, address: str) -> None:
    assert "email.forbidden" in of_edition("email", ("</h1>", f'</h1><p {attribute}="{address}">x</p>'))


@pytest.mark.parametrize("attribute", ["onclick", "onload", "onx"])
def test_no_attribute_acts(attribute: str) -> None:
    assert "web.forbidden" in of_edition("web", ("</h1>", f'</h1><p {attribute}="x">x</p>'))
    assert "email.forbidden" in of_edition("email", ("</h1>", f'</h1><p {attribute}="x">x</p>'))
    assert "feed.markup" in of_edition("rss", ("&lt;h3&gt;First", f'&lt;h3 {attribute}="x"&gt;First'))


@pytest.mark.parametrize("rel", ["stylesheet", "StyleSheet", "alternate stylesheet"])
def test_mail_links_to_no_style_sheet(rel: str) -> None:
    assert "email.forbidden" in of_edition(
        "email", ("</title>", f'</title><link rel="{rel}" href="https://a.example/">')
    )


@pytest.mark.parametrize("header", ONCE)
def test_a_message_has_this_header_once(header: str) -> None:
    assert "email.headers" in of_edition("eml", (f"{header}: ", f"X-{header}: "))
    assert "email.headers" in of_edition("eml", ("\r\n\r\n", f"\r\n{header}: x\r\n\r\n"))


@pytest.mark.parametrize("name", ["viewport", "color-scheme", "supported-color-schemes"])
def test_a_mail_says_this_of_itself(name: str) -> None:
    assert "email.document" in of_edition("email", (f'name="{name}"', f'name="x{name}"'))
    assert "email.document" not in of_edition("email", (f'name="{name}"', f'name="{name.upper()}"'))


@pytest.mark.parametrize("style", [*(f"{name}: x" for name in PROPERTIES.split()), *VALUES])
def test_mail_programs_do_not_know(style: str) -> None:
    assert "email.css" in of_edition("email", ("</h1>", f'</h1><p style="color: red; {style}">x</p>'))
    assert "email.css" in of_edition("email", ("</h1>", f'</h1><p style="{style.upper()}">x</p>'))


@pytest.mark.parametrize(
    "style", ["color: red", "display: block", "max-width: 1px", "background-position: 0", "x-gap: 1"]
)
def test_mail_programs_know(style: str) -> None:
    assert "email.css" not in of_edition("email", ("</h1>", f'</h1><p style="{style}">x</p>'))


@pytest.mark.parametrize("words", ["TK", "TKTK", "TODO", "FIXME", "XXX", "lorem ipsum", "Lorem Ipsum"])
def test_something_is_left_to_do(words: str) -> None:
    for field in ("title", "dek", "note"):
        assert "editorial.placeholder" in of_story(**{field: f"It is {words}."})
        assert "editorial.placeholder" not in of_story(**{field: f"It is x{words}x."})


@pytest.mark.parametrize("required", ["title", "link", "description"])
def test_a_channel_has(required: str) -> None:
    assert "feed.required" in of_edition("rss", (f"<{required}>", "<ttl>"), (f"</{required}>", "</ttl>"))


@pytest.mark.parametrize("required", ["title", "link", "guid", "description", "content:encoded"])
def test_an_item_has(required: str) -> None:
    start = nouns.body("rss", ISSUE, BY).decode().split("<item>")[1].split(f"<{required}")[1].partition(">")[0]
    element = f"<{required}{start}>"
    head, item = nouns.body("rss", ISSUE, BY).decode().split("<item>", 1)
    item = item.replace(element, "<x>", 1).replace(f"</{required}>", "</x>", 1)
    assert "feed.required" in judged("rss", f"{head}<item>{item}")
