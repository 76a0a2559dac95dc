"""What the documents name exists, and the numbers that they give are those of the code.

Commands that stand in a fence are run or parsed by ``test_docs.py``. Here it is what stands in the text: commands,
options, files, templates, rules, targets of make, settings, numbers, and whether each page is in the navigation.
"""

import re
import tomllib
from collections.abc import Iterator

import click
import jsonschema
import pytest
import terminal
import yaml

from dispatch import child, locks, model
from dispatch.checks import RULES, email, feed
from dispatch.cli import main
from dispatch.fetch import answers, client, politeness
from dispatch.gather import all_sources, reading
from dispatch.html import sanitise
from dispatch.importers import export_files
from dispatch.issues import to_frontmatter
from dispatch.pictures import album, original
from dispatch.readers import limits
from dispatch.schemas import build_schemas
from dispatch.serve import run
from test_docs import AS_IT_IS, CHECKOUT, DOCS, FENCE, PAGES, parse, shown

TEXTS = {shown(page): FENCE.sub("", page.read_text("utf-8")) for page in PAGES}
# What is told of times past or of other programs may name what is not here any more.
NOW = sorted(TEXTS.keys() - {"CHANGELOG.md"})
every_page = pytest.mark.parametrize("page", NOW)


def in_code(page: str) -> list[str]:
    """What stands between back ticks, on one line."""
    return [" ".join(code.split()) for code in re.findall(r"`([^`\n]+(?:\n[^`\n]+)?)`", TEXTS[page])]


@every_page
def test_commands_in_the_text_can_be_called(page: str) -> None:
    for code in in_code(page):
        if found := re.match(r"dispatch ([a-z].*)", code):
            parse(re.split(r" (?:[|>]|&&|\|\|) ", re.sub(r"\.\.\.|…", "", found[1]))[0])


def options(command: click.Command = main) -> Iterator[str]:
    """The options of a command and of all below it."""
    for parameter in command.params:
        yield from (*parameter.opts, *parameter.secondary_opts)
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below
            yield from options(below)


@pytest.mark.parametrize("page", [page for page in NOW if page.startswith(("docs/guides", "docs/start", "docs/help"))])
def test_options_in_the_text_exist(page: str) -> None:
    known = {*options(), "--help", "--version"}
    named = {code.split()[0].partition("=")[0] for code in in_code(page) if re.match(r"--[a-z]", code)}
    assert named <= known


@every_page
def test_files_of_the_repository_in_the_text_exist(page: str) -> None:
    top = r"(?:src|tests|docs|benchmarks|fuzz|mutants|requirements|\.ci|\.pre-commit)[/.-][\w./-]+"
    for code in in_code(page):
        if re.fullmatch(top, code) and "node_modules" not in code:
            assert (CHECKOUT / code).exists(), code


