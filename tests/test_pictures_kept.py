"""A publication that keeps copies: fetched once as hostile input, kept in git, shown on its pages and nowhere else."""

import io
import re
import shutil
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass, replace
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from playwright.sync_api import Browser, Request

import nouns
from dispatch import check, config, fetch, gather, html, issues, pictures, render
from dispatch.cli import main
from dispatch.errors import GatherError
from dispatch.formats import FORMATS, site_files
from dispatch.model import Contents, ImageCopy, ImageVariant, Issue, Page, Publication
from dispatch.publish.listings import strip_texts
from drawings import drawn, moving, photograph, saved
from loopback import Web, web
from patience import PATIENCE

AGENT = "dispatch-tests/1 (+https://wire.example)"

LEAD = """---
title: The bridge is open
url: https://paper.example/bridge
authors:
  - name: Ada Quill
    url: https://paper.example/ada
    bio: Ada writes about bridges.
    avatar: {origin}/face.png
image: {{url: "{origin}/lead.jpg?a=1&b=2", alt: "A bridge, “open” at last"}}
---
The bridge is open again, after years of waiting and of long ways round. Everybody came.

![A bolt of the bridge]({origin}/bolt.png "A bolt")

It holds. ![](own.png)
"""
SECOND = """---
title: The ferry stops
url: https://paper.example/ferry
authors: [{{name: Ben Nib}}]
image: {{url: {origin}/ferry.jpg, alt: A ferry}}
---
The ferry stops for good, and a hundred years of it end on a Monday in the rain.

![Gone]({origin}/gone.jpg) ![A page]({origin}/page.jpg) ![Words]({origin}/drawing.svg)
"""
EXCERPT = """---
title: The tunnel waits
url: https://paper.example/tunnel
syndicate: excerpt
authors: [{{name: Cleo Ink}}]
---
The tunnel waits for its money, and so do those who would dig it if they were let.

![Never shown]({origin}/never.jpg)
"""


@dataclass
class Desk:
    """A publication on disk, and the site that its pictures come from."""

    root: Path
    origin: Web
    url: str = "https://wire.example"

    def __post_init__(self) -> None:
        folder = self.root / "issues" / "bridges"
        folder.mkdir(parents=True)
        self.configure("copy")
        (folder / "issue.md").write_text(
            "---\ntitle: Bridges\ndate: 2026-11-22\n"
            "sections:\n  - title: Ways\n    articles: [lead, second, third]\n---\n"
            f"Look at this: ![A map]({self.origin.url('/map.png')})\n"
        )
        for name, text in (("lead", LEAD), ("second", SECOND), ("third", EXCERPT)):
            (folder / f"{name}.md").write_text(text.format(origin=self.origin.url("")))
        (folder / "own.png").write_bytes(saved(drawn(900, 300), "PNG"))

    def configure(self, images: str) -> None:
        (self.root / "dispatch.toml").write_text(
            f'title = "The Wire"\nurl = "{self.url}"\n[site]\nimages = "{images}"\n[syndicate]\ndefault = "full"\n'
        )

    @property
    def publication(self) -> Publication:
        return config.load(self.root)

    @property
    def issue(self) -> Issue:
        return issues.read_issue(self.publication, "bridges")

    def gather(self) -> tuple[list[str], list[GatherError]]:
        """The names of the files that were kept, and why others were not."""
        client = fetch.Client(user_agent=AGENT, allow_private=True, seconds=PATIENCE, is_robot=True)
        results = list(gather.download_pictures(self.publication, [self.issue], client))
        kept = [one.relative_to(self.root).as_posix() for one in results if isinstance(one, Path)]
        return sorted(kept), sorted((one for one in results if isinstance(one, GatherError)), key=str)

    def placed(self) -> Page:
        """The issue as it stands in the site, with its pictures."""
        copies = pictures.make_album(self.publication, self.issue).copies
        return nouns.page(self.issue, "issue", path="issues/bridges/", pictures=copies)


@pytest.fixture
def origin() -> Iterator[Web]:
    with web() as site:
        site.pages = {
            "/lead.jpg?a=1&b=2": saved(drawn(2000, 1200), "JPEG", quality=90),
            "/bolt.png": saved(drawn(700, 500).quantize(6), "PNG"),
            "/face.png": saved(drawn(400, 400), "PNG"),
            "/ferry.jpg": photograph(orientation=6),
            "/map.png": saved(drawn(300, 200), "PNG"),
            "/page.jpg": "<!doctype html><title>Not here</title>",
            "/drawing.svg": '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            "/never.jpg": photograph(),
        }
        yield site


