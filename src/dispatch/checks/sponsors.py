"""Sponsors: what somebody has paid for says so wherever it is read, and nobody who paid is credited for it."""

from collections.abc import Iterator
from dataclasses import replace

from dispatch.checks.check_input import CheckInput
from dispatch.checks.read_back import Rendition, ShownArticle
from dispatch.checks.rules import find_place, make_finding
from dispatch.checks.text_lines import Line, fold_spaces, read_paragraphs
from dispatch.checks.vocabulary import load_vocabulary
from dispatch.model import Article, Contents, Finding, Publication, Sponsor
from dispatch.text import fold_text

RULE = "attribution.sponsor"
_ROLES = frozenset({"sponsor", "sponsors", "sponsored", "sponsored by", "advertiser", "anzeige", "werbung"})


def check_credits(issue: Contents) -> Iterator[Finding]:
    """Report a sponsor among those who had a part in an article: the byline would credit one who paid."""
    for article in issue.articles:
        for number, credit in enumerate(article.credits, 1):
            if fold_text(credit.role) in _ROLES:
                yield make_finding(RULE, "name", find_place(issue, article, f"credits[{number}]"), name=credit.name)


def check_labels(case: CheckInput, part: Rendition) -> Iterator[Finding]:
    """Report a part that lacks the label of a sponsor of the issue or of a section."""
    issue, page = case.issue, part.place
    if issue.withdrawn or part.kind not in {"page", "mail", "plain"} or (page and page.kind != "issue"):
        return
    lines = part.page.lines if part.page else read_paragraphs(part.text)
    wanted = list(filter(None, (issue.sponsor, *(section.sponsor for section in issue.sections if section.articles))))
    every = [*wanted, *(one.sponsor for one in issue.articles if one.sponsor and not one.withdrawn)]
    for sponsor in dict.fromkeys(wanted):
        label = write_label(sponsor, case.publication)
        there = [line for line in lines if line.text == label]
        yield from _check_label(sponsor, label, there, part)
        if there and len(there) < sum(write_label(one, case.publication) == label for one in every):
            yield make_finding(RULE, "text", wanted=label)


def take_lines(
    article: Article, entry: ShownArticle, part: Rendition, case: CheckInput
) -> tuple[ShownArticle, list[Finding]]:
    """Take sponsors' lines out of an article as it is shown, and report when the label of its own is lost.

    In mail the lines of the next section's sponsor stand behind the article. None is read as a byline then.
    """
    sponsors = case.sponsors
    if not sponsors or part.kind == "gathered":
        return entry, []
    labels = {write_label(one, case.publication) for one in sponsors}
    words = labels | {fold_spaces(one.text) for one in sponsors if one.text}
    found: list[Finding] = []
    if article.sponsor and not article.withdrawn:
        label = write_label(article.sponsor, case.publication)
        found += _check_label(article.sponsor, label, [line for line in entry.lines if line.text == label], part)
    urls = {one.url for one in sponsors}
    rest = (line for line in entry.lines if line.text not in words)
    # A picture has a line without words.
    return replace(entry, lines=tuple(x for x in rest if x.text or not {link.url for link in x.links} & urls)), found


def write_label(sponsor: Sponsor, publication: Publication) -> str:
    """Write the label of a sponsor in the publication's language."""
    return fold_spaces(load_vocabulary(publication.language).patterns["sponsored"].replace("{name}", sponsor.name))


def _check_label(sponsor: Sponsor, label: str, there: list[Line], part: Rendition) -> Iterator[Finding]:
    """Report a label that is not there, without its link, or with one that search engines would follow."""
    if not there:
        yield make_finding(RULE, "text", wanted=label)
    elif sponsor.url and sponsor.url not in {link.url for line in there for link in line.links}:
        yield make_finding(RULE, "link", name=sponsor.name, wanted=sponsor.url)
    elif sponsor.url and part.kind in {"page", "list"} and part.page:
        links = (tag.attributes for tag in part.page.find_tags("a") if tag.attributes.get("href") == sponsor.url)
        if not any("sponsored" in link.get("rel", "").lower().split() for link in links):
            yield make_finding(RULE, "attribute", name=sponsor.name, wanted="sponsored")
