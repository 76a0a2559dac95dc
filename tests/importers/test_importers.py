"""What each system's export becomes: who wrote it, ids, addresses, dates, pictures, and what is left with a reason."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from packing import KINDS, PNG, bag, of, sample

from dispatch import importers
from dispatch.errors import GatherError
from dispatch.importers import NotImported, Post
from dispatch.model import Author, Enclosure, Image, Source


def read(kind: str, site: str = "") -> tuple[dict[str, Post], dict[str, NotImported]]:
    """Posts by slug, leftovers by file, of the sample export."""
    posts, left = of(importers.read_posts(bag(sample(kind)), kind, site))
    return {post.slug: post for post in posts}, {one.file: one for one in left}


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_is_taken_for_what_it_is(kind: str) -> None:
    assert importers.find_importer(bag(sample(kind))) == kind


def test_what_is_no_export_is_reported_with_what_would_be() -> None:
    with pytest.raises(GatherError) as caught:
        importers.find_importer(bag({"a.pdf": b"%PDF", "b.json": "{}", "c.xml": "<rss/>", "d.csv": "a,b\n"}))
    assert "no export" in caught.value.faults[0].what
    assert "WordPress" in caught.value.faults[0].hint


def test_substack() -> None:
    posts, left = read("substack")
    quay = posts["the-quay-at-dawn"]
    article = quay.article
    assert (article.id, article.title, article.dek) == (
        "substack/101",
        "The quay at dawn",
        "Who mends the nets, and who pays",
    )
    assert article.published == datetime(2024, 5, 6, 10, tzinfo=UTC)
    assert (article.authors, article.certainty, article.url) == ((), "unknown", "")
    assert quay.is_public
    assert 'href="https://paper.example/a?b=1&amp;c=2#d"' in article.content
    assert '<img src="https://pictures.example/quay-small.jpg" alt="The quay" />' in article.content
    for gone in ("Subscribe now", "Thanks for reading", "%%"):
        assert gone not in article.content
    assert '<p><a class="embed" href="https://video.example/embed/abc?rel=0">' in article.content
    assert quay.notes == ("shown as a link: video.example/embed/abc",)
    assert posts["nets-and-knots"].article.title == "Nets & knots: “a beginner’s guide”"
    assert "only_paid" in posts["nets-and-knots"].held
    assert posts["the-harbour-hour"].article.enclosures == (
        Enclosure(url="https://sound.example/harbour-hour.mp3", type="audio/mpeg"),
    )
    draft = posts[""]
    assert (draft.is_public, draft.article.published, draft.article.title) == (False, None, "A draft without a date")
    assert "alone.mp3" in left["posts/104.silent-recording.html"].reason
    assert (left["posts/106.lost.html"].title, left["posts/106.lost.html"].reason) == (
        "Its file is lost",
        "it has no text in the export",
    )
    assert left["posts/107.untitled.html"].reason == "it has no title"
    assert left["email_list.harbour.csv"].reason == "subscribers are not imported"
    assert "4 files" in left["posts/"].reason
    assert not any(one.state == "failed" for one in left.values())


def test_ghost() -> None:
    posts, left = read("ghost")
    quay = posts["the-quay-at-dawn"].article
    assert quay.authors == (
        Author(name="Jón Þór Ólafsson"),
        Author(
            name="Ada Quay",
            url="https://people.example/ada?view=posts&all=1",
            bio="Ada mends nets.",
        ),
    )
    assert quay.id == "ghost/0f3a1c9e-1111-4222-8333-444455556666"
    assert quay.summary == "Nets, bells and the people between them."
    assert quay.tags == ("Harbour", "Nets & knots")
    assert quay.image == Image(url="quay-at-dawn.png", alt="Boats at the quay")
    assert list(posts["the-quay-at-dawn"].pictures) == ["quay-at-dawn.png"]
    assert '<img src="quay-at-dawn.png" alt="The quay" />' in quay.content
    assert '<a href="/about/">' in quay.content
    notes = posts["the-quay-at-dawn"].notes
    assert any("Photo: somebody" in note for note in notes)
    assert any("video.example" in note for note in notes)
    assert any("/about/" in note and "--site" in note for note in notes)
    tide = posts["tom-the-tide"]
    assert (tide.article.title, tide.article.published) == ("Tom & the tide", datetime(2024, 5, 13, 10, tzinfo=UTC))
    assert "paid" in tide.held
    ferry = posts["die-fähre"]
    assert ferry.article.url == "https://fremd.example/fähre?x=1&y=2#z"
    assert ferry.article.source == Source(title="fremd.example", url="https://fremd.example/", syndicate="full")
    assert (ferry.is_public, ferry.held) == (True, "not everybody could read it there (members)")
    assert posts["by-nobody"].article.authors == ()
    assert posts["by-nobody"].known_as == "Admin"
    assert "page" in left["export.json: about"].reason
    assert left["export.json: own-form"].reason == "it has no text in the export"
    assert left["export.json: comments"].reason == "not imported: 1"
    assert left["content/images/2024/05/unused.png"].reason == "no post shows this picture"


def test_ghost_with_the_address_of_the_old_site() -> None:
    posts, _ = read("ghost", "https://harbour.example")
    assert '<a href="https://harbour.example/about/">' in posts["the-quay-at-dawn"].article.content
    assert not any("--site" in note for note in posts["the-quay-at-dawn"].notes)


def test_wordpress() -> None:
    posts, left = read("wordpress")
    assert len(posts) == 4 - 1  # two have one slug
    first = of(importers.read_posts(bag(sample("wordpress")), "wordpress"))[0][0]
    quay = first.article
    assert quay.title == "The quay – & the bell"
    assert (quay.id, quay.url) == (
        "https://harbour.example/?p=11",
        "https://harbour.example/2024/05/the-quay/?a=1&b=2",
    )
    assert quay.authors == (
        Author(name="Gästin Autorin", url="https://people.example/gast/?view=posts&x=1", bio="Writes about tides."),
        Author(name="Ada Quay"),
    )
    assert quay.certainty == "certain"
    assert quay.source == Source(title="The Harbour & the Sea", url="https://harbour.example", syndicate="full")
    assert (quay.published, quay.updated) == (
        datetime(2024, 5, 6, 10, tzinfo=UTC),
        datetime(2024, 5, 7, 10, tzinfo=UTC),
    )
    assert (quay.summary, quay.tags) == ("Bells and nets.", ("Harbour & quay", "nets"))
    assert quay.image == Image(url="quay.png", alt="Boats at the quay")
    assert quay.content == (
        "<p>The first line<br />\ngoes on here.</p>\n"
        '<figure><a href="https://harbour.example/big.png"><img src="quay.png" alt="The quay" /></a>'
        "<figcaption>The quay at six</figcaption></figure>\n<h2>Who pays</h2>\n"
        '<p>The harbour does, <a href="https://paper.example/a?b=1&amp;c=2">says the paper</a>.</p>\n'
        '<p>[gallery ids="1,2"]</p>\n'
        '<p><a href="https://video.example/watch?v=1">https://video.example/watch?v=1</a></p>'
    )
    assert first.notes == ('kept as text: [gallery ids="1,2"]',)
    tide = posts["%d0%bf%d1%80%d0%b8%d0%bb%d0%b8%d0%b2"].article
    assert (tide.title, tide.authors) == ("Прилив", (Author(name="Nora Display"),))
    assert tide.content == "<p>A text of the block editor.</p>"
    draft = posts[""]
    assert (draft.is_public, draft.article.url, draft.article.authors) == (False, "", ())
    assert draft.article.published == datetime(2024, 5, 14, 10)
    assert draft.known_as == "admin"
    assert "password" in posts["the-quay"].held
    reasons = " ".join(one.reason for one in left.values())
    for part in ("it is a page", "in the bin", "https://sound.example/r.mp3", "not imported: 1"):
        assert part in reasons


def test_buttondown() -> None:
    posts, left = read("buttondown")
    quay = posts["the-quay-at-dawn"].article
    assert quay.id == "buttondown/0a11d2a4-1111-4c4c-9999-000000000001"
    assert quay.url == "https://letters.example/harbour/archive/the-quay-at-dawn/"
    assert quay.markdown.startswith("Nets are mended *before* the first bell.\n\n## Who pays")
    assert 'href="https://paper.example/a?b=1&amp;c=2"' in quay.content
    assert posts["the-quay-at-dawn"].notes == ("left out, for it is no Markdown: {{ subscriber.email }}",)
    assert quay.image == Image(url="https://pictures.example/quay.png")
    paid = posts["for-those"]
    assert (paid.article.markdown, paid.article.content) == ("", "<p>Written in the <strong>other</strong> editor.</p>")
    assert "premium" in paid.held
    ferry = posts["the-night-ferry"].article
    assert (ferry.id, ferry.title) == ("buttondown/em_01hx", "The night ferry: a “diary”")
    assert [author.name for author in ferry.authors] == ["Ada Quay"]
    assert left["emails.csv: Empty"].reason == "it has no text in the export"
    assert "subscribers.csv" in left


def test_buttondown_keeps_the_texts_beside_the_table() -> None:
    """As https://buttondown.com/documentation has it: emails.csv, or emails.json, and emails/<slug>.md."""
    head = "id,secondary_id,subject,publish_date,source,slug\n"
    row = {"id": "a1", "subject": "A plain one", "publish_date": "2024-05-06 10:00:00+00:00", "slug": "plain"}
    files = {
        "emails.csv": f"{head}a1,1,A plain one,2024-05-06 10:00:00+00:00,app,plain\nb2,2,A draft,,app,fancy\n",
        "emails.json": json.dumps([row]),
        "emails/plain.md": "<!-- buttondown-editor-mode: plaintext -->The *nets*.",
        "emails/fancy.md": "<!-- buttondown-editor-mode: fancy --><p>The <b>nets</b>.</p>",
    }
    assert importers.find_importer(bag(files)) == "buttondown"
    posts, left = of(importers.read_posts(bag(files), "buttondown", "https://letters.example/harbour"))
    assert [(post.article.title, post.article.content, post.is_public) for post in posts] == [
        ("A plain one", "<p>The <em>nets</em>.</p>", True),
        ("A draft", "<p>The <b>nets</b>.</p>", False),
    ]
    assert posts[0].article.id == "buttondown/a1"
    assert posts[0].article.published == datetime(2024, 5, 6, 10, tzinfo=UTC)
    assert posts[0].article.former_urls == ("https://letters.example/harbour/archive/plain/",)
    assert left == []


