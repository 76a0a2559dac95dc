"""XML, read back with expat: a tree of names, attributes and text. The renderers write with lxml."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from dispatch.errors import CheckError

# The namespaces of the feeds, by the prefixes that this house speaks of them with.
_PREFIXES = {
    "http://www.w3.org/2005/Atom": "atom:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/syndication/history/1.0": "fh:",
    "http://www.w3.org/XML/1998/namespace": "xml:",
}
DEEPEST = 64


@dataclass(slots=True)
class XmlNode:
    """An element. A name in a namespace has a prefix: ``atom:link``; of one that feeds do not have, its address."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["XmlNode"] = field(default_factory=list)
    text: str = ""

    def find_all(self, *names: str) -> Iterator["XmlNode"]:
        """The children with one of these names."""
        return (child for child in self.children if child.name in names)

    def find_first(self, name: str) -> "XmlNode | None":
        """The first child of this name."""
        return next(self.find_all(name), None)

    def read_words(self, name: str) -> str:
        """The text of the first child of this name; empty when there is none."""
        child = self.find_first(name)
        return child.text.strip() if child else ""


@lru_cache(maxsize=2)
def read_xml(body: bytes) -> XmlNode:
    """The root element, which nobody may change: several checks look at the same one.

    Raises CheckError when the XML is not well-formed or has a DOCTYPE: no feed needs one.
    """
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.buffer_text = True
    root = XmlNode("")
    path = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(path) > DEEPEST:
            raise CheckError(f"it is nested more than {DEEPEST} levels deep", reason="too-deep")
        node = XmlNode(_prefix_name(name), {_prefix_name(key): value for key, value in attributes.items()})
        path[-1].children.append(node)
        path.append(node)

    def end(_name: str) -> None:
        path.pop()

    def text(data: str) -> None:
        path[-1].text += data

    def doctype(*_: object) -> None:
        raise CheckError("it has a DOCTYPE", reason="doctype")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # an unknown encoding is a LookupError
        raise CheckError(f"it is not well-formed XML: {error}", reason="not-xml", detail=str(error)) from error
    return root.children[0]


def _prefix_name(name: str) -> str:
    namespace, _, local = name.rpartition("\n")
    return _PREFIXES.get(namespace, f"{namespace} " if namespace else "") + local
