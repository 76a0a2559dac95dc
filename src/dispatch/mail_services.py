"""The services that keep a list of readers and send to it: what each makes of what is pasted into it. Pure.

A table of data, ``mail_services.toml``, which says what its columns mean and where each was found.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from dispatch.deferred import defer_pattern
from dispatch.shipped import load_table

# A comment, a style sheet, a tag with its attributes, text: an attribute may hold what looks like any of them.
_TOKEN = defer_pattern(
    r"""<!--(?:(?!-->).)*+(?:-->)?+|<style\b(?:(?!</style>).)*+(?:</style>)?+"""
    r"""|<[a-z/!](?:[^"'>]|"[^"]*+"|'[^']*+')*+>?+|<?+[^<]*+""",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class MailService:
    """A row of the table; each field is a column that the table explains."""

    title: str
    marks: Sequence[str]
    language: str
    counter: str
    setting: str
    unsubscribe: str = ""
    browser: str = ""
    framed: bool = False
    filled: str = ""
    comment: str = ""
    newline: str = "\n"
    text: Mapping[str, str] | None = None

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats that are pasted into it."""
        return ("email",) if self.text is None else ("email", "text")

    @cached_property
    def _marks(self) -> re.Pattern[str]:
        return defer_pattern("|".join(f"{re.escape(mark[0])}(?={re.escape(mark[1:])})" for mark in self.marks))

    def find_tags(self, text: str) -> Sequence[str]:
        """Find what the service would read as its own language in a text."""
        return re.findall(self.language, text)

    def find_filled(self, text: str) -> Sequence[str]:
        """Find what the service would fill in however it is written."""
        return re.findall(self.filled, text) if self.filled else []

    def counts_clicks(self, url: str) -> bool:
        """Tell whether an address is the service's click counter."""
        return bool(re.search(self.counter, url))

    def escape_html(self, document: str) -> str:
        """Write an HTML document so that a browser shows the same after the service has rendered it.

        Of a framed one the body alone is left, without style sheets and the landmark around it: a page has one.
        """
        tokens: list[str] = _TOKEN.findall(document)
        if self.framed:
            begin, end = (
                next(at for at, one in enumerate(tokens) if one.startswith("<body")),
                max(at for at, one in enumerate(tokens) if one.startswith("</body")),
            )
            tokens = tokens[begin + 2 : end - 1]
        return "".join(map(self._escape_token, tokens)).replace("\n", self.newline)

    def _escape_token(self, token: str) -> str:
        if token.startswith("<!--"):
            return self.comment.replace("%s", token) or token
        if token[:6].lower() == "<style":
            return "" if self.framed else token
        return self._marks.sub(lambda mark: f"&#{ord(mark[0])};", token)

    def escape_text(self, text: str) -> str:
        """Write plain text so that it stays the same when the service has rendered it, as far as that can be done."""
        if not self.text:
            return text
        table = self.text
        return re.sub("|".join(map(re.escape, table)), lambda mark: table[mark[0]], text)


@cache
def load_services() -> Mapping[str, MailService]:
    """Load the table of all services, by name."""
    return {name: MailService(**row) for name, row in load_table("mail_services.toml").items()}
