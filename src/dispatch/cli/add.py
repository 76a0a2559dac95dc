"""``dispatch add``."""

import sys
from collections.abc import Iterator, Sequence

import click

from dispatch import compose, issues
from dispatch.cli.desk import Desk, desk, moment, say, tell, warn
from dispatch.errors import DispatchError, IssueError
from dispatch.model import Arrival, Article, Author, Credit, Enclosure, Image, Publication, Source, Syndicate


class Named(click.ParamType[tuple[str, str], str | tuple[str, str]]):
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


class Role(click.ParamType[Credit, str | Credit]):
    """``ROLE:NAME`` or ``ROLE:NAME=URL``."""

    name = "role:name[=url]"

    def convert(self, value: str | Credit, param: click.Parameter | None, ctx: click.Context | None) -> Credit:
        """The credit."""
        if isinstance(value, Credit):
            return value
        role, colon, rest = value.partition(":")
        name, _, url = (part.strip() for part in rest.partition("="))
        if not (colon and role.strip() and name):
            self.fail('write it like "translator:Ann Example=https://example.org/ann"', param, ctx)
        return Credit(role=role.strip(), name=name, url=url)


@click.command()
@click.argument("locations", nargs=-1)
@click.option("--issue", "-i", help="The issue. Default: the newest draft.")
@click.option("--section", "-s", default="", help="The section; it is made when there is none of that name.")
@click.option("--url", default="", help="Where the article can be read: kept byte for byte.")
@click.option("--title", default="", help="The headline.")
@click.option("--dek", default="", help="The line under the headline.")
@click.option("--summary", default="", help="What its publisher says of it.")
@click.option("--author", "authors", type=Named(), multiple=True, help="Who wrote it, with their own page; repeatable.")
@click.option("--bio", "bios", type=Named("name=text"), multiple=True, help="Who an author is; repeatable.")
@click.option("--avatar", "avatars", type=Named(), multiple=True, help="An author's portrait; repeatable.")
@click.option("--credit", "credited", type=Role(), multiple=True, help="Who else had a part in it; repeatable.")
@click.option("--source", type=Named(), default=("", ""), help="Where it was first published, with its front page.")
@click.option("--published", help="When it was first published.")
@click.option("--updated", help="When it was last changed there.")
@click.option("--language", default="", help="Its language, when it is not the publication's.")
@click.option("--tag", "tags", multiple=True, help="What it is about; repeatable.")
@click.option("--image", help="The address of its picture, or the name of a file beside the article.")
@click.option("--image-alt", help="What the picture shows, in words.")
@click.option("--enclosure", type=(str, str, int), help="A file that goes with it: address, media type, bytes.")
@click.option("--license", "terms", default="", help="The licence under which it may be shown.")
@click.option("--note", default="", help="Your own words about it.")
@click.option("--syndicate", type=click.Choice(["link", "excerpt", "full"]), help="How much of it may be shown.")
@click.option("--words", type=click.IntRange(1), help="About how many words an excerpt has.")
@click.option("--key", default="", help="The name of its file. Default: made of the title.")
@click.option("--no-fetch", is_flag=True, help="Fetch nothing: a link with a title.")
@click.option("--allow-private", is_flag=True, help="Let addresses lead into your own network.")
def add(
    locations: tuple[str, ...],
    issue: str | None,
    section: str,
    url: str,
    title: str,
    dek: str,
    summary: str,
    authors: tuple[tuple[str, str], ...],
    bios: tuple[tuple[str, str], ...],
    avatars: tuple[tuple[str, str], ...],
    credited: tuple[Credit, ...],
    source: tuple[str, str],
    published: str | None,
    updated: str | None,
    language: str,
    tags: tuple[str, ...],
    image: str | None,
    image_alt: str | None,
    enclosure: tuple[str, str, int] | None,
    terms: str,
    note: str,
    syndicate: Syndicate | None,
    words: int | None,
    key: str,
    no_fetch: bool,
    allow_private: bool,
) -> None:
    """Add the articles at LOCATIONS to an issue: text, Markdown and HTML files, pages, feeds, or - for standard input.

    A number is that of an article in the inbox; a file of that name is ./12.

    What you say wins over what was found. What could not be found is said, with the option that supplies it.

    \b
    Examples:
      dispatch add story.txt --url https://paper.example/story --source "The Paper=https://paper.example"
      dispatch add story.txt --author "Jerry Jackson=https://paper.example/jerry-jackson" --syndicate excerpt
      dispatch add notes.md page.html https://site.example/post --issue defence
      dispatch add --title "A link worth a line" --url https://site.example/x --note "Read the end." --no-fetch
      cat story.txt | dispatch add - --section Europe
      dispatch add 12 15 18 --section Europe
    """
    here = desk()
    given = Article(
        key=key,
        url=url,
        title=title,
        dek=dek,
        summary=summary,
        credits=credited,
        source=Source(
            title=source[0],
            url=source[1],
            syndicate=syndicate or ("link" if no_fetch else None),
            excerpt_words=words,
        ),
        published=moment(published, here.publication) if published else None,
        updated=moment(updated, here.publication) if updated else None,
        language=language,
        tags=tags,
        image=Image(url=image, alt=image_alt) if image else None,
        enclosures=(Enclosure(url=enclosure[0], type=enclosure[1], length=enclosure[2]),) if enclosure else (),
        license=terms,
        note=note,
    )
    people = [
        Author(name=name, url=page, bio=dict(bios).get(name, ""), avatar=dict(avatars).get(name, ""))
        for name, page in [*authors, *((name, "") for name, _ in (*bios, *avatars) if name not in dict(authors))]
    ]
    alone = next((name for name in ("url", "title", "dek", "summary", "key") if getattr(given, name)), "")
    if len(locations) > 1 and alone:
        raise click.UsageError(f"--{alone} is for one article; there are {len(locations)} locations.")
    if not locations and not no_fetch:
        raise click.UsageError("Nothing to add: give a file, an address or -, or --title and --url with --no-fetch.")
    target = here.issue(issue, drafts=True)
    failed = False
    for location in locations or ("",):
        try:
            place = section
            if _is_number(location):
                arrival = _arrival(here, int(location))
                found: Sequence[Article] = [arrival.article]
                place = section or compose.place(arrival, here.publication)
            else:
                found = [Article(url=location)] if no_fetch else _gathered(here, location, given.url, allow_private)
            if len(found) > 1 and alone:
                raise IssueError(f"has {len(found)} articles, and --{alone} is for one", subject=location)
            articles = [compose.told(article, given, people) for article in found]
            failed = _untitled(articles, location) or failed
            articles = [article for article in articles if article.title]
            target, added, passed = compose.add(target, articles, here.publication, section=place)
            issues.write(here.publication, target)
        except DispatchError as error:
            warn(error)
            failed = True
            continue
        _report(target.slug, added, passed, here.publication)
    if failed:
        sys.exit(1)