@pytest.mark.parametrize(
    ("status", "held", "reason"),
    [
        ("scheduled", "it was scheduled, and had not gone out", ""),
        ("deleted", "", "it is in the bin"),
        ("draft", "", ""),
    ],
)
def test_what_of_buttondown_was_never_sent_is_named(status: str, held: str, reason: str) -> None:
    """Its statuses: https://docs.buttondown.com/api-emails-email-status."""
    table = f"id,subject,publish_date,status,slug,body\na1,One,2999-05-06 10:00:00+00:00,{status},one,Text.\n"
    posts, left = of(importers.read_posts(bag({"emails.csv": table}), "buttondown"))
    assert [one.reason for one in left] == [reason] * bool(reason)
    assert [(post.is_public, post.held) for post in posts] == [(False, held)] * (not reason)


def test_beehiiv() -> None:
    """Its layout: @tryghost/mg-beehiiv's fixtures."""
    posts, left = read("beehiiv")
    quay = posts["the-quay-at-dawn"]
    url = "https://quay.letters.example/p/the-quay-at-dawn"
    assert (quay.article.url, quay.article.former_urls, quay.article.id) == (url, (url,), "beehiiv/0f1-a")
    assert (quay.article.title, quay.article.dek) == ("The quay at dawn", "Who mends the nets, and who pays")
    assert quay.preheader == "Nets are mended before the first bell and paid for after the last one"
    assert quay.article.tags == ("Harbour", "Nets & knots")
    assert quay.article.published == datetime(2024, 5, 6, 10, tzinfo=UTC)
    assert 'href="https://paper.example/a?b=1&amp;c=2"' in quay.article.content
    assert (quay.is_public, quay.held) == (True, "")
    assert "premium" in posts["for-members"].held
    assert not posts[""].is_public
    assert left["posts.csv: Nothing in it"].reason == "it has no text in the export"
    assert left["subscribers.csv"].reason == "subscribers are not imported"


