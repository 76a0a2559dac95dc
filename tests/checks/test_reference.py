"""The reference of checks has a section for every rule, and none for a rule that there is not."""

import re

import nouns
from dispatch.checks import RULES

REFERENCE = (nouns.ROOT / "docs" / "reference" / "checks.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", REFERENCE, re.MULTILINE | re.DOTALL))


def test_every_rule_has_its_section() -> None:
    assert sorted(SECTIONS) == sorted(RULES)
    assert len(re.findall(r"^### ", REFERENCE, re.MULTILINE)) == len(RULES)


def test_every_section_says_what_why_and_how_to_mend_it() -> None:
    for name, rule in RULES.items():
        what, why, mend = SECTIONS[name].strip().split("\n\n")
        assert what == f"*{rule.severity}* · {rule.line}."
        assert why.endswith(".")
        assert mend.startswith("To fix it: ")
