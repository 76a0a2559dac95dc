"""Who is named under a headline, in which order, with which link: the byline, read as a person reads it.

Where the byline stands is found by what stands around it: it comes before the way to the article, and is neither dek,
note, text nor biography. A name that the text happens to mention is no credit.
"""

import re
from collections.abc import Container, Iterator, Sequence
from itertools import zip_longest

from dispatch.checks.html_page import read_content
from dispatch.checks.read_back import ShownArticle
from dispatch.checks.rules import make_finding
from dispatch.checks.text_lines import Line, blank_unsaid, find_name, fold_spaces, join_lines
from dispatch.checks.vocabulary import Vocabulary, load_vocabulary
from dispatch.checks.wrong_credits import find_wrong_credits, is_byline, list_people
from dispatch.licences import find_licence
from dispatch.model import Article, Finding, Publication

_ITEM = re.compile(r"^(?:- |\d+\. (?=\D))")


def check_byline(
    article: Article, entry: ShownArticle, own: Container[int], publication: Publication
) -> Iterator[Finding]:
    """Report what is wrong with the credits of an article; ``own``: which lines of the entry are its text."""
    lines = find_head_lines(article, entry, own, load_vocabulary(publication.language))
    yield from check_lines(article, lines, publication, plain=bool(entry.raw))


def check_lines(article: Article, lines: Sequence[Line], publication: Publication, *, plain: bool) -> Iterator[Finding]:
    """Report what is wrong with the credits of an article that stand in these lines."""
    line = join_lines(lines)
    source = article.source
    known = load_vocabulary(publication.language)
    is_behind = known.has_source_behind
    lost = list(_find_lost(article, _find_said_words(article, line), is_behind=is_behind))
    yield from lost
    for author in article.authors:
        if (there := _find_other(line, plain, author.name, author.url)) is not None:
            yield make_finding("attribution.author-link", "link", name=author.name, found=there, wanted=author.url)
    for credit in article.credits:
        if (there := _find_other(line, plain, credit.name, credit.url)) is not None:
            yield make_finding(
                "attribution.credit", "link", role=credit.role, name=credit.name, found=there, wanted=credit.url
            )
    if (there := _find_other(line, plain, source.title, source.url)) is not None:
        yield make_finding("attribution.source", "link", name=source.title, found=there, wanted=source.url)
    if plain:
        bylines = join_lines(line for line in lines if is_byline(article, line, known))
        yield from _check_address_order(article, bylines, is_behind=is_behind)
    if find_name(line.text, fold_spaces(publication.editor)) >= 0 and not _is_known(article, publication.editor):
        yield make_finding("attribution.false-credit", "editor", name=publication.editor)
    elif not lost:
        yield from find_wrong_credits(article, lines, publication, plain=plain)


def _find_said_words(article: Article, line: Line) -> str:
    """Give the words of a byline that are seen; where a name holds marks that turn letters around, all of them."""
    names = "".join((*list_people(article), article.source.title))
    return line.text if {"\u202d", "\u202e"} & set(names) else blank_unsaid(line)


def _find_lost(article: Article, text: str, *, is_behind: bool) -> Iterator[Finding]:
    """Report who is not named, or not in their place. A name that is part of another one does not stand for it.

    ``is_behind``: the language names the source behind the authors. Before the first of them stands an author only.
    """
    end = first = 0
    rest = text
    for author in article.authors:
        wanted = fold_spaces(author.name)
        if (at := find_name(text, wanted, end)) < 0:
            if find_name(text, wanted) < 0:
                yield make_finding("attribution.author", "name", name=author.name)
            else:
                order = tuple(author.name for author in article.authors)
                yield make_finding("attribution.order", "name", name=author.name, wanted=order)
        else:
            end = at + len(wanted)
            first = first or end
            rest = _blank_name(rest, at, wanted)
    others = [(credit.name, credit.role, end) for credit in article.credits]
    others += [(article.source.title, "", first if is_behind else 0)] if fold_spaces(article.source.title) else []
    for given, role, begin in sorted(others, key=lambda other: -len(fold_spaces(other[0]))):
        wanted = fold_spaces(given)
        if (at := find_name(rest, wanted, begin)) >= 0:
            rest = _blank_name(rest, at, wanted)
        elif role:
            yield make_finding("attribution.credit", "name", role=role, name=given)
        elif find_name(rest, wanted) >= 0:
            yield make_finding("attribution.order", "source", name=given)
        else:
            yield make_finding("attribution.source", "name", name=given)


def _blank_name(text: str, at: int, name: str) -> str:
    """Blank a name out of a text; every other character keeps its place."""
    return f"{text[:at]}{' ' * len(name)}{text[at + len(name) :]}"


def _find_other(line: Line, plain: bool, who: str, url: str) -> str | None:
    """Find where a name leads instead of to its address: empty when it leads nowhere; None when all is right.

    In plain text the address stands on a line below the name.
    """
    who = fold_spaces(who)
    if not (who and url):
        return None
    if plain:
        return None if url.strip() in {link.url for link in line.links} else ""
    named = [link.url for link in line.links if link.text == who]
    return None if url in named else "".join(named[:1])


def _check_address_order(article: Article, line: Line, *, is_behind: bool) -> Iterator[Finding]:
    """Report addresses that do not stand where their names do: in plain text nothing else tells whose they are."""
    authors = [author.url for author in article.authors]
    source = [article.source.url] if article.source.title else []
    others = [credit.url for credit in article.credits]
    named = [*authors, *source, *others] if is_behind else [*source, *authors, *others]
    urls = [link.url for link in line.links]
    wanted = [url for url in map(str.strip, named) if url in urls]
    there = [url for url in urls if url in wanted]
    # Two who share a page need it once only.
    if there not in (wanted, list(dict.fromkeys(wanted))):
        wrong = next((one for one, other in zip_longest(wanted, there) if one != other), None) or wanted[-1]
        yield make_finding("attribution.order", "link", wanted=wrong)


