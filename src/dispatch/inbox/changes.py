"""What has changed in an article since it was first gathered, in words."""

from collections.abc import Sequence

from dispatch import html, identity
from dispatch.model import Article, Author


def describe_changes(before: Article, after: Article, text: str) -> list[str]:
    """Describe the changes that a reader would see, a line each."""
    found = [
        f"{name}: {was or 'none'} → {now or 'none'}"
        for name, was, now in (
            ("title", before.title, after.title),
            ("authors", *_compare_people(before.authors, after.authors)),
            ("address", *_compare_addresses(before.url, after.url)),
        )
        if was != now
    ]
    was, now = html.to_plain_text(before.content).split(), text.split()
    return found if was == now else [*found, _describe_passage(was, now)]


def _compare_people(before: Sequence[Author], after: Sequence[Author]) -> tuple[str, str]:
    """Return the names before and after; with their addresses when only these differ."""
    was, now = (", ".join(author.name for author in authors) for authors in (before, after))
    if was == now and [author.url for author in before] != [author.url for author in after]:
        was, now = (", ".join(f"{one.name} ({one.url or 'no page'})" for one in people) for people in (before, after))
    return was, now


def _compare_addresses(before: str, after: str) -> tuple[str, str]:
    """Return the addresses; nothing when they lead to the same, as where a parameter counts readers."""
    return ("", "") if identity.is_same_address(before, after) else (before, after)


def _describe_passage(was: Sequence[str], now: Sequence[str]) -> str:
    """Quote the changed part of a text, from the first word to the last that changed, shortened."""
    shorter = min(len(was), len(now))
    first = next((n for n in range(shorter) if was[n] != now[n]), shorter)
    last = next((n for n in range(shorter - first) if was[-1 - n] != now[-1 - n]), shorter - first)
    before, after = (_quote_words(words[first : len(words) - last]) for words in (was, now))
    return f"text: {before} → {after}"


def _quote_words(words: Sequence[str]) -> str:
    shown = " ".join(words[:15])
    return f"“{shown[:120]}{'…' if len(words) > 15 or len(shown) > 120 else ''}”" if words else "nothing"
