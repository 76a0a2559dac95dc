"""The one Jinja2 environment, over template texts that are handed in.

Article text is never a template. Templates may come with a publication from anywhere, so they run in the sandbox
(Jinja2, "Sandbox"), with everything escaped and nothing undefined let through.

A template whose name ends in ``.mjml`` gives a *skeleton*: where a value would stand there is an ASCII token, because
MRML prints attributes through Rust's debug format, parses what stands in a text, and dies of deep nesting. The values
are filled in when it has done its work (``fill``).
"""

import functools
import re
from collections.abc import Mapping
from typing import NamedTuple

from jinja2 import DictLoader, StrictUndefined, TemplateError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from dispatch.errors import RenderError

_TOKEN = re.compile("xq([0-9]+)qx")
# What MRML cannot harm, and may have to read itself: widths, colours, names of fonts.
_HARMLESS = re.compile(r"[\w #.,%'()-]*", re.ASCII)
_VALUES = "_values"


class Skeleton(NamedTuple):
    """A rendered template with tokens in it, and the values they stand for, escaped."""

    text: str
    values: tuple[str, ...]


class Templates:
    """The templates of a publication, by name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(texts),
            autoescape=lambda name: not (name or "").endswith((".txt", ".css")),
            undefined=StrictUndefined,
            finalize=_token,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def render(self, name: str, values: Mapping[str, object]) -> str:
        """The text of a template with its values in it. Raises RenderError, naming template and line."""
        try:
            return self._environment.get_template(name).render(values)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
            raise RenderError(
                f"{type(error).__name__}: {error}",
                subject=f"templates/{name}{_line(error, name)}",
                hint="Compare it with the default template of that name.",
            ) from error

    def skeleton(self, name: str, values: Mapping[str, object]) -> Skeleton:
        """The text of a template with a token for every value that MRML must not see."""
        kept: list[str] = []
        return Skeleton(self.render(name, {**values, _VALUES: kept}), tuple(kept))


@functools.lru_cache(maxsize=8)
def _compiled(texts: tuple[tuple[str, str], ...]) -> Templates:
    return Templates(dict(texts))


def of(texts: Mapping[str, str]) -> Templates:
    """The templates over these texts, compiled once."""
    return _compiled(tuple(sorted(texts.items())))


def fill(html: str, values: tuple[str, ...]) -> str:
    """The skeleton's tokens replaced by their values, in one pass. Raises RenderError when one has vanished."""
    seen: set[int] = set()

    def value(match: re.Match[str]) -> str:
        seen.add(int(match[1]))
        return values[int(match[1])]

    filled = _TOKEN.sub(value, html)
    if lost := set(range(len(values))) - seen:
        first = values[min(lost)][:60]
        raise RenderError(
            f"MJML dropped {len(lost)} of the values, the first of them {first!r}",
            subject="templates/email.mjml",
            hint="Put text inside mj-text, and write only attributes that MJML knows.",
        )
    return filled


@pass_context
def _token(context: Context, value: object) -> object:
    """What Jinja2 prints for a value: itself, or in a skeleton a token for it."""
    kept = context.get(_VALUES)
    if kept is None or isinstance(value, int):
        return value
    if _HARMLESS.fullmatch(str(value)) and not _TOKEN.search(str(value)):
        return Markup(value)  # noqa: S704 - nothing in it could be markup
    kept.append(str(escape(value)))
    return Markup(f"xq{len(kept) - 1}qx")  # noqa: S704


def _line(error: BaseException, name: str) -> str:
    """Where in the template it happened; Jinja2 writes templates into the traceback."""
    line = getattr(error, "lineno", None)
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(("<template>", name)):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f":{line}" if line else ""
