"""Names: who is nobody, what stands before a name, and when two names are one. Each word is a case of its own."""

import unicodedata

import pytest

from dispatch import identity
from dispatch.model import Article, Author, Credit, Source
from dispatch.readers import people

NOBODY = [
    "admin",
    "administrator",
    "anonymous",
    "author",
    "by",
    "default",
    "guest",
    "name",
    "none",
    "null",
    "posted",
    "root",
    "site",
    "staff-writer",
    "test",
    "the author",
    "the authors",
    "undefined",
    "unknown",
    "user",
    "username",
    "webmaster",
    "wordpress",
    "wpadmin",
]
BEFORE = ["By", "by", "By:", "BY", "Written by", "Posted by", "Words by", "Text by", "Author:", "Authors:", "About"]
SUFFIXES = ["Jr", "Jr.", "Sr.", "II", "III", "IV", "PhD", "Ph.D.", "Ph. D.", "MD", "M.D.", "Esq.", "OBE", "MBE", "CBE"]
SUFFIXES += ["SJ", "OP", "jr", "obe"]
BETWEEN = [", ", "; ", " / ", " & ", " + ", " | ", " · ", " • ", "、", "، ", "，", "؛ ", "\n"]
BETWEEN += [f" {word} " for word in "and und et y e och og en ja ve with mit и و और と 和 与 與 及".split()]
BETWEEN += [", and ", " UND "]


@pytest.mark.parametrize("written", NOBODY)
def test_nobody_has_no_name(written: str) -> None:
    assert people.clean_name(written) == people.clean_name(f" {written.upper()}\t") == ""
    assert people.clean_name(f"{written}son") == f"{written}son"


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "—",
        "...",
        "https://a.example/ann",
        "http://a",
        "ann@a.example",
        "a.example/ann",
        "www.a.example/",
        "x" * 201,
    ],
)
def test_what_is_no_name_is_none(written: str) -> None:
    assert people.clean_name(written) == ""


@pytest.mark.parametrize("before", BEFORE)
def test_the_word_before_is_not_the_name(before: str) -> None:
    assert people.clean_name(f"{before} Ann Lee") == "Ann Lee"
    assert people.clean_name(f"Ann {before} Lee") == f"Ann {before} Lee"


@pytest.mark.parametrize(
    "written", ["Byron", "Byline Jones", "Authors Guild", "Aboutaleb", "x" * 200, "bell hooks", "7"]
)
def test_a_name_stays_as_it_is(written: str) -> None:
    assert people.clean_name(written) == written


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("  Ann \t\n Lee ", "Ann Lee"),
        ("Ann&nbsp;Lee", "Ann Lee"),
        ("Ann &amp; Bo", "Ann & Bo"),
        ("An\x00n\x08 Lee", "Ann Lee"),
        ("Ann\ud800 Lee", "Ann Lee"),
    ],
)
def test_what_nobody_sees_of_a_name_goes(written: str, shown: str) -> None:
    assert people.clean_name(written) == shown


def test_an_author_is_cleaned_field_by_field() -> None:
    made = people.make_author(
        " Ann  Lee ",
        url=" https://a.example/\x00ann ",
        email=" ann@a.example\x08 ",
        bio=" Writes.\x00 ",
        avatar=" https://a.example/\x00a.png ",
    )
    assert list(made) == [
        Author(
            name="Ann Lee",
            url="https://a.example/ann",
            email="ann@a.example",
            bio="Writes.",
            avatar="https://a.example/a.png",
        )
    ]
    assert list(people.make_author("Ann", url="/ann", avatar="mailto:ann@a.example")) == [Author(name="Ann")]
    assert list(people.make_author("Ann", url="mailto:ann@a.example")) == [
        Author(name="Ann", url="mailto:ann@a.example")
    ]
    assert list(people.make_author("admin", url="https://a.example/")) == []
    assert list(people.make_author("Ann Lee (ale.)")) == [Author(name="Ann Lee")]
    assert list(people.make_author("Ann Lee (Annie)")) == [Author(name="Ann Lee (Annie)")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann Lee", "ANN LEE"),
        ("Ann Lee", " Ann   Lee\n"),
        ("Jón Þór", unicodedata.normalize("NFD", "Jón Þór")),
        ("STRASSE", "Straße"),
    ],
)
def test_it_is_the_same_name(one: str, other: str) -> None:
    assert identity.is_same_name(one, other)
    assert people.are_names_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Lee, Ann", "Ann Lee"), ("A. B. Lee", "A B Lee"), ("A.B. Lee", "A B Lee"), ("LEE, ann", "Ann Lee")],
)
def test_names_are_alike_and_not_the_same(one: str, other: str) -> None:
    assert people.are_names_alike(one, other)
    assert not identity.is_same_name(one, other)


@pytest.mark.parametrize("other", ["Anne Lee", "Ann Leeds", "Ann", "Lee Ann", "Ann-Lee", ""])
def test_another_name_is_not_alike(other: str) -> None:
    assert not people.are_names_alike("Ann Lee", other)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_follows_a_name_does_not_turn_it_round(suffix: str) -> None:
    assert not identity.is_name_inverted(f"Lee, {suffix}")
    assert identity.is_name_inverted(f"Lee, x{suffix}")


