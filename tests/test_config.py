"""The publication's folder: found, read whole, every fault at once; and made anew without losing anything."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import colours, config
from dispatch.errors import ConfigError
from dispatch.model import DARK, Author, Fault, Place
from thorough import scale

LEAST = 'title = "The Wire"\nurl = "https://wire.example/"\n'


def folder(root: Path, text: str = "", authors: str = "") -> Path:
    (root / "dispatch.toml").write_text(LEAST + text, "utf-8")
    if authors:
        (root / "authors.toml").write_text(authors, "utf-8")
    return root


def faults(root: Path) -> tuple[Fault, ...]:
    with pytest.raises(ConfigError) as caught:
        config.load(root)
    return caught.value.faults


def test_it_is_found_upwards(tmp_path: Path) -> None:
    folder(tmp_path)
    inner = tmp_path / "issues" / "one"
    inner.mkdir(parents=True)
    assert config.find_publication(inner) == tmp_path.resolve()
    assert config.load(inner).root == tmp_path.resolve()


def test_where_there_is_none_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        config.find_publication(tmp_path)
    assert "dispatch init" in caught.value.faults[0].hint


def test_the_least_that_works(tmp_path: Path) -> None:
    publication = config.load(folder(tmp_path))
    assert (publication.title, publication.url) == ("The Wire", "https://wire.example")
    assert publication.templates["web.html"]
    assert (publication.syndicate.default, publication.feeds.entries) == ("excerpt", 50)


def test_everything(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"")
    publication = config.load(
        folder(
            tmp_path,
            """
timezone = "Europe/Berlin"
sections = "Europe"
[email]
from = "The Wire <desk@wire.example>"
unsubscribe = "mailto:leave@wire.example"
[theme]
accent = "#123456"
logo = "logo.png"
[theme.dark]
paper = "#000000"
[check]
"email.postal-address" = { off = "we are a private list" }
[[sources]]
key = "paper"
title = "The Paper"
words = 80
""",
            '[ann]\nname = "Ann"\navatar = "ann.png"\n',
        )
    )
    assert publication.sections == ("Europe",)
    assert publication.email.sender == "The Wire <desk@wire.example>"
    assert publication.email.unsubscribe == ("mailto:leave@wire.example",)
    assert publication.check == {"email.postal-address": "we are a private list"}
    assert publication.sources[0].excerpt_words == 80
    assert publication.authors == {"ann": Author(name="Ann", avatar="https://wire.example/ann.png")}
    assert publication.theme.logo == "https://wire.example/logo.png"
    assert (publication.theme.dark.paper, publication.theme.dark.ink) == ("#000000", DARK.ink)
    assert colours.measure_contrast(publication.theme.dark.accent, "#000000") >= 6.5


def test_all_faults_of_all_files_are_told_with_their_lines(tmp_path: Path) -> None:
    folder(
        tmp_path,
        """
