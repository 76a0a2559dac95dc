"""What the editors of other systems keep in a form of their own: cards, blocks, and what stands in an attribute.

The layouts: Ghost's cards as ``kg-default-nodes`` of TryGhost/Koenig writes them, Mobiledoc 0.3, WordPress's block
grammar, Substack's ``data-attrs`` as @tryghost/mg-substack's fixtures have them.
"""

import json
import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packing import bag, of, sample

from dispatch import importers
from dispatch.errors import GatherError
from dispatch.importers import Post
from dispatch.importers.ghost_text import GhostText
from dispatch.importers.wordpress_text import expand_text, write_footnotes


def text(written: str, form: int = 0) -> dict[str, object]:
    return {"type": "extended-text", "text": written, "format": form, "detail": 0, "mode": "normal", "version": 1}


def block(kind: str, *children: dict[str, object], **more: object) -> dict[str, object]:
    return {"type": kind, "children": children, "direction": "ltr", "format": "", "indent": 0, "version": 1, **more}


def read_ghost(**row: object) -> Post:
    """The post that a row of Ghost's table becomes."""
    own = {"id": "1", "title": "T", "slug": "t", "type": "post", "status": "published", "html": None}
    export = {"db": [{"data": {"posts": [own | row]}}]}
    posts, left = of(importers.read_posts(bag({"g.json": json.dumps(export)}), "ghost"))
    assert left == []
    return posts[0]


LEXICAL = block(
    "root",
    block(
        "paragraph",
        text("The "),
        text("nets", 3),
        {"type": "linebreak"},
        block("link", text("are <mended>"), url="https://paper.example/a?b=1&c=2"),
        text("x", 16),
    ),
    block("extended-heading", text("Who pays"), tag="h2"),
    block("extended-quote", text("Nobody.")),
    block("list", block("listitem", text("One")), block("listitem", text("Two")), tag="ul", listType="bullet"),
    {"type": "horizontalrule"},
    {"type": "image", "src": "https://pic.example/a.png", "alt": "A", "caption": "<span>Six</span>", "href": ""},
    {"type": "gallery", "images": [{"src": "https://pic.example/b.png"}], "caption": "Both"},
    {"type": "codeblock", "code": "  a < b", "language": "Python"},
    {"type": "markdown", "markdown": "Some *marks*"},
    {"type": "html", "html": "<p>As <i>written</i></p>"},
    {"type": "callout", "calloutText": "<p>Mind <b>this</b></p>", "calloutEmoji": "💡"},
    {"type": "toggle", "heading": "<span>More</span>", "content": "<p>Hidden</p>"},
    {"type": "button", "buttonText": "Buy", "buttonUrl": "https://shop.example/?a=1&b=2"},
    {"type": "bookmark", "url": "https://site.example/x", "metadata": {"title": "A site", "author": "Tove Quist"}},
    {"type": "embed", "url": "https://v.example/1", "html": '<iframe src="https://v.example/e/1"></iframe>'},
    {"type": "video", "src": "https://v.example/a.mp4", "fileName": "a.mp4", "caption": "Moving"},
    {"type": "audio", "src": "https://v.example/a.mp3", "title": "Bell"},
    {"type": "file", "src": "https://v.example/a.pdf", "fileTitle": "A paper"},
    {"type": "header", "heading": "Big", "subheading": "small", "buttonText": "Go", "buttonUrl": "https://go.example/"},
    {"type": "product", "productTitle": "Rope", "productDescription": "<p>Long</p>"},
    {"type": "call-to-action", "textValue": "<p>Come</p>", "buttonText": "Now", "buttonUrl": "https://now.example/"},
    {"type": "signup", "header": "Sign up!"},
    {"type": "paywall"},
    block("paragraph"),
)


