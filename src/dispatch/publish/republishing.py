"""What others may publish again of our own: each article as they get it, with its licence and the line that stays."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from markupsafe import Markup

from dispatch import check, derived, html, identity, render
from dispatch.formats import FEEDS
from dispatch.formats.kit import link_licence
from dispatch.language import Language
from dispatch.licences import Licence
from dispatch.model import Article, Contents, Finding, Issue, Page, PageKind, Publication, Section, Terms
from dispatch.readers.required_line import fill_required_line, parse_required_line


def fill_kit_page(page: Page, whole: Issue, publication: Publication) -> Page:
    """Return a page of kind republish with the article that it gives out, and what of that is not given out."""
    article = next(one for one in whole.articles if one.id == next(page.articles).id)
    kit = make_kit(article, whole, publication)
    return replace(page, sections=(Section(articles=(kit,)),), left_out=_list_left_out(article, kit))


def judge_kits(issue: Issue, publication: Publication) -> Iterator[Finding]:
    """Find the errors of what others would get of an issue's articles: of each page, and of a feed of them all."""
    free = [one for one in issue.articles if derived.find_republish_licence(one, publication)]
    kits = tuple(make_kit(one, issue, publication) for one in free)

    def judge_page(kind: PageKind, path: str, shown: Sequence[Article], formats: Iterable[str]) -> Iterator[Finding]:
        page = Page(
            kind=kind,
            path=path if kind == "republish" else "",
            feed="partners" if kind == "feed" else "",
            is_kit=kind == "feed",
            id=f"{publication.url}/{path}",
            title=shown[0].title,
            date=issue.date,
            slug=issue.slug,
            sections=(Section(articles=tuple(shown)),),
            status="published",
        )
        editions = [render.render_edition(page, publication, name) for name in formats]
        return (one for one in check.findings(page, editions, publication) if one.severity == "error")

    for kit in kits:
        if not kit.withdrawn:
            yield from judge_page("republish", f"issues/{issue.slug}/{kit.key}/republish/", (kit,), ("web",))
    if kits:
        yield from judge_page("feed", "partners", kits, FEEDS)


def make_kit(article: Article, issue: Contents, publication: Publication) -> Article:
    """Make of a free article what others get: with licence, line and date, and without what is not ours to give.

    That is every picture and file that does not lie in the publication's site, and the editor's note. Raises
    ValueError when no licence lets others publish it again.
    """
    licence = derived.find_republish_licence(article, publication)
    if licence is None:
        raise ValueError(f"{article.id} may not be published again")

    def is_ours(url: str) -> bool:
        return identity.is_site_address(url, publication)

    line = "" if article.withdrawn else write_required_line(article, licence, publication)
    return replace(
        article,
        confirmed_own=True,
        content=html.drop_images(article.content, is_ours),
        markdown="",
        image=article.image if article.image and is_ours(article.image.url) else None,
        enclosures=tuple(one for one in article.enclosures if is_ours(one.url)),
        source=replace(article.source, key="", title="", url="", feed="", license=""),
        license=article.license or publication.republish.license,
        terms=Terms(line=line, no_derivatives=licence.no_derivatives),
        note="",
        published=article.published or issue.date,
    )


def write_required_line(article: Article, licence: Licence, publication: Publication) -> str:
    """Write the line that must stand with an article: that of ``[republish]``, else the language's own, as HTML."""
    values = {
        "url": article.url,
        "title": article.title,
        "publication": publication.title,
        "licence": licence.name,
        "licence_url": licence.url,
    }
    if publication.republish.line:
        return fill_required_line(parse_required_line(publication.republish.line), values)
    said = Language.from_code(publication.language).format_message(
        "page.republish_line",
        source=Markup('<a href="{}">{}</a>').format(article.url, publication.title),
        licence=link_licence(licence),
    )
    return html.sanitise_html(said)


def _list_left_out(article: Article, kit: Article) -> tuple[str, ...]:
    """List the addresses of the pictures and files that an article has and its kit has not."""

    def list_media(one: Article) -> list[str]:
        files = [file.url for file in one.enclosures]
        return [*([one.image.url] if one.image else []), *html.find_image_addresses(one.content), *files]

    given = set(list_media(kit))
    return tuple(dict.fromkeys(url for url in list_media(article) if url not in given))
