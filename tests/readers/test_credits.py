"""Pages whose authors are known: each credit is right, or said not to be certain; none is wrong.

The pages stand in a frame that names other people everywhere: in comments, teasers, quotations, the sidebar and the
text. Nobody of them wrote anything.
"""

import json
from collections.abc import Mapping
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.model import Author, Certainty, Document
from dispatch.readers import page, people, reconcile_authors

URL = "https://paper.example/harbour"
SITE = '<meta property="og:site_name" content="The Paper">'
SENTENCE = "The harbour freezes for eleven days in an ordinary winter, says Zoe Quoted, who keeps the light. "
TEXT = f"<p>{SENTENCE * 4}</p><p>By Mallory Mentioned there is a book about it. Written by hand, it says.</p>"
NOISE = """
  <aside><a rel="author" href="/eve">Eve Sidebar</a><div class="author-box"><b class="author-name">Eve Sidebar</b></div>
  </aside>
  <div class="related"><article class="h-entry"><h2>Other</h2><span class="byline">By Rob Related</span>
    <a class="p-author h-card" href="/rob">Rob Related</a></article></div>
  <article class="card"><h3>Another</h3><div class="post-author"><a rel="author" href="/t">Tea Teaser</a></div>
  </article>
  <ol class="comments-area"><li class="comment"><cite class="fn author vcard">Cy Comment</cite></li></ol>
  <div itemprop="comment" itemscope itemtype="https://schema.org/Comment"><i itemprop="author">Cy Comment</i></div>
"""
QUOTED = """
  <blockquote><p>So it is.</p><a rel="author" href="/zoe">Zoe Quoted</a></blockquote>
  <figure><img src="/a.png" alt=""><figcaption class="photo-byline">By Phil Photo</figcaption></figure>
  <div class="u-in-reply-to h-cite"><a class="p-author h-card" href="/rita">Rita Replied</a></div>
"""

ADA, BO, TOLKIEN = "Ada Holm", "Bo Lind, Jr.", "J. R. R. Tolkien"
NAMES = (ADA, BO, TOLKIEN, "王小波", "村上春樹", "نجيب محفوظ", "Émile d'Août-O’Neill", "bell hooks")


def html(head: str = "", byline: str = "", below: str = "", *, article: str = "<article>") -> str:
    end = "</div>" if article.startswith("<div") else "</article>"
    return (
        f'<!DOCTYPE html><html lang="en"><head>{SITE}{head}</head><body>'
        f"{article}<h1>The winter that did not come</h1>{byline}"
        f'<div class="entry-content e-content">{TEXT}{QUOTED}</div>{below}{end}{NOISE}</body></html>'
    )


def credit_of(body: str) -> tuple[list[str], Certainty]:
    (article,) = page.read(Document(url=URL, media_type="text/html", charset="", body=body.encode(), name="a page"))
    return [author.name for author in article.authors], article.certainty


def ld(*nodes: Mapping[str, object], **article: object) -> str:
    main = {"@type": "NewsArticle", "headline": "The winter that did not come", **article} if article else None
    graph = [*([main] if main else []), *nodes]
    return (
        f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", "@graph": graph})}</script>'
    )


def person(name: str, **more: object) -> dict[str, object]:
    return {"@type": "Person", "name": name, **more}


def metas(key: str, *names: str) -> str:
    attribute = "property" if key.startswith("article:") else "name"
    return "".join(f'<meta {attribute}="{key}" content="{escape(name)}">' for name in names)


PUBLISHER = {"@type": "Organization", "@id": "#org", "name": "The Paper"}

