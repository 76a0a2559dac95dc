"""Compare two versions of a publication, issue by issue: what is new, gone, moved, renamed."""

from collections.abc import Iterator
from typing import NamedTuple

from dispatch import identity
from dispatch.checks import ids
from dispatch.checks.rules import find_place
from dispatch.model import Article, Issue
from dispatch.review.articles import compare_articles
from dispatch.review.changes import Change, Version
from dispatch.review.fields import (
    LOOK,
    LOOK_WHEN_PUBLIC,
    ComparedField,
    Promise,
    compare_bodies,
    compare_fields,
    count_things,
    describe_fate,
    find_changed,
    list_names,
)
from dispatch.review.settings import compare_settings

_FIELDS = (
    ComparedField("id", "has another id", kind="identity", weights=LOOK, rule="ids.changed"),
    ComparedField("date", "has another date", kind="identity", weights=LOOK_WHEN_PUBLIC, rule="ids.date"),
    ComparedField("title", noun="title"),
    ComparedField("number", noun="number"),
    ComparedField("subject", noun="subject"),
    ComparedField("preheader", noun="preheader"),
    ComparedField("intro", is_body=True),
    ComparedField("sponsor", "has another sponsor", kind="link", weights=LOOK, empty="none"),
    ComparedField("corrections", "has other corrections"),
)
_STATES = {"draft": "a draft", "scheduled": "scheduled"}


class _Position(NamedTuple):
    issue: Issue
    section: str
    article: Article


def compare_versions(old: Version, new: Version) -> tuple[Change, ...]:
    """Tell everything that ``new`` has otherwise than ``old``: the publication first, then each issue."""
    return (*_list_faults(old, new), *_Comparison(old, new).find_changes())


def _list_faults(old: Version, new: Version) -> Iterator[Change]:
    for name, faults in new.faults.items():
        for fault in faults:
            yield Change(weight="stop", kind="file", where=name, what=f"Cannot be read: {fault}")
    for name, faults in old.faults.items():
        for fault in faults:
            yield Change(weight="look", kind="file", where=name, what=f"Could not be read before: {fault}")


