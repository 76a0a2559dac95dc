"""What an editor would see on a last look: things left to do, gaps, and whether it is known who wrote it."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from dispatch.checks.check_input import CheckInput
from dispatch.checks.html_page import read_content
from dispatch.checks.rules import CONFIG, find_place, make_finding, name_article
from dispatch.language import Language
from dispatch.leftovers import find_leftover
from dispatch.model import Article, Contents, Finding, Place
from dispatch.slugs import find_device, is_slug
from dispatch.text import fold_file_name

_LEFT = re.compile(r"\bTK(?:TK)*\b|\bTODO\b|\bFIXME\b|\bXXX\b|(?i:\blorem ipsum\b)")

_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-zA-Z]{2,63}")
_MOST_ADDRESSES = 20  # in a file that is no list of readers

_UNUSABLE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_LONGEST = 200  # characters of a path: Windows has room for 260, with the folder that all of it is in


def check(case: CheckInput) -> Iterator[Finding]:
    """Judge the issue itself; its editions have no say."""
    issue = case.issue
    language = Language.from_code(case.publication.language)
    if not language.translated:
        place = Place(file=CONFIG, key="language")
        name = language.code.partition("-")[0]
        yield make_finding("editorial.language", "language", place, language=language.code, file=f"{name}.toml")
    yield from _check_issue(issue)
    yield from find_shared_number(issue, case.others)
    for article in issue.articles:
        # Of what was withdrawn nothing is left to do.
        yield from () if article.withdrawn else _check_article(issue, article)
    yield from judge_folders(case.folders)
    for file, line in case.unmerged:
        yield make_finding("files.merge", "line", Place(file=file, line=line), line=str(line))
    for file, line in case.first_headings:
        yield make_finding("files.heading", "heading", Place(file=file, line=line), line=str(line))
    for stray in case.strays:
        stem = stray.rpartition("/")[2].rpartition(".")[0]
        yield make_finding("editorial.stray", "file", Place(file=stray), stem="" if is_slug(stem) else stem)
    yield from _check_names(case.names)
    for where, name in case.missing:
        yield make_finding("editorial.picture", "file", Place(file=where), file=name)


def find_shared_number(issue: Contents, others: Iterable[Contents]) -> Iterator[Finding]:
    """Find the other issues that have the same number: two branches may each have given it."""
    place = find_place(issue, key="number")
    for other in others:
        if issue.number and issue.number == other.number:
            file, number = find_place(other).file, str(issue.number)
            yield make_finding("editorial.number", "issue", place, number=number, file=file)


def judge_folders(folders: Iterable[tuple[str, bool]]) -> Iterator[Finding]:
    """Find the folders in issues/ that are no issues: without an issue.md, or with a name that cannot be a slug."""
    for path, has_issue in folders:
        yield make_finding("files.folder", "name" if has_issue else "issue", Place(file=path))


def judge_lists(lists: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """Find the files in git, given by path and text, that are lists of readers: with more than 20 mail addresses."""
    for path, text in lists:
        addresses = {found.lower() for found in _ADDRESS.findall(text)}
        if len(addresses) > _MOST_ADDRESSES:
            yield make_finding("files.addresses", "file", Place(file=path), count=len(addresses))


def _check_issue(issue: Contents) -> Iterator[Finding]:
    if not issue.title.strip():
        yield make_finding("editorial.title", "issue", find_place(issue, key="title"))
    for number, section in enumerate(issue.sections, 1):
        key = f"sections[{number}]"
        if not section.articles:
            yield make_finding("editorial.section", "section", find_place(issue, key=key), section=section.title)
        yield from _find_placeholders(find_place(issue, key=key), section.title, _read_words(section.intro))
    for key, text in (("title", issue.title), ("preheader", issue.preheader), ("", _read_words(issue.intro))):
        yield from _find_placeholders(find_place(issue, key=key), text)


def _check_article(issue: Contents, article: Article) -> Iterator[Finding]:
    def find_key(key: str) -> Place:
        return find_place(issue, article, key)

    name = name_article(article)
    if not article.title.strip():
        yield make_finding("editorial.title", "article", find_key("title"))
    if not article.authors:
        yield make_finding("editorial.author", "name", find_key("authors"), headline=name)
    elif article.certainty != "certain":
        who = tuple(author.name for author in article.authors)
        others = dict.fromkeys(one for witness in article.witnesses for one in witness.names if one not in who)
        values = {"found": article.certainty, "others": tuple(others), "issue": issue.slug, "article": article.key}
        yield make_finding("editorial.certainty", "name", find_key("certainty"), headline=name, name=who, **values)
    if article.published and article.date_certainty != "certain":
        day = article.published.date().isoformat()
        yield make_finding("editorial.date", "published", find_key("date_certainty"), headline=name, found=day)
    elif not (article.published or article.updated):
        yield make_finding("editorial.date", "date", find_key("published"), headline=name)
    if article.source.syndicate != "link" and not (article.content or article.summary):
        yield make_finding("editorial.body", "text", find_key(""), headline=name)
    if article.image and article.image.alt is None:
        yield make_finding("editorial.alt", "picture", find_key("image"), headline=name, url=article.image.url)
    yield from _check_headings(find_key(""), article)
    # Only what is written here can be unfinished: in another's text TK may be an airline.
    texts = {"title": article.title, "dek": article.dek, "note": article.note}
    for key, text in (*texts.items(), ("", _read_words(article.content) if article.own else "")):
        yield from _find_placeholders(find_key(key), text)


def _check_headings(place: Place, article: Article) -> Iterator[Finding]:
    levels = [(line.heading, line.text) for line in read_content(article.content).lines if line.heading]
    for (above, _), (below, text) in pairwise(levels):
        if below > above + 1:
            yield make_finding("editorial.headings", "heading", place, text=text, steps=below - above)


def _find_placeholders(place: Place, *texts: str) -> Iterator[Finding]:
    for text in texts:
        if match := _LEFT.search(text):
            around = text[max(0, match.start() - 20) : match.end() + 20]
            yield make_finding("editorial.placeholder", "text", place, found=match[0], text=around)


def _check_names(paths: Iterable[str]) -> Iterator[Finding]:
    """Report the names that are another's on some system, or that it cannot have (“Naming Files”, Windows)."""
    twins: dict[str, str] = {}
    for path in paths:
        place = Place(file=path.encode("utf-8", "backslashreplace").decode())
        name = path.rpartition("/")[2]
        if left := find_leftover(name):
            of = {left.kind: left.of}
            cloud, typed, copy = of.get("cloud"), of.get("typed"), of.get("copy")
            yield make_finding("editorial.stray", "file", place, cloud=cloud, typed=typed, copy=copy)
        if (twin := twins.setdefault(fold_file_name(path), path)) != path:
            yield make_finding("editorial.file-name", "file", place, twin=twin)
        if place.file != path:
            yield make_finding("editorial.file-name", "file", place, raw=place.file)
        elif found := _UNUSABLE.search(name):
            yield make_finding("editorial.file-name", "file", place, sign=repr(found[0])[1:-1])
        elif device := find_device(name):
            yield make_finding("editorial.file-name", "file", place, device=device)
        elif len(path) > _LONGEST:
            yield make_finding("editorial.file-name", "file", place, size=len(path))
        elif name.endswith((".", " ")):
            yield make_finding("editorial.file-name", "file", place)


def _read_words(html: str) -> str:
    return " ".join(line.text for line in read_content(html).lines)
