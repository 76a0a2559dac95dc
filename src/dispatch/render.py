"""An issue in, an edition out: pure, the same bytes for the same issue wherever and whenever it is rendered."""

from dispatch.errors import DispatchError, RenderError
from dispatch.formats import FORMATS
from dispatch.model import Edition, Issue, Place, Publication


def edition(issue: Issue, publication: Publication, format: str, *, to: str = "") -> Edition:  # noqa: A002 - the field's own word
    """The issue in one format: rss, atom, json, email, text, eml or web.

    ``to`` is the address that a whole message (eml) is made out to; without it, to the sender. Raises RenderError,
    naming the issue.
    """
    row = FORMATS.get(format)
    if row is None:
        raise RenderError(f"there is no format “{format}”", hint=f"Formats are {', '.join(FORMATS)}.")
    for article in issue.articles:
        if not article.title.strip():
            raise RenderError("has no title", subject=f"{issue.slug}/{article.key}", hint="Write one into its file.")
    try:
        if to and format == "eml":
            from dispatch.formats import eml

            body = eml.message(issue, publication, to)
        else:
            body = row.render(issue, publication)
    except DispatchError:
        raise
    except (ValueError, TypeError, LookupError, RecursionError, UnicodeError) as error:
        raise RenderError(
            f"{format} cannot be rendered: {error}", subject=issue.slug or issue.title, hint="Look with dispatch check."
        ) from error
    return Edition(format=row.name, media_type=row.media_type, path=_path(issue.place, row.path), body=body)


def _path(place: Place | None, name: str) -> str:
    """The file's name; for what has a place in the site its path there."""
    if place is None:
        return name
    return name.replace("feed", place.feed) if name.startswith("feed.") else place.path + name
