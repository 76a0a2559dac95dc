"""Builds the documentation site into ``site/``: ``make docs``. ``--serve`` shows it instead.

What Zensical gets is a copy: the pages of ``docs/``, and as pages of their own the files that are
at the top of the repository (changelog, contributing, security), which links to them lead to. The version comes from
the code, and where the repository has a remote on the web, each page links to its source.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from dispatch import __version__

DOCS = Path(__file__).parent
CHECKOUT = DOCS.parent
SITE = CHECKOUT / "site"
TOP = {
    "CHANGELOG.md": "project/changes.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "CODE_OF_CONDUCT.md": "project/conduct.md",
    "SECURITY.md": "project/security.md",
}
LINK = re.compile(r"\]\((?P<path>[\w./-]+\.(?:md|png|svg))(?P<anchor>#[^)]*)?\)")


def main() -> None:
    """Build the site, or with ``--serve`` show it."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=SITE, help="where the site is put")
    parser.add_argument("--serve", action="store_true", help="show it, until Ctrl-C")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        build(Path(folder).resolve(), asked.output, serve=asked.serve)


def build(work: Path, output: Path, *, serve: bool) -> None:
    """Build it in the folder ``work``."""
    copy_pages(work / "docs")
    (work / "zensical.toml").write_text(settings(), "utf-8")
    zensical = [sys.executable, "-m", "zensical"]
    if serve:
        subprocess.run([*zensical, "serve"], cwd=work, check=True)
        return
    subprocess.run([*zensical, "build", "--clean", "--strict"], cwd=work, check=True)
    for source, page in TOP.items():
        built = work / "site" / page.removesuffix(".md") / "index.html"
        built.write_text(built.read_text("utf-8").replace(f"/docs/{page}", f"/{source}"), "utf-8")
    shutil.rmtree(output, ignore_errors=True)
    shutil.move(work / "site", output)


def copy_pages(docs: Path) -> None:
    """Copy ``docs/`` and the files at the top, with links that lead to where each stands there."""
    shutil.copytree(DOCS, docs, ignore=shutil.ignore_patterns("*.py", "*.json", "man", "node_modules", "__pycache__"))
    (docs / "project").mkdir()
    for page in sorted(docs.rglob("*.md")):
        place = Path("docs", page.relative_to(docs))
        page.write_text(lead_on(page.read_text("utf-8"), place, place), "utf-8")
    hide_from_search(docs / "help" / "words.md")
    names = docs / "reference" / "python.md"  # who looks for subscribers does not look for a function
    names.write_text(
        re.sub(r"^##+ .+$", r"\g<0> { data-search-exclude }", names.read_text("utf-8"), flags=re.MULTILINE), "utf-8"
    )
    for source, page in TOP.items():
        text = (CHECKOUT / source).read_text("utf-8")
        (docs / page).write_text(lead_on(text, Path(source), Path("docs", page)), "utf-8")
    (docs / "llms.txt").write_text("\n".join(overview(docs)), "utf-8")


def hide_from_search(words: Path) -> None:
    """Leave the words to other pages that have them in a heading: who looks for one wants to do something with it."""
    others = [page.read_text("utf-8") for page in words.parents[1].rglob("*.md") if page != words]
    headings = " ".join(re.findall(r"^#+ (.+)$", "\n".join(others), re.MULTILINE)).lower()

    def mark(match: re.Match[str]) -> str:
        return f"{match[0]} {{ data-search-exclude }}" if match[1].lower().rstrip("ds") in headings else match[0]

    words.write_text(re.sub(r"^## (.+)$", mark, words.read_text("utf-8"), flags=re.MULTILINE), "utf-8")


def lead_on(text: str, here: Path, there: Path) -> str:
    """The text of a file of the repository with its relative links as they are from its page."""

    def relative(match: re.Match[str]) -> str:
        target = (CHECKOUT / here.parent / match["path"]).resolve().relative_to(CHECKOUT)
        moved = Path(
            "docs", TOP.get(target.as_posix(), target.relative_to("docs") if target.parts[0] == "docs" else "")
        )
        return f"]({os.path.relpath(moved, there.parent).replace(os.sep, '/')}{match['anchor'] or ''})"

    return LINK.sub(relative, text)


def settings() -> str:
    """``zensical.toml`` with the version and, if there is one on the web, the repository."""
    text = (CHECKOUT / "zensical.toml").read_text("utf-8").replace("{version}", __version__)
    asked = subprocess.run(
        ["git", "remote", "get-url", "origin"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    remote = asked.stdout.strip().removesuffix(".git")
    known = f'repo_url = "{remote}"\nedit_uri = "edit/main/docs/"\n' if remote.startswith("https://") else ""
    return text.replace("[project]\n", f"[project]\n{known}", 1)


def overview(docs: Path) -> Iterator[str]:
    """The lines of ``llms.txt``: every page with what it is for, in the order of the navigation."""
    read = tomllib.loads((CHECKOUT / "zensical.toml").read_text("utf-8"))["project"]
    yield f"# {read['site_name']}\n\n> {read['site_description']}.\n"
    for entry in read["nav"]:
        for title, under in entry.items():
            pages = list(list_pages(under))
            if not isinstance(under, str):
                yield f"\n## {title}\n"
            for name, page in pages:
                address = page.removesuffix("index.md").replace(".md", "/") or "./"
                yield f"- [{name or title}]({address}): {purpose(docs / page)}"
    yield ""


def list_pages(under: object) -> Iterator[tuple[str, str]]:
    """Each page of a part of the navigation, with its title."""
    if isinstance(under, str):
        yield "", under
    elif isinstance(under, list):
        for entry in under:
            for title, below in entry.items():
                yield from ((name or title, page) for name, page in list_pages(below))


def purpose(page: Path) -> str:
    """The first sentence of a page, without marks."""
    text = page.read_text("utf-8").split("\n\n", 2)[1]
    plain = re.sub(r"\[([^\]]+)\]\([^)]+\)|[`*]", lambda match: match[1] or "", " ".join(text.split()))
    return re.split(r"(?<=[.!?]) ", plain)[0].rstrip(":")


if __name__ == "__main__":
    main()