lang = "en"
language = "english language"
timezone = "Europe/Berln"
[email]
from = "desk"
unsubscribe = ["http://wire.example/leave"]
[syndicate]
default = "all"
words = 0
[theme]
accent = "red"
serif = "Georgia; } body {"
logo = "none.png"
[check]
"links.relative" = false
"links.short" = { off = "" }
[[sources]]
key = "a"
[[sources]]
key = "a"
url = "paper.example"
""",
        '[Ann]\nname = "x"\n[bob]\nnam = "Bob"\n',
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "web.html").write_bytes(b"\n\xff")
    found = {str(fault.place): fault.what for fault in faults(tmp_path)}
    assert found.keys() == {
        "authors.toml:1: Ann",
        "authors.toml:3: bob.name",
        "authors.toml:4: bob.nam",
        "templates/web.html:2",
        "dispatch.toml:4: lang",
        "dispatch.toml:5: language",
        "dispatch.toml:6: timezone",
        "dispatch.toml:8: email.from",
        "dispatch.toml:9: email.unsubscribe[1]",
        "dispatch.toml:11: syndicate.default",
        "dispatch.toml:12: syndicate.words",
        "dispatch.toml:14: theme.accent",
        "dispatch.toml:15: theme.serif",
        "dispatch.toml:18: check.links.relative",
        "dispatch.toml:19: check.links.short",
        "dispatch.toml:24: sources[2].url",
    }
    assert found["authors.toml:4: bob.nam"] == "unknown key, did you mean “name”?"
    assert "Europe/Berlin" in found["dispatch.toml:6: timezone"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[theme]\nlogo = 'none.png'", Place(line=4, key="theme.logo")),
        ("[theme]\nlogo = 'javascript:alert(1)'", Place(line=4, key="theme.logo")),
        ("[theme]\nlogo = 'data:image/png;base64,AA'", Place(line=4, key="theme.logo")),
        ("[[sources]]\nkey = 'a'\n[[sources]]\nkey = 'a'", Place(line=6, key="sources[2].key")),
        ("title = 'twice'\n", Place(line=3)),
        ("title = 2026-13-45\n", Place(line=3)),
        ("x = [" + "[" * 5000, Place()),
        # A line is said only where it is certain.
        ('description = """\nwhy = 1\n"""\nlanguage = """\nlanguage = """\n', Place(key="language")),
    ],
)
def test_a_single_fault_has_its_line_and_its_key(tmp_path: Path, text: str, place: Place) -> None:
    (found,) = faults(folder(tmp_path, text))
    assert found.place == replace(place, file="dispatch.toml")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///ann.png", "data:image/png,x", "mailto:a@b.example"]
)
def test_a_portrait_of_the_registry_is_a_file_or_on_the_web(tmp_path: Path, address: str) -> None:
    (tmp_path / "authors.toml").write_text(f'[ann]\nname = "Ann"\navatar = "{address}"\n', "utf-8")
    (found,) = faults(folder(tmp_path))
    assert found.place == Place(file="authors.toml", line=3, key="ann.avatar")
    assert found.what.startswith("must be a web address, as https://wire.example/a.png, or the name of a file, not")


def test_its_own_templates_win_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "templates" / "parts").mkdir(parents=True)
    (tmp_path / "templates" / "web.html").write_text("mine", "utf-8")
    (tmp_path / "templates" / "parts" / "more.html").write_text("more", "utf-8")
    (tmp_path / "templates" / ".web.html.swp").write_bytes(b"\xff")
    templates = config.load(folder(tmp_path)).templates
    assert (templates["web.html"], templates["parts/more.html"]) == ("mine", "more")
    assert templates["email.mjml"]
    assert not any(name.startswith(".") for name in templates)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_nothing_is_read_through_a_link(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x", "utf-8")
    root = tmp_path / "letter"
    (root / "templates").mkdir(parents=True)
    (root / "templates" / "web.html").symlink_to(secret)
    (found,) = faults(folder(root))
    assert found.place == Place(file="templates/web.html")


@given(st.text(max_size=30), st.text(max_size=10), st.text(max_size=20))
@settings(suppress_health_check=list(HealthCheck), max_examples=scale(60))
def test_a_new_publication_says_what_it_was_told_or_is_not_made(
    tmp_path: Path, title: str, language: str, sender: str
) -> None:
    root = tmp_path / str(len(list(tmp_path.iterdir())))
    try:
        path = config.create_publication(
            root, title=title, url="https://wire.example", language=language, sender=sender
        )
    except ConfigError:
        assert not root.exists()
        return
    publication = config.load(path.parent)
    assert (publication.title, publication.language, publication.email.sender) == (title, language, sender)


def test_a_new_publication_completes_itself_and_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n", "utf-8")
    path = config.create_publication(tmp_path, title='The "Wire"', url="https://wire.example")
    assert config.load(tmp_path).title == 'The "Wire"'
    assert (tmp_path / ".gitignore").read_text("utf-8") == "mine\n"
    for name in ("dispatch.toml", "authors.toml"):
        text = (tmp_path / name).read_text("utf-8")
        pointed = re.match(r"#:schema (\S+)\n", text)
        assert pointed
        assert (tmp_path / pointed[1]).is_file()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="a publication already"):
        config.create_publication(tmp_path, title="Other", url="https://wire.example")
    assert path.read_bytes() == before


def test_every_commented_key_of_a_new_publication_works(tmp_path: Path) -> None:
    path = config.create_publication(tmp_path, title="T", url="https://wire.example")
    (tmp_path / "logo.png").write_bytes(b"")
    text = re.sub(r"^# (?=[\[a-z_]+(?:\]| =))", "", path.read_text("utf-8"), flags=re.MULTILINE)
    path.write_text(text, "utf-8")
    publication = config.load(tmp_path)
    assert (publication.sources[0].key, publication.email.sender) == ("paper", "The Wire <desk@wire.example>")
    assert publication.theme.logo.endswith("/logo.png")


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.sampled_from([DARK.paper, "#000000", DARK.page]))
def test_a_lightened_colour_can_be_read(colour: str, paper: str) -> None:
    assert colours.measure_contrast(colours.lighten_colour(colour, paper, wanted=6.5), paper) >= 6.5


def test_contrast_is_that_of_the_guidelines() -> None:
    assert colours.measure_contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.measure_contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_a_rule_that_is_not_there_cannot_be_switched_off(tmp_path: Path) -> None:
    folder(tmp_path, '[check]\n"email.postal-adress" = { off = "a private list" }\n')
    (fault,) = faults(tmp_path)
    assert fault.place == Place(file="dispatch.toml", line=4, key="check.email.postal-adress")
    assert "email.postal-address" in fault.what


def test_a_language_that_there_is_not_is_a_fault_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        config.create_publication(tmp_path, title="T", url="https://wire.example", language="germn")
    (fault,) = caught.value.faults
    assert fault.place == Place(file="dispatch.toml", line=7, key="language")
    assert "“de”" in fault.hint
    assert list(tmp_path.iterdir()) == []
    config.create_publication(tmp_path, title="T", url="https://wire.example", language="de-AT")
    assert config.load(tmp_path).language == "de-AT"


def test_a_file_that_is_no_text_lacks_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "dispatch.toml").write_bytes(b'title = "\xff"\n')
    (fault,) = faults(tmp_path)
    assert fault.place == Place(file="dispatch.toml", line=1)
    assert fault.hint


def test_delivery_is_read_and_holds_no_secret(tmp_path: Path) -> None:
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example")
    path = tmp_path / "dispatch.toml"
    before = path.read_text()
    path.write_text(
        before + '\n[delivery]\nsmtp = "smtps://me%40wire@mail.example:465"\nrate = "300/min"\n'
        'bounces = "bounces@wire.example"\ntest = ["desk@wire.example"]\n'
    )
    read = config.load(tmp_path).delivery
    assert (read.smtp, read.rate, read.connections, read.unknown) == (
        "smtps://me%40wire@mail.example:465",
        "300/min",
        4,
        "hold",
    )
    path.write_text(
        before + '\n[delivery]\nsmtp = "smtps://me:secret@mail.example:465"\nconnections = 99\nrate = "fast"\n'
    )
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path)
    assert [fault.place.key for fault in caught.value.faults] == [
        "delivery.smtp",
        "delivery.connections",
        "delivery.rate",
    ]
    assert "DISPATCH_SMTP_PASSWORD" in caught.value.faults[0].what
