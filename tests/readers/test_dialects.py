"""Markdown as Obsidian, Notion, Hugo, Jekyll and Eleventy write it: what is theirs alone never reaches a reader."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch import html
from dispatch.errors import GatherError
from dispatch.model import Article, Author, Credit, Document, Fault
from dispatch.readers import markdown, markdown_dialects


def read(body: str, faults: list[Fault] | None = None) -> Article:
    document = Document(url="", media_type="text/markdown", charset="", body=body.encode(), name="note.md")
    (article,) = markdown.read(document, faults)
    return article


def convert(body: str) -> tuple[str, list[str]]:
    faults: list[Fault] = []
    return markdown_dialects.convert_dialects(body, faults), [fault.what for fault in faults]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("See [[Old bridge|below the bridge]].", "See below the bridge."),
        ("See [[towns/Old bridge]] and [[Floods#1953]].", "See Old bridge and Floods."),
        ("See [[#The second flood]].", "See The second flood."),
        ("A [[1]](https://a.example/) b", "A [[1]](https://a.example/) b"),
        (
            "It is ==too low==, 水は==低い==です; a == b == c.",
            "It is <mark>too low</mark>, 水は<mark>低い</mark>です; a == b == c.",
        ),
        ("The water fell. ^para1\n\n^ab-1\n\nA square is x ^2", "The water fell.\n\n\n\nA square is x ^2"),
        ("> [!note] A warning\n> It turns.", "> **A warning**\n>\n> It turns."),
        ("> [!tip]-\n> It turns.", "> **Tip**\n>\n> It turns."),
        ("::: warning Low water\nMind it.\n:::", "**Low water**\n\nMind it.\n"),
        ("- [ ] check\n- [x] asked", "- ☐ check\n- ☑ asked"),
        ('We left at {{< time "06:00" >}} sharp.', "We left at 06:00 sharp."),
        ("It was {{% emph %}}pink{{% /emph %}}.", "It was pink."),
        (
            '{{< figure src="/road.jpg" title="The road" alt="A \'white\' road" >}}',
            '<figure><img src="/road.jpg" alt="A &#x27;white&#x27; road"><figcaption>The road</figcaption></figure>',
        ),
        (
            '{{< figure src="/road.jpg" title="The road" caption="At six" >}}',
            '<figure><img src="/road.jpg" alt=""><figcaption><strong>The road</strong> At six</figcaption></figure>',
        ),
        ("{{< youtube abc-123 >}}", "<https://www.youtube.com/watch?v=abc-123>"),
        ('{{< tweet user="ann" id="12" >}}', "<https://x.com/ann/status/12>"),
        ('[a]({{< ref "b.md" >}}) [c]({% post_url 2026-01-01-c %}).', "a c."),
        ("[a]({{ '/b/' | relative_url }}) ![c]({{ site.baseurl }}/c.jpg)", "[a](/b/) ![c](/c.jpg)"),
        ("{% raw %}a{% endraw %} b{: .lead}", "a b"),
        ("{% highlight python %}\nx = '{{ y }}'\n{% endhighlight %}", "```python\nx = '{{ y }}'\n```"),
        ("Dear *|FNAME|*, hello.", "Dear , hello."),
        ("<https://b.example/?u={{id}}&v={{ w }}>", "<https://b.example/?u={{id}}&v={{ w }}>"),
        ("(https://b.example) {{ page.url }}.", "(https://b.example) ."),
        ("import Map from '@site/map';\n\nImport is free.", "\n\nImport is free."),
        ("```\nimport a from 'b'\n```", "```\nimport a from 'b'\n```"),
        ("One.\n\n<% tp.date.now() %>\n\nTwo.", "One.\n\n\n\nTwo."),
    ],
)
def test_a_dialect_becomes_markdown(written: str, shown: str) -> None:
    assert convert(written)[0] == shown


def test_a_merge_tag_that_is_left_out_is_told() -> None:
    assert convert("Dear *|FNAME|*, hello.")[1] == ["left out, for it is no Markdown: *|FNAME|*"]


@pytest.mark.parametrize(
    "code",
    [
        "`[[a]] {{ b }} %% c %%`",
        "```\n%% a %%\n{{< b >}}\n==c==\n```",
        "~~~ js\n[[a]]\n~~~",
        "``a ` {{ b }}``",
        "```\n{{ open",
    ],
)
def test_code_is_left_alone(code: str) -> None:
    assert convert(f"Before.\n\n{code}") == (f"Before.\n\n{code}", [])


@pytest.mark.parametrize(
    "private",
    [
        "%% ask the miller %%",
        "%%ask\n\nthe `miller`%%",
        "%%\n```\nask the miller\n```\n%%",
        "%%\nask the miller",
        "Words.%%ask the miller%%",
        "Words.{% comment %}ask %% the `miller`{% endcomment %}",
        "{{< comment >}}\nask the miller\n{{< /comment >}}",
    ],
)
def test_a_private_comment_never_leaves(private: str) -> None:
    faults: list[Fault] = []
    article = read(f"# The mill\n\nWords.\n\n{private}", faults)
    assert "miller" not in article.content + article.markdown
    assert [fault.what for fault in faults] == ["left out: 1 private comment"]


def test_per_cent_signs_are_no_comment() -> None:
    assert convert("Sure to 100%% of 50%% and 20 %.") == ("Sure to 100%% of 50%% and 20 %.", [])


def test_what_is_left_out_is_named() -> None:
    written = '![[mill.jpg|400]]\n\n{{< gallery dir="a" >}}\n\n{% include ad.html %} {{ page.title }}\n\n'
    written += "```dataview\nLIST\n```\n"
    shown, faults = convert(written)
    assert not shown.strip()
    assert faults == [
        'left out, for it is no Markdown: ![[mill.jpg|400]], {{< gallery dir="a" >}}, {% include ad.html %} and 1 more'
    ]


def test_a_note_of_obsidian() -> None:
    article = read(
        '---\ntitle: The mill\nauthor: "[[Fay Sample]]"\ntags:\n  - mills\n---\nThe mill stands.\n\n'
        "#rivers/small #old\n"
    )
    assert (article.authors, article.certainty) == ((Author(name="Fay Sample"),), "certain")
    assert article.tags == ("mills", "rivers/small", "old")
    assert article.content == "<p>The mill stands.</p>"


def test_a_page_of_notion() -> None:
    article = read(
        "# The map that lied\n\nAuthor: Dee Poe\nCreated: November 24, 2026 10:12 AM\nStatus: Ready\n"
        "Tags: Maps, History\nURL: https://maps.example/lied?x=1&y=2\n\n> A map is a promise.\n\nIt was drawn: badly."
    )
    assert article.title == "The map that lied"
    assert article.authors == (Author(name="Dee Poe"),)
    assert article.published == datetime(2026, 11, 24, 10, 12)
    assert article.url == "https://maps.example/lied?x=1&y=2"
    assert article.tags == ("Maps", "History")
    assert article.markdown == "> A map is a promise.\n\nIt was drawn: badly."


@pytest.mark.parametrize("prose", ["Note: it rained.", "Ann: Why?\nBo: Because.", "Date: a fruit.\nThat is all."])
def test_prose_with_colons_is_no_property(prose: str) -> None:
    assert read(f"# Title\n\n{prose}\n\nMore words.").markdown == f"{prose}\n\nMore words."


ANN = Author(name="Ann Lee")


@pytest.mark.parametrize(
    ("opening", "dek", "authors", "day"),
    [
        (
            "_Two towns, one ferry_\n\nBy **Ann Lee** and [Bo Roe](https://bo.example)",
            "Two towns, one ferry",
            "Ann Lee, Bo Roe",
            0,
        ),
        ("## Two towns, one ferry\n\nBy Ann Lee", "Two towns, one ferry", "Ann Lee", 0),
        ("By Ann Lee\n\n*Two towns, one ferry*", "", "Ann Lee", 0),
        ("*By [Ann Lee](https://ann.example) — 22 Nov 2026*", "", "Ann Lee", 22),
        ("Ann Lee — 22 Nov 2026", "", "Ann Lee", 22),
        ("Von Ann Lee\n\n2026-11-22", "", "Ann Lee", 22),
        ("Par Ann Lee", "", "Ann Lee", 0),
        ("文／王小明", "", "王小明", 0),
        ("بقلم ليلى حداد", "", "ليلى حداد", 0),
        ("Words: Ann Lee\n\n5 min read", "", "Ann Lee", 0),
    ],
)
def test_the_lines_below_a_title(opening: str, dek: str, authors: str, day: int) -> None:
    article = read(f"# The price of stone\n\n{opening}\n\nStone was cheap.")
    assert ", ".join(author.name for author in article.authors) == authors
    assert (article.dek, article.certainty) == (dek, "likely")
    assert (article.published.day if article.published else 0) == day
    assert article.markdown.endswith("Stone was cheap.")
    assert authors.split(",")[0] not in article.markdown


@pytest.mark.parametrize(
    "body", ["## One\n\nWords.", "![Stone](stone.jpg)\n\nBy Ann Lee", "- By Ann Lee", "By and large it rained."]
)
def test_what_is_no_byline_stays(body: str) -> None:
    article = read(f"# Title\n\n{body}")
    assert (article.markdown, article.authors) == (body, ())


def test_who_took_the_pictures_is_credited() -> None:
    article = read("# Title\n\nBy Ann Lee; photographs by Cy Poe\n\nWords.")
    assert (article.authors, article.credits) == ((ANN,), (Credit(role="photographer", name="Cy Poe"),))


@pytest.mark.parametrize(
    ("front", "names", "certainty"),
    [
        ("author: gil_roe", ["gil_roe"], "likely"),
        ("author: admin", [], "unknown"),
        ("author: ann@paper.example", ["mailto:ann@paper.example"], "certain"),
        ("author: By Ann Lee", ["Ann Lee"], "certain"),
        ("author: Jo Lee, Kai Roe", ["Jo Lee", "Kai Roe"], "certain"),
        ("author: Bo Lind, Jr.", ["Bo Lind, Jr."], "certain"),
        ("author: '[Jo Lee](https://jo.example)'", ["Jo Lee"], "certain"),
        ("author: [[Fay Sample]]", ["Fay Sample"], "certain"),
        ("authors: ['[[Fay Sample|Fay S.]]', '[[Kai Roe]]']", ["Fay S.", "Kai Roe"], "certain"),
        ("params:\n  author: Ann Lee", ["Ann Lee"], "certain"),
    ],
)
def test_names_in_front_matter_are_heard_with_suspicion(front: str, names: list[str], certainty: str) -> None:
    article = read(f"---\ntitle: T\n{front}\n---\nWords.")
    assert [author.name for author in article.authors] == names
    assert article.certainty == certainty


@given(st.text(alphabet="[]|!#^%={}<>:`~-*_ \n\"'/aB1.()\\&") | st.text())
def test_no_text_breaks_it(body: str) -> None:
    clean = html.remove_illegal_characters(body)
    try:
        article = read(f"# T\n\n{clean}", [])
    except GatherError:
        return
    assert html.sanitise_html(article.content) == article.content


def test_a_mailbox_alone_names_nobody_in_what_a_stranger_serves() -> None:
    body = b"---\ntitle: T\nauthors: [Ann Lee, bo@paper.example]\n---\nWords."
    document = Document(url="", media_type="text/markdown", charset="", body=body, name="https://paper.example/a")
    (article,) = markdown.read(document)
    assert [author.name for author in article.authors] == ["Ann Lee"]
