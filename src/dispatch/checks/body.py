"""How much of an article's own words an edition shows: all that it should, and no more than its source allows.

The renderers cut sentences; this only asks for words, so the two cannot be wrong in the same way.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dispatch import links
from dispatch.checks import byline, vocabulary
from dispatch.checks.html_page import read_content
from dispatch.checks.read_back import Kind, ShownArticle
from dispatch.checks.rules import CONFIG, make_finding
from dispatch.checks.text_lines import Line, find_missing, fold_spaces, join_lines
from dispatch.model import Article, Finding, Image, Place, Publication, Syndicate

# A line of fewer characters says nothing about how much is shown: it may stand anywhere.
TELLING = 40
# Before a line of so many words that ends as a sentence, a breadcrumb or a day may be left out of an excerpt.
_SURE = 15
_MARK = re.compile(r"|-|>+|\||\d+\.")  # of items, quotations and tables in plain text
_LEAD = re.compile(r"^(?:- |\d+\. )")
_ENDS = (".", "!", "?", "…", "।", "؟")
# fmt: off
_REFUSED = (
    "audio", "embed", "form", "iframe", "input", "link", "math", "meta", "object", "script", "style", "svg", "video",
)
# fmt: on


def find_policy(article: Article, kind: Kind, publication: Publication) -> Syndicate:
    """Find how much may be shown: mail, plain text and lists never show more than an excerpt."""
    allowed = article.source.syndicate or publication.syndicate.default
    return "excerpt" if allowed == "full" and kind in {"mail", "plain", "list"} else allowed


def may_summarise(article: Article, summary: str, publication: Publication) -> bool:
    """Tell whether a feed's summary says what the article says of itself, or words of its text that may be shown."""
    if fold_spaces(summary) in {"", *map(fold_spaces, (article.dek, article.summary, article.title))}:
        return True
    content = join_lines(read_content(article.content).lines).text
    paragraphs = (fold_spaces(re.sub(r"(?m)^(?:> )+", "", one)) for one in re.split(r"\n\s*\n", summary))
    is_own = all(
        any(said in content for said in (one, _LEAD.sub("", one), one.removesuffix("…"))) for one in paragraphs
    )
    return is_own and find_policy(article, "feed", publication) != "link"


def check_body(
    article: Article, entry: ShownArticle, own: Mapping[int, Line], kind: Kind, publication: Publication
) -> Iterator[Finding]:
    """Report what is wrong with the words of an article as an edition shows it; ``own``: which lines are its text."""
    allowed = find_policy(article, kind, publication)
    text = entry.text
    content = read_content(article.content).lines
    if fold_spaces(article.dek) not in text:
        yield make_finding("attribution.dek", "text", wanted=article.dek)
    roomy = kind in {"feed", "page", "kit", "copy"}
    for author in article.authors if roomy and allowed != "link" else ():
        if fold_spaces(author.bio) not in text:
            yield make_finding("attribution.biography", "text", name=author.name, wanted=author.bio)
    if fold_spaces(article.note) not in text:
        yield make_finding("attribution.note", "text", wanted=article.note)
    for correction in article.corrections if roomy else ():
        if fold_spaces(correction.text) not in text:
            yield make_finding("attribution.correction", "text", wanted=correction.text)
    licence = article.license or article.source.license
    if licence and not _shows_licence(entry, licence, kind, publication):
        yield make_finding("attribution.licence", "text", wanted=licence)
    if allowed == "full":
        yield from _check_whole(entry, content)
    elif allowed == "excerpt" and (roomy or kind == "list"):
        openings = find_openings(content)
        if openings and not any(opening in text for opening in openings):
            yield make_finding("attribution.body", "excerpt", wanted=openings[0])
    if allowed != "full":
        yield from _find_too_much(article, entry, own, allowed, publication)
    yield from _check_links(article, entry, own, whole=allowed == "full")
    if kind not in {"plain", "copy"}:
        yield from _check_pictures(article, entry, allowed, may_lack=kind == "mail")


def _shows_licence(entry: ShownArticle, licence: str, kind: Kind, publication: Publication) -> bool:
    """Tell whether the licence is named; what is copied from here leads to its words."""
    if kind in {"kit", "copy"}:
        return byline.leads_to_licence(entry, licence)
    return byline.shows_licence(entry, licence, vocabulary.load_vocabulary(publication.language))


