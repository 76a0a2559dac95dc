"""``dispatch template``: list, copy, diff."""

from contextlib import nullcontext

import click

from dispatch import template_copies
from dispatch.cli.completion import complete_template
from dispatch.cli.context import open_publication, print_next, print_note, print_result
from dispatch.cli.other_words import AnsweringGroup


@click.group(cls=AnsweringGroup)
def template() -> None:
    """Copy templates to change them, and see what has changed in the default ones since.

    \b
    Examples:
      dispatch template list
      dispatch template copy masthead.html
      dispatch template diff
    """


@template.command("list")
def list_() -> None:
    """List the templates, each with what it renders: + stands before one of your own, ! where its default has changed.

    \b
    Examples:
      dispatch template list
    """
    found = template_copies.list_templates(open_publication().root)
    width = max(len(one.name) for one in found)
    for one in found:
        mark = "!" if one.is_outdated else "+" if one.is_own else " "
        print_result(f"{mark} {one.name:<{width}}  {one.about}".rstrip())


@template.command()
@click.argument("name", shell_complete=complete_template)
def copy(name: str) -> None:
    """Copy the default template NAME into templates/, to be changed.

    \b
    Examples:
      dispatch template copy email-foot.mjml
    """
    with open_publication().lock_for_change() as here:
        template_copies.copy_template(here.root, name)
    print_result(f"templates/{name}")
    print_next("dispatch preview")


@template.command()
@click.argument("name", required=False, shell_complete=complete_template)
@click.option("--seen", is_flag=True, help="Remember the present default: the next diff begins there.")
def diff(name: str | None, seen: bool) -> None:
    """Show what has changed in the default since you copied it: of the template NAME, or of all of your own.

    \b
    Examples:
      dispatch template diff
      dispatch template diff masthead.html
      dispatch template diff masthead.html --seen
    """
    here = open_publication()
    own = [one.name for one in template_copies.list_templates(here.root) if one.is_own]
    found = {one: template_copies.compare_template(here.root, one) for one in ([name] if name else own)}
    with here.lock_for_change() if seen else nullcontext():
        for one in found if seen else ():
            template_copies.accept_default(here.root, one)
    for line in "".join(found.values()).splitlines():
        print_result(line)
    if not any(found.values()):
        print_note("Nothing has changed in the default templates since you copied yours.")
