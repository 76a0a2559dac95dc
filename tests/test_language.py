"""The words, the dates and the lists of every language, and that nothing put into them is bent."""

import os
import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from markupsafe import Markup, escape

import dispatch
from dispatch.errors import ConfigError
from dispatch.language import Language

FOLDER = Path(dispatch.__file__).parent / "languages"
CODES = sorted(file.stem for file in FOLDER.glob("*.toml"))
WHOLE = [code for code in CODES if "-" not in code]
PLURALS = ("stories", "minutes", "about_authors")
MOMENT = datetime(2025, 2, 13, 23, 30, tzinfo=UTC)


def flat(table: dict[str, object], prefix: str = "") -> dict[str, str]:
    words: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            words |= flat(value, f"{prefix}{key}.")
        else:
            assert isinstance(value, str)
            words[prefix + key] = value
    return words


def words(code: str) -> dict[str, str]:
    return flat(tomllib.loads((FOLDER / f"{code}.toml").read_text("utf-8")))


def places(pattern: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", pattern))


def plain(keys: dict[str, str]) -> dict[str, str]:
    return {key: text for key, text in keys.items() if key.split(".")[0] not in (*PLURALS, "and")}


def test_the_six_languages_are_there() -> None:
    assert {"ar", "de", "en", "es", "fr", "hi"} <= set(WHOLE)


@pytest.mark.parametrize("code", WHOLE)
def test_a_language_has_every_message_with_every_place(code) -> None:
    assert {key: places(text) for key, text in plain(words(code)).items()} == {
        key: places(text) for key, text in plain(words("en")).items()
    }


@pytest.mark.parametrize("code", [code for code in CODES if "-" in code])
def test_a_region_changes_only_what_its_language_says(code) -> None:
    ours, theirs = words(code), words(code.split("-")[0])
    assert ours
    assert set(ours) <= set(theirs)
    assert all(places(ours[key]) == places(theirs[key]) and ours[key] != theirs[key] for key in ours)


@pytest.mark.parametrize("code", WHOLE)
@pytest.mark.parametrize("key", PLURALS)
def test_a_plural_has_every_category_of_its_language(code, key: str) -> None:
    rule = Locale.parse(code).plural_form
    forms = {name.removeprefix(f"{key}."): text for name, text in words(code).items() if name.startswith(f"{key}.")}
    assert set(forms) == {*rule.tags, "other"}
    counted = key != "about_authors"
    for category, text in forms.items():
        numbers = [n for n in range(2000) if rule(n) == category]
        assert places(text) <= {"n"}
        # Without its number a form can stand for one number only.
        assert places(text) == {"n"} or len(numbers) == 1 or not counted, (code, key, category)


@pytest.mark.parametrize("code", CODES)
def test_patterns_are_text_without_markup_or_typewriter_quotes(code) -> None:
    for key, text in words(code).items():
        if key.startswith("and."):
            continue
        assert not set(text) & set("<>&\"'"), key
        assert text == text.strip(), key
        assert " :" not in text, key
        assert "« " not in text, key


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "Read “Home”"),
        ("de", "„Home“ lesen"),
        ("fr", "Lire «\u00a0Home\u00a0»"),
        ("es", "Leer «Home»"),
        ("ar", "اقرأ «Home»"),
        ("hi", "“Home” पढ़ें"),
    ],
)
def test_quotation_marks_are_those_of_the_language(code: str, expected: str) -> None:
    assert Language.from_code(code).format_message("read", title="Home") == expected


@pytest.mark.parametrize(
    ("code", "n", "expected"),
    [
        ("en", 1, "1 story"),
        ("en", 5, "5 stories"),
        ("en", 12345, "12,345 stories"),
        ("de", 12345, "12.345 Beiträge"),
        ("fr", 0, "0\u00a0article"),
        ("fr", 2, "2\u00a0articles"),
        ("es", 1, "1 artículo"),
        ("ar", 0, "لا مقالات"),
        ("ar", 1, "مقال واحد"),
        ("ar", 2, "مقالان"),
        ("ar", 3, "3 مقالات"),
        ("ar", 11, "11 مقالًا"),
        ("ar", 100, "100 مقال"),
        ("hi", 123456, "1,23,456 लेख"),
        ("ja", 1, "1 story"),  # the words are English, and so is their plural
    ],
)
def test_count(code: str, n: int, expected: str) -> None:
    assert Language.from_code(code).format_plural("stories", n) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("en", "A, B and C"),
        ("en-US", "A, B, and C"),
        ("de", "A, B und C"),
        ("fr", "A, B et C"),
        ("es", "A, B y C"),
        ("ar", "A وB وC"),
        ("hi", "A, B, और C"),
        ("sv", "A, B och C"),
    ],
)
def test_names(code: str, expected: str) -> None:
    language = Language.from_code(code)
    assert language.join_names(["A", "B", "C"]) == expected
    assert language.join_names(["A"]) == "A"
    assert language.join_names([]) == ""