def _check_whole(entry: ShownArticle, content: tuple[Line, ...]) -> Iterator[Finding]:
    wanted = [line for line in content if line.text]
    headings, texts = ([line.text for line in wanted if bool(line.heading) is is_head] for is_head in (True, False))
    if entry.raw:
        lost = _find_lost([line.text for line in wanted], entry.raw)
        lost_headings, lost_texts = ([text for text in lost if text in own] for own in (headings, texts))
    else:
        lost_headings = find_missing(headings, [line.text for line in entry.lines if line.heading])
        lost_texts = find_missing(texts, [line.text for line in entry.lines])
    for heading in lost_headings:
        yield make_finding("attribution.heading", "heading", wanted=heading)
    if lost_texts:
        yield make_finding("attribution.body", "text", wanted=lost_texts[0], more=len(lost_texts) - 1 or None)


def _find_lost(wanted: Iterable[str], plain: str) -> list[str]:
    """Find the lines whose words plain text lacks, or has in another order; dashes and addresses stand between them."""
    there, reached = _join_words(plain), 0
    lost: list[str] = []
    for text in wanted:
        words = _join_words(text)
        place = there.find(words, reached)
        lost += [text] if place < 0 else []
        reached = place + len(words) - 1 if place >= 0 else reached
    return lost


def _join_words(text: str) -> str:
    words = fold_spaces(text).split(" ")
    return " " + "".join(f"{word} " for word in words if not _MARK.fullmatch(word) and not links.is_allowed(word))


def find_openings(content: tuple[Line, ...]) -> list[str]:
    """Give the first words of each line that an excerpt may begin with, up to the first that surely is a sentence.

    What stands in a list may be left out, be it a sentence or not.
    """
    found: list[str] = []
    for line in content:
        if line.prose and line.text:
            found.append(_cut_opening(line.text))
            is_sure = not line.listed and len(line.text.split()) >= _SURE
            if is_sure and line.text.rstrip('”’")»').endswith(_ENDS):
                break
    return found


def _cut_opening(first: str) -> str:
    """Cut the first words of the first sentence."""
    words = first.split(" ")[:6]
    if len(words) < 3 or len(words[0]) > TELLING:  # a script without spaces, or hardly a word
        return re.split(r"(?<=[。！？።।؟!?.])", first)[0][:12]
    end = next((i for i, word in enumerate(words) if word.rstrip('”’")»').endswith(_ENDS)), 6)
    return " ".join(words[: end + 1])


def _find_too_much(
    article: Article, entry: ShownArticle, own: Mapping[int, Line], allowed: Syndicate, publication: Publication
) -> Iterator[Finding]:
    elsewhere = fold_spaces(
        " ".join([article.dek, article.summary, article.note, *(author.bio for author in article.authors)])
    )
    content = read_content(article.content).lines
    telling = (line.text for line in content if len(line.text) >= TELLING and line.text not in elsewhere)
    if allowed == "link" and (there := next((text for text in telling if text in entry.text), "")):
        yield make_finding("attribution.policy", "text", found=there)
    size = sum(len(entry.lines[i].text) for i in own)
    # An average word has six characters with its space, and a last sentence may be long.
    if allowed == "excerpt" and size > (article.source.excerpt_words or publication.syndicate.words) * 12 + 400:
        yield make_finding("attribution.policy", "excerpt", size=size)


def _check_links(article: Article, entry: ShownArticle, own: Mapping[int, Line], *, whole: bool) -> Iterator[Finding]:
    """Report links that are lost from the text that is shown, as far as each line goes.

    An excerpt has no pictures, and so no links that hold nothing else. What its publisher says of it has no links.
    """
    for i, wanted_line in own.items():
        line = entry.lines[i]
        if not whole and not line.links and line.text == fold_spaces(article.summary):
            continue
        shown = [link for link in wanted_line.links if link.end <= len(line.text) and (whole or link.text)]
        wanted = [link.url.strip() if entry.raw else link.url for link in shown]
        words = dict(zip(wanted, (link.text for link in shown), strict=True))
        there = [_find_written(link.url, article, wanted) for link in line.links]
        for url in find_missing(wanted, there):
            text = words[url]
            found = next((link.url for link in line.links if link.text == text and link.url not in wanted), "")
            yield make_finding("attribution.body-link", "link", text=text, found=found, wanted=url)


