"""Measure how well others' articles are read: who, when, what and the words, against gold; pages beside trafilatura.

``python -m benchmarks.quality [FOLDER] ...`` prints a table; without a folder, of our own corpus. A folder holds files
of any kind that ``dispatch add`` takes and what is right about them, either in one ``gold.json`` (an object with an
entry for each file's name), or beside each ``NAME.html`` in a ``NAME.json``. ``--wrong`` lists what came out otherwise.
docs/reference/reading.md says what gold may say and how it is scored.
"""

import argparse
import html
import json
import re
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import TypedDict, cast

import trafilatura
from trafilatura.settings import Document as Extracted

from dispatch import errors, gather, identity
from dispatch.model import Article

CORPUS = Path(__file__).parent / "corpus"
PAGES = frozenset({".html", ".htm"})
# What is scored, and what the table calls it.
COLUMNS = {
    "author": "author exact",
    "certain": "wrong and certain",
    "title": "title exact",
    "dek": "dek exact",
    "day": "right day",
    "body": "body F1",
    "kept": "kept and left out",
}
# Elements within a word or sentence; all others stand between words.
_INLINE = re.compile(r"</?(?:a|abbr|b|cite|code|del|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|u)\b[^>]*>")
_ELEMENT = re.compile(r"<[^>]*>")
# A word; in scripts that write none apart, a character.
_WORD = re.compile(r"[぀-ヿ㐀-鿿가-힯]|[^\W぀-ヿ㐀-鿿가-힯]+")


class Gold(TypedDict, total=False):
    """What is right about a file, or an article of a feed. What is not said is not scored."""

    url: str  # where the file was; relative addresses are relative to it
    title: str
    dek: str
    authors: list[str]  # empty: nobody is to be named as a person
    houses: list[str]  # papers, desks, agencies: where no person is named, naming them is no mistake
    published: str  # YYYY-MM-DD
    body: str | list[str]  # the words, or the paragraphs
    kept: list[str]  # text and addresses that the article's HTML has
    left: list[str]  # text and addresses that nothing of the article has
    articles: list["Gold"]  # those of a feed, in order


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a reader says of one article."""

    url: str = ""
    title: str = ""
    dek: str = ""
    authors: tuple[str, ...] = ()
    is_certain: bool = True
    day: str = ""
    content: str = ""  # HTML, or text


Read = Callable[[Path, str], list[Found]]


@dataclass(slots=True, kw_only=True)
class Scores:
    """What one reader reached over many files: by column, a figure from 0 to 1 for each article that gold speaks of."""

    files: int = 0
    refused: int = 0
    seconds: float = 0.0
    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: list[str] = field(default_factory=list)  # the file, the column, what was wanted, what was found

    def average(self, column: str) -> float | None:
        """The mean of a column; None where gold says nothing of it."""
        return fmean(self.figures[column]) if self.figures.get(column) else None


def main() -> None:
    """Print a table in Markdown, as docs/reference/reading.md has it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--wrong", nargs="*", metavar="COLUMN", help=f"list what is wrong in {', '.join(COLUMNS)}")
    parser.add_argument("--alone", action="store_true", help="without trafilatura")
    given = parser.parse_args()
    rows: list[tuple[str, str, Scores]] = []
    for folder in given.folders or sorted(path for path in CORPUS.iterdir() if path.is_dir()):
        scores = measure_folder(folder, READERS if not given.alone else ("dispatch",))
        if not scores:
            sys.exit(f"{folder}: no file with gold; a NAME.json beside it, or one gold.json")
        if given.wrong is not None:
            wrong = scores["dispatch"].wrong
            print(*(line for line in wrong if not given.wrong or line.split(": ")[1] in given.wrong), sep="\n")
        rows += [(folder.name, reader, one) for reader, one in scores.items()]
    print(draw_table(rows))


def measure_folder(folder: Path, readers: Iterable[str] = ("dispatch",)) -> dict[str, Scores]:
    """Score readers, in turns, on the files of a folder; trafilatura only where all of them are pages."""
    files = list(read_gold(folder))
    are_pages = all(file.suffix in PAGES for file, _ in files)
    scores = {name: Scores() for name in readers if files and (are_pages or name == "dispatch")}
    for reader in scores:
        score_file(Scores(), READERS[reader], *files[0])  # what it imports is no part of reading
    for file, gold in files:
        for reader, one in scores.items():
            score_file(one, READERS[reader], file, gold)
    return scores


def read_gold(folder: Path) -> Iterator[tuple[Path, Gold]]:
    """Pair the files of a folder with their gold, in the order of their names."""
    together = folder / "gold.json"
    if together.exists():
        for name, gold in sorted(json.loads(together.read_text("utf-8")).items()):
            yield folder / name, cast("Gold", gold)
        return
    for file in sorted(folder.iterdir()):
        beside = file.with_suffix(".json")
        if file != beside and beside.exists():
            yield file, cast("Gold", json.loads(beside.read_text("utf-8")))


def read_with_dispatch(file: Path, url: str) -> list[Found]:
    """Read a file as ``dispatch add`` does. Raises GatherError when it refuses it."""
    return [_describe(article) for article in gather.gather_articles(str(file), user_agent="", base=url)]


def read_with_trafilatura(file: Path, url: str) -> list[Found]:
    """Read a page with all of trafilatura's metadata; it is certain of everything."""
    found = trafilatura.bare_extraction(file.read_bytes(), url=url or None, with_metadata=True)
    if not isinstance(found, Extracted):
        return []
    names = tuple(name.strip() for name in (found.author or "").split(";") if name.strip())
    return [
        Found(
            url=found.url or "",
            title=found.title or "",
            dek=found.description or "",
            authors=names,
            day=found.date or "",
            content=html.escape(found.text or ""),
        )
    ]


