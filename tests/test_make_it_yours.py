"""A designer's task, without touching a template: what the guide says, done as it says it."""

import re
from pathlib import Path

import pytest

import nouns
from dispatch import check, config, issues, render
from dispatch.formats import FORMATS
from dispatch.looks import load_looks
from dispatch.model import Section

GUIDE = (nouns.ROOT / "docs" / "guides" / "look.md").read_text("utf-8")


def read_block(kind: str) -> str:
    """The first block of the guide in toml or yaml."""
    found = re.search(rf"```{kind}\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return found[1]


def make_publication(folder: Path, look: str) -> None:
    """A publication with the settings of the guide, and an issue whose sections are those of the guide."""
    settings = read_block("toml").replace('look = "paper"', f'look = "{look}"')
    head = 'title = "The Wire"\nurl = "https://wire.example"\ntimezone = "Europe/Berlin"\n\n'
    (folder / "dispatch.toml").write_text(head + settings, encoding="utf-8")
    (folder / "header.png").write_bytes(b"a picture")
    publication = config.load(folder)
    issues.create_issue(publication, nouns.issue(sections=(Section(articles=tuple(map(nouns.article, range(1, 5)))),)))
    path = folder / "issues" / "defence" / "issue.md"
    (path.parent / "rope.png").write_bytes(b"a picture")
    text = path.read_text("utf-8")
    begin, end = text.index("sections:"), text.index("---", 4)
    path.write_text(text[:begin] + read_block("yaml") + text[end:], encoding="utf-8")


@pytest.mark.parametrize("look", sorted(load_looks()))
def test_a_designer_needs_no_template(tmp_path: Path, look: str) -> None:
    make_publication(tmp_path, look)
    publication = config.load(tmp_path)
    issue = issues.read_issue(publication, "defence")
    editions = [render.render_edition(issue, publication, name) for name in FORMATS]
    found = check.findings(issue, editions, publication)
    assert [one for one in found if one.severity == "error"] == []
    assert publication.own_templates == frozenset()
    made = {edition.format: edition.body.decode() for edition in editions}
    for name in ("email", "web"):
        assert 'src="https://wire.example/header.png" alt="The Wire"' in made[name]
        assert "Charter" in made[name]
        assert 'href="https://hemp.example" rel="sponsored"' in made[name]
        assert "Hemp &amp; Co</a>" in made[name]
        assert "https://social.example/@wire" in made[name]
    assert made["email"].count('class="item half brief"') == 4
    assert "Printed on slow paper." in made["email"]
    assert 'href="mailto:desk@wire.example"' in made["email"]
    assert "Sponsored by Hemp & Co\nhttps://hemp.example" in made["text"]
    assert "Mastodon\nhttps://social.example/@wire" in made["text"]
