"""``dispatch send --via``: an issue as a draft to the service that keeps the list."""

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import click

from dispatch.cli.context import OpenPublication, print_next, print_note, print_result, read_clock
from dispatch.cli.delivery import SendOptions, list_testers, make_key_option, parse_time, require_name
from dispatch.errors import CheckError
from dispatch.mail_services import load_services
from dispatch.text import quote_word

if TYPE_CHECKING:
    from dispatch.deliver import ListService, ServiceMail
    from dispatch.model import Finding, Issue

SERVICES: Final = ("listmonk", "buttondown")


SERVICE_KEY = make_key_option("--service-key", "DISPATCH_SERVICE_KEY")


def hand_over_issue(
    here: OpenPublication, one: "Issue", name: str, key: str, options: SendOptions
) -> dict[str, object]:
    """Hand an issue over, say where it is and what comes next; return it as programs read it. Raises DispatchError."""
    from dispatch import deliver

    publication = here.publication
    if options.test is not None and options.at:
        raise click.UsageError("A test goes out now: give --test or --at, not both.")
    title, testers = load_services()[name].title, list_testers(publication, options)
    at = parse_time(options.at, publication) if options.at else None
    make_service = deliver.make_listmonk if name == "listmonk" else deliver.make_buttondown
    service: ListService = make_service(publication, key, here.user_agent)
    mail = deliver.make_service_mail(one, publication, name)
    _require_whole(here, one, name, mail)
    when = ""
    if at:
        moment = at.astimezone(ZoneInfo(publication.timezone))
        when = f", to be sent {moment:%A %d %B %H:%M} {publication.timezone} ({moment:%z})"
    print_note(f"“{one.title}” to {title}{when}, from {publication.email.sender}")
    outcome: dict[str, object] = {"issue": one.slug, "service": name, "because": ""}
    if options.is_dry:
        return {**outcome, "became": "said"}
    if at:
        require_name(one.slug, is_given=options.is_sure)
    with here.hold_lock(deliver.LOCK):
        draft = deliver.hand_over(
            service, mail, one, publication, read_clock(), at=at, testers=testers, takes_over=options.takes_over
        )
    if not options.as_json:
        print_result(f"{draft.state}: {draft.address}")
    if testers:
        print_note(f"{title} sends a test to {', '.join(testers)}")
        print_next(f"dispatch check {quote_word(one.slug)} --received message.eml --service {name}")
    elif not at:
        print_next(f"dispatch send {quote_word(one.slug)} --via {name} --test")
    became = "tested" if testers else "planned" if at else "drafted"
    return {**outcome, "became": became, "address": draft.address}


def _require_whole(here: OpenPublication, one: "Issue", name: str, mail: "ServiceMail") -> None:
    """Say what the service will not keep. Raises CheckError when that are credits, links or words."""
    from dispatch import check
    from dispatch.locate import locate_findings
    from dispatch.report import format_findings

    found = check.check_pasted(name, mail.editions[:1], one, here.publication)
    left = [finding for finding in found if not _is_settled(finding)]
    for line in format_findings(locate_findings(left, here.root), "human").split("\n") if left else ():
        print_note(line)
    if rules := sorted({finding.rule for finding in left if finding.severity == "error"}):
        raise CheckError(f"would break {', '.join(rules)}", address=one.slug, hint=f"dispatch check {one.slug}")


def _is_settled(finding: "Finding") -> bool:
    """Whether this is for somebody who pastes alone: here words are escaped, and the way to leave is the service's."""
    is_escaped = finding.subject != "title" or finding.get_value("written") is not None
    return finding.rule == "service.unsubscribe" or (finding.rule == "service.language" and is_escaped)
