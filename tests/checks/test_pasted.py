"""What a mail service would change of an issue, and what it did to one, is told with its place."""

from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from typing import get_args

import pytest

import nouns
from checks.judging import tellable
from dispatch import check, render
from dispatch.mail_services import load_services
from dispatch.model import Author, Credit, Edition, Finding, Issue, Section
from dispatch.model.articles import Layout
from dispatch.report import write_hint, write_message
from formats import reading
from formats.test_addresses import ARTICLES
from formats.test_hand_over import ENGINES, FRAMED

TAGS = {"listmonk": "{{ .Name }}", "buttondown": "{% if x %}", "mailchimp": "*|FNAME|*", "ghost": '{first_name, "you"}'}
PLAIN = nouns.issue(nouns.rich(1), nouns.article(2))
each_service = pytest.mark.parametrize("service", TAGS)


def judge(service: str, issue: Issue = PLAIN) -> list[Finding]:
    made = render.render_edition(issue, nouns.publication(), "email", service=service)
    return tellable(check.check_pasted(service, (made,), issue, nouns.publication()))


def facts(found: Sequence[Finding]) -> set[tuple[str, str, str, str]]:
    return {(one.rule, one.subject, one.place.file, one.place.key) for one in found}


SETTINGS = {("service.unsubscribe", "link", "dispatch.toml", "email.unsubscribe")}
FRAME = {("service.frame", "text", "issues/defence/issue.md", "preheader")}
GHOST = {("service.frame", "address", "dispatch.toml", "email.postal_address")}


@each_service
def test_of_an_issue_without_its_language_only_the_settings_are_told(service: str) -> None:
    wanted = SETTINGS | (FRAME if service in FRAMED else set()) | (GHOST if service == "ghost" else set())
    assert facts(judge(service)) == wanted
    bare = replace(nouns.publication(), email=replace(nouns.MAILING, unsubscribe=(), postal_address=""))
    made = render.render_edition(PLAIN, bare, "email", service=service)
    assert check.check_pasted(service, (made,), replace(PLAIN, preheader=""), bare) == []


@each_service
def test_its_language_is_told_wherever_it_stands(service: str) -> None:
    tag = TAGS[service]
    article = nouns.article(
        1,
        title=f"On {tag}",
        dek=tag,
        note=tag,
        content=f"<p>Write <code>{tag}</code>.</p>",
        authors=(Author(name=f"Ada {tag}", url=f"https://a.example/{tag}"),),
        credits=(Credit(role="editor", name="Ed", url="https://e.example/"),),
        url=f"https://b.example/?u={tag}",
    )
    issue = nouns.issue(
        title=f"All about {tag}", intro=f"<p>{tag}</p>", sections=(Section(title=tag, articles=(article,)),)
    )
    found = [one for one in judge(service, issue) if one.rule == "service.language"]
    assert {one.get_value("tag") for one in found} == {tag}
    assert {one.get_value("service") for one in found} == {load_services()[service].title}
    here, file = "issues/defence/issue.md", article.file
    assert facts(found) == {
        ("service.language", subject, *place)
        for subject, *place in (
            *(("title", here, "title"), ("text", here, ""), ("text", here, "sections[1]"), ("text", file, "title")),
            *(("text", file, "dek"), ("text", file, "note"), ("text", file, ""), ("text", file, "authors[1].name")),
            *(("name", file, "authors[1].url"), ("article", file, "url")),
        )
    }


def test_what_ghost_fills_in_however_it_is_written_is_an_error() -> None:
    issue = nouns.issue(nouns.article(1, dek="Write %%{email}%% or {name}", url="https://b.example/%%{uuid}%%"))
    found = [one for one in judge("ghost", issue) if one.rule in {"service.filled", "service.language"}]
    assert [(one.rule, one.severity, one.subject, one.get_value("tag")) for one in found] == [
        ("service.filled", "error", "article", "%%{uuid}%%"),
        ("service.filled", "error", "text", "%%{email}%%"),
        ("service.language", "warning", "text", "{name}"),
    ]


def test_a_subject_is_told_as_the_field_for_it_takes_it() -> None:
    (found,) = (one for one in judge("listmonk", replace(PLAIN, title="On {{ .Name }}")) if one.subject == "title")
    assert write_hint(found).endswith('On {{ "{" }}{{ "{" }} .Name }}')


@each_service
def test_a_mail_that_gmail_would_cut_off(service: str) -> None:
    issue = nouns.issue(*(nouns.article(n, dek=f"{TAGS[service]} " * 250) for n in range(30)))
    (found,) = (one for one in judge(service, issue) if one.rule == "service.size")
    assert (found.rule, found.place.file, found.subject) == ("service.size", "issues/defence/issue.md", "size")


