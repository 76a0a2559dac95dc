"""What a mail says of itself: the way to its page, the way out, and where its sender is to be found."""

from collections.abc import Iterator

from dispatch.checks import links, vocabulary
from dispatch.checks.check_input import CheckInput
from dispatch.checks.read_back import Rendition
from dispatch.checks.rules import make_finding
from dispatch.checks.text_lines import fold_spaces, join_lines
from dispatch.model import Finding


def check_footer(part: Rendition, case: CheckInput) -> Iterator[Finding]:
    """Judges one mail, or one half of a message. What the publication does not have is not missed here."""
    publication, issue = case.publication, case.issue
    seen = join_lines(part.page.lines) if part.page else None
    out = publication.email.unsubscribe
    wanted = {"view_in_browser": (_find_page(case),), "unsubscribe": out[:1] if seen else out}
    there = {link.url for link in seen.links} if seen else {line.strip() for line in part.text.splitlines()}
    message = vocabulary.load_vocabulary(publication.language).read_message
    for key, urls in wanted.items():
        for url in (url for url in urls if url not in there):
            yield make_finding("email.foot", "link", part.at, label=message(key), wanted=url)
    known = {address.url for address in links.list_addresses(issue)}
    right = {**wanted, "feed": (f"{publication.url}/feed.xml",)}
    for link in seen.links if seen else ():
        for key, urls in right.items():
            if link.text == message(key) and urls and link.url not in {*urls, *known}:
                yield make_finding("email.foot", "link", part.at, label=link.text, found=link.url, wanted=urls[0])
    address = fold_spaces(publication.email.postal_address)
    if address not in (seen.text if seen else fold_spaces(part.text)):
        yield make_finding("email.foot", "address", part.at, wanted=address)


def _find_page(case: CheckInput) -> str:
    """Where the issue can be read in a browser."""
    return f"{case.publication.url}/" + (f"issues/{case.issue.slug}/" if case.issue.slug else "")
