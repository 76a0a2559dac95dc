"""Gathers articles into issues and renders each issue as feeds, mail, text and pages, with every author credited.

    gather -> compose -> render -> check -> publish
                                         -> deliver

``gather`` makes Articles of files and addresses, ``compose`` makes Issues of Articles, ``render`` makes Editions of an
Issue, ``check`` reads the finished Editions back and reports Findings, ``publish`` puts them where a web server
serves them. What passes between the stages are the nouns of ``model``; the command line chains them.
"""

from importlib import import_module

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """The nouns and the errors, imported when they are first asked for (PEP 562)."""
    if name[:1].isupper():
        for room in ("model", "errors"):
            module = import_module(f"dispatch.{room}")
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module 'dispatch' has no attribute {name!r}")