def test_medium() -> None:
    """Its layout: @tryghost/mg-medium-export's fixtures."""
    posts, left = read("medium")
    quay = posts["the-quay-at-dawn"]
    url = "https://stories.example/@adaquay/the-quay-at-dawn-1a2b3c4d5e6f"
    assert (quay.article.url, quay.article.former_urls, quay.article.id) == (url, (url,), "medium/1a2b3c4d5e6f")
    assert quay.article.authors == (Author(name="Ada Quay", url="https://stories.example/@adaquay"),)
    assert (quay.article.title, quay.article.dek) == ("The quay at dawn", "Who mends the nets")
    assert quay.article.tags == ("Harbour", "Nets")
    assert quay.article.content.startswith("<p>The nets are mended before the first bell, <a href=")
    assert "The quay at six" in quay.article.content
    assert "Who pays" in quay.article.content
    assert "Who mends the nets" not in quay.article.content
    assert quay.is_public
    assert not posts["not-yet"].is_public
    answer = left["posts/2024-05-09_Well-said-bbbbbbbbbbbb.html"]
    assert answer.reason == "it is an answer to somebody's story"
    assert left["profile/profile.html"].reason == "not a post"


def test_bookmarks() -> None:
    """Netscape's form (browsers, Pinboard), and the tables of Raindrop and Pocket."""
    posts, left = of(importers.read_posts(bag(sample("bookmarks")), "bookmarks"))
    found = {post.article.url: post for post in posts}
    assert list(found) == [
        "https://paper.example/nets?a=1&b=2",
        "https://other.example/ferry#timetable",
        "https://slow.example/tide",
        "https://pin.example/knots",
        "https://paper.example/bridges",
    ]
    nets = found["https://paper.example/nets?a=1&b=2"]
    assert (nets.article.title, nets.article.note, nets.section) == ("Who mends the nets", "Read the end.", "Harbour")
    assert nets.article.tags == ("nets", "work")
    assert (nets.article.published, nets.article.authors, nets.article.source.title) == (None, (), "paper.example")
    assert found["https://other.example/ferry#timetable"].article.note == ""
    assert found["https://slow.example/tide"].article.tags == ("tide", "moon")
    assert found["https://pin.example/knots"].article.tags == ("knots", "rope")
    bridges = found["https://paper.example/bridges"].article
    assert (bridges.note, bridges.summary) == ("Two towns", "One bill for two towns.")
    assert bridges.tags == ("stone", "bridges")
    assert all(post.is_link for post in posts)
    assert [one.reason for one in left] == ["it is no address of the web"]


