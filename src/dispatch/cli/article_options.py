"""What an editor can say of an article, as options: what they mean, and which of them would supply what is missing."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypedDict, TypeVar

import click

from dispatch import compose, derived, html, identity, links
from dispatch.cli.completion import complete_author
from dispatch.cli.context import parse_moment
from dispatch.cli.listing import Cell
from dispatch.compose import Overrides
from dispatch.model import Article, Author, Credit, Enclosure, Image, Publication, Source, Sponsor, Syndicate, Terms
from dispatch.text import fold_text, quote_word, shorten_line

Command = TypeVar("Command", bound=Callable[..., None])
Pairs = tuple[tuple[str, str], ...]


class NameAndUrl(click.ParamType[tuple[str, str], str | tuple[str, str]]):
    """``NAME`` or ``NAME=URL``, split at the first equals sign."""

    def __init__(self, name: str = "name[=url]") -> None:
        self.name = name

    def convert(
        self, value: str | tuple[str, str], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The name and the address, which may be empty."""
        if isinstance(value, tuple):
            return value
        name, _, url = (part.strip() for part in value.partition("="))
        if not name:
            self.fail("there is no name before the equals sign", param, ctx)
        return name, url


class RoleAndName(click.ParamType[Credit, str | Credit]):
    """``ROLE:NAME`` or ``ROLE:NAME=URL``."""

    name = "role:name[=url]"

    def convert(self, value: str | Credit, param: click.Parameter | None, ctx: click.Context | None) -> Credit:
        """The credit."""
        if isinstance(value, Credit):
            return value
        role, colon, rest = value.partition(":")
        name, _, url = (part.strip() for part in rest.partition("="))
        name = _split_mailboxes(name)[0][0]
        if not (colon and role.strip() and name):
            self.fail('write it like "translator:Ann Example=https://example.org/ann"', param, ctx)
        return Credit(role=role.strip(), name=name, url=url)


class ArticleOptions(TypedDict):
    """The values of the options, by their names."""

    url: str
    title: str
    dek: str
    summary: str
    authors: Pairs
    bios: Pairs
    avatars: Pairs
    choice: int | None
    credited: tuple[Credit, ...]
    source: tuple[str, str]
    published: str | None
    updated: str | None
    language: str
    tags: tuple[str, ...]
    image: str | None
    image_alt: str | None
    enclosures: tuple[tuple[str, str, int], ...]
    own: bool
    terms: str
    note: str
    syndicate: Syndicate | None
    words: int | None
    key: str


