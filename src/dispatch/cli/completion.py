"""What Tab completes besides commands and options: the publication's own names, where a command takes one."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import wraps

import click
from click.shell_completion import CompletionItem

from dispatch.cli.context import OpenPublication, open_publication
from dispatch.errors import DispatchError

Names = Iterator[tuple[str, str]]  # each with what is shown beside it
Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _make_completer(list_names: Callable[[OpenPublication, click.Context], Names]) -> Completer:
    """Offer the names that begin like what is typed; outside a publication, nothing."""

    @wraps(list_names)
    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        names: dict[str, str] = {}
        with suppress(DispatchError, OSError):
            for name, said in list_names(open_publication(), ctx):
                names.setdefault(name, said)
        return [CompletionItem(name, help=said) for name, said in names.items() if name.startswith(incomplete)]

    return complete


@_make_completer
def complete_issue(here: OpenPublication, _ctx: click.Context) -> Names:
    """Offer the slugs of all issues, the newest first."""
    from dispatch import issues

    for head in issues.read_heads(here.publication)[0]:
        yield head.slug, head.title


@_make_completer
def complete_article(here: OpenPublication, ctx: click.Context) -> Names:
    """Offer the keys of the articles in the issue that was named before, else in the newest."""
    for article in here.read_issue(ctx.params.get("issue")).articles:
        yield article.key, article.title


@_make_completer
def complete_section(here: OpenPublication, ctx: click.Context) -> Names:
    """Offer the sections that new issues have, and those of that issue."""
    for title in here.publication.sections:
        yield title, ""
    for section in here.read_issue(ctx.params.get("issue")).sections:
        yield section.title, ""


@_make_completer
def complete_source(here: OpenPublication, _ctx: click.Context) -> Names:
    """Offer the keys of the sources."""
    for source in here.publication.sources:
        yield source.key, source.title


@_make_completer
def complete_author(here: OpenPublication, _ctx: click.Context) -> Names:
    """Offer the people of authors.toml, by name and by key."""
    for person in here.publication.authors.values():
        yield person.name, ""
    for key, person in here.publication.authors.items():
        yield key, person.name


@_make_completer
def complete_template(here: OpenPublication, _ctx: click.Context) -> Names:
    """Offer the templates."""
    from dispatch import template_copies

    for one in template_copies.list_templates(here.root):
        yield one.name, one.about
