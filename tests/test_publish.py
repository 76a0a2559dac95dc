"""The public folder: only what changed is made, and whatever happens it is the old site or the new one."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import nouns
from dispatch import config, issues
from dispatch.cli import main
from dispatch.model import Author, Issue, Section
from dispatch.publish import cache, read_unchanged
from dispatch.publish.listings import strip_texts
from patience import PATIENCE
from thorough import THOROUGH

ADA = Author(name="Ada Lane", url="https://people.example/ada?posts=all&x=1")
BO = Author(name="Bo Zhang", url="https://people.example/bo")
Publish = Callable[..., Result]


@pytest.fixture
def letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A publication with two published issues and one draft."""
    root = tmp_path / "letter"
    config.create_publication(root, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>")
    monkeypatch.chdir(root)
    for slug, number, author in (("first", 1, ADA), ("second", 2, BO), ("third", 3, ADA)):
        add(root, number_of(slug, number, author))
    assert CliRunner().invoke(main, ["publish", "first"]).exit_code == 0
    assert CliRunner().invoke(main, ["publish", "second"]).exit_code == 0
    return root


def number_of(slug: str, number: int, author: Author) -> Issue:
    articles = (
        nouns.article(
            n,
            id=f"tag:wire.example,2026:{slug}/{n}",
            key=f"story-{n}",
            url=f"https://paper.example/{slug}/{n}?x=1&y=2",
            authors=(author,),
            tags=("bridges",) if n == 1 else (),
            image=None,
        )
        for n in (1, 2)
    )
    values = {"id": f"tag:wire.example,2026:{slug}", "slug": slug, "number": number, "title": f"The {slug}"}
    return nouns.issue(sections=(Section(title="Europe", articles=tuple(articles)),), **values)


def add(root: Path, issue: Issue) -> None:
    issues.create_issue(config.load(root), issue)


@pytest.fixture
def publish(letter: Path) -> Publish:  # noqa: ARG001
    def run(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, ["publish", "-v", *arguments])
        assert result.exit_code == code, result.output
        return result

    return run


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def untag(letter: Path) -> None:
    """No article of the published issues has a tag any more."""
    publication = config.load(letter)
    for slug in ("first", "second"):
        issue = issues.read_issue(publication, slug)
        articles = tuple(replace(article, tags=()) for article in issue.articles)
        issues.change_issue(publication, issue, replace(issue, sections=(Section(title="Europe", articles=articles),)))


def template(letter: Path, name: str) -> Path:
    """A template of the publication's own, as it is by default."""
    (letter / "templates").mkdir(exist_ok=True)
    return Path(shutil.copy(nouns.ROOT / "templates" / name, letter / "templates" / name))


# Only what changed


def test_nothing_changed_is_nothing_written_and_nothing_loaded(letter: Path, publish) -> None:
    before = {path: path.stat().st_mtime_ns for path in (letter / "public").rglob("*")}
    assert publish().stdout == ""
    assert {path: path.stat().st_mtime_ns for path in (letter / "public").rglob("*")} == before
    program = "import sys\nfrom dispatch.cli import main\ntry: main(['publish'])\nfinally: print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=letter)
    assert "dispatch.publish.cache" in ran.stdout
    assert not {"jinja2", "feedgen", "nh3", "selectolax", "babel"} & set(ran.stdout.split())


def test_the_same_bytes_come_without_the_record(letter: Path, publish) -> None:
    before = tree(letter / "public")
    shutil.rmtree(letter / ".dispatch")
    shutil.rmtree(letter / "public")
    publish()
    assert tree(letter / "public") == before


def test_a_record_that_is_damaged_is_begun_anew(letter: Path, publish) -> None:
    before = tree(letter / "public")
    (letter / ".dispatch" / "site.sqlite").write_bytes(b"no database at all, but long enough to be one" * 99)
    assert publish().stdout == ""
    assert tree(letter / "public") == before


def test_an_article_is_read_from_the_record_until_its_file_or_one_beside_it_changes(letter: Path, publish) -> None:
    """The record is falsified: whoever shows what it says has not read the file."""
    folder = letter / "issues" / "first"

    def falsify() -> None:
        with closing(sqlite3.connect(letter / ".dispatch" / "site.sqlite")) as record, record:
            told = "UPDATE articles SET kept = replace(kept, 'Paragraph 1 of story', 'Falsified story')"
            assert record.execute(told).rowcount == 6

    def is_falsified(number: int) -> bool:
        page = letter / "public" / "issues" / "first" / f"story-{number}" / "index.html"
        return "Falsified" in page.read_text("utf-8")

    falsify()
    edit(folder / "story-1.html", "Paragraph 2 of", "The second paragraph of")
    publish()
    assert (is_falsified(1), is_falsified(2)) == (False, True)
    for path, old, new in (
        (folder / "issue.md", "Europe", "The continent"),
        (letter / "dispatch.toml", 'title = "The Wire"', 'title = "The Cable"'),
    ):
        falsify()
        edit(path, old, new)
        publish()
        assert not is_falsified(1), path
        assert not is_falsified(2), path
    falsify()
    (folder / "beside.png").write_bytes(b"")
    publish()
    assert not is_falsified(1)


def test_what_check_knows_of_other_issues_is_from_the_record_until_a_file_changes(letter: Path, publish) -> None:
    found = config.load(letter)
    (letter / cache.FILE).unlink()  # nothing was published from here
    assert read_unchanged(found) == {}
    publish()
    known = read_unchanged(found)
    every = {one.slug: strip_texts(one) for one in issues.read_all_issues(found)}
    assert known == every
    with cache.open_cache(letter, letter / "public"):  # another publish writes at the same time
        assert read_unchanged(found) == every
    file = next((letter / "issues" / next(iter(every))).glob("*.md"))
    file.write_text(f"{file.read_text('utf-8')}\nMore.\n", encoding="utf-8")
    assert read_unchanged(found).keys() == every.keys() - {file.parent.name}
    (letter / cache.FILE).write_bytes(b"damaged")
    assert read_unchanged(found) == {}


def test_a_correction_changes_what_shows_it_and_nothing_else(letter: Path, publish) -> None:
    edit(letter / "issues" / "first" / "story-1.html", "Paragraph 1 of story 1", "The first paragraph of story 1")
    changed = set(publish().stdout.split())
    assert changed == {
        *(f"issues/first/{name}" for name in ("index.html", "email.html", "email.txt", "story-1/index.html")),
        *(f"issues/first/feed.{ending}" for ending in ("xml", "atom", "json")),
        *(f"{feed}.{ending}" for feed in ("feed", "issues") for ending in ("xml", "atom", "json")),
    }


def test_a_new_issue_changes_its_own_pages_its_neighbour_and_the_lists(publish) -> None:
    changed = set(publish("third").stdout.split("\n"))
    assert {"issues/third/index.html", "issues/second/index.html", "index.html", "feed.xml"} <= changed
    assert {"authors/ada-lane/index.html", "tags/bridges/index.html", "sitemap.xml"} <= changed
    assert not {path for path in changed if path.startswith(("issues/first/", "authors/bo-zhang/"))}


def test_an_address_stays_with_whom_it_was_given_to_when_an_older_issue_comes_later(letter: Path, publish) -> None:
    for slug, number, name in (("later", 8, "⚓⚓"), ("older", 7, "🚢🚢")):
        add(letter, replace(number_of(slug, number, Author(name=name)), date=nouns.DATE + timedelta(days=number)))
    publish("later")
    mine = letter / "public" / "authors" / "author" / "index.html"
    assert "⚓⚓" in mine.read_text("utf-8")
    publish("older")
    assert "⚓⚓" in mine.read_text("utf-8")
    assert "🚢🚢" in (letter / "public" / "authors" / "author-2" / "index.html").read_text("utf-8")
    before = tree(letter / "public")
    shutil.rmtree(letter / "public")
    shutil.rmtree(letter / ".dispatch")
    publish()
    assert tree(letter / "public") == before


def test_the_text_of_the_settings_and_of_templates_is_a_part_of_what_pages_are_made_of(letter: Path, publish) -> None:
    edit(template(letter, "web.css"), "24px 32px 48px", "24px 30px 48px")
    assert publish().stdout.split() == ["style.css"]
    edit(template(letter, "entry-words.html"), '<p><a href="{{ article.url }}">', '<p>→ <a href="{{ article.url }}">')
    changed = publish().stdout.split()
    assert changed
    assert all(path.endswith((".xml", ".atom", ".json")) for path in changed)
    edit(letter / "dispatch.toml", 'title = "The Wire"', 'title = "The Cable"')
    assert "index.html" in publish().stdout.split()


def test_a_page_that_nothing_leads_to_any_more_is_removed_when_it_is_ours(letter: Path, publish) -> None:
    mine, theirs = letter / "public" / "tags" / "index.html", letter / "public" / "CNAME"
    theirs.write_text("wire.example")
    untag(letter)
    assert "- tags/index.html" in publish().stdout.split("\n")
    assert not mine.exists()
    assert theirs.exists()
    assert "story-1" not in (letter / "public" / "tags" / "bridges" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("status", ["draft", "published"])
def test_a_copy_of_an_issue_is_told_whose_ids_it_has(letter: Path, publish: Publish, status: str) -> None:
    shutil.copytree(letter / "issues" / "first", letter / "issues" / "a-copy")
    edit(letter / "issues" / "a-copy" / "issue.md", "status: published", f"status: {status}")
    stopped = publish(code=1)
    assert "issues/a-copy/issue.md: has the id of issues/first/issue.md" in stopped.stderr
    assert "It has the same id as issues/first/issue.md" in publish("a-copy", code=1).stdout


def test_an_article_of_two_issues_is_told_by_its_file(letter: Path, publish: Publish) -> None:
    story = (letter / "issues" / "first" / "story-1.html").read_text("utf-8")
    (letter / "issues" / "third" / "story-1.html").write_text(story, "utf-8")
    assert "It has the same id as issues/first/story-1.html" in publish("third", code=1).stdout


def test_a_page_that_somebody_deleted_already_is_no_fault(letter: Path, publish) -> None:
    (letter / "public" / "tags" / "index.html").unlink()
    untag(letter)
    assert "- tags/index.html" not in publish().stdout
    assert publish().stdout == ""


def test_a_page_that_somebody_changed_is_left_and_named(letter: Path, publish) -> None:
    page = letter / "public" / "tags" / "index.html"
    page.write_text("mine now")
    untag(letter)
    assert "public/tags/index.html" in publish().stderr
    assert page.read_text() == "mine now"


def test_a_file_with_a_fault_removes_nothing(letter: Path, publish) -> None:
    before = tree(letter / "public")
    edit(letter / "issues" / "first" / "story-1.html", "tags:", "x-tags:")
    assert "issues/first/story-1.html" in publish(code=1).stderr
    assert tree(letter / "public") == before


def test_a_page_that_somebody_changed_or_deleted_is_put_right_while_it_is_wanted(letter: Path, publish) -> None:
    before = tree(letter / "public")
    (letter / "public" / "index.html").write_text("not mine")
    (letter / "public" / "feed.xml").unlink()
    assert sorted(publish().stdout.split()) == ["feed.xml", "index.html"]
    assert tree(letter / "public") == before


def test_a_dry_run_says_what_would_change_and_writes_nothing(letter: Path, publish) -> None:
    before = tree(letter)
    said = json.loads(publish("third", "--dry-run", "--json").stdout)
    assert {"path": "issues/third/index.html", "what": "new"} in said["changes"]
    assert {"path": "index.html", "what": "changed"} in said["changes"]
    after = tree(letter)
    assert {path for path in before | after if before.get(path) != after.get(path)} == set()


def test_a_dry_run_without_a_record_makes_none(letter: Path, publish) -> None:
    shutil.rmtree(letter / ".dispatch")
    shutil.rmtree(letter / "public")
    assert "+ index.html" in publish("--dry-run").stdout
    assert not (letter / ".dispatch").exists()
    assert not (letter / "public").exists()


def test_two_folders_have_records_of_their_own(letter: Path, publish, tmp_path: Path) -> None:
    publish("--output", str(tmp_path / "www"))
    assert tree(tmp_path / "www") == tree(letter / "public")
    assert publish().stdout == publish("--output", str(tmp_path / "www")).stdout == ""


@pytest.mark.parametrize("folder", [".", "..", "issues", "issues/first", "templates"])
def test_a_site_is_never_written_among_the_files_that_people_edit(letter: Path, publish: Publish, folder: str) -> None:
    before = sorted(letter.rglob("*"))
    result = publish("--output", folder, code=1)
    assert f"{folder}: holds the files of the publication" in result.stderr
    assert sorted(letter.rglob("*")) == before


def test_a_search_is_indexed_when_a_page_changes_and_goes_when_it_is_not_wanted(letter: Path, publish) -> None:
    (letter / "dispatch.toml").write_text((letter / "dispatch.toml").read_text("utf-8") + "\n[site]\nsearch = true\n")
    changed = publish().stdout.split()
    assert {"search/index.html", "search/search.js", "pagefind/pagefind.js"} <= set(changed)
    index = {path: body for path, body in tree(letter / "public").items() if path.startswith("pagefind/")}
    assert len([path for path in index if path.endswith(".pf_fragment")]) == 6
    assert publish("--dry-run").stdout == ""
    edit(template(letter, "email.txt"), "{{", " {{")
    assert not [path for path in publish().stdout.split() if path.startswith("pagefind/")]
    edit(letter / "issues" / "first" / "story-1.html", "Paragraph 1 of story 1", "An unheard-of beginning")
    assert [path for path in publish().stdout.split() if path.startswith("pagefind/")]
    edit(letter / "dispatch.toml", "search = true", "search = false")
    assert "- pagefind/pagefind.js" in publish().stdout.split("\n")
    assert not (letter / "public" / "pagefind").exists()
    assert not (letter / "public" / "search").exists()


def test_a_folder_whose_name_can_be_no_slug_is_told(letter: Path, publish) -> None:
    shutil.copytree(letter / "issues" / "third", letter / "issues" / "Third Copy")
    assert "issues/Third Copy\n  warning: It is no issue: the name of its folder" in publish("third").stdout
    shutil.copytree(letter / "issues" / "third", letter / "issues" / "Fourth")
    assert "issues/Fourth\n  warning: It is no issue: the name of its folder" in publish().stdout


def test_a_draft_that_is_half_written_is_told_and_stops_nothing(letter: Path, publish) -> None:
    edit(letter / "issues" / "third" / "story-1.html", "title:", "titel:")
    edit(letter / "issues" / "first" / "story-1.html", "Paragraph 1 of", "Passage 1 of")
    result = publish()
    assert "issues/third/story-1.html" in result.stderr
    assert "issues/first/index.html" in result.stdout.split()
    assert "issues/third/story-1.html" in publish("third", code=1).stderr
    edit(letter / "issues" / "first" / "story-1.html", "title:", "titel:")
    assert "issues/first/story-1.html" in publish(code=1).stderr


def test_a_picture_that_is_not_there_stops_what_was_published_before(letter: Path, publish) -> None:
    edit(
        letter / "issues" / "first" / "story-1.html", "published:", "image: {url: gone.jpg, alt: A bridge}\npublished:"
    )
    assert "gone.jpg" in publish(code=1).stdout


def test_what_is_wrong_can_be_read_by_a_script(letter: Path, publish) -> None:
    edit(template(letter, "line.html"), "byline(article)", "article.title")
    said = json.loads(publish("--json", code=1).stdout)
    assert {"attribution.author"} <= {finding["rule"] for finding in said["findings"]}
    assert said["changes"] == []


# The old site or the new one


@pytest.mark.parametrize("name", ["index.html", "issues/first/index.html", "style.css"])
def test_a_link_in_the_public_folder_leads_nobody_out_of_it(letter: Path, publish, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside.html"
    outside.write_text("not yours")
    target = letter / "public" / name
    target.unlink()
    target.symlink_to(outside)
    edit(letter / "dispatch.toml", 'title = "The Wire"', 'title = "The Cable"')
    before = tree(letter / "public")
    assert name in publish(code=1).stderr
    assert outside.read_text() == "not yours"
    assert tree(letter / "public") == before


def test_a_folder_that_is_a_link_is_not_followed(letter: Path, publish, tmp_path: Path) -> None:
    shutil.move(letter / "public" / "tags", tmp_path / "tags")
    (letter / "public" / "tags").symlink_to(tmp_path / "tags")
    before = tree(tmp_path / "tags")
    edit(letter / "dispatch.toml", 'title = "The Wire"', 'title = "The Cable"')
    publish(code=1)
    assert tree(tmp_path / "tags") == before


def test_a_template_that_raises_leaves_the_old_site(letter: Path, publish) -> None:
    before = tree(letter / "public")
    edit(template(letter, "front.html"), "{% extends", "{{ nobody.knows.this }}{% extends")
    template(letter, "list.html").write_text("{{ 1 / 0 }}")
    assert "templates/list.html" in publish(code=1).stderr
    assert tree(letter / "public") == before


def test_a_page_that_loses_a_byline_leaves_the_old_site(letter: Path, publish) -> None:
    before = tree(letter / "public")
    edit(template(letter, "line.html"), "byline(article)", "article.title")
    result = publish(code=1)
    assert "Ada Lane" in result.output
    assert "not published" in result.stderr
    assert tree(letter / "public") == before


@pytest.mark.skipif(sys.platform == "win32", reason="limits are those of POSIX")
def test_a_full_disk_leaves_the_old_site(letter: Path) -> None:
    before = tree(letter / "public")
    program = """
        import resource, signal, sys
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, resource.RLIM_INFINITY))
        from dispatch.cli import main
        main(["publish"])
    """
    edit(letter / "dispatch.toml", 'title = "The Wire"', 'title = "The Cable"')
    ran = python(program, letter)
    assert ran.returncode == 1
    assert "Error" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert tree(letter / "public") == before
    assert python('from dispatch.cli import main\nmain(["publish"])', letter).returncode == 0
    assert b"The Cable" in (letter / "public" / "index.html").read_bytes()


def test_a_kill_at_every_write_leaves_each_file_old_or_new_and_the_next_publish_finishes(
    letter: Path, tmp_path: Path
) -> None:
    edit(letter / "dispatch.toml", 'title = "The Wire"', 'title = "The Cable"')
    old = tree(letter / "public")
    clean = tmp_path / "clean"
    assert python(f'from dispatch.cli import main\nmain(["publish", "-o", {str(clean)!r}])', letter).returncode == 0
    new = tree(clean)
    shutil.copytree(letter, tmp_path / "before", symlinks=True)
    killed = 0
    for at in range(0, 400, 7 if THOROUGH else 19):
        shutil.rmtree(letter)
        shutil.copytree(tmp_path / "before", letter, symlinks=True)
        program = f"""
            import os, pathlib
            left, whole = {at}, pathlib.Path.replace
            def replace(self, target):
                global left
                if not left:
                    os._exit(9)
                left -= 1
                return whole(self, target)
            pathlib.Path.replace = replace
            from dispatch.cli import main
            main(["publish"])
        """
        code = python(program, letter).returncode
        found = {path: body for path, body in tree(letter / "public").items() if not path.startswith(".release")}
        assert set(found) == set(old)
        assert all(body in (old[path], new[path]) for path, body in found.items())
        if code == 0:
            break
        killed += 1
        assert code == 9
        if killed % 4 == 1:
            assert python('from dispatch.cli import main\nmain(["publish"])', letter).returncode == 0
            assert tree(letter / "public") == new
    assert killed > (9 if THOROUGH else 3)
    assert tree(letter / "public") == new


def test_two_publishes_at_once_make_one_site(letter: Path, tmp_path: Path) -> None:
    edit(letter / "dispatch.toml", 'title = "The Wire"', 'title = "The Cable"')
    command = [sys.executable, "-c", 'from dispatch.cli import main\nmain(["publish"])']
    running = [subprocess.Popen(command, cwd=letter, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate(timeout=PATIENCE)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], said
    assert sorted(words.splitlines()[-1].startswith("0 of ") for words in said) == [False, True, True]
    clean = tmp_path / "clean"
    assert python(f'from dispatch.cli import main\nmain(["publish", "-o", {str(clean)!r}])', letter).returncode == 0
    assert tree(letter / "public") == tree(clean)


@pytest.mark.parametrize("moment", [0, 4_000_000_000])
def test_clocks_that_go_backwards_change_nothing(letter: Path, publish, moment: int) -> None:
    for path in [*(letter / "issues").rglob("*"), *(letter / "public").rglob("*"), letter / "dispatch.toml"]:
        os.utime(path, (moment, moment))
    assert publish().stdout == ""
    edit(letter / "issues" / "first" / "story-1.html", "Paragraph 1 of", "Passage 1 of")
    os.utime(letter / "issues" / "first" / "story-1.html", (moment, moment))
    assert "issues/first/index.html" in publish().stdout.split()


def python(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A process of its own, as limits and kills need one."""
    command = [sys.executable, "-W", "error", "-c", textwrap.dedent(program)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE)


@pytest.mark.usefixtures("letter")
def test_how_many_files_changed_is_said_and_which_when_asked() -> None:
    said = CliRunner().invoke(main, ["publish", "third"])
    assert "index.html" not in said.stdout
    assert re.search(r"^\d+ of \d+ files changed in public/$", said.stderr, re.MULTILINE)
    Path("public", "index.html").unlink()
    assert CliRunner().invoke(main, ["publish", "--verbose"]).stdout == "index.html\n"
