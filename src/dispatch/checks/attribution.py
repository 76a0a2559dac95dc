"""The promise: every author in order, each with their own link, source, credits and the way to the article.

Read back from the finished bytes, in the elements of a feed's item and in its body, and in each half of a message.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from dispatch.checks import body, byline, page_metadata, profile_pages, see_also, vocabulary, withdrawn
from dispatch.checks.check_input import Case
from dispatch.checks.feed_items import Entry, Person, Said
from dispatch.checks.read_back import Part
from dispatch.checks.rules import facts_of, find_edition_place, finding, headline
from dispatch.checks.text_lines import find, fold
from dispatch.model import Article, Finding, Publication

# What an address may not hold where only ASCII may stand (RFC 3986, section 2).
_MUST_BE_ENCODED = re.compile(rb"%(?:2[02]|3[CcEe]|5[CcEe]|60|7[B-Db-d]|[89A-Fa-f][0-9A-Fa-f])")
# The rules of who wrote an article.
_AUTHORS = frozenset({"attribution.author", "attribution.author-link", "attribution.order"})
_HOST = re.compile(r"([a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?)([^/?#:@\[\]]*)(.*)", re.IGNORECASE | re.DOTALL)


def check(case: Case) -> Iterator[Finding]:
    """Judges every edition."""
    for edition, error in case.unreadable:
        place = find_edition_place(case.issue, edition)
        yield finding("attribution.readable", "edition", place, **facts_of(error.faults[0]))
    for _, part in case.parts:
        yield from (found.at(part.at) for found in _whole(case, part))
        for article, entry in part.entries:
            place = part.find_article(article)
            if entry is None:
                yield finding("attribution.article", "article", place, headline=headline(article))
            else:
                yield from (found.at(place) for found in judge(article, entry, part, case.publication))


def _whole(case: Case, part: Part) -> Iterator[Finding]:
    """What is wrong with a part as a whole."""
    for stranger in part.strangers:
        yield finding("attribution.article", "title", found=stranger)
    if not part.in_order:
        yield finding("attribution.article", "order")
    for name in part.credited:
        yield finding("attribution.false-credit", "feed", name=name)
    yield from withdrawn.whole(case.issue, part, case.publication)
    yield from profile_pages.judge(part)
    yield from page_metadata.judge(part, case.publication)


def judge(article: Article, entry: Entry, part: Part, publication: Publication) -> Iterator[Finding]:
    """What is wrong with one article as one part shows it."""
    if fold(entry.title) != fold(article.title):
        yield finding("attribution.title", "title", headline=headline(article), found=entry.title)
    if part.kind != "gathered":  # the bodies of that were judged in the feed of their own issue
        if article.withdrawn:
            found = list(withdrawn.judge(article, article.withdrawn, entry, part, publication))
        else:
            found = list(_shown(article, entry, part, publication))
        yield from found
        # What people see wrong, machines need not be asked about.
        if _AUTHORS.isdisjoint(one.rule for one in found):
            yield from page_metadata.judge_marks(article, part)
    if entry.said:
        yield from _elements(article, entry.said, publication)
    picture = entry.said.picture if entry.said and part.kind != "gathered" else ""
    if picture and picture != (article.image.url if article.image else ""):
        yield finding("attribution.picture", "element", headline=headline(article), found=picture)


def _shown(article: Article, entry: Entry, part: Part, publication: Publication) -> Iterator[Finding]:
    """What is wrong with what stands under its headline, and with where that leads."""
    if part.kind in {"page", "list", "mail"} and article.url not in (urls := [link.url for link in entry.headline]):
        found = urls[0] if urls else ""
        yield finding("attribution.read-more", "title", headline=headline(article), found=found, wanted=article.url)
    own = byline.shown(article, entry.lines, vocabulary.of(publication.language))
    if part.kind != "list" and not byline.read_more(article, entry, own):
        found = _find_near(article, entry)
        yield finding("attribution.read-more", "link", headline=headline(article), found=found, wanted=article.url)
    if entry.said:
        yield from _words(article, entry.said, publication)
    yield from byline.judge(article, entry, own, publication)
    yield from see_also.judge(article, entry, part.place, publication)
    yield from body.judge(article, entry, own, part.kind, publication)


def _words(article: Article, said: Said, publication: Publication) -> Iterator[Finding]:
    """What the item's own elements say of the text; whoever gathers finished entries does not know that."""
    name, licence = headline(article), article.license or article.source.license
    if said.rights and fold(said.rights) != fold(licence):
        yield finding("attribution.licence", "element", headline=name, found=said.rights, wanted=licence)
    if not body.may_say(article, said.summary, publication):
        yield finding("attribution.body", "element", headline=name, found=said.summary)


