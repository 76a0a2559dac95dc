"""What feeds hold besides, and how much: a footer under every entry, and excerpts where readers would take no more."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import nouns
from checks.judging import judge
from commands import run_dispatch
from dispatch import check, config, derived, issues, render
from dispatch.errors import ConfigError
from dispatch.formats import FORMATS
from dispatch.model import Article, Author, FeedSettings, Issue, Publication, Source, Withdrawal
from formats import reading

FOOTER = '<p>Made by <a href="https://wire.example/us">us</a>. <a href="https://wire.example/join">Join</a>!</p>'
MOST = 5_000_000


def name_rules(format: str, body: bytes, issue: Issue, by: Publication) -> set[str]:  # noqa: A002
    return {one.rule for one in judge(format, body, issue, by)}


@pytest.mark.parametrize("format", nouns.FEEDS)
def test_every_entry_ends_with_the_footer_but_for_notices(format: str) -> None:  # noqa: A002
    by = nouns.publication(feeds=FeedSettings(footer=FOOTER))
    gone = derived.withdraw_article(nouns.article(3), Withdrawal(date=nouns.DATE))
    issue = nouns.issue(nouns.rich(1), nouns.article(2), gone)
    one, two, three = reading.feed_bodies(format, nouns.body(format, issue, by))
    assert one.endswith(f"<hr />\n{FOOTER}")
    assert two.endswith(f"<hr />\n{FOOTER}")
    assert "Join" not in three
    assert name_rules(format, nouns.body(format, issue, by), issue, by) == set()
    told = [one for one in judge(format, nouns.body(format, issue), issue, by) if one.rule == "feed.footer"]
    assert [one.get_value("wanted") for one in told] == ["Made by us. Join!"] * 2
    other = replace(by, feeds=FeedSettings(footer=FOOTER.replace("/join", "/leave")))
    assert "feed.footer" in name_rules(format, nouns.body(format, issue, other), issue, by)


@pytest.mark.parametrize("footer", ["By Max Roe", "<b>From</b> The Other Paper", "Von Max Roe"])
def test_a_footer_that_reads_like_a_byline_is_told(footer: str) -> None:
    language = "de" if footer.startswith("Von") else "en"
    by = nouns.publication(feeds=FeedSettings(footer=f"<p>{footer}</p>"), language=language)
    issue = nouns.issue(nouns.article(1))
    found = check.findings(issue, [render.render_edition(issue, by, "rss")], by)
    (told,) = (one for one in found if one.rule == "feed.footer")
    assert (told.place.file, told.place.key, told.get_value("found")) == (
        "dispatch.toml", "feeds.footer", footer.replace("<b>", "").replace("</b>", ""),
    )  # fmt: skip


def test_a_footer_is_markdown_and_stands_in_all_feeds(tmp_path: Path) -> None:
    root = tmp_path / "wire"
    config.create_publication(root, title="The Wire", url="https://wire.example")
    with (root / "dispatch.toml").open("a", encoding="utf-8") as file:
        file.write("\n[feeds]\neach = ['author']\nfooter = 'Made by **us**: [join](join/) <script>x</script>'\n")
    author = Author(name="Ann Lee")
    issues.create_issue(config.load(root), nouns.issue(nouns.article(1, authors=(author,))))
    run_dispatch(root, "publish", "defence")
    footer = '<p>Made by <strong>us</strong>: <a href="https://wire.example/join/">join</a>'
    paths = [*(root / "public").rglob("*.json")]
    assert len(paths) == 4
    for path in paths:
        (body,) = reading.feed_bodies("json", path.read_bytes())
        assert footer in body.rpartition("<hr />")[2], path
        assert "<script" not in body
    (root / "dispatch.toml").write_text((root / "dispatch.toml").read_text("utf-8").replace("'Made", "3 #"), "utf-8")
    with pytest.raises(ConfigError):
        config.load(root)


def write_long(number: int) -> Article:
    """An article of half a million characters in few lines."""
    words = (
        "".join(f"<p>{n}. {'A bridge is as long as it has to be. ' * 340}</p>" for n in range(40)) + "<p>The end.</p>"
    )
    source = Source(title="The Paper", url="https://paper.example/", syndicate="full", license="CC-BY-4.0")
    return nouns.article(number, key=f"a{number}", id=f"tag:wire.example:{number}", source=source, content=words)


@pytest.mark.parametrize("format", nouns.FEEDS)
def test_what_is_too_much_is_met_by_excerpts_of_the_oldest(format: str) -> None:  # noqa: A002
    issue = nouns.issue(*map(write_long, range(12)))
    edition = render.render_edition(issue, nouns.publication(), format)
    assert len(edition.body) < MOST
    bodies = reading.feed_bodies(format, edition.body)
    assert len(bodies) == 12
    whole = ["The end." in body for body in bodies]
    assert whole == sorted(whole, reverse=True)
    assert 5 < sum(whole) < 12
    assert edition.shortened == tuple(f"tag:wire.example:{n}" for n in range(11, sum(whole) - 1, -1))
    for number, body in enumerate(bodies):
        assert f"Ada {number}" in body
        assert f'<a href="https://paper.example/story-{number}?x=1&amp;y=2">Read' in body
        assert "CC BY 4.0" in body
    found = check.findings(issue, [edition], nouns.publication())
    assert {one.rule for one in found} == {"feed.shortened"}
    assert len(found) == len(edition.shortened)


def test_the_feed_of_a_site_is_met_likewise_and_its_archive_stays(tmp_path: Path) -> None:
    root = tmp_path / "wire"
    config.create_publication(root, title="The Wire", url="https://wire.example")
    for number, size in enumerate((6, 6), 1):
        articles = [write_long(number * 100 + n) for n in range(size)]
        date = nouns.DATE.replace(day=nouns.DATE.day + number)
        slug = f"i{number}"
        issues.create_issue(
            config.load(root),
            nouns.issue(*articles, slug=slug, id=f"tag:wire.example:{slug}", date=date, number=number),
        )
        said = run_dispatch(root, "publish", slug).output
    assert "feed.shortened" in said
    for path in (root / "public").rglob("*feed*.*"):
        assert path.stat().st_size < MOST, path
    bodies = reading.feed_bodies("json", (root / "public" / "feed.json").read_bytes())
    assert len(bodies) == 12
    assert all(">Read “" in body for body in bodies)
    whole = ["The end." in body for body in bodies]
    assert whole == sorted(whole, reverse=True)
    assert False in whole
    assert "feed.shortened" not in run_dispatch(root, "check", "i1").output


class Counted(tuple[Article, ...]):
    """The articles of a section, and how often anybody has gone through them."""

    times = 0

    def __iter__(self) -> Iterator[Article]:
        self.times += 1
        return super().__iter__()


@pytest.mark.parametrize("format", FORMATS)
def test_an_article_is_shown_without_a_look_at_all_the_others(format: str) -> None:  # noqa: A002
    def count(size: int) -> int:
        issue = nouns.issue(*(nouns.article(number) for number in range(size)))
        articles = Counted(tuple(issue.articles))
        issue = replace(issue, sections=(replace(issue.sections[0], articles=articles),))
        render.render_edition(issue, nouns.publication(), format)
        check.findings(issue, [render.render_edition(issue, nouns.publication(), format)], nouns.publication())
        return articles.times

    assert count(40) == count(4)