@each_service
def test_a_mail_that_is_too_large_is_shortened_as_ours_is_and_says_so(service: str) -> None:
    words = "<p>" + "One sentence of the very many words that stand in it here. " * 14 + "</p>"
    articles = (nouns.article(n, content=words, layout="lead", note=f"{TAGS[service]} " * 20) for n in range(60))
    issue = nouns.issue(*articles)
    made = render.render_edition(issue, nouns.publication(), "email", service=service)
    assert 85_000 < len(made.body) <= 92_000
    last = tuple(one.id for one in issue.articles)[::-1]
    assert len(made.shortened) > 0
    assert made.shortened == last[: len(made.shortened)]
    found = check.check_pasted(service, (made,), issue, nouns.publication())
    assert {one.rule for one in found if not one.rule.startswith("service.")} == {"email.shortened"}
    assert [one.url for one in reading.mail(ENGINES[service](made.body.decode()).encode())] == [
        one.url for one in issue.articles
    ]


@each_service
def test_a_lost_byline_or_link_is_found_in_what_is_pasted(service: str) -> None:
    made = render.render_edition(PLAIN, nouns.publication(), "email", service=service)
    for old, new in ((b"Ada Lane", b"Eve"), (b"https://paper.example/story-2?x=1&amp;y=2", b"https://else.example/")):
        broken = replace(made, body=made.body.replace(old, new))
        found = check.check_pasted(service, (broken,), PLAIN, nouns.publication())
        assert {one.rule for one in found if one.rule.startswith("attribution.")}


def receive(service: str, html: str, text: str, issue: Issue = PLAIN) -> list[Finding]:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = issue.title, "a@lists.example", "b@reader.example"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    received = Edition(format="eml", media_type="message/rfc822", path="message.eml", body=message.as_bytes())
    return tellable(check.check_received(received, issue, nouns.publication(), service))


def send(service: str, issue: Issue = PLAIN) -> tuple[str, str]:
    """What readers get of an issue that went through the service: its frame around it, and the text that it makes."""
    html = ENGINES[service](render.render_edition(issue, nouns.publication(), "email", service=service).body.decode())
    if service not in FRAMED:
        text = render.render_edition(issue, nouns.publication(), "text", service=service).body.decode()
        return html, ENGINES[service](text)
    frame = '<h1><a href="https://list.example/p">Its title</a></h1>{}<h3>Keep reading</h3><a href="https://l.example/">Leave</a>'
    shown = reading.document(html, fragment=True).root
    return f"<!doctype html><html><body>{frame.format(html)}</body></html>", "\n".join(
        [reading.words(shown), *reading.hrefs(shown)]
    )


@each_service
def test_a_mail_that_came_through_has_its_people_and_links(service: str) -> None:
    assert receive(service, *send(service)) == []


@each_service
@pytest.mark.parametrize("layout", get_args(Layout))
def test_every_awkward_address_comes_through_in_every_layout(service: str, layout: Layout) -> None:
    issue = nouns.issue(sections=(Section(layout=layout, articles=tuple(ARTICLES.values())),))
    found = receive(service, *send(service, issue), issue)
    assert [one for one in found if one.severity == "error"] == []


@each_service
def test_what_is_lost_on_the_way_is_told_of_either_half(service: str) -> None:
    html, text = send(service)
    story = "https://paper.example/story-2?x=1&y=2"
    found = receive(service, html.replace(story.replace("&", "&amp;"), "https://else.example/"), text)
    assert {(one.rule, one.place.half) for one in found} == {("received.rewritten", "html")}
    found = receive(service, html, text.replace(story, ""))
    assert {(one.get_value("wanted"), one.place.half) for one in found} == {(story, "text")}


COUNTERS = {
    "listmonk": f"https://lists.example/link/{'a' * 36}/{'b' * 36}/{'c' * 36}",
    "buttondown": "https://links.buttondown.email/c/abc",
    "mailchimp": "https://wire.us1.list-manage.com/track/click?u=1&amp;id=2&amp;e=3",
    "ghost": "https://wire.example/r/0a1b2c3d?m=1234",
}


@each_service
def test_the_click_counter_of_a_service_is_called_by_its_name(service: str) -> None:
    html, text = send(service)
    counted = html.replace("https://people.example/ada-2", COUNTERS[service])
    (found,) = receive(service, counted, text)
    assert (found.rule, found.subject) == ("received.rewritten", "name")
    title = load_services()[service].title
    assert f"{title} counts the clicks on the link of Ada 2" in write_message(found)
    assert title in write_hint(found)
