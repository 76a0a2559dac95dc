"""What collections are made of: issues in order, an issue as an entry, an article as a line of a list."""

from collections.abc import Iterable
from dataclasses import replace

from dispatch import derived
from dispatch.formats.template_context import TemplateContext, mark_withdrawn_issue
from dispatch.model import Article, Author, Issue, Publication, Source


def sort_newest_first(issues: Iterable[Issue]) -> list[Issue]:
    """The issues by date and then by number, the newest first."""
    return sorted(issues, key=lambda issue: (issue.date, issue.number or 0, issue.slug), reverse=True)


def strip_texts(issue: Issue) -> Issue:
    """The issue without its texts: what a collection needs to know of it, and nothing that a page of its own shows."""
    sections = (
        replace(
            section,
            intro="",
            articles=tuple(map(_strip_text, section.articles)),
        )
        for section in issue.sections
    )
    return replace(issue, intro="", sections=tuple(sections))


def _strip_text(article: Article) -> Article:
    return replace(article, content="", markdown="", summary="")


def make_entry(issue: Issue, publication: Publication) -> Article:
    """An issue as one entry: its words and every article with its byline and its link."""
    if issue.withdrawn:
        return make_bare_entry(issue, publication)
    fragments = TemplateContext(mark_withdrawn_issue(issue, publication), publication)
    return replace(_make_issue_entry(issue, publication), content=fragments.render_template("digest.html"))


def make_bare_entry(issue: Issue, publication: Publication) -> Article:
    """Make an issue's feed entry without a body, from an issue without its texts."""
    return _make_issue_entry(issue, publication)


def make_line(article: Article, issue: Issue) -> Article:
    """An article as a list has it: headline, byline and date, under a key that no other article on the page has."""
    return Article(
        id=article.id,
        key=f"{issue.slug}-{article.key}",
        own=article.own,
        url=article.url,
        title=article.title,
        authors=tuple(Author(name=author.name, url=author.url) for author in article.authors),
        credits=article.credits,
        certainty=article.certainty,
        source=replace(article.source, syndicate="link", license=""),
        published=article.published,
        updated=derived.find_last_change(article, issue),
        language=article.language,
        withdrawn=article.withdrawn,
    )


def _make_issue_entry(issue: Issue, publication: Publication) -> Article:
    return Article(
        id=issue.id,
        key=issue.slug,
        own=True,
        url=derived.build_issue_address(publication, issue.slug),
        title=issue.title,
        dek=issue.preheader,
        source=Source(title=publication.title, url=f"{publication.url}/", syndicate="full"),
        published=issue.date,
        updated=max((article.withdrawn.date for article in issue.articles if article.withdrawn), default=None),
        corrections=issue.corrections,
        withdrawn=issue.withdrawn,
    )