class _Comparison:
    """Two versions, with what was which issue and which article."""

    def __init__(self, old: Version, new: Version) -> None:
        self.old, self.new = old, new
        self.public = old.public
        self.off = frozenset(old.publication.check if old.publication else ())
        self.spent = ids.count_spent(old.ledger)
        self.issues = dict(_pair_issues(old, new))
        self.articles = dict(self._pair_articles())
        self.met = {was.article.id for was in self.articles.values()}

    def find_changes(self) -> Iterator[Change]:
        """Find all changes; none when there is nothing to compare with, or nothing to compare."""
        if self.new.publication is None or (self.old.publication is None and self.old.faults):
            return
        yield from compare_settings(self.old, self.new)
        for issue in self.new.issues:
            if (was := self.issues.get(issue.slug)) or issue.slug not in self.old.faults:
                yield from self._compare_issue(was, issue)
        again = {was.slug: issue for issue in self.new.issues if (was := self.issues.get(issue.slug))}
        for was in self.old.issues:
            if was.slug in self.new.faults:
                continue
            if was.slug not in again:
                yield self._report_gone(was, was)
            for article in was.articles:
                if article.id not in self.met:
                    yield self._report_gone(was, again.get(was.slug, was), article)

    def _compare_issue(self, old: Issue | None, new: Issue) -> Iterator[Change]:
        where = find_place(new).file
        if old is None:
            what = f"is a new issue with {count_things(len(list(new.articles)), 'article')}"
            yield Change(what=what).set_subject(new, where)
        else:
            yield from (change.set_subject(new, where) for change in self._compare_heads(old, new))
        for position in _list_positions(new):
            article = position.article
            file = find_place(new, article).file
            yield from (change.set_subject(new, file, article) for change in self._compare_article(old, position))

    def _compare_heads(self, old: Issue, new: Issue) -> Iterator[Change]:
        """Tell what issue.md says otherwise of the issue itself."""
        promise = Promise(is_public=old.id in self.public, excused=self.off)
        if new.withdrawn and not old.withdrawn:
            yield Change(weight="look", kind="gone", what="is withdrawn", now=new.withdrawn.text)
        if old.slug != new.slug:
            weight = promise.weigh(LOOK_WHEN_PUBLIC)
            now, was = f"issues/{new.slug}/", f"issues/{old.slug}/"
            yield Change(weight=weight, kind="link", what="moves within the site", now=now, was=was)
        if old.status != new.status and old.status == "published":
            yield Change(weight="stop", kind="gone", what=f"was published, and is {_STATES[new.status]} now")
        elif old.status != new.status:
            yield Change(what="is published by this" if new.status == "published" else f"is {_STATES[new.status]} now")
        yield from compare_fields(_FIELDS, old, new, promise)
        titles = [[section.title for section in issue.sections] for issue in (old, new)]
        if titles[0] != titles[1]:
            was, now = (list_names([title or "one without a name" for title in side]) for side in titles)
            yield Change(what="has other sections", now=now, was=was)
        intros = ({section.title: section.intro for section in issue.sections} for issue in (old, new))
        for _, before, after in find_changed(*intros):
            if before is not None and after is not None:
                yield from compare_bodies(before, after)
        kept = {article.id for article in old.articles} & {article.id for article in new.articles}
        orders = [[article.id for article in issue.articles if article.id in kept] for issue in (old, new)]
        if titles[0] == titles[1] and orders[0] != orders[1]:
            keys = [article.key for article in new.articles]
            yield Change(what="has its articles in another order", now=list_names(keys))
        files = self.old.files.get(old.slug, {}), self.new.files.get(new.slug, {})
        for name, was_there, is_there in find_changed(*files):
            yield Change(what=f"shows {name}, which {describe_fate(was_there, is_there)}")

    def _compare_article(self, old: Issue | None, now: _Position) -> Iterator[Change]:
        """Tell what of an article is another. old: what its issue was."""
        was = self.articles.get((now.issue.slug, now.article.key))
        if was is None:
            yield _report_new(now.article)
            return
        if was.article is now.article:
            return  # nobody has changed its issue, which was read once
        excused = self.off | ids.find_answered(now.article, self.spent)
        promise = Promise(is_public=was.article.id in self.public, excused=excused)
        moves = all(self._is_place(one.url) for one in (was.article, now.article))
        yield from compare_articles(was.article, now.article, promise, moves=moves)
        if old is None or was.issue.id != old.id:
            yield Change(what="has moved here from another issue", was=f"“{was.issue.title}”")
        elif was.section != now.section:
            yield Change(what="has moved to another section", now=now.section or "none", was=was.section or "none")
        if was.article.key != now.article.key:
            what = "has another file name, and with it another place on the page"
            yield Change(what=what, now=now.article.key, was=was.article.key)

    def _is_place(self, url: str) -> bool:
        return self.new.publication is not None and identity.is_issue_address(url, self.new.publication)

    def _pair_articles(self) -> Iterator[tuple[tuple[str, str], _Position]]:
        """Pair the slug and the key of each article with what it was.

        It is told by its id; else, in the same issue, by its file's name or its address.
        """
        before = {was.article.id: was for issue in self.old.issues for was in _list_positions(issue)}
        here = {article.id for issue in self.new.issues for article in issue.articles}
        for issue in self.new.issues:
            old = self.issues.get(issue.slug)
            left = [was for was in _list_positions(old) if was.article.id not in here] if old else []
            for article in issue.articles:
                alike = [was for was in left if article.key == was.article.key]
                alike += [was for was in left if identity.is_same_article(article, was.article)]
                if was := before.get(article.id) or next(iter(alike), None):
                    yield (issue.slug, article.key), was

    def _report_gone(self, old: Issue, now: Issue, article: Article | None = None) -> Change:
        is_promised = (article or old).id in self.public and "ids.vanished" not in self.off
        by = f"by {list_names([author.name for author in article.authors])}" if article and article.authors else ""
        what = "is gone, though it was published" if is_promised else "is gone"
        change = Change(weight="stop" if is_promised else "tell", kind="gone", what=what, was=by)
        return change.set_subject(now, find_place(old, article).file, article)


def _pair_issues(old: Version, new: Version) -> Iterator[tuple[str, Issue]]:
    """Pair the slug of each issue with what it was, told by its id, else by its slug."""
    by_id = {issue.id: issue for issue in old.issues}
    known = {issue.id for issue in new.issues}
    by_slug = {issue.slug: issue for issue in old.issues if issue.id not in known}
    for issue in new.issues:
        if was := by_id.get(issue.id) or by_slug.get(issue.slug):
            yield issue.slug, was


def _list_positions(issue: Issue) -> Iterator[_Position]:
    return (_Position(issue, section.title, article) for section in issue.sections for article in section.articles)


def _report_new(article: Article) -> Change:
    by = f"by {list_names([author.name for author in article.authors])}" if article.authors else "without an author"
    source = f", from {article.source.title}" if article.source.title else ""
    shown = {"link": "a link", "excerpt": "an excerpt", "full": "in full"}[article.source.syndicate or "link"]
    return Change(kind="new", what=f"is new, {by}{source}: {shown}")