@pytest.fixture
def desk(tmp_path: Path, origin: Web) -> Desk:
    return Desk(tmp_path / "wire", origin)


def place_of(error: GatherError) -> str:
    """The file or address that an error is about."""
    return error.faults[0].place.file or error.faults[0].place.address


def test_what_the_pages_show_is_fetched_once_and_kept_and_the_rest_is_told(desk: Desk) -> None:
    kept, told = desk.gather()
    assert len(kept) == 5
    assert all(re.fullmatch(r"issues/bridges/copies/[0-9a-f]{16}\.(jpg|png)", name) for name in kept)
    address = desk.origin.url("/ferry.jpg")
    assert pictures.album._digest_address(address) in " ".join(kept)
    reasons = {place_of(error).rpartition("/")[2]: error.what for error in told}
    assert reasons.keys() == {"gone.jpg", "page.jpg", "drawing.svg"}
    assert "404" in reasons["gone.jpg"]
    assert "a page" in reasons["page.jpg"]
    assert "SVG" in reasons["drawing.svg"]
    assert "/never.jpg" not in desk.origin.asked
    desk.origin.asked.clear()
    kept, told = desk.gather()
    assert not kept
    assert set(desk.origin.asked) <= {"/gone.jpg", "/page.jpg", "/drawing.svg", "/robots.txt"}
    assert len(told) == 3
    desk.origin.pages["/gone.jpg"] = photograph()
    assert len(desk.gather()[0]) == 1


def test_half_a_picture_is_not_kept(desk: Desk) -> None:
    whole = desk.origin.pages["/ferry.jpg"]
    assert isinstance(whole, bytes)
    desk.origin.pages["/ferry.jpg"] = whole[:-2000]
    kept, told = desk.gather()
    assert len(kept) == 4
    assert "damaged" in next(error.what for error in told if place_of(error).endswith("ferry.jpg"))


def test_nothing_is_asked_and_nothing_is_shown_where_no_copies_are_wanted(desk: Desk) -> None:
    desk.gather()
    desk.configure("link")
    desk.origin.asked.clear()
    assert desk.gather() == ([], [])
    assert not desk.origin.asked
    assert pictures.make_album(desk.publication, desk.issue) == ({}, {}, ())