def test_what_ghost_keeps_as_lexical_alone_is_read() -> None:
    post = read_ghost(lexical=json.dumps({"root": LEXICAL}))
    content = re.sub(r"</?span>|(?<=>)\n", "", post.article.content)
    for part in (
        "<p>The <em><strong>nets</strong></em><br />"
        '<a href="https://paper.example/a?b=1&amp;c=2">are &lt;mended&gt;</a><code>x</code></p>',
        "<h2>Who pays</h2>",
        "<blockquote>Nobody.</blockquote>",
        "<ul><li>One</li><li>Two</li></ul>",
        "<hr />",
        '<figure><img src="https://pic.example/a.png" alt="A" /><figcaption>Six</figcaption></figure>',
        '<img src="https://pic.example/b.png" alt="" />',
        "<p>Both</p>",
        "<pre><code>  a &lt; b</code></pre>",
        "<p>Some <em>marks</em></p>",
        "<p>As <i>written</i></p>",
        "<p>💡</p>",
        "<p>Mind <b>this</b></p>",
        "<h4>More</h4>",
        "<p>Hidden</p>",
        '<a href="https://shop.example/?a=1&amp;b=2">Buy</a>',
        '<p><a href="https://site.example/x">A site</a></p>',
        "<p>Tove Quist</p>",
        '<a class="embed" href="https://v.example/e/1">',
        '<a class="embed" href="https://v.example/a.mp4">a.mp4</a>',
        "<p>Moving</p>",
        '<a class="embed" href="https://v.example/a.mp3">Bell</a>',
        '<a href="https://v.example/a.pdf">A paper</a>',
        "<h2>Big</h2>",
        "<p>small</p>",
        "<h4>Rope</h4>",
        "<p>Come</p>",
        '<a href="https://now.example/">Now</a>',
    ):
        assert part in content, part
    assert "Sign up" not in content
    assert "not imported: a card, signup" in post.notes
    assert not any("paywall" in note for note in post.notes)


MOBILEDOC = {
    "version": "0.3.1",
    "atoms": [["soft-return", "", {}]],
    "cards": [["image", {"src": "https://pic.example/a.png", "alt": "A"}], ["card-markdown", {"markdown": "*Marks*"}]],
    "markups": [["a", ["href", "https://paper.example/?a=1&b=2"]], ["strong"]],
    "sections": [
        [1, "h2", [[0, [], 0, "Who pays"]]],
        [1, "p", [[0, [0], 0, "The "], [0, [1], 2, "nets"], [1, [], 0, 0], [0, [], 0, "hang < dry"]]],
        [3, "ul", [[[0, [], 0, "One"]], [[0, [], 0, "Two"]]]],
        [10, 0],
        [10, 1],
    ],
}


def test_what_ghost_keeps_as_mobiledoc_alone_is_read() -> None:
    assert read_ghost(mobiledoc=json.dumps(MOBILEDOC)).article.content.replace("\n", "") == (
        '<h2>Who pays</h2><p><a href="https://paper.example/?a=1&amp;b=2">The <strong>nets</strong></a><br />'
        "hang &lt; dry</p><ul><li>One</li><li>Two</li></ul>"
        '<figure><img src="https://pic.example/a.png" alt="A" /></figure><p><em>Marks</em></p>'
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.sampled_from(["p", "a", "href", "image", "<b", "strong"]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from([*"ab", "type", "children"]), inner),
    max_leaves=30,
)


@given(VALUES, st.dictionaries(st.sampled_from(["cards", "sections", "markups", "atoms", "root"]), VALUES))
def test_no_shape_of_ghosts_own_form_breaks_it(child: object, document: dict[str, object]) -> None:
    GhostText().write_row({"mobiledoc": json.dumps({"sections": [[1, "p", child], child], **document})})
    GhostText().write_row({"lexical": json.dumps({"root": {"children": [child, document]}})})


def test_a_text_of_ghost_without_end_is_refused() -> None:
    deep = '{"children":[' * 200 + "]}" * 200
    wide = {"cards": [["html", {"html": "x" * 1_000_000}]], "sections": [[10, 0]] * 100}
    for row in ({"lexical": f'{{"root":{deep}}}'}, {"mobiledoc": json.dumps(wide)}):
        with pytest.raises(GatherError):
            GhostText().write_row(row)


def read_wordpress(body: str, more: str = "", old: str = "A text of the block editor.") -> Post:
    """The post of the block editor in the sample, with another text, and with more items."""
    wxr = next(iter(sample("wordpress").values())).decode().replace(old, f"{body} MARK")
    posts, _ = of(importers.read_posts(bag({"a.xml": wxr.replace("</channel>", f"{more}</channel>")}), "wordpress"))
    return next(post for post in posts if "MARK" in post.article.content)


