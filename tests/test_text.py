"""Folding: what two ways to write the same words have in common."""

import unicodedata
from typing import Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import from_mapping
from dispatch.text import fold_text

Form = Literal["NFC", "NFD", "NFKC", "NFKD"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jón Þór", "Jo\u0301n Þo\u0301r"),
        ("Jón", "JÓN"),
        ("Straße", "STRASSE"),
        ("Ada  Lane\n", " Ada\u00a0Lane"),
        ("Ａｄａ", "ada"),
        ("ﬁre", "fire"),
        ("℡", "tel"),  # one sign for three capitals
        ("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"),
        ("\u0390", "\u0390".upper()),  # its capital is composed of other parts
        ("한국", unicodedata.normalize("NFD", "한국")),
    ],
)
def test_two_ways_to_write_it_are_one(one: str, other: str) -> None:
    assert fold_text(one) == fold_text(other)


@pytest.mark.parametrize(("one", "other"), [("Jón", "Jon"), ("Ann Lee", "Annlee"), ("Ann Lee", "Ann-Lee"), ("a", "b")])
def test_what_is_written_otherwise_is_another(one: str, other: str) -> None:
    assert fold_text(one) != fold_text(other)


@given(st.text())
def test_folded_twice_it_changes_no_more_whatever_its_form(text: str) -> None:
    folded = fold_text(text)
    assert fold_text(folded) == folded
    assert {fold_text(unicodedata.normalize(form, text)) for form in get_args(Form)} == {folded}


def test_a_near_miss_is_near_however_it_is_written() -> None:
    decomposed = unicodedata.normalize("NFD", "Þórdís Ólafsdótti")
    assert (
        from_mapping.suggest_nearest(decomposed, ["Þórdís Ólafsdóttir", "Bo"]) == ", did you mean “Þórdís Ólafsdóttir”?"
    )
    assert from_mapping.suggest_nearest("PROT", ["port"]) == ", did you mean “port”?"
    assert from_mapping.suggest_nearest("x", ["port"]) == ""


@pytest.mark.parametrize("known", [["NATO", "Nato"], ["Nato", "NATO"]])
def test_of_two_that_differ_in_case_alone_the_same_is_suggested_every_time(known: list[str]) -> None:
    assert from_mapping.suggest_nearest("nato", known) == ", did you mean “NATO”?"
