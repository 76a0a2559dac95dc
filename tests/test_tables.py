"""Tables of files as nouns, and the schemas that come from the same annotations."""

import json
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.from_mapping import FileReading, read_noun
from dispatch.model import Article, Author, Correction, Image, Publication, Source
from dispatch.schemas import build_schemas

ROOT = Path(__file__).parents[1]


def test_a_table_becomes_a_noun() -> None:
    reading = FileReading(file="a.md")
    article = read_noun(
        Article,
        {
            "title": "T",
            "tags": "one",
            "authors": [{"name": "Ann", "bio": None}],
            "image": {"url": "a.jpg", "width": "12"},
        },
        reading,
    )
    assert article == Article(
        title="T", tags=("one",), authors=(Author(name="Ann"),), image=Image(url="a.jpg", width=12)
    )
    assert reading.faults == []


def test_all_faults_are_told_with_file_line_and_key() -> None:
    reading = FileReading(file="a.md", lines={"titel": 2, "authors[2]": 5, "image": 7, "published": 9})
    table = {
        "titel": "x",
        "authors": [{"name": "A"}, {"nam": "B", "url": "b.example"}],
        "image": {"url": "a.jpg", "width": "wide"},
        "published": "yesterday",
        "certainty": "sure",
        "dek": ["x"],
        "note": "a\x00b",
        "corrections": {"date": "2026-02-30", "text": " "},
    }
    assert read_noun(Article, table, reading) is None
    assert [str(fault) for fault in reading.faults] == [
        "a.md: dek: must be a text, not a list",
        "a.md:5: authors[2].name: is missing",
        "a.md:5: authors[2].url: must be an absolute address, as https://wire.example/a, not “b.example”",
        "a.md:5: authors[2].nam: unknown key, did you mean “name”?",
        "a.md: certainty: must be certain or likely or unknown, not “sure”",
        "a.md:9: published: must be a date, as 2026-11-22 or 2026-11-22T08:00:00+01:00, not “yesterday”",
        "a.md:7: image.width: must be a whole number, not “wide”",
        "a.md: note: the character U+0000 is not allowed in a text",
        "a.md: corrections.date: there is no such date or time: “2026-02-30”",
        "a.md: corrections.text: is empty",
        "a.md:2: titel: unknown key, did you mean “title”?",
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-11-22", "2026-11-22T00:00:00+01:00"),
        ("2026-07-01", "2026-07-01T00:00:00+02:00"),
        ("2026-11-22 08:00", "2026-11-22T08:00:00+01:00"),
        ("2026-11-22T08:00:00Z", "2026-11-22T08:00:00+00:00"),
        ("2026-11-22T08:00:00.5 +05:30", "2026-11-22T08:00:00.500000+05:30"),
        (datetime(2026, 11, 22, 8, tzinfo=UTC), "2026-11-22T08:00:00+00:00"),
        (datetime(2026, 11, 22, 8), "2026-11-22T08:00:00+01:00"),
        (datetime(2026, 11, 22).date(), "2026-11-22T00:00:00+01:00"),
    ],
)
def test_dates(written: object, meant: str) -> None:
    correction = read_noun(
        Correction, {"date": written, "text": "x"}, FileReading(file="a.md", zone=ZoneInfo("Europe/Berlin"))
    )
    assert correction
    assert correction.date.isoformat() == meant


@pytest.mark.parametrize(
    "written", ["2026", "22.11.2026", "2026-13-01", "0800-01-01", "2026-11-22T25:00", 20261122, True]
)
def test_what_is_no_date(written: object) -> None:
    reading = FileReading(file="a.md")
    assert read_noun(Correction, {"date": written, "text": "x"}, reading) is None
    assert len(reading.faults) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(
    ["title", "url", "authors", "credits", "image", "published", "tags", "source", "corrections", "x"]
)


@given(st.dictionaries(KEYS, JSON))
def test_whatever_stands_there_is_read_or_faulted(table: dict[str, object]) -> None:
    reading = FileReading(file="a.md")
    assert (read_noun(Article, table, reading) is None) == bool(reading.faults)


def test_dates_keep_their_moment_at_the_edges_of_summer_time() -> None:
    zone = ZoneInfo("America/Havana")  # where midnight is missing one day a year
    correction = read_noun(Correction, {"date": "2026-03-08", "text": "x"}, FileReading(file="a.md", zone=zone))
    assert correction
    assert correction.date.utcoffset() in (timedelta(hours=-5), timedelta(hours=-4))


def test_the_shipped_schemas_are_current() -> None:
    for name, schema in build_schemas().items():
        jsonschema.Draft202012Validator.check_schema(schema)
        shipped = json.loads((ROOT / "src/dispatch/schemas" / name).read_text("utf-8"))
        assert shipped == schema, "write them again with: python -m dispatch.schemas"


@pytest.mark.parametrize(
    "folder", [ROOT, *(path.parent for path in (ROOT / "tests/data").glob("*/dispatch.toml"))], ids=str
)
def test_the_sample_files_are_valid(folder: Path) -> None:
    for name, schema in build_schemas().items():
        file = folder / name.replace(".schema.json", ".toml")
        if file.exists():
            jsonschema.Draft202012Validator(schema).validate(tomllib.loads(file.read_text("utf-8")))


def test_the_schema_knows_what_is_wrong() -> None:
    schema = build_schemas()["dispatch.schema.json"]
    right = {"title": "T", "url": "https://a.example", "theme": {"accent": "#000000", "dark": {"ink": "#ffffff"}}}
    jsonschema.validate(right, schema)
    faults: list[dict[str, object]] = [
        {"titel": "x"},
        {"syndicate": {"default": "all"}},
        {"check": {"a.b": True}},
        {"theme": {"light": {}}},
    ]
    for wrong in faults:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(right | wrong, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({}, schema)


def test_every_key_is_described() -> None:
    for noun in (Publication, Article, Source):
        assert all(hint.__metadata__ for hint in noun.__annotations__.values())
    properties = build_schemas()["dispatch.schema.json"]["properties"]
    assert isinstance(properties, dict)
    assert all(value["description"] for value in properties.values())