# What each kind of markup makes of any list of names; the sure ones are believed alone, the others are guesses.
SURE = {
    "json-ld, inline": lambda names: html(ld(author=[person(name) for name in names], publisher=PUBLISHER)),
    "json-ld, plain strings": lambda names: html(ld(author=list(names))),
    "json-ld, @list": lambda names: html(ld(author={"@list": [person(name) for name in names]})),
    "json-ld, by id": lambda names: html(
        ld(
            PUBLISHER,
            *(person(name, **{"@id": f"#{n}"}) for n, name in enumerate(names)),
            author=[{"@id": f"#{n}"} for n, _ in enumerate(names)],
            publisher={"@id": "#org"},
        )
    ),
    "json-ld, ids before nodes": lambda names: html(
        ld(
            *({"@id": f"#{n}", "@type": "Person", "url": f"/{n}"} for n, _ in enumerate(names)),
            *(person(name, **{"@id": f"#{n}"}) for n, name in enumerate(names)),
            author=[{"@id": f"#{n}", "@type": "Person"} for n, _ in enumerate(names)],
        )
    ),
    "json-ld, an array of scripts": lambda names: html(
        ld({"@type": "BreadcrumbList", "name": "Trail"}) + ld(author=[person(name) for name in names])
    ),
    "json-ld, within the page's node": lambda names: html(
        ld({"@type": "WebPage", "mainEntity": {"@type": "Article", "headline": "x", "author": [*map(person, names)]}})
    ),
    "json-ld, creator": lambda names: html(ld(creator=[person(name) for name in names])),
    "json-ld among other articles": lambda names: html(
        ld({"@type": "Article", "headline": "Other", "url": "https://paper.example/other", "author": person("Rob R")})
        + ld(author=[person(name) for name in names], url=URL)
    ),
    "citation_author": lambda names: html(metas("citation_author", *names)),
    "parsely-author": lambda names: html(metas("parsely-author", *names)),
    "h-entry": lambda names: html(
        byline="".join(f'<a class="p-author h-card" href="/{n}">{escape(name)}</a>' for n, name in enumerate(names)),
        article='<article class="h-entry">',
    ),
    "h-entry, cards within": lambda names: html(
        byline="".join(
            f'<p class="p-author"><b class="h-card"><i class="p-name">{escape(n)}</i></b></p>' for n in names
        ),
        article='<div class="h-entry">',
    ),
    "hAtom": lambda names: html(
        byline="".join(f'<span class="author vcard"><a class="fn url" href="/a">{escape(n)}</a></span>' for n in names),
        article='<article class="hentry">',
    ),
    "microdata": lambda names: html(
        byline="".join(f'<b itemprop="author" itemscope><i itemprop="name">{escape(n)}</i></b>' for n in names),
        article='<article itemscope itemtype="https://schema.org/NewsArticle">',
    ),
    "PublishPress": lambda names: html(
        below='<div class="pp-multiple-authors-boxes-wrapper"><ul>'
        + "".join(
            f'<li class="pp-multiple-authors-boxes-li"><div class="pp-author-boxes-name"><a href="/author/{n}">'
            f'{escape(name)}</a></div><p class="pp-author-boxes-description">Writes.</p></li>'
            for n, name in enumerate(names)
        )
        + "</ul></div>"
    ),
    "Molongui": lambda names: html(
        below='<div class="m-a-box">'
        + "".join(
            f'<div class="m-a-box-profile"><div class="m-a-box-title"><a href="/author/{n}">{escape(name)}</a></div>'
            '<p class="m-a-box-meta">Editor at Large</p><div class="m-a-box-bio">Writes.</div></div>'
            for n, name in enumerate(names)
        )
        + "</div>"
    ),
    "Simple Author Box": lambda names: html(
        below="".join(
            f'<div class="saboxplugin-wrap"><div class="saboxplugin-authorname"><a href="/author/{n}"><span class="fn">'
            f'{escape(name)}</span></a></div><div class="saboxplugin-desc">Writes.</div></div>'
            for n, name in enumerate(names)
        )
    ),
    "Co-Authors Plus": lambda names: html(
        below='<div class="wp-block-co-authors-plus-coauthors">'
        + "".join(
            f'<div class="wp-block-co-authors-plus-coauthor"><p class="wp-block-co-authors-plus-name">'
            f'<a href="/author/{n}">{escape(name)}</a></p></div>'
            for n, name in enumerate(names)
        )
        + "</div>"
    ),
    "Ghost": lambda names: html(
        byline='<div class="gh-article-meta"><h4 class="gh-article-author-name">'
        + ", ".join(f'<a href="/author/{n}">{escape(name)}</a>' for n, name in enumerate(names))
        + "</h4></div>"
    ),
    "Substack": lambda names: html(
        byline='<div class="post-header">'
        + "".join(
            f'<div class="profile-hover-card-target"><a href="https://substack.example/@{n}">{escape(name)}</a></div>'
            for n, name in enumerate(names)
        )
        + "</div>"
    ),
    "a theme's own box": lambda names: html(
        below="".join(
            f'<div class="author-box"><p class="author-title">Staff writer</p>'
            f'<h4 class="author-name">{escape(name)}</h4><p class="author-description">Writes.</p></div>'
            for name in names
        )
    ),
    "two guesses: meta and rel=author": lambda names: html(
        metas("author", *names),
        byline="".join(f'<a rel="author" href="/{n}">{escape(name)}</a>' for n, name in enumerate(names)),
    ),
    "two guesses: Dublin Core and a byline": lambda names: html(
        metas("DC.creator", *names),
        byline='<p class="byline">By '
        + " and ".join(f'<a href="/{escape(n)}">{escape(n)}</a>' for n in names)
        + "</p>",
    ),
}
GUESSES = {
    "meta author": lambda names: html(metas("author", *names)),
    "article:author": lambda names: html(metas("article:author", *names)),
    "dc.creator": lambda names: html(metas("dc.creator", *names)),
    "rel=author": lambda names: html(
        byline="".join(f'<a rel="author" href="/{n}">{escape(name)}</a>' for n, name in enumerate(names))
    ),
    "p-author": lambda names: html(
        byline="".join(f'<span class="p-author">By {escape(name)}</span>' for name in names),
        article='<article class="h-entry">',
    ),
    "byline": lambda names: html(
        byline="".join(
            f'<p class="byline">Posted on 2 May by <a href="/x">{escape(name)}</a> in <a href="/sea">Sea</a></p>'
            for name in names
        )
    ),
}