def _is_known(article: Article, name: str) -> bool:
    """Tell whether whoever puts the issue together is among those who are named with good reason."""
    return any(
        find_name(fold_spaces(known), fold_spaces(name)) >= 0 for known in (article.source.title, *list_people(article))
    )


def find_head_lines(article: Article, entry: ShownArticle, own: Container[int], known: Vocabulary) -> list[Line]:
    """Give the byline and what else stands before the link to the article, without lines about something else."""
    lines = [line for i, line in enumerate(entry.lines[: _find_way(article, entry, own)]) if i not in own]
    if dek := fold_spaces(article.dek):
        _take_line(lines, next((i for i, line in enumerate(lines) if line.text == dek), -1))
    # The editor's words stand below the byline, perhaps behind a word that says whose they are, and link to nothing.
    # The longest first: what one says may stand within what another says.
    remarks = map(fold_spaces, (article.note, *(correction.text for correction in article.corrections)))
    for said in sorted(filter(None, remarks), key=len, reverse=True):
        places = [i for i, line in enumerate(lines) if said in spell_out(line, entry) and _has_links_within(line, said)]
        _take_line(lines, max(places, default=-1))
    if licence := article.license or article.source.license:
        spelt = _spell_licence(licence, known)
        _take_line(lines, next((i for i, line in enumerate(lines) if spell_out(line, entry) in spelt), -1))
    return lines


def spell_out(line: Line, entry: ShownArticle) -> str:
    """Give the words of a line; in plain text an address that ends a paragraph is one of them."""
    return fold_spaces(" ".join([line.text, *(link.url for link in line.links)])) if entry.raw else line.text


def shows_licence(entry: ShownArticle, licence: str, known: Vocabulary) -> bool:
    """Tell whether the licence is there, whole, with its link: a longer one that begins with it does not count."""
    wanted, url = _spell_licence(licence, known), find_licence(licence).url
    return any(
        not wanted.isdisjoint({text, *map(str.strip, text.split("·"))})
        for line in entry.lines
        if (text := spell_out(line, entry)) and (not url or url in {link.url for link in line.links})
    )


def _spell_licence(licence: str, known: Vocabulary) -> set[str]:
    """Give all that a line may say of a licence: its name, also after the word for it, and with its address."""
    found = find_licence(licence)
    said = {found.name, known.patterns["licence"].replace("{licence}", found.name)}
    return {fold_spaces(one) for text in said for one in (text, f"{text} {found.url}")}


def leads_to_licence(entry: ShownArticle, licence: str) -> bool:
    """Tell whether a link leads to the words of a licence, or its name stands there where these are nowhere."""
    known = find_licence(licence)
    if not known.url:
        return known.name in entry.text
    return any(link.url == known.url for line in entry.lines for link in line.links)


def _has_links_within(line: Line, said: str) -> bool:
    return all(not link.text and fold_spaces(link.url) in said for link in line.links)


def _take_line(lines: list[Line], at: int) -> None:
    if at >= 0:
        del lines[at]


def leads_to_article(article: Article, entry: ShownArticle, own: Container[int]) -> bool:
    """Tell whether a link besides the headline leads to the article."""
    return _find_way(article, entry, own) < len(entry.lines)


def _find_way(article: Article, entry: ShownArticle, own: Container[int]) -> int:
    """Find the index of the line with the link to the article; the number of lines when there is none.

    In plain text an address has no words that would tell what it is: there it is the last.
    """
    url = article.url.strip() if entry.raw else article.url
    there = [(i, link) for i, line in enumerate(entry.lines) for link in line.links if link.url == url]
    if entry.raw:
        return there[-1][0] if there else len(entry.lines)
    names = {"", *map(fold_spaces, list_people(article)), fold_spaces(article.source.title)}
    return next((i for i, link in there if link.text not in names and i not in own), len(entry.lines))


def spell_ways(article: Article, known: Vocabulary) -> set[str]:
    """Give what the link to an article says, in all layouts."""
    said = (known.patterns[key] for key in ("read", "read_in", "read_on"))
    return {
        fold_spaces(one.replace("{title}", article.title).replace("{source}", article.source.title)) for one in said
    }


def match_own_lines(article: Article, lines: Sequence[Line], known: Vocabulary) -> dict[int, Line]:
    """Map the lines that are the article's own text, whole or cut off, to the line of it that each is.

    From the end, each line of the text once: a byline that reads like a paragraph stands before it. The way to the
    article, as the language says it, is no text, though the text may have a line of the same words.
    """
    left = list(read_content(article.content).lines)
    found: dict[int, Line] = {}
    ways = spell_ways(article, known)
    for i in range(len(lines) - 1, -1, -1):
        # Plain text has a dash or a number before what is an item of a list.
        text = _ITEM.sub("", lines[i].text)
        if text in ways and article.url.strip() in {link.url.strip() for link in lines[i].links}:
            continue
        alike = [line for line in reversed(left) if line.text == text] if text else []
        urls = [link.url for link in lines[i].links]
        alike.sort(key=lambda line: [link.url for link in line.links] != urls)
        own = next(iter(alike), None)
        if own is None and len(text) >= 12:
            own = next((line for line in reversed(left) if line.text.startswith(text)), None)
        if own is not None:
            left.remove(own)
            found[i] = own
    return found
