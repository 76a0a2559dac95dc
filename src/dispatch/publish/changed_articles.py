"""An issue, of which only those articles are read whose files have changed; the others are in the cache."""

from dispatch import files, issues, serialise
from dispatch.issues.folder import SUFFIXES
from dispatch.model import Article, Issue, Publication
from dispatch.publish.cache import BuildCache
from dispatch.publish.stamps import make_digest


def read_anew(publication: Publication, cache: BuildCache, slug: str, settings: str) -> Issue:
    """Read an issue with its texts, and cache its articles. ``settings``: a digest of these. Raises IssueError."""
    root, cached = publication.root, cache.find_articles(slug)
    made_of = _digest_articles(publication, cache, slug, settings)
    known = {
        root / path: serialise.from_json(Article, kept)
        for path, (digest, kept) in cached.items()
        if made_of.get(path) == digest
    }
    issue = issues.read_issue(publication, slug, known=known)
    read = {one.file: one for one in issue.articles if one.file in made_of}
    if len(known) < len(cached) or any(root / path not in known for path in read):
        cache.store_articles(slug, {path: (made_of[path], serialise.to_json(one)) for path, one in read.items()})
    return issue


def _digest_articles(publication: Publication, cache: BuildCache, slug: str, settings: str) -> dict[str, str]:
    """Digest what each article is made of, by its file: this file, and all in the folder that is no article."""
    folder = cache.digest_folder(publication.root / "issues" / slug)
    own = {path for path in folder if path.suffix in SUFFIXES and path.name != "issue.md"}
    around = (f"{path}\0{'' if path in own else digest}" for path, digest in folder.items())
    rest = make_digest(settings, *around)
    return {files.format_path(path, publication.root): make_digest(rest, folder[path]) for path in own}
