"""What is fuzzed, and what has to hold whatever comes: a target raises on anything else than a refusal in words."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from html import unescape
from pathlib import Path
from typing import Annotated, NamedTuple

from dispatch import check, commonmark, config, frontmatter, html, issues
from dispatch.errors import DispatchError
from dispatch.model import Article, Document, Issue, Publication
from dispatch.readers import (
    READERS,
    bylines,
    credit_lines,
    dates,
    markdown_dialects,
    marked_names,
    people,
    same_article,
    titles,
)

HOME = "https://a.example/here/"


class Target(NamedTuple):
    """Something that takes foreign bytes."""

    run: Annotated[Callable[[bytes], object], "tries one input; raises when a promise is broken"]
    seeds: Annotated[
        tuple[str, ...], "folders of this repository that hold inputs to begin with, besides its corpus"
    ] = ()


def try_readers(data: bytes) -> None:
    """Read it as whatever it looks like: what comes out is sanitised, and knows the way to no other scheme."""
    document = Document(url=HOME, media_type="", charset="", body=data)
    for reader in READERS.values():
        if reader.accepts(document):
            for article in reader.read(document):
                check_content(article.content)


def read_as(name: str, data: bytes) -> list[Article]:
    """Read it as one kind, if it may be that."""
    document = Document(url=HOME, media_type="", charset="", body=data)
    articles = READERS[name].read(document) if READERS[name].accepts(document) else []
    for article in articles:
        check_content(article.content)
    return articles


def try_page(data: bytes) -> None:
    """Read it as a page, which is still the article that was read there."""
    document = Document(url=HOME, media_type="text/html", charset="", body=data)
    for article in READERS["page"].read(document):
        check_content(article.content)
        asked = Article(
            url=f"{HOME}1", title="The price of cut stone", content=article.content, authors=article.authors
        )
        same_article.is_still_article(asked, document, article)


def try_dialects(data: bytes) -> None:
    """Convert the dialects of Markdown, and what comes of them to HTML."""
    check_content(commonmark.to_html(markdown_dialects.convert_dialects(decode_text(data), []), HOME))


def try_names(data: bytes) -> None:
    """Read each line as a byline, and as a name: nobody has an empty one."""
    for line in decode_text(data).split("\n"):
        found = bylines.parse_byline(line)
        names = [*(found.names if found else ()), *marked_names.list_names(line), *bylines.split_names(line)[0]]
        assert all(name.strip() for name in names), line
        assert all(author.name.strip() for author in people.make_author(line, most=people.MOST_NAMES)), line
        credit_lines.parse_credits(line)


def try_titles(data: bytes) -> None:
    """Choose the title among lines, of which the last is the house: it is part of one, whose entities are undone."""
    *said, house = decode_text(data).split("\n")
    title = titles.choose_title("", said, [house])
    assert not title or any(title in one or title in unescape(one) for one in said), title


def try_dates(data: bytes) -> None:
    """Read each line as a day, in several languages."""
    for line in decode_text(data).split("\n"):
        credit_lines.parse_day_line(line, None)
        for language in ("en", "de", "ar", "zh"):
            dates.parse_day(line, language)


def try_frontmatter(data: bytes) -> None:
    """Parse the head of a file; the body stays."""
    text = decode_text(data)
    assert text.endswith(frontmatter.parse_front_matter(text).body)


def try_splicing(data: bytes) -> None:
    """Change one key, whose new value is the last line: all other keys, and the body, stay as they were."""
    written, _, value = decode_text(data).rpartition("\n")
    before = frontmatter.parse_front_matter(written)
    for key in ("title", next(iter(before.data), "date")):
        after = frontmatter.parse_front_matter(frontmatter.edit_front_matter(written, {key: value}, ("title", "date")))
        assert after.data == {**before.data, key: value}, key
        assert after.body == before.body


def try_html(data: bytes) -> None:
    """Sanitise HTML, and do with it what is done with content."""
    content = html.sanitise_html(decode_text(data), HOME)
    check_content(content)
    html.find_headings(content)
    html.cut_excerpt(content, 60, "en")
    html.to_plain_text(content)


def try_read_back(data: bytes) -> None:
    """Judge it as a finished edition: there are findings, or words that say why it cannot be read."""
    publication, issue = load_sample()
    edition = check.recognise_file("edition", data)
    check.check_edition(edition, issue, publication)
    if edition.format == "eml":
        check.check_received(edition, issue, publication)


TARGETS: Mapping[str, Target] = {
    "readers": Target(try_readers, ("tests/data/readers", "tests/data/mail", "tests/data/documents")),
    "mail": Target(partial(read_as, "mail"), ("tests/data/mail",)),
    "newsletter": Target(partial(read_as, "newsletter"), ("tests/data/mail", "tests/data/documents")),
    "office": Target(partial(read_as, "office"), ("tests/data/documents",)),
    "article_file": Target(partial(read_as, "article_file"), ("tests/data/frontmatter",)),
    "text": Target(partial(read_as, "text"), ("tests/data/texts", "tests/data/mail")),
    "page": Target(try_page, ("tests/data/pages", "tests/data/readers")),
    "dialects": Target(try_dialects),
    "names": Target(try_names),
    "titles": Target(try_titles),
    "dates": Target(try_dates),
    "frontmatter": Target(try_frontmatter, ("tests/data/frontmatter",)),
    "splicing": Target(try_splicing, ("tests/data/frontmatter",)),
    "html": Target(try_html, ("tests/data/readers",)),
    "read_back": Target(try_read_back, ("tests/data/golden",)),
}


def try_input(name: str, data: bytes) -> None:
    """Try one input of a target. A DispatchError is an answer; every other exception is not."""
    try:
        TARGETS[name].run(data)
    except DispatchError:
        return


def check_content(content: str) -> None:
    """What was sanitised is stable: a second pass changes nothing."""
    assert html.sanitise_html(content, HOME) == content


def decode_text(data: bytes) -> str:
    """Any bytes as text, those that are not UTF-8 as halves of surrogate pairs."""
    return data.decode("utf-8", "surrogateescape")


@cache
def load_sample() -> tuple[Publication, Issue]:
    """The publication of this repository, and an issue of one article of its first issue."""
    publication = config.load(Path(__file__).parents[1])
    issue = issues.read_issue(publication, "names-and-addresses")
    section = replace(issue.sections[0], articles=issue.sections[0].articles[:1])
    return publication, replace(issue, sections=(section,))