READERS: Mapping[str, Read] = {"dispatch": read_with_dispatch, "trafilatura": read_with_trafilatura}


def score_file(scores: Scores, read: Read, file: Path, gold: Gold) -> None:
    """Read a file and add what came out to the scores. What is refused has nothing right, and nothing certain."""
    begun = time.process_time()
    try:
        found = read(file, gold.get("url", ""))
    except errors.GatherError as error:
        found = []
        scores.wrong.append(f"{file.name}: refused: {error}")
    except Exception as error:
        error.add_note(f"while reading {file}")
        raise
    scores.seconds += time.process_time() - begun
    scores.files += 1
    scores.refused += not found
    wanted = gold.get("articles", [gold])
    for one, other in zip(wanted, _pair(wanted, found), strict=True):
        _score_article(scores, file.name, one, other)


def fold(words: str) -> str:
    """Fold what is spelt in two ways and is the same: case, accents, width, punctuation and white space."""
    apart = unicodedata.normalize("NFKD", words.replace("\N{LATIN SMALL LETTER SHARP S}", "ss").casefold())
    return "".join(letter for letter in apart if letter.isalnum() or _is_vowel_sign(letter))


def _is_vowel_sign(mark: str) -> bool:
    """Whether a mark is a letter of its own, as in Hindi, and no accent."""
    return unicodedata.category(mark).startswith("M") and not unicodedata.combining(mark)


def draw_table(rows: Iterable[tuple[str, str, Scores]]) -> str:
    """Draw the rows as a table in Markdown: what was read, by whom, and how it came out."""
    head = ["what", "reader", "files", *COLUMNS.values(), "refused", "CPU a file, ms"]
    lines = [head, ["---" for _ in head]]
    for what, reader, scores in rows:
        figures = [_draw_figure(column, scores.average(column)) for column in COLUMNS]
        cost = f"{scores.seconds / scores.files * 1000:.1f}"
        lines.append([what, reader, str(scores.files), *figures, str(scores.refused), cost])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _draw_figure(column: str, figure: float | None) -> str:
    if figure is None:
        return "–"
    return f"{figure:.3f}".removeprefix("0") if column == "body" else f"{figure * 100:.1f} %"


def _describe(article: Article) -> Found:
    return Found(
        url=article.url,
        title=article.title,
        dek=article.dek,
        # A mailbox stands for whoever authors.toml says, and here it is nobody's.
        authors=tuple(author.name for author in article.authors if not author.name.startswith(identity.MAILBOX)),
        is_certain=article.certainty == "certain",
        day=article.published.date().isoformat() if article.published else "",
        content=article.content,
    )


def _pair(wanted: Sequence[Gold], found: list[Found]) -> list[Found]:
    """Find each gold's article: at its place where none is missing, else by its address or title."""
    if len(found) == len(wanted):
        return found
    left = list(found)
    pairs = []
    for gold in wanted:
        keys = {gold.get("url") or None, gold.get("title")} - {None}
        same = next((one for one in left if one.url in keys or one.title in keys), None)
        if same is not None:
            left.remove(same)
        pairs.append(same or Found(is_certain=False))
    return pairs


def _score_article(scores: Scores, name: str, gold: Gold, found: Found) -> None:
    def score(column: str, figure: float, wanted: object, came: object) -> None:
        scores.figures[column].append(figure)
        if figure < 0.9:
            scores.wrong.append(f"{name}: {column}: wanted {wanted!r}, found {came!r}")

    if "authors" in gold:
        names = {fold(author) for author in found.authors}
        allowed = {fold(house) for house in gold.get("houses", [])} if not gold["authors"] else set()
        is_right = names - allowed == {fold(author) for author in gold["authors"]} and (found.content or found.title)
        score("author", float(bool(is_right)), gold["authors"], found.authors)
        scores.figures["certain"].append(float(not is_right and bool(names) and found.is_certain))
        if scores.figures["certain"][-1]:
            scores.wrong.append(f"{name}: certain: wanted {gold['authors']!r}, found {found.authors!r}")
    if "title" in gold:
        score("title", float(fold(found.title) == fold(gold["title"])), gold["title"], found.title)
    if "dek" in gold:
        score("dek", float(fold(found.dek) == fold(gold["dek"])), gold["dek"], found.dek)
    if "published" in gold:
        score("day", float(found.day == gold["published"]), gold["published"], found.day)
    text = html.unescape(_ELEMENT.sub(" ", _INLINE.sub("", found.content)))
    if "body" in gold:
        body = gold["body"] if isinstance(gold["body"], str) else "\n".join(gold["body"])
        score("body", _measure_overlap(body, text), body[:60], text[:60])
    shown = " ".join(f"{html.unescape(found.content)} {text}".split())
    everything = f"{found.title} {found.dek} {' '.join(found.authors)} {shown}"
    for words in gold.get("kept", []):
        score("kept", float(words in shown), words, "nothing of it")
    for words in gold.get("left", []):
        score("kept", float(words not in everything and bool(found.content)), f"no {words}", "it")


def _measure_overlap(one: str, other: str) -> float:
    """F1 of two bags of words: 1 when all are the same, 0 when none is."""
    ours, theirs = (Counter(_WORD.findall(words.casefold())) for words in (one, other))
    if not ours and not theirs:
        return 1.0
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


if __name__ == "__main__":
    main()
