"""What a link in a mail says of its reader: nobody else can make it, and it is good for one thing."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import tokens
from dispatch.tokens import Purpose, ReaderToken

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
KEYS = (b"a" * 32, b"b" * 32)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
ENDING = ("confirm", "preferences")


def make_token(purpose: Purpose, subscriber: bytes = b"12345678", about: int = 0) -> ReaderToken:
    expires = NOW + timedelta(hours=72) if purpose in ENDING else None
    return ReaderToken(subscriber=subscriber, about=about, expires=expires)


@given(
    purpose=st.sampled_from(PURPOSES),
    subscriber=st.binary(min_size=8, max_size=8),
    about=st.integers(0, 65_535),
    keys=st.lists(st.binary(min_size=16, max_size=32), min_size=1, max_size=4),
)
def test_a_token_says_what_was_written_into_it(
    purpose: Purpose, subscriber: bytes, about: int, keys: list[bytes]
) -> None:
    token = make_token(purpose, subscriber, about)
    written = tokens.write_token(token, purpose, keys)
    assert len(written) == (43 if purpose in ENDING else tokens.LENGTH)
    assert tokens.read_token(written, purpose, keys, NOW) == token
    if purpose not in ENDING:
        in_mailbox = tokens.write_mailbox_token(token, purpose, keys)
        assert len(in_mailbox) == tokens.MAILBOX_LENGTH
        assert len(f"bounces+{in_mailbox}") <= 64
        assert tokens.read_mailbox_token(in_mailbox, purpose, keys, NOW) == token
        assert tokens.read_mailbox_token(in_mailbox.upper(), purpose, keys, NOW) == token


@given(
    purpose=st.sampled_from(PURPOSES), other=st.sampled_from(PURPOSES), place=st.integers(0, 42), by=st.integers(1, 63)
)
def test_a_changed_token_and_one_for_something_else_is_none(
    purpose: Purpose, other: Purpose, place: int, by: int
) -> None:
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    written = tokens.write_token(make_token(purpose), purpose, KEYS)
    place %= len(written)
    sign = signs[(signs.index(written[place]) + by) % 64]
    assert tokens.read_token(f"{written[:place]}{sign}{written[place + 1 :]}", purpose, KEYS, NOW) is None
    if other != purpose:
        assert tokens.read_token(written, other, KEYS, NOW) is None
    assert tokens.read_token(written, purpose, (KEYS[0], b"c" * 32), NOW) is None


@given(st.text(max_size=60))
def test_anything_else_is_no_token(text: str) -> None:
    for purpose in PURPOSES:
        assert tokens.read_token(text, purpose, KEYS, NOW) is None
        assert tokens.read_mailbox_token(text, purpose, KEYS, NOW) is None


def test_what_an_old_key_has_signed_is_good_for_ever() -> None:
    written = tokens.write_token(make_token("leave"), "leave", KEYS[:1])
    assert tokens.read_token(written, "leave", KEYS, NOW + timedelta(days=36_500)) == make_token("leave")
    assert tokens.write_token(make_token("leave"), "leave", KEYS) != written


def test_a_confirmation_ends() -> None:
    written = tokens.write_token(make_token("confirm"), "confirm", KEYS)
    assert tokens.read_token(written, "confirm", KEYS, NOW + timedelta(hours=71, minutes=59))
    assert tokens.read_token(written, "confirm", KEYS, NOW + timedelta(hours=72)) is None


def test_who_makes_a_token_says_whether_it_ends() -> None:
    with pytest.raises(ValueError, match="ends"):
        tokens.write_token(make_token("leave"), "confirm", KEYS)
    with pytest.raises(ValueError, match="never ends"):
        tokens.write_token(make_token("confirm"), "leave", KEYS)


@given(text=st.text(max_size=40), other=st.text(max_size=40))
def test_a_signed_text_is_the_same_text_for_the_same_purpose(text: str, other: str) -> None:
    signature = tokens.sign_text(text, "here", KEYS)
    assert tokens.is_signed(text, signature, "here", KEYS)
    assert not tokens.is_signed(text, signature, "form", KEYS)
    assert tokens.is_signed(other, signature, "here", KEYS) == (text == other)
    assert tokens.sign_text(text, "here", KEYS[:1]) == signature
