"""How large a picture beside an article is: read from its file, shown in mail and pages, written into no file."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import nouns
from dispatch import config, issues
from dispatch.issues.picture_sizes import measure_picture
from drawings import drawn, photograph, saved

FORMATS = {
    "PNG": {},
    "GIF": {},
    "JPEG": {},
    "WEBP": {},
    "WEBP lossless": {"lossless": True},
    "JPEG progressive": {"progressive": True},
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("size", [(1, 1), (640, 400), (3, 1000), (5000, 7)])
def test_every_kind_says_its_size(name: str, size: tuple[int, int]) -> None:
    kind = name.partition(" ")[0]
    assert measure_picture(saved(drawn(*size), kind, **FORMATS[name])) == size


def test_a_picture_with_transparency_or_in_motion_says_its_size() -> None:
    assert measure_picture(saved(drawn(30, 20, "RGBA"), "WEBP")) == (30, 20)
    frames = [Image.new("RGB", (30, 20), (n, 0, 0)) for n in range(3)]
    assert measure_picture(saved(frames[0], "WEBP", save_all=True, append_images=frames[1:])) == (30, 20)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_as_large_as_it_is_shown(orientation: int) -> None:
    """A telephone that was held upright turns its picture by a quarter."""
    assert measure_picture(photograph(orientation=orientation)) == ((640, 400) if orientation < 5 else (400, 640))


WHOLE = (photograph(), saved(drawn(9, 9), "WEBP"), saved(drawn(9, 9), "GIF"), saved(drawn(9, 9), "PNG"))


@given(st.data())
def test_whatever_is_broken_has_no_size_or_some(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(WHOLE)))
    for _ in range(data.draw(st.integers(0, 6))):
        body[data.draw(st.integers(0, min(len(body) - 1, 300)))] = data.draw(st.integers(0, 255))
    found = measure_picture(bytes(body[: data.draw(st.integers(0, len(body)))]))
    assert found is None or min(found) > 0


def write(folder: Path, picture: str) -> Path:
    (folder / "issues" / "week").mkdir(parents=True)
    (folder / "dispatch.toml").write_text('title = "The Wire"\nurl = "https://wire.example"\n', encoding="utf-8")
    (folder / "issues/week/issue.md").write_text(
        "---\ntitle: A week\ndate: 2025-02-14\nsections:\n  - articles: [bridge]\n---\n", encoding="utf-8"
    )
    article = folder / "issues/week/bridge.md"
    article.write_text(
        f"---\ntitle: The bridge\nurl: https://paper.example/bridge\nauthors: [{{name: Ann Lee}}]\nimage: {picture}\n"
        "---\nIt stands.\n",
        encoding="utf-8",
    )
    (folder / "issues/week/pont neuf.png").write_bytes(saved(drawn(600, 900), "PNG"))
    return article


def test_a_portrait_beside_an_article_leads_nothing_and_its_file_stays_as_it_is(tmp_path: Path) -> None:
    article = write(tmp_path, "{url: pont neuf.png, alt: A bridge}")
    before = article.read_text("utf-8")
    publication = config.load(tmp_path)
    issue = issues.read_issue(publication, "week")
    (one,) = issue.articles
    assert (one.image.width, one.image.height) == (600, 900)
    mail = nouns.body("email", issue, publication).decode()
    assert 'width="160" height="240"' in mail
    assert 'width="536"' not in mail
    changed = issue.change_articles(lambda each: replace(each, note="Read it."))
    issues.change_issue(publication, issue, changed)
    after = article.read_text("utf-8")
    assert "\nimage: {url: pont neuf.png, alt: A bridge}\n" in before
    assert "\nimage: {url: pont neuf.png, alt: A bridge}\n" in after
    assert ("note: Read it." in after, "width" in after) == (True, False)


def test_a_size_that_somebody_wrote_stays(tmp_path: Path) -> None:
    write(tmp_path, "{url: pont neuf.png, width: 60, height: 40}")
    (one,) = issues.read_issue(config.load(tmp_path), "week").articles
    assert (one.image.width, one.image.height) == (60, 40)


def test_nothing_outside_is_measured(tmp_path: Path) -> None:
    write(tmp_path, "{url: linked.png}")
    outside = tmp_path / "secret.png"
    outside.write_bytes(saved(drawn(10, 10), "PNG"))
    (tmp_path / "issues/week/linked.png").symlink_to(outside)
    (one,) = issues.read_issue(config.load(tmp_path), "week").articles
    assert one.image.width is None
