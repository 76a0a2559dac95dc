"""Findings as text: for people, for programs, for GitHub's annotations, for a pull request's comment. Pure.

This is the one room where a fact becomes a sentence. Sentences can be reworded here, in ``messages.toml``, and nothing
else changes: no other module builds or reads them.

sentences.py    one finding's message and hint, from its rule's row in messages.toml and its values
styles.py       many findings, in each style
"""

from dispatch.report.sentences import shorten, write_hint, write_message
from dispatch.report.styles import STYLES, Style, as_data, report

__all__ = ["STYLES", "Style", "as_data", "report", "shorten", "write_hint", "write_message"]
