"""Find what a page's article is called: its headline, without the name of the site."""

import re
from collections.abc import Collection, Iterable, Sequence
from html import unescape
from itertools import pairwise

from selectolax.lexbor import LexborNode

from dispatch.readers import html_tree
from dispatch.text import fold_text

# A heading here names the site, or another article.
_ELSEWHERE = (
    "nav, aside, footer, dialog, form, [class*=logo i], [id*=logo i], [class*=breadcrumb i], [class*=related i], "
    "[class*=cookie i], [class*=modal i], [hidden], [aria-hidden=true]"
)
# What stands in a headline beside the title: a kicker, a section, a day, a subtitle, words for machines.
_BESIDE = (
    f"{html_tree.UNSEEN}, small, time, [class*=kicker i], [class*=line i][class*=over i], [class*=roofline i], "
    "[class*=topline i], [class*=toptitle i], [class*=supertitle i], [class*=dachzeile i], [class*=eyebrow i], "
    "[class*=subtitle i], [class*=sub-heading i], [class*=subheadline i], [class*=label i], [class*=section i], "
    "[class*=category i], [class*=date i], [class*=invisible i], [class*=visuallyhidden i], [class*=hidden i], "
    "[class*=descriptor i]"
)
# Between letters of Chinese and Japanese no space is needed.
_SEPARATOR = re.compile(
    r" (?:[|｜│ㅣ·•»›«‹:~/]{1,2}|[-–—]{1,3}|>>) | ?[|｜│ㅣ：] ?"
    r"|(?<=[\u3000-\u9fff\uff00-\uffef])[-_:]|[-_:](?=[\u3000-\u9fff])"
)
# A word of the class of a dek, in the languages in which themes are written.
_DEK = re.compile(
    r"(?:^|[- ])(?i:dec?k|standfirst|sub-?(?:title|head(?:line)?|line)|strapline|lead|lede|intro|preamble|ingress|chapo"
    r"|summary|excerpt|spot|sottotitolo|occhiello|bajada|entradilla|vorspann|untertitel)(?:$|[- ]|[A-Z])"
)
_NEAR, _LEVELS = 4, 3  # elements after the headline, and of what holds it
_LEAST_DEK, _LONGEST_DEK = 15, 250  # characters
_TELLING = 4  # a heading of fewer words, unlike all that the page is called, may be a section's
_FEW = 6  # words
_SHORT = 6  # a name of so few letters is only one as a word of its own
_WORD = re.compile(r"[^\W_]+")
_HOST = re.compile(r"[a-z\d-]+(?:\.[a-z\d-]+)+")
# A link to a front page.
_FRONT = re.compile(r"(?:https?:)?//([^/?#]+)/?|/")
_DAY = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d\d-\d\d")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
# In a name of the page, what stands before its headline.
_BEFORE = r"(?:^|[:|·»/!?–—-] ?)"
_QUOTES = str.maketrans(dict.fromkeys("‘’‛´`", "'") | dict.fromkeys("“”„«»", '"'))


def find_headline(
    root: LexborNode, entry: LexborNode, said: Sequence[str], marked: str, houses: Collection[str]
) -> LexborNode | None:
    """Find the heading of the article: one that says what the page is called elsewhere, else its only telling one.

    entry: the element of the article, or the whole page. said: what it is called outside its text. marked: what an
    element is that is marked as its title. houses: see ``choose_title``.
    """
    elsewhere = {node.mem_id for node in root.css(_ELSEWHERE) if node.tag != "body"}
    names = _join_names(houses)
    own = fold_names(said, houses)
    found = [
        (node, title)
        for node in html_tree.select_all(root, "h1, h2")
        if (title := read_headline(node, own))
        and _join_words(title) not in names
        and elsewhere.isdisjoint({node.mem_id, *(outer.mem_id for outer in html_tree.find_ancestors(node, root))})
    ]
    known = [_fold(title) for title in (*said, marked) if title]
    called = "\n".join(known)

    def rank(one: tuple[LexborNode, str]) -> tuple[bool, bool, str, int]:
        """Put first what a name of the page is, then what it begins with: it ends with the site, maybe as an h1."""
        node, folded = one[0], _fold(one[1])
        is_site = folded in called and not any(name.startswith(folded) for name in known)
        shared = set(_WORD.findall(folded)) & set(_WORD.findall(called))
        return folded not in {*own, _fold(marked)}, is_site, node.tag or "", -len(shared)

    def is_word(title: str) -> bool:
        """Whether it is one of many, and a few words from within a name of the page."""
        place = re.compile(_BEFORE + re.escape(_fold(title)))
        is_short = len(title.split()) < _TELLING and _fold(title) in called
        return is_short and sum(node.tag == "h1" for node, _ in found) > 1 and not any(map(place.search, known))

    named = [
        (node, title)
        for node, title in found
        if (node.tag == "h2" and _fold(title) in called)
        or (node.tag == "h1" and any(is_same_headline(title, name) for name in known) and not is_word(title))
    ]
    if named:
        return min(named, key=rank)[0]
    first = [node for node, title in found if node.tag == "h1" and (not known or len(title.split()) >= _TELLING)]
    inside = {node.mem_id for node in entry.css("h1")}
    within = [node for node in first if node.mem_id in inside]
    return within[0] if len(within) == 1 else first[0] if len(first) == 1 else None


