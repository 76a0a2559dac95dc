"""What is exactly at a limit, and what is one beyond it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

import nouns
from checks.judging import judge
from dispatch import check
from dispatch.checks.editorial import judge_lists
from dispatch.checks.html_page import read_page
from dispatch.model import Article, Edition, Finding, Issue, Publication

BY = nouns.publication()
ISSUE = nouns.issue(nouns.article(1))
EMAIL = nouns.body("email", ISSUE)
KIB = 1024


def of_issue(issue: Issue = ISSUE, by: Publication = BY, **known: object) -> list[Finding]:
    return list(check.findings(issue, (), by, **known))  # type: ignore[arg-type]


def of_email(old: bytes, new: bytes) -> list[Finding]:
    assert old in EMAIL
    return judge("email", EMAIL.replace(old, new, 1), ISSUE, BY)


def of_size(size: int) -> list[Finding]:
    return of_email(b"</body>", b"<!--" + b"x" * (size - len(EMAIL) - 7) + b"--></body>")


def of_style(size: int) -> list[Finding]:
    there = sum(len(tag.text.encode()) for tag in read_page(EMAIL.decode()).find_tags("style"))
    return of_email(b"</style>", b"p{}".ljust(size - there) + b"</style>")


def of_line(size: int) -> list[Finding]:
    body = nouns.body("eml", ISSUE)
    return judge("eml", body.replace(b"\r\nX-Auto", b"\r\nX-Long: " + b"x" * (size - 8) + b"\r\nX-Auto", 1), ISSUE, BY)


def of_feed(size: int) -> list[Finding]:
    body = nouns.body("rss", ISSUE)
    return judge("rss", body + b"<!--" + b"x" * (size - len(body) - 7) + b"-->", ISSUE, BY)


def of_excerpt(size: int) -> list[Finding]:
    """An edition that shows so many characters of a text of which it may show 20 words."""
    words = f"{'word ' * 1000}"[: size - 1] + "."
    story: Article = nouns.article(1, content=f"<p>{words}</p>")
    allowed = replace(story, source=replace(story.source, syndicate="excerpt", excerpt_words=20))
    whole = replace(story, source=replace(story.source, syndicate="full"))
    edition = Edition(format="json", media_type="", path="edition", body=nouns.body("json", nouns.issue(whole)))
    return list(check.check_edition(edition, nouns.issue(allowed), BY))


def of_addresses(number: int) -> list[Finding]:
    return list(judge_lists([("list.csv", "\n".join(f"reader{n}@mail.example" for n in range(number)))]))


# What is said at a size; the rule that speaks; the last size at which it is silent.
LIMITS: dict[str, tuple[Callable[[int], list[Finding]], str, int]] = {
    "nine tenths of a mail": (of_size, "email.size-near", 102_400 * 9 // 10),
    "a mail": (of_size, "email.size", 102_399),
    "its style": (of_style, "email.style-size", 16 * KIB - 1),
    "a line of it": (of_line, "email.lines", 998),
    "a subject": (lambda size: of_issue(replace(ISSUE, subject="x" * size)), "email.subject", 70),
    "a title as subject": (lambda size: of_issue(replace(ISSUE, title="x" * size)), "email.subject", 70),
    "a preheader": (lambda size: of_issue(replace(ISSUE, preheader="x" * size)), "email.preheader", 130),
    "a feed": (of_feed, "feed.size", 5_000_000),
    "an excerpt": (of_excerpt, "attribution.policy", 20 * 12 + 400),
    "a path": (lambda size: of_issue(names=("x" * size,)), "editorial.file-name", 200),
    "addresses": (of_addresses, "files.addresses", 20),
}


@pytest.mark.parametrize("what", LIMITS)
def test_a_rule_is_silent_at_its_limit_and_speaks_beyond_it(what: str) -> None:
    find, rule, most = LIMITS[what]
    assert rule not in {one.rule for one in find(most)}
    assert rule in {one.rule for one in find(most + 1)}


def test_a_preheader_has_40_characters_at_least() -> None:
    for size, is_told in ((39, True), (40, False)):
        found = of_issue(replace(ISSUE, preheader="x" * size))
        assert ("email.preheader" in {one.rule for one in found}) is is_told
