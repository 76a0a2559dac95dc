"""Gathers articles into issues and renders each issue as feeds, mail, text and pages, with every author credited.

    gather -> compose -> render -> check -> publish

``gather`` makes Articles of files and addresses, ``compose`` makes Issues of Articles, ``render`` makes Editions of an
Issue, ``check`` reads the finished Editions back and reports Findings, ``publish`` writes the site that a web server
serves. ``load`` reads a Publication; ``sources``, ``inbox``, ``issues`` and ``ledger`` are what it keeps in files. What
passes between the stages are the nouns of ``model``. A program chains them as the command line does.

Each name below is imported when it is first asked for (PEP 562).
"""

# ruff: noqa: F403, F405, I001, RUF022 - the list below says what is public, by what it is
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dispatch import check, compose, config, fetch, formats, gather
    from dispatch import inbox, issues, ledger, locks, publish, render, review, sources, subscribers
    from dispatch.config import load
    from dispatch.errors import *
    from dispatch.model import *

__version__ = "0.1.0"

# fmt: off
__all__ = [
    "__version__",
    "check", "compose", "config", "fetch", "formats", "gather", "inbox", "issues", "ledger", "load", "locks",
    "publish", "render", "review", "sources", "subscribers",
    "CheckError", "ConfigError", "DeliveryError", "DispatchError", "GatherError", "IssueError", "LockedError",
    "RenderError", "ReviewError",
    "Arrival", "Article", "Author", "ButtondownSettings", "Colours", "Consent", "Contents", "Correction",
    "Credit", "Delivery", "DeliveryReport", "DeliverySettings", "Document", "Edition", "EmailSettings",
    "Enclosure", "Fault", "FeedSettings", "Finding", "Image", "ImageCopy", "ImageVariant", "Issue", "Link",
    "ListedPerson", "ListmonkSettings", "Notice", "OwnPage", "Page", "Person", "Place", "Publication", "Record",
    "RepublishSettings", "Round", "Section", "SiteSettings", "Source", "Sponsor", "SubscribeSettings",
    "Subscriber", "Suppression", "SyndicationSettings", "Terms", "Theme", "TopicNames", "Visit", "Withdrawal",
    "Witness",
]
# fmt: on


def __getattr__(name: str) -> object:
    """Import a noun, an error, a stage, a store or ``load``."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "load":
        return import_module("dispatch.config").load
    if name[0].islower():
        return import_module(f"dispatch.{name}")
    return getattr(import_module("dispatch.errors" if name.endswith("Error") else "dispatch.model"), name)


def __dir__() -> list[str]:
    """List the public names, those too that have not been imported yet."""
    return sorted({*globals(), *__all__})
