"""Compare one article with what it was: its byline first, then its links, its rights, its words."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from dispatch import identity
from dispatch.model import Article, Author, Source
from dispatch.review.changes import Change, Weight
from dispatch.review.fields import (
    LOOK,
    LOOK_WHEN_PUBLIC,
    ComparedField,
    Promise,
    compare_fields,
    count_things,
    find_changed,
    list_names,
)

_FIELDS = (
    ComparedField("url", "has another address", kind="link", weights=LOOK, rule="ids.link"),
    ComparedField(
        "id", "has another id", kind="identity", weights=LOOK_WHEN_PUBLIC, rule="ids.changed",
        warning=": readers of its feed would get it again",
    ),
    ComparedField(
        "published", "has another date", kind="identity", weights=LOOK_WHEN_PUBLIC, rule="ids.date", empty="unknown"
    ),
    ComparedField("source.title", "names another source", kind="credit", weights=LOOK, empty="none"),
    ComparedField("source.url", "has another address of its source", kind="link", weights=LOOK),
    ComparedField("source.license", noun="licence of its source"),
    ComparedField("title", noun="headline"),
    ComparedField("dek", noun="line under its headline"),
    ComparedField("summary", noun="summary"),
    ComparedField("note", noun="note of the editor"),
    ComparedField("sponsor", "has another sponsor", kind="link", weights=LOOK, empty="none"),
    ComparedField("language", noun="language"),
    ComparedField("license", noun="licence"),
    ComparedField(
        "terms", "has other terms of its publisher (line, counter, changes)", kind="terms", weights=LOOK, empty="none"
    ),
    ComparedField("certainty", noun="certainty of its authors"),
    ComparedField("date_certainty", noun="certainty of its date"),
    ComparedField("content", is_body=True),
    ComparedField("updated", "says that it was updated", empty="never"),
    ComparedField("tags", "has other tags", empty="none"),
    ComparedField("image", noun="picture"),
    ComparedField("layout", noun="layout", empty="by its place"),
    ComparedField("enclosures", "has other files that go with it", kind="link", empty="none"),
)  # fmt: skip
_TERMS = ("link", "excerpt", "full")


def compare_articles(old: Article, new: Article, promise: Promise, *, moves: bool) -> Iterator[Change]:
    """Tell every change of an article, gravest first. moves: both addresses are places in the site."""
    if new.withdrawn and not old.withdrawn:
        yield Change(weight="look", kind="gone", what="is withdrawn", now=new.withdrawn.text)
        return
    was, now = ([(one.name, identity.fold_scheme(one.url)) for one in those.authors] for those in (old, new))
    weight = promise.weigh(LOOK, "ids.authors" if was and was != now else "")
    yield from (replace(change, weight=weight) for change in _compare_authors(old.authors, new.authors))
    yield from _compare_credits(old, new)
    if moves and old.url != new.url:
        if promise.is_public:
            yield Change(weight="look", kind="link", what="moves within the site", now=new.url, was=old.url)
        old = replace(old, url=new.url)
    if old.confirmed_own != new.confirmed_own:
        said = "is said to be your own" if new.confirmed_own else "is no longer said to be your own"
        yield Change(weight="look", kind="credit", what=f"{said} (own)")
    yield from _compare_terms(old.source, new.source)
    yield from compare_fields(_FIELDS, old, new, promise)
    about = {author.name: (author.bio, author.avatar, author.email) for author in old.authors}
    for author in new.authors:
        if author.name in about and about[author.name] != (author.bio, author.avatar, author.email):
            yield Change(what=f"says something else of its author {author.name}")
    if added := [one for one in new.corrections if one not in old.corrections]:
        yield Change(what=f"is corrected, {count_things(len(added), 'time')}", now=f"“{added[0].text}”")
    if gone := [one for one in old.corrections if one not in new.corrections]:
        what = f"lost {count_things(len(gone), 'correction')}"
        yield Change(weight="look", what=what, was=f"“{gone[0].text}”")


def _compare_authors(old: Sequence[Author], new: Sequence[Author]) -> Iterator[Change]:
    """Tell who is named as author now, in which order, and where each name leads."""
    was, now = [author.name for author in old], [author.name for author in new]
    lost, gained = [name for name in was if name not in now], [name for name in now if name not in was]
    what, then = "", list_names(now)
    if was and not now:
        what = "lost its byline"
    elif lost and gained:
        what = "has another byline"
    elif lost:
        what, then = f"lost its author{'s' * (len(lost) > 1)} {list_names(lost)}", ""
    elif gained and was:
        what, then = f"names more authors: {list_names(gained)} as well", ""
    elif gained:
        what = "has a byline now"
    elif was != now:
        what = "has its authors in another order"
    if what:
        yield Change(kind="byline", what=what, now=then, was=list_names(was))
    before, after = ({author.name: author.url for author in authors} for authors in (old, new))
    for name, url, link in find_changed(before, after):
        if url and link == "":
            yield Change(kind="link", what=f"lost the link of its author {name}", was=url)
        elif link and url is not None:
            what = f"leads from its author {name} to {'another' if url else 'an'} address"
            yield Change(kind="link", what=what, now=link, was=url)


def _compare_credits(old: Article, new: Article) -> Iterator[Change]:
    """Tell who else is named now, and where their names lead."""
    before, after = ({(one.role, one.name): one.url for one in article.credits} for article in (old, new))
    for (role, name), was, now in find_changed(before, after):
        if now is None:
            yield Change(weight="look", kind="credit", what=f"lost its {role}, {name}")
        elif was is None:
            yield Change(kind="credit", what=f"names its {role}, {name}")
        else:
            what = f"leads from its {role}, {name}, elsewhere"
            yield Change(weight="look", kind="link", what=what, now=now, was=was)


def _compare_terms(was: Source, now: Source) -> Iterator[Change]:
    """Tell whether more of it is shown than before, or less."""
    if was.syndicate != now.syndicate:
        is_more = _TERMS.index(now.syndicate or "link") > _TERMS.index(was.syndicate or "link")
        weight: Weight = "look" if is_more else "tell"
        what = f"is shown {'more' if is_more else 'less'} of"
        yield Change(kind="terms", weight=weight, what=what, now=now.syndicate or "", was=was.syndicate or "")
    if was.excerpt_words != now.excerpt_words and "excerpt" in (was.syndicate, now.syndicate):
        what = "has an excerpt of so many words"
        yield Change(kind="terms", what=what, now=f"{now.excerpt_words}", was=f"{was.excerpt_words}")
