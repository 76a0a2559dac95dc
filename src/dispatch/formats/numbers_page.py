"""What became of each issue, as a page for the desk: one file in the publication's look, with numbers alone. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from dispatch.formats.site_files import render_style_sheet
from dispatch.formats.template_context import TemplateContext
from dispatch.model import Page, Publication

TEMPLATE = "report.html"


class NumberRow(NamedTuple):
    """The numbers of one issue."""

    name: Annotated[str, "the issue's slug"]
    begun: datetime
    counts: Annotated[Mapping[str, int], "by what is counted"]


def render_numbers_page(
    rows: Sequence[NumberRow], heads: Mapping[str, str], publication: Publication, now: datetime
) -> str:
    """Render the page; heads: the words for each count, in the order of the columns. Raises RenderError."""
    zone = ZoneInfo(publication.timezone)
    page = Page(kind="page", path="report/", id=f"{publication.url}/report/", title=publication.title, date=now)
    shown = [
        (one.name, f"{one.begun.astimezone(zone):%Y-%m-%d}", [f"{one.counts[key]:,}" for key in heads]) for one in rows
    ]
    more = {
        "rows": shown,
        "heads": [words[:1].upper() + words[1:] for words in heads.values()],
        "moment": f"{now.astimezone(zone):%Y-%m-%d %H:%M}",
        "style_sheet": Markup(render_style_sheet(publication).decode()),  # noqa: S704 - our own
    }
    return TemplateContext(page, publication).render_template(TEMPLATE, more)