def test_what_is_kept_goes_nowhere_but_beside_the_articles(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = desk.root / "issues" / "bridges" / "copies"
    folder.symlink_to(outside, target_is_directory=True)
    kept, told = desk.gather()
    assert not kept
    assert {error.what for error in told if place_of(error).startswith("issues")} == {"is a link, or behind one"}
    assert not list(outside.iterdir())


def test_an_album_has_a_copy_for_every_picture_and_the_way_to_its_bytes(desk: Desk) -> None:
    desk.gather()
    album = pictures.make_album(desk.publication, desk.issue)
    origin = desk.origin.url("")
    own = "https://wire.example/issues/bridges/own.png"
    assert album.copies.keys() == {
        *(f"{origin}/{name}" for name in ("lead.jpg?a=1&b=2", "bolt.png", "face.png", "ferry.jpg", "map.png")),
        own,
    }
    assert not album.faults
    copy = album.copies[f"{origin}/ferry.jpg"]
    assert (copy.width, copy.height) == (400, 640)  # upright
    assert [one.width for one in album.copies[f"{origin}/face.png"].variants] == [96, 192, 96, 192]
    assert [one.width for one in album.copies[own].variants] == [480, 900, 480, 900]
    for path, body in album.files.items():
        name = re.fullmatch(r"pictures/[0-9a-f]{16}-(\d+)(c?)\.(webp|jpg|png)", path)
        assert name
        with Image.open(io.BytesIO(body())) as picture:
            assert picture.width == int(name[1])
            assert not name[2] or picture.height == round(picture.width / 1.5)
    urls = {variant.url for one in album.copies.values() for variant in one.variants + one.thumbs}
    # What stands for an article has a crop for lists; a portrait, and what stands in a text, need none.
    assert [one.width for one in album.copies[f"{origin}/lead.jpg?a=1&b=2"].thumbs] == [240, 720, 240, 720]
    assert not album.copies[f"{origin}/face.png"].thumbs
    assert not album.copies[f"{origin}/bolt.png"].thumbs
    assert urls == {f"https://wire.example/{path}" for path in album.files}


def test_two_articles_share_a_picture_and_what_is_public_is_looked_at_no_more(desk: Desk) -> None:
    desk.origin.pages["/ferry.jpg"] = desk.origin.pages["/lead.jpg?a=1&b=2"]
    desk.gather()
    album = pictures.make_album(desk.publication, desk.issue)
    origin = desk.origin.url("")
    ferry, lead = (album.copies[f"{origin}/{name}"] for name in ("ferry.jpg", "lead.jpg?a=1&b=2"))
    assert ferry.variants == lead.variants
    assert ferry.address != lead.address
    # Cut at its end: what is public is from before, so nobody looks that far.
    path = desk.root / "issues" / "bridges" / "own.png"
    path.write_bytes(path.read_bytes()[:-50])
    assert [fault.place.file for fault in pictures.make_album(desk.publication, desk.issue).faults] == [
        "issues/bridges/own.png"
    ]
    assert not pictures.make_album(desk.publication, desk.issue, is_public=lambda _: True).faults


def test_a_damaged_picture_of_ones_own_is_told_and_shown_from_its_own_address(desk: Desk) -> None:
    (desk.root / "issues" / "bridges" / "own.png").write_bytes(b"<svg><script>alert(1)</script></svg>")
    desk.gather()
    album = pictures.make_album(desk.publication, desk.issue)
    (fault,) = album.faults
    assert fault.place.file == "issues/bridges/own.png"
    assert "SVG" in fault.what
    page = render.render_edition(desk.placed(), desk.publication, "web").body.decode()
    assert 'src="../../issues/bridges/own.png"' in page


def test_a_page_shows_the_copies_with_words_and_sizes_and_the_first_one_at_once(desk: Desk) -> None:
    desk.gather()
    page = render.render_edition(desk.placed(), desk.publication, "web").body.decode()
    shown = re.findall(r"<picture.*?</picture>", page)
    assert len(shown) == 6
    lead = shown[1]
    assert 'alt="A bridge, “open” at last"' in lead
    assert "loading" not in lead
    assert all('loading="lazy"' in one for one in shown if one != lead)
    assert all(re.search(r'<img [^>]*width="\d+" height="\d+"', one) for one in shown)
    assert lead.startswith('<picture class="picture"><source type="image/webp" srcset="../../pictures/')
    assert 'alt="A bolt of the bridge"' in shown[2]
    assert 'title="A bolt"' in shown[2]
    left = set(re.findall(rf' src="{desk.origin.url("")}/([^"&?]+)', page))
    assert left == {"gone.jpg", "page.jpg", "drawing.svg"}
    assert render.render_edition(desk.placed(), desk.publication, "web").body.decode() == page


def test_a_list_shows_a_crop_and_the_check_knows_it_from_any_other(desk: Desk) -> None:
    desk.gather()
    copies = desk.placed().pictures
    listed = nouns.page(strip_texts(desk.issue), "section", path="sections/ways/", pictures=copies)
    page = render.render_edition(listed, desk.publication, "web").body.decode()
    thumbs = copies[desk.origin.url("/lead.jpg?a=1&b=2")].thumbs
    shown = f'src="../../{thumbs[-1].url.removeprefix("https://wire.example/")}"'
    (picture,) = (one for one in re.findall("<img [^>]*>", page) if shown in one)
    assert ' width="720" height="480"' in picture
    assert judged(desk, listed, page) == set()
    ferry = copies[desk.origin.url("/ferry.jpg")].variants[-1].url.removeprefix("https://wire.example/")
    assert "attribution.picture" in judged(desk, listed, page.replace(shown, f'src="../../{ferry}"'))


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in {"web", "eml"}])
def test_mail_feeds_and_text_keep_the_addresses_that_the_curator_gave(desk: Desk, name) -> None:
    desk.gather()
    placed, alone = (render.render_edition(one, desk.publication, name).body for one in (desk.placed(), desk.issue))
    assert b"/pictures/" not in placed
    assert desk.origin.url("/lead.jpg?a=1&b=2") in unescape(unescape(placed.decode())) or name == "text"
    if name == "email":
        assert placed == alone


