"""Slugs: made in one way, the same for ever, because addresses and ids are made of them."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.slugs import LONGEST, find_unused, is_slug, make_slug


@given(st.text())
def test_a_slug_is_safe_as_a_file_name(title: str) -> None:
    assert re.fullmatch(r"([a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?)?", make_slug(title))


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("A More Powerful NATO", "a-more-powerful-nato"),
        ("Größe, Ærø & Straße", "grosse-aero-strasse"),
        ("Łódź, Þór, İstanbul", "lodz-thor-istanbul"),
        ("Ǿre and Ǽvar", "ore-and-aevar"),
        ("Don’t it's", "dont-its"),
        ("  --x--  ", "x"),
        ("word " * 30, "-".join(["word"] * 16)),
        ("x" * 100, "x" * 80),
        ("con", "con"),
        ("作者", ""),
    ],
)
def test_a_slug_is_made_of_the_title(title: str, slug: str) -> None:
    assert make_slug(title) == slug


def test_a_shorter_one_is_cut_between_words() -> None:
    assert make_slug("The Paper of Record", 12) == "the-paper-of"
    assert make_slug("The Paper of Record", 11) == "the-paper"
    assert make_slug("Bridgebuilding", 6) == "bridge"


LATIN = st.characters(max_codepoint=0x17F) | st.sampled_from("’“”–—…€№ạǎș") | st.characters(max_codepoint=0x7F)


def slug_of_before(title: str) -> str:
    """How slugs were made while articles, sources and imports had a way each."""
    latin: dict[str, str | int | None] = {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
    }
    plain = unicodedata.normalize("NFKD", title.lower().translate(str.maketrans(latin)))
    words = re.sub(r"[^a-z0-9]+", "-", re.sub(r"['’]", "", plain.encode("ascii", "ignore").decode())).strip("-")
    return words if len(words) <= 80 else words[:81].rpartition("-")[0] or words[:80]


@given(st.text(alphabet=LATIN, max_size=200))
def test_the_slug_of_a_title_never_changes(title: str) -> None:
    assert make_slug(title) == slug_of_before(title)


@given(st.text())
def test_composed_and_decomposed_letters_give_one_slug(title: str) -> None:
    assert len({make_slug(unicodedata.normalize(form, title)) for form in ("NFC", "NFD")}) == 1


@given(st.lists(st.text(alphabet="ab-", min_size=1, max_size=3), max_size=12))
def test_an_unused_slug_is_unused(taken: list[str]) -> None:
    for slug in ["a", *taken]:
        assert find_unused(slug, taken) not in taken


@pytest.mark.parametrize("count", [1, 9, 99, 999, 1001])
def test_an_unused_slug_is_a_slug(count: int) -> None:
    slug = "x" * LONGEST
    taken = {slug, *(f"{'x' * (LONGEST - 4)}-{number}" for number in range(2, min(count, 999) + 1))}
    taken |= {f"{'x' * (LONGEST - 5)}-{number}" for number in range(1000, count + 1)}
    found = find_unused(slug, taken)
    assert is_slug(found)
    assert found.endswith(f"-{count + 1}")


@pytest.mark.parametrize("name", ["", "A", "a_b", "ä", "a" * 81, "a\n", "a/b"])
def test_what_is_no_slug(name: str) -> None:
    assert not is_slug(name)
