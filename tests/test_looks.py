"""The looks: one table of values, read by mail and pages alike, and what a publication says over it."""

import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

import nouns
from dispatch import config, looks
from dispatch.colours import measure_contrast
from dispatch.errors import ConfigError
from dispatch.model import PageKind, Theme
from dispatch.publish.publishing import publish_site

LOOKS = sorted(looks.load_looks())
WIRE = 'title = "The Wire"\nurl = "https://wire.example"\n[theme]\n'


def read_theme(folder: Path, lines: str) -> Theme:
    (folder / "dispatch.toml").write_text(WIRE + lines, encoding="utf-8")
    return config.load(folder).theme


def test_paper_is_what_the_nouns_begin_with() -> None:
    assert looks.load_look("paper") == Theme()


def test_every_look_has_every_value() -> None:
    assert {tuple(sorted(looks.load_looks()[name]["style"])) for name in LOOKS} == {  # type: ignore[call-overload]
        tuple(sorted(looks.load_looks()["paper"]["style"]))  # type: ignore[call-overload]
    }
    assert {looks.load_look(name).look for name in LOOKS} == set(LOOKS)


@pytest.mark.parametrize("name", LOOKS)
def test_every_colour_of_text_can_be_read(name: str) -> None:
    theme = looks.load_look(name)
    for mode in (theme.light, theme.dark):
        for ground in (mode.paper, mode.page):
            assert all(measure_contrast(getattr(mode, key), ground) >= 4.5 for key in ("ink", "soft", "accent"))


def test_a_publication_says_some_of_it_otherwise(tmp_path: Path) -> None:
    theme = read_theme(tmp_path, 'look = "signal"\naccent = "#7a1f5c"\nspacing = "wide"\nwidth = 640\n')
    signal = looks.load_look("signal")
    assert (theme.light.accent, theme.light.ink, theme.corner) == ("#7a1f5c", signal.light.ink, signal.corner)
    assert (theme.spacing, theme.width) == ("wide", 640)
    assert theme.dark.accent != signal.dark.accent
    assert measure_contrast(theme.dark.accent, theme.dark.paper) >= 6.5


def test_fonts_end_in_what_every_device_has(tmp_path: Path) -> None:
    theme = read_theme(tmp_path, 'serif = "Charter"\nsans = \'Inter, sans-serif\'\nheadline = "Oswald"\n')
    assert theme.serif == "Charter, Georgia, 'Times New Roman', serif"
    assert theme.sans == "Inter, sans-serif"
    assert theme.headline == "Oswald, Georgia, 'Times New Roman', serif"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('look = "fancy"', "theme.look"),
        ("width = 300", "theme.width"),
        ("corner = 41", "theme.corner"),
        ('spacing = "loose"', "theme.spacing"),
        ('header = "none.png"', "theme.header"),
        ('logo_dark = "none.png"', "theme.logo_dark"),
        ('headline = "url(x)"', "theme.headline"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(tmp_path: Path, line: str, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_theme(tmp_path, line)
    assert [fault.place and fault.place.key for fault in caught.value.faults] == [key]


def test_a_theme_that_is_no_table_is_told(tmp_path: Path) -> None:
    (tmp_path / "dispatch.toml").write_text('theme = "ink"\n' + WIRE.replace("[theme]", ""), encoding="utf-8")
    with pytest.raises(ConfigError, match="table"):
        config.load(tmp_path)


def test_what_the_settings_show_comes_into_the_public_folder(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    for name in ("logo.png", "pictures/night.png", "header.png", "ann.png", "unnamed.png"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "authors.toml").write_text('[ann]\nname = "Ann"\navatar = "ann.png"\n', encoding="utf-8")
    read_theme(tmp_path, 'logo = "logo.png"\nlogo_dark = "pictures/night.png"\nheader = "header.png"\n')
    publish_site(tmp_path)
    public = tmp_path / "public"
    shown = {path.relative_to(public).as_posix() for path in public.rglob("*.png")} - {"icon.png"}
    assert shown == {"logo.png", "pictures/night.png", "header.png", "ann.png", "card.png"}
    (tmp_path / "pictures" / "night.png").write_bytes(b"another")
    assert [change.path for change in publish_site(tmp_path).changes] == ["pictures/night.png"]
    assert (public / "pictures" / "night.png").read_bytes() == b"another"


def test_links_and_footer_stand_under_mail_text_and_pages() -> None:
    words = '<p>Printed on <a href="https://wire.example/paper">slow paper</a>.</p>'
    publication = nouns.publication(
        links={"Mastodon": "https://social.example/@wire?a=1&b=2", "Site": "https://wire.example/"},
        email=replace(nouns.publication().email, footer=words),
    )
    mail, plain, page = (nouns.body(name, nouns.issue(), publication).decode() for name in ("email", "text", "web"))
    assert 'href="https://social.example/@wire?a=1&amp;b=2"' in mail
    assert "slow paper</a>" in mail
    assert "\nMastodon\nhttps://social.example/@wire?a=1&b=2\n" in plain
    assert "Printed on slow paper.\nhttps://wire.example/paper\n" in plain
    assert '<a href="https://social.example/@wire?a=1&amp;b=2" rel="me">Mastodon</a>' in page
    assert "slow paper" not in page


def test_no_page_is_dressed_as_a_part_of_one() -> None:
    """The class of a page is its kind: “section” is a page, and the label over a section of one."""
    sheet = (nouns.ROOT / "templates" / "web.css").read_text("utf-8")
    own = [line for line in sheet.splitlines() if re.match(rf"\s*\.({'|'.join(get_args(PageKind))}) \{{", line)]
    assert own == []
