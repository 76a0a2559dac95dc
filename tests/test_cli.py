"""The command line as an editor uses it: real files in a real folder."""

import json
import unicodedata
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dispatch import config, issues
from dispatch.cli import COMMANDS, main

STORY = """A harbour that would not sleep

The night ferry and the people who wait for it

The ferry came in at two. Nobody on the quay had expected it before three, and yet all of them were there.

A town awake

“We have never missed one,” said the harbour master. She has kept the log since 1998.

For more on harbours at night, visit Tidewater Weekly.

About the author

  • Ada Quay

    Ada Quay

    Ada Quay writes about ports and the people who work in them.

    View all posts
"""

DATA = Path(__file__).parent / "data"

Dispatch = Callable[..., Result]


@pytest.fixture
def dispatch(tmp_path: Path) -> Dispatch:
    """Runs a command in an empty folder, or in the publication in it."""

    def run(*words: str, stdin: str | None = None, code: int = 0) -> Result:
        with chdir(tmp_path / "letter" if (tmp_path / "letter").is_dir() else tmp_path):
            result = CliRunner().invoke(main, words, input=stdin, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def letter(dispatch: Dispatch, tmp_path: Path) -> Path:
    """A publication with one empty draft, and a story beside it."""
    dispatch(
        "init", "letter", "--title", "The Wire", "--url", "https://wire.example", "--from", "W <desk@wire.example>"
    )
    dispatch("issue", "new", "Who pays for defence", "--slug", "defence", "--date", "2026-11-22")
    (tmp_path / "letter" / "story.txt").write_text(STORY, encoding="utf-8")
    return tmp_path / "letter"


ADDRESS = "https://paper.example/a?x=1&copy=2#:~:text=power"
GIVEN = ("--url", ADDRESS, "--author", "Ada Quay=https://paper.example/?author=7&all", "--published", "2026-11-20")


def test_an_editor_makes_an_issue_and_every_edition_credits_the_author(dispatch: Dispatch, letter: Path) -> None:
    added = dispatch("add", "story.txt", *GIVEN, "--section", "Ports", "--syndicate", "full")
    assert added.stdout == "defence/a-harbour-that-would-not-sleep\n"
    shown = json.loads(dispatch("issue", "show", "defence", "--json").stdout)
    (article,) = [article for section in shown["sections"] for article in section["articles"]]
    assert article["authors"] == [{"name": "Ada Quay", "url": "https://paper.example/?author=7&all"}]
    assert article["url"] == ADDRESS
    assert article["source"]["title"] == "Tidewater Weekly"
    paths = dispatch("render", "defence").stdout.split()
    assert paths == [
        f"out/defence/{name}"
        for name in ("feed.xml", "feed.atom", "feed.json", "email.html", "email.txt", "email.eml", "index.html")
    ]
    for name in ("feed.xml", "feed.atom", "feed.json", "email.html", "email.txt", "index.html"):
        assert "Ada Quay" in (letter / "out" / "defence" / name).read_text("utf-8")
    dispatch("check", "defence")


@pytest.mark.usefixtures("letter")
def test_one_format_goes_to_standard_output(dispatch: Dispatch) -> None:
    dispatch("add", "story.txt", *GIVEN)
    assert dispatch("render", "--format", "text", "-o", "-").stdout_bytes.startswith(b"The Wire\n")
    dispatch("render", "-o", "-", code=2)


def test_editions_go_where_they_are_told(dispatch: Dispatch, letter: Path) -> None:
    dispatch("add", "story.txt", *GIVEN)
    dispatch("render", "--format", "eml", "--to", "Ann <ann@example.org>", "-o", "letter.eml")
    assert b"\r\nTo: Ann <ann@example.org>\r\n" in (letter / "letter.eml").read_bytes()
    dispatch("render", "--format", "rss", "--format", "atom", "-o", "feeds")
    assert sorted(path.name for path in (letter / "feeds").iterdir()) == ["feed.atom", "feed.xml"]


@pytest.mark.usefixtures("letter")
def test_what_is_no_folder_takes_one_format_and_no_device_is_replaced(dispatch: Dispatch) -> None:
    dispatch("add", "story.txt", *GIVEN)
    assert "null: cannot be written: is a device" in dispatch("render", "-f", "rss", "-o", "/dev/null", code=1).stderr
    assert "can hold one format only" in dispatch("render", "-o", "story.txt", code=1).stderr
    assert Path("/dev/null").is_char_device()


def test_what_could_not_be_found_is_said_with_the_option_that_supplies_it(dispatch: Dispatch, letter: Path) -> None:
    (letter / "bare.txt").write_text("A title\n\nA paragraph that says something, and then stops.\n", encoding="utf-8")
    said = dispatch("add", "bare.txt").stderr
    for option in ("--author", "--source", "--published"):
        assert option in said


@pytest.mark.usefixtures("letter")
def test_the_given_authors_replace_those_that_were_found_under_other_names(dispatch: Dispatch) -> None:
    dispatch("add", "story.txt", "--author", "B. Other=https://b.example/?a=b", "--author", "C. Third")
    shown = json.loads(dispatch("issue", "show", "--json").stdout)
    authors = next(section["articles"] for section in shown["sections"] if section["articles"])[0]["authors"]
    assert authors == [{"name": "B. Other", "url": "https://b.example/?a=b"}, {"name": "C. Third", "url": ""}]


@pytest.mark.usefixtures("letter")
def test_a_link_worth_a_line_fetches_nothing(dispatch: Dispatch) -> None:
    link = ("add", "--title", "Worth a line", "--url", "https://nowhere.example/x", "--note", "The end.", "--no-fetch")
    dispatch(*link)
    again = dispatch(*link)
    assert not again.stdout
    assert "already in defence" in again.stderr


def test_every_file_that_goes_with_an_article_is_kept(dispatch: Dispatch, letter: Path) -> None:
    files = [("https://a.example/1.mp3", "audio/mpeg", 5), ("https://a.example/2.pdf", "application/pdf", 6)]
    said = [str(word) for file in files for word in ("--enclosure", *file)]
    dispatch("add", "--title", "Heard", "--url", "https://a.example/", "--no-fetch", *said)
    (article,) = issues.read_issue(config.load(letter), "defence").articles
    assert [(one.url, one.type, one.length) for one in article.enclosures] == files


@pytest.mark.usefixtures("letter")
def test_a_file_is_read_without_fetching(dispatch: Dispatch) -> None:
    result = dispatch("add", "story.txt", "--no-fetch")
    assert result.stdout == "defence/a-harbour-that-would-not-sleep\n"
    section = json.loads(dispatch("issue", "show", "--json").stdout)["sections"][-1]
    assert [(one["syndicate"], bool(one["words"])) for one in section["articles"]] == [("excerpt", True)]


@pytest.mark.usefixtures("letter")
def test_one_bad_location_neither_stops_the_rest_nor_hides(dispatch: Dispatch) -> None:
    result = dispatch("add", "missing.txt", "story.txt", code=1)
    assert "missing.txt" in result.stderr
    assert result.stdout == "defence/a-harbour-that-would-not-sleep\n"


@pytest.mark.usefixtures("letter")
def test_a_text_whose_title_is_given_loses_no_paragraph(dispatch: Dispatch, tmp_path: Path) -> None:
    dispatch("add", "-", "--title", "A given title", stdin="The first sentence.\n\nAnd a second one.\n")
    text = (tmp_path / "letter" / "issues" / "defence" / "a-given-title.md").read_text("utf-8")
    assert "title: A given title\n" in text
    assert text.endswith("---\n\nThe first sentence.\n\nAnd a second one.\n")
    dispatch("add", "-", "--title", "Another title", stdin="Its own headline\n\nThe first sentence.\n")
    other = (tmp_path / "letter" / "issues" / "defence" / "another-title.md").read_text("utf-8")
    assert "Its own headline" not in other
    dispatch("add", "-", "--title", "One line", stdin="A text of one line & no full stop\n")
    line = (tmp_path / "letter" / "issues" / "defence" / "one-line.html").read_text("utf-8")
    assert line.endswith("<p>A text of one line &amp; no full stop</p>\n")


@pytest.mark.usefixtures("letter")
def test_standard_input_is_an_article(dispatch: Dispatch) -> None:
    assert dispatch("add", "-", stdin=STORY).stdout == "defence/a-harbour-that-would-not-sleep\n"


@pytest.mark.parametrize("way", ["letter.eml", "-"])
def test_a_message_is_an_article(dispatch: Dispatch, letter: Path, way: str) -> None:
    message = (DATA / "mail" / "thunderbird-de.eml").read_text("utf-8")
    (letter / "letter.eml").write_text(message, "utf-8")
    result = dispatch("add", way, stdin=message if way == "-" else None)
    assert result.stdout == "defence/wer-zahlt-den-turm\n"
    assert "added “Wer zahlt den Turm” by Greta Sommer, Ole Brandt to defence" in result.stderr
    assert "greta@" not in (letter / "issues" / "defence" / "wer-zahlt-den-turm.html").read_text("utf-8")


def test_an_articles_own_file_is_added_as_what_it_is(dispatch: Dispatch, letter: Path) -> None:
    dispatch("add", "story.txt", "--author", "jerry", "--url", "https://paper.example/a?x=1&y=2", "--syndicate", "full")
    (letter / "authors.toml").write_text('[jerry]\nname = "Jerry Jackson"\nurl = "https://paper.example/jerry"\n')
    file = next((letter / "issues" / "defence").glob("a-harbour*.md"))
    text = file.read_text("utf-8")
    assert "authors:\n  - name: jerry\n" in text
    file.write_text(text.replace("  - name: jerry\n", "  - jerry\n"))
    dispatch("issue", "new", "Another", "--slug", "another", "--date", "2026-11-29")
    dispatch("add", str(file), "--issue", "another")
    (copy,) = json.loads(dispatch("issue", "show", "another", "--json").stdout)["sections"][0]["articles"]
    (first,) = json.loads(dispatch("issue", "show", "defence", "--json").stdout)["sections"][0]["articles"]
    assert copy["id"] == first["id"]
    assert copy["authors"] == first["authors"] == [{"name": "Jerry Jackson", "url": "https://paper.example/jerry"}]
    assert "already in defence" in dispatch("add", str(file), "--issue", "defence").stderr


def test_what_a_note_of_obsidian_leaves_out_is_told(dispatch: Dispatch, letter: Path) -> None:
    (letter / "note.md").write_text("# The mill\n\nWords. %%ask the miller%%\n\n![[mill.jpg]]\n")
    told = dispatch("add", "note.md").stderr
    assert "note.md: left out: 1 private comment" in told
    assert "note.md: left out, for it is no Markdown: ![[mill.jpg]]" in told


def test_articles_are_moved_removed_and_corrected_by_key_or_number(dispatch: Dispatch, letter: Path) -> None:
    dispatch("add", "story.txt", *GIVEN, "--section", "Ports")
    dispatch("add", "--title", "Second", "--url", "https://b.example/", "--no-fetch", "--section", "Ports")
    dispatch("issue", "move", "def", "second", "--before", "1")
    shown = dispatch("issue", "show").stdout
    assert shown.index("Second") < shown.index("A harbour")
    dispatch("issue", "correct", "defence", "2", "An earlier version named the wrong ferry.")
    assert "wrong ferry" in (letter / "issues" / "defence" / "a-harbour-that-would-not-sleep.md").read_text("utf-8")
    assert "wrong ferry" in dispatch("render", "-f", "web", "-o", "-").stdout
    gone = dispatch("issue", "remove", "defence", "second")
    assert "issues/defence/second" in gone.stderr
    assert "issues/defence/second" in dispatch("issue", "show").stderr


def test_the_same_text_twice_is_passed_over_and_another_of_that_title_is_told(dispatch: Dispatch, letter: Path) -> None:
    dispatch("add", "story.txt", *GIVEN)
    again = dispatch("add", "story.txt")
    assert (again.stdout, "already in defence" in again.stderr) == ("", True)
    (letter / "story.txt").write_text(STORY.replace("two", "three"), encoding="utf-8")
    other = dispatch("add", "story.txt")
    assert other.stdout == "defence/a-harbour-that-would-not-sleep-2\n"
    assert "a-harbour-that-would-not-sleep has the same title" in other.stderr
    assert "or edit issues/defence/a-harbour-that-would-not-sleep-2.md" in other.stderr


def test_what_was_removed_comes_back_as_its_file_has_it(dispatch: Dispatch, letter: Path) -> None:
    dispatch("add", "story.txt", *GIVEN)
    path = letter / "issues" / "defence" / "a-harbour-that-would-not-sleep.md"
    path.write_text(path.read_text("utf-8").replace("---\n", "---\nnote: By hand  # mine\n", 1), "utf-8")
    before = path.read_bytes()
    dispatch("issue", "remove", "defence", "1")
    back = dispatch("add", "story.txt", *GIVEN)
    assert (path.read_bytes(), back.stdout) == (before, "defence/a-harbour-that-would-not-sleep\n")
    assert "as it is in issues/defence/a-harbour" in back.stderr
    assert "was deleted" in dispatch("issue", "remove", "defence", "1", "--delete", "--yes").stderr
    assert not path.exists()


@pytest.mark.usefixtures("letter")
def test_an_edit_of_what_is_published_says_what_check_will_say(dispatch: Dispatch) -> None:
    dispatch("add", "story.txt", *GIVEN)
    dispatch("add", "--title", "Second", "--url", "https://b.example/", "--no-fetch")
    dispatch("publish", "defence")
    assert "check passes" in dispatch("issue", "move", "defence", "2", "--before", "1").stderr
    dispatch("check", "defence")
    assert "ids.vanished" in dispatch("issue", "remove", "defence", "second").stderr
    assert "ids.vanished" in dispatch("check", "defence", code=1).output


@pytest.mark.usefixtures("letter")
def test_what_is_said_of_nobody_and_of_no_picture_is_told(dispatch: Dispatch) -> None:
    wrong = dispatch("add", "story.txt", "--bio", "Ada Quai=Another", code=1)
    assert "did you mean “Ada Quay”" in wrong.stderr
    said = dispatch("add", "story.txt", *GIVEN, "--bio", "Ada Quay=Another", "--image-alt", "A harbour")
    assert "--image ADDRESS" in said.stderr
    assert "Another" in dispatch("render", "-f", "web", "-o", "-").stdout


DECOMPOSED = unicodedata.normalize("NFD", "Jón Thor")


def test_a_name_is_the_same_in_decomposed_letters(dispatch: Dispatch, letter: Path) -> None:
    (letter / "story.md").write_text("---\ntitle: A story\nauthor: Jón Thor\n---\nIts words.\n", "utf-8")
    dispatch("add", "story.md", "--bio", f"{DECOMPOSED}=Writes.", "--author", f"{DECOMPOSED}=https://jon.example")
    (author,) = issues.read_issue(config.load(letter), "defence").sections[0].articles[0].authors
    assert (author.name, author.url, author.bio) == ("Jón Thor", "https://jon.example", "Writes.")
    near = unicodedata.normalize("NFD", "Jón Thorr")
    assert "did you mean “Jón Thor”" in dispatch("add", "story.md", "--bio", f"{near}=Writes.", code=1).stderr


def test_a_section_and_a_source_are_the_same_in_decomposed_letters(dispatch: Dispatch, letter: Path) -> None:
    toml = letter / "dispatch.toml"
    toml.write_text(
        toml.read_text("utf-8") + '\n[[sources]]\nkey = "cafe"\ntitle = "Café"\nlicense = "CC-BY-4.0"\n', "utf-8"
    )
    said = unicodedata.normalize("NFD", "Café")
    for title, section in (("One", "Café"), ("Two", said)):
        words = ("--title", title, "--url", f"https://cafe.example/{title}", "--source", said, "--no-fetch")
        dispatch("add", *words, "--section", section)
    issue = issues.read_issue(config.load(letter), "defence")
    assert [section.title for section in issue.sections if section.articles] == ["Café"]
    assert {article.source.license for article in issue.articles} == {"CC-BY-4.0"}
    one, two = (article.key for article in issue.articles)
    dispatch("issue", "move", "defence", one, "--section", said.upper())
    assert [article.key for article in issues.read_issue(config.load(letter), "defence").articles] == [two, one]


@pytest.mark.usefixtures("letter")
def test_empty_words_are_refused(dispatch: Dispatch) -> None:
    dispatch("add", "story.txt")
    for words in (("issue", "new", " "), ("issue", "correct", "defence", "1", "")):
        assert "it is empty" in dispatch(*words, code=2).stderr


def test_publish_checks_marks_remembers_and_writes(dispatch: Dispatch, letter: Path) -> None:
    dispatch("add", "story.txt", *GIVEN)
    dispatch("publish", "defence")
    assert "status: published" in (letter / "issues" / "defence" / "issue.md").read_text("utf-8")
    assert ADDRESS in (letter / "dispatch.lock").read_text("utf-8")
    public = {
        path.relative_to(letter / "public").as_posix() for path in (letter / "public").rglob("*") if path.is_file()
    }
    assert {"index.html", "feed.xml", "issues.atom", "issues/defence/index.html", "issues/defence/email.html"} <= public
    assert not dispatch("publish", "-v").stdout, "nothing changed, so nothing is written"


def test_what_was_published_does_not_change_unseen(dispatch: Dispatch, letter: Path) -> None:
    dispatch("add", "story.txt", *GIVEN)
    dispatch("publish", "defence")
    file = letter / "issues" / "defence" / "a-harbour-that-would-not-sleep.md"
    file.write_text(file.read_text("utf-8").replace("https://paper.example/a", "https://paper.example/b"), "utf-8")
    assert "https://paper.example/a" in dispatch("check", "defence", code=1).output


def test_what_was_published_is_not_written_anew_when_it_lost_a_name_or_its_place(
    dispatch: Dispatch, letter: Path
) -> None:
    dispatch("add", "story.txt", *GIVEN)
    dispatch("publish", "defence")
    feed = (letter / "public" / "feed.xml").read_bytes()
    article = letter / "issues" / "defence" / "a-harbour-that-would-not-sleep.md"
    issue = letter / "issues" / "defence" / "issue.md"
    for file, old, new in (
        (article, "name: Ada Quay", "name: Mallory"),
        (issue, "status: published", "status: draft"),
        (issue, "      - a-harbour-that-would-not-sleep\n", ""),
    ):
        text = file.read_text("utf-8")
        file.write_text(text.replace(old, new), "utf-8")
        assert file.read_text("utf-8") != text
        dispatch("publish", code=1)
        assert (letter / "public" / "feed.xml").read_bytes() == feed
        file.write_text(text, "utf-8")
    dispatch("publish")


def test_what_is_published_is_judged_before_it_is_public(dispatch: Dispatch, letter: Path) -> None:
    dispatch("add", "story.txt", *GIVEN)
    shipped = (Path(__file__).parent.parent / "templates" / "entry.html").read_text("utf-8")
    without = shipped.replace("{{ line }}", "")
    assert without != shipped
    (letter / "templates").mkdir(exist_ok=True)
    (letter / "templates" / "entry.html").write_text(without, "utf-8")
    assert "feed.xml" in dispatch("publish", "defence", code=1).stdout
    assert not (letter / "public").exists()
    assert "status: draft" in (letter / "issues" / "defence" / "issue.md").read_text("utf-8")


def test_an_edition_that_lost_a_byline_is_told(dispatch: Dispatch, letter: Path) -> None:
    dispatch("add", "story.txt", *GIVEN)
    dispatch("render")
    mail = letter / "out" / "defence" / "email.html"
    dispatch("check", "defence", "--edition", str(mail))
    mail.write_text(mail.read_text("utf-8").replace("Ada Quay", "Somebody"), "utf-8")
    assert "Ada Quay" in dispatch("check", "defence", "--edition", str(mail), code=1).output


@pytest.mark.parametrize("style", ["json", "github", "markdown", "human"])
@pytest.mark.usefixtures("letter")
def test_reports_come_in_four_forms(dispatch: Dispatch, style: str) -> None:
    dispatch("add", "--title", "TK", "--url", "https://a.example/", "--no-fetch")
    output = dispatch("check", "--report", style).stdout
    assert "editorial" in output
    if style == "json":
        keys = {"rule", "severity", "subject", "place", "values", "message", "hint"}
        assert all(finding.keys() == keys for finding in json.loads(output))


@pytest.mark.usefixtures("letter")
def test_wrong_names_are_answered_with_the_nearest(dispatch: Dispatch) -> None:
    assert "defence" in dispatch("issue", "show", "defense", code=1).stderr
    dispatch("add", "story.txt")
    assert "harbour" in dispatch("issue", "remove", "defence", "a-harbor-that-would-not-sleep", code=1).stderr
    assert "add" in dispatch("ad", code=2).stderr


def test_nobody_is_asked_in_a_pipe(dispatch: Dispatch) -> None:
    assert "--title" in dispatch("init", "elsewhere", code=2).stderr


def test_without_a_publication_the_way_out_is_named(dispatch: Dispatch) -> None:
    assert "dispatch init" in dispatch("render", code=1).stderr


def test_what_comes_from_outside_is_safe_for_a_terminal(dispatch: Dispatch, letter: Path) -> None:
    (letter / "evil.txt").write_text("\x1b]0;owned\x07A title\n\nA paragraph that ends here.\n", encoding="utf-8")
    result = dispatch("add", "evil.txt")
    assert "\x1b" not in result.output
    assert "\x1b" not in dispatch("issue", "show").output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_examples(dispatch: Dispatch, command: str) -> None:
    assert "dispatch " + command in dispatch(command, "--help").stdout


def test_no_title_begins_a_line_of_its_own(dispatch: Dispatch, letter: Path) -> None:
    """A pull request's title must not become a command of the machine that runs it, on either stream."""
    forged = "::error file=README.md::FORGED"
    for key, at in (("title", "A{}"), ("authors", '["Ann{}"]'), ("source", '{{title: "Paper{}"}}')):
        value = at.format(f"\\n{forged}") if key != "title" else f'"A\\n{forged}"'
        words = {"title": '"B"', key: value}
        front = "".join(f"{name}: {text}\n" for name, text in words.items())
        (letter / f"{key}.md").write_text(f"---\nurl: https://paper.example/{key}\n{front}---\nWords.\n", "utf-8")
        shown = [dispatch("add", f"{key}.md")]
        shown.append(dispatch("issue", "show"))
        shown.append(dispatch("issue", "move", "defence", "1", "--section", "Europe\u2028" + forged))
        shown.append(dispatch("issue", "list"))
        shown.append(dispatch("issue", "remove", "defence", "1", "--delete", "--yes"))
        for result in shown:
            assert not [line for line in result.output.splitlines() if line.startswith("::")]
        assert key != "title" or forged in shown[0].output


def test_an_issue_that_cannot_be_read_hides_no_other(dispatch: Dispatch, letter: Path) -> None:
    dispatch("issue", "new", "Second")
    head = letter / "issues" / "second" / "issue.md"
    head.write_text(head.read_text("utf-8").replace("date:", "date: soon #"), "utf-8")
    listed = dispatch("issue", "list", code=1)
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["defence"]
    assert "issues/second/issue.md" in listed.stderr
    (letter / "issues" / "defence" / "broken.md").write_text("no title", "utf-8")
    dispatch("issue", "new", "Third")  # what another issue's articles hold is no concern of a new one
