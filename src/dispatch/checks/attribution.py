"""The promise: every author in order, each with their own link, source, credits and the way to the article.

Read back from the finished bytes, in the elements of a feed's item and in its body, and in each half of a message.
"""

import re
from collections.abc import Iterator

from dispatch.checks import about, byline, machines, page, roundabout, texts, tombstones
from dispatch.checks.byline import Said
from dispatch.checks.case import Case
from dispatch.checks.entries import Entry
from dispatch.checks.parts import Part
from dispatch.checks.passage import fold
from dispatch.checks.rules import called, finding, short
from dispatch.model import Article, Finding, Publication

# What an address may not hold where only ASCII may stand (RFC 3986, section 2).
_MUST_BE_ENCODED = re.compile(rb"%(?:2[02]|3[CcEe]|5[CcEe]|60|7[B-Db-d]|[89A-Fa-f][0-9A-Fa-f])")


def check(case: Case) -> Iterator[Finding]:
    """Judges every edition."""
    for edition, error in case.unreadable:
        yield finding("attribution.readable", edition.path, f"It cannot be read back: {error.what}")
    for _, part in case.parts:
        yield from _whole(part)
        for rule, what in (*tombstones.whole(case.issue, part, case.publication), *about.judge(part)):
            yield finding(rule, part.where, what)
        for rule, what in machines.judge(part, case.publication):
            yield finding(rule, part.where, what)
        for article, entry in part.entries:
            where = f"{part.where}#{article.key}"
            if entry is None:
                yield finding(
                    "attribution.article", where, f"{called(article)} is not there, or not under its headline"
                )
                continue
            for rule, what in judge(article, entry, part, case.publication):
                yield finding(rule, where, what)


def _whole(part: Part) -> Iterator[Finding]:
    for stranger in part.strangers:
        yield finding(
            "attribution.article", part.where, f"“{short(stranger)}” is there, and the issue does not hold it"
        )
    if not part.in_order:
        yield finding("attribution.article", part.where, "The articles stand in another order than in the issue")
    for name in part.credited:
        what = f"The feed as a whole names {short(name)} as author: readers credit every article to them"
        yield finding("attribution.false-credit", part.where, what)


def judge(article: Article, entry: Entry, part: Part, publication: Publication) -> Iterator[Said]:
    """What is wrong with one article as one part shows it."""
    if fold(entry.title) != fold(article.title):
        yield "attribution.title", f"{called(article)} stands under another headline: “{short(entry.title)}”"
    if part.kind == "gathered":
        pass  # the bodies were judged in the feed of their own issue
    elif article.withdrawn:
        yield from tombstones.judge(article, article.withdrawn, entry, part, publication)
    else:
        yield from _shown(article, entry, part, publication)
    if entry.said:
        yield from _elements(article, entry, publication)
    picture = entry.said.picture if entry.said and part.kind != "gathered" else ""
    if picture and picture != (article.image.url if article.image else ""):
        yield "attribution.picture", f"{called(article)}: the item's picture is {short(picture)}"


def _shown(article: Article, entry: Entry, part: Part, publication: Publication) -> Iterator[Said]:
    """What is wrong with what stands under its headline, and with where that leads."""
    if part.kind in {"page", "list", "mail"} and article.url not in (urls := [link.url for link in entry.headline]):
        there = f"leads to {short(urls[0])} instead of" if urls else "does not lead to"
        yield "attribution.read-more", f"The headline {called(article)} {there} {short(article.url)}"
    own = byline.shown(entry.lines, page.content(article.content))
    if part.kind != "list" and not byline.read_more(article, entry, own):
        yield "attribution.read-more", _no_way(article, entry)
    yield from byline.judge(article, entry, own, publication)
    yield from roundabout.judge(article, entry, part.place, publication)
    yield from texts.judge(article, entry, own, part.kind, publication)