BLOCKS = """<item><title>Line</title><wp:post_id>{}</wp:post_id><wp:post_type>wp_block</wp:post_type>
<content:encoded><![CDATA[<!-- wp:paragraph --><p>{}</p><!-- /wp:paragraph -->]]></content:encoded></item>"""


WHOLE = "<!-- wp:paragraph -->\n<p>A text of the block editor.</p>\n<!-- /wp:paragraph -->"


def test_a_synced_block_of_wordpress_is_shown_where_it_stands() -> None:
    """https://developer.wordpress.org/block-editor/: a block that is synced is stored once, as ``wp_block``."""
    more = BLOCKS.format(900, 'Ours. <!-- wp:block {"ref":901} /-->') + BLOCKS.format(901, "Within.")
    post = read_wordpress(
        '<!-- wp:block {"ref":900} /--><!-- wp:block {"ref":999} /--><!-- wp:latest-posts {"x":1} /-->'
        '<!-- wp:core-embed/youtube {"url":"https://v.example/?a=1\\u0026b=2"} /-->',
        more,
    )
    assert "<p>Ours." in post.article.content
    assert "Within." in post.article.content
    assert '<a href="https://v.example/?a=1&amp;b=2">' in post.article.content
    assert post.notes == ("not imported: the synced block 999", "not imported: the block latest-posts")


def test_what_stands_between_blocks_and_beside_them_is_shown() -> None:
    """A classic block has no marks; an embed is its address; footnotes stand in a field, since WordPress 6.3."""
    post = read_wordpress(
        "First line.\n\nSecond line.\n<!-- wp:paragraph --><p>A block.</p><!-- /wp:paragraph -->"
        '<!-- wp:embed {"url":"https://v.example/1"} --><figure class="wp-block-embed"><div '
        'class="wp-block-embed__wrapper">\nhttps://v.example/1?a=1&amp;b=2\n</div></figure><!-- /wp:embed -->'
        '<!-- wp:file --><div class="wp-block-file"><a href="https://f.example/a.pdf">A</a>'
        '<a href="https://f.example/a.pdf" class="wp-block-file__button wp-element-button" download>Download</a></div>'
        "<!-- /wp:file --><!-- wp:paragraph --><p>MARK</p><!-- /wp:paragraph -->",
        old=WHOLE,
    )
    assert "<p>First line.</p>\n<p>Second line.</p>" in post.article.content
    assert "<p>A block.</p>" in post.article.content
    assert '<a class="embed" href="https://v.example/1?a=1&amp;b=2">' in post.article.content
    assert '<div><a href="https://f.example/a.pdf">A</a></div>' in post.article.content
    assert "Download" not in post.article.content
    blocks = {"footnotes": write_footnotes(json.dumps([{"id": "x", "content": "A <em>note</em>."}]))}
    assert expand_text("<!-- wp:footnotes /-->", blocks, []).strip() == (
        '<ol><li id="x">A <em>note</em>. <a href="#x-link">↩</a></li></ol>'
    )


def test_the_buttons_of_ghosts_cards_are_no_text() -> None:
    post = read_ghost(
        html='<p>T</p><div class="kg-card kg-audio-card"><div class="kg-audio-player-container"><audio src="https://s.'
        'example/a.mp3"></audio><div class="kg-audio-title">Bell</div><div class="kg-audio-player"><button><svg></svg>'
        "</button><span>0:00</span></div></div></div>"
        '<div class="kg-card kg-signup-card"><h2>Sign up</h2><form></form></div>'
    )
    assert re.sub("</?div>", "", post.article.content) == (
        '<p>T</p><p><a class="embed" href="https://s.example/a.mp3">a.mp3</a></p>Bell'
    )
    assert post.notes == ("shown as a link: a.mp3",)


def test_blocks_that_hold_each_other_end() -> None:
    twice = '<!-- wp:block {"ref":900} /-->' * 3
    post = read_wordpress(twice, BLOCKS.format(900, f"A {twice}"))
    assert post.article.content.count("A ") < 100