def _is_number(location: str) -> bool:
    """Whether a location is the number of an article in the inbox."""
    return location.isascii() and location.isdecimal() and len(location) < 16


def _arrival(here: Desk, number: int) -> Arrival:
    with here.inbox() as box:
        return box.arrival(number)


def _gathered(here: Desk, location: str, base: str, allow_private: bool) -> Sequence[Article]:
    from dispatch import gather

    stdin = sys.stdin.buffer.read() if location == "-" else None
    return gather.articles(
        location,
        user_agent=here.user_agent,
        base=base,
        zone=here.publication.timezone,
        allow_private=allow_private,
        stdin=stdin,
    )


def _untitled(articles: Sequence[Article], location: str) -> bool:
    """Says which articles have no title, and so cannot be added; whether there is one."""
    without = [article for article in articles if not article.title]
    for article in without:
        place = article.url if len(articles) > 1 and article.url else location or article.url
        warn(IssueError("no title found", subject=place, hint='Give it: --title "Its headline"'))
    return bool(without)


def _report(slug: str, added: Sequence[Article], passed: Sequence[Article], publication: Publication) -> None:
    for article in passed:
        say(f"“{article.title}” is in {slug} already: passed over")
    for article in added:
        tell(f"{slug}/{article.key}")
        names = ", ".join(author.name for author in article.authors)
        say(f"added “{article.title}”{f' by {names}' if names else ''} to {slug}")
        for missing in _missing(article, is_own=article.url.startswith(f"{publication.url}/")):
            say(f"  {missing}")


def _missing(article: Article, *, is_own: bool) -> Iterator[str]:
    """What could not be found, with the option that supplies it."""
    if not article.authors:
        yield 'no author found: --author "NAME=ADDRESS"'
    elif article.certainty != "certain":
        names = ", ".join(author.name for author in article.authors)
        yield f'not sure that {names} wrote it: say so with --author "{article.authors[0].name}"'
    for author in article.authors:
        if not author.url:
            yield f'no page of {author.name} found: --author "{author.name}=ADDRESS"'
    if not article.source.title and is_own:
        yield 'no address and no source found, so it is taken as your own: --url ADDRESS --source "NAME=ADDRESS"'
    elif not article.source.title:
        yield 'no source found: --source "NAME=ADDRESS"'
    if not article.published:
        yield "no date found: --published 2026-11-22"
