"""What W3C's feed validator says of the feeds, warnings included, where its module ``feedvalidator`` is installed.

It is in no registry: put ``src`` of a checkout of its repository on PYTHONPATH, with html5lib, lxml and rdflib.
"""

from importlib import import_module
from importlib.util import find_spec
from xml.etree import ElementTree

import pytest

from judges.test_grammars import edition, every_case

# RFC 6721 is younger than the validator; two entries that were corrected at one moment keep the true second; and
# some headlines are about markup.
KNOWN = {"UnknownNamespace", "DuplicateUpdated", "ContainsHTML", "ContainsUndeclaredHTML"}


@pytest.mark.skipif(find_spec("feedvalidator") is None, reason="W3C's feedvalidator is not installed")
@pytest.mark.parametrize("format", ["rss", "atom"])
@every_case
def test_w3c_finds_nothing(case: str, format: str) -> None:  # noqa: A002
    octets = edition(case, format)
    links = (one for one in ElementTree.fromstring(octets).iter() if one.get("rel") == "self")
    judge = import_module("feedvalidator")
    events = judge.validateString(octets, firstOccurrenceOnly=0, base=next(links).get("href"))["loggedEvents"]
    kinds = [{one.__name__ for one in type(event).__mro__} for event in events]
    assert [names for names in kinds if names & {"Error", "Warning"} and not names & KNOWN] == []
