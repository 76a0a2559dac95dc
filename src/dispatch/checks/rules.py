"""RULES: everything that a check can say. The reference has a section for each: docs/reference/checks.md."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated
from urllib.parse import unquote

from dispatch.frozen import dataclass
from dispatch.model import (
    Article,
    Contents,
    Edition,
    Fault,
    Finding,
    FindingValue,
    Half,
    Place,
    Severity,
    Subject,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: what must hold, and how grave it is when it does not."""

    name: Annotated[str, "as it stands in [check] of dispatch.toml"]
    severity: Severity
    line: Annotated[str, "what must hold, in one line"]


_TABLE: tuple[tuple[str, Severity, str], ...] = (
    ("attribution.readable", "error", "Every edition can be read back"),
    ("attribution.article", "error", "Every article stands in every edition, once and in order"),
    ("attribution.title", "error", "Every article has its own headline"),
    ("attribution.author", "error", "Every author of an article is named"),
    ("attribution.order", "error", "The authors stand in their order"),
    ("attribution.author-link", "error", "Every author's name leads to the author's own page"),
    ("attribution.false-credit", "error", "Nobody is credited who did not write it"),
    ("attribution.credit", "error", "Everybody else who had a part is named, with their link"),
    ("attribution.source", "error", "Where it was first published is named, with its link"),
    ("attribution.read-more", "error", "The way to the article is its address, byte for byte"),
    ("attribution.dek", "error", "The line under the headline is shown"),
    ("attribution.biography", "error", "What is said of the authors is shown in feeds and on the web"),
    ("attribution.heading", "error", "An article that is shown in full has all its headings"),
    ("attribution.body", "error", "What the source lets be shown is shown, unaltered"),
    ("attribution.body-link", "error", "The links in the text that is shown are intact"),
    ("attribution.picture", "error", "An article's picture is the one that was given"),
    ("attribution.licence", "error", "The licence under which an article is shown is named"),
    ("attribution.note", "error", "The editor's own words stand with their article"),
    ("attribution.correction", "error", "A correction is shown with its article, in feeds and on the web"),
    ("attribution.withdrawn", "error", "What was withdrawn says so, names its authors, and shows nothing else"),
    ("attribution.sponsor", "error", "What somebody has paid for says so, and nobody who paid is credited for it"),
    ("attribution.policy", "error", "No more of an article is shown than its source allows"),
    ("terms.line", "error", "The line that an article's publisher requires stands with it, verbatim"),
    ("terms.pixel", "error", "A publisher's counter stands where it is allowed, and never in mail and feeds"),
    ("terms.counter", "warning", "A publisher's counter is loaded as the publisher asks"),
    ("terms.changed", "warning", "What may only be shown unchanged is shown so"),
    ("received.part", "error", "A delivered message has its text and its HTML part"),
    ("received.rewritten", "error", "A delivered message has the links that were sent"),
    ("received.missing", "error", "A delivered message has all its links"),
    ("received.pixel", "warning", "A delivered message has no picture that counts its readers"),
    ("service.language", "warning", "Nothing reads like the template language of the mail service"),
    ("service.filled", "error", "The mail service fills in nothing that is not its own"),
    ("service.unsubscribe", "warning", "Readers leave where the list is kept"),
    ("service.frame", "warning", "Everything of the mail is pasted into the mail service"),
    ("service.size", "warning", "The mail stays smaller than 102,400 bytes when it is written for the mail service"),
    ("sending.sender", "error", "There is a sender of what is sent"),
    ("sending.foot", "warning", "The foot of a mail says where its sender is, and why the reader gets it"),
    ("sending.way-out", "error", "Readers can leave, and the way to it works"),
    ("sending.bounces", "warning", "What comes back has a mailbox"),
    ("sending.server", "error", "The mail server takes what is sent"),
    ("sending.pipelining", "warning", "The mail server takes several commands at once"),
    (
        "sending.certificate",
        "warning",
        "The certificates of the mail server and the pages are valid for two weeks or more",
    ),
    ("sending.store", "error", "The store of subscribers is whole, private, and on the disk after each write"),
    ("sending.copy", "error", "The store is no old copy, and where it was used before"),
    ("sending.backup", "warning", "The last backup of the store is not older than a week"),
    ("sending.room", "warning", "The disk has room for three times the store of subscribers"),
    ("sending.unanswered", "warning", "Name servers answer"),
    ("sending.mx", "error", "Mail to the sender and to the mailbox for what comes back arrives"),
    ("sending.spf", "error", "The domain says in one record who may send for it (SPF, RFC 7208)"),
    ("sending.spf-server", "warning", "The domain lets the mail server send for it"),
    ("sending.dkim", "error", "A received mail is signed by the sender's domain, its way out included (DKIM)"),
    ("sending.dkim-key", "warning", "The key of the signature has 2048 bits or more"),
    ("sending.dmarc", "error", "The sender's domain says what becomes of forgeries (DMARC)"),
    ("sending.ptr", "warning", "The addresses of the mail server have a name that leads back to them"),
    ("sending.clock", "warning", "The clocks here and where readers leave are within a minute of each other"),
    ("links.empty", "error", "Every link leads somewhere"),
    ("links.relative", "error", "Every address is whole: it begins with https:// or the like"),
    ("links.fragment", "error", "A link within a page leads to a place that is there"),
    ("links.scheme", "error", "Every address begins with http:, https:, mailto: or tel:"),
    ("links.lost", "error", "The links of the issue's own words are intact"),
    ("links.dead", "error", "Every address answers (asked with --online)"),
    ("links.unanswered", "warning", "No server is busy or broken for the moment (asked with --online)"),
    ("links.taken-over", "error", "The page of every article is still that article (asked with --online)"),
    ("links.shortened", "warning", "No address goes through a shortener"),
    ("links.repeated", "warning", "No article is sent twice"),
    ("links.insecure-picture", "warning", "Pictures come by https"),
    ("ids.duplicate", "error", "Every id and every key is there once"),
    ("ids.absolute", "error", "Every id is an absolute IRI"),
    ("ids.changed", "error", "The id of something published stays"),
    ("ids.vanished", "error", "What was published stays in the files"),
    ("ids.link", "error", "The address of something published stays, leads to where it is now, or is in a correction"),
    ("ids.date", "error", "The date of something published stays, or is in a correction"),
    ("ids.authors", "error", "The authors of something published stay, or a correction names them"),
    ("ids.withdrawn", "error", "What was withdrawn stays withdrawn, and its id is never used again"),
    ("email.shortened", "warning", "A mail has room for the beginnings of its articles and for the editor's notes"),
    ("email.size", "warning", "The HTML of a mail is smaller than 102,400 bytes, where Gmail cuts it off"),
    ("email.size-near", "warning", "The HTML of a mail leaves room below 102,400 bytes"),
    ("email.style-size", "error", "Style elements are smaller than 16 KB, where Gmail drops them"),
    ("email.headers", "error", "A message has each header that it needs, once and readable"),
    ("email.parts", "error", "A message has plain text first and HTML last"),
    ("email.lines", "error", "A message has lines of at most 998 octets, ended by CRLF"),
    ("email.document", "error", "A mail says its language, direction, title and colour schemes"),
    ("email.forbidden", "error", "A mail has no script, form, frame, video or embedded data"),
    ("email.picture", "error", "Every picture in a mail has an absolute address, words and a width"),
    ("email.foot", "error", "A mail leads to its page and out of the list, and says where its sender is"),
    ("email.css", "warning", "A mail's inline style uses what mail programs know"),
    ("email.contrast", "warning", "Text can be read on its ground: contrast of 4.5 at least"),
    ("email.preheader", "warning", "The preheader has 40 to 130 characters"),
    ("email.subject", "warning", "The subject has at most 70 characters"),
    ("email.sender", "warning", "There is a sender"),
    ("email.unsubscribe", "warning", "A reader can leave"),
    ("email.postal-address", "warning", "The sender has a postal address, as many countries demand"),
    ("feed.required", "error", "A feed has what its specification requires, and nothing that it forbids"),
    ("feed.date", "error", "Every date of a feed is the right one, in the form that its specification wants"),
    ("feed.id", "error", "Every entry of a feed has an id of its own"),
    ("feed.address", "error", "Every address in a feed is absolute"),
    ("feed.links", "error", "A feed leads to itself, its page, its hub and its archive"),
    ("feed.markup", "error", "The bodies of a feed hold nothing that readers refuse"),
    ("feed.order", "error", "The elements of a feed stand in the order that readers need"),
    ("feed.size", "error", "A feed is smaller than 5,000,000 bytes"),
    ("feed.shortened", "warning", "A feed has room for its texts"),
    ("feed.footer", "error", "An entry ends with the footer of the feeds, which reads like no byline"),
    ("web.forbidden", "error", "A page has nothing that runs or loads what others could change"),
    ("web.copy", "error", "Where the site keeps a copy of a picture, its pages show that"),
    ("files.readable", "error", "Every file of the publication can be read"),
    ("files.merge", "error", "No file of an issue has lines of an unfinished merge"),
    ("files.heading", "warning", "The introduction of an issue has no heading of the first level"),
    ("files.folder", "warning", "Every folder in issues/ is an issue"),
    ("files.addresses", "error", "No list of readers' addresses is in git"),
    ("editorial.placeholder", "warning", "Nothing is left to do: no TK, TODO, FIXME, lorem ipsum"),
    ("editorial.author", "warning", "Somebody is known to have written it"),
    ("editorial.certainty", "error", "It is certain who wrote it"),
    ("editorial.ownership", "error", "What may be another's is taken as our own only when somebody has said so"),
    ("editorial.date", "warning", "It is known when it was published"),
    ("editorial.title", "error", "Every article and every issue has a title"),
    ("editorial.number", "warning", "Every issue has a number of its own"),
    ("editorial.body", "warning", "There is something to show of every article"),
    ("editorial.language", "warning", "The editions speak the publication's language"),
    ("editorial.headings", "warning", "Headings go down one step at a time"),
    ("editorial.section", "warning", "Every section has articles"),
    ("editorial.stray", "warning", "Every article file stands in a section"),
    ("editorial.file-name", "warning", "Every file has a name that works on every system"),
    ("editorial.picture", "error", "Every picture that is named is there"),
    ("editorial.alt", "warning", "Every picture has words for those who cannot see it"),
)