@pytest.mark.parametrize("markup", SURE)
@pytest.mark.parametrize(
    "names", [*((name,) for name in NAMES), (ADA, BO), (TOLKIEN, "王小波", "نجيب محفوظ")], ids="+".join
)
def test_what_is_said_clearly_is_believed(markup: str, names) -> None:
    assert credit_of(SURE[markup](names)) == (list(names), "certain")


@pytest.mark.parametrize("markup", GUESSES)
@pytest.mark.parametrize("names", [*((name,) for name in NAMES), (ADA, TOLKIEN)], ids="+".join)
def test_a_single_guess_is_never_certain(markup: str, names) -> None:
    assert credit_of(GUESSES[markup](names)) == (list(names), "likely")


NOBODY = ("admin", "Administrator", "username", "name", "Posted", "Unknown")
NO_NAMES = (*NOBODY, "https://social.example/ada", "www.social.example/ada", "desk@paper.example", "By", "", "—")


@pytest.mark.parametrize("markup", [*SURE, *GUESSES])
@pytest.mark.parametrize("name", NO_NAMES)
def test_whoever_is_nobody_is_not_credited(markup, name: str) -> None:
    assert credit_of((SURE | GUESSES)[markup]((name,))) == ([], "unknown")


@pytest.mark.parametrize("markup", [*SURE, *GUESSES])
@pytest.mark.parametrize("name", ["The Paper", "the paper", "The Paper Staff", "Redaktion"])
def test_a_house_is_named_where_no_person_is(markup: str, name: str) -> None:
    assert credit_of((SURE | GUESSES)[markup]((name,))) == ([name], "likely")


