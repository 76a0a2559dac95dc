"""Find what a page's article is called: its headline, without the name of the site."""

import re
from collections.abc import Iterable
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
    "[class*=category i], [class*=date i], [class*=invisible i], [class*=visuallyhidden i], [class*=hidden i]"
)
# Between letters of Chinese and Japanese no space is needed.
_SEPARATOR = re.compile(
    r" (?:[|｜│·•»›«‹:~/]{1,2}|[-–—]{1,3}|>>) | ?[|｜│：] ?"
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


def find_headline(root: LexborNode, entry: LexborNode, said: Iterable[str], houses: Iterable[str]) -> LexborNode | None:
    """Find the heading of the article: one that says what the page is called elsewhere, else its only telling one.

    entry: the element of the article, or the whole page. houses: see ``choose_title``.
    """
    elsewhere = {node.mem_id for node in root.css(_ELSEWHERE) if node.tag != "body"}
    names = _join_names(houses)
    found = [
        (node, title)
        for node in html_tree.select_all(root, "h1, h2")
        if (title := read_headline(node))
        and _join_words(title) not in names
        and elsewhere.isdisjoint({node.mem_id, *(outer.mem_id for outer in html_tree.find_ancestors(node, root))})
    ]
    known = [fold_text(title) for title in said if title]
    called = "\n".join(known)

    def rank(one: tuple[LexborNode, str]) -> tuple[bool, str, int]:
        """Put what a name of the page begins with first: it ends with the site. Where h1 is the site, h2 is ours."""
        folded = fold_text(one[1])
        shared = set(_WORD.findall(folded)) & set(_WORD.findall(called))
        return not any(name.startswith(folded) for name in known), one[0].tag or "", -len(shared)

    named = [
        (node, title)
        for node, title in found
        if (node.tag == "h2" and fold_text(title) in called)
        or (node.tag == "h1" and any(is_same_headline(title, name) for name in known))
    ]
    if named:
        return min(named, key=rank)[0]
    first = [node for node, title in found if node.tag == "h1" and (not known or len(title.split()) >= _TELLING)]
    inside = {node.mem_id for node in entry.css("h1")}
    own = [node for node in first if node.mem_id in inside]
    return own[0] if len(own) == 1 else first[0] if len(first) == 1 else None


def read_headline(node: LexborNode) -> str:
    """Read the title that a heading holds, without kicker, section or day."""
    whole = html_tree.get_text(node)
    return html_tree.get_text(node, _BESIDE).strip(" :|–—-/").replace("\xad", "") or whole


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
            found += [node] if node.is_element_node and html_tree.get_text(node) else []
            node = node.next
        holder = holder.parent if holder is not None else None
    return found


def choose_title(headline: str, said: Iterable[str], houses: Iterable[str]) -> str:
    """Choose the headline if it says what the page is called elsewhere, else the first name that is complete.

    houses: the names of the site and its host, which are no part of a title.
    """
    names = [name for name in houses if name]
    known = [title for title in (cut_site(title, names) for title in said) if title]
    if headline:
        return cut_site(headline, names)
    # Some sites call all of their pages by their own name.
    title = next((one for one in known if _join_words(one) not in _join_names(names)), known[0] if known else "")
    stem = title.removesuffix("...").removesuffix("…").rstrip()
    return max((other for other in known if other.startswith(stem)), key=len) if stem != title else title


def is_same_headline(one: str, other: str) -> bool:
    """Whether two headlines are about the same: one contains the other, or they share most of the shorter's words."""
    first, second = fold_text(one), fold_text(other)
    words, others = set(_WORD.findall(first)), set(_WORD.findall(second))
    shorter = min(len(words), len(others))
    return bool(shorter) and (first in second or second in first or len(words & others) * 2 > shorter)


def cut_site(title: str, houses: Iterable[str]) -> str:
    """Cut the name of the site from the end and the beginning of a title, however it is spelt."""
    names = _join_names(houses)
    cuts = [(0, 0), *(match.span() for match in _SEPARATOR.finditer(title)), (len(title), len(title))]
    parts = [(end, start) for (_, end), (start, _) in pairwise(cuts)]
    while len(parts) > 1 and _is_site(title[slice(*parts[-1])], names):
        parts.pop()
    while len(parts) > 1 and _join_words(title[slice(*parts[0])]) in names:
        parts.pop(0)
    return title[parts[0][0] : parts[-1][1]].strip()


def _join_names(houses: Iterable[str]) -> list[str]:
    return [joined for house in houses if len(joined := _join_words(house)) > 1]


def _is_site(part: str, names: Iterable[str]) -> bool:
    """Whether a part of a title is the site's name, or has it among a few other words."""
    joined, words = _join_words(part), _WORD.findall(fold_text(part))
    return any(
        joined == name or (len(words) < _FEW and (name in words or (len(name) > _SHORT and name in joined)))
        for name in names
    )


def _join_words(name: str) -> str:
    return "".join(_WORD.findall(fold_text(name)))