def _find_written(url: str, article: Article, wanted: list[str]) -> str:
    """Find how an address is written in the article: a place within it is elsewhere a place on its page."""
    page, _, fragment = url.partition("#")
    within = f"#{fragment.removeprefix(f'{article.key}.')}"
    return within if within in wanted and page in {"", article.url.partition("#")[0]} else url


def _check_pictures(article: Article, entry: ShownArticle, allowed: Syndicate, *, may_lack: bool) -> Iterator[Finding]:
    """Report the article's picture, and those in a text that is shown whole, when they or their words are lost.

    What may only be linked has none. may_lack: whether there may be none at all; one that leads to the article is its.
    """
    inside = [(picture.url, picture.alt or "") for picture in read_content(article.content).pictures]
    own = [(article.image.url, article.image.alt or "")] if article.image else []
    if allowed == "link":
        hidden = {url for url, _ in own + inside}
        foreign = next((picture.url for picture in entry.pictures if picture.url in hidden), "")
        yield from [make_finding("attribution.policy", "picture", found=foreign)] if foreign else []
        return
    there = {(picture.url, fold_spaces(picture.alt or "")) for picture in entry.pictures}
    if may_lack and article.url not in {picture.link for picture in entry.pictures}:
        return
    for url in dict.fromkeys(url for url, _ in (own + inside if allowed == "full" else own)):
        right = [alt for where, alt in own + inside if where == url]  # it may stand in the text with other words
        if url not in {shown for shown, _ in there}:
            yield make_finding("attribution.picture", "picture", wanted=url)
        elif there.isdisjoint((url, fold_spaces(alt)) for alt in right):
            yield make_finding("attribution.picture", "text", url=url, wanted=right[0])


def take_caption(
    article: Article, entry: ShownArticle, kind: Kind, known: vocabulary.Vocabulary
) -> tuple[ShownArticle, list[Finding]]:
    """Take out what is said under the article's picture, so that it is no byline; report when it is not there."""
    image, lower = article.image or Image(url=""), vocabulary.lower_words
    before, after = known.find_role_words("photographer") if image.credit else ([], [])
    wanted = [*lower(image.caption), *before, *lower(image.credit), *after]
    at = next((i for i, line in enumerate(entry.lines) if not line.links and lower(line.text) == wanted), -1)
    if not wanted or at >= 0:
        return replace(entry, lines=entry.lines[:at] + entry.lines[at + 1 :]) if wanted else entry, []
    shown = {one.url for one in entry.pictures if kind != "mail" or one.link == article.url}
    shown -= {one.url for one in read_content(article.content).pictures}
    is_lost = kind in {"page", "mail", "feed"} and image.url in shown
    return entry, [make_finding("attribution.picture", "name", wanted=image.credit or image.caption)] * is_lost


def check_footer(publication: Publication) -> Iterator[Finding]:
    """Report a footer of the feeds that begins as a byline does."""
    known = vocabulary.load_vocabulary(publication.language)
    for line in read_content(publication.feeds.footer).lines:
        words = vocabulary.lower_words(line.text)
        if any(lead and words[: len(lead)] == lead for lead in known.leads):
            yield make_finding("feed.footer", "name", Place(file=CONFIG, key="feeds.footer"), found=line.text)


def shows_footer(content: str, footer: str) -> bool:
    """Tell whether the last that an entry says is the footer, links and all."""
    wanted, said = ([line for line in read_content(text).lines if line.text] for text in (footer, content))
    return not wanted or [(line.text, line.links) for line in said[-len(wanted) :]] == [
        (line.text, line.links) for line in wanted
    ]


def check_markup(name: str, content: str) -> Iterator[Finding]:
    """Report what feed readers refuse in HTML of a feed: of the item of that name, or of the feed itself when empty."""
    if "<" not in content:
        return
    inside = read_content(content)
    for tag in inside.find_tags(*_REFUSED):
        yield make_finding("feed.markup", "element", headline=name, element=tag.name)
    for tag in inside.tags:
        for key, value in tag.attributes.items():
            acts = key.startswith("on") or key == "style"
            if key in {"href", "src"}:
                if not links.is_absolute(value):
                    yield make_finding("feed.address", "text", headline=name, found=value)
                acts = links.is_absolute(value) and value.partition(":")[0].lower() not in links.SCHEMES
            if acts:
                yield make_finding("feed.markup", "attribute", headline=name, element=tag.name, attribute=key)
