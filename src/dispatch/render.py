"""Render an issue into an edition: pure, the same bytes for the same issue wherever and whenever it is rendered."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import unquote

from dispatch import derived
from dispatch.child import limit_function
from dispatch.errors import DispatchError, RenderError
from dispatch.formats import FEEDS, FORMATS, load_feed_module
from dispatch.mail_services import load_services
from dispatch.model import Article, Contents, Edition, Page, PageKind, Place, Publication

MAILS = frozenset({"email", "text", "eml"})
MOST_FEED_BYTES = 4_990_000  # some readers stop at 5,000,000
Shorten = Callable[[str], bytes]


@limit_function
def render_edition(
    issue: Contents,
    publication: Publication,
    format: str,  # noqa: A002 - the field's own word
    *,
    to: str = "",
    service: str = "",
) -> Edition:
    """Render the issue in one format: rss, atom, json, email, text, eml or web.

    ``to`` is the address that a whole message (eml) is made out to; without it, to the sender. ``service`` is the name
    of the mail service into which email or text is to be pasted. Raises RenderError, naming the issue.
    """
    row = FORMATS.get(format)
    if row is None:
        raise RenderError(f"there is no format “{format}”", hint=f"Formats are {', '.join(FORMATS)}.")
    from dispatch.formats.template_context import prepare_issue

    _require_titles(issue.articles, issue)
    if format in FEEDS:
        return _render_feed(issue, publication, format)
    with _explain_render_errors(issue, format):
        issue = prepare_issue(issue, publication)
        if service:
            return _render_for_service(issue, publication, format, service)
        fitted = None
        if format in MAILS:
            from dispatch.formats.budget import fit_mail

            fitted = fit_mail(issue, publication)
            issue = fitted.issue
        if to and format == "eml":
            from dispatch.formats import eml

            body = eml.build_message(issue, publication, to)
        else:
            body = (fitted.mail if fitted and format == "email" else b"") or row.render(issue, publication)
    path = choose_path(issue.as_page, format)
    edition = Edition(format=row.name, media_type=row.media_type, path=path, body=body)
    return replace(edition, shortened=fitted.excerpts, without_notes=fitted.notes) if fitted else edition


@limit_function
def render_prepared(
    issue: Contents, publication: Publication, *, begun: datetime, values: Mapping[str, str], to: str = ""
) -> bytes:
    """Render the whole message that is handed over for a reader, with these values in its slots.

    values: the slots themselves, for ``formats.prepared.PreparedMessage``, or what fills them for ``to``. Raises
    RenderError.
    """
    from dispatch.formats import prepared
    from dispatch.formats.budget import fit_mail
    from dispatch.formats.template_context import prepare_issue

    _require_titles(issue.articles, issue)
    with _explain_render_errors(issue, "eml"):
        fitted = fit_mail(prepare_issue(issue, publication), publication).issue
        return prepared.render_message(fitted, publication, to or publication.email.sender, begun=begun, values=values)


@limit_function
def render_entries(
    issue: Contents, publication: Publication, articles: Iterable[Article]
) -> dict[str, dict[str, bytes]]:
    """Render these articles as entries of feeds: by format (rss, atom, json), then by id.

    An entry's bytes depend on its article, on the issue's date and on the publication only, so they are the same in
    every feed and can be kept. Beside the issue's own articles, the issue itself can be one
    (``publish.listings.make_entry``). Raises RenderError, naming the issue.
    """
    from dispatch.formats.template_context import TemplateContext, prepare_article

    fragments = TemplateContext(issue, publication)
    made: dict[str, dict[str, bytes]] = {name: {} for name in FEEDS}
    writers = {name: load_feed_module(name) for name in FEEDS}
    for article in articles:
        _require_titles([article], issue)
        for name, writer in writers.items():
            with _explain_render_errors(issue, name):
                made[name][article.id] = writer.entry(prepare_article(article, publication), fragments)
    return made


def render_feed(
    page: Contents,
    publication: Publication,
    format: str,  # noqa: A002
    entries: Mapping[str, bytes],
    shorten: Shorten | None = None,
) -> Edition:
    """Build a feed of finished entries, by the ids of the page's articles and in their order.

    Of the articles themselves only the dates count. shorten: makes the entry of an id again with an excerpt; the oldest
    are, as many as it takes for the feed to be as small as readers want it. Raises RenderError, also when an entry is
    missing.
    """
    from dispatch.formats.template_context import TemplateContext, prepare_issue

    row, writer = FORMATS[format], load_feed_module(format)
    with _explain_render_errors(page, format):
        fragments = TemplateContext(prepare_issue(page, publication), publication)
        left = [(article.id, entries[article.id]) for article in page.articles]
        body = writer.document(fragments, [entry for _, entry in left])
        shortened: list[str] = []
        excess = len(body) - MOST_FEED_BYTES
        for at, (id_, entry) in reversed([*enumerate(left)]):
            short = shorten(id_) if shorten and excess > 0 else entry
            if len(short) < len(entry):
                excess -= len(entry) - len(short)
                left[at] = id_, short
                shortened.append(id_)
        if shortened:
            body = writer.document(fragments, [entry for _, entry in left])
    path = choose_path(page.as_page, format)
    return Edition(format=row.name, media_type=row.media_type, path=path, body=body, shortened=tuple(shortened))


def _render_feed(issue: Contents, publication: Publication, format: str) -> Edition:  # noqa: A002
    """Render the feed of an issue alone."""
    from dispatch.formats.template_context import TemplateContext, prepare_article, prepare_issue

    whole = {article.id: article for article in issue.articles}
    fragments = TemplateContext(prepare_issue(issue, publication), publication)

    def make_entry(article: Article) -> bytes:
        return load_feed_module(format).entry(prepare_article(article, publication), fragments)

    with _explain_render_errors(issue, format):
        entries = {id_: make_entry(article) for id_, article in whole.items()}
    return render_feed(issue, publication, format, entries, lambda id_: make_entry(derived.limit_text(whole[id_])))


def _render_for_service(issue: Contents, publication: Publication, format: str, name: str) -> Edition:  # noqa: A002
    """Render mail or plain text as a mail service takes it."""
    from dispatch.formats import hand_over
    from dispatch.formats.budget import fit_mail

    row, service = FORMATS[format], load_services().get(name)
    if service is None:
        raise RenderError(f"there is no service “{name}”", hint=f"Services are {', '.join(load_services())}.")
    if format not in service.formats:
        hint = f"Formats for it are {', '.join(service.formats)}."
        raise RenderError(f"{service.title} takes no {format}", address=issue.slug or issue.title, hint=hint)
    # Its text shows what its mail has room for.
    fitted = fit_mail(issue, publication, partial(hand_over.render, service=service, as_text=False))
    body = b"" if format == "text" else fitted.mail
    body = body or hand_over.render(fitted.issue, publication, service, as_text=format == "text")
    path = row.path.replace("email", name)
    edition = Edition(format=row.name, media_type=row.media_type, path=path, body=body)
    return replace(edition, shortened=fitted.excerpts, without_notes=fitted.notes)


def choose_path(page: Page | None, format: str) -> str:  # noqa: A002
    """Choose the path of an edition in the public folder; without a place, its file's name."""
    name = FORMATS[format].path
    if page is None:
        return name
    return unquote(name.replace("feed", page.feed) if name.startswith("feed.") else page.path + name)


def list_templates(publication: Publication, format: str, kind: PageKind) -> dict[str, str]:  # noqa: A002
    """List the texts of all templates that a page or feed at a place is made with, by name."""
    from dispatch.templates import find_used_templates

    roots = FORMATS[format].templates or tuple(publication.templates)
    if format == "web":
        from dispatch.formats import web

        roots = (web.TEMPLATES[kind], *web.WITHIN.get(kind, ()))
    return {name: publication.templates[name] for name in find_used_templates(publication.templates, roots)}


def _require_titles(articles: Iterable[Article], issue: Contents) -> None:
    for article in articles:
        if not article.title.strip():
            place = Place(file=article.file, address="" if article.file else f"{issue.slug}/{article.key}")
            raise RenderError("has no title", subject=place, hint="Write one.")


@contextmanager
def _explain_render_errors(issue: Contents, format: str) -> Iterator[None]:  # noqa: A002
    """Raise whatever goes wrong while rendering as a RenderError about the issue."""
    try:
        yield
    except DispatchError:
        raise
    except (ValueError, TypeError, LookupError, RecursionError, UnicodeError) as error:
        raise RenderError(
            f"{format} cannot be rendered: {error}", address=issue.slug or issue.title, hint="Run dispatch check."
        ) from error
