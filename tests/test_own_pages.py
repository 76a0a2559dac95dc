"""Pages of the publication's own: files of the folder pages/, in the site, its masthead, its search and its sitemap."""

from pathlib import Path

import pytest

from dispatch import config
from dispatch.errors import ConfigError
from dispatch.publish import publish_site
from dispatch.readers.own_page import RESERVED

ABOUT = """---
title: About us
description: Who makes this
---
We are two. <script>alert(1)</script>

## How to reach us

[The archive](archive/), ![a desk](pictures/desk.png)
"""


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example")
    (tmp_path / "pages").mkdir()
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "desk.png").write_bytes(b"a picture")
    (tmp_path / "pages" / "about.md").write_text(ABOUT, "utf-8")
    return tmp_path


def write(letter: Path, name: str, text: str) -> None:
    (letter / "pages" / name).write_text(text, "utf-8")


def faults(letter: Path) -> list[tuple[str, int, str]]:
    with pytest.raises(ConfigError) as caught:
        config.load(letter)
    return [(fault.place.file, fault.place.line, fault.what) for fault in caught.value.faults if fault.place]


def test_it_is_in_the_site_and_every_page_leads_to_it(letter: Path) -> None:
    write(letter, "imprint.md", "---\ntitle: Imprint\nmenu: foot\n---\nOne street.\n")
    write(letter, "thanks.md", "---\ntitle: Thanks\nmenu: none\n---\nYou are in.\n")
    publish_site(letter)
    public = letter / "public"
    page = (public / "about" / "index.html").read_text("utf-8")
    assert "<h1>About us</h1>" in page
    assert "<h2" in page
    assert "alert(1)" not in page
    assert 'content="Who makes this"' in page
    assert 'src="../pictures/desk.png"' in page
    assert (public / "pictures" / "desk.png").read_bytes() == b"a picture"
    front = (public / "index.html").read_text("utf-8")
    top, foot = front.partition("<main")[0], front.partition("<footer")[2]
    assert 'href="about/"' in top
    assert 'href="imprint/"' in foot
    assert "thanks/" not in front
    sitemap = (public / "sitemap.xml").read_text("utf-8")
    assert all(f"https://wire.example/{name}/</loc>" in sitemap for name in ("about", "imprint", "thanks"))


def test_a_change_of_its_words_changes_it_alone_and_one_of_its_title_every_page(letter: Path) -> None:
    publish_site(letter)
    write(letter, "about.md", ABOUT.replace("two", "three"))
    assert [change.path for change in publish_site(letter).changes] == ["about/index.html"]
    write(letter, "about.md", ABOUT.replace("About us", "Who we are"))
    assert "index.html" in [change.path for change in publish_site(letter).changes]
    (letter / "pages" / "about.md").unlink()
    publish_site(letter)
    assert not (letter / "public" / "about").exists()


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_an_address_of_other_pages_is_told(letter: Path, name: str) -> None:
    write(letter, f"{name}.md", "---\ntitle: X\n---\n")
    assert faults(letter) == [(f"pages/{name}.md", 0, f"“{name}” is the address of other pages")]


def test_what_is_wrong_is_told_with_file_and_line(letter: Path) -> None:
    write(letter, "about.md", "---\ntitle: About\ntitel: x\n---\n![a](gone.png)\n")
    write(letter, "no title.md", "Words")
    write(letter, "untitled.md", "Words")
    told = faults(letter)
    assert [file for file, _, _ in told] == ["pages/about.md", "pages/no title.md", "pages/untitled.md"]
    assert told[0][1] == 3
    write(letter, "about.md", "---\ntitle: About\n---\n![a](gone.png)\n")
    assert ("pages/about.md", 0, "there is no file “gone.png” beside dispatch.toml") in faults(letter)


def test_nothing_private_comes_into_the_site(letter: Path) -> None:
    (letter / ".dispatch").mkdir()
    (letter / ".dispatch" / "a.png").write_bytes(b"private")
    write(letter, "about.md", "---\ntitle: About\n---\n![a](.dispatch/a.png) ![b](dispatch.toml)\n")
    publish_site(letter)
    assert not (letter / "public" / ".dispatch").exists()
    assert not (letter / "public" / "dispatch.toml").exists()
