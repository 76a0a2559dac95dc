"""An export that is added instead of imported says which command reads it, and none of it becomes an article."""

import shutil
from pathlib import Path

import pytest

from commands import run_dispatch
from dispatch import config, gather
from dispatch.errors import GatherError

EXPORTS = Path(__file__).parent / "data" / "exports"
# WXR as WordPress 6 writes it: what is private, behind a password or an attachment stands beside what is public.
WXR = """\
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="{0}excerpt/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:wp="{0}"><channel><title>The Daily</title><link>https://daily.example</link>
<wp:wxr_version>1.2</wp:wxr_version><item><title>Secret</title><link>https://daily.example/?p=2</link>
<dc:creator>aq77</dc:creator><description>Not for the public.</description><wp:status>private</wp:status></item>
</channel></rss>
"""
# Blogger's export as it was until 2024, and as Takeout gives it since.
ENTRY = (
    '<feed xmlns="http://www.w3.org/2005/Atom"{}><id>tag:blogger.example</id><entry><title>T</title>{}</entry></feed>'
)
KIND = (
    '<category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#{}"/>'
)
TAKEOUT = ' xmlns:blogger="http://schemas.google.com/blogger/2018"'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    config.create_publication(tmp_path / "wire", title="The Wire", url="https://wire.example")
    run_dispatch(tmp_path / "wire", "issue", "new", "Week", "--slug", "week")
    return tmp_path / "wire"


@pytest.mark.parametrize("scheme", ["http", "https", "HTTP"])
@pytest.mark.parametrize("version", ["1.0", "1.2", "1.9"])
def test_wordpress_is_named_in_any_namespace_under_any_name(root: Path, scheme: str, version: str) -> None:
    text = WXR.format(f"{scheme}://wordpress.org/export/{version}/")
    for name in ("daily.xml", "daily.rss", "daily"):
        (root / name).write_text(text, "utf-8")
        said = run_dispatch(root, "add", name, code=1).stderr
        assert "WordPress" in said
        assert "dispatch import" in said
    with pytest.raises(GatherError, match="WordPress's export"):
        gather.gather_articles("-", user_agent="x", stdin=text.encode())
    assert sorted(path.name for path in (root / "issues" / "week").iterdir()) == ["issue.md"]


@pytest.mark.parametrize(
    "text",
    [ENTRY.format("", KIND.format("settings")), ENTRY.format(TAKEOUT, "<blogger:type>POST</blogger:type>")],
)
def test_blogger_is_named_and_its_feed_is_no_export(root: Path, text: str) -> None:
    (root / "blog.atom").write_text(text, "utf-8")
    assert "this is Blogger's export" in run_dispatch(root, "add", "blog.atom", code=1).stderr
    (root / "feed.atom").write_text(ENTRY.format(TAKEOUT, KIND.format("post")), "utf-8")
    run_dispatch(root, "add", "feed.atom")


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("ghost/export.json", "Ghost"),
        ("buttondown/emails.csv", "Buttondown"),
        ("wordpress/harbour.WordPress.2024-06-01.xml", "WordPress"),
        ("substack", "Substack"),
        ("mailchimp", "Mailchimp"),
        ("markdown", "Markdown"),
    ],
)
def test_an_export_names_what_reads_it(root: Path, tmp_path: Path, name: str, system: str) -> None:
    path = str(EXPORTS / name)
    if (EXPORTS / name).is_dir() and name != "markdown":
        path = shutil.make_archive(str(tmp_path / "export"), "zip", path)
    said = run_dispatch(root, "add", path, code=1).stderr
    assert f"this is an export ({system}" in said
    assert f"dispatch import {path}" in said
    shutil.rmtree(root / "issues")
    assert run_dispatch(root, "add", path, code=1).stderr == said  # that needs no draft


def test_what_is_no_export_is_refused_as_before(root: Path) -> None:
    (root / "a.json").write_text('{"a": 1}', "utf-8")
    (root / "b.md").write_text("---\nsubject: S\n", "utf-8")
    for name in ("a.json", "b.md", "nothing.xml"):
        said = run_dispatch(root, "add", name, code=1).stderr
        assert "export" not in said
