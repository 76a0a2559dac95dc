"""Names in a byline that the article lacks, and people who are given the wrong role.

Everything is taken out of the byline that has a right to stand there: the names, the language's own words, the dates.
What is left is somebody whom the issue does not know.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from dispatch.checks import vocabulary
from dispatch.checks.html_page import read_content
from dispatch.checks.rules import make_finding
from dispatch.checks.text_lines import Line, find_name, fold_spaces, join_lines, split_words
from dispatch.checks.vocabulary import Vocabulary, lower_words
from dispatch.model import Article, Finding, Publication

_BEGINNING = 200  # characters, which are more than any language needs before the first name


def find_wrong_credits(
    article: Article, lines: Sequence[Line], publication: Publication, *, plain: bool
) -> Iterator[Finding]:
    """Report names that the article lacks, links of nobody, and wrong roles; ``lines`` are those under the headline."""
    known = vocabulary.load_vocabulary(publication.language)
    bylines = [line for line in lines if is_byline(article, line, known)]
    if left := _find_left_words(article, bylines, known, vocabulary.list_date_words(article, publication)):
        yield make_finding("attribution.false-credit", "name", found=" ".join(left))
    for url in _find_foreign_links(article, bylines, plain=plain):
        yield make_finding("attribution.false-credit", "link", found=url)
    yield from _check_parts(article, join_lines(lines).text, known)


def is_byline(article: Article, line: Line, known: Vocabulary) -> bool:
    """Tell whether a line says who had a part in the article, whoever that is said to be."""
    terms = (article.license, article.source.license)
    corrections = (correction.text for correction in article.corrections)
    about = (article.dek, article.summary, article.note, *terms, *corrections)
    if any(line.text in fold_spaces(text) for text in about):
        return False
    if any(own.text.startswith(line.text) for own in read_content(article.content).lines):  # the text, cut short
        return False
    begun = lower_words(line.text[:_BEGINNING])
    people = list_people(article) or [article.source.title]
    return any(begun[: len(lead)] == lead for lead in known.leads) or any(
        find_name(line.text, fold_spaces(who)) >= 0 for who in people
    )


def _find_left_words(article: Article, bylines: Sequence[Line], known: Vocabulary, dates: set[str]) -> list[str]:
    """Find the words that have no right to stand in a byline; each name stands there once only."""
    roles = (credit.role for credit in article.credits)
    named = Counter(
        token for text in (*list_people(article), article.source.title, *roles) for token in split_words(text)
    )
    free = known.every | dates
    left: list[str] = []
    for token in (token for line in bylines for token in split_words(line.text)):
        # Some languages write “and” onto the next word.
        own = token if named[token] or token[:1] not in known.joining else token[1:]
        if named[own]:
            named[own] -= 1
        elif not (token.isnumeric() or token.casefold() in free):
            left.append(token)
    return left


def _find_foreign_links(article: Article, bylines: Sequence[Line], *, plain: bool) -> Iterator[str]:
    """Find addresses of nobody. That a name leads elsewhere is told by its own rule."""
    people = [author.url for author in article.authors] + [credit.url for credit in article.credits]
    addresses = [url for url in (*people, article.source.url) if url]
    there = [link for line in bylines for link in line.links]
    if plain:  # where addresses have no words, only their number tells
        urls = [link.url for link in there if link.url not in {url.strip() for url in addresses}]
        yield from urls if len(there) > len(addresses) else ()
        return
    names = {fold_spaces(name) for name in (*list_people(article), article.source.title)}
    allowed = {*addresses, article.url}
    yield from (link.url for link in there if link.url not in allowed and link.text not in names)


def _check_parts(article: Article, text: str, known: Vocabulary) -> Iterator[Finding]:
    """Report people credited with a wrong role, and anybody between two authors who is not one."""
    end = 0
    for number, author in enumerate(article.authors):
        at = max(find_name(text, fold_spaces(author.name), end), end)
        before = lower_words(text[end:at])
        is_other = any(before[-len(role) :] == role for role in known.roles)
        if before and (is_other or (number and _is_strange(before, article, known))):
            found = " ".join(before)
            yield make_finding("attribution.author", "role", name=author.name, found=found)
        end = at + len(fold_spaces(author.name))
    for role, group in groupby(article.credits, attrgetter("role")):
        names = tuple(credit.name for credit in group if fold_spaces(credit.name))
        if names and not _has_role(text, list(map(fold_spaces, names)), known, role):
            yield make_finding("attribution.credit", "role", role=role, name=names)


def _is_strange(words: Sequence[str], article: Article, known: Vocabulary) -> bool:
    """Tell whether words between two authors neither join them nor are their names: one may be called By."""
    others = set(words) - known.joining
    return bool(others) and not others.issubset(word for author in article.authors for word in lower_words(author.name))


def _has_role(text: str, names: Sequence[str], known: Vocabulary, role: str) -> bool:
    """Tell whether the names stand one after another, with the role's words around them."""
    before, after = known.find_role_words(role)
    at = find_name(text, names[0])
    while at >= 0:
        end = at + len(names[0])
        if not before or lower_words(text[:at])[-len(before) :] == before:
            for name in names[1:]:
                there = find_name(text, name, end)
                if there < 0 or not known.joining.issuperset(lower_words(text[end:there])):
                    break
                end = there + len(name)
            else:
                if lower_words(text[end:])[: len(after)] == after:
                    return True
        at = find_name(text, names[0], at + 1)
    return False


def list_people(article: Article) -> list[str]:
    """List the names of everybody who had a part in an article, authors first."""
    return [author.name for author in article.authors] + [credit.name for credit in article.credits]
