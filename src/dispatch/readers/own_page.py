"""Read a page of the publication's own, such as ``pages/about.md``: its front matter and its words, in Markdown."""

from dispatch import from_mapping, frontmatter, html
from dispatch.commonmark import to_html
from dispatch.errors import ConfigError
from dispatch.model import Fault, OwnPage, Place
from dispatch.slugs import is_slug

FOLDER = "pages"
# fmt: off
RESERVED = frozenset({
    "404", "archive", "authors", "feed", "follow", "former", "index", "issues", "pagefind", "partners", "search",
    "sections", "sources", "tags",
})
# fmt: on
_NAMED = "Rename it: a-z, 0-9 and hyphens, and none of " + ", ".join(sorted(RESERVED))


def read_own_page(text: str, name: str, site: str) -> OwnPage:
    """Read the text of a file of the folder; what it says is sanitised as everything, and its headings begin at 2.

    name: the file's, which says where the page is. site: the publication's address; relative addresses begin there.
    Raises ConfigError, IssueError and GatherError.
    """
    file, slug = f"{FOLDER}/{name}", name.removesuffix(".md")
    if not is_slug(slug) or slug in RESERVED:
        what = f"“{slug}” is the address of other pages" if slug in RESERVED else f"“{slug}” can be no address"
        raise ConfigError(what, subject=Place(file=file), hint=_NAMED)
    front = frontmatter.parse_front_matter(text, file=file)
    faults: list[Fault] = []
    reading = from_mapping.FileReading(file=file, lines=front.lines, faults=faults)
    content = html.renumber_headings(to_html(front.body, f"{site}/"), 2)
    page = from_mapping.read_noun(OwnPage, front.data, reading, given={"slug": slug, "content": content})
    if page is None or faults:
        raise ConfigError(*faults)
    return page