def add_article_options(command: Command) -> Command:
    """Give a command the options; it takes them as ``**spoken: Unpack[ArticleOptions]``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def make_overrides(spoken: ArticleOptions, publication: Publication, *, is_link: bool) -> Overrides:
    """What the options say. is_link: nothing is fetched, so that nothing but a link can be shown.

    Raises click.BadParameter when a date is none.
    """
    image, alt = spoken["image"], spoken["image_alt"]
    title, front = spoken["source"]
    terms = spoken["syndicate"] or ("link" if is_link else None)
    sponsors = [one for one in spoken["credited"] if fold_text(one.role) == "sponsor"]
    article = Article(
        key=spoken["key"],
        confirmed_own=spoken["own"],
        url=spoken["url"],
        title=spoken["title"],
        dek=spoken["dek"],
        summary=spoken["summary"],
        credits=tuple(one for one in spoken["credited"] if one not in sponsors),
        sponsor=next((Sponsor(name=one.name, url=one.url) for one in sponsors), None),
        source=Source(title=title, url=front, syndicate=terms, excerpt_words=spoken["words"]),
        published=parse_moment(spoken["published"], publication) if spoken["published"] else None,
        updated=parse_moment(spoken["updated"], publication) if spoken["updated"] else None,
        language=spoken["language"],
        tags=spoken["tags"],
        image=Image(url=image or "", alt=alt) if image or alt is not None else None,
        enclosures=tuple(Enclosure(url=url, type=kind, length=size) for url, kind, size in spoken["enclosures"]),
        license=spoken["terms"],
        note=spoken["note"],
    )
    return Overrides(
        article=article,
        authors=make_authors(spoken["authors"], publication),
        choice=spoken["choice"] or 0,
        about=(
            *(Author(name=name, bio=text) for name, text in spoken["bios"]),
            *(Author(name=name, avatar=address) for name, address in spoken["avatars"]),
        ),
    )


def make_authors(pairs: Pairs, publication: Publication) -> tuple[Author, ...]:
    """Make authors of names and pages as an editor gives them, who may name somebody of authors.toml in any way.

    A mailbox beside a name is asked for who it is, and shown to nobody. Raises click.BadParameter.
    """
    named = ((*one, page) for name, page in pairs for one in _split_mailboxes(name))
    given = [_make_author(name, mailbox, page, publication) for name, mailbox, page in named]
    return identity.register_authors(given, publication)


def _split_mailboxes(written: str) -> list[tuple[str, str]]:
    from dispatch.readers.people import split_mailboxes

    return split_mailboxes(written)


def _make_author(name: str, mailbox: str, page: str, publication: Publication) -> Author:
    """Make an author, who is the person with that mailbox where the name fits; no name is a mailbox.

    Raises click.BadParameter where there is no name.
    """
    key = identity.find_person(Author(name=mailbox), publication) if mailbox else ""
    if key and identity.is_short_for(name, (publication.authors[key].name, *publication.former_names.get(key, ()))):
        return Author(name=publication.authors[key].name if page else key, url=page)
    if not name:
        what = f"nobody in authors.toml has the mailbox {mailbox}; write a name"
        raise click.BadParameter(what, param_hint="--author")
    return Author(name=name, url=page)


_MOST_SHOWN = 12
_WITNESSES = {
    "json-ld": "JSON-LD",
    "citation": "metadata for citations",
    "microformat": "microformats or microdata",
    "box": "author box",
    "byline": "byline near the headline",
    "meta": "meta elements",
}


def describe_day(article: Article) -> str:
    """The day of an article, and how it is known if not as its publication; empty when it is not."""
    day = derived.find_day(article)
    how = article.date_certainty if article.published else "updated"
    return f"{day:%Y-%m-%d}{'' if how == 'certain' else f' ({how})'}" if day else ""


def describe_byline(article: Article) -> Cell:
    """The authors of an article; who has to be settled, or is missing, in the colour of what is to be decided."""
    names = ", ".join(author.name for author in article.authors)
    if article.certainty == "certain" and names:
        return Cell(f"by {names}")
    return Cell(f"by {names} ({article.certainty})" if names else "no author found", "draft")


def describe_terms(article: Article, publication: Publication) -> Iterator[str]:
    """What its publisher asks of whoever publishes it again, and what becomes of it; nothing where nothing is asked."""
    terms = article.terms or Terms()
    if article.terms and article.own:
        yield "no address of the original found: --url ADDRESS"
    if terms.line:
        yield f"its publisher requires: {shorten_line(' '.join(html.to_plain_text(terms.line).split()), 200)}"
    if terms.counter:
        is_loaded = publication.syndicate.counters == "site"
        where = "on the site only" if is_loaded else 'nowhere; [syndicate] counters = "site" loads it on the site'
        yield f"its publisher counts readers at {links.parse_host(terms.counter)}: loaded {where}"
    if terms.no_derivatives:
        yield f"its publisher allows no changes{f': {article.license}' if article.license else ''}"


def describe_doubt(article: Article) -> Iterator[str]:
    """Say why it is uncertain who wrote an article, and whom an editor may choose, each with its number."""
    choices = compose.list_choices(article)
    why = "nothing else says so" if len(choices) == 1 else "its page names others, too"
    by = shorten_byline(article.authors)
    is_person = any(choice.authors == article.authors for choice in choices)
    if article.authors and is_person:
        yield f"not sure that {by} wrote it: {why}"
    else:
        yield f"no author found: {by} is nobody’s name" if article.authors else "no author found"
    for number, (authors, kinds) in enumerate(choices, 1):
        by = f" ({', '.join(_WITNESSES[kind] for kind in kinds)})" if kinds else ""
        yield f"  {number}  {shorten_byline(authors)}{by}"
    for witness in article.witnesses:
        if witness.house:
            yield f"  no person: {', '.join(witness.names)} ({_WITNESSES[witness.kind]})"


def shorten_byline(authors: Sequence[Author]) -> str:
    """List the names of authors, the first dozen of many."""
    names = ", ".join(author.name for author in authors[:_MOST_SHOWN])
    return names if len(authors) <= _MOST_SHOWN else f"{names} and {len(authors) - _MOST_SHOWN} more"


def find_missing(article: Article, said: Overrides, publication: Publication, *, settle: str) -> Iterator[str]:
    """What could not be found, with the option that supplies it. settle: the command that settles who wrote it."""
    if not article.authors:
        yield 'no author found: --author "NAME=ADDRESS"'
    elif article.certainty != "certain":
        yield from describe_doubt(article)
        yield f'  to settle it: {settle} --choice 1, or --author "NAME=ADDRESS"'
    from dispatch.checks.terms import find_first_house

    for author in article.authors:
        if not author.url and (article.certainty == "certain" or len(article.authors) == 1):
            yield f"no page of {author.name} found: --author {quote_word(f'{author.name}=ADDRESS')}"
        for key in identity.suggest_people(author, publication)[:3]:
            yield f"if {author.name} is {publication.authors[key].name}: --author {key}"
    if house := find_first_house(article, publication):
        yield f'its text names {links.parse_host(house)}: --url ADDRESS --source "NAME=ADDRESS", or --own'
    elif not article.source.title and article.own and not article.confirmed_own:
        yield 'no address and no source found, so it is taken as your own: --url ADDRESS --source "NAME=ADDRESS"'
    elif not (article.source.title or article.confirmed_own):
        yield 'no source found: --source "NAME=ADDRESS"'
    if article.published and article.date_certainty != "certain":
        yield f"not sure that it was published on {article.published:%Y-%m-%d}: say so with --published DATE"
    elif not derived.find_day(article):
        yield "no date found: --published DATE"
    if said.article.image and not article.image:
        yield "no picture found that --image-alt could describe: --image ADDRESS"


_OPTIONS = (
    click.option("--url", default="", help="Where the article can be read: kept byte for byte."),
    click.option("--title", default="", help="The headline."),
    click.option("--dek", default="", help="The line under the headline."),
    click.option("--summary", default="", help="What its publisher says of it."),
    click.option(
        "--author",
        "authors",
        type=NameAndUrl(),
        multiple=True,
        help="Who wrote it, with their own page; repeatable.",
        shell_complete=complete_author,
    ),
    click.option("--choice", type=click.IntRange(1), help="Who wrote it, where it is uncertain: the number shown."),
    click.option("--bio", "bios", type=NameAndUrl("name=text"), multiple=True, help="Who an author is; repeatable."),
    click.option("--avatar", "avatars", type=NameAndUrl(), multiple=True, help="An author's portrait; repeatable."),
    click.option(
        "--credit", "credited", type=RoleAndName(), multiple=True, help="Who else had a part in it; repeatable."
    ),
    click.option(
        "--source", type=NameAndUrl(), default=("", ""), help="Where it was first published, with its front page."
    ),
    click.option("--published", help="When it was first published."),
    click.option("--updated", help="When it was last changed there."),
    click.option("--language", default="", help="Its language, when it is not the publication's."),
    click.option("--tag", "tags", multiple=True, help="What it is about; repeatable."),
    click.option("--image", help="The address of its picture, or the name of a file beside the article."),
    click.option("--image-alt", help="What the picture shows, in words."),
    click.option(
        "--enclosure",
        "enclosures",
        type=(str, str, int),
        multiple=True,
        help="A file that goes with it: address, media type, bytes; repeatable.",
    ),
    click.option("--own", is_flag=True, help="It is this publication's own, whatever its text names."),
    click.option("--license", "terms", default="", help="The licence under which it may be shown."),
    click.option("--note", default="", help="Your own words about it."),
    click.option("--syndicate", type=click.Choice(["link", "excerpt", "full"]), help="How much of it may be shown."),
    click.option("--words", type=click.IntRange(1), help="About how many words an excerpt has."),
    click.option("--key", default="", help="The name of its file. Default: made from the title."),
)
