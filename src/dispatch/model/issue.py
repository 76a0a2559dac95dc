"""One issue of a publication, with its sections and their articles, and what it has in common with a page."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, Self

from dispatch.frozen import dataclass
from dispatch.model.articles import Article, Correction, Layout, Sponsor, Withdrawal

if TYPE_CHECKING:
    from dispatch.model.page import Page

Status = Literal["draft", "scheduled", "published"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A group of articles within an issue."""

    title: Annotated[str, "its heading; empty for articles that are in no section"] = ""
    intro: Annotated[str, "the text before its articles: Markdown in the file, sanitised HTML here"] = ""
    sponsor: Annotated[Sponsor | None, "who paid for it"] = None
    layout: Annotated[
        Layout | None, "how its articles are shown: lead, cards, list, brief, quote or text; by their number when empty"
    ] = None
    two_columns: Annotated[bool, "whether what is brief stands in two columns where there is room"] = False
    articles: Annotated[tuple[Article, ...], "its articles in order; in the file, their keys"] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Sections of articles under a title: what is rendered and checked, an issue or a page of the site."""

    id: Annotated[str, "an absolute IRI, minted once, never changed"]
    title: Annotated[str, "its headline"]
    date: Annotated[datetime, "when it appears"]
    slug: Annotated[str, "the name of the issue's folder; empty for a page that shows no issue"] = ""
    number: Annotated[int | None, "its number"] = None
    subject: Annotated[str, "the subject of its mail, when that is not its title"] = ""
    preheader: Annotated[str, "what a mailbox shows beside the subject, 40 to 130 characters"] = ""
    intro: Annotated[str, "the text before the articles, as sanitised HTML"] = ""
    sponsor: Annotated[Sponsor | None, "who paid for it"] = None
    sections: Annotated[tuple[Section, ...], "its sections in order"] = ()
    status: Annotated[Status, "draft; scheduled, which is due at its date; or published"] = "draft"
    corrections: Annotated[tuple[Correction, ...], "corrections to the issue itself"] = ()
    withdrawn: Annotated[Withdrawal | None, "set when the whole issue was withdrawn"] = None

    @property
    def articles(self) -> Iterator[Article]:
        """All articles, in reading order."""
        return (article for section in self.sections for article in section.articles)

    def change_articles(self, change: Callable[[Article], Article | None], *, keep_intros: bool = True) -> Self:
        """Return it with each article changed, without those of which ``change`` makes None, or the sections' words."""
        sections = (
            replace(
                section,
                intro=section.intro if keep_intros else "",
                sponsor=section.sponsor if keep_intros else None,
                articles=tuple(new for article in section.articles if (new := change(article)) is not None),
            )
            for section in self.sections
        )
        return replace(self, sections=tuple(sections))

    @property
    def as_page(self) -> "Page | None":
        """The page that this is; None for an issue, which has no place in the site by itself."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue(Contents):
    """One issue of a publication."""
