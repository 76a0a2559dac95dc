"""RULES: everything that a check can say. The reference has a section for each: docs/reference/checks.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from dispatch.model import Article, Finding, Issue, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: what must hold, how grave it is when it does not, and what to do then."""

    name: Annotated[str, "as it stands in [check] of dispatch.toml"]
    severity: Severity
    line: Annotated[str, "what must hold, in one line"]
    hint: Annotated[str, "what to do when it does not"]


_AGAIN = "Render again; if it stays, look into the publication's own templates."
_OWN = "Look into the publication's own templates, or report it: this should never leave a renderer."
_TEXT = "Mend it in the article's file."
_KEPT = "Put back what was published; what was wrong is said with: dispatch issue correct."
_SAID = "Put back what was published; or, if that was wrong, say so with dispatch issue correct, and name"

_TABLE: tuple[tuple[str, Severity, str, str], ...] = (
    ("attribution.readable", "error", "Every edition can be read back", _AGAIN),
    ("attribution.article", "error", "Every article stands in every edition, once and in order", _AGAIN),
    ("attribution.title", "error", "Every article has its own headline", _AGAIN),
    ("attribution.author", "error", "Every author of an article is named", _AGAIN),
    ("attribution.order", "error", "The authors stand in their order", _AGAIN),
    ("attribution.author-link", "error", "Every author's name leads to the author's own page", _AGAIN),
    ("attribution.false-credit", "error", "Nobody is credited who did not write it", _AGAIN),
    ("attribution.credit", "error", "Everybody else who had a part is named, with their link", _AGAIN),
    ("attribution.source", "error", "Where it was first published is named, with its link", _AGAIN),
    ("attribution.read-more", "error", "The way to the article is its address, byte for byte", _AGAIN),
    ("attribution.dek", "error", "The line under the headline is shown", _AGAIN),
    ("attribution.biography", "error", "What is said of the authors is shown in feeds and on the web", _AGAIN),
    ("attribution.heading", "error", "An article that is shown in full has all its headings", _AGAIN),
    ("attribution.body", "error", "What the source lets be shown is shown, unaltered", _AGAIN),
    ("attribution.body-link", "error", "The links in the text that is shown are intact", _AGAIN),
    ("attribution.picture", "error", "An article's picture is the one that was given", _AGAIN),
    ("attribution.licence", "error", "The licence under which an article is shown is named", _AGAIN),
    ("attribution.note", "error", "The editor's own words stand with their article", _AGAIN),
    ("attribution.correction", "error", "A correction is shown with its article, in feeds and on the web", _AGAIN),
    (
        "attribution.withdrawn",
        "error",
        "What was withdrawn says so, names its authors, and shows nothing else",
        "Publish again; if it stays, look into the publication’s own templates: withdrawn.html is the default.",
    ),
    (
        "attribution.policy",
        "error",
        "No more of an article is shown than its source allows",
        'Render again; or, if you may show more, say so: syndicate = "full" on the source in dispatch.toml.',
    ),
    (
        "received.part",
        "error",
        "A delivered message has its text and its HTML part",
        "Ask the mail service to send the message as it is.",
    ),
    (
        "received.rewritten",
        "error",
        "A delivered message has the links that were sent",
        "Switch click tracking off in the mail service.",
    ),
    ("received.missing", "error", "A delivered message has all its links", "Ask the mail service to leave them alone."),
    (
        "received.pixel",
        "warning",
        "A delivered message has no picture that counts its readers",
        "Switch open tracking off in the mail service.",
    ),
    ("links.empty", "error", "Every link leads somewhere", "Give it an address, or take the link away."),
    (
        "links.relative",
        "error",
        "Every address is whole: it begins with https:// or the like",
        "Write the whole address.",
    ),
    ("links.fragment", "error", "A link within a page leads to a place that is there", "Write the whole address."),
    (
        "links.scheme",
        "error",
        "Every address begins with http:, https:, mailto: or tel:",
        "Use an address that a browser, a mail program or a telephone opens.",
    ),
    ("links.lost", "error", "The links of the issue's own words are intact", _AGAIN),
    ("links.dead", "error", "Every address answers (asked with --online)", "Find where it went, or an archived copy."),
    (
        "links.shortened",
        "warning",
        "No address goes through a shortener",
        "Use the address that it leads to: shorteners track, and die.",
    ),
    ("links.repeated", "warning", "No article is sent twice", "Remove one, or say in the note why it is back."),
    ("links.insecure-picture", "warning", "Pictures come by https", "Use https, or put the file beside the article."),
    (
        "ids.duplicate",
        "error",
        "Every id and every key is there once",
        "Give the copy a new id, or take its id away and add it again.",
    ),
    (
        "ids.absolute",
        "error",
        "Every id is an absolute IRI",
        "Use tag:<your host>,<date>:<issue>/<article>, as dispatch add mints it.",
    ),
    ("ids.changed", "error", "The id of something published stays", _KEPT),
    (
        "ids.vanished",
        "error",
        "What was published stays in the files",
        "Put its file back. To take it back from readers too: dispatch withdraw.",
    ),
    (
        "ids.link",
        "error",
        "The address of something published stays, leads to where it is now, or is in a correction",
        f"{_SAID} the new address.",
    ),
    ("ids.date", "error", "The date of something published stays, or is in a correction", f"{_SAID} the right day."),
    (
        "ids.authors",
        "error",
        "The authors of something published stay, or a correction names them",
        f"{_SAID} all authors in their order.",
    ),
    (
        "ids.withdrawn",
        "error",
        "What was withdrawn stays withdrawn, and its id is never used again",
        "Put back withdrawn: with date and text; what is to be published again needs a new id.",
    ),
    (
        "email.size",
        "error",
        "The HTML of a mail is smaller than 102,400 bytes, where Gmail cuts it off",
        "Take articles out, or show less of each: words under [syndicate].",
    ),
    (
        "email.size-near",
        "warning",
        "The HTML of a mail leaves room below 102,400 bytes",
        "Services add their own links and headers: take something out.",
    ),
    ("email.style-size", "error", "Style elements are smaller than 16 KB, where Gmail drops them", _OWN),
    ("email.headers", "error", "A message has each header that it needs, once and readable", _OWN),
    ("email.parts", "error", "A message has plain text first and HTML last", _OWN),
    ("email.lines", "error", "A message has lines of at most 998 octets, ended by CRLF", _OWN),
    ("email.document", "error", "A mail says its language, direction, title and colour schemes", _OWN),
    ("email.forbidden", "error", "A mail has no script, form, frame, video or embedded data", _OWN),
    ("email.picture", "error", "Every picture in a mail has an absolute address, words and a width", _OWN),
    ("email.foot", "error", "A mail leads to its page and out of the list, and says where its sender is", _AGAIN),
    ("email.css", "warning", "A mail's inline style uses what mail programs know", _OWN),
    (
        "email.contrast",
        "warning",
        "Text can be read on its ground: contrast of 4.5 at least",
        "Choose another colour under [theme].",
    ),
    ("email.preheader", "warning", "The preheader has 40 to 130 characters", "Write preheader: in issue.md."),
    ("email.subject", "warning", "The subject has at most 70 characters", "Shorten title: in issue.md."),
    ("email.sender", "warning", "There is a sender", 'Write from = "Name <address>" under [email] in dispatch.toml.'),
    (
        "email.unsubscribe",
        "warning",
        "A reader can leave",
        "Write unsubscribe = an https address, a mailto: address or both under [email].",
    ),
    (
        "email.postal-address",
        "warning",
        "The sender has a postal address, as many countries demand",
        "Write postal_address under [email], or switch the rule off with your reason.",
    ),
    ("feed.required", "error", "A feed has what its specification requires, and nothing that it forbids", _OWN),
    ("feed.date", "error", "Every date of a feed is the right one, in the form that its specification wants", _OWN),
    ("feed.id", "error", "Every entry of a feed has an id of its own", _OWN),
    ("feed.address", "error", "Every address in a feed is absolute", _OWN),
    ("feed.links", "error", "A feed leads to itself, its page, its hub and its archive", _OWN),
    ("feed.markup", "error", "The bodies of a feed hold nothing that readers refuse", _OWN),
    ("feed.order", "error", "The elements of a feed stand in the order that readers need", _OWN),
    ("feed.size", "error", "A feed is smaller than 5,000,000 bytes", "Lower entries under [feeds]."),
    ("web.forbidden", "error", "A page has nothing that runs or loads what others could change", _OWN),
    (
        "web.copy",
        "error",
        "Where the site keeps a copy of a picture, its pages show that",
        "Show it in your template with img, portrait or with_copies.",
    ),
    (
        "editorial.placeholder",
        "warning",
        "Nothing is left to do: no TK, TODO, FIXME, lorem ipsum",
        "Write what is missing.",
    ),
    (
        "editorial.author",
        "warning",
        "Somebody is known to have written it",
        "Find out, and add authors: to the article's file.",
    ),
    (
        "editorial.certainty",
        "error",
        "It is certain who wrote it",
        "Look at the original, mend the name, and set certainty: certain in the article's file.",
    ),
    ("editorial.date", "warning", "It is known when it was published", "Add published: to the article's file."),
    ("editorial.title", "error", "Every article and every issue has a title", "Add title: to its file."),
    (
        "editorial.body",
        "warning",
        "There is something to show of every article",
        "Add its text, or use syndicate: link.",
    ),
    (
        "editorial.language",
        "warning",
        "The editions speak the publication's language",
        "Add a file of its words to src/dispatch/languages/ in dispatch.",
    ),
    ("editorial.headings", "warning", "Headings go down one step at a time", _TEXT),
    ("editorial.section", "warning", "Every section has articles", "Fill it, or take it out of issue.md."),
    ("editorial.stray", "warning", "Every article file stands in a section", "List it in issue.md, or remove it."),
    (
        "editorial.picture",
        "error",
        "Every picture that is named is there",
        "Put it beside the article, or mend its name.",
    ),
    (
        "editorial.alt",
        "warning",
        "Every picture has words for those who cannot see it",
        'Add alt:, or alt: "" when it only decorates.',
    ),
)

RULES: Mapping[str, Rule] = {
    name: Rule(name=name, severity=severity, line=line, hint=hint) for name, severity, line, hint in _TABLE
}


def finding(rule: str, where: str, what: str, hint: str = "") -> Finding:
    """What a rule has to say; the hint is the rule's own unless a better one is given."""
    row = RULES[rule]
    return Finding(rule=rule, severity=row.severity, where=where, what=what, hint=hint or row.hint)


def short(text: str, most: int = 60) -> str:
    """A text as it is quoted: on one line, not longer than ``most`` characters."""
    folded = " ".join(text.split())
    return folded if len(folded) <= most else f"{folded[: most - 1].rstrip()}…"


def called(article: Article) -> str:
    """How a sentence speaks of an article."""
    return f"“{short(article.title or article.url or article.key)}”"


def file(issue: Issue, article: Article | None = None) -> str:
    """Where an article stands, or the issue itself; of a page of lists or a feed that is no issue, the page."""
    if issue.place and not issue.slug:
        return f"{issue.place.path}index.html" if issue.place.kind != "feed" else issue.place.feed
    folder = f"issues/{issue.slug}/" if issue.slug else ""
    if article is None:
        return f"{folder}issue.md"
    return article.file