def test_mailchimp() -> None:
    posts, left = read("mailchimp")
    may = posts["may-letter"].article
    assert (may.id, may.url) == ("mailchimp/c0ffee01", "https://mail.example/?u=1&id=c0ffee01")
    assert (may.title, may.dek) == ("The quay at dawn", "Who mends the nets, and who pays")
    assert may.published == datetime(2024, 5, 6, 10)
    assert may.content == (
        "<div><p>Hello *|FNAME|*, the nets are mended before the first bell.</p></div>\n"
        '<div><img src="https://pictures.example/quay.png" alt="The quay" width="564" /></div>\n'
        '<div><p>The harbour pays, <a href="https://paper.example/a?b=1&amp;c=2">says the paper</a>.</p></div>'
    )
    assert posts["may-letter"].notes == ("kept as text: *|FNAME|*",)
    june = posts["june-letter"].article
    assert june.title == "Nets & knots, again"
    assert "<table" not in june.content
    assert "Its lines stand in cells.</div>" in june.content
    assert "Leave" not in june.content
    assert left["campaigns.csv"].title == "Lost letter"


def test_markdown() -> None:
    posts, left = read("markdown")
    ferry = posts["night-ferry"].article
    assert [author.name for author in ferry.authors] == ["Ada Quay", "Jón Þór Ólafsson"]
    assert ferry.published == datetime(2024, 5, 6, 23, tzinfo=timezone(timedelta(hours=2)))
    assert ferry.image == Image(url="ferry.png", alt="A ferry with all its lights on")
    assert '![The ferry](ferry.png "At the quay")' in ferry.markdown
    assert "https://www.youtube.com/watch?v=abc" in posts["night-ferry"].article.content
    assert any("/timetable/" in note for note in posts["night-ferry"].notes)
    bridges = posts["bridges"]
    assert bridges.article.title == "Bridges: what they cost"
    assert bridges.article.dek == "Two towns, one bill"
    tove = Author(name="Tove Quist", url="https://people.example/tove?view=posts&x=1", bio="Tove counts stones.")
    assert bridges.article.authors == (tove,)
    assert bridges.article.tags == ("stone", "bridges")
    assert bridges.article.published == datetime(2024, 5, 13)
    assert "Stones ![](bridge.png) and ![](/images/fake.png) and ![](missing.png)." in bridges.article.markdown
    assert list(bridges.pictures) == ["bridge.png"]
    notes = " ".join(bridges.notes)
    assert "static/images/fake.png is no picture" in notes
    assert "pictures that are not in the export: /images/fake.png, missing.png" in notes
    elsewhere = posts["elsewhere"].article
    assert (elsewhere.id, elsewhere.url) == ("https://old.example/?p=77", "https://paper.example/elsewhere?x=1&y=2#z")
    assert elsewhere.authors == (tove,)
    assert elsewhere.source.syndicate == "full"
    bird = posts["for-a-bird"]
    assert [author.name for author in bird.article.authors] == ["Ada Quay", "Phil Moss"]
    assert not bird.is_public
    assert left["content/posts/broken.md"].state == "failed"
    assert "page" in left["content/posts/_index.md"].reason
    assert left["content/posts/notes.md"].reason == "it has no front matter"