@every_page
def test_rules_and_targets_of_make_in_the_text_exist(page: str) -> None:
    families = {rule.partition(".")[0] for rule in RULES}
    targets = set(re.findall(r"^([\w-]+):", (CHECKOUT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for code in in_code(page):
        found = re.fullmatch(r"([a-z]+)\.(?!html|txt|eml|mjml|css|xml|atom|json|digest)[a-z-]+", code)
        if found and found[1] in families:
            assert code in RULES, code
        if made := re.match(r"make ([a-z-]+)", code):
            assert made[1] in targets, code


def test_the_guide_on_the_look_names_every_template() -> None:
    there = {file.name for file in (CHECKOUT / "templates").iterdir()}
    named = {
        code for code in in_code("docs/guides/look.md") if re.fullmatch(r"[\w-]+\.(html|mjml|css|txt|js|svg)", code)
    }
    assert there - named == set()


def fences(*kinds: str) -> list[tuple[str, str, str]]:
    """Each fence of these kinds: its page, its title and its body."""
    return [
        (shown(page), fence["file"] or "", fence["body"])
        for page in PAGES
        for fence in FENCE.finditer(page.read_text("utf-8"))
        if fence["kind"] in kinds and not (fence["file"] or "").endswith(AS_IT_IS)
    ]


@pytest.mark.parametrize(("page", "title", "body"), fences("toml"))
def test_settings_that_are_shown_exist(page: str, title: str, body: str) -> None:
    """Without what has to be there: a page shows the part that it is about."""
    if "nmae" in body:  # what the page on errors shows is wrong on purpose
        return
    read = tomllib.loads(body)
    is_people = title == "authors.toml" or all(isinstance(value, dict) and "name" in value for value in read.values())
    schema = build_schemas()[f"{'authors' if is_people else 'dispatch'}.schema.json"]
    for problem in jsonschema.Draft202012Validator(schema).iter_errors(read):
        assert problem.validator == "required", f"{page}: {problem.message}"


@pytest.mark.parametrize(("page", "title", "body"), fences("yaml"))
def test_front_matter_that_is_shown_has_keys_that_exist(page: str, title: str, body: str) -> None:  # noqa: ARG001
    read = yaml.safe_load(body.partition("---")[2].partition("---")[0] if body.startswith("---") else body)
    if "jobs" in read:  # a workflow
        return
    known = {name for columns in (to_frontmatter.ISSUE, to_frontmatter.ARTICLE) for name in columns}
    assert read.keys() <= known, page


MEBI = 1 << 20
NUMBERS = [
    (
        "guides/gather",
        f"A response may have up to {answers.MOST_BYTES // MEBI} MiB, take {client.MOST_SECONDS:.0f} seconds",
    ),
    ("guides/gather", f"redirect {'five' if client.MOST_REDIRECTS == 5 else '?'} times"),
    ("guides/gather", f"takes longer than {reading.MOST_SECONDS:.0f} seconds"),
    ("guides/gather", f"A feed may have {limits.MOST_ENTRIES:,} entries"),
    ("guides/gather", f"title may have {limits.MOST_TITLE:,} characters and the summary {limits.MOST_SUMMARY:,}"),
    ("guides/gather", f"more than {limits.MOST_ADDRESS:,} characters, an id with more than {limits.MOST_ID:,}"),
    ("guides/gather", f"a tag with more than {limits.MOST_TAG}, all tags after the first {limits.MOST_TAGS}"),
    ("guides/gather", f"more than {sanitise.MOST_BYTES // MEBI} MiB or {sanitise.MOST_LEVELS} levels"),
    ("guides/gather", f"more than {limits.MOST_BYTES // 1000} KB is left out"),
    ("guides/gather", f"An entry may have {limits.MOST_AUTHORS} authors"),
    ("guides/gather", f"at most {all_sources.MOST_PAGES} at a time"),
    ("guides/gather", f"more than {'two' if politeness.MOST_PER_HOST == 2 else '?'} requests at a time"),
    ("guides/import", f"A zip may have {export_files.MOST_FILES:,} files and {export_files.MOST_IN_ALL >> 30} GiB"),
    ("guides/import", f"a file {export_files.MOST_BYTES // MEBI} MiB"),
    ("guides/import", f"more than {export_files.MOST_RATIO} times its size"),
    ("guides/look", f"{'ten' if child.MOST_SECONDS == 10 else '?'} seconds of processor time"),
    ("guides/look", f"{'two' if child.MOST_WAIT == 120 else '?'} minutes in all"),
    ("guides/look", f"{child.MOST_MEMORY >> 30} GiB of memory and {child.MOST_RESULT // MEBI} MiB of output"),
    ("guides/hosting", f"first line may have {run.LINE // 1024} KiB (414), all its headers {run.HEAD // 1024} KiB"),
    ("guides/hosting", f"a {'hundred' if run.FIELDS == 100 else '?'} lines (431)"),
    ("guides/pictures", f"({album.WIDTHS[0]}, {album.WIDTHS[1]} and {album.WIDTHS[2]} pixels"),
    ("guides/pictures", f"more than {original.MOST_PIXELS_OF_OTHERS // 1_000_000} million pixels"),
    ("guides/sending", f"below {email.CLIP:,} bytes"),
    ("help/troubleshooting", f"more than {email.CLIP:,} bytes"),
    ("help/troubleshooting", f"{'ten' if locks.PATIENCE == 10 else '?'} seconds at most"),
    ("reference/formats", f"{email.CLIP:,} bytes, where Gmail cuts"),
    ("reference/checks", f"A feed is smaller than {feed.MOST:,} bytes"),
    ("reference/checks", f"Style elements are smaller than {email.STYLE // 1024} KB"),
    ("reference/checks", f"The subject has at most {email.SUBJECT} characters"),
]


@pytest.mark.parametrize(("page", "words"), NUMBERS)
def test_a_number_is_the_one_of_the_code(page: str, words: str) -> None:
    assert words in " ".join(TEXTS[f"docs/{page}.md"].split())


def test_defaults_of_feeds_are_as_the_guide_has_them() -> None:
    settings = model.FeedSettings()
    _, _, body = next(entry for entry in fences("toml") if entry[0] == "docs/guides/feeds.md" and "entries" in entry[2])
    assert tomllib.loads(body)["feeds"] == {
        "entries": settings.entries, "days": settings.days, "authors": settings.authors,
    }  # fmt: skip


def pages_of(entry: object) -> Iterator[str]:
    """The pages of a part of the navigation."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, dict):
        for below in entry.values():
            yield from pages_of(below)
    elif isinstance(entry, list):
        for below in entry:
            yield from pages_of(below)


def test_every_page_is_in_the_navigation_once() -> None:
    nav = tomllib.loads((CHECKOUT / "zensical.toml").read_text("utf-8"))["project"]["nav"]
    there = {page.relative_to(DOCS).as_posix() for page in PAGES if page.is_relative_to(DOCS)}
    named = [page for page in pages_of(nav) if not page.startswith("project/")]
    assert sorted(named) == sorted(there)


@pytest.mark.parametrize("page", [page for page in NOW if page.startswith("docs/")])
def test_the_first_paragraph_says_what_the_page_is_for(page: str) -> None:
    """A sentence below the title, and no heading, table, code or picture."""
    first = (CHECKOUT / page).read_text("utf-8").split("\n\n", 2)[1]
    assert re.match(r"[A-Z`*\[]", first), first
    assert re.search(r"[.:?!]", first), first


@pytest.mark.parametrize("name", terminal.SCENES)
def test_a_terminal_shows_what_its_page_has_now(name: str) -> None:
    file = DOCS / "pictures" / f"{name}.svg"
    assert file.read_text("utf-8") == terminal.draw(name), "run docs/pictures/terminal.py"


@every_page
def test_every_column_of_a_table_has_a_head(page: str) -> None:
    heads = re.findall(r"^(\|.*\|)\n\| ?---", TEXTS[page], re.MULTILINE)
    assert [head for head in heads if re.search(r"\|\s*\|", head)] == []
