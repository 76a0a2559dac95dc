"""What a mail says of itself: the way to its page, the way out, and where its sender is to be found."""

from collections.abc import Iterator

from dispatch.checks import links, vocabulary
from dispatch.checks.check_input import Case
from dispatch.checks.read_back import Part
from dispatch.checks.rules import finding
from dispatch.checks.text_lines import fold, joined
from dispatch.model import Finding


def check(part: Part, case: Case) -> Iterator[Finding]:
    """Judges one mail, or one half of a message. What the publication does not have is not missed here."""
    publication, issue = case.publication, case.issue
    seen = joined(part.page.lines) if part.page else None
    out = publication.email.unsubscribe
    wanted = {"view_in_browser": (_page(case),), "unsubscribe": out[:1] if seen else out}
    there = {link.url for link in seen.links} if seen else {line.strip() for line in part.text.splitlines()}
    said = vocabulary.of(publication.language).said
    for key, urls in wanted.items():
        for url in (url for url in urls if url not in there):
            yield finding("email.foot", "link", part.at, label=said(key), wanted=url)
    known = {address.url for address in links.addresses(issue)}
    right = {**wanted, "feed": (f"{publication.url}/feed.xml",)}
    for link in seen.links if seen else ():
        for key, urls in right.items():
            if link.text == said(key) and urls and link.url not in {*urls, *known}:
                yield finding("email.foot", "link", part.at, label=link.text, found=link.url, wanted=urls[0])
    address = fold(publication.email.postal_address)
    if address not in (seen.text if seen else fold(part.text)):
        yield finding("email.foot", "address", part.at, wanted=address)


def _page(case: Case) -> str:
    """Where the issue can be read in a browser."""
    return f"{case.publication.url}/" + (f"issues/{case.issue.slug}/" if case.issue.slug else "")
