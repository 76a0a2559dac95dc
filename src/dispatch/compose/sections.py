"""Add, rename, move and remove the sections of an issue."""

from dataclasses import replace

from dispatch.compose.drafting import insert_article
from dispatch.errors import IssueError
from dispatch.from_mapping import suggest_nearest
from dispatch.model import Issue, Section
from dispatch.text import fold_text


def find_section(issue: Issue, title: str) -> Section:
    """Find a section by its title, however it is written; the one without a title by “”.

    Raises IssueError with the nearest.
    """
    found = next((part for part in issue.sections if fold_text(part.title) == fold_text(title)), None)
    if found is None:
        titles = [part.title for part in issue.sections if part.title]
        hint = f"its sections are: {', '.join(titles)}" if titles else "it has no section with a title"
        raise IssueError(
            f"there is no section “{title}”{suggest_nearest(title, titles)}", address=issue.slug, hint=hint
        )
    return found


def add_section(issue: Issue, title: str, *, before: str = "") -> Issue:
    """Add a section without articles at the end, or before another. Raises IssueError when there is one of its name."""
    _require_new_title(issue, title)
    return _place_section(issue, Section(title=title), before)


def rename_section(issue: Issue, title: str, new: str) -> Issue:
    """Give a section another title. Raises IssueError when there is none, or another one has that title."""
    old = find_section(issue, title)
    if fold_text(new) != fold_text(old.title):
        _require_new_title(issue, new)
    renamed = (replace(part, title=new) if part is old else part for part in issue.sections)
    return replace(issue, sections=tuple(renamed))


def move_section(issue: Issue, title: str, *, before: str = "") -> Issue:
    """Move a section with its articles before another, or to the end. Raises IssueError when there is no such one."""
    moved = find_section(issue, title)
    if before and find_section(issue, before) is moved:
        return issue
    return _place_section(_drop_section(issue, moved), moved, before)


def remove_section(issue: Issue, title: str, *, into: str = "") -> Issue:
    """Remove a section; its articles go to the end of the section ``into``.

    Raises IssueError where that is not said and it has articles, an introduction or a sponsor: nothing is lost unasked.
    """
    gone = find_section(issue, title)
    target = find_section(issue, into) if into else None
    if target is gone:
        raise IssueError(f"“{gone.title}” cannot go into itself", address=issue.slug, hint="Name another with --into.")
    if gone.intro or gone.sponsor:
        what = "an introduction" if gone.intro else "a sponsor"
        hint = f"Take it out of issues/{issue.slug}/issue.md first, or rename the section."
        raise IssueError(f"“{gone.title}” has {what}, which would be lost", address=issue.slug, hint=hint)
    if gone.articles and not target:
        count = f"{len(gone.articles)} article{'' if len(gone.articles) == 1 else 's'}"
        raise IssueError(f"“{gone.title}” has {count}", address=issue.slug, hint="Say where they go: --into SECTION")
    rest = _drop_section(issue, gone)
    for article in gone.articles if target else ():
        rest = insert_article(rest, article, into)
    return rest


def _place_section(issue: Issue, section: Section, before: str) -> Issue:
    """Put a section before another, or at the end."""
    at = issue.sections.index(find_section(issue, before)) if before else len(issue.sections)
    return replace(issue, sections=(*issue.sections[:at], section, *issue.sections[at:]))


def _drop_section(issue: Issue, gone: Section) -> Issue:
    return replace(issue, sections=tuple(part for part in issue.sections if part is not gone))


def _require_new_title(issue: Issue, title: str) -> None:
    if any(fold_text(part.title) == fold_text(title) for part in issue.sections):
        raise IssueError(f"there is a section “{title}” already", address=issue.slug, hint="Choose another title.")
