"""The promise: every author in order, each with their own link, source, credits and the way to the article.

Read back from the finished bytes, in the elements of a feed's item and in its body, and in each half of a message.
"""

from collections.abc import Iterable, Iterator, Sequence

from dispatch.checks import body, byline, sponsors, terms, vocabulary, web, withdrawn
from dispatch.checks.check_input import CheckInput
from dispatch.checks.feed_items import FeedItem, Person
from dispatch.checks.html_page import read_content
from dispatch.checks.html_tree import strip_tags
from dispatch.checks.read_back import Rendition, ShownArticle
from dispatch.checks.rules import add_headline, find_edition_place, list_facts, make_finding
from dispatch.checks.text_lines import find_name, fold_spaces, is_same_request
from dispatch.licences import find_licence
from dispatch.model import Article, Finding, Publication

# The rules of who wrote an article.
_AUTHORS = frozenset({"attribution.author", "attribution.author-link", "attribution.order"})


def check(case: CheckInput) -> Iterator[Finding]:
    """Judge every edition: those that cannot be read, each as a whole, and each article in it."""
    yield from sponsors.check_credits(case.issue)
    for edition, error in case.unreadable:
        place = find_edition_place(case.issue, edition)
        yield make_finding("attribution.readable", "edition", place, **list_facts(error.faults[0]))
    for _, part in case.renditions:
        yield from (found.at_place(part.at) for found in _check_whole(case, part))
        for article, entry in part.entries:
            found: Iterable[Finding] = [make_finding("attribution.article", "article")]
            if entry:
                shown, lost = sponsors.take_lines(article, entry, part, case)
                found = [*lost, *check_article(article, shown, part, case)]
            yield from (add_headline(one.at_place(part.find_article(article)), article) for one in found)


def _check_whole(case: CheckInput, part: Rendition) -> Iterator[Finding]:
    """Report what a part shows besides its articles, or in another order, and whom it credits as a whole."""
    for stranger in part.strangers:
        yield make_finding("attribution.article", "title", found=stranger)
    if not part.in_order:
        yield make_finding("attribution.article", "order")
    for name in part.credited:
        yield make_finding("attribution.false-credit", "feed", name=name)
    yield from withdrawn.check_notice(case.issue, part, case.publication)
    yield from sponsors.check_labels(case, part)
    yield from web.check_profile(part)
    yield from web.check_metadata(part, case.publication)


def check_article(article: Article, entry: ShownArticle, part: Rendition, case: CheckInput) -> Iterator[Finding]:
    """Report what is wrong with one article as one part shows it."""
    publication = case.publication
    if fold_spaces(entry.title) != fold_spaces(article.title):
        yield make_finding("attribution.title", "title", found=entry.title)
    if part.kind != "gathered":  # the bodies of that were judged in the feed of their own issue
        if article.withdrawn:
            found = list(withdrawn.check_withdrawn(article, article.withdrawn, entry, part, publication))
        else:
            found = _check_once(article, entry, part, case)
        yield from found
        # What people see wrong, machines need not be asked about.
        if _AUTHORS.isdisjoint(one.rule for one in found):
            yield from web.check_author_marks(article, part)
    if entry.item:
        yield from _check_elements(article, entry.item, publication)
    picture = entry.item.picture if entry.item and part.kind != "gathered" else ""
    if picture and not is_same_request(picture, article.image.url if article.image else ""):
        yield make_finding("attribution.picture", "element", found=picture)


def _check_once(article: Article, entry: ShownArticle, part: Rendition, case: CheckInput) -> list[Finding]:
    """Find what ``_check_shown`` reports; in feeds, whose bodies are the same, once for all formats."""
    if part.kind != "feed":
        return list(_check_shown(article, entry, part, case.publication))
    shown = article, entry.lines, entry.pictures
    if article.id not in case.judged_bodies or case.judged_bodies[article.id][0] != shown:
        case.judged_bodies[article.id] = shown, list(_check_shown(article, entry, part, case.publication))
    words = _check_item_words(article, entry.item, case.publication) if entry.item else ()
    return [*words, *case.judged_bodies[article.id][1]]


def _check_shown(article: Article, entry: ShownArticle, part: Rendition, publication: Publication) -> Iterator[Finding]:
    """Report what is wrong with what stands under a headline, and with where that leads."""
    if part.kind in {"page", "list", "mail"} and article.url not in (urls := [link.url for link in entry.headline]):
        found = urls[0] if urls else ""
        yield make_finding("attribution.read-more", "title", found=found, wanted=article.url)
    for url in _find_picture_links(article, entry) if part.kind in {"page", "list", "mail"} else ():
        yield make_finding("attribution.read-more", "link", found=url, wanted=article.url)
    known = vocabulary.load_vocabulary(publication.language)
    entry, lost = body.take_caption(article, entry, part.kind, known)
    yield from lost
    rest, lost = terms.take_line(article, entry)
    yield from lost
    entry = entry if part.kind in {"kit", "copy"} else rest  # there the line is the way to the article
    own = byline.match_own_lines(article, entry.lines, known)
    if part.kind != "list" and not byline.leads_to_article(article, entry, own):
        near = _find_near(article, entry, publication)
        # Where a mail shows an article in brief, the headline is the way.
        if near is not None or part.kind != "mail":
            yield make_finding("attribution.read-more", "link", found=near, wanted=article.url)
    yield from byline.check_byline(article, entry, own, publication)
    yield from web.check_see_also(article, entry, part.place, publication)
    yield from body.check_body(article, entry, own, part.kind, publication)


