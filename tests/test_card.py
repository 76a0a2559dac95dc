"""The picture that other sites show with a link to an issue that has none."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import nouns
from commands import run_dispatch
from dispatch.model import Publication
from dispatch.pictures import draw_card

WIRE = nouns.publication()


def read(title: str, publication: Publication = WIRE) -> Image.Image:
    picture = Image.open(BytesIO(draw_card(publication, title)))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    return picture.convert("RGB")


@pytest.mark.parametrize(
    "title",
    ["Week 48", "Straßenbahnfahrscheinautomaten: " * 6, "Łódź, Ærøskøbing, Αθήνα, Київ", "x" * 300, "مرحبا", ""],
)
def test_a_card_keeps_its_margins_and_its_colours(title: str) -> None:
    picture, colours = read(title), WIRE.theme.light
    paper, accent = Image.new("RGB", (1, 1), colours.paper).getpixel((0, 0)), colours.accent
    assert picture.getpixel((600, 5)) == Image.new("RGB", (1, 1), accent).getpixel((0, 0))
    for box in ((0, 40, 75, 630), (1125, 40, 1200, 630), (0, 600, 1200, 630)):
        assert picture.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), paper)]
    assert len(picture.crop((75, 40, 1125, 600)).getcolors(1000) or []) > 1


def test_another_title_name_or_theme_is_another_card() -> None:
    dark = replace(WIRE, theme=replace(WIRE.theme, light=WIRE.theme.dark))
    cards = [draw_card(WIRE, "One"), draw_card(WIRE, "Two"), draw_card(replace(WIRE, title="Other"), "One")]
    assert len({*cards, draw_card(dark, "One")}) == 4
    assert draw_card(WIRE, "One") == cards[0]


@given(title=st.text(max_size=60))
def test_any_title_has_a_card(title: str) -> None:
    read(title)


def test_it_is_in_the_site_and_made_once(tmp_path: Path) -> None:
    run_dispatch(
        tmp_path, "init", ".", "--title", "W", "--url", "https://wire.example", "--from", "W <desk@wire.example>"
    )
    run_dispatch(tmp_path, "issue", "new", "Week 48")
    link = ["--no-fetch", "--title", "T", "--url", "https://paper.example/t", "--author", "Ann Lee", "--source", "P"]
    run_dispatch(tmp_path, "add", *link, "--published", "2026-11-20")
    run_dispatch(tmp_path, "publish", "week-48", "--yes")
    card = tmp_path / "public" / "issues" / "week-48" / "card.png"
    page = card.with_name("index.html").read_text("utf-8")
    assert 'property="og:image" content="https://wire.example/issues/week-48/card.png"' in page
    before = card.stat()
    head = tmp_path / "issues" / "week-48" / "issue.md"
    head.write_text(head.read_text("utf-8").replace("---\n", "---\npreheader: What happened\n", 1), "utf-8")
    run_dispatch(tmp_path, "publish")
    assert (card.stat().st_ino, card.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    head.write_text(head.read_text("utf-8").replace("title: Week 48", "title: Week 49"), "utf-8")
    run_dispatch(tmp_path, "publish")
    assert card.stat().st_mtime_ns != before.st_mtime_ns
