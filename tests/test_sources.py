"""dispatch.toml edited by command: what was there stays, what is written can be read."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import config, sources
from dispatch.errors import ConfigError
from dispatch.model import Author, Source

TEXT = """\
# The letter.
title = 'The Wire'   # its name
url = "https://wire.example"

[[sources]]  # the first
key = 'paper'
url = "https://paper.example/?a=1&copy=2"
author = { name = "Ann" } # always

# the second, since 2024
[[sources]]
key = "tide"
feed = "https://tide.example/feed"
[sources.author]
name = "Bo"

# how feeds look
[feeds]
entries = 3 # few
"""
NEW = Source(
    key="new",
    title='Quotes " and \\ and é',
    feed="https://new.example/feed?x=1&y=2",
    section="Europe",
    syndicate="excerpt",
    excerpt_words=40,
    tags=("sea", "letters"),
    author=Author(name="Cy Roe", url="https://new.example/cy"),
    dismiss=("Links*",),
    complete=True,
)


def test_what_was_there_stays_line_by_line() -> None:
    added = sources.insert_sources(TEXT, [NEW])
    before, _, after = TEXT.partition("\n# how feeds look")
    assert added.startswith(before)
    assert added.endswith("\n# how feeds look" + after)
    assert tomllib.loads(added)["sources"][2] == {
        "key": "new",
        "title": 'Quotes " and \\ and é',
        "feed": "https://new.example/feed?x=1&y=2",
        "section": "Europe",
        "syndicate": "excerpt",
        "words": 40,
        "tags": ["sea", "letters"],
        "author": {"name": "Cy Roe", "url": "https://new.example/cy"},
        "dismiss": ["Links*"],
        "complete": True,
    }


def test_adding_and_removing_is_nothing() -> None:
    assert sources.delete_source(sources.insert_sources(TEXT, [NEW]), "new") == TEXT


def test_removing_leaves_comments_and_the_others() -> None:
    left = sources.delete_source(TEXT, "tide")
    assert "# the second, since 2024" in left
    assert "# how feeds look" in left
    assert [one["key"] for one in tomllib.loads(left)["sources"]] == ["paper"]
    assert "paper" not in sources.delete_source(TEXT, "paper")


@pytest.mark.parametrize("text", ["", "title = 1", "a = 1\r\n\r\n[b]\r\nc = 2\r\n", "# only words\n"])
def test_the_first_source_stands_at_the_end(text: str) -> None:
    added = sources.insert_sources(text, [NEW, Source(key="b", url="https://b.example")])
    assert added.startswith(text)
    assert "\r\n" not in text or "\n" not in added.replace("\r\n", "")
    assert [one["key"] for one in tomllib.loads(added)["sources"]] == ["new", "b"]


@pytest.mark.parametrize(
    "text",
    [
        'sources = [{ key = "a" }]\n',
        'x = """\n[[sources]]\n"""\n[[sources]]\nkey = "a"\n',
    ],
)
def test_what_cannot_be_edited_surely_is_left_alone(text: str) -> None:
    with pytest.raises(ConfigError, match="cannot be edited"):
        sources.delete_source(text, "a")


def test_what_is_no_toml_is_said() -> None:
    with pytest.raises(ConfigError, match="not TOML"):
        sources.insert_sources("title = ", [NEW])


@given(st.builds(Source, key=st.just("k"), title=st.text(), section=st.text(), tags=st.lists(st.text()).map(tuple)))
def test_whatever_is_written_is_read_back_or_refused(source: Source) -> None:
    try:
        added = sources.insert_sources(TEXT, [source])
    except ConfigError:
        return
    written = tomllib.loads(added)["sources"][-1]
    assert written.get("title", "") == source.title
    assert tuple(written.get("tags", ())) == source.tags
    assert sources.delete_source(added, "k") == TEXT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example")
    return tmp_path


def test_each_gets_a_key_and_stands_once(folder: Path) -> None:
    found = [
        Source(title="Le Café", feed="https://cafe.example/feed"),
        Source(title="Le café!", feed="https://other.example/feed"),
        Source(title="新聞", feed="https://www.paper.example/feed"),
        Source(title="Again", feed="http://cafe.example/feed/?utm_source=x"),
        Source(title="The first", key="le-cafe-3", feed="https://third.example/feed"),
    ]
    added, passed = sources.add_sources(config.load(folder), found)
    assert [one.key for one in added] == ["le-cafe", "le-cafe-2", "paper-example", "le-cafe-3"]
    assert [one.key for one in passed] == ["le-cafe"]
    publication = config.load(folder)
    assert [one.feed for one in publication.sources] == [found[n].feed for n in (0, 1, 2, 4)]
    assert sources.add_sources(publication, found)[0] == []
    sources.remove_source(publication, "le-cafe-2")
    assert [one.key for one in config.load(folder).sources] == ["le-cafe", "paper-example", "le-cafe-3"]


def test_wrong_keys_and_names_are_said_and_nothing_is_written(folder: Path) -> None:
    sources.add_sources(config.load(folder), [Source(key="paper", feed="https://paper.example/feed")])
    publication = config.load(folder)
    before = (folder / "dispatch.toml").read_bytes()
    for key in ("paper", "Paper", "a b", "x" * 81):
        with pytest.raises(ConfigError, match="key"):
            sources.add_sources(publication, [Source(key=key, feed="https://new.example/feed")])
    with pytest.raises(ConfigError, match="did you mean “paper”"):
        sources.remove_source(publication, "papr")
    with pytest.raises(ConfigError, match=r"U\+0007"):
        sources.add_sources(publication, [Source(title="a\x07", feed="https://new.example/feed")])
    assert (folder / "dispatch.toml").read_bytes() == before
