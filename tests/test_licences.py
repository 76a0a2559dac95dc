"""Licences are known by what people and machines call them, and what is not known is shown as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.licences import Licence, find_licence

BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"


@pytest.mark.parametrize(
    "text",
    [
        "CC-BY-SA-4.0",
        "CC BY-SA 4.0",
        "cc by sa 4.0",
        "CC_BY_SA_4.0",
        "CC-BY-SA 4.0 International",
        "Creative Commons Attribution-ShareAlike 4.0 International",
        "Creative Commons Attribution Share Alike 4.0 International (CC BY-SA 4.0)",
        "Creative Commons Attribution-ShareAlike 4.0 International License",
        BY_SA,
    ],
)
def test_one_licence_has_many_spellings(text: str) -> None:
    assert find_licence(text) == Licence(name="CC BY-SA 4.0", url=BY_SA, may_republish=True)


@pytest.mark.parametrize(
    ("text", "name", "url"),
    [
        ("CC-BY-ND-4.0", "CC BY-ND 4.0", "https://creativecommons.org/licenses/by-nd/4.0/"),
        ("CC BY-ND-NC 3.0", "CC BY-NC-ND 3.0", "https://creativecommons.org/licenses/by-nc-nd/3.0/"),
        (
            "https://creativecommons.org/licenses/by-nc-nd/4.0/deed.fr",
            "CC BY-NC-ND 4.0",
            "https://creativecommons.org/licenses/by-nc-nd/4.0/deed.fr",
        ),
    ],
)
def test_some_allow_no_derivatives(text: str, name: str, url: str) -> None:
    assert find_licence(text) == Licence(name=name, url=url, may_republish=True, no_derivatives=True)


@pytest.mark.parametrize(
    ("text", "name", "url"),
    [
        ("CC-BY-SA-3.0-DE", "CC BY-SA 3.0 DE", "https://creativecommons.org/licenses/by-sa/3.0/de/"),
        (
            "http://creativecommons.org/licenses/by/2.0/uk/",
            "CC BY 2.0 UK",
            "http://creativecommons.org/licenses/by/2.0/uk/",
        ),
        ("CC BY", "CC BY", ""),
        ("CC0-1.0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        ("CC0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
        (
            "https://creativecommons.org/publicdomain/mark/1.0/deed.de",
            "Public Domain Mark 1.0",
            "https://creativecommons.org/publicdomain/mark/1.0/deed.de",
        ),
        ("Public Domain", "Public domain", ""),
        ("GFDL-1.3", "GFDL 1.3", "https://www.gnu.org/licenses/fdl-1.3.html"),
        (
            "Open Government Licence v3.0",
            "Open Government Licence 3.0",
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        ),
        ("https://www.govdata.de/dl-de/by-2-0/", "dl-de/by-2-0", "https://www.govdata.de/dl-de/by-2-0/"),
    ],
)
def test_other_licences_allow_to_publish_again(text: str, name: str, url: str) -> None:
    assert find_licence(text) == Licence(name=name, url=url, may_republish=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "All rights reserved",
        "© The Paper",
        "CC BY-ND-SA 4.0",
        "CC BY 4.0 DE",
        "free for non-profits",
        "CC BY 4.0 + X",
        "CC BY 4.0+",
    ],
)
def test_what_is_not_known_is_named_as_given_and_allows_nothing(text: str) -> None:
    assert find_licence(text) == Licence(name=text)


@pytest.mark.parametrize(
    "url",
    ["https://paper.example/terms", "https://creativecommons.org/licenses/by-x/4.0/", "https://creativecommons.org/"],
)
def test_an_address_that_is_not_known_leads_where_it_says(url: str) -> None:
    assert find_licence(url) == Licence(name=url, url=url)


@given(st.text() | st.from_regex(r"https?://(www\.)?creativecommons\.org/.*"))
def test_any_text_is_some_licence(text: str) -> None:
    found = find_licence(text)
    assert found.name or not text
    assert found.may_republish or not found.no_derivatives