def _no_way(article: Article, entry: Entry) -> str:
    """What is there instead: a link whose words hold the title."""
    title = fold(article.title)
    links = (link for line in entry.lines for link in line.links)
    near = next((link.url for link in links if title and title in link.text), "")
    there = f"leads to {short(near)} instead of" if near else "is lost:"
    return f"The way to {called(article)} {there} {short(article.url)}"


def _elements(article: Article, entry: Entry, publication: Publication) -> Iterator[Said]:
    """What the item's own elements say."""
    said = entry.said
    if said is None:
        return
    name = called(article)
    if said.url != article.url and not (said.ascii_only and decoded(said.url) == decoded(article.url)):
        yield (
            "attribution.read-more",
            f"{name}: the item's link leads to {short(said.url)}, not to {short(article.url)}",
        )
    authors = [author.name for author in article.authors]
    names = list(map(fold, said.names))
    wanted = list(map(fold, authors))
    # Where nobody is known, the origin may stand in as itself; Atom demands that somebody does.
    stand_in = [[], [fold(article.source.title)]] + ([] if article.source.title else [[fold(publication.title)]])
    if names not in ([wanted, [", ".join(wanted)]] if wanted else stand_in):
        yield from _misnamed(article, wanted, names)
    for author in article.authors if said.has_people else ():
        there = [url for who, url in said.people if fold(who) == fold(author.name)]
        if not there:
            yield "attribution.author", f"{name}: the item's elements do not name {short(author.name)}"
        elif author.url not in there:
            instead = f"{short(there[0])} instead of" if there[0] else "no address instead of"
            yield (
                "attribution.author-link",
                f"{name}: the item's author {short(author.name)} has {instead} {author.url}",
            )
    people = [fold(who) for who, _ in said.people if fold(who) in wanted]
    if said.has_people and sorted(people) == sorted(wanted) and people != wanted:
        yield "attribution.order", f"{name}: the item's elements name its authors in another order"
    if said.source and article.source.title and fold(said.source[0]) != fold(article.source.title):
        yield "attribution.source", f"{name}: the item's source is “{short(said.source[0])}”"
    if said.source and (url := said.source[1]) and not _origin(url, article):
        yield "attribution.source", f"{name}: the item's source leads to {short(url)}"
    if (
        said.source is None
        and said.needs_source
        and article.source.title
        and (article.source.feed or article.source.url)
    ):
        yield "attribution.source", f"{name}: the item has no source element for {short(article.source.title)}"


def _misnamed(article: Article, wanted: list[str], names: list[str]) -> Iterator[Said]:
    name = called(article)
    said = ", ".join(names)
    lost = [who for who in wanted if who not in said]
    for who in lost:
        yield "attribution.author", f"{name}: the item's author element does not name {short(who)}"
    if not lost and sorted(said.split(", ")) == sorted(", ".join(wanted).split(", ")):
        yield "attribution.order", f"{name}: the item's author element says “{short(said)}”: another order"
    elif not lost:
        yield "attribution.false-credit", f"{name}: the item's author element says “{short(said)}”"


def _origin(url: str, article: Article) -> bool:
    return decoded(url) in {decoded(article.source.url), decoded(article.source.feed)}


def decoded(url: str) -> str:
    """An address with what ASCII cannot hold decoded: punycode, and the percent signs that had to be there.

    RSS wants its links in ASCII; two that are the same address are equal then. Every other ``%`` stays as it is.
    """
    octets = _MUST_BE_ENCODED.sub(lambda match: bytes([int(match[0][1:], 16)]), url.encode("utf-8", "surrogatepass"))
    words = octets.decode("utf-8", "surrogateescape")
    match = re.match(r"([a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?)([^/?#:@\[\]]*)(.*)", words, re.IGNORECASE | re.DOTALL)
    if not match or "xn--" not in match[2].lower():
        return words
    try:
        return match[1] + match[2].encode("ascii").decode("idna") + match[3]
    except UnicodeError:
        return words