def judged(desk: Desk, issue: Contents, page: str) -> set[str]:
    edition = render.render_edition(issue, desk.publication, "web")
    found = check.check_edition(replace(edition, body=page.encode()), issue, desk.publication)
    # The other site is on loopback, and therefore without TLS.
    return {one.rule for one in found} - {"links.insecure-picture"}


def test_the_check_sees_the_picture_in_its_copy_and_every_copy_that_is_another(desk: Desk):
    desk.gather()
    placed = desk.placed()
    page = render.render_edition(placed, desk.publication, "web").body.decode()
    assert judged(desk, placed, page) == set()
    copies = placed.pictures
    lead = copies[desk.origin.url("/lead.jpg?a=1&b=2")]
    ferry = copies[desk.origin.url("/ferry.jpg")]

    def way(url: str) -> str:
        return url.replace("https://wire.example/", "../../")

    assert judged(desk, placed, page.replace(way(lead.url), lead.url)) == set()
    for right, wrong in (
        (f'src="{way(lead.url)}"', f'src="{way(ferry.url)}"'),
        (f"{way(lead.variants[0].url)} 480w", f"{way(ferry.variants[0].url)} 480w"),
        (f"{way(lead.variants[1].url)} 960w", "https://spy.example/pixel.gif 960w"),
        (way(lead.url), desk.origin.url("/other.jpg")),
        (way(lead.url), f"../{way(lead.url)}"),
        (way(lead.url), way(lead.url).removeprefix("../")),
        (way(lead.url), way(lead.url).removeprefix("../..")),
        (way(lead.url), way(lead.url).replace("../../", "//wire.example/")),
        (way(lead.url), f"{way(lead.url)}?"),
        ("A bridge, “open” at last", "A boat"),
        ("A bolt of the bridge", ""),
    ):
        assert right in page
        assert "attribution.picture" in judged(desk, placed, page.replace(right, wrong)), wrong
    own = way(copies["https://wire.example/issues/bridges/own.png"].url)
    assert f'src="{own}"' in page
    original = page.replace(f'src="{own}"', 'src="../../issues/bridges/own.png"')
    assert "web.copy" in judged(desk, placed, original)
    # Without the site's copies the same page shows something that nobody knows.
    alone = replace(placed, pictures={})
    assert "attribution.picture" in judged(desk, alone, page)
    # And where the right picture stands, nothing else may be shown in its stead.
    plain = render.render_edition(alone, desk.publication, "web").body.decode()
    assert judged(desk, alone, plain) == set()
    address = desk.origin.url("/ferry.jpg")
    other = plain.replace(f'src="{address}"', f'src="{address}" srcset="https://spy.example/p.gif 2x"')
    assert "attribution.picture" in judged(desk, alone, other)


def test_content_with_copies_is_html_and_xml_and_nothing_but_pictures_changes() -> None:
    address = "https://paper.example/a.gif?x=1&y=2"
    copy = ImageCopy(
        address=address,
        url="https://wire.example/pictures/a-60.gif",
        width=60,
        height=40,
        variants=(ImageVariant(url="https://wire.example/pictures/a-60.gif", media_type="image/gif", width=60),),
    )
    content = html.sanitise_html(
        f'<p>See <img src="{address}" alt="5 < 6 &amp; &quot;7&quot;" width="900" height="900"> and '
        '<img src="https://paper.example/other.gif" alt=""> &lt;img src="x"&gt;</p>'
    )
    shown = html.use_image_copies(content, {address: copy})
    own = (
        '<picture><img src="https://wire.example/pictures/a-60.gif" width="60" height="40" '
        'alt="5 &lt; 6 &amp; &quot;7&quot;" loading="lazy" decoding="async" /></picture>'
    )
    assert own in shown
    original = re.search(r"<img [^>]*a\.gif[^>]*>", content)[0]
    assert shown.replace(own, original) == content
    assert html.use_image_copies(content, {}) == content
    assert html.use_image_copies(content, {address: copy}, first=address) == shown.replace(' loading="lazy"', "")


def remember_address(asked: list[str], request: Request) -> None:
    asked.append(request.url)