@pytest.mark.parametrize("written", ["Ann Lee", "Lee,Ann", "Lee,", ""])
def test_what_has_no_first_name_behind_is_not_turned_round(written: str) -> None:
    assert not identity.is_name_inverted(written)


@pytest.mark.parametrize("between", BETWEEN)
def test_names_are_joined_by(between: str) -> None:
    assert people.is_joined_name(f"Ann Lee{between}Bo Roe{between}C.", ["Ann Lee", "Bo Roe", "C."])
    assert people.is_joined_name(f"ANN LEE{between}bo roe", ["Ann Lee", "Bo Roe"])


@pytest.mark.parametrize("between", [" or ", " for ", " - ", " (", " Mac ", " et al "])
def test_names_are_not_joined_by(between: str) -> None:
    assert not people.is_joined_name(f"Ann Lee{between}Bo Roe", ["Ann Lee", "Bo Roe"])


def test_what_is_joined_is_all_of_them_in_their_order() -> None:
    assert not people.is_joined_name("Ann Lee", ["Ann Lee"])
    assert not people.is_joined_name("Bo Roe and Ann Lee", ["Ann Lee", "Bo Roe"])
    assert not people.is_joined_name("Ann Lee, Bo Roe and Cy", ["Ann Lee", "Bo Roe"])
    assert not people.is_joined_name("A.B and C", ["AxB", "C"])


@pytest.mark.parametrize(
    ("written", "is_one"), [("ann.lee-77_x", True), ("Ann", False), ("ann lee", False), ("änn", False)]
)
def test_what_somebody_logs_in_with(written: str, is_one: bool) -> None:
    assert people.is_login(written) is is_one


@pytest.mark.parametrize("field", ["url", "email", "bio", "avatar"])
def test_what_is_known_elsewhere_is_added_where_it_was_not_known(field: str) -> None:
    known, elsewhere = Author(name="Ann Lee", **{field: "known"}), Author(name="LEE, ANN", **{field: "elsewhere"})
    assert people.merge_authors([Author(name="Ann Lee")], [elsewhere]) == (
        Author(name="Ann Lee", **{field: "elsewhere"}),
    )
    assert people.merge_authors([known], [elsewhere]) == (known,)
    assert people.merge_authors([Author(name="Ann Lee"), known], []) == (known,)
    assert people.merge_authors([Author(name="Ann")], [elsewhere]) == (Author(name="Ann"),)


def test_each_is_named_once_in_order() -> None:
    named = [Author(name="Bo"), Author(name="Ann"), Author(name="BO ", url="https://a.example/")]
    assert people.merge_authors(named, [Author(name="Cy")]) == (
        Author(name="Bo", url="https://a.example/"),
        Author(name="Ann"),
    )


def test_contributors_that_make_up_the_author_are_the_authors() -> None:
    ann, bo = Author(name="Ann Lee", url="https://a.example/ann"), Author(name="Bo Roe")
    assert people.separate_authors([Author(name="Ann Lee and Bo Roe")], [ann, bo]) == ((ann, bo), ())
    assert people.separate_authors([Author(name="Ann Lee", bio="Writes.")], [ann]) == (
        (Author(name="Ann Lee", url="https://a.example/ann", bio="Writes."),),
        (),
    )
    assert people.separate_authors([ann], [bo]) == ((ann,), (Credit(role="contributor", name="Bo Roe"),))
    assert people.separate_authors([ann, bo], [ann]) == (
        (ann, bo),
        (Credit(role="contributor", name="Ann Lee", url="https://a.example/ann"),),
    )
    assert people.separate_authors([], [bo]) == ((), (Credit(role="contributor", name="Bo Roe"),))


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Lee, A., Roe-Marsh, B. C., Van Dijk, C.", ["A. Lee", "B. C. Roe-Marsh", "Van Dijk, C."]),
        ("Lee, A.", ["A. Lee"]),
        ("Bo Lind, Jr.", ["Bo Lind, Jr."]),
        ("Ann Lee, M.D., Bo Roe, Jr.", ["Ann Lee, M.D.", "Bo Roe, Jr."]),
    ],
)
def test_the_people_that_a_journal_lists_in_one_field_are_several(written: str, names: list[str]) -> None:
    assert [author.name for author in people.make_author(written)] == names


@pytest.mark.parametrize("name", ["The Ferry Post", "ferry-post", "Harbour", "Mole", "Quay Talk", "quaytalk.example"])
def test_who_is_called_like_the_feed_or_a_host_is_likely_and_no_more(name: str) -> None:
    """By the title, or by any part of the host of the feed's page, the feed or the article."""
    source = Source(title="Ferry Post", url="https://harbour.example/", feed="https://mole.sea.example/feed")
    for who, certainty in ((name, "likely"), ("Ferry Postman", "certain")):
        article = Article(
            title="Tides",
            url="https://quaytalk.example/1",
            source=source,
            authors=(Author(name=who),),
            certainty="certain",
        )
        assert people.limit_feed_certainty(article).certainty == certainty
