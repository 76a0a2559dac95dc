"""One way in to every format; the same issue is the same bytes wherever and whenever it is rendered."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import nouns
from dispatch import render
from dispatch.errors import RenderError
from dispatch.formats import FORMATS
from dispatch.model import Author, Source
from thorough import scale

ELSEWHERE = [
    {"TZ": "Pacific/Kiritimati", "LC_ALL": "de_DE.UTF-8", "LANG": "ar", "PYTHONHASHSEED": "1"},
    {"TZ": "America/St_Johns", "LC_ALL": "C", "LANGUAGE": "fr", "PYTHONHASHSEED": "4242"},
    {"LC_ALL": "POSIX", "PYTHONHASHSEED": "77", "PYTHONOPTIMIZE": "1", "NO_COLOR": "1", "COLUMNS": "20"},
]

PROGRAM = """
import hashlib, json, sys
import nouns
issue = nouns.issue(nouns.rich(1), nouns.rich(2, language="ar"), nouns.article(3, published=None))
for code in ("en", "de", "hi"):
    editions = nouns.bodies(issue, nouns.publication(language=code))
    print(json.dumps({name: hashlib.sha256(body).hexdigest() for name, body in editions.items()}))
"""


def digests(folder: Path, environment: dict[str, str]) -> str:
    paths = os.pathsep.join(str(path) for path in (nouns.ROOT / "src", nouns.ROOT / "tests"))
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def test_the_same_bytes_in_another_zone_locale_hash_seed_and_folder(tmp_path: Path) -> None:
    here = digests(nouns.ROOT, {"TZ": "UTC", "PYTHONHASHSEED": "0"})
    assert len(here.splitlines()) == 3
    for number, environment in enumerate(ELSEWHERE[: scale(3)]):
        folder = tmp_path / f"folder {number}"
        folder.mkdir()
        assert digests(folder, environment) == here


def test_rendering_leaves_nothing_behind() -> None:
    """An edition has the same bytes whatever the process has rendered before it, of this issue or of another."""
    issue = nouns.issue(nouns.rich(1), nouns.article(2))
    first = nouns.bodies(issue)
    other = nouns.issue(nouns.article(1, title="Another", authors=()), nouns.rich(2), id="tag:wire.example,2025:other")
    assert nouns.bodies(other, nouns.publication(title="The Cable", language="de")) != first
    assert nouns.bodies(issue) == first


def test_an_edition_says_what_it_is() -> None:
    editions = {
        name: render.render_edition(nouns.issue(nouns.article()), nouns.publication(), name) for name in FORMATS
    }
    assert {name: (edition.media_type, edition.path) for name, edition in editions.items()} == {
        "rss": ("application/rss+xml", "feed.xml"),
        "atom": ("application/atom+xml", "feed.atom"),
        "json": ("application/feed+json", "feed.json"),
        "email": ("text/html", "email.html"),
        "text": ("text/plain", "email.txt"),
        "eml": ("message/rfc822", "email.eml"),
        "web": ("text/html", "index.html"),
    }
    json.loads(editions["json"].body)
    assert hashlib.sha256(editions["web"].body).digest()


def test_every_edition_ends_with_a_line_end() -> None:
    for name, octets in nouns.bodies(nouns.issue(nouns.article())).items():
        assert octets.endswith(b"\n"), name


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(RenderError, match="no format “pdf”") as caught:
        render.render_edition(nouns.issue(), nouns.publication(), "pdf")
    assert "rss, atom, json, email, text, eml, web" in caught.value.faults[0].hint


@pytest.mark.parametrize("format", FORMATS)
def test_an_article_without_a_title_is_named(format: str) -> None:  # noqa: A002
    with pytest.raises(RenderError, match="no title") as caught:
        nouns.body(format, nouns.issue(nouns.article(1), nouns.article(2, title=" ")))
    assert caught.value.faults[0].place.file == "issues/defence/story-2.html"


@pytest.mark.parametrize("format", ["rss", "atom"])
def test_a_character_that_xml_forbids_is_an_error_and_not_half_a_feed(format: str) -> None:  # noqa: A002
    with pytest.raises(RenderError, match="cannot be rendered") as caught:
        nouns.body(format, nouns.issue(nouns.article(authors=(Author(name="A\x00da"),))))
    assert caught.value.faults[0].place.address == "defence"


def test_only_a_message_has_somebody_to_go_to() -> None:
    issue = nouns.issue(nouns.article())
    assert nouns.body("email", issue, to="a@reader.example") == nouns.body("email", issue)
    assert b"To: a@reader.example\r\n" in nouns.body("eml", issue, to="a@reader.example")


@pytest.mark.parametrize(
    ("language", "name", "shown"),
    [
        ("en", "فاطمة", "\u2068فاطمة\u2069"),
        ("en", "Ada Lane", "Ada Lane"),
        ("ar", "Ada Lane", "\u2068Ada Lane\u2069"),
        ("ar", "فاطمة", "فاطمة"),
    ],
)
def test_a_name_in_plain_text_does_not_take_the_date_along(language: str, name: str, shown: str) -> None:
    issue = nouns.issue(nouns.article(authors=(Author(name=name),), source=Source()))
    body = nouns.body("text", issue, nouns.publication(language=language)).decode()
    (line,) = (line for line in body.splitlines() if name in line)
    assert shown in line
    assert ("\u2068" in line) == ("\u2068" in shown)