def test_markdown_with_the_address_of_the_old_site() -> None:
    posts, _ = read("markdown", "https://old.example/blog/")
    assert "[the timetable](https://old.example/timetable/)" in posts["night-ferry"].article.markdown
    assert "![](https://old.example/blog/missing.png)" in posts["bridges"].article.markdown


@pytest.mark.parametrize(
    ("address", "member"),
    [
        ("a.png", "posts/a.png"),
        ("./a.png?w=3#x", "posts/a.png"),
        ("../pictures/b.png", "pictures/b.png"),
        ("/images/c.png", "static/images/c.png"),
        ("{static}/images/c.png", "static/images/c.png"),
        ("{{ site.baseurl }}/images/c.png", "static/images/c.png"),
        ("https://old.example/wp-content/uploads/2024/d%20e.png", "uploads/2024/d e.png"),
        ("../../../etc/a.png", ""),
        ("https://else.example/a.png", ""),
        ("//else.example/a.png", ""),
        ("nothing.png", ""),
    ],
)
def test_a_picture_is_found_where_systems_put_it(address: str, member: str) -> None:
    files: dict[str, str | bytes] = {
        "posts/a.png": PNG + b"1",
        "pictures/b.png": PNG + b"2",
        "static/images/c.png": PNG + b"3",
        "uploads/2024/d e.png": PNG + b"4",
        "posts/one.html": f'---\ntitle: One\n---\n<p>x <img src="{address}" alt="x"></p>',
    }
    (post,), _ = of(importers.read_posts(bag(files), "markdown", "https://old.example"))
    assert list(post.pictures.values()) == ([files[member]] if member else [])


