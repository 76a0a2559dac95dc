"""Sponsors: labelled wherever people read, in no byline, and check finds a label that is lost."""

from dataclasses import replace
from pathlib import Path

import pytest

import nouns
from commands import run_dispatch
from dispatch import check, config, issues, render
from dispatch.derived import withdraw_issue
from dispatch.model import Credit, Edition, Image, Issue, Publication, Section, Sponsor, Withdrawal
from dispatch.publish.listings import make_entry, make_line

HEMP = Sponsor(name="Hemp & Co", url="https://hemp.example/?a=1&b=2", text="Rope that holds, by the metre.")
MILL = Sponsor(
    name="The Old Mill",
    url="https://mill.example/",
    image=Image(url="https://mill.example/flour.png", alt="Flour", width=240, height=120),
)
LABELS = {
    "en": "Sponsored by Hemp & Co",
    "de": "Anzeige: Hemp & Co",
    "fr": "Sponsorisé par Hemp & Co",
    "es": "Patrocinado por Hemp & Co",
    "ar": "برعاية Hemp & Co",
    "hi": "प्रायोजक: Hemp & Co",
}
READ = ("email", "text", "eml", "web", "rss", "atom", "json")


def issue_with(
    *, whole: Sponsor | None = None, section: Sponsor | None = None, article: Sponsor | None = None
) -> Issue:
    first, second, third = (nouns.article(number) for number in (1, 2, 3))
    sections = (
        Section(title="News", articles=(first, replace(second, sponsor=article))),
        Section(title="Rope", sponsor=section, articles=(third,)),
    )
    return nouns.issue(sections=sections, sponsor=whole)


def render_one(issue: Issue, name: str, publication: Publication) -> Edition:
    return render.render_edition(issue, publication, name)


def find_rules(edition: Edition, issue: Issue, publication: Publication) -> set[str]:
    return {one.rule for one in check.check_edition(edition, issue, publication) if one.severity == "error"}


@pytest.mark.parametrize("code", sorted(LABELS))
@pytest.mark.parametrize("name", READ)
def test_the_label_stands_in_every_edition_and_nothing_is_found(name: str, code: str) -> None:
    publication = nouns.publication(language=code)
    issue = (
        issue_with(article=HEMP)
        if name in {"rss", "atom", "json"}
        else issue_with(whole=HEMP, section=MILL, article=HEMP)
    )
    assert find_rules(render_one(issue, name, publication), issue, publication) == set()


@pytest.mark.parametrize("name", ["email", "text", "web", "rss", "atom", "json"])
def test_a_label_that_is_lost_is_found(name: str) -> None:
    publication = nouns.publication()
    issue = issue_with(article=HEMP)
    edition = render_one(issue, name, publication)
    lost = replace(edition, body=edition.body.replace(b"Sponsored by", b"With thanks to"))
    assert lost.body != edition.body
    assert "attribution.sponsor" in find_rules(lost, issue, publication)


@pytest.mark.parametrize("place", ["whole", "section"])
@pytest.mark.parametrize("name", ["email", "text", "web"])
def test_the_label_of_an_issue_or_a_section_that_is_lost_is_found(name: str, place: str) -> None:
    publication = nouns.publication()
    issue = issue_with(whole=HEMP) if place == "whole" else issue_with(section=HEMP)
    edition = render_one(issue, name, publication)
    lost = replace(edition, body=edition.body.replace(b"Sponsored by", b"With thanks to"))
    assert "attribution.sponsor" in find_rules(lost, issue, publication)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("web", b' rel="sponsored"', b""),
        ("email", b"https://hemp.example/", b"https://hamp.example/"),
        ("text", b"https://hemp.example/", b"https://hamp.example/"),
        ("rss", b"https://hemp.example/", b"https://hamp.example/"),
    ],
)
def test_a_link_that_is_lost_or_would_be_followed_is_found(name: str, old: bytes, new: bytes) -> None:
    publication, issue = nouns.publication(), issue_with(article=HEMP)
    edition = render_one(issue, name, publication)
    assert "attribution.sponsor" in find_rules(
        replace(edition, body=edition.body.replace(old, new)), issue, publication
    )


