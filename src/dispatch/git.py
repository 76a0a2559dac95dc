"""Make a publication's folder a git repository, restore it as it was at a commit, say what git and its remotes hold.

The only user of git. What is in the repository may be anybody's, so only plumbing is called that runs nothing which
the repository could name: no hooks, no filters, no textconv, no pager, no program that watches files, no network.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from dispatch import files
from dispatch.errors import DispatchError, ReviewError, explain_refusal
from dispatch.text import fold_file_name

LARGEST = 16 * 2**20
"""Bytes. What is larger is no file of an issue, and stays in the repository."""

_BATCH = 32 * 2**20  # bytes of files that are asked for at once
_PATIENCE = 120  # seconds for one command
_QUIETLY = (
    *("--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs"),
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "protocol.allow=never"),
)
_OF_WINDOWS = ("SYSTEMROOT", "USERPROFILE", "HOMEDRIVE", "HOMEPATH", "APPDATA", "PROGRAMDATA", "TEMP", "TMP", "PATH")
# Where the work that is under review will go, when nobody says: origin's default branch, or what is mostly called so.
_MAIN = (
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
)
_WHOLE = "git fetch --unshallow; in a workflow, give actions/checkout fetch-depth: 0"
_ABSENT = "not all files of the past are in this clone"
_ENTIRE = "clone without --filter"
_HASHES = {40: "sha1", 64: "sha256"}  # by the digits of an id


class Blob(NamedTuple):
    """A file as a commit holds it: its path below the folder, its id, its size in bytes."""

    path: str
    id: str
    size: int


def make_repository(folder: Path) -> bool:
    """Make a folder a git repository with the branch ``main``; return False when it is in one already.

    Raises ReviewError when git is missing or fails.
    """
    folder = folder.resolve()
    if any((above / ".git").exists() for above in (folder, *folder.parents)):
        return False
    _run_git(folder, "init", "--quiet", "--initial-branch=main")
    return True


def find_base(folder: Path, ref: str = "") -> str:
    """Find the commit at which the work in ``folder`` left ``ref``, by default the main branch.

    A branch that is known only as origin's is found under its own name. Raises ReviewError when that cannot be told:
    in no repository, without a commit, with half a history.
    """
    _find_prefix(folder)
    name = ref or next((one for one in _MAIN if _find_commit(folder, one)), "")
    hint = "say which: dispatch review --base REF"
    if _find_commit(folder, "HEAD") is None:
        raise ReviewError("there is no commit yet, so nothing to compare with", address=str(folder))
    is_shallow = _run_git(folder, "rev-parse", "--is-shallow-repository") == b"true\n"
    hint = _WHOLE if is_shallow else hint
    if not name:
        raise ReviewError("there is no main branch to compare with", address=str(folder), hint=hint)
    tip = _find_commit(folder, name) or _find_commit(folder, f"origin/{name}")
    if tip is None:
        raise ReviewError(f"git knows no “{name}”", hint=hint)
    try:
        return _run_git(folder, "merge-base", "HEAD", tip).decode("ascii").strip()
    except ReviewError as error:
        what = "the history ends before it" if is_shallow else "it has no history in common with this"
        raise ReviewError(f"cannot compare with “{name}”: {what}", hint=hint) from error


def list_blobs(folder: Path, commit: str) -> list[Blob]:
    """List what was below ``folder`` at a commit, without hidden files; nothing where the folder is new.

    Links, submodules and files above LARGEST are left out. Raises ReviewError.
    """
    prefix = _find_prefix(folder)
    tree = _run_git(folder, "rev-parse", "--verify", f"{commit}^{{tree}}").decode("ascii").strip()
    if prefix:
        try:
            tree = _run_git(folder, "rev-parse", "--verify", f"{commit}:{prefix}").decode("ascii").strip()
        except ReviewError:
            return []
    return list(_list_tree(folder, tree))


def restore_files(folder: Path, blobs: Iterable[Blob], into: Path) -> None:
    """Write files that a commit of the repository around ``folder`` holds into another folder. Raises ReviewError."""
    for batch in _batch_blobs(blobs):
        for blob, body in zip(batch, _read_bodies(folder, batch), strict=True):
            files.write_file(into / blob.path, body, within=into, error=ReviewError, lasting=False)


def is_as_held(path: Path, blob: Blob) -> bool:
    """Whether a file has the bytes of a blob (gitformat-pack(5)); not where it is a link, or cannot be read."""
    try:
        if path.is_symlink() or path.lstat().st_size != blob.size:
            return False
        body = files.read_bounded(path)
    except OSError:
        return False
    hashed = hashlib.new(_HASHES[len(blob.id)], b"blob %d\0" % len(body) + body, usedforsecurity=False)
    return hashed.hexdigest() == blob.id


def find_unheld_files(folder: Path, names: Sequence[str]) -> list[str]:
    """Find which of these files below ``folder`` the last commit does not hold as they are now; line ends aside.

    Without a repository, a commit or git itself, that is all of them.
    """
    try:
        prefix = _find_prefix(folder)
        tree = _run_git(folder, "rev-parse", "--verify", f"HEAD:{prefix}").decode("ascii").strip()
        held = [blob for blob in _list_tree(folder, tree) if blob.path in names]
        bodies = dict(zip((blob.path for blob in held), _read_bodies(folder, held), strict=True))
    except ReviewError:
        return list(names)
    return [name for name in names if not _is_held(folder / name, bodies.get(name))]


def find_branches(folder: Path, name: str, words: bytes) -> list[str]:
    """Find the branches of remotes whose file of that name, below ``folder``, has these bytes in it; without a network.

    There are none without a repository or git itself. Raises ReviewError.
    """
    try:
        prefix = _find_prefix(folder)
    except ReviewError:
        return []
    path = f"{prefix}/{name}" if prefix else name
    branches = os.fsdecode(_run_git(folder, "for-each-ref", "--format=%(refname)", "refs/remotes")).split()
    found = {branch: _find_object(folder, f"{branch}:{path}") for branch in branches}
    with_words = {id_ for id_ in {*found.values()} if id_ and words in _run_git(folder, "cat-file", "blob", id_)}
    return [branch.removeprefix("refs/remotes/") for branch in branches if found[branch] in with_words]


def refuse_tracked(folder: Path, name: str, *, error: type[DispatchError]) -> None:
    """Raise ``error`` where git tracks a file of our own, or one in a folder of our own: anybody may have made it."""
    stamp = _stamp_index(folder)
    if _has_tracked_at(folder, name, stamp) if stamp else has_tracked(folder, name):
        hint = f"git rm -r --cached {name}, delete it, and commit"
        raise error("came with git, and may be anybody's: nothing in it is opened", subject=name, hint=hint)


@lru_cache(maxsize=64)
def _has_tracked_at(folder: Path, name: str, _stamp: tuple[str | int, ...]) -> bool:
    """Whether git tracks that name while its index is as this stamp says: the desk opens a database at each key."""
    return has_tracked(folder, name)


def _stamp_index(folder: Path) -> tuple[str | int, ...]:
    """Return what changes when git tracks other files; nothing where that cannot be told, as in a linked work tree."""
    found = next((git for above in (folder, *folder.parents) if (git := above / ".git").exists()), None)
    if found is None:
        return ("no repository",)
    with suppress(OSError):
        index = (found / "index").stat()
        return (str(found), index.st_ino, index.st_size, index.st_mtime_ns)
    return ()


def has_tracked(folder: Path, name: str) -> bool:
    """Whether git tracks something of that name, in whatever case, or below it; not without a repository or git itself.

    Whose the repository is does not matter: nothing of it is run.
    """
    return any(f"{fold_file_name(one)}/".startswith(f"{fold_file_name(name)}/") for one in list_tracked(folder))


def list_tracked(folder: Path) -> list[str]:
    """List the files below a folder that git tracks; none without a repository or git itself."""
    try:
        found = _run_git(folder, "-c", "safe.directory=*", "ls-files", "-z")
    except ReviewError:
        return []
    return [name for name in os.fsdecode(found).split("\0") if name]


def is_left_out(path: Path) -> bool:
    """Whether git would not take up a new file that is there: it is ignored, or in no repository."""
    try:
        words = ("ls-files", "-z", "--others", "--exclude-standard", "--", str(path))
        return not _run_git(path.parent, "-c", "safe.directory=*", *words)
    except ReviewError:
        return True


def _is_held(path: Path, body: bytes | None) -> bool:
    return body is not None and path.read_bytes().replace(b"\r\n", b"\n") == body.replace(b"\r\n", b"\n")


def _list_tree(folder: Path, tree: str) -> Iterator[Blob]:
    """List the files of a tree (git-ls-tree(1): mode, type, id and size, a tab, the path, NUL)."""
    for line in _run_git(folder, "ls-tree", "-r", "-z", "-l", "--full-tree", tree).split(b"\0")[:-1]:
        said, _, path = line.partition(b"\t")
        mode, _, id_, size = said.split()
        name = os.fsdecode(path)
        # A hidden part is also .., which no honest tree holds.
        is_hidden = any(not part or part.startswith(".") for part in name.split("/"))
        if mode.startswith(b"100") and size.isdigit() and int(size) <= LARGEST and not is_hidden:
            yield Blob(path=name, id=id_.decode("ascii"), size=int(size))


def _batch_blobs(blobs: Iterable[Blob]) -> Iterator[list[Blob]]:
    batch: list[Blob] = []
    size = 0
    for blob in blobs:
        batch.append(blob)
        size += blob.size
        if size > _BATCH:
            yield batch
            batch, size = [], 0
    yield batch


def _read_bodies(folder: Path, batch: list[Blob]) -> Iterator[bytes]:
    """Read the bytes of each file as they are stored (git-cat-file(1), “batch output”)."""
    asked = "".join(f"{blob.id}\n" for blob in batch).encode("ascii")
    answer = _run_git(folder, "cat-file", "--batch", stdin=asked)
    place = 0
    for blob in batch:
        head, _, _ = answer[place : place + 200].partition(b"\n")
        if head != f"{blob.id} blob {blob.size}".encode("ascii"):
            raise ReviewError(_ABSENT, subject=blob.path, hint=_ENTIRE)
        place += len(head) + 1
        yield answer[place : place + blob.size]
        place += blob.size + 1


def _find_prefix(folder: Path) -> str:
    """Return the path of the folder in its repository, without a slash at the end. Raises ReviewError in none."""
    return os.fsdecode(_run_git(folder, "rev-parse", "--show-prefix")).removesuffix("\n").removesuffix("/")


def _find_commit(folder: Path, ref: str) -> str | None:
    """Find the commit that a name means; None for a name that git does not know, or would take for an option."""
    if not ref or ref.startswith("-") or not ref.isprintable():
        return None
    return _find_object(folder, f"{ref}^{{commit}}")


def _find_object(folder: Path, name: str) -> str | None:
    """Find the id of what an extended name means (gitrevisions(7)); None when there is none."""
    try:
        return _run_git(folder, "rev-parse", "--verify", "--quiet", name).decode("ascii").strip()
    except ReviewError:
        return None


def _run_git(folder: Path, *words: str, stdin: bytes = b"") -> bytes:
    """Run git in a folder, and return what it prints. Raises ReviewError.

    Nothing of the environment reaches it but the home folder, where it finds whose repositories it may trust, and what
    no program does without on Windows: GIT_DIR and its like, which a hook has set, mean another repository.
    """
    import shutil  # many commands import this room, few of them ask git
    import subprocess

    program = shutil.which("git")
    if program is None:
        raise ReviewError("git is not installed", hint="install git")
    home = os.path.expanduser("~")  # noqa: PTH111 - pathlib raises where there is none
    system = {name: os.environ[name] for name in _OF_WINDOWS if name in os.environ}
    known = system | {"HOME": home, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}
    try:
        ran = subprocess.run(  # noqa: S603 - words of ours, and names that were looked at
            [program, *_QUIETLY, *words], cwd=folder, env=known, input=stdin, capture_output=True, timeout=_PATIENCE,
            check=True,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        said = os.fsdecode(error.stderr).strip().removeprefix("fatal: ")
        if "dubious ownership" in said:
            hint = "if you trust it: git config --global --add safe.directory FOLDER"
            raise ReviewError("git does not trust this folder, which is somebody else's", hint=hint) from error
        if "promisor" in said:
            raise ReviewError(_ABSENT, address=str(folder), hint=_ENTIRE) from error
        hint = "dispatch review compares with git" if "not a git repository" in said else ""
        raise ReviewError(said or f"git {words[0]} found nothing", address=str(folder), hint=hint) from error
    except OSError as error:
        raise explain_refusal(ReviewError, error, "git cannot be run", address=str(folder)) from error
    except subprocess.TimeoutExpired as error:
        raise ReviewError(f"git failed: {error}", address=str(folder)) from error
    return ran.stdout
