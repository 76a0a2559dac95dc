"""What is put off until it is needed is what it would be otherwise: frozen dataclasses, and patterns."""

import dataclasses
import pickle
import re
from dataclasses import FrozenInstanceError, field, fields, replace

import pytest

from dispatch.deferred import defer_pattern
from dispatch.frozen import dataclass, make_dataclass
from dispatch.model import Article, Author, Credit, Issue


def declare(decorate: object) -> type:
    """The same class, made by either decorator."""

    class Parcel:
        """A parcel."""

        to: str
        weight: int = 1
        labels: list[str] = field(default_factory=list)
        seen: str = field(default="", compare=False)

    assert callable(decorate)
    made = decorate(frozen=True, slots=True, kw_only=True)(Parcel)
    assert isinstance(made, type)
    return made


OURS, THEIRS = declare(make_dataclass), declare(dataclasses.dataclass)


@pytest.mark.parametrize(
    "values", [{"to": "Ann"}, {"to": "Ann", "weight": 2, "labels": ["x"]}, {"to": "Ann", "seen": "today"}]
)
def test_an_instance_is_that_of_dataclasses(values: dict[str, object]) -> None:
    ours, theirs = OURS(**values), THEIRS(**values)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert repr(ours) == repr(theirs)
    assert (ours == OURS(to="Ann")) is (theirs == THEIRS(to="Ann"))
    assert (ours == OURS(to="Bo")) is (theirs == THEIRS(to="Bo")) is False
    assert ours != theirs
    assert not hasattr(ours, "__dict__")


@pytest.mark.parametrize("values", [{}, {"to": "Ann", "height": 1}])
def test_a_wrong_call_fails_as_one_of_dataclasses(values: dict[str, object]) -> None:
    for made in (OURS, THEIRS, OURS):
        with pytest.raises(TypeError, match=r"keyword-only argument|unexpected keyword argument"):
            made(**values)
    with pytest.raises(TypeError, match="positional"):
        OURS("Ann")


def test_each_instance_has_a_default_of_its_own() -> None:
    assert OURS(to="Ann").labels is not OURS(to="Ann").labels


def test_what_is_equal_has_one_hash() -> None:
    one, same = Author(name="Ann", url="https://a.example"), Author(name="Ann", url="https://a.example")
    assert len({one, same, Author(name="Bo"), Credit(role="via", name="Ann")}) == 3
    assert hash(Article(title="A", file="a.md")) == hash(Article(title="A", file="b.md"))


def test_nothing_in_it_changes() -> None:
    author = Author(name="Ann")
    for name in ("name", "nickname"):
        with pytest.raises(FrozenInstanceError, match=name):
            setattr(author, name, "Bo")
        with pytest.raises(FrozenInstanceError, match=name):
            delattr(author, name)
    assert replace(author, url="https://a.example") == Author(name="Ann", url="https://a.example")
    with pytest.raises(TypeError, match="nickname"):
        replace(author, nickname="A")  # type: ignore[call-arg]


def test_it_goes_to_another_process_and_back() -> None:
    article = Article(title="A", authors=(Author(name="Ann"),), file="a.md")
    again = pickle.loads(pickle.dumps(article))
    assert again == article
    assert again.file == "a.md"


def test_a_class_has_the_fields_of_the_one_below_it() -> None:
    @dataclass(frozen=True, slots=True)
    class Place:
        row: int
        seat: str = "a"

    @dataclass(frozen=True, slots=True)
    class Ticket(Place):
        name: str = "Ann"

    assert Ticket(3, "b", "Bo") == Ticket(row=3, seat="b", name="Bo") != Place(3, "b")
    assert [one.name for one in fields(Ticket)] == ["row", "seat", "name"]
    assert Issue.__doc__


def test_another_kind_of_dataclass_is_refused() -> None:
    with pytest.raises(TypeError, match="dataclasses"):
        make_dataclass(frozen=False, slots=True)


def test_a_pattern_is_compiled_when_it_is_used() -> None:
    pattern = defer_pattern(r"(?P<word>b)+", re.IGNORECASE)
    assert "search" not in vars(pattern)
    found = pattern.search("aBb")
    assert found is not None
    assert found["word"] == "b"
    assert "search" in vars(pattern)
    assert pattern.sub("-", "aBb") == "a-"
    assert (pattern.pattern, pattern.flags) == (r"(?P<word>b)+", re.compile("", re.IGNORECASE).flags)
    with pytest.raises(re.error):
        _ = defer_pattern("(").search
