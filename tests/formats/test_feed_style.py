"""The style sheet of feeds speaks every language, and nothing that it says can end its string."""

from pathlib import Path

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st

import dispatch
import nouns
from dispatch.formats import site_files
from dispatch.language import Language

LANGUAGES = sorted(file.stem for file in (Path(dispatch.__file__).parent / "languages").glob("*.toml"))


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_style_sheet_says_in_every_language_what_a_feed_is(code: str) -> None:
    sheet = site_files.render_feed_style_sheet(nouns.publication(language=code)).decode()
    rules = tinycss2.parse_stylesheet(sheet, skip_whitespace=True, skip_comments=True)
    assert not [rule for rule in rules if rule.type == "error"]
    said = [
        token.value
        for rule in rules
        if rule.type == "qualified-rule" and "::before" in tinycss2.serialize(rule.prelude)
        for token in rule.content
        if token.type == "string"
    ]
    assert Language.from_code(code).format_message("page.feed_here") in said
    assert f"direction: {Language.from_code(code).direction}" in sheet


def test_the_colours_are_the_themes() -> None:
    publication = nouns.publication()
    sheet = site_files.render_feed_style_sheet(publication).decode()
    assert publication.theme.light.paper in sheet
    assert publication.theme.dark.paper in sheet


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_string_of_css_is_read_back(text: str) -> None:
    (token,) = tinycss2.parse_component_value_list(site_files.quote_css(text))
    assert (token.type, token.value) == ("string", text)