RULES: Mapping[str, Rule] = {name: Rule(name=name, severity=severity, line=line) for name, severity, line in _TABLE}
CONFIG = "dispatch.toml"
LOCK = "dispatch.lock"
NOWHERE = Place()


def list_facts(fault: Fault) -> dict[str, str]:
    """Give the values of a finding that something could not be fetched or read."""
    return {"reason": fault.reason, "detail": fault.detail}


def make_finding(rule: str, subject: Subject, place: Place = NOWHERE, /, **values: FindingValue | None) -> Finding:
    """Make a finding of the rule, with the rule's severity; what is not there, None, "" or (), is left out."""
    known = tuple((name, value) for name, value in values.items() if value is not None and value not in ("", ()))
    return Finding(rule=rule, severity=RULES[rule].severity, subject=subject, place=place, values=known)


def list_unreadable(faults: Iterable[Fault]) -> list[Finding]:
    """List as findings what is wrong in files that cannot be read, whose faults have their words already."""
    return [
        make_finding("files.merge", "line", fault.place, line=str(fault.place.line))
        if fault.reason == "unfinished-merge" and fault.place.file.startswith("issues/")
        else make_finding("files.readable", "file", fault.place, key=fault.place.key, what=fault.what, hint=fault.hint)
        for fault in faults
    ]


def name_article(article: Article) -> str:
    """What to call an article by: its title, else its address, else its key."""
    return article.title or article.url or article.key


def add_headline(found: Finding, article: Article) -> Finding:
    """Add to a finding about an article what to call it by."""
    name = name_article(article)
    return replace(found, values=(("headline", name), *found.values)) if name else found


def find_place(issue: Contents, article: Article | None = None, key: str = "") -> Place:
    """Where an article or the issue is written, with the key of its data.

    A page of lists and a feed that is no issue are written by nobody: there it is the finished page.
    """
    if issue.as_page and not issue.slug:
        path = f"{issue.as_page.path}index.html" if issue.as_page.kind != "feed" else issue.as_page.feed
        return Place(edition=unquote(path), article=article.key if article else "")
    if article:
        return Place(file=article.file, key=key)
    return Place(file=f"issues/{issue.slug}/issue.md" if issue.slug else "issue.md", key=key)


def find_edition_place(issue: Contents, edition: Edition, half: Half = "") -> Place:
    """Where a finished edition of an issue stands, or one half of a message, with the issue's file."""
    return replace(find_place(issue), edition=edition.path, half=half)
