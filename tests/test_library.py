"""The library: every public name is there, and docs/reference/library.md names what there is and nothing else."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import dispatch
import nouns
from dispatch import config, errors, issues, model, publish
from dispatch.deferred import defer_names

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "reference" / "library.md").read_text("utf-8")
FILES = ("dispatch.toml", "authors.toml", "templates/")


def list_named() -> Iterator[tuple[str, str]]:
    """Each name of the table of modules, with the module that its line is about."""
    module = ""
    for line in re.findall(r"^\| (.*) \|$", PAGE, re.MULTILINE)[2:]:
        of, _, words = line.partition("|")
        module = of.strip(" `") or module
        yield module, ""
        for span in re.findall(r"`([^`]+)`", words):
            if span not in FILES:
                yield module, span.partition("(")[0]


def test_the_table_of_modules_has_names() -> None:
    named = list(list_named())
    assert ("dispatch.publish", "publish_site") in named
    assert len(named) > 50


@pytest.mark.parametrize(("module", "name"), list(list_named()))
def test_what_the_page_names_is_there(module: str, name: str) -> None:
    found: object = import_module(module)
    first, *more = name.split(".") if name else [""]
    if first:
        found = getattr(found, first, None) or getattr(dispatch, first)
    for part in more:
        found = getattr(found, part)


def test_the_page_lists_the_public_names() -> None:
    listed = re.findall(r"`(\w+)`", PAGE.partition("## Names")[2])
    assert sorted(listed) == sorted(dispatch.__all__)


def test_every_public_name_can_be_had_from_the_package() -> None:
    assert set(dispatch.__all__) <= set(dir(dispatch))
    for name in dispatch.__all__:
        assert getattr(dispatch, name) is not None
    star: dict[str, object] = {}
    exec("from dispatch import *", star)
    assert set(dispatch.__all__) <= set(star)


def test_every_noun_and_every_error_is_public() -> None:
    rooms = [import_module(f"dispatch.model.{room.name}") for room in iter_modules(model.__path__)]
    classes = {name: value for room in rooms for name, value in vars(room).items() if isinstance(value, type)}
    listed = {name for name, value in classes.items() if is_dataclass(value)} - {"AddressMark", "Key"}
    tree = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}
    assert listed | tree <= set(dispatch.__all__)


def test_no_other_name_can_be_had() -> None:
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        _ = dispatch.nothing_of_that_name  # type: ignore[attr-defined]


def test_the_package_itself_loads_nothing() -> None:
    program = "import sys, dispatch; print(*(name for name in sys.modules if name.startswith('dispatch')))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["dispatch"]


def test_the_docstring_names_stages_that_there_are() -> None:
    flow = re.search(r"^    (\w+(?: -> \w+)+)$", dispatch.__doc__ or "", re.MULTILINE)
    assert flow
    assert set(flow[1].split(" -> ")) <= set(dispatch.__all__)


def test_a_program_publishes_and_is_told_what_stopped_it(tmp_path: Path) -> None:
    root = config.create_publication(tmp_path / "letter", title="The Wire", url="https://wire.example").parent
    issues.create_issue(config.load(root), nouns.issue(nouns.article(), slug="defence"))
    seen: list[str] = []

    def watch(pages: Iterator[model.Page], count: int) -> Iterator[model.Page]:
        for page in pages:
            seen.append(page.kind)
            yield page
        assert len(seen) == count

    first = publish.publish_site(root / "issues", issue="def", progress=watch)
    assert (first.issue, first.stopped, len(first.changes)) == ("defence", False, first.count)
    assert {"front", "issue", "article", "feed"} <= set(seen)
    assert publish.publish_site(root).changes == ()

    article = root / "issues" / "defence" / "story-1.html"
    article.write_text(article.read_text("utf-8").replace("Ada 1", "Bea 1"), "utf-8")
    before = {path: path.read_bytes() for path in (root / "public").rglob("*") if path.is_file()}
    second = publish.publish_site(root)
    assert second.stopped
    assert {finding.rule for finding in second.findings} == {"ids.authors"}
    assert {path: path.read_bytes() for path in (root / "public").rglob("*") if path.is_file()} == before


def test_a_package_has_no_room_and_no_name_that_are_called_alike() -> None:
    with pytest.raises(ValueError, match="a room and a name file_sizes"):
        defer_names("dispatch.gather", file_sizes="file_sizes measure")
