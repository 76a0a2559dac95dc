"""What is pasted into a mail service is the same mail when the service has rendered it, word for word, link for link.

The engines here are small ones, made after the services' sources and pages; tests/judges/test_services.py has real
ones.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache, partial

import jinja2
import pytest
from justhtml import JustHTML
from markdown_it import MarkdownIt

import nouns
from addresses import PERSONAL
from dispatch import render
from dispatch.errors import RenderError
from dispatch.formats import budget, email, text
from dispatch.formats import hand_over as pasted
from dispatch.mail_services import load_services
from dispatch.model import Contents, Section
from formats import reading
from formats.test_addresses import ARTICLES, NAMES, secure

LEAVE = "https://lists.example/leave"
VIEW = "https://lists.example/view"
# What is said about template languages, in every field (case 11), is shown as it is written.
ABOUT = (
    "{{ .Name }}, {{{{{x}}}, {{subscriber.email}}, *|FNAME|*, **|A|**, %recipient.name%, [[x]], {% if %}, {# a #},"
    ' {email}, {first_name, "you"}, https://a.example/@TrackLink, <b>, <!-- kept -->, &amp;, {{ Safe `a` }}'
)
CODED = ABOUT.replace("&", "&amp;").replace("<", "&lt;")
TALK = nouns.rich(
    77,
    title=ABOUT,
    dek=ABOUT,
    note=ABOUT,
    key="talk",
    content=f"<p>{CODED}</p><pre><code>{CODED}\n\n  two\n</code></pre>",
)
SECTION = Section(layout="cards", articles=(TALK, *ARTICLES.values()))
ISSUE = nouns.issue(sections=(SECTION,), intro=f"<p>{CODED}</p>")


def fill_listmonk(body: str) -> str:
    tags = {"UnsubscribeURL": LEAVE, "MessageURL": VIEW, '"{"': "{", '"@"': "@", 'Safe "<"': "<"}

    def fill(match: re.Match[str]) -> str:
        words = match[1].strip()
        return words[6:-1] if words.startswith("Safe `") else tags[words]

    body = re.sub(r"(https?://[\w\-.~!#$&'()*+,/:;=?@\[\]]*)@TrackLink", "TRACKED", body)
    # html/template drops comments, but for those that an action writes.
    whole = [one if one.startswith("{{") else "" for one in re.findall(r"{{.*?}}|<!--.*?-->", body, re.DOTALL)]
    bare = re.split(r"{{.*?}}|<!--.*?-->", body, flags=re.DOTALL)
    return "".join(
        text + re.sub(r"{{(.*?)}}", fill, tag, flags=re.DOTALL) for text, tag in zip(bare, [*whole, ""], strict=True)
    )


def fill_buttondown(body: str) -> str:
    engine = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True)
    return engine.from_string(MarkdownIt().render(body)).render(unsubscribe_url=LEAVE, email_url=VIEW)


def fill_mailchimp(body: str) -> str:
    tags = {"UNSUB": LEAVE, "ARCHIVE": VIEW}
    return re.sub(r"\*\|(.*?)\|\*", lambda tag: tags[tag[1]], body, flags=re.DOTALL)


def fill_ghost(body: str) -> str:
    marked = re.sub(r'\{(\w*?)(?:,? *"(.*?)")?\}', r"%%\g<0>%%", body)
    written = JustHTML(marked, sanitize=False, fragment=True).to_html(pretty=False)
    return re.sub(r"%%\{(\w+).*?\}%%", lambda tag: {"email": "eve@list.example"}[tag[1]], written)


ENGINES: Mapping[str, Callable[[str], str]] = {
    "listmonk": fill_listmonk,
    "buttondown": fill_buttondown,
    "mailchimp": fill_mailchimp,
    "ghost": fill_ghost,
}


@cache
def hand_over(service: str, format: str = "email") -> str:  # noqa: A002
    return render.render_edition(ISSUE, nouns.publication(), format, service=service).body.decode()


@cache
def fit_issue(service: str) -> Contents:
    """The issue as far as a mail of the service has room for it."""
    renderer = partial(pasted.render, service=load_services()[service], as_text=False)
    return budget.fit_mail(ISSUE, nouns.publication(), renderer).issue


@cache
def received(service: str) -> list[reading.Shown]:
    """Its articles but the first, which is about template languages."""
    return reading.mail(ENGINES[service](hand_over(service)).encode())[1:]


each_service = pytest.mark.parametrize("service", ENGINES)


@each_service
@pytest.mark.parametrize("name", PERSONAL)
def test_an_address_stays_the_same_when_the_service_has_rendered_it(service: str, name: str) -> None:
    article, shown = ARTICLES[name], received(service)[NAMES[name]]
    assert shown.url == shown.read == article.url
    assert shown.people == [PERSONAL[name], article.source.url, PERSONAL[name]]
    assert shown.images == [secure(article.url)]


@each_service
def test_what_is_said_about_template_languages_is_shown(service: str) -> None:
    plain = reading.document(email.render(fit_issue(service), nouns.publication())).root
    shown = reading.document(ENGINES[service](hand_over(service))).root
    assert reading.words(shown).count(ABOUT) == reading.words(plain).count(ABOUT) >= 4


FRAMED = ("buttondown", "ghost")


@pytest.mark.parametrize("service", sorted(set(ENGINES) - set(FRAMED)))
def test_readers_leave_and_look_on_where_the_service_says(service: str) -> None:
    links = reading.hrefs(reading.document(ENGINES[service](hand_over(service))).root)
    assert links.count(LEAVE) == 1
    assert links.count(VIEW) >= 1
    assert nouns.MAILING.unsubscribe[0] not in links
    assert f"{nouns.publication().url}/issues/defence/" not in links


@pytest.mark.parametrize("service", sorted(set(ENGINES) - set(FRAMED)))
def test_a_whole_document_keeps_its_styles_and_what_outlook_reads(service: str) -> None:
    plain, filled = nouns.body("email", ISSUE).decode(), ENGINES[service](hand_over(service))
    for part in (r"<style.*?</style>", r"<!--\[if.*?-->", r"^<!DOCTYPE html><html[^>]*>"):
        assert re.findall(part, filled, re.DOTALL) == re.findall(part, plain, re.DOTALL) != []


@pytest.mark.parametrize("service", FRAMED)
def test_a_fragment_has_neither_head_nor_style_sheet(service: str) -> None:
    body = hand_over(service)
    assert not re.search(r"<(?:!doctype|html|head|body|style|title|meta)\b", body, re.IGNORECASE)
    assert body.startswith("<div")
    assert body.count("<div") == body.count("</div>")
    assert all(words not in body for words in ("<h1", f">{ISSUE.title}", 'role="main"', ISSUE.preheader))
    assert ("Unsubscribe" in body) == (service == "buttondown")
    assert 'style="' in body


def test_a_fragment_for_a_service_that_reads_markdown_is_one_line() -> None:
    assert "\n" not in hand_over("buttondown").strip("\n")


@pytest.mark.parametrize("service", ENGINES)
def test_the_text_part_is_the_same_or_there_is_none(service: str) -> None:
    if service in FRAMED:
        with pytest.raises(RenderError, match="takes no text"):
            hand_over(service, "text")
        return
    plain = text.render(fit_issue(service), nouns.publication()).decode()
    if service == "listmonk":
        filled = ENGINES[service](hand_over(service, "text"))
        slots = {"https://wire.example/issues/defence/": VIEW, "\n".join(nouns.MAILING.unsubscribe): LEAVE}
        for old, new in slots.items():
            plain = plain.replace(f"\n{old}\n", f"\n{new}\n")
        assert filled == plain
    else:
        assert hand_over(service, "text").count("*|UNSUB|*") == 1


def test_the_same_issue_is_the_same_bytes() -> None:
    for service in load_services():
        one, other = (render.render_edition(ISSUE, nouns.publication(), "email", service=service) for _ in range(2))
        assert one == other
        assert one.path == f"{service}.html"


def test_every_service_has_an_engine() -> None:
    assert load_services().keys() == ENGINES.keys()


def test_a_service_that_nobody_knows() -> None:
    with pytest.raises(RenderError, match="no service"):
        render.render_edition(ISSUE, nouns.publication(), "email", service="pigeon")
