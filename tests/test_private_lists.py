"""A list of readers that git has is found before anybody pushes it."""

import subprocess
from pathlib import Path

import nouns
from commands import run_dispatch
from dispatch import config, issues


def test_check_finds_a_list_of_readers_in_git(tmp_path: Path) -> None:
    config.create_publication(tmp_path, title="The Wire", url="https://wire.example")
    issues.create_issue(config.load(tmp_path), nouns.issue(nouns.article(1), slug="bridges", title="Who pays"))
    addresses = [f"reader-{number}@paper.example" for number in range(25)]
    (tmp_path / "readers.csv").write_text("email\n" + "\n".join(addresses), "utf-8")
    (tmp_path / "desk.csv").write_text("email\n" + "\n".join(addresses[:20] * 3), "utf-8")
    assert "files.addresses" not in run_dispatch(tmp_path, "check", "bridges").stdout  # there is no git
    for words in (["init", "-q"], ["add", "desk.csv"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    assert "files.addresses" not in run_dispatch(tmp_path, "check", "bridges").stdout
    subprocess.run(["git", "add", "readers.csv"], cwd=tmp_path, check=True)
    found = run_dispatch(tmp_path, "check", "bridges", code=1).stdout
    assert "readers.csv" in found
    assert "It has 25 mail addresses, and is in git" in found
    assert "desk.csv" not in found
    with (tmp_path / "dispatch.toml").open("a", encoding="utf-8") as file:
        file.write('\n[check]\n"files.addresses" = { off = "A public register" }\n')
    run_dispatch(tmp_path, "check", "bridges")
