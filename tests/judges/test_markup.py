"""Judges of markup and of mail: html-validate, MJML's own strict validation, SpamAssassin."""

import json
import re
import subprocess
from pathlib import Path

import pytest

import nouns
import sites
from dispatch import templates
from dispatch.formats.template_context import TemplateContext
from judges.cases import CASES

MODULES = nouns.ROOT / "tests" / "node_modules"

# Tables that lay out a mail have attributes that pages have outgrown, and MJML's pictures are high as they need to be.
NOISE = {"no-deprecated-attr", "prefer-native-element"}


@pytest.mark.needs("node", "npm:html-validate")
def test_html_validate_finds_nothing(tmp_path: Path) -> None:
    for case, made in CASES.items():
        issue, publication = made()
        for format in nouns.PAGES:  # noqa: A001
            (tmp_path / f"{case}-{format}.html").write_bytes(nouns.body(format, issue, publication))
    assert complaints(tmp_path) == []


@pytest.mark.needs("node", "npm:html-validate")
def test_html_validate_finds_nothing_on_the_whole_site(tmp_path: Path) -> None:
    for path, octets in sites.files(sites.weeks(), sites.publication()).items():
        if path.endswith(".html"):
            (tmp_path / path.replace("/", "-")).write_bytes(octets)
    assert complaints(tmp_path) == []


def complaints(folder: Path) -> list[str]:
    """What html-validate says of the pages in a folder, but for the noise."""
    rules = {"extends": ["html-validate:standard", "html-validate:a11y"], "root": True}
    (folder / ".htmlvalidate.json").write_text(json.dumps(rules))
    with (folder / "found.json").open("w") as found:
        subprocess.run(
            ["node", str(MODULES / "html-validate" / "bin" / "html-validate.mjs"), "-f", "json", str(folder)],
            stdout=found,
            cwd=folder,
            check=False,
        )
    results = json.loads((folder / "found.json").read_text())
    assert results is not None
    return [
        f"{Path(result['filePath']).name}: {message['ruleId']}: {message['message']}"
        for result in results
        for message in result["messages"]
        if not ("email" in result["filePath"] and message["ruleId"] in NOISE)
        and message["message"] != 'Attribute "height" has invalid value "auto"'
    ]


@pytest.mark.needs("node", "npm:html-validate")
def test_html_validate_is_awake(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text(
        "<!doctype html><html lang=en><head><title>x</title></head><body><p><div></p></div>"
    )
    ran = subprocess.run(
        ["node", str(MODULES / "html-validate" / "bin" / "html-validate.mjs"), "--preset", "standard", "bad.html"],
        capture_output=True,
        cwd=tmp_path,
        check=False,
    )
    assert ran.returncode == 1


STRICT = """
const mjml = require(process.argv[1]);
const text = require('fs').readFileSync(0, 'utf8');
(async () => {
  const made = await mjml(text, {validationLevel: 'soft'});
  console.log(JSON.stringify(made.errors.map(error => error.formattedMessage)));
})();
"""


def complaints_of_mjml(text: str) -> list[str]:
    ran = subprocess.run(
        ["node", "-e", STRICT, str(MODULES / "mjml")], input=text, capture_output=True, text=True, check=True
    )
    found = json.loads(ran.stdout)
    assert isinstance(found, list)
    return found


@pytest.mark.needs("node", "npm:mjml")
@pytest.mark.parametrize("case", ["sample", "arabic", "hostile", "nothing-known", "look-signal", "look-plain"])
def test_mjml_itself_accepts_the_skeleton(case: str) -> None:
    issue, publication = CASES[case]()
    skeleton = templates.compile_templates(publication.templates).render_skeleton(
        "email.mjml", {"framed": False, **TemplateContext(issue, publication).template_values}
    )
    assert complaints_of_mjml(skeleton.text) == []


@pytest.mark.needs("node", "npm:mjml")
def test_mjml_is_awake() -> None:
    assert complaints_of_mjml("<mjml><mj-body><mj-section nothing='x'><mj-foo /></mj-section></mj-body></mjml>")


@pytest.mark.needs("spamassassin")
@pytest.mark.parametrize("case", ["sample", "plain", "arabic", "hindi", "many-authors", "nothing-known"])
def test_spamassassin_finds_nothing(case: str, tmp_path: Path) -> None:
    issue, publication = CASES[case]()
    assert score_mail(nouns.body("eml", issue, publication), tmp_path) == []


def score_mail(octets: bytes, tmp_path: Path) -> list[tuple[float, str]]:
    """What SpamAssassin has against a mail."""
    ran = subprocess.run(
        ["spamassassin", "--local", "--test-mode", "--prefspath", str(tmp_path / "prefs")],
        input=octets,
        capture_output=True,
        check=True,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )
    _, _, report = ran.stdout.decode().partition("Content analysis details:")
    scored = [(float(points), rule) for points, rule in re.findall(r"^ *(-?[\d.]+) ([A-Z]\w+) ", report, re.MULTILINE)]
    assert scored, report
    return [(points, rule) for points, rule in scored if points > 0]
