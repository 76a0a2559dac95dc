"""Render Jinja2 templates from texts that are passed in. The one user of Jinja2.

Article text is never a template. Templates may come with a publication from anywhere, so they run in the sandbox
(Jinja2, “Sandbox”), with everything escaped and undefined names refused.

A template whose name ends in ``.mjml`` gives a *skeleton*: instead of each value it has an ASCII token, because MRML
prints attributes through Rust's debug format, parses the text it is given, and dies of deep nesting. The values are
filled in when it has done its work (``fill_skeleton``).
"""

import functools
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from types import FunctionType, MethodType
from typing import Annotated, NamedTuple

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, TemplateSyntaxError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from dispatch.errors import RenderError
from dispatch.model import Place

# Values that MRML cannot harm, and may have to read itself: widths, colours, names of fonts.
_HARMLESS = re.compile(r"[\w #.,%'()-]*", re.ASCII)
SPENT = (MemoryError, TimeoutError)
"""What is raised where a template passes a limit, in ``child``."""

NO_MEMORY = "takes too much memory"

_KEPT = "_kept"
_ERRORS = (
    *(TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError),
    *(RecursionError, *SPENT),
)
_REFERRING = re.compile(r"""\{%[-+]?\s*(?:include|extends|import|from)\s+(?:["'](?P<name>[^"']+)["'])?""")


class Skeleton(NamedTuple):
    """A rendered template with tokens in it, and the escaped values that they stand for.

    A token is ``mark``, the value's number and ``qx``; none is left when the skeleton is filled.
    """

    text: Annotated[str, "the rendered template"]
    mark: Annotated[str, "random for each skeleton, so that no text from outside can hold a token"]
    values: Annotated[list[str], "the escaped values, by number"]


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox. The publication's folder is a Path, which would open every file to a template."""

    # Not computed while a template is compiled, so that one that takes too long is known by its name.
    intercepted_binops = frozenset({"*", "**", "%", "+"})

    def getattr(self, obj: object, attribute: str) -> object:
        """Get an attribute as Jinja2 does, but faster for our own nouns: their fields are data."""
        if attribute in _list_fields(type(obj)):  # type: ignore[arg-type]  # any class is hashable
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def call(self, context: Context, obj: Callable[..., object], /, *args: object, **kwargs: object) -> object:
        """Call a function as Jinja2 does, but faster for our own: none is unsafe, none wants the context."""
        function = obj.func if type(obj) is functools.partial else obj
        if type(function) in (MethodType, FunctionType) and function.__module__.startswith("dispatch."):
            # Jinja2 passes these to functions that want the context.
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return obj(*args, **kwargs)
        return super().call(context, obj, *args, **kwargs)

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:
        return not isinstance(obj, PurePath) and super().is_safe_attribute(obj, attr, value)


@functools.cache
def _list_fields(cls: type) -> frozenset[str]:
    """List the public fields of a class of ours, which templates read many times for each article; else nothing."""
    names: Iterable[str] = getattr(cls, "__dataclass_fields__", ()) or getattr(cls, "_fields", ())
    return frozenset(name for name in names if cls.__module__.startswith("dispatch.") and name[0] != "_")


class Templates:
    """The templates of a publication, by name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        def find_source(name: str) -> tuple[str, str, None] | None:
            return (texts[name], f"templates/{name}", None) if name in texts else None

        def make_environment(finalize: Callable[..., object] | None = None) -> _Sandbox:
            return _Sandbox(
                loader=FunctionLoader(find_source),
                autoescape=lambda name: not (name or "").endswith((".txt", ".css")),
                undefined=StrictUndefined,
                finalize=finalize,
                trim_blocks=True,
                lstrip_blocks=True,
                keep_trailing_newline=True,
                auto_reload=False,
            )

        self._pages = make_environment()
        self._skeletons = make_environment(_make_token)

    def render_template(self, name: str, values: Mapping[str, object]) -> str:
        """Render a template with these values. Raises RenderError, naming template and line."""
        return self._render_in(self._pages, name, values)

    def render_skeleton(self, name: str, values: Mapping[str, object]) -> Skeleton:
        """Render a template with a token instead of every value that MRML must not see. Raises RenderError likewise."""
        empty = Skeleton("", f"xq{secrets.token_hex(8)}x", [])
        return empty._replace(text=self._render_in(self._skeletons, name, {**values, _KEPT: empty}))

    def _render_in(self, environment: _Sandbox, name: str, values: Mapping[str, object]) -> str:
        try:
            return environment.get_template(name).render(values)
        except _ERRORS as error:
            raise RenderError(
                str(error) or NO_MEMORY if isinstance(error, SPENT) else f"{type(error).__name__}: {error}",
                subject=_locate_error(error) or Place(file=f"templates/{name}"),
                hint="Compare it with the default template of that name.",
            ) from error


@functools.lru_cache(maxsize=8)
def _compile_cached(texts: tuple[tuple[str, str], ...]) -> Templates:
    return Templates(dict(texts))


def compile_templates(texts: Mapping[str, str]) -> Templates:
    """Compile the templates of these texts; equal texts are compiled once."""
    return _compile_cached(tuple(sorted(texts.items())))


def find_used_templates(texts: Mapping[str, str], names: Iterable[str]) -> list[str]:
    """List the templates of these names and all that they include, extend or import, sorted.

    A template that computes the name of what it includes may use any: then all are listed.
    """
    found: set[str] = set()
    waiting = [name for name in names if name in texts]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            for tag in _REFERRING.finditer(texts[name]):
                if not tag["name"]:
                    return sorted(texts)
                waiting += [tag["name"]] if tag["name"] in texts else []
    return sorted(found)


def fill_skeleton(html: str, skeleton: Skeleton) -> str:
    """Replace the skeleton's tokens by their values, in one pass. Raises RenderError when one has vanished."""
    values = skeleton.values
    seen: set[int] = set()

    def take_value(match: re.Match[str]) -> str:
        seen.add(int(match[1]))
        return values[int(match[1])]

    filled = re.sub(f"{skeleton.mark}([0-9]+)qx", take_value, html)
    if lost := set(range(len(values))) - seen:
        first = values[min(lost)][:60]
        raise RenderError(
            f"MJML dropped {len(lost)} of the values, the first of them {first!r}",
            subject="templates/email.mjml",
            hint="Put text inside mj-text, and write only attributes that MJML knows.",
        )
    return filled


@pass_context
def _make_token(context: Context, value: object) -> object:
    """Return what Jinja2 prints for a value in a skeleton: a token, or the value itself where that is harmless."""
    skeleton: Skeleton = context[_KEPT]
    if isinstance(value, int):
        return value
    words = escape(value)
    # The output of a macro or a block has its tokens already.
    if _HARMLESS.fullmatch(words) or skeleton.mark in words:
        return words
    skeleton.values.append(str(words))
    return Markup(f"{skeleton.mark}{len(skeleton.values) - 1}qx")  # noqa: S704 - letters and digits


def _locate_error(error: Exception) -> Place | None:
    """Find the template and line of an error, if known: Jinja2 writes templates into the traceback."""
    place = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith("templates/"):
            place = Place(file=trace.tb_frame.f_code.co_filename, line=trace.tb_lineno or 0)
        trace = trace.tb_next
    if isinstance(error, TemplateSyntaxError):
        return Place(file=error.filename or "", line=error.lineno)
    return place