@pytest.mark.needs("chromium")
def test_a_browser_shows_the_pictures_and_asks_nobody_else(tmp_path: Path, origin: Web, browser: Browser) -> None:
    origin.pages["/ferry.jpg"] = moving(3, (300, 200))
    with web() as site:
        desk = Desk(tmp_path / "wire", origin, site.url(""))
        second = desk.root / "issues" / "bridges" / "second.md"
        second.write_text(second.read_text().rpartition("![Gone]")[0])
        assert not desk.gather()[1]
        album = pictures.make_album(desk.publication, desk.issue)
        page = render.render_edition(desk.placed(), desk.publication, "web")
        types = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png", "gif": "image/gif"}
        site.pages = {
            f"/{path}": (body(), {"content-type": types[path.rpartition(".")[2]]}, 200)
            for path, body in album.files.items()
        }
        site.pages["/style.css"] = (site_files.render_style_sheet(desk.publication), {"content-type": "text/css"}, 200)
        site.pages["/issues/bridges/"] = (page.body, {"content-type": "text/html"}, 200)
        origin.asked.clear()
        for width, wanted in ((320, 480), (768, 960), (1280, 960)):
            site.asked.clear()
            context = browser.new_context(viewport={"width": width, "height": 900})
            view = context.new_page()
            asked: list[str] = []
            view.on("request", partial(remember_address, asked))
            view.goto(f"{desk.url}/issues/bridges/")
            for place in view.locator("img").all():
                place.scroll_into_view_if_needed()
            view.wait_for_function("[...document.images].every(one => one.complete && one.naturalWidth > 0)")
            chosen = view.evaluate("[...document.images].map(one => one.currentSrc)")
            boxes = view.evaluate("[...document.images].map(one => one.getBoundingClientRect().width)")
            assert len(chosen) == 6
            lead = chosen[1]
            assert lead.endswith(f"-{wanted}.webp"), (width, chosen)
            assert all(0 < box <= width for box in boxes)
            assert view.evaluate("document.documentElement.scrollWidth") <= width
            assert all(url.startswith(f"{desk.url}/") for url in asked), asked
            context.close()
        assert not origin.asked


def test_publishing_serves_the_copies_and_makes_nothing_twice(desk: Desk):
    second = desk.root / "issues" / "bridges" / "second.md"
    second.write_text(second.read_text().rpartition("![Gone]")[0])
    head = second.with_name("issue.md")
    head.write_text(head.read_text().partition("Look at")[0])  # a mail has to know how wide a picture is
    desk.gather()
    desk.origin.asked.clear()
    public = desk.root / "public"

    def publish(*words: str) -> str:
        with chdir(desk.root):
            ran = CliRunner().invoke(main, ["publish", *words], catch_exceptions=False)
        assert ran.exit_code == 0, ran.output
        return ran.output

    publish("bridges")
    album = pictures.make_album(desk.publication, desk.issue)
    assert {path.relative_to(public).as_posix() for path in (public / "pictures").iterdir()} == album.files.keys()
    shown = {path: path.read_text() for path in public.rglob("*.html") if path.name != "email.html"}
    for path, page in shown.items():
        assert not re.search(rf'(?:src|srcset)="[^"]*{re.escape(desk.origin.url(""))}', page), path
    assert sum("<picture" in page for page in shown.values()) >= 3  # front, issue, article
    written = {path: path.stat().st_mtime_ns for path in public.rglob("*") if path.is_file()}
    publish()
    second.write_text(second.read_text().replace("a Monday", "a Tuesday"))
    publish()
    changed = {path for path, when in written.items() if path.stat().st_mtime_ns != when}
    assert public / "issues/bridges/index.html" in changed
    assert not {path for path in changed if path.parent.name == "pictures"}
    assert not desk.origin.asked
    (desk.root / "issues" / "bridges" / "own.png").write_bytes(saved(drawn(800, 300), "PNG"))
    own = {Path(one.url).name for one in album.copies["https://wire.example/issues/bridges/own.png"].variants}
    publish()
    there = {path.name for path in (public / "pictures").iterdir()}
    assert not there & own
    assert len(there) == len(album.files)


def test_deleting_everything_that_was_made_makes_the_same_again(desk: Desk, tmp_path: Path) -> None:
    desk.gather()
    again = shutil.copytree(desk.root, tmp_path / "again")
    first = pictures.make_album(desk.publication, desk.issue)
    other = config.load(again)
    second = pictures.make_album(other, issues.read_issue(other, "bridges"))
    assert first.copies == second.copies
    assert {path: body() for path, body in first.files.items()} == {path: body() for path, body in second.files.items()}
