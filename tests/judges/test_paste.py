"""What others copy from us, through the sanitiser and the converter that editors in browsers have."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from conftest import NODE_MODULES
from test_passing_on import FACTS, kit, list_facts, publish_again

__all__ = ["kit"]

pytestmark = pytest.mark.needs("chromium", "npm:dompurify", "npm:turndown")

PASTES = {
    "DOMPurify": ("dompurify/dist/purify.min.js", "kit => DOMPurify.sanitize(kit)"),
    "DOMPurify, a small editor": (
        "dompurify/dist/purify.min.js",
        "kit => DOMPurify.sanitize(kit, {ALLOWED_TAGS: ['p', 'a', 'h1', 'h2', 'h3', 'img', 'em', 'strong'],"
        " ALLOWED_ATTR: ['href', 'src', 'alt']})",
    ),
    "Turndown": (
        "turndown/dist/turndown.js",
        "kit => new TurndownService({headingStyle: 'atx'}).turndown(kit)",
    ),
    "Turndown as it comes": ("turndown/dist/turndown.js", "kit => new TurndownService().turndown(kit)"),
}


@pytest.mark.parametrize("name", PASTES)
def test_a_kit_survives_what_it_is_pasted_through(browser: Browser, kit: str, tmp_path: Path, name: str) -> None:
    script, run = PASTES[name]
    page = browser.new_page()
    page.add_script_tag(content=(NODE_MODULES / script).read_text("utf-8"))
    pasted = page.evaluate(run, kit)
    page.close()
    article = publish_again(tmp_path / "beacon", "Valley Beacon", pasted)
    assert list(list_facts(article)) == FACTS
    assert article.source.title == "Harbour Wire"
    assert "republished under" not in article.content
    assert "Last words of this article" in article.content
