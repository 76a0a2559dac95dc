"""What is new, gone, moved or renamed, issue by issue."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dispatch import identity
from dispatch.checks import corrections
from dispatch.checks.rules import find_place
from dispatch.model import Article, Finding, Issue
from dispatch.review import articles, settings
from dispatch.review.nouns import Change, Version, Weight
from dispatch.review.words import counted, field, listed, prose


class _Place(NamedTuple):
    issue: Issue
    section: str
    article: Article


def compare(old: Version, new: Version) -> tuple[Change, ...]:
    """Everything that ``new`` has otherwise than ``old``: the publication first, then each issue by its slug."""
    return tuple(_Comparison(old, new).changes())


def affected(old: Version, new: Version) -> list[str]:
    """The slugs of the issues of which some edition may become another: what check should look at."""
    if new.publication is None:
        return []
    everything = settings.shows(old.publication) != settings.shows(new.publication)
    before = {issue.slug: issue for issue in old.issues}
    return [
        issue.slug
        for issue in new.issues
        if everything or issue != before.get(issue.slug) or old.files.get(issue.slug) != new.files.get(issue.slug)
    ]


def left(findings: Iterable[Finding], changes: Iterable[Change]) -> tuple[Finding, ...]:
    """The findings without those that say of an id, a date or a byline what a change has said already."""
    said = {change.where for change in changes if change.weight == "stop"}
    return tuple(
        one
        for one in dict.fromkeys(findings)
        if not (one.rule.startswith("ids.") and (one.place.file in said or (said and one.place.file == settings.LOCK)))
    )


class _Comparison:
    def __init__(self, old: Version, new: Version) -> None:
        self.old, self.new = old, new
        self.public = old.public
        self.spent = corrections.count_spent(old.ledger)
        self.off = frozenset(old.publication.check if old.publication else ())
        self.pairs = _issues(old, new)
        self.places = {place.article.id: place for issue in old.issues for place in _places(issue)}
        self.here = {article.id for issue in new.issues for article in issue.articles}
        self.met: set[str] = set()  # the ids of old articles that were found again

    def changes(self) -> Iterator[Change]:
        """All of them."""
        for name, faults in self.new.faults.items():
            for fault in faults:
                yield Change(weight="stop", kind="file", where=name, what=f"Cannot be read: {fault}")
        for name, faults in self.old.faults.items():
            for fault in faults:
                yield Change(weight="look", kind="file", where=name, what=f"Could not be read before: {fault}")
        if self.new.publication is None or (self.old.publication is None and self.old.faults):
            return  # nothing to compare with, or nothing to compare
        yield from settings.differences(self.old, self.new)
        for issue in self.new.issues:
            before = self.pairs.get(issue.slug)
            if before is None and issue.slug in self.old.faults:
                continue
            yield from self._of(before, issue) if before else self._new(issue)
        again = {before.slug for before in self.pairs.values()} | set(self.new.faults)
        for before in self.old.issues:
            if before.slug not in again:
                yield self._gone(before, before, None)
            if before.slug not in self.new.faults:
                now = next((issue for issue in self.new.issues if self.pairs.get(issue.slug) == before), before)
                yield from self._lost(before, now)

    def _new(self, issue: Issue) -> Iterator[Change]:
        what = f"is a new issue with {counted(len(list(issue.articles)), 'article')}"
        yield Change(what=what).of(issue, find_place(issue).file)
        yield from self._articles(None, issue)

    def _of(self, old: Issue, new: Issue) -> Iterator[Change]:
        where = find_place(new).file
        yield from (change.of(new, where) for change in self._heading(old, new))
        yield from self._articles(old, new)
        was, now = self.old.files.get(old.slug, {}), self.new.files.get(new.slug, {})
        for name in sorted({*was, *now}):
            if was.get(name) != now.get(name):
                what = "is new" if name not in was else "is gone" if name not in now else "has changed"
                yield Change(what=f"shows {name}, which {what}").of(new, where)

    def _heading(self, old: Issue, new: Issue) -> Iterator[Change]:
        """What issue.md says of the issue itself."""
        is_public = old.id in self.public
        if new.withdrawn and not old.withdrawn:
            yield Change(weight="look", kind="gone", what="is withdrawn", now=new.withdrawn.text)
        if old.slug != new.slug:
            weight: Weight = "look" if is_public else "tell"
            now, was = f"issues/{new.slug}/", f"issues/{old.slug}/"
            yield Change(weight=weight, kind="link", what="moves within the site", now=now, was=was)
        if old.id != new.id:
            yield Change(
                weight="stop" if is_public else "look", kind="identity", what="has another id", now=new.id, was=old.id
            )
        if old.status != new.status:
            gone = old.status == "published"
            yield Change(
                weight="stop" if gone else "tell", kind="gone" if gone else "other",
                what="was published, and is a draft now" if gone else "is published by this",
            )  # fmt: skip
        if old.date != new.date:
            is_promised = is_public and "ids.date" not in self.off
            was, now = old.date.isoformat(), new.date.isoformat()
            yield Change(
                weight="stop" if is_promised else "tell", kind="identity", what="has another date", now=now, was=was
            )
        yield from field("title", old.title, new.title)
        yield from field("number", f"{old.number or ''}", f"{new.number or ''}")
        yield from field("preheader", old.preheader, new.preheader)
        yield from prose(old.intro, new.intro)
        titles = [[section.title for section in issue.sections] for issue in (old, new)]
        if titles[0] != titles[1]:
            was, now = (listed([title or "one without a name" for title in names]) for names in titles)
            yield Change(what="has other sections", now=now, was=was)
        intros = {section.title: section.intro for section in old.sections}
        for section in new.sections:
            if section.title in intros:
                yield from prose(intros[section.title], section.intro)
        if old.corrections != new.corrections:
            yield Change(what="has other corrections", now=listed([f"“{one.text}”" for one in new.corrections]))
        kept = [[one.id for one in issue.articles] for issue in (old, new)]
        both = set(kept[0]) & set(kept[1])
        if titles[0] == titles[1] and [one for one in kept[0] if one in both] != [
            one for one in kept[1] if one in both
        ]:
            yield Change(what="has its articles in another order", now=listed([one.key for one in new.articles]))

    def _articles(self, old: Issue | None, new: Issue) -> Iterator[Change]:
        for place in _places(new):
            was = self._before(old, place)
            where = find_place(new, place.article).file
            if was is None:
                yield _added(place.article).of(new, where, place.article)
                continue
            self.met.add(was.article.id)
            found = articles.differences(
                was.article,
                place.article,
                is_public=was.article.id in self.public,
                moves=all(self._is_place(one.url) for one in (was.article, place.article)),
                may_change=self.off | corrections.find_answered(place.article, self.spent),
            )
            yield from (change.of(new, where, place.article) for change in found)
            yield from (change.of(new, where, place.article) for change in _moved(was, place, old))

    def _is_place(self, url: str) -> bool:
        return self.new.publication is not None and identity.is_place(url, self.new.publication)

    def _before(self, old: Issue | None, place: _Place) -> _Place | None:
        """Where an article was: told by its id; else, in the same issue, by its file's name or its address."""
        article = place.article
        if article.id in self.places:
            return self.places[article.id]
        left = [one for one in _places(old) if one.article.id not in self.here] if old else []
        alike = (one for one in left if article.key == one.article.key)
        return next(alike, None) or next((one for one in left if identity.is_same_article(article, one.article)), None)

    def _lost(self, old: Issue, now: Issue) -> Iterator[Change]:
        """The articles of an issue that stand nowhere any more."""
        for article in old.articles:
            if article.id not in self.met:
                yield self._gone(old, now, article)

    def _gone(self, old: Issue, now: Issue, article: Article | None) -> Change:
        is_promised = (article or old).id in self.public and "ids.vanished" not in self.off
        by = f"by {listed([author.name for author in article.authors])}" if article and article.authors else ""
        said = "is gone, though it was published" if is_promised else "is gone"
        change = Change(weight="stop" if is_promised else "tell", kind="gone", what=said, was=by)
        return change.of(now, find_place(old, article).file, article)