@pytest.mark.parametrize(
    ("last", "joined"),
    [
        ("Ignacio", "Ana e Ignacio"),
        ("Íñigo", "Ana e Íñigo"),
        ("Hilda", "Ana e Hilda"),
        ("Hierro", "Ana y Hierro"),
        ("Juan", "Ana y Juan"),
        (Markup('<a href="https://x.example/">Isabel</a>'), 'Ana e <a href="https://x.example/">Isabel</a>'),
    ],
)
def test_spanish_says_e_before_i(last, joined: str) -> None:
    assert Language.from_code("es").join_names(["Ana", last]) == joined
    assert Language.from_code("es").join_names(["Eva", "Ana", last]) == "Eva, " + joined


@pytest.mark.parametrize(
    ("code", "long", "full"),
    [
        ("en", "14 February 2025", "Friday, 14 February 2025"),
        ("en-GB", "14 February 2025", "Friday, 14 February 2025"),
        ("en-US", "February 14, 2025", "Friday, February 14, 2025"),
        ("de", "14. Februar 2025", "Freitag, 14. Februar 2025"),
        ("fr", "14 février 2025", "vendredi 14 février 2025"),
        ("es", "14 de febrero de 2025", "viernes, 14 de febrero de 2025"),
        ("ar", "14 فبراير 2025", "الجمعة، 14 فبراير 2025"),
        ("ar-EG", "14 فبراير 2025", "الجمعة، 14 فبراير 2025"),
        ("hi", "14 फ़रवरी 2025", "शुक्रवार, 14 फ़रवरी 2025"),
        ("he", "14 בפברואר 2025", "יום שישי, 14 בפברואר 2025"),
    ],
)
def test_dates_in_the_zone_that_is_named(code: str, long: str, full: str) -> None:
    language = Language.from_code(code)
    assert language.format_date(MOMENT, "Europe/Berlin") == long
    assert language.format_date(MOMENT, "Europe/Berlin", "full") == full
    assert language.format_date(MOMENT, "UTC") != long


def test_a_date_without_zone_is_refused_and_a_wrong_zone_named() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        Language.from_code("en").format_date(datetime(2025, 2, 14), "UTC")
    for zone in ("Mars/Phobos", "../etc/passwd", "Europe", ""):
        with pytest.raises(ConfigError, match="not a time zone"):
            Language.from_code("en").format_date(MOMENT, zone)


@given(
    st.datetimes(timezones=st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23)))),
    st.sampled_from(["UTC", "Pacific/Kiritimati", "Pacific/Niue"]),
    st.sampled_from([*CODES, "ja", "he"]),
)
def test_every_moment_has_a_day(moment, zone, code) -> None:
    assert Language.from_code(code).format_date(moment, zone).strip()


@pytest.mark.parametrize(
    ("code", "role", "expected"),
    [
        ("en", "translator", "translated by A and B"),
        ("en", " Translator ", "translated by A and B"),
        ("en", "submitted by", "submitted by A and B"),
        ("en", "Fact checker", "Fact checker: A and B"),
        ("fr", "Vérification", "Vérification\u00a0: A et B"),
        ("de", "photographer", "Foto: A und B"),
        ("hi", "via", "साभार: A और B"),
        ("en", "<b>", "&lt;b&gt;: A and B"),
        ("en", "{names}", "{names}: A and B"),
    ],
)
def test_credit(code: str, role: str, expected: str) -> None:
    language = Language.from_code(code)
    assert language.format_credit(role, language.join_names(["A", "B"])) == expected


def test_regions_fall_back_to_their_language_and_languages_to_english() -> None:
    assert Language.from_code("en-US").format_message("licence", licence="MIT") == "License: MIT"
    assert Language.from_code("en-US").format_message("feed") == "Feed"
    assert Language.from_code("en-AU").format_message("licence", licence="MIT") == "Licence: MIT"
    assert Language.from_code("de-AT").format_message("unsubscribe") == "Abbestellen"
    assert Language.from_code("de-XX-1996").format_message("unsubscribe") == "Abbestellen"
    assert Language.from_code("de-AT").translated
    swedish = Language.from_code("sv")
    assert not swedish.translated
    assert swedish.format_message("unsubscribe") == "Unsubscribe"
    assert swedish.format_date(MOMENT, "Europe/Berlin") == "14 februari 2025"


@pytest.mark.parametrize(
    ("code", "tag", "direction"),
    [("ar", "ar", "rtl"), ("HE", "he", "rtl"), ("fa-af", "fa-AF", "rtl"), ("zh-hant-tw", "zh-Hant-TW", "ltr")],
)
def test_tag_and_direction(code: str, tag: str, direction: str) -> None:
    assert (Language.from_code(code).code, Language.from_code(code).direction) == (tag, direction)


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("pt_BR", "“pt-BR”"),
        ("german", "“de”"),
        ("English", "“en”"),
        ("frnech", "“fr”"),
        ("", "BCP 47"),
        ("en@x", "en"),
        ("../en", "BCP 47"),
        ("de-../en", "de"),
        ("zz\x00", "BCP 47"),
    ],
)
def test_an_unknown_language_is_said_with_the_nearest(code: str, hint: str) -> None:
    with pytest.raises(ConfigError, match="is not a language") as caught:
        Language.from_code(code)
    assert hint in caught.value.faults[0].hint