def test_two_places_of_one_sponsor_need_two_labels() -> None:
    publication, issue = nouns.publication(), issue_with(whole=HEMP, section=HEMP)
    edition = render_one(issue, "email", publication)
    lost = replace(edition, body=edition.body.replace(b"Sponsored by", b"With", 1))
    assert "attribution.sponsor" in find_rules(lost, issue, publication)


def test_a_sponsor_among_the_credits_is_told() -> None:
    publication = nouns.publication()
    paid = nouns.article(1, credits=(Credit(role="Sponsor", name="Hemp & Co"),))
    issue = nouns.issue(sections=(Section(articles=(paid,)),))
    found = [one for one in check.findings(issue, (), publication) if one.rule == "attribution.sponsor"]
    assert [(one.subject, one.place.key) for one in found] == [("name", "credits[1]")]


def test_lists_and_the_feed_of_issues_have_the_label_too() -> None:
    publication, issue = nouns.publication(), issue_with(whole=HEMP, section=MILL, article=HEMP)
    body = make_entry(issue, publication).content
    assert body.count("Sponsored by") == 3
    line = make_line(replace(nouns.article(1), sponsor=HEMP), issue)
    assert line.sponsor == replace(HEMP, text="")


def test_what_is_withdrawn_has_no_sponsor() -> None:
    gone = withdraw_issue(issue_with(whole=HEMP, section=MILL, article=HEMP), Withdrawal(date=nouns.DATE))
    assert gone.sponsor is None
    assert [one.sponsor for one in gone.sections] + [one.sponsor for one in gone.articles] == [None] * 5


def test_files_keep_what_they_say_and_the_picture_comes_along(tmp_path: Path) -> None:
    run_dispatch(
        tmp_path, "init", ".", "--title", "The Wire", "--url", "https://wire.example", "--from", "d@wire.example"
    )
    (tmp_path / "authors.toml").write_text('[ann]\nname = "Ann"\n', encoding="utf-8")
    run_dispatch(tmp_path, "issue", "new", "One", "--slug", "one")
    rope = ("--title", "Rope", "--url", "https://hemp.example/", "--credit", "sponsor:Hemp & Co=https://hemp.example")
    run_dispatch(tmp_path, "add", "--no-fetch", *rope, "--syndicate", "link")
    folder = tmp_path / "issues" / "one"
    (folder / "flour.png").write_bytes(b"flour")
    (folder / "issue.md").write_text(
        (folder / "issue.md")
        .read_text("utf-8")
        .replace(
            "sections:\n", "sponsor:\n  name: The Old Mill\n  image: {url: flour.png, alt: Flour}\nsections:\n", 1
        ),
        encoding="utf-8",
    )
    publication = config.load(tmp_path)
    issue = issues.read_issue(publication, "one")
    (article,) = issue.articles
    assert (article.sponsor, article.credits) == (Sponsor(name="Hemp & Co", url="https://hemp.example"), ())
    assert issue.sponsor == Sponsor(
        name="The Old Mill", image=Image(url="https://wire.example/issues/one/flour.png", alt="Flour")
    )
    assert issues.read_pictures(publication, issue) == {"flour.png": b"flour"}
    before = (folder / "issue.md").read_text("utf-8")
    issues.change_issue(publication, issue, replace(issue, title="Another"))
    assert (folder / "issue.md").read_text("utf-8") == before.replace("One", "Another")


def test_a_high_picture_of_a_sponsor_takes_no_screen_in_a_mail() -> None:
    high = replace(MILL, image=Image(url="https://mill.example/sack.png", alt="A sack", width=600, height=900))
    mail = nouns.body("email", issue_with(whole=high, section=MILL)).decode()
    assert 'src="https://mill.example/sack.png" alt="A sack" width="187" height="280"' in mail
    assert 'src="https://mill.example/flour.png" alt="Flour" width="240" height="120"' in mail