def _find_picture_links(article: Article, entry: ShownArticle) -> Iterator[str]:
    """Find where links without words lead, such as that of the article's picture, if elsewhere than to the article."""
    inside = {link.url for line in read_content(article.content).lines for link in line.links}
    # Among words, a link without any is that of somebody whose name is missing, which is told of elsewhere.
    named = set(_list_addresses(article))
    lines = (({article.url, *inside} | (named if line.text else set()), line.links) for line in entry.lines)
    return (link.url for known, links in lines for link in links if not link.text and link.url not in known)


def _check_item_words(article: Article, item: FeedItem, publication: Publication) -> Iterator[Finding]:
    """Report elements of an item that say something else of its text; feeds of finished entries do not know that."""
    licence = article.license or article.source.license
    if item.rights and fold_spaces(item.rights) != fold_spaces(find_licence(licence).name):
        yield make_finding("attribution.licence", "element", found=item.rights, wanted=licence)
    if not body.shows_footer(item.content, footer := publication.feeds.footer):
        yield make_finding("feed.footer", "text", wanted=strip_tags(footer))
    line = article.terms.line if article.terms else ""
    if item.required_line not in {"", line}:
        yield make_finding("terms.line", "element", found=item.required_line, wanted=line)
    if not body.may_summarise(article, item.summary, publication):
        yield make_finding("attribution.body", "element", found=item.summary)


def _find_near(article: Article, entry: ShownArticle, publication: Publication) -> str | None:
    """Find where the way to an article leads that leads elsewhere; empty when it leads nowhere, None without any.

    It says "read", or holds the title; else it is a link of which nobody knows what it is.
    """
    title, known = fold_spaces(article.title), vocabulary.load_vocabulary(publication.language)
    ways = byline.spell_ways(article, known)
    links = [link for line in entry.lines for link in line.links]
    near = [link.url for link in links if link.text and (title in link.text or link.text in ways)]
    inside = {link.url for line in read_content(article.content).lines for link in line.links}
    near += [link.url for link in links if link.url not in {*_list_addresses(article), *inside}]
    return next(iter(near), "" if any(line.text in ways for line in entry.lines) else None)


def _list_addresses(article: Article) -> Iterator[str]:
    """List the addresses, besides those in its text, to which an article as it is shown may lead."""
    yield from (article.url, article.source.url, find_licence(article.license or article.source.license).url)
    for named in (article.authors, article.credits, article.enclosures, [article.sponsor] if article.sponsor else []):
        yield from (one.url for one in named)


def _check_elements(article: Article, item: FeedItem, publication: Publication) -> Iterator[Finding]:
    """Report elements of an item that lead elsewhere, or name others than the article does."""
    for url in item.addresses or ("",):
        if not is_same_request(url, article.url):
            yield make_finding("attribution.read-more", "element", found=url, wanted=article.url)
    source = [(fold_spaces(article.source.title), article.source.url)] if article.source.title else []
    # Where nobody is known, the origin may stand in as itself; Atom demands that somebody does.
    stand_in = source or [(fold_spaces(publication.title), "")]
    wanted = [(fold_spaces(author.name), author.url) for author in article.authors]
    together = wanted if len(wanted) == 1 else [(", ".join(who for who, _ in wanted), "")]
    yield from _check_names(article, item, item.authors, [wanted, together] if wanted else [[], stand_in])
    if item.has_people:
        yield from _check_names(article, item, item.people, [wanted] if wanted else [[], source])
    elif over := tuple(who for who, _ in item.people if fold_spaces(who) not in {known for known, _ in wanted}):
        yield make_finding("attribution.false-credit", "element", found=over)
    yield from _check_source(article, item)


def _check_names(
    article: Article, item: FeedItem, people: Sequence[Person], allowed: Sequence[Sequence[Person]]
) -> Iterator[Finding]:
    """Report elements that name none of the allowed lists exactly, each with their own address."""
    names = tuple(who for who, _ in people)
    folded = list(map(fold_spaces, names))
    wanted = next((each for each in allowed if folded == [who for who, _ in each]), None)
    if wanted is None:
        yield from _find_misnamed(tuple(author.name for author in article.authors), names)
        return
    for (who, found), (_, url) in zip(people, wanted, strict=True):
        if item.has_people and not is_same_request(found, url):
            yield make_finding("attribution.author-link", "element", name=who, found=found, wanted=url)


def _check_source(article: Article, item: FeedItem) -> Iterator[Finding]:
    """Report a source element that is missing or names another source."""
    source = article.source
    if item.source is None:
        if item.needs_source and source.title and (source.feed or source.url):
            yield make_finding("attribution.source", "element", name=source.title)
        return
    title, url = item.source
    if source.title and fold_spaces(title) != fold_spaces(source.title):
        yield make_finding("attribution.source", "element", name=source.title, found=title)
    if url and not any(is_same_request(url, own) for own in (source.url, source.feed)):
        wanted = source.url or source.feed
        yield make_finding("attribution.source", "address", found=url, wanted=wanted)


def _find_misnamed(authors: tuple[str, ...], names: tuple[str, ...]) -> Iterator[Finding]:
    named = ", ".join(map(fold_spaces, names))
    lost = [who for who in authors if find_name(named, fold_spaces(who)) < 0]
    for who in lost:
        yield make_finding("attribution.author", "element", name=who)
    if lost:
        return
    is_turned = sorted(named.split(", ")) == sorted(", ".join(map(fold_spaces, authors)).split(", "))
    rule = "attribution.order" if is_turned else "attribution.false-credit"
    yield make_finding(rule, "element", found=names, wanted=authors)