def test_wordpress_remembers_where_a_post_was_and_where_its_original_is() -> None:
    """What ``wp_old_slug_redirect`` looks up; what Yoast and Rank Math keep."""
    wxr = next(iter(sample("wordpress").values())).decode()
    meta = "<wp:postmeta><wp:meta_key>{}</wp:meta_key><wp:meta_value>{}</wp:meta_value></wp:postmeta>"
    first, rest = wxr.split("<item>", 1)
    item = (
        "<item><title>Moved</title><link>https://harbour.example/2024/05/06/now/</link><wp:post_name>now</wp:post_name>"
        "<wp:post_id>77</wp:post_id><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>"
        "<wp:post_date>2024-05-06 10:00:00</wp:post_date><content:encoded>Text.</content:encoded>{}</item>"
    )

    def read(*pairs: tuple[str, str]) -> Post:
        whole = item.format("".join(meta.format(*pair) for pair in pairs))
        posts, _ = of(importers.read_posts(bag({"a.xml": f"{first}{whole}<item>{rest}"}), "wordpress"))
        return next(post for post in posts if post.article.title == "Moved")

    post = read(("_wp_old_slug", "then"), ("_wp_old_slug", "before"), ("_wp_old_date", "2023-01-02"))
    assert post.article.former_urls == (
        "https://harbour.example/2024/05/06/now/",
        "https://harbour.example/2024/05/06/then/",
        "https://harbour.example/2024/05/06/before/",
        "https://harbour.example/2023/01/02/now/",
    )
    assert post.article.url == post.article.former_urls[0]
    for key in ("_yoast_wpseo_canonical", "rank_math_canonical_url"):
        post = read((key, "https://first.example/a?b=1"))
        assert (post.article.url, post.article.source.url) == ("https://first.example/a?b=1", "https://first.example/")
        assert read((key, "https://harbour.example/else/")).article.url == "https://harbour.example/2024/05/06/now/"


def test_a_post_without_text_is_named_with_what_was_lost() -> None:
    wxr = next(iter(sample("wordpress").values())).decode()
    body = '<form action="https://forms.example/1"></form>'
    _, left = of(
        importers.read_posts(bag({"a.xml": wxr.replace("<p>A text of the block editor.</p>", body)}), "wordpress")
    )
    assert any(
        one.reason == "it has no text in the export; not imported: form https://forms.example/1" for one in left
    ), left


def attrs(**data: object) -> str:
    return escape(json.dumps(data), quote=True)


def read_substack(body: str) -> Post:
    table = (
        "post_id,post_date,is_published,title,type,audience\n1.t,2024-05-06T10:00:00.000Z,true,T,newsletter,everyone\n"
    )
    posts, _ = of(importers.read_posts(bag({"posts.csv": table, "posts/1.t.html": body}), "substack"))
    return posts[0]


@pytest.mark.parametrize(
    ("kind", "data", "shown"),
    [
        (
            "image-gallery-embed",
            {"gallery": {"images": [{"src": "https://pic.example/a.png"}], "caption": "Six", "alt": "A & B"}},
            '<figure><img src="https://pic.example/a.png" alt="A &amp; B" /><figcaption>Six</figcaption></figure>',
        ),
        (
            "image-gallery-embed",
            {"gallery": {"images": [], "staticGalleryImage": {"src": "https://pic.example/all.png"}}},
            '<img src="https://pic.example/all.png" alt="" />',
        ),
        (
            "embedded-post-wrap",
            {
                "url": "https://other.example/p/a?x=1&y=2",
                "title": "A < B",
                "publication_name": "The Wire",
                "bylines": [{"name": "Tove Quist"}],
            },
            '<p><a href="https://other.example/p/a?x=1&amp;y=2">A &lt; B</a>, Tove Quist, The Wire</p>',
        ),
        (
            "digest-post-embed",
            {"canonical_url": "https://other.example/p/a", "title": "A", "publishedBylines": [{"name": "Tove Quist"}]},
            '<p><a href="https://other.example/p/a">A</a>, Tove Quist</p>',
        ),
        (
            "twitter-embed",
            {"url": "https://x.example/1", "full_text": "We&#39;re\nhere", "username": "tq", "name": "Tove Quist"},
            '<blockquote><p>We’re<br />here</p><p><a href="https://x.example/1">Tove Quist · tq</a></p></blockquote>',
        ),
        (
            "comment",
            {"url": "https://open.example/1", "comment": {"body": "So it is.", "name": "Phil Moss"}},
            "<blockquote><p>So it is.</p>",
        ),
        ("latex-rendered", {"persistentExpression": "\\log_{10}(P) < 5"}, "\\log_{10}(P) &lt; 5"),
        ("youtube-wrap", {"videoId": "abc"}, '<a href="https://www.youtube.com/watch?v=abc">'),
        ("polymarket-embed", {"fullEmbedUrl": "https://m.example/1"}, '<a href="https://m.example/1">'),
    ],
)
def test_a_block_of_substack_is_shown(kind: str, data: dict[str, object], shown: str) -> None:
    for written in (attrs(**data), escape(attrs(**data))):
        post = read_substack(f'<p>Text.</p><div class="{kind}" data-attrs="{written}"></div>')
        assert shown.replace("’", "'") in post.article.content
        assert post.notes == ()


