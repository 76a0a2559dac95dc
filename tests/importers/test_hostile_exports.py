"""Exports of people who mean ill: bounded before they are believed, told, and never a crash."""

import io
import json
import os
import stat
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packing import KINDS, PNG, bag, of, sample, zip_bytes, zipped

from dispatch import html, importers
from dispatch.errors import GatherError
from dispatch.importers import Export, NotImported, tabular
from dispatch.importers.export_files import open_export
from dispatch.model import Author
from patience import processor_seconds
from thorough import scale

POST = b"---\ntitle: One\n---\nText."


def opened(path: Path, body: bytes) -> Export:
    path.write_bytes(body)
    return open_export(path)


@pytest.mark.parametrize(
    "name", ["../one.md", "/etc/one.md", "a/../../one.md", "C:/one.md", "C:\\one.md", "..\\one.md"]
)
def test_names_that_lead_outside_are_not_taken_and_are_told(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        info = zipfile.ZipInfo("good.md")
        made.writestr(info, POST)
        bad = zipfile.ZipInfo("x")
        bad.filename = name
        made.writestr(bad, POST)
    export = open_export(tmp_path / "x.zip")
    posts, left = of(importers.read_posts(export, "markdown"))
    assert [post.file for post in posts] == ["good.md"]
    (refused,) = left
    assert refused.state == "failed"
    assert refused.reason == "its name leads outside of the export"


def test_links_in_a_zip_are_not_taken(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        link = zipfile.ZipInfo("one.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, "/etc/passwd")
        made.writestr("two.md", POST)
    export = open_export(tmp_path / "x.zip")
    assert export.names == ("two.md",)
    assert export.refused == [("one.md", "it is a link")]


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_bytes(POST)
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "one.md").symlink_to(tmp_path / "secret.md")
    (folder / "up").symlink_to(tmp_path)
    (folder / "two.md").write_bytes(POST)
    export = open_export(folder)
    assert export.names == ("two.md",)
    assert sorted(name for name, _ in export.refused) == ["one.md", "up"]
    (folder / "two.md").unlink()
    (folder / "two.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(GatherError, match="link"):
        export.read("two.md")


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    export = opened(tmp_path / "x.zip", zip_bytes({"bomb.md": b"\0" * (8 << 20), "one.md": POST}))
    assert export.names == ("one.md",)
    assert export.refused == [("bomb.md", "it unpacks to more than 200 times its size")]


def test_a_zip_that_lies_about_sizes_gives_no_more_than_it_says(tmp_path: Path) -> None:
    body = bytearray(zip_bytes({"one.md": b"x" * 5000}))
    at = body.index(b"PK\x01\x02")
    body[at + 24 : at + 28] = struct.pack("<L", 10)
    export = opened(tmp_path / "x.zip", bytes(body))
    with pytest.raises(GatherError):
        export.read("one.md")


def test_what_is_too_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    body = bytearray(zip_bytes({"one.md": POST}))
    end = body.rindex(b"PK\x05\x06")
    body[end + 12 : end + 16] = struct.pack("<L", 64 << 20)
    with pytest.raises(GatherError, match="larger than exports are"):
        opened(tmp_path / "x.zip", bytes(body))
    with pytest.raises(GatherError, match="more than 50,000 files"):
        opened(tmp_path / "y.zip", zip_bytes({f"{n}.md": b"" for n in range(50_001)}))
    body = bytearray(zip_bytes({f"{n}.md": POST for n in range(3)}))
    at = 0
    while (at := body.find(b"PK\x01\x02", at + 1)) > 0:
        body[at + 24 : at + 28] = struct.pack("<L", 1 << 30)
    with pytest.raises(GatherError, match="holds more than 2 GiB"):
        opened(tmp_path / "z.zip", bytes(body))


def test_a_file_that_is_too_large_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    with (tmp_path / "f" / "one.md").open("wb") as file:
        file.truncate(65 << 20)
    (tmp_path / "f" / "two.md").write_bytes(POST)
    posts, left = of(importers.read_posts(open_export(tmp_path / "f"), "markdown"))
    assert [post.file for post in posts] == ["two.md"]
    assert left == [NotImported(file="one.md", reason="it is larger than 64 MiB", state="failed")]


def test_a_zip_within_a_zip_is_not_opened(tmp_path: Path) -> None:
    inner = zip_bytes({"inner.md": POST})
    export = opened(tmp_path / "x.zip", zip_bytes({"inner.zip": inner, "one.md": POST}))
    posts, left = of(importers.read_posts(export, "markdown"))
    assert len(posts) == 1
    assert left == [NotImported(file="inner.zip", reason="a zip within the export is not opened")]


def test_a_folder_around_everything_is_no_part_of_the_names(tmp_path: Path) -> None:
    files = {"posts.csv": b"post_id\n", "posts/1.a.html": b"<p>a</p>"}
    assert open_export(zipped(tmp_path / "a.zip", files, "export-7/inner/")).names == tuple(sorted(files))
    with zipfile.ZipFile(tmp_path / "a.zip", "a") as made:
        made.writestr("__MACOSX/export-7/._posts.csv", b"x")
        made.writestr("export-7/.DS_Store", b"x")
    export = open_export(tmp_path / "a.zip")
    assert export.names == tuple(sorted(files))
    assert export.read("posts.csv") == b"post_id\n"


@pytest.mark.parametrize("path", ["nothing", "with\0zero", "x" * 5000])
def test_what_is_not_there_is_told(tmp_path: Path, path: str) -> None:
    with pytest.raises(GatherError, match="no such file"):
        open_export(tmp_path / path)


@pytest.mark.skipif(os.name == "nt", reason="no file is a pipe there")
def test_a_pipe_is_no_export(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(GatherError, match="neither a file nor a folder"):
        open_export(tmp_path / "pipe")


ZIP = zip_bytes({"posts.csv": b"post_id,title\n1.a,A\n", "posts/1.a.html": b"<p>a</p>" * 100})


@settings(max_examples=scale(300))
@given(st.integers(0, len(ZIP)), st.binary(max_size=8), st.integers(0, len(ZIP)))
def test_a_zip_with_any_bytes_in_it_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, at: int, bytes_: bytes, end: int
) -> None:
    body = (ZIP[:at] + bytes_ + ZIP[at + len(bytes_) :])[: max(end, at)]
    path = tmp_path_factory.getbasetemp() / "any.zip"
    with suppress(GatherError):
        export = opened(path, body)
        for kind in KINDS:
            with suppress(GatherError):
                of(importers.read_posts(export, kind))


# Pieces that the formats are made of, so that what is tried is often nearly right.
PIECES = st.sampled_from(
    [
        b"---\n", b"+++\n", b"title: a\n", b"authors: [a, {name: b}]\n", b"date: 2024-13-99\n", b"![](x.png)", b"<p>",
        b'{"db":[{"data":{"posts":[', b'{"id":1,"title":"a","html":"<p>x</p>"}', b"]}}]}", b"null", b"<rss>",
        b'<rss xmlns:wp="http://wordpress.org/export/1.2/"><channel><item>', b"<wp:post_type>post</wp:post_type>",
        b"<title>a</title>", b"</item></channel></rss>", b"post_id,title\n", b"subject,body\n", b'"a,b\n', b"&#0;",
        b"<wp:post_date>0000-00-00 00:00:00</wp:post_date>", b"\xff\xfe", b"\0", b"<![CDATA[", b"]]>", b"\r\n",
        b"[caption]<img>", b"*|A|*", b"1e999", b"<td class=mcnTextContent>",
    ]
)  # fmt: skip
BODIES = st.binary(max_size=300) | st.lists(PIECES | st.binary(max_size=6), max_size=12).map(b"".join)
NAMES = st.sampled_from(
    ["posts.csv", "posts/.html", "posts/1.a.html", "export.json", "emails.csv", "emails.json", "campaigns.csv",
     "campaigns_content/1_a.html", "a.xml", "one.md", "2024-05-06-a.md", "_posts/b.html", "x.png", "data/authors.yml"]
)  # fmt: skip


@settings(max_examples=scale(400))
@given(st.dictionaries(NAMES, BODIES, max_size=5))
def test_any_bytes_are_read_as_any_kind_without_a_crash(files: dict[str, bytes]) -> None:
    export = bag(files)
    with suppress(GatherError):
        importers.find_importer(export)
    for kind in KINDS:
        try:
            posts, _ = of(importers.read_posts(export, kind, "https://old.example"))
        except GatherError:
            continue
        for post in posts:
            assert post.article.title
            assert html.sanitise_html(post.article.content) == post.article.content


KEYS = st.sampled_from(["id", "title", "html", "post_id", "tag_id", "users", "sort_order"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)
TABLES = st.dictionaries(
    st.sampled_from(["posts", "posts_meta", "users", "posts_authors", "tags", "posts_tags", "comments"]), JSON
)


@given(TABLES)
def test_tables_of_any_shape_are_read_without_a_crash(tables: dict[str, object]) -> None:
    text = json.dumps({"db": [{"data": {"posts": [], **tables}}]})
    with suppress(GatherError):
        of(importers.read_posts(bag({"export.json": text}), "ghost"))


def test_json_without_end_is_refused() -> None:
    for text in ("[" * 200_000, '{"a":' * 200_000, "1" * 10_000, "{", ""):
        with pytest.raises(GatherError):
            tabular.parse_json(text)


def test_a_field_as_long_as_a_letter_is_read_and_a_longer_one_is_told() -> None:
    import csv

    before = csv.field_size_limit()
    assert tabular.parse_csv("a,b\n1," + "x" * 300_000)[0]["b"] == "x" * 300_000
    with pytest.raises(GatherError, match="CSV cannot be read"):
        tabular.parse_csv("a\n" + "x" * (5 << 20))
    with pytest.raises(GatherError, match="rows"):
        tabular.parse_csv("a\n" + "1\n" * 50_002)
    assert csv.field_size_limit() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE rss [<!ENTITY a "b">]><rss/><!-- wordpress.org/export/ -->', "DTD"),
        ("<!-- wordpress.org/export/ -->" + "<a>" * 600, "nested too deep"),
        ("<rss><!-- wordpress.org/export/ --><channel>", "not well-formed"),
    ],
)
def test_xml_goes_through_its_door(text: str, said: str) -> None:
    posts, left = of(importers.read_posts(bag({"a.xml": text}), "wordpress"))
    assert posts == []
    assert left[0].state == "failed"
    assert said in left[0].reason
    assert ("in parts" in left[0].reason) == (said == "nested too deep")


def test_one_post_beyond_bounds_neither_stops_nor_hides_the_others() -> None:
    files = sample("ghost")
    files["export.json"] = files["export.json"].replace(b"DEEP", b"<b>" * 400)
    posts, left = of(importers.read_posts(bag(files), "ghost"))
    assert "by-nobody" in [post.slug for post in posts]
    (fault,) = [one for one in left if one.state == "failed"]
    assert fault.file == "export.json: too-deep"
    assert "256 levels" in fault.reason


# What patterns begin with, over and over, and never end.
HUNDRED = [
    "[caption]", "<pre", "<iframe ", "<img src=", "{{<", "{% ", "![](", "[a](#", "](<", "href=", "<td \"", "*|",
    "[gallery ", "\n\n", "<h2>", "[a]: ", "%%", "<!-- wp:", "[embed]http://", "{{", "---\n", "x(",
]  # fmt: skip


@pytest.mark.parametrize("piece", HUNDRED)
def test_no_pattern_takes_more_than_linear_time(piece: str) -> None:
    text = piece * (scale(100_000) // len(piece))
    item = f"<item><title>T</title><content:encoded><![CDATA[{text}]]></content:encoded></item>"
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/"'
    files = {
        "wordpress": {"a.xml": f"<rss {spaces}><channel>{item}</channel></rss>"},
        "markdown": {"a.md": f"---\ntitle: T\n---\n{text}", "b.html": f"---\ntitle: T\n---\n<p>{text}"},
        "mailchimp": {"a.html": f"<title>T</title><p>{text}", "b.html": text},
        "substack": {"posts.csv": "post_id,title\n1.a,T\n", "posts/1.a.html": text},
    }
    with processor_seconds(90):
        for kind, held in files.items():
            of(importers.read_posts(bag(held), kind, "https://old.example"))


def test_an_address_that_cannot_be_one_is_no_site() -> None:
    text = sample("wordpress")["harbour.WordPress.2024-06-01.xml"].replace(b"https://harbour.example<", b"https://[<")
    posts, _ = of(importers.read_posts(bag({"a.xml": text}), "wordpress"))
    assert len(posts) == 4


def test_many_pictures_that_are_not_there_are_told_in_one_line() -> None:
    text = "".join(f"![](x{n}.png)\n" for n in range(9_000))
    (post,), _ = of(importers.read_posts(bag({"a.md": f"---\ntitle: T\n---\n{text}"}), "markdown"))
    assert post.notes == ("pictures that are not in the export: x0.png, x1.png, x2.png and 8997 more",)


def test_the_pictures_of_one_post_are_bounded_together() -> None:
    large = PNG + bytes(100 << 20)
    text = "---\ntitle: T\n---\n![](a.png)![](a.png)![](b.png)![](c.png)"
    (post,), _ = of(
        importers.read_posts(bag({"a.png": large, "b.png": large, "c.png": large, "a.md": text}), "markdown")
    )
    assert list(post.pictures) == ["a.png", "b.png"]
    assert "c.png is no picture that can be shown, or too large" in post.notes


def test_scripts_come_through_nowhere() -> None:
    bad = "<p onclick=x>a<script>alert(1)</script><a href='javascript:alert(1)'>b</a><svg onload=x></svg></p>"
    row = json.dumps({"id": 1, "title": "T", "html": bad, "canonical_url": "javascript:x", "feature_image": "data:x"})
    (post,), _ = of(importers.read_posts(bag({"e.json": f'{{"db":[{{"data":{{"posts":[{row}]}}}}]}}'}), "ghost"))
    assert post.article.content == "<p>a<a>b</a></p>"
    assert (post.article.url, post.article.image) == ("", None)
    assert post.notes == ("not imported: script, svg",)


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "file:///a.mp3", "data:image/png,x", "https://pixel.wp.com/b.gif"]
)
def test_a_recording_or_a_portrait_of_no_web_address_is_left_out(bad: str) -> None:
    table = f'post_id,title,podcast_url\n1.a,T,"{bad}"\n'
    (post,), _ = of(importers.read_posts(bag({"posts.csv": table, "posts/1.a.html": "<p>Words.</p>"}), "substack"))
    assert (post.article.content, post.article.enclosures) == ("<p>Words.</p>", ())
    tables = {
        "posts": [{"id": 1, "title": "T", "html": "<p>Words.</p>", "feature_image": bad}],
        "users": [{"id": 2, "name": "Ann", "profile_image": bad}],
        "posts_authors": [{"post_id": 1, "author_id": 2}],
    }
    (post,), _ = of(
        importers.read_posts(bag({"e.json": json.dumps({"db": [{"data": tables}]}, separators=(",", ":"))}), "ghost")
    )
    assert (post.article.image, post.article.authors) == (None, (Author(name="Ann"),))
    meta = f"<wp:meta_key>enclosure</wp:meta_key><wp:meta_value>{bad}\n12\naudio/mpeg</wp:meta_value>"
    (post,), _ = of(
        importers.read_posts(bag({"e.xml": _write_wordpress(f"<wp:postmeta>{meta}</wp:postmeta>")}), "wordpress")
    )
    assert post.article.enclosures == ()
    assert bad in post.notes[0]


@pytest.mark.parametrize(("name", "certainty"), [("Ann Lee", "certain"), ("ann_lee2", "likely")])
def test_a_login_is_a_likely_author_whichever_system_exports_it(name: str, certainty: str) -> None:
    user = {"users": [{"id": 2, "name": name}], "posts_authors": [{"post_id": 1, "author_id": 2}]}
    ghost = json.dumps({"db": [{"data": {"posts": [{"id": 1, "title": "T", "html": "<p>Words.</p>"}], **user}}]})
    exports = {
        "ghost": ("e.json", ghost),
        "wordpress": ("e.xml", _write_wordpress(f"<dc:creator>{name}</dc:creator>")),
        "markdown": ("one.md", f"---\ntitle: T\nauthor: {name}\n---\nWords.\n"),
    }
    for system, (file, written) in exports.items():
        (post,), _ = of(importers.read_posts(bag({file: written}), system))
        assert ([one.name for one in post.article.authors], post.article.certainty) == ([name], certainty), system


def _write_wordpress(inner: str) -> str:
    return (
        '<rss xmlns:wp="http://wordpress.org/export/1.2/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>T</title>'
        f"<wp:post_type>post</wp:post_type><wp:status>publish</wp:status>{inner}"
        "<content:encoded>Words.</content:encoded></item></channel></rss>"
    )


def test_only_pictures_are_copied() -> None:
    files = {
        "a.svg": b"<svg onload=alert(1)>", "b.png": b"<html>", "c.html": b"<p>", "d.jpg": b"\xff\xd8\xff\xe0",
        "one.md": b"---\ntitle: One\n---\n![](a.svg)![](b.png)![](c.html)![](d.jpg)![](/etc/passwd)![](../../d.png)",
    }  # fmt: skip
    (post,), _ = of(importers.read_posts(bag(files), "markdown"))
    assert list(post.pictures) == ["d.jpg"]


def test_an_export_stays_closed_to_what_is_locked(tmp_path: Path) -> None:
    body = bytearray(zip_bytes({"one.md": POST}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(mark) + offset] |= 1
    export = opened(tmp_path / "x.zip", bytes(body))
    assert export.refused == [("one.md", "it is locked with a password")]


def test_a_cut_zip_is_told(tmp_path: Path) -> None:
    stream = io.BytesIO(ZIP)
    with pytest.raises(GatherError):
        importers.find_importer(opened(tmp_path / "x.zip", stream.read(len(ZIP) // 2)))