@pytest.mark.parametrize("markup", SURE)
@pytest.mark.parametrize("name", ["The Paper", "The Paper Staff", "Redaktion", "Northern Press Agency", "Paper"])
def test_a_person_comes_before_a_house(markup: str, name: str) -> None:
    body = SURE[markup]((name,)).replace("</h1>", "</h1><p>By Ada Holm</p>")
    named, certainty = credit_of(body)
    assert (named, certainty) == ([ADA], "likely")


def byline(text: str) -> str:
    return f'<p class="byline">{text}</p>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(html(), ([], "unknown"), id="nobody, though the text names many"),
        pytest.param(html(ld(author=PUBLISHER, publisher=PUBLISHER)), (["The Paper"], "likely"), id="the house"),
        pytest.param(
            html(ld(author=person("The Paper"), publisher=PUBLISHER), byline("By Ada Holm")),
            ([ADA], "likely"),
            id="the house as a person",
        ),
        pytest.param(
            html(ld(author=PUBLISHER, publisher=PUBLISHER), byline("By Ada Holm")),
            ([ADA], "likely"),
            id="the house to machines, a person to people",
        ),
        pytest.param(
            html(ld(author=person("Wire", url="/w"), publisher={"name": "Wire", "@type": "Organization"})),
            (["Wire"], "likely"),
            id="the publisher under another name than the site",
        ),
        pytest.param(
            html(ld(author={"@type": "Organization", "name": "Northern Press Agency"})),
            (["Northern Press Agency"], "likely"),
            id="an agency",
        ),
        pytest.param(
            html(ld(author=person("Eve Uploader")), byline('By <a rel="author" href="/ada">Ada Holm</a>')),
            (["Eve Uploader"], "unknown"),
            id="one word against another",
        ),
        pytest.param(
            html(
                ld(author=person("Eve Uploader")),
                byline('By <a rel="author" href="/ada">Ada Holm</a>'),
                '<div class="author-box"><b class="author-name">Ada Holm</b></div>',
            ),
            ([ADA], "likely"),
            id="two words against one",
        ),
        pytest.param(
            html(
                ld(author=person(ADA)),
                '<p class="byline">By <a href="/a">Ada Holm</a> and <a href="/b">Bo Lind</a></p>',
            ),
            ([ADA, "Bo Lind"], "likely"),
            id="the byline names one more",
        ),
        pytest.param(
            html(ld(author=person(ADA)), '<p class="byline">By <a rel="author" href="/a">Ada Holm</a> and Bo Lind</p>'),
            ([ADA, "Bo Lind"], "likely"),
            id="the byline names one more, without a link",
        ),
        pytest.param(
            html(
                ld(author=person(ADA)),
                below='<div class="author-box"><b class="author-name">Ada Holm</b></div>'
                '<div class="author-box"><b class="author-name">Bo Lind, Jr.</b></div>',
            ),
            ([ADA, BO], "certain"),
            id="a box has room for all",
        ),
        pytest.param(
            html(ld(author="Ada Holm and Bo Lind"), byline('<a href="/a">Ada Holm</a> and <a href="/b">Bo Lind</a>')),
            ([ADA, "Bo Lind"], "certain"),
            id="all names in one",
        ),
        pytest.param(
            html(
                metas("author", "Ada Holm, Bo Lind"),
                byline('By <a href="/a">Ada Holm</a> and <a href="/b">Bo Lind</a>'),
            ),
            ([ADA, "Bo Lind"], "certain"),
            id="all names in one, and one by one",
        ),
        pytest.param(
            html(metas("author", "王小波、李华、张三"), byline('<a href="/a">王小波</a>、<a href="/b">张三</a>')),
            (["王小波", "张三"], "unknown"),
            id="a name between two is not lost unseen",
        ),
        pytest.param(
            html(metas("author", "J R R Tolkien"), byline("By J. R. R. Tolkien")),
            ([TOLKIEN], "certain"),
            id="initials with and without full stops",
        ),
        pytest.param(
            html(ld(author=person("J.R.R. Tolkien")), byline("By J R R Tolkien")),
            (["J.R.R. Tolkien"], "certain"),
            id="initials without spaces",
        ),
        pytest.param(
            html(metas("citation_author", "Holm, Ada"), byline("By Ada Holm")), ([ADA], "certain"), id="turned round"
        ),
        pytest.param(
            html(metas("citation_author", "Holm, Ada", "Lind, Bo")),
            ([ADA, "Bo Lind"], "certain"),
            id="turned round, as in an index",
        ),
        pytest.param(
            html(metas("author", "ada77"), byline("By Ada Holm")), ([ADA], "likely"), id="a login is no contradiction"
        ),
        pytest.param(
            html(metas("author", "Eve Webmaster"), byline("By Ada Holm")), ([ADA], "unknown"), id="two guesses differ"
        ),
        pytest.param(
            html(byline=byline("By Ada Holm | 12 February 2025")), ([ADA], "likely"), id="a date behind a bar"
        ),
        pytest.param(html(byline=byline("By Ada Holm 12 February 2025")), ([ADA], "likely"), id="a date behind a name"),
        pytest.param(html(byline=byline("Posted on Monday")), ([], "unknown"), id="no name in a byline"),
        pytest.param(html(byline=byline('<a href="/sea">Sea</a>, 2 May')), ([], "unknown"), id="a section in a byline"),
        pytest.param(
            html(byline=byline("By Ada and Bo")), (["Ada and Bo"], "likely"), id="unlinked names are not taken apart"
        ),
        pytest.param(html(ld(author=person("By Ada Holm"))), ([ADA], "certain"), id="the word before is not the name"),
        pytest.param(
            html(ld(author=person("Cafe\u0301 Ole")), byline("By Caf\u00e9 Ole")),
            (["Cafe\u0301 Ole"], "certain"),
            id="composed and decomposed",
        ),
        pytest.param(
            html(
                ld({"@type": "Article", "headline": "One", "author": person("Rob Related")})
                + ld({"@type": "Article", "headline": "Two", "author": person("Tea Teaser")})
            ),
            (["Rob Related"], "likely"),
            id="articles, and none is this one",
        ),
        pytest.param(
            html(
                ld(
                    {
                        "@type": "Article",
                        "headline": "Other",
                        "url": "https://paper.example/b",
                        "author": person("Rob R"),
                    }
                )
            ),
            (["Rob R"], "likely"),
            id="another article only",
        ),
        pytest.param(
            "<h1>All of it</h1>"
            + "".join(
                f'<article class="h-entry"><h2>{name}</h2><a class="p-author h-card" href="/x">{name}</a></article>'
                for name in (ADA, "Bo Lind")
            ),
            ([ADA], "likely"),
            id="a list of articles",
        ),
    ],
)
def test_when_witnesses_are_heard_together(body, expected) -> None:
    assert credit_of(body) == expected


PEOPLE = st.lists(
    st.builds(Author, name=st.text("AB ,.and王", min_size=1, max_size=12).filter(people.clean_name)), max_size=3
)
WITNESSES = st.lists(PEOPLE, max_size=4)


@given(WITNESSES, WITNESSES)
def test_who_is_certain_is_contradicted_by_nobody(sure, guesses) -> None:
    named, certainty = reconcile_authors.choose_authors(sure, guesses)
    heard = [witness for witness in (*sure, *guesses) if witness]
    assert bool(named) == bool(heard)
    assert {author.name for author in named} <= {author.name for witness in heard for author in witness}
    if certainty == "certain":
        letters = ["".join(author.name for author in one).casefold() for one in (named, *heard)]
        assert set("".join(letters)) & set("ab王") <= set(letters[0])
        assert any(sure) or sum(map(bool, guesses)) > 1


@given(st.text("ABa. ,&and王、", max_size=300), PEOPLE)
def test_names_are_joined_only_by_what_joins(joined, listed) -> None:
    names = [author.name for author in listed]
    if people.is_joined_name(joined, names):
        assert all(name.casefold() in joined.casefold() for name in names)