def test_a_name_in_a_line_of_substack_is_shown_and_what_is_kept_there_is_named() -> None:
    post = read_substack(
        f'<p>As <span class="mention-wrap" data-attrs="{attrs(name="Jane Doe", id=1)}"></span> says of '
        f'<span class="cashtag-wrap" data-attrs="{attrs(symbol="$NETS")}"></span>.</p>'
        f'<div class="poll-embed" data-attrs="{attrs(id=7)}"></div><div class="native-video-embed"></div>'
        '<div class="preformatted-block"><label class="hide-text">Text within this block</label><pre>A  b</pre></div>'
    )
    assert post.article.content.startswith("<p>As <span>Jane Doe</span> says of <span>$NETS</span>.</p>")
    assert "Text within" not in post.article.content
    assert post.notes == ("not imported: a poll", "not imported: a video that Substack keeps")


def test_buttons_of_substack_that_lead_elsewhere_are_kept() -> None:
    button = '<p class="button-wrapper"><a class="button primary" href="{}"><span>{}</span></a></p>'
    asks = [
        "https://a.example/subscribe?",
        "%%share_url%%",
        "https://a.example/p/b?action=share",
        "https://a.example/p/b/comments",
    ]
    post = read_substack(
        "".join(button.format(address, "Ask") for address in asks)
        + f'<div class="captioned-button-wrap"><p>Thanks for reading!</p>{button.format(asks[0], "Ask")}</div>'
        + button.format("https://shop.example/?a=1&amp;b=2", "Buy")
    )
    assert post.article.content == '<p><a href="https://shop.example/?a=1&amp;b=2"><span>Buy</span></a></p>'


def test_footnotes_and_files_of_substack_lead_where_they_led() -> None:
    post = read_substack(
        '<p>So.<a class="footnote-anchor" id="footnote-anchor-1" href="#footnote-1">1</a></p>'
        '<div class="file-embed-wrapper"><div class="file-embed-details-h1">Paper</div>'
        '<a class="file-embed-button wide" href="https://file.example/a.pdf"><span>Download</span></a></div>'
        '<div class="footnote"><a id="footnote-1" class="footnote-number" href="#footnote-anchor-1">1</a>'
        '<div class="footnote-content"><p>Why.</p><p>More.</p></div></div>'
    )
    assert '<p>So.<a href="#footnote-1" id="footnote-anchor-1">1</a></p>' in post.article.content
    assert '<p><a id="footnote-1" href="#footnote-anchor-1">1</a> Why.</p><p>More.</p>' in post.article.content
    assert '<p><a href="https://file.example/a.pdf">Paper</a></p>' in post.article.content
    assert "Download" not in post.article.content


@given(VALUES, st.sampled_from(["twitter-embed", "image-gallery-embed", "comment", "digest-post-embed", "instagram"]))
def test_no_data_of_a_block_of_substack_breaks_it(data: object, kind: str) -> None:
    read_substack(f'<p>T</p><div class="{kind}" data-attrs="{escape(json.dumps(data))}"></div>')
