"""``dispatch send --via``: an issue as a draft to the service that keeps the list."""

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from dispatch.cli.context import OpenPublication, print_json, print_next, print_note, print_result, read_clock
from dispatch.cli.delivery import SendOptions, list_testers, parse_time, require_name
from dispatch.errors import CheckError
from dispatch.mail_services import load_services
from dispatch.text import quote_word

if TYPE_CHECKING:
    from dispatch.deliver import ListService, ServiceDraft, ServiceMail
    from dispatch.model import Issue

SERVICES: Final = ("listmonk",)
# What --service has to say of somebody who pastes: here the subject is escaped, and the way to leave is the service's.
_SETTLED: Final = frozenset({"service.language", "service.unsubscribe"})


def _refuse_key(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Refuse a key on the command line, where every user of the machine can read it."""
    if context.get_parameter_source(parameter.name or "") is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError("A key is read from the environment alone: DISPATCH_SERVICE_KEY")
    return value.strip()


SERVICE_KEY = click.option(
    "--service-key",
    envvar="DISPATCH_SERVICE_KEY",
    default="",
    hidden=True,
    callback=_refuse_key,
    help="For the environment.",
)


def hand_over_issue(here: OpenPublication, one: "Issue", name: str, key: str, options: SendOptions) -> None:
    """Hand an issue over, and say where it is and what comes next. Raises DispatchError."""
    from dispatch import deliver

    publication = here.publication
    if options.test is not None and options.at:
        raise click.UsageError("A test goes out now: give --test or --at, not both.")
    title, testers = load_services()[name].title, list_testers(publication, options)
    at = parse_time(options.at, publication) if options.at else None
    service = deliver.make_listmonk(publication, key, here.user_agent)
    mail = deliver.make_service_mail(one, publication, name)
    _require_whole(here, one, name, mail)
    when = ""
    if at:
        moment = at.astimezone(ZoneInfo(publication.timezone))
        when = f", to be sent {moment:%A %d %B %H:%M} {publication.timezone} ({moment:%z})"
    print_note(f"“{one.title}” to {title}{when}, from {publication.email.sender}")
    if options.is_dry:
        return
    if at:
        require_name(one.slug, is_given=options.is_sure)
    draft = deliver.hand_over(
        service, mail, one, publication, read_clock(), at=at, testers=testers, takes_over=options.takes_over
    )
    _print_draft(service, one, draft, testers, options)


def _print_draft(
    service: "ListService", one: "Issue", draft: "ServiceDraft", testers: list[str], options: SendOptions
) -> None:
    if options.as_json:
        print_json({"issue": one.slug, "service": service.name, "state": draft.state, "address": draft.address})
    else:
        print_result(f"{draft.state}: {draft.address}")
    slug = quote_word(one.slug)
    if testers:
        print_note(f"{load_services()[service.name].title} sends a test to {', '.join(testers)}")
        print_next(f"dispatch check {slug} --received message.eml --service {service.name}")
    elif draft.state == "draft":
        print_next(f"dispatch send {slug} --via {service.name} --test")


def _require_whole(here: OpenPublication, one: "Issue", name: str, mail: "ServiceMail") -> None:
    """Say what the service will not keep. Raises CheckError when that are credits, links or words."""
    from dispatch import check
    from dispatch.locate import locate_findings
    from dispatch.report import format_findings

    found = check.check_pasted(name, mail.editions[:1], one, here.publication)
    left = [finding for finding in found if finding.rule not in _SETTLED]
    for line in format_findings(locate_findings(left, here.root), "human").split("\n") if left else ():
        print_note(line)
    if rules := sorted({finding.rule for finding in left if finding.severity == "error"}):
        raise CheckError(f"would break {', '.join(rules)}", address=one.slug, hint=f"dispatch check {one.slug}")
