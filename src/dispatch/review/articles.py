"""What of one article is another: its byline first, then its links, its rights, its words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dispatch.model import Article, Author, Credit, Image
from dispatch.review.changes import Change
from dispatch.review.fields import counted, field, led, listed, prose

_FIELDS = (
    ("title", "headline"),
    ("dek", "line under its headline"),
    ("summary", "summary"),
    ("note", "note of the editor"),
    ("language", "language"),
    ("license", "licence"),
    ("certainty", "certainty of its authors"),
)
_TERMS = ("link", "excerpt", "full")


def differences(
    old: Article, new: Article, *, is_public: bool, moves: bool, may_change: frozenset[str]
) -> Iterator[Change]:
    """Every change of an article, gravest first.

    is_public: readers have it, so that a changed byline, address, date or id breaks a promise; otherwise somebody
    should look at it. moves: both addresses are places in the site. may_change: the rules that the publication had
    switched off, or that a new correction answers.
    """

    def kept(change: Change, rule: str) -> Change:
        is_promised = is_public and rule not in may_change and (old.authors or rule != "ids.authors")
        return replace(change, weight="stop" if is_promised else "look")

    if new.withdrawn and not old.withdrawn:
        yield Change(weight="look", kind="gone", what="is withdrawn", now=new.withdrawn.text)
        return
    yield from (kept(change, "ids.authors") for change in _byline(old.authors, new.authors))
    yield from _credits(old.credits, new.credits)
    if old.url != new.url and moves:
        if is_public:
            yield Change(weight="look", kind="link", what="moves within the site", now=new.url, was=old.url)
    elif old.url != new.url:
        yield kept(Change(kind="link", what="has another address", now=new.url, was=old.url), "ids.link")
    if old.id != new.id:
        what = "has another id: readers of its feed would get it again" if is_public else "has another id"
        change = Change(kind="identity", what=what, now=new.id, was=old.id)
        yield kept(change, "ids.changed") if is_public else change
    if old.published != new.published:
        was, now = (moment.isoformat() if moment else "unknown" for moment in (old.published, new.published))
        change = Change(kind="identity", what="has another date", now=now, was=was)
        yield kept(change, "ids.date") if is_public else change
    yield from _source(old, new)
    for name, called in _FIELDS:
        yield from field(called, getattr(old, name), getattr(new, name))
    yield from prose(old.content, new.content)
    yield from led(old.content, new.content)
    yield from _said(old, new)
    yield from _shown(old, new)


def _byline(old: Sequence[Author], new: Sequence[Author]) -> Iterator[Change]:
    """Changes of who is named as author, in which order, and of where each name leads."""
    was, now = [author.name for author in old], [author.name for author in new]
    lost, gained = [name for name in was if name not in now], [name for name in now if name not in was]
    before = listed(was)
    if was and not now:
        yield Change(kind="byline", what="lost its byline", was=before)
    elif lost and gained:
        yield Change(kind="byline", what="has another byline", now=listed(now), was=before)
    elif lost:
        yield Change(kind="byline", what=f"lost its author{'s' * (len(lost) > 1)} {listed(lost)}", was=before)
    elif gained and was:
        yield Change(kind="byline", what=f"names more authors: {listed(gained)} as well", was=before)
    elif gained:
        yield Change(kind="byline", what="has a byline now", now=listed(now))
    elif was != now:
        yield Change(kind="byline", what="has its authors in another order", now=listed(now), was=before)
    pages = {author.name: author.url for author in old}
    for author in new:
        url = pages.get(author.name, author.url)
        if url and not author.url:
            yield Change(kind="link", what=f"lost the link of its author {author.name}", was=url)
        elif url != author.url:
            what = f"leads from its author {author.name} to {'another' if url else 'an'} address"
            yield Change(kind="link", what=what, now=author.url, was=url)


def _credits(old: Sequence[Credit], new: Sequence[Credit]) -> Iterator[Change]:
    """Changes of who else is named."""
    urls = {(credit.role, credit.name): credit.url for credit in old}
    now = {(credit.role, credit.name) for credit in new}
    for role, name in (key for key in urls if key not in now):
        yield Change(weight="look", kind="credit", what=f"lost its {role}, {name}")
    for credit in new:
        was = urls.get((credit.role, credit.name))
        if was is None:
            yield Change(kind="credit", what=f"names its {credit.role}, {credit.name}")
        elif was != credit.url:
            what = f"leads from its {credit.role}, {credit.name}, elsewhere"
            yield Change(weight="look", kind="link", what=what, now=credit.url, was=was)


def _source(old: Article, new: Article) -> Iterator[Change]:
    """Changes of where it comes from, and of how much of it may be shown."""
    was, now = old.source, new.source
    if was.title != now.title:
        yield Change(
            weight="look", kind="credit", what="names another source", now=now.title or "none", was=was.title or "none"
        )
    if was.url != now.url:
        yield Change(weight="look", kind="link", what="has another address of its source", now=now.url, was=was.url)
    if was.syndicate != now.syndicate:
        more = _TERMS.index(now.syndicate or "link") > _TERMS.index(was.syndicate or "link")
        what = f"is shown {'more' if more else 'less'} of"
        change = Change(kind="terms", what=what, now=now.syndicate or "", was=was.syndicate or "")
        yield replace(change, weight="look" if more else "tell")
    if was.excerpt_words != now.excerpt_words and "excerpt" in (was.syndicate, now.syndicate):
        yield Change(
            kind="terms", what="has an excerpt of so many words", now=f"{now.excerpt_words}", was=f"{was.excerpt_words}"
        )
    yield from field("licence of its source", was.license, now.license)


def _said(old: Article, new: Article) -> Iterator[Change]:
    """Changes of what is said about it and about its authors."""
    about = {author.name: (author.bio, author.avatar, author.email) for author in old.authors}
    for author in new.authors:
        if about.get(author.name, (author.bio, author.avatar, author.email)) != (
            author.bio,
            author.avatar,
            author.email,
        ):
            yield Change(what=f"says something else of its author {author.name}")
    if old.updated != new.updated:
        yield Change(what="says that it was updated", now=new.updated.isoformat() if new.updated else "never")
    if old.tags != new.tags:
        yield Change(what="has other tags", now=listed(new.tags) or "none", was=listed(old.tags) or "none")
    if added := [one for one in new.corrections if one not in old.corrections]:
        yield Change(what=f"is corrected, {counted(len(added), 'time')}", now=f"“{added[0].text}”")
    if gone := [one for one in old.corrections if one not in new.corrections]:
        yield Change(weight="look", what=f"lost {counted(len(gone), 'correction')}", was=f"“{gone[0].text}”")


def _shown(old: Article, new: Article) -> Iterator[Change]:
    """Changes of its picture and of the files that go with it."""
    if old.image != new.image:
        what = "has another picture" if old.image and new.image else f"has {'a' if new.image else 'no'} picture now"
        yield Change(what=what, now=_called(new.image), was=_called(old.image))
    if old.enclosures != new.enclosures:
        was, now = (listed([item.url for item in one.enclosures]) or "none" for one in (old, new))
        yield Change(kind="link", what="has other files that go with it", now=now, was=was)


def _called(image: Image | None) -> str:
    """How a sentence speaks of a picture."""
    if image is None:
        return ""
    size = f", {image.width} × {image.height}" if image.width and image.height else ""
    return f"{image.url} (“{image.alt or 'no words'}”{size})"
