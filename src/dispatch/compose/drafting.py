"""Create an issue, and add articles to it."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from dispatch import derived, html, identity, links
from dispatch.checks.terms import digest_words
from dispatch.errors import IssueError
from dispatch.model import Arrival, Article, Contents, Issue, Publication, Section, Terms
from dispatch.slugs import find_unused, is_slug, make_key, make_slug
from dispatch.text import fold_text, is_mostly_same


def draft_issue(
    publication: Publication, title: str, now: datetime, *, slug: str = "", earlier: Sequence[Contents] = ()
) -> Issue:
    """Create an issue without articles, dated ``now`` (aware), numbered after the highest number so far.

    Raises IssueError when the slug is taken or not a slug.
    """
    taken = {issue.slug for issue in earlier}
    number = max((issue.number or 0 for issue in earlier), default=0) + 1
    slug = slug or find_unused(make_slug(title) or f"issue-{number}", taken)
    if not is_slug(slug):
        raise IssueError(f"“{slug}” is not a slug", hint="Use a to z, 0 to 9 and hyphens, at most 80 of them.")
    if slug in taken:
        raise IssueError(f"there is an issue “{slug}” already", hint="Choose another with --slug.")
    return Issue(
        id=derived.mint_id(publication, now, slug),
        slug=slug,
        number=number,
        title=title,
        date=now,
        sections=tuple(Section(title=section) for section in publication.sections),
    )


def add_articles(
    issue: Issue,
    articles: Iterable[Article],
    publication: Publication,
    *,
    section: str = "",
    unlisted: Sequence[Article] = (),
    shared: bool = False,
) -> tuple[Issue, list[Article], list[Article]]:
    """Add articles at the end of their section; return the issue, the articles added, and those that it already had.

    Passed over is an article that the issue has already (``identity.is_same_article``), and one without an address
    whose title and text it has. Of what is in ``unlisted``, articles that have a file beside the issue's and stand in
    no section, the one that is the same is taken instead, as its file has it. shared: their source has one address for
    several articles, so that id and words alone say which is which.

    Ids are minted here, once; an article without an address of its own gets its place on the issue's page, and an
    author whom authors.toml has becomes who that is there (``identity.find_person``). Without ``section`` an article
    goes where its source's articles go, else into the first section.
    """
    added: list[Article] = []
    passed: list[Article] = []
    for found in articles:
        article = replace(found, own=identity.is_ours(found.url, publication))
        if any(_is_same_content(article, other, shared=shared) for other in issue.articles):
            passed.append(found)
            continue
        there = next((other for other in unlisted if _is_same_content(article, other, shared=shared)), None)
        arrived = there or _prepare_article(issue, _keep_own_line(article), publication)
        issue = insert_article(issue, arrived, section or arrived.source.section)
        added.append(arrived)
    return issue, added, passed


def find_twin(issue: Issue, article: Article) -> Article | None:
    """Find another article in the issue with the same title."""
    others = (other for other in issue.articles if other.key != article.key)
    return next((other for other in others if fold_text(other.title) == fold_text(article.title)), None)


def add_from_inbox(
    issue: Issue,
    arrivals: Iterable[Arrival],
    publication: Publication,
    *,
    limit: int,
    prove: Callable[[str, Article], None],
) -> tuple[Issue, list[Article], list[IssueError]]:
    """Add the first ``limit`` arrivals that fit; return the issue, the articles as they were added, and what failed.

    Each goes where the articles of the source that it was gathered from go. One without a title stays in the inbox, and
    so does one that ``prove``, given the issue's slug and the article, raises an IssueError for: no file can hold it.
    """
    added: list[Article] = []
    failed: list[IssueError] = []
    for arrival in arrivals:
        with_it, new, _ = add_articles(
            issue,
            [arrival.article],
            publication,
            section=choose_section(arrival, publication),
            shared=arrival.shared,
        )
        try:
            for article in new:
                _require_title(article)
                prove(issue.slug, article)
        except IssueError as error:
            failed.append(explain_arrival(error, arrival))
            continue
        issue = with_it
        added += new
        if len(added) >= limit:
            break
    return issue, added, failed


def _require_title(article: Article) -> None:
    if not article.title:
        raise IssueError("it has no title, and no words to make one of")


def explain_arrival(error: IssueError, arrival: Arrival) -> IssueError:
    """Say of an error which article of the inbox it is about, and how to be rid of that."""
    address = f"article {arrival.number} of the inbox (“{arrival.article.title[:80]}”, from {arrival.source})"
    hint = f"To see it: dispatch inbox show {arrival.number}. To put it aside: dispatch inbox dismiss {arrival.number}"
    return IssueError(
        *(
            fault if fault.place.file else replace(fault, hint=hint, place=replace(fault.place, address=address))
            for fault in error.faults
        )
    )


def choose_section(arrival: Arrival, publication: Publication) -> str:
    """Choose the section of the source that an arrival was gathered from, even where it names another origin."""
    return next((source.section for source in publication.sources if source.key == arrival.source), "")


def insert_article(issue: Issue, article: Article, section: str) -> Issue:
    """Insert the article at the end of a section, which is created when there is none of that name."""
    sections = list(issue.sections)
    titles = [fold_text(part.title) for part in sections]
    if not sections or (section and fold_text(section) not in titles):
        sections.append(Section(title=section))
        titles.append(fold_text(section))
    place = titles.index(fold_text(section)) if section else 0
    sections[place] = replace(sections[place], articles=(*sections[place].articles, article))
    return replace(issue, sections=tuple(sections))


def _is_same_content(article: Article, other: Article, *, shared: bool) -> bool:
    """Whether two articles are the same; where no address of its own tells, by title and text."""
    if identity.is_same_article(article, other) if not shared else bool(article.id) and article.id == other.id:
        return True
    # One of them as it came by mail or paste, and the other from its site.
    is_mail = article.own != other.own and any(one.own and one.markdown for one in (article, other))
    if (article.url and not is_mail and not shared) or fold_text(article.title) != fold_text(other.title):
        return False
    # The words without the markup, which a file has in its own way; a page may lack a last line.
    texts = [html.to_plain_text(each.content) for each in (article, other)]
    return is_mostly_same(*texts, share=0.98) if is_mail else fold_text(texts[0]) == fold_text(texts[1])


def _mint_article_id(article: Article, issue: Issue, publication: Publication, key: str) -> str:
    """Return the article's id if it is an absolute IRI; else mint one from its source and its own name."""
    if links.is_absolute(article.id) and not re.search(r"\s", article.id):
        return article.id
    if not article.id:
        return derived.mint_id(publication, issue.date, f"{issue.slug}/{key}")
    source = derived.resolve_source(article.source, publication, is_own=False)
    place = source.key or make_slug(source.title) or issue.slug
    return derived.mint_id(publication, article.published or issue.date, f"{place}/{quote(article.id)}")


