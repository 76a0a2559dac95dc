"""A publication's own templates: the same bytes as without limits, and an end to whatever does not end."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import nouns
from dispatch import child, config, issues, render
from dispatch.child import limit_function
from dispatch.cli import main
from dispatch.errors import RenderError
from dispatch.formats import FORMATS, site_files
from dispatch.model import Publication
from dispatch.publish.listings import make_entry
from patience import processor_seconds

ISSUE = nouns.issue(nouns.article(1), nouns.article(2))


def own(**texts: str) -> Publication:
    """A publication with these templates of its own; the names have an underscore for the dot."""
    named = {name.replace("_", "."): text for name, text in texts.items()}
    return nouns.publication(templates=nouns.TEMPLATES | named, own_templates=frozenset(named))


def test_the_child_makes_the_same_bytes() -> None:
    limited = own(**{"web-article_html": nouns.TEMPLATES["web-article.html"] + "<!-- {{ publication.title }} -->\n"})
    free = replace(limited, own_templates=frozenset())
    for name in FORMATS:
        assert render.render_edition(ISSUE, limited, name) == render.render_edition(ISSUE, free, name)
    assert b"<!-- " in render.render_edition(ISSUE, limited, "web").body
    entries = [*ISSUE.articles, make_entry(ISSUE, free)]
    assert make_entry(ISSUE, limited) == entries[-1]
    assert render.render_entries(ISSUE, limited, entries) == render.render_entries(ISSUE, free, entries)
    assert limit_function(site_files.render_not_found)(limited) == site_files.render_not_found(free)


@contextmanager
def started_programs() -> Iterator[list[str]]:
    """What programs are started meanwhile (PEP 578)."""
    found: list[str] = []
    listening = [True]

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if listening and event == "subprocess.Popen":
            found.append(str(arguments[1]))

    sys.addaudithook(watch)
    yield found
    listening.clear()


def test_the_default_templates_need_no_child() -> None:
    with started_programs() as started:
        render.render_edition(ISSUE, nouns.publication(), "web")
        assert started == []
        for name in ("web", "text"):
            render.render_edition(ISSUE, own(web_html="{{ publication.title }}"), name)
        assert len(started) == 1


SLOW = "a\n{% for i in range(99999) %}\n{% for j in range(99999) %}{% endfor %}\n{% endfor %}\n"
# One operation, in which no signal is heard: two trees of lists with a thousand milliard leaves are compared.
NATIVE = """a
{% set ns = namespace(a=[1], b=[1]) %}
{% for i in range(40) %}{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}{% endfor %}
{{ ns.a == ns.b }}"""
HUGE = "a\n\n{{ ('a' * 4000000000)|length }}"
LONG = "{% for i in range(5000) %}{{ 'a' * 9000 }}{% endfor %}"


@pytest.mark.skipif(sys.platform == "win32", reason="the system counts no processor seconds for a process there")
@pytest.mark.parametrize(
    ("template", "place", "what"),
    [
        (SLOW, "templates/web.html:3", f"takes more than {child.MOST_SECONDS} seconds"),
        (NATIVE, "templates/web.html", f"takes more than {child.MOST_SECONDS} seconds"),
        (HUGE, "templates/web.html:3", "takes too much memory"),
        (LONG, "templates/404.html", "renders to more than 16 MiB"),
    ],
    ids=["slow", "native", "huge", "long"],
)
def test_a_template_that_passes_a_limit_is_named_and_not_tried_again(template: str, place: str, what: str) -> None:
    """404.html comes first in the alphabet: what is not known of any template is told of the first."""
    limited = own(web_html=template, **{"404_html": "a"})
    for _ in range(2):
        with processor_seconds(child.MOST_SECONDS / 2), pytest.raises(RenderError) as caught:
            render.render_edition(ISSUE, limited, "web")
        (fault,) = caught.value.faults
        assert (str(fault.place), fault.what) == (place, what)
        assert "default template" in fault.hint
    with pytest.raises(RenderError, match=what), processor_seconds(1):
        render.render_edition(ISSUE, limited, "text")
    assert render.render_edition(ISSUE, own(web_html="other"), "web").body == b"other"


def test_a_template_that_is_only_wrong_may_be_followed_by_others() -> None:
    limited = own(web_html="a\n{{ nothing }}")
    for _ in range(2):
        with pytest.raises(RenderError, match="'nothing' is undefined") as caught:
            render.render_edition(ISSUE, limited, "web")
        assert str(caught.value.faults[0].place) == "templates/web.html:2"
    assert render.render_edition(ISSUE, limited, "text").body


@pytest.mark.parametrize("command", ["check", "render", "publish"])
def test_a_command_says_which_template_never_ends(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example")
    issues.create_issue(config.load(tmp_path), ISSUE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "entry.html").write_text("a\n{{ ('a' * 4000000000)|length }}")
    # What stands in a checkout is not imported by the child.
    for name in ("pickle", "jinja2", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'caught')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, [command, ISSUE.slug])
    assert result.exit_code == 1
    said = result.output.replace("\n  error: T", ": t")
    assert "templates/entry.html:2: takes too much memory" in said
    assert not (tmp_path / "caught").exists()


def test_the_child_ends_with_its_parent() -> None:
    program = (
        "import sys, nouns; from dispatch import render\n"
        "import test_child\n"
        "render.render_edition(test_child.ISSUE, test_child.own(web_html='a'), 'web')\n"
        "print('done')"
    )
    command = [sys.executable, "-W", "error", "-c", program]
    ran = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("done\n", "")