def _issues(old: Version, new: Version) -> dict[str, Issue]:
    """By the slug of each new issue, what it was: told by its id, else by its slug."""
    by_id = {issue.id: issue for issue in old.issues}
    known = {issue.id for issue in new.issues}
    by_slug = {issue.slug: issue for issue in old.issues if issue.id not in known}
    return {
        issue.slug: before
        for issue in new.issues
        if (before := by_id.get(issue.id) or by_slug.get(issue.slug)) is not None
    }


def _places(issue: Issue) -> Iterator[_Place]:
    return (_Place(issue, section.title, article) for section in issue.sections for article in section.articles)


def _added(article: Article) -> Change:
    by = f"by {listed([author.name for author in article.authors])}" if article.authors else "without an author"
    source = f", from {article.source.title}" if article.source.title else ""
    shown = {"link": "a link", "excerpt": "an excerpt", "full": "in full"}[article.source.syndicate or "link"]
    return Change(kind="new", what=f"is new, {by}{source}: {shown}")


def _moved(was: _Place, now: _Place, old: Issue | None) -> Iterator[Change]:
    if old is None or was.issue.id != old.id:
        yield Change(what="has moved here from another issue", was=f"“{was.issue.title}”")
    elif was.section != now.section:
        yield Change(what="has moved to another section", now=now.section or "none", was=was.section or "none")
    if was.article.key != now.article.key:
        yield Change(
            what="has another file name, and with it another place on the page",
            now=now.article.key,
            was=was.article.key,
        )
