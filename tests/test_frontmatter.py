"""Front matter: read as it stands, edited without a trace elsewhere, written so that every tool reads the same."""

from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import frontmatter
from dispatch.errors import IssueError
from thorough import scale

DATA = Path(__file__).parent / "data" / "frontmatter"

# Any text that the door lets through: what XML 1.0 calls a character.
TEXT = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
        st.sampled_from("\n\t\r \"'#:-?,[]{}&*!|>%@`\\\ufeff\x85\u2028\u20290147no~"),
    ),
    max_size=40,
)
NAME = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)
VALUE = st.recursive(
    TEXT, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=3), max_leaves=6
)
FILE = st.dictionaries(NAME, VALUE, max_size=5)


def front(*lines: str) -> str:
    return "\n".join(["---", *lines, "---", "Body\n"])


def test_values_are_the_text_that_stands_there() -> None:
    read = frontmatter.parse_front_matter(
        front(
            "no: no", "n: 007", "date: 2026-11-22", "dek:", 'empty: ""', "tags: [yes, ~, 1.0]", "long: >-", "  a", "  b"
        )
    )
    assert read.data == {
        "no": "no",
        "n": "007",
        "date": "2026-11-22",
        "dek": None,
        "empty": "",
        "tags": ["yes", "~", "1.0"],
        "long": "a b",
    }
    assert read.body == "Body\n"


def test_lines_are_those_of_the_file() -> None:
    lines = ["title: x", "", "sections:", "  - title: a", "    articles:", "      - one", "      - two"]
    read = frontmatter.parse_front_matter(front(*lines))
    assert read.lines["sections[1].articles[2]"] == 8
    assert read.lines["title"] == 2


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (["a: 1", "b: 2", "a: 3"], "a.md:4: the key “a” occurs twice"),
        (["a: {b: 1, b: 2}"], "a.md:2: the key “b” occurs twice"),
        (["a: &x 1"], "a.md:2: anchors"),
        (["a: *x"], "a.md:2: aliases"),
        (["a: !!python/object:os.system x"], "a.md:2: tags"),
        (["a: [1"], r"a.md:3: is not YAML: did not find expected .* while parsing a flow sequence"),
        (["title: A colon: here"], "a.md:2: is not YAML"),
        (["just words"], "a.md:2: this line has no key"),
        (["? [a, b]", ": c"], "a.md:2: a key must be a text"),
        (["a: " + "[" * 40 + "]" * 40], "a.md:2: is nested more than 32"),
        (["a: 1", "--- {b: 2}"], "a.md:3: a second document"),
        (["a: \x07"], "a.md:2: the character U\\+0007"),
        (["a: " + "x" * 65536], "larger than 64 KiB"),
    ],
)
def test_what_is_refused_and_where(lines: list[str], what: str) -> None:
    with pytest.raises(IssueError, match=what):
        frontmatter.parse_front_matter(front(*lines), file="a.md")