def _keep_own_line(article: Article) -> Article:
    """Put back what a text of our own says of where it stood: no kit, where that is this very publication."""
    line = article.terms.line if article.terms else ""
    if not line or not article.own or not article.url or article.license:
        return article
    return replace(
        article,
        url="",
        source=replace(article.source, title="", url=""),
        terms=None,
        content=f"{article.content}\n<p>{line}</p>",
        markdown=article.markdown and f"{article.markdown.rstrip()}\n\n{line}\n",
    )


def _prepare_article(issue: Issue, article: Article, publication: Publication) -> Article:
    number = sum(1 for _ in issue.articles) + 1
    key = make_key(article.key or make_slug(article.title) or f"{number}")
    key = find_unused(key, {one.key for one in issue.articles} | {"issue"})
    source = derived.resolve_source(article.source, publication, is_own=article.own)
    return replace(
        article,
        key=key,
        authors=identity.register_authors(article.authors, publication),
        file=derived.choose_article_file(issue.slug, key, article),
        id=_mint_article_id(article, issue, publication, key),
        url=article.url or derived.build_article_address(publication, issue.slug, key, source),
        source=source,
        terms=article.terms and _settle_terms(article.terms, article.content),
    )


def _settle_terms(terms: Terms, content: str) -> Terms:
    """Put the required line as files have it, and a digest of a text that may not be changed, as it is taken."""
    digest = digest_words(content) if terms.no_derivatives and content else ""
    return replace(terms, line=html.sanitise_line(terms.line), digest=terms.digest or digest)
