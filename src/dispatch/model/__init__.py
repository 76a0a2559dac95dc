"""The nouns: what passes between the stages.

Frozen, keyword-only, without behaviour beyond what can be derived from their own fields. The text beside each
field is its documentation; the JSON Schemas and the reference of files are made from it (see ``tables.py``).

articles.py     Author, Credit, Source, Image, Enclosure, Correction, Withdrawal, Article
issue.py        Section, Contents, Issue
places.py       Place, Fault
page.py         Link, Page
pictures.py     Copy, Variant
publication.py  Mailing, Policy, Feeds, Site, Colours, Theme, Publication
results.py      Edition, Finding, Record, Arrival, Visit, Document
marks.py        what an annotation says of a field's form in files
"""

from dispatch.model.articles import (
    Article,
    Author,
    Certainty,
    Correction,
    Credit,
    Enclosure,
    Image,
    Mended,
    Source,
    Syndicate,
    Withdrawal,
)
from dispatch.model.issue import Contents, Issue, Section, Status
from dispatch.model.marks import Address, Key, Url
from dispatch.model.page import Link, Page, PageKind
from dispatch.model.pictures import Copy, Variant
from dispatch.model.places import Fault, Half, Place, Reason
from dispatch.model.publication import DARK, LIGHT, Colours, Feeds, Mailing, Policy, Publication, Site, Theme
from dispatch.model.results import (
    Arrival,
    Document,
    Edition,
    Finding,
    FindingValue,
    Kind,
    Record,
    Severity,
    Subject,
    Visit,
)

__all__ = [
    "DARK",
    "LIGHT",
    "Address",
    "Arrival",
    "Article",
    "Author",
    "Certainty",
    "Colours",
    "Contents",
    "Copy",
    "Correction",
    "Credit",
    "Document",
    "Edition",
    "Enclosure",
    "Fault",
    "Feeds",
    "Finding",
    "FindingValue",
    "Half",
    "Image",
    "Issue",
    "Key",
    "Kind",
    "Link",
    "Mailing",
    "Mended",
    "Page",
    "PageKind",
    "Place",
    "Policy",
    "Publication",
    "Reason",
    "Record",
    "Section",
    "Severity",
    "Site",
    "Source",
    "Status",
    "Subject",
    "Syndicate",
    "Theme",
    "Url",
    "Variant",
    "Visit",
    "Withdrawal",
]
