"""What leads on: every old path finds the new one by the file, and by the page that stands there."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nouns
from dispatch.formats import site_files
from dispatch.serve.redirects import parse_redirects

SLUGS = st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True)
PAGES = st.builds("issues/{}/".format, SLUGS) | st.builds("issues/{}/{}/".format, SLUGS, SLUGS)
SITES = st.sampled_from(["https://wire.example", "https://host.example/the/wire"])


@given(st.dictionaries(PAGES, PAGES), st.sets(PAGES), SITES)
def test_every_old_path_finds_the_new_one(moved: dict[str, str], gone: set[str], site: str) -> None:
    # What is on the way elsewhere is not there: the ledger sees to it.
    moved = {old: new for old, new in moved.items() if new not in moved}
    gone -= moved.keys()
    within = urlsplit(site).path.strip("/")
    files = site_files.render_redirects(moved, gone, nouns.publication(url=site))
    text = files.pop("_redirects", b"").decode()
    assert "\r" not in text
    rules, faults = parse_redirects(text)
    assert not faults
    for old, new in moved.items():
        rule = rules.find(f"{within}/{old}")
        assert rule
        assert (rule.status, rule.to) == (301, f"/{within}/{new}".replace("//", "/"))
        page = files.pop(f"{old}index.html").decode()
        assert page.count(f'{site}/{new}"') == 3
    for path in gone:
        rule = rules.find(f"{within}/{path}")
        assert rule
        assert rule.status == 410
    assert files == {}


def test_what_is_the_same_is_the_same_in_any_order() -> None:
    moved = {"issues/b/": "issues/x/", "issues/a/": "issues/x/", "issues/a/one/": "issues/x/two/"}
    turned = dict(reversed(moved.items()))
    by = nouns.publication()
    assert site_files.render_redirects(moved, ["issues/z/", "issues/y/"], by) == site_files.render_redirects(
        turned, ["issues/y/", "issues/z/"], by
    )
    assert site_files.render_redirects(moved, ["issues/z/", "issues/y/"], by)["_redirects"].decode().splitlines() == [
        "/issues/a/ /issues/x/ 301",
        "/issues/a/one/ /issues/x/two/ 301",
        "/issues/b/ /issues/x/ 301",
        "/issues/y/ /issues/y/ 410",
        "/issues/z/ /issues/z/ 410",
        "/issues/a/* /issues/x/:splat 301",
        "/issues/b/* /issues/x/:splat 301",
    ]


def test_nothing_has_moved() -> None:
    assert site_files.render_redirects({}, (), nouns.publication()) == {}


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "ar", "hi"])
def test_the_page_needs_no_script_and_search_engines_pass_it_by(language: str) -> None:
    by = nouns.publication(language=language, title="A & <b>B</b>")
    page = site_files.render_redirects({"issues/old/": "issues/new/"}, (), by)["issues/old/index.html"].decode()
    assert "<script" not in page
    assert "<b>B" not in page
    assert '<meta name="robots" content="noindex" />' in page
    assert '<meta http-equiv="refresh" content="0; url=https://wire.example/issues/new/" />' in page
    assert '<link rel="canonical" href="https://wire.example/issues/new/" />' in page
    assert re.search('<h1>[^<]{5,}</h1>\n<p class="read"><a href="https://wire.example/issues/new/">', page)
    policy = re.search('Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none'; style-src 'self'")