def _find_near(article: Article, entry: Entry) -> str:
    """Where a link leads whose words hold the title; empty when there is none."""
    title = fold(article.title)
    links = (link for line in entry.lines for link in line.links)
    return next((link.url for link in links if title and title in link.text), "")


def _elements(article: Article, said: Said, publication: Publication) -> Iterator[Finding]:
    """What the item's own elements say."""
    name = headline(article)
    for url in said.addresses or ("",):
        if not _is_same(url, article.url, ascii_only=said.ascii_only):
            yield finding("attribution.read-more", "element", headline=name, found=url, wanted=article.url)
    source = [(fold(article.source.title), article.source.url)] if article.source.title else []
    # Where nobody is known, the origin may stand in as itself; Atom demands that somebody does.
    stand_in = source or [(fold(publication.title), "")]
    wanted = [(fold(author.name), author.url) for author in article.authors]
    together = wanted if len(wanted) == 1 else [(", ".join(who for who, _ in wanted), "")]
    yield from _named(article, said, said.authors, [wanted, together] if wanted else [[], stand_in])
    if said.has_people:
        yield from _named(article, said, said.people, [wanted] if wanted else [[], source])
    elif over := tuple(who for who, _ in said.people if fold(who) not in {known for known, _ in wanted}):
        yield finding("attribution.false-credit", "element", headline=name, found=over)
    yield from _source(article, said)


def _named(
    article: Article, said: Said, people: Sequence[Person], allowed: Sequence[Sequence[Person]]
) -> Iterator[Finding]:
    """Whether these elements name one of the allowed lists exactly, each with their own address."""
    names = tuple(who for who, _ in people)
    folded = list(map(fold, names))
    wanted = next((each for each in allowed if folded == [who for who, _ in each]), None)
    if wanted is None:
        yield from _misnamed(article, tuple(author.name for author in article.authors), names)
        return
    for (who, found), (_, url) in zip(people, wanted, strict=True):
        if said.has_people and found != url:
            yield finding(
                "attribution.author-link", "element", headline=headline(article), name=who, found=found, wanted=url
            )


def _source(article: Article, said: Said) -> Iterator[Finding]:
    """What the item's source element says."""
    name, source = headline(article), article.source
    if said.source is None:
        if said.needs_source and source.title and (source.feed or source.url):
            yield finding("attribution.source", "element", headline=name, name=source.title)
        return
    title, url = said.source
    if source.title and fold(title) != fold(source.title):
        yield finding("attribution.source", "element", headline=name, name=source.title, found=title)
    if url and not any(_is_same(url, own, ascii_only=True) for own in (source.url, source.feed)):
        wanted = source.url or source.feed
        yield finding("attribution.source", "address", headline=name, found=url, wanted=wanted)


def _misnamed(article: Article, authors: tuple[str, ...], names: tuple[str, ...]) -> Iterator[Finding]:
    name, said = headline(article), ", ".join(map(fold, names))
    lost = [who for who in authors if find(said, fold(who)) < 0]
    for who in lost:
        yield finding("attribution.author", "element", headline=name, name=who)
    if lost:
        return
    is_turned = sorted(said.split(", ")) == sorted(", ".join(map(fold, authors)).split(", "))
    rule = "attribution.order" if is_turned else "attribution.false-credit"
    yield finding(rule, "element", headline=name, found=names, wanted=authors)


def _is_same(written: str, given: str, *, ascii_only: bool) -> bool:
    """Whether an element has the address that was given; where only ASCII may stand, written in it."""
    return written == given or (ascii_only and decoded(written) == decoded(given))


def decoded(url: str) -> str:
    """An address with what ASCII cannot hold decoded: punycode, and the percent signs that had to be there.

    RSS wants its links in ASCII; two that are the same address are equal then. Every other ``%`` stays as it is.
    """
    octets = _MUST_BE_ENCODED.sub(lambda match: bytes([int(match[0][1:], 16)]), url.encode("utf-8", "surrogatepass"))
    words = octets.decode("utf-8", "surrogateescape")
    match = _HOST.match(words)
    return f"{match[1]}{_decode_host(match[2])}{match[3]}" if match else words


def _decode_host(host: str) -> str:
    """A host that ASCII cannot hold, or that is in punycode, in small letters and in Unicode (UTS 46, section 4)."""
    if host.isascii() and "xn--" not in host.lower():
        return host
    small = unicodedata.normalize("NFKC", "".join(map(str.lower, host)).replace("\u3002", ".").replace("\uff61", "."))
    try:
        return ".".join(map(_decode_label, small.split(".")))
    except UnicodeError:
        return host


def _decode_label(label: str) -> str:
    return label[4:].encode().decode("punycode") if label.startswith("xn--") else label
