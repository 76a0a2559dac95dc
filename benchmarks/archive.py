"""An archive of articles as Markdown files, for dispatch and for the site generators beside it."""

import shutil
from pathlib import Path

from dispatch import config

AN_ISSUE = 20
AUTHORS = 40

WORDS = "the letters reached the island before the news did and nobody had asked who carried them across the water "
LINK = "[A link](https://paper.example/{n}?a=1&b=2) stands here."

HUGO = """
baseURL = "https://wire.example/"
title = "The Wire"
disableKinds = ["taxonomy", "term"]
"""
HUGO_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head><body>
<h1>{{ .Title }}</h1>{{ with .Params.author }}<p>By <a href="{{ $.Params.author_url }}">{{ . }}</a> in
<a href="https://paper.example/">The Paper</a></p>{{ end }}{{ .Content }}
<p><a href="{{ .Params.link }}">Read {{ .Title }}</a></p></body></html>
"""
HUGO_LIST = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head><body>
<h1>{{ .Title }}</h1>{{ range .Pages }}<article><h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2>
<p>By <a href="{{ .Params.author_url }}">{{ .Params.author }}</a></p>{{ .Content }}</article>{{ end }}</body></html>
"""


def articles(count: int) -> list[tuple[int, int]]:
    """The number of each article, and that of its issue."""
    return [(n, n // AN_ISSUE + 1) for n in range(count)]


def body(article: int) -> str:
    """Some 5 KB of Markdown, no two articles alike."""
    return "\n\n".join(f"Paragraph {n} of {article}. {WORDS * 4}{LINK.format(n=n)}" for n in range(10))


def ours(folder: Path, count: int) -> None:
    """A publication with that many articles in published issues."""
    config.create_publication(
        folder, title="The Wire", url="https://wire.example", sender="The Wire <desk@wire.example>"
    )
    for number in range(1, (count - 1) // AN_ISSUE + 2):
        keys = "".join(f"  - story-{n}\n" for n, issue in articles(count) if issue == number)
        text = f"---\nnumber: {number}\ntitle: Number {number}\ndate: {_day(number)}\nstatus: published\n"
        _write(folder / "issues" / f"no-{number}" / "issue.md", f"{text}sections:\n- articles:\n{keys}---\nWords.\n")
    for n, issue in articles(count):
        text = (
            f"---\nurl: https://paper.example/{n}?x=1&y=2\ntitle: Story {n}\npublished: {_day(issue)}\n"
            f"authors:\n- name: Author {n % AUTHORS}\n  url: https://people.example/{n % AUTHORS}\n"
            "source:\n  title: The Paper\n  url: https://paper.example/\nsyndicate: full\n---\n"
        )
        _write(folder / "issues" / f"no-{issue}" / f"story-{n}.md", f"{text}{body(n)}\n")


def hugo(folder: Path, count: int) -> None:
    """The same for Hugo: a page an article, a list and a feed an issue."""
    _write(folder / "hugo.toml", HUGO)
    _write(folder / "layouts" / "_default" / "single.html", HUGO_PAGE)
    _write(folder / "layouts" / "_default" / "list.html", HUGO_LIST)
    for n, issue in articles(count):
        front = f'title: Story {n}\ndate: {_day(issue)}\nlink: "https://paper.example/{n}?x=1"\n'
        front += f"author: Author {n % AUTHORS}\nauthor_url: https://people.example/{n % AUTHORS}\n"
        front += f"authors: [Author {n % AUTHORS}]\n"
        _write(folder / "content" / f"no-{issue}" / f"story-{n}.md", f"---\n{front}---\n{body(n)}\n")


def hugo_alike(folder: Path, count: int) -> None:
    """What dispatch makes, made by Hugo: whole feeds in three formats, text, lists of authors, each issue's MJML."""
    hugo(folder, count)
    shutil.copytree(Path(__file__).parent / "peers" / "hugo", folder, dirs_exist_ok=True)


def pelican(folder: Path, count: int) -> None:
    """The same for Pelican, with its simple theme and a feed a category."""
    settings = 'SITENAME = "The Wire"\nSITEURL = "https://wire.example"\nTHEME = "simple"\nDEFAULT_LANG = "en"\n'
    settings += 'CATEGORY_FEED_ATOM = "{slug}.atom"\nFEED_ALL_ATOM = "feed.atom"\nPATH = "content"\nTIMEZONE = "UTC"\n'
    _write(folder / "pelicanconf.py", settings)
    for n, issue in articles(count):
        front = f"Title: Story {n}\nDate: {_day(issue)}\nAuthor: Author {n % AUTHORS}\nCategory: no-{issue}\n"
        front += f"Author_URL: https://people.example/{n % AUTHORS}\nLink: https://paper.example/{n}?x=1\n"
        _write(folder / "content" / f"no-{issue}" / f"story-{n}.md", f"{front}\n{body(n)}\n")


def eleventy(folder: Path, count: int) -> None:
    """The same for Eleventy: pages and lists, without feeds."""
    page = HUGO_PAGE.replace("{{ with .Params.author }}", "").replace("{{ end }}", "")
    for field in ("Title", "Content"):
        page = page.replace(f"{{{{ .{field} }}}}", f"{{{{ {field.lower()} }}}}")
    page = page.replace("{{ . }}", "{{ author }}").replace("{{ $.Params.author_url }}", "{{ author_url }}")
    page = page.replace("{{ .Params.link }}", "{{ link }}")
    _write(folder / "_includes" / "page.liquid", page)
    for n, issue in articles(count):
        front = f'layout: page.liquid\ntitle: Story {n}\ndate: {_day(issue)}\nlink: "https://paper.example/{n}?x=1"\n'
        front += f"author: Author {n % AUTHORS}\nauthor_url: https://people.example/{n % AUTHORS}\ntags: no-{issue}\n"
        _write(folder / f"no-{issue}" / f"story-{n}.md", f"---\n{front}---\n{body(n)}\n")
    line = "<h2><a href='{{ page.url }}'>{{ page.data.title }}</a></h2>"
    for number in range(1, (count - 1) // AN_ISSUE + 2):
        listed = f"{{% for page in collections.no-{number} %}}{line}{{% endfor %}}"
        front = f"---\nlayout: page.liquid\ntitle: Number {number}\npermalink: /no-{number}/index.html\n---\n"
        _write(folder / f"no-{number}.md", f"{front}{listed}\n")


def eleventy_alike(folder: Path, count: int) -> None:
    """What dispatch makes, made by Eleventy."""
    eleventy(folder, count)
    shutil.copytree(Path(__file__).parent / "peers" / "eleventy", folder, dirs_exist_ok=True)


def pelican_alike(folder: Path, count: int) -> None:
    """What dispatch makes, made by Pelican: its own feeds with whole bodies, and a plugin for the rest."""
    pelican(folder, count)
    shutil.copytree(Path(__file__).parent / "peers" / "pelican", folder, dirs_exist_ok=True)
    with (folder / "pelicanconf.py").open("a", encoding="utf-8") as settings:
        settings.write('FEED_ALL_RSS = "index.xml"\nCATEGORY_FEED_RSS = "{slug}.xml"\nRSS_FEED_SUMMARY_ONLY = False\n')
        settings.write("FEED_MAX_ITEMS = None\nAUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = TRANSLATION_FEED_ATOM = None\n")
        settings.write('PLUGIN_PATHS = ["."]\nPLUGINS = ["alike"]\n')


def _day(issue: int) -> str:
    return f"{2000 + issue // 330}-{issue // 28 % 12 + 1:02}-{issue % 28 + 1:02}"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
