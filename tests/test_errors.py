"""Errors: faults as data, wherever they pass through, and a line each when they are shown."""

import contextlib
import io
import pickle
import subprocess
import sys
import unicodedata

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dispatch import errors
from dispatch.cli import Commands, show_error
from dispatch.errors import DispatchError, GatherError, IssueError
from dispatch.model import Fault, Place

# Whatever ends a line, moves the cursor or cannot be written, in what somebody else has named.
WORDS = st.text(st.characters() | st.sampled_from("\n\r\t\v\f\x00\x1b\x1c\x85\u2028\u2029\u202e\udc80"), max_size=30)
PLACES = st.builds(Place, file=WORDS, address=WORDS, line=st.integers(0, 99), key=WORDS)
FAULTS = st.builds(Fault, what=WORDS, place=PLACES, hint=WORDS)

TREE = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, DispatchError)]


def shown(error: DispatchError) -> list[str]:
    """The lines that a person sees."""
    stream = io.StringIO()
    with contextlib.redirect_stderr(stream):
        show_error(error)
    return stream.getvalue().splitlines()


@given(st.lists(FAULTS, min_size=1, max_size=5))
def test_a_fault_is_one_line_whatever_it_quotes(faults: list[Fault]) -> None:
    lines = shown(IssueError(*faults))
    assert sum(line.startswith("Error: ") for line in lines) == len(faults)
    assert all(line.startswith(("Error: ", "Hint: ")) for line in lines)
    assert not [sign for line in lines for sign in line if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"}]


def test_a_fault_is_shown_with_its_place_and_a_hint_once_for_those_that_share_it() -> None:
    place = Place(file="a.md", line=3, key="title")
    error = IssueError(
        Fault(what="is empty", place=place, hint="Write one."),
        Fault(what="is empty", place=Place(file="b.md"), hint="Write one."),
        Fault(what="is a link", place=Place(file="c.md")),
        Fault(what="is empty", place=Place(file="d.md"), hint="Write one."),
    )
    assert shown(error) == [
        "Error: a.md:3: title: is empty",
        "Error: b.md: is empty",
        "Hint: Write one.",
        "Error: c.md: is a link",
        "Error: d.md: is empty",
        "Hint: Write one.",
    ]


def test_one_fault_is_raised_in_words() -> None:
    place = Place(file="a.md", line=3)
    assert IssueError("is a link", subject="a.md", hint="Put it there.").faults == (
        Fault(what="is a link", place=Place(file="a.md"), hint="Put it there."),
    )
    assert GatherError("does not answer", address="https://a.example/").faults == (
        Fault(what="does not answer", place=Place(address="https://a.example/")),
    )
    assert GatherError("is too large", subject=place, reason="too-many-parts").faults == (
        Fault(what="is too large", place=place, reason="too-many-parts"),
    )


@given(st.lists(FAULTS, min_size=1, max_size=3), PLACES)
def test_an_error_that_passes_on_faults_changes_nothing_but_their_place(faults: list[Fault], place: Place) -> None:
    passed = GatherError(*faults).within(place)
    assert type(passed) is GatherError
    assert [(fault.what, fault.hint) for fault in passed.faults] == [(fault.what, fault.hint) for fault in faults]
    assert all(fault.place == before.place.within(place) for fault, before in zip(passed.faults, faults, strict=True))


@pytest.mark.parametrize(
    ("inner", "outer", "place"),
    [
        (Place(), Place(file="a.md"), Place(file="a.md")),
        (Place(file="b.md", line=3), Place(file="a.md"), Place(file="b.md", line=3)),
        (
            Place(file="b.md", line=3, key="url"),
            Place(file="a.md", line=9, key="x"),
            Place(file="b.md", line=3, key="url"),
        ),
        (Place(address="https://a.example/"), Place(file="a.md", line=9), Place(address="https://a.example/")),
        (Place(line=3), Place(address="https://a.example/"), Place(address="https://a.example/", line=3)),
        (Place(line=3), Place(file="a.md", line=12), Place(file="a.md", line=14)),
        (Place(), Place(file="a.md", line=12), Place(file="a.md", line=12)),
        (Place(file="a.md", line=3), Place(), Place(file="a.md", line=3)),
        (Place(key="url"), Place(key="authors[1]"), Place(key="authors[1].url")),
        (
            Place(edition="feed.xml", article="a"),
            Place(half="text"),
            Place(edition="feed.xml", half="text", article="a"),
        ),
    ],
)
def test_what_was_found_in_a_text_lies_where_the_text_lies(inner: Place, outer: Place, place: Place) -> None:
    assert inner.within(outer) == place


@pytest.mark.parametrize("kind", TREE, ids=lambda kind: kind.__name__)
def test_an_error_is_pickled_whole(kind: type[DispatchError]) -> None:
    error = kind(Fault(what="is a link", place=Place(file="a.md", line=3)), Fault(what="is empty", hint="Write."))
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.faults) == (kind, error.faults)


class BusyError(DispatchError):
    exit_code = 75


@pytest.mark.parametrize(("kind", "code"), [(IssueError, 1), (BusyError, 75)])
def test_a_command_ends_with_the_exit_code_of_its_error(kind: type[DispatchError], code: int) -> None:
    @click.group(cls=Commands)
    @click.option("--debug", is_flag=True)
    def program(debug: bool) -> None:  # noqa: ARG001 - the group reads it
        raise kind("cannot be had", subject="dispatch.toml")

    result = CliRunner().invoke(program, ["check"])
    assert result.exit_code == code
    assert result.stderr == "Error: dispatch.toml: cannot be had\n"
    debugged = CliRunner().invoke(program, ["--debug", "check"])
    assert debugged.exit_code == code
    assert debugged.stderr.startswith("Traceback")
    assert debugged.stderr.endswith(f"{kind.__name__}: dispatch.toml: cannot be had\n{result.stderr}")


def test_the_errors_are_loaded_without_a_noun() -> None:
    program = "import sys, dispatch.errors; print(*(name for name in sys.modules if name.startswith('dispatch')))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(ran.stdout.split()) == {"dispatch", "dispatch.errors"}