def find_site_names(root: LexborNode, houses: Collection[str]) -> frozenset[str]:
    """Find the names of the site: what leads to its front page from a heading, or from what holds one.

    houses: its host, with or without “www.”.
    """
    heads = root.css("h1 a[href], h2 a[href], a[href]:has(h1, h2), .site-title a[href], a.site-title[href]")
    fronts = [
        link
        for link in heads
        if (to := _FRONT.fullmatch(html_tree.get_attribute(link, "href")))
        and (to[1] or "").removeprefix("www.") in {"", *houses}
    ]
    return frozenset(map(html_tree.get_text, fronts)) - {""}


def fold_names(said: Iterable[str], houses: Collection[str]) -> frozenset[str]:
    """Fold what a page is called elsewhere, without the name of the site."""
    return frozenset(_fold(cut_site(_tidy(title), houses)) for title in said if title)


def read_headline(node: LexborNode, own: Collection[str] = ()) -> str:
    """Read the title that a heading holds, without kicker, section or day, unless all of it is what the page is called.

    own: the folded names of the page, without the site's.
    """
    whole = _tidy(html_tree.get_text(node))
    title = _tidy(html_tree.get_text(node, _BESIDE)).strip(" :|–—-/") or whole
    # A colon may be there for those who listen only.
    for text in (whole, _tidy(" ".join(node.text(deep=True).split()))) if node.tag == "h1" else ():
        if _fold(text) in own:
            return text
    if any(_fold(title) in name for name in own):
        return title
    for inner in node.css("span, b, strong, em, i, div, font, p, a"):
        line = _tidy(html_tree.get_text(inner))
        end = f"{_BEFORE}{re.escape(_fold(line))}$"
        if len(line.split()) >= _TELLING and any(name.endswith(_fold(line)) and re.search(end, name) for name in own):
            return line
    return title


def _tidy(text: str) -> str:
    """Remove soft hyphens, and resolve what was escaped twice."""
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text).replace("\xad", "")


def _fold(title: str) -> str:
    return fold_text(title).translate(_QUOTES)


def find_dek(headline: LexborNode) -> str:
    """Find the line under a headline: a short element beside it whose class says so; empty when there is none."""
    near = _find_following(headline, _NEAR)
    marked = (node for node in near if _DEK.search(html_tree.get_attribute(node, "class").replace("_", "-")))
    return next((text for node in marked if _LEAST_DEK <= len(text := html_tree.get_text(node)) <= _LONGEST_DEK), "")


def _find_following(headline: LexborNode, most: int) -> list[LexborNode]:
    """Find the elements that follow a heading, beside it or beside what holds it."""
    found: list[LexborNode] = []
    holder: LexborNode | None = headline
    for _ in range(_LEVELS):
        node = holder.next if holder is not None else None
        while node is not None and len(found) < most:
            found += [node] if node.is_element_node and node.text(deep=True).strip() else []
            node = node.next
        holder = holder.parent if holder is not None else None
    return found


def choose_title(headline: str, said: Sequence[str], houses: Collection[str]) -> str:
    """Choose the headline if it says what the page is called elsewhere, else the first name that is complete.

    said: in JSON-LD, in ``meta``, elsewhere. houses: the names of the site and its host, which are no part of a title.
    """
    said = [_tidy(title) for title in said]
    known = [title for title in (cut_site(title, houses) for title in said) if title]
    if headline:
        title = cut_site(headline, houses)
        # A paper that calls an article by kicker and headline, wherever it names it to machines, means both.
        first, second = (cut_site(name, houses) for name in said[:2])
        is_both = _fold(first) == _fold(second) and _fold(first).endswith(f": {_fold(title)}")
        return first if is_both else title
    # Some sites call all of their pages by their own name.
    title = next((one for one in known if _join_words(one) not in _join_names(houses)), known[0] if known else "")
    stem = title.removesuffix("...").removesuffix("…").rstrip()
    return max((other for other in known if other.startswith(stem)), key=len) if stem != title else title


def is_same_headline(one: str, other: str) -> bool:
    """Whether two headlines are about the same: one contains the other, or they share most of the shorter's words."""
    first, second = fold_text(one), fold_text(other)
    words, others = set(_WORD.findall(first)), set(_WORD.findall(second))
    shorter = min(len(words), len(others))
    return bool(shorter) and (first in second or second in first or len(words & others) * 2 > shorter)


def cut_site(title: str, houses: Collection[str]) -> str:
    """Cut the name of the site from the end and the beginning of a title, however it is spelt."""
    names = _join_names(houses)
    cuts = [(0, 0), *(match.span() for match in _SEPARATOR.finditer(title)), (len(title), len(title))]
    parts = [(end, start) for (_, end), (start, _) in pairwise(cuts)]
    while len(parts) > 1 and _is_site(title[slice(*parts[-1])], names):
        parts.pop()
    while len(parts) > 1 and (_join_words(first := title[slice(*parts[0])]) in names or _DAY.fullmatch(first)):
        parts.pop(0)
    return title[parts[0][0] : parts[-1][1]].strip()


def _join_names(houses: Collection[str]) -> list[str]:
    labels = [label for house in houses if _HOST.fullmatch(house) for label in house.split(".")[:-1]]
    names = [*houses, *(label for label in labels if len(label) >= _TELLING)]
    return [joined for name in names if len(joined := _join_words(name)) > 1]


def _is_site(part: str, names: Iterable[str]) -> bool:
    """Whether a part of a title is the site's name or the end of it, or has it among a few other words."""
    joined, words = _join_words(part), _WORD.findall(fold_text(part))
    return any(
        joined == name
        or (len(joined) >= _TELLING and name.endswith(joined))
        or (len(words) < _FEW and (name in words or (len(name) > _SHORT and name in joined)))
        for name in names
    )


def _join_words(name: str) -> str:
    return "".join(_WORD.findall(fold_text(name)))