@given(st.text(max_size=40))
def test_any_code_is_a_language_or_a_config_error(code) -> None:
    try:
        tag = Language.from_code(code).code
    except ConfigError:
        return
    assert re.fullmatch(r"[a-z]{2,3}(-\w+)*", tag)
    assert tag.lower() == code.lower()


def test_a_wrong_message_is_said_with_the_nearest_and_a_missing_value_by_name() -> None:
    with pytest.raises(ConfigError, match="no words for “reed”") as caught:
        Language.from_code("en").format_message("reed")
    assert caught.value.faults[0].hint == "did you mean “read”?"
    with pytest.raises(ConfigError, match="'title'"):
        Language.from_code("en").format_message("read")


HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        ["{0}", "{title}", "{}", "}{", "%s", "<b>&amp;</b>", "\u202eevil\u202c", "\u200f", "a, b", "\\1", ""]
    ),
)


@given(st.lists(HOSTILE, max_size=5), st.sampled_from([*CODES, "he", "ja"]))
def test_every_name_survives_every_list(names, code) -> None:
    language = Language.from_code(code)
    joined = language.join_names([Markup('<a href="{}">{}</a>').format(name, name) for name in names])
    rest = str(joined)
    for name in names:
        link = f'<a href="{escape(name)}">{escape(name)}</a>'
        assert link in rest
        rest = rest[rest.index(link) + len(link) :]
    assert str(language.join_names(names)).replace("\x00", "") == re.sub(
        r'<a href="[^"]*">(.*?)</a>', r"\1", str(joined).replace("\x00", ""), flags=re.DOTALL
    )


@given(HOSTILE, st.sampled_from(WHOLE))
def test_every_value_survives_every_message(value, code) -> None:
    language = Language.from_code(code)
    for key, text in plain(words(code)).items():
        said = language.format_message(key, **dict.fromkeys(places(text), value))
        assert str(said) == re.sub(r"\{\w+\}", lambda _: str(escape(value)), text)
        raw = language.format_message(key, **dict.fromkeys(places(text), Markup(value)))
        assert str(raw) == re.sub(r"\{\w+\}", lambda _: value, text)


@given(st.integers(min_value=0, max_value=10**7), st.sampled_from([*CODES, "ja"]))
def test_every_number_has_a_plural(n, code) -> None:
    language = Language.from_code(code)
    assert language.format_number(n).isprintable() or "\u202f" in language.format_number(n)
    for key in PLURALS:
        assert "{" not in language.format_plural(key, n)


def test_cldr_joins_names_with_text_only() -> None:
    for identifier in locale_identifiers():
        for pattern in Locale.parse(identifier).list_patterns["standard"].values():
            assert not set(pattern) & set("<>&\"'"), identifier


def test_links_come_out_as_links() -> None:
    language = Language.from_code("fr")
    link = Markup('<a href="{}">{}</a>').format("https://a.example/?a=1&copy=2#:~:text=é", "Zoé & Cie <3")
    tree = html.fromstring(
        f"<p>{language.format_message('byline_in', authors=language.join_names([link, 'B']), source=link)}</p>"
    )
    assert [a.get("href") for a in tree.iter("a")] == ["https://a.example/?a=1&copy=2#:~:text=é"] * 2
    assert "".join(map(str, tree.itertext())) == "Par Zoé & Cie <3 et B dans Zoé & Cie <3"


def test_the_machine_has_no_say() -> None:
    program = (
        "from datetime import *; from dispatch.language import Language as L\n"
        "for c in ('en', 'de', 'ar', 'hi', 'sv'):\n"
        "    l = L.from_code(c); m = datetime(2025, 2, 13, 23, 30, tzinfo=UTC)\n"
        "    told = l.format_date(m, 'Europe/Berlin', 'full'), l.format_plural('stories', 1234), l.join_names('ABC')\n"
        "    print(ascii(told))"
    )
    machines = [
        {"TZ": "Pacific/Kiritimati", "LANG": "de_DE.UTF-8", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Anchorage", "LANGUAGE": "ar", "LC_ALL": "C", "PYTHONHASHSEED": "2"},
        {"TZ": ":nonsense", "LC_ALL": "nonsense", "PYTHONHASHSEED": "3"},
    ]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, **machine},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for machine in machines
    }
    assert len(outputs) == 1
    assert "Friday, 14 February 2025" in outputs.pop()


@pytest.mark.parametrize(
    ("code", "territory"),
    [("en", "GB"), ("en-US", "US"), ("de", "DE"), ("de-AT", "AT"), ("ar", "EG"), ("pt-BR", "BR"), ("ja", "JP")],
)
def test_the_territory_is_the_one_that_is_named_or_where_most_speak_it(code: str, territory: str) -> None:
    assert Language.from_code(code).territory == territory