@pytest.mark.parametrize(
    ("member", "body", "name"),
    [
        ("a.jpg", PNG, "a.png"),
        ("a.PNG", b"\xff\xd8\xff\xe0", "a.jpg"),
        ("a.jpeg", b"\xff\xd8\xff\xe0", "a.jpeg"),
        ("a.gif", b"RIFF\n\0\0\0WEBPVP8 ", "a.webp"),
        ("a.heic", b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif", "a.avif"),
        ("a.avif", b"\0\0\0\x1cftypheic\0\0\0\0mif1heic", ""),
        ("a.webp", b"RIFF\n\0\0\0WAVEfmt ", ""),
        ("a.png", b"<svg xmlns=", ""),
    ],
)
def test_the_bytes_of_a_picture_say_what_it_is(member: str, body: bytes, name: str) -> None:
    files: dict[str, str | bytes] = {member: body, "one.md": f"---\ntitle: One\n---\n![]({member}) [see]({member})\n"}
    (post,), _ = of(importers.read_posts(bag(files), "markdown"))
    assert post.pictures == ({name: body} if name else {})
    assert not name or post.article.markdown == f"![]({name}) [see]({name})"


def test_a_main_picture_that_is_nowhere_is_listed() -> None:
    files = {
        "one.md": "---\ntitle: One\nimage: /cover\n---\nText.",
        "two.md": "---\ntitle: Two\nimage: a.png\n---\nText.",
    }
    (one, two), _ = of(importers.read_posts(bag(files), "markdown"))
    assert (one.article.image, two.article.image) == (None, None)
    assert one.notes == ("relative addresses; give the old site's address with --site: /cover",)
    assert two.notes == ("pictures that are not in the export: a.png",)


def test_two_pictures_of_one_name_stay_two() -> None:
    files: dict[str, str | bytes] = {
        "a/x.png": PNG + b"1",
        "b/x.png": PNG + b"2",
        "one.md": "---\ntitle: One\n---\n![](a/x.png)![](b/x.png)![](a/x.png)",
    }
    (post,), _ = of(importers.read_posts(bag(files), "markdown"))
    assert post.article.markdown == "![](x.png)![](x-2.png)![](x.png)"
    assert post.pictures == {"x.png": PNG + b"1", "x-2.png": PNG + b"2"}


def test_in_markdown_nothing_changes_but_the_addresses_of_pictures() -> None:
    body = (
        "Not x/a.png, ![x/a.png](x/a.png 'x/a.png') ![](<x/b c.png>) ![](x/d_(1).png)![](x/a.png)\n\n"
        "[x/a.png]: <x/a.png>\n\n<img src='x/a.png' title='x/a.png'> ![x][x/a.png] x/b c.png"
    )
    files: dict[str, str | bytes] = {
        "x/a.png": PNG,
        "x/b c.png": PNG,
        "x/d_(1).png": PNG,
        "one.md": f"---\ntitle: One\n---\n{body}",
    }
    (post,), _ = of(importers.read_posts(bag(files), "markdown"))
    assert post.notes == ()
    assert post.article.markdown == (
        "Not x/a.png, ![x/a.png](a.png 'x/a.png') ![](<b-c.png>) ![](d-1.png)![](a.png)\n\n"
        "[x/a.png]: <a.png>\n\n<img src='a.png' title='x/a.png'> ![x][x/a.png] x/b c.png"
    )


def test_links_to_places_within_a_post_stay_where_there_is_such_a_place() -> None:
    note = '<p>a<a id="r" href="#fn">1</a></p><p id="fn"><a href="#r">1</a> The note.</p>'
    files = {
        "one.md": "---\ntitle: One\n---\na[1](#fn) b\n\n## Fn",
        "two.html": f"---\ntitle: Two\n---\n{note}[<a href='#gone'>x</a>]",
    }
    (one, two), _ = of(importers.read_posts(bag(files), "markdown"))
    assert one.article.markdown == "a1 b\n\n## Fn"
    assert two.article.content == f"{note}[<a>x</a>]"
    assert two.notes == ("links to places within the text, now plain text: #gone",)


@pytest.mark.parametrize(
    ("front", "is_public"),
    [
        ("draft: true", False),
        ("draft: false", True),
        ("published: false", False),
        ("status: hidden", False),
        ("status: published", True),
        ("date: 2024-05-06", True),
    ],
)
def test_what_was_a_draft_there_is_known(front: str, is_public: bool) -> None:
    (post,), _ = of(importers.read_posts(bag({"one.md": f"---\ntitle: One\n{front}\n---\nText."}), "markdown"))
    assert post.is_public is is_public


def test_jekyll_says_by_folders_what_is_a_post() -> None:
    text = "---\ntitle: One\n---\nText."
    files = {"_posts/2024-05-06-one.md": text, "_drafts/two.md": text, "about.md": text, "_layouts/x.html": text}
    posts, left = of(importers.read_posts(bag(files), "markdown"))
    assert [(post.slug, post.is_public) for post in posts] == [("two", False), ("one", True)]
    assert {one.file: one.reason for one in left} == {
        "about.md": "it is a page, not a post",
        "_layouts/x.html": "not a post",
    }
