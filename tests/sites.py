"""A small site for the tests: every kind of page, from whole nouns."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

import nouns
from dispatch import render
from dispatch.formats import site_files
from dispatch.model import Author, Credit, FeedSettings, Image, Issue, Page, Publication, Section, SiteSettings, Source
from dispatch.publish.listings import strip_texts
from dispatch.publish.plan import fill_page, plan_pages
from dispatch.publish.republishing import fill_kit_page

JERRY = Author(
    name="Jerry Jackson",
    url="https://paper.example/jerry-jackson?view=posts&all=1",
    bio="Jerry covers the alliance.",
    avatar="https://paper.example/jerry.png",
)
PAPER = Source(
    key="paper",
    title="The Paper",
    url="https://paper.example/",
    feed="https://paper.example/feed.xml",
    syndicate="excerpt",
    license="CC-BY-4.0",
    excerpt_words=60,
)
OWN = "https://wire.example/issues/week-{}/#our-own"


def publication(**values: object) -> Publication:
    """The Wire, with a search and a feed of everything that can have one."""
    given = {
        "site": SiteSettings(search=True),
        "feeds": FeedSettings(each=("author", "source", "section", "tag")),
        "sources": (PAPER,),
    }
    return nouns.publication(**(given | values))


def issue(n: int) -> Issue:
    """The issue of a week: a lead with two authors, an article of somebody's paper, one's own."""
    ids = f"tag:wire.example,2025-02-14:week-{n}"
    lead = nouns.rich(
        1,
        id=f"{ids}/lead",
        key="lead",
        url=f"https://margin.example/lead?week={n}&x=1",
        title=f"What was said in week {n}",
        authors=(JERRY, Author(name="Ada Lane", url="https://people.example/ada", bio="Ada writes.")),
        source=Source(title="The Margin", url="https://margin.example/", syndicate="full", excerpt_words=60),
        image=Image(url="https://wire.example/issues/week-1/line.png", alt="A line", width=1072, height=536),
        published=nouns.DATE + timedelta(weeks=n, days=-2),
    )
    paper = nouns.article(
        2,
        id=f"{ids}/paper",
        key="paper",
        url=f"https://paper.example/{n}",
        title=f"Who pays & who <counts> {n}",
        authors=(JERRY,),
        credits=(Credit(role="translator", name="Tove Quist", url="https://people.example/tove"),),
        source=PAPER,
        tags=("money",),
    )
    own = nouns.article(
        3,
        id=f"{ids}/own",
        key="our-own",
        own=True,
        url=OWN.format(n),
        title="Our own words",
        authors=(Author(name="The Wire's desk"),),
        source=Source(syndicate="full"),
        license="CC-BY-ND-4.0",
    )
    return nouns.issue(
        id=ids,
        slug=f"week-{n}",
        number=n,
        title=f"Week {n}",
        date=nouns.DATE + timedelta(weeks=n),
        sections=(Section(title="Europe", articles=(lead, paper)), Section(title="Letters", articles=(own,))),
        status="published",
    )


def pages(issues: Iterable[Issue], by: Publication) -> dict[str, Page]:
    """Every page of the site by its path, as it is rendered; feeds are left out."""
    whole = {one.slug: one for one in issues}
    planned = plan_pages([strip_texts(one) for one in whole.values()], by)
    return {page.path: fill(page, whole, by) if page.slug else page for page in planned if page.kind != "feed"}


def fill(page: Page, whole: Mapping[str, Issue], by: Publication) -> Page:
    """A page with the texts of its issue."""
    issue = whole[page.slug]
    return fill_kit_page(page, issue, by) if page.kind == "republish" else fill_page(page, issue)


def files(issues: Iterable[Issue], by: Publication) -> dict[str, bytes]:
    """The site's files by their path in the public folder."""
    shown = pages(issues, by)
    made = {f"{path}index.html": render.render_edition(page, by, "web").body for path, page in shown.items()}
    around = {
        "style.css": site_files.render_style_sheet(by),
        "icon.svg": site_files.render_icon(by),
        "404.html": site_files.render_not_found(by),
    }
    return made | site_files.list_scripts(by, {page.kind for page in shown.values()}) | around


def weeks(count: int = 3) -> list[Issue]:
    """The issues of so many weeks."""
    return [issue(n) for n in range(1, count + 1)]


def translated(code: str) -> Publication:
    """The same site in another language."""
    return replace(publication(), language=code)