@pytest.mark.parametrize("letter", ["x", "ä", "\U0001f4ee"])
def test_front_matter_has_64_kib_and_no_more(letter: str) -> None:
    head = front("a: ").split("---\n")[1].removesuffix("\n")
    room = 65536 - len(head.encode() + b"\n")
    some = letter * (room // len(letter.encode()))
    full = some + "y" * (room - len(some.encode()))
    assert frontmatter.parse_front_matter(front(f"a: {full}")).data == {"a": full}
    with pytest.raises(IssueError, match="larger than 64 KiB"):
        frontmatter.parse_front_matter(front(f"a: {full}y"))


def test_toml_keeps_its_own_types() -> None:
    read = frontmatter.parse_front_matter('+++\r\ntitle = "x"\r\nnumber = 7\r\n+++\r\nBody')
    assert (read.data, read.body) == ({"title": "x", "number": 7}, "Body")
    with pytest.raises(IssueError, match="not TOML"):
        frontmatter.parse_front_matter("+++\ntitle = \n+++\n")
    with pytest.raises(IssueError, match="cannot edit TOML"):
        frontmatter.edit_front_matter('+++\ntitle = "x"\n+++\n', {"title": "y"})


def test_a_key_that_yaml_cannot_hold_is_refused() -> None:
    """A key ends within 1024 characters (YAML 1.2.2, section 7.4.2)."""
    with pytest.raises(IssueError, match="cannot be edited safely"):
        frontmatter.edit_front_matter(front("a: 1"), {"k" * 1100: "x"})


@pytest.mark.parametrize("text", ["Body", "---\nno end", "----\na: b\n---\n", "", "# ---\n---\n---\n"])
def test_without_front_matter_all_is_body(text: str) -> None:
    assert frontmatter.parse_front_matter(text).body == text
    assert frontmatter.parse_front_matter("\ufeff" + text).body == text
    assert frontmatter.edit_front_matter("\ufeff" + text, {"a": "1"}) == f'\ufeff---\na: "1"\n---\n{text}'


def test_what_has_no_value_leaves_no_space_at_the_end_of_a_line() -> None:
    data: dict[str, frontmatter.Value] = {
        "a": None,
        "b": ["", None, "x "],
        "c": {},
        "d": [],
        "e": [{}],
        "f": {"g": None},
    }
    assert frontmatter.format_front_matter(data, "x").splitlines() == (
        ["---", "a:", "b:", '  - ""', "  -", '  - "x "', "c: {}", "d: []", "e:", "  - {}", "f:", "  g:", "---", "x"]
    )


@given(FILE, TEXT)
@settings(max_examples=scale(300))
def test_what_is_composed_is_read_back(data: dict[str, frontmatter.Value], body: str) -> None:
    text = frontmatter.format_front_matter(data, body)
    read = frontmatter.parse_front_matter(text)
    assert (read.data, read.body) == (data, body)
    if "\x85" not in text and "\u2028" not in text and "\u2029" not in text and "\ufeff" not in text:
        assert yaml.safe_load(frontmatter.split_front_matter(text)[0]) == (data or None)


@given(FILE, st.dictionaries(NAME, st.none() | VALUE, max_size=3), TEXT, st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(max_examples=scale(300))
def test_an_edit_says_what_is_wanted_and_leaves_the_rest(
    data: dict[str, frontmatter.Value], changes: dict[str, frontmatter.Value], body: str, end: str, mark: bool
) -> None:
    head, _, rest = frontmatter.format_front_matter(data, "").rpartition("---\n")
    text = "\ufeff" * mark + (head + "# the end\n---\n").replace("\n", end) + body + rest
    edited = frontmatter.edit_front_matter(text, changes)
    read = frontmatter.parse_front_matter(edited)
    wanted = {key: value for key, value in (data | changes).items() if value is not None}
    assert (read.data, read.body) == (wanted, body)
    assert "# the end" + end in edited
    for key, value in data.items():
        if key not in changes:
            own = "".join(line + end for line in frontmatter.dump.dump_mapping({key: value}))
            assert own in edited
    if wanted == data:
        assert edited == text


@pytest.mark.parametrize("case", sorted(path.name for path in DATA.iterdir()))
def test_edits_as_a_person_would_make_them(case: str) -> None:
    """Each folder: before.md, after.md, and in change.yaml what was changed (a key without a value is removed)."""
    folder = DATA / case
    changes = frontmatter.parse_front_matter("---\n" + (folder / "change.yaml").read_text("utf-8") + "---\n").data
    before = (folder / "before.md").read_bytes().decode("utf-8")
    order = ("id", "url", "title", "dek", "authors", "source", "note")
    edited = frontmatter.edit_front_matter(before, changes, order=order)  # type: ignore[arg-type]
    assert edited.encode("utf-8") == (folder / "after.md").read_bytes()


@pytest.mark.parametrize("key", ["id", "key", "title", "name", "url", "date"])
def test_an_item_is_known_again_by(key: str) -> None:
    """Turned round, with another text each, both keep what stands beside them and how they are written."""
    before = front("list:", f"- {key}: 'a'   # one", "  text: x", f"- {key}: b", "  text:   'y'   # two")
    after = front("list:", f"- {key}: b", "  text:   'z'   # two", f"- {key}: 'a'   # one", "  text: w")
    assert frontmatter.edit_front_matter(before, {"list": [{key: "b", "text": "z"}, {key: "a", "text": "w"}]}) == after


@pytest.mark.parametrize(("first", "then"), list(pairwise(["id", "key", "title", "name", "url", "date"])))
def test_what_tells_items_apart_more_surely_comes_first(first: str, then: str) -> None:
    before = front("list:", f"- {first}: 'a'   # one", f"  {then}: ann", f"- {first}: b", f"  {then}:   'bo'   # two")
    after = front("list:", f"- {first}: b", f"  {then}:   'ann'   # two", f"- {first}: 'a'   # one", f"  {then}: bo")
    assert (
        frontmatter.edit_front_matter(before, {"list": [{first: "b", then: "ann"}, {first: "a", then: "bo"}]}) == after
    )


@pytest.mark.parametrize("key", ["text", "bio", "role"])
def test_an_item_is_not_known_again_by(key: str) -> None:
    before = front("list:", f"- {key}: 'a'   # one", "  more: x", f"- {key}: b", "  more: y")
    after = front("list:", f"- {key}: 'b'   # one", "  more: z", f"- {key}: a", "  more: w")
    assert frontmatter.edit_front_matter(before, {"list": [{key: "b", "more": "z"}, {key: "a", "more": "w"}]}) == after


@pytest.mark.parametrize("times", [1, 2])
def test_a_comment_goes_along_into_another_list_when_it_can_be_only_that_one(times: int) -> None:
    before = front("one:", "- a", "- b   # the lead", "two:", "- c")
    wanted = {"one": ["a"], "two": ["c", *["b"] * times]}
    beside = "   # the lead" if times == 1 else ""
    assert frontmatter.edit_front_matter(before, wanted) == front(
        "one:", "- a", "two:", "- c", *[f"- b{beside}"] * times
    )


def test_true_and_false_are_written_as_they_are_read() -> None:
    terms: dict[str, frontmatter.Value] = {"terms": {"no_derivatives": True}, "own": False}
    assert frontmatter.format_front_matter(terms) == "---\nterms:\n  no_derivatives: true\nown: false\n---\n"
