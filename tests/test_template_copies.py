"""One part of the look overridden, upgraded, compared."""

from pathlib import Path

import pytest

from commands import run_dispatch
from dispatch import config, template_copies
from dispatch.errors import ConfigError

FOOT = "foot.html"


@pytest.fixture
def wire(tmp_path: Path) -> Path:
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example")
    return tmp_path


def test_a_copied_part_is_changed_and_the_rest_stays(wire: Path) -> None:
    printed = run_dispatch(wire, "template", "copy", FOOT)
    assert printed.stdout == "templates/foot.html\n"
    assert config.load(wire).own_templates == frozenset()  # as long as it is the same, it needs no sandbox
    path = wire / "templates" / FOOT
    path.write_text(path.read_text("utf-8").replace("</footer>", "<p>Set in lead.</p>\n</footer>"), encoding="utf-8")
    assert config.load(wire).own_templates == {FOOT}
    run_dispatch(wire, "publish")
    assert "<p>Set in lead.</p>" in (wire / "public" / "index.html").read_text("utf-8")


def test_what_a_later_default_changed_is_shown_whatever_the_copy_says(wire: Path) -> None:
    run_dispatch(wire, "template", "copy", FOOT)
    nothing = run_dispatch(wire, "template", "diff")
    assert (nothing.stdout, "Nothing has changed" in nothing.stderr) == ("", True)
    kept = wire / "templates" / ".default" / FOOT
    now = kept.read_text("utf-8")
    kept.write_text(now.replace("<footer", "<div><footer"), encoding="utf-8")  # as an older release had it
    (wire / "templates" / FOOT).write_text("<footer>Mine.</footer>\n", encoding="utf-8")
    listed = run_dispatch(wire, "template", "list").stdout.splitlines()
    assert [line.split()[1] for line in listed if line[0] in "!+"] == [FOOT]
    assert any(line.startswith("! foot.html") for line in listed)
    lines = run_dispatch(wire, "template", "diff", FOOT).stdout.splitlines()
    assert lines[:2] == ["--- templates/.default/foot.html", "+++ default/foot.html"]
    changed = [line for line in lines[2:] if line[0] in "+-"]
    assert [line[0] for line in changed] == ["-", "+"]
    assert "<div><footer" in changed[0]
    assert "Mine." not in "".join(lines)
    run_dispatch(wire, "template", "diff", FOOT, "--seen")
    assert run_dispatch(wire, "template", "diff").stdout == ""
    assert kept.read_text("utf-8") == now


def test_a_copy_that_was_made_by_hand_is_compared_itself(wire: Path) -> None:
    (wire / "templates").mkdir()
    (wire / "templates" / FOOT).write_text("<footer>Mine.</footer>\n", encoding="utf-8")
    assert "-<footer>Mine.</footer>" in template_copies.compare_template(wire, FOOT).splitlines()


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["copy", "fot.html"], "did you mean “foot.html”"),
        (["copy", "../dispatch.toml"], "no template of that name"),
        (["copy", "line.html"], "of your own already"),
        (["diff", FOOT], "no template of your own"),
    ],
)
def test_what_cannot_be_is_told(wire: Path, words: list[str], what: str) -> None:
    (wire / "templates").mkdir()
    (wire / "templates" / "line.html").write_text("mine\n", encoding="utf-8")
    printed = run_dispatch(wire, "template", *words, code=1)
    assert what in printed.stderr
    assert (wire / "templates" / "line.html").read_text("utf-8") == "mine\n"


def test_every_default_template_says_what_it_renders(wire: Path) -> None:
    silent = [one.name for one in template_copies.list_templates(wire) if not one.about]
    assert [name for name in silent if name.endswith((".mjml", ".html", ".txt"))] == []


def test_a_template_that_is_a_link_is_not_followed(wire: Path) -> None:
    (wire / "templates").mkdir()
    (wire / "templates" / FOOT).symlink_to(wire / "dispatch.toml")
    with pytest.raises(ConfigError):
        template_copies.compare_template(wire, FOOT)
