"""Addresses: what is absolute is never touched, what must be ASCII can be undone."""

import base64
import json
import re
import subprocess
from html import escape, unescape
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from addresses import PERSONAL, WEB
from dispatch import html, links
from dispatch.readers import fields
from patience import processor_seconds

BASE = "https://base.example/folder/page?q#f"


@pytest.mark.parametrize("address", PERSONAL.values(), ids=PERSONAL)
def test_an_absolute_address_is_itself(address: str) -> None:
    assert links.is_absolute(address)
    assert links.resolve_address(BASE, address) == links.resolve_address("", address) == address


@given(st.sampled_from(["http:", "https:", "mailto:", "tel:"]), st.text())
def test_whatever_stands_behind_a_scheme_is_not_touched(scheme: str, rest: str) -> None:
    assert links.resolve_address(BASE, scheme + rest) == scheme + rest


@pytest.mark.parametrize(
    ("written", "absolute"),
    [
        ("//host.example/a?x=1&y=2", "https://host.example/a?x=1&y=2"),
        ("/a", "https://base.example/a"),
        ("a", "https://base.example/folder/a"),
        ("../a", "https://base.example/a"),
        ("?x", "https://base.example/folder/page?x"),
        ("#x", "https://base.example/folder/page?q#x"),
    ],
)
def test_what_is_relative_is_joined(written: str, absolute: str) -> None:
    assert links.resolve_address(BASE, written) == absolute


def test_two_slashes_are_https_without_a_base_too() -> None:
    assert links.resolve_address("", "//host.example/") == "https://host.example/"
    assert links.resolve_address("http://base.example/", "//host.example/") == "https://host.example/"


def test_without_a_base_what_is_relative_stays_so() -> None:
    assert links.resolve_address("", "a/b") == "a/b"


@pytest.mark.parametrize("address", WEB.values(), ids=WEB)
def test_web_addresses_are_known(address: str) -> None:
    assert links.is_web_address(address)


@pytest.mark.parametrize(
    "address", ["", "mailto:a@b.example", "https://", "https:///a", "ftp://a", "javascript:x", "/a", "//a"]
)
def test_others_are_not_of_the_web(address: str) -> None:
    assert not links.is_web_address(address)


@pytest.mark.parametrize(
    "address", [*WEB.values(), "photo.jpg", "a b/ö.png", "./scan:2.jpg", "3:2.jpg", "/up/x.gif?a:b", "", "#x"], ids=str
)
def test_a_file_is_on_the_web_or_relative(address: str) -> None:
    assert links.is_file_address(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "javascript:alert(1)",
            "JAVASCRIPT:x",
            "file:///etc/passwd",
            "data:image/png;base64,AA",
            "blob:x",
            "ftp://a/b",
        ),
        *("mailto:a@b.example", "tel:1", "C:\\photo.jpg", "https://", "https:photo.jpg", "x-y+z.1:a"),
        *("java\nscript:x", "java\tscript:x", " javascript:x", "\x01javascript:x", "https://a.example/\nb", "a\rb"),
    ],
)
def test_no_file_has_another_scheme_or_hides_one(address: str) -> None:
    assert not links.is_file_address(address)


@given(st.text(st.sampled_from("jJa:v/\t\n\r\x00 \x0bscript.\\?#%&\u00a0é")))
def test_what_a_browser_makes_of_a_files_address_has_no_other_scheme(address: str) -> None:
    """It drops controls and spaces around it, and line breaks and tabs inside (URL Standard, section 4.4)."""
    if links.is_file_address(address):
        read = re.sub("[\t\n\r]", "", address.strip("".join(map(chr, range(33)))))
        assert re.match("[A-Za-z][A-Za-z0-9+.-]*:", read) is None or re.match("https?://", read, re.IGNORECASE)


@pytest.mark.parametrize("tracker", sorted(links.TRACKERS))
def test_a_tracker_is_known_by_its_host(tracker: str) -> None:
    host, slash, path = tracker.partition("/")
    for address in (f"https://{tracker}", f"http://A.b.{host.upper()}/{path}x?y=1", f"https://u@{host}.:80//{path}"):
        assert links.is_tracker(address)
    others = [f"https://x{host}/{path}", f"https://{host}.example/{path}", f"https://a.example/{tracker}"]
    others += [f"https://{host}/picture.png"] if slash else []
    assert not [address for address in others if links.is_tracker(address)]


@pytest.mark.parametrize("address", ["", "picture.png", "https://[", "data:image/png,x", "mailto:a@pixel.wp.com"])
def test_what_has_no_host_is_no_tracker(address: str) -> None:
    assert not links.is_tracker(address)


@given(st.text(st.characters(codec="utf-8")))
def test_the_ascii_form_is_ascii_and_can_be_undone(rest: str) -> None:
    address = "https://host.example/" + rest
    written = links.encode_ascii(address)
    assert written.isascii()
    assert not re.search(r"[\x00-\x20\"<>\[\\\]^`{|}\x7f]", written)
    path, query, more = re.split(r"([?#]|$)", address, maxsplit=1)
    followed = path.replace("\\", "/") + query + more
    assert unquote(written, errors="surrogateescape") == unquote(followed, errors="surrogateescape")
    assert links.encode_ascii(written) == written


HOSTS = (
    "bücher.example",
    "пример.example:8080",
    "straße.example",
    "日本。example",
    "[2001:db8::1]:80",
    "u:p@a.example",
)
SIGNS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
PARTS = st.text(SIGNS | st.sampled_from("[]{}|\\^`<>\"'%/?#&= é"), max_size=20)


@pytest.mark.needs("node")
@settings(max_examples=5)
@given(st.lists(st.tuples(st.sampled_from(HOSTS), PARTS), min_size=50, max_size=200))
def test_a_browser_asks_for_the_same(asked: list[tuple[str, str]]) -> None:
    """Judged by the URL Standard as Node has it; it leaves some signs as they are that no URI may have."""
    given_ = [f"https://{host}/{rest}".strip() for host, rest in asked]
    program = "console.log(JSON.stringify(JSON.parse(require('fs').readFileSync(0)).map(url => new URL(url).href)))"

    def follow(urls: list[str]) -> list[str]:
        ran = subprocess.run(["node", "-e", program], input=json.dumps(urls).encode(), capture_output=True, check=True)
        hrefs = (re.match(r"https://[^/]*", href) for href in json.loads(ran.stdout))
        no_uri = r"[\[\]{}|^`\"<>\\]"
        return [
            href[0] + re.sub(no_uri, lambda sign: quote(sign[0]), href.string[href.end() :]) for href in hrefs if href
        ]

    assert follow([links.encode_ascii(url) for url in given_]) == follow(given_)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://bücher.example:8080/straße", "https://xn--bcher-kva.example:8080/stra%C3%9Fe"),
        ("https://user:pä@bücher.example/", "https://user:p%C3%A4@xn--bcher-kva.example/"),
        ("https://a.example/%C3%9F/100%/ß", "https://a.example/%C3%9F/100%/%C3%9F"),
        ("https://a.example/a?x=1&copy=2#:~:text=a,b", "https://a.example/a?x=1&copy=2#:~:text=a,b"),
        ("https://日本.example/", "https://xn--wgv71a.example/"),
        ("http://[2001:db8::1]/ä", "http://[2001:db8::1]/%C3%A4"),
        ("http://[2001:db8::1]:8080/a[1]?b[]=1", "http://[2001:db8::1]:8080/a%5B1%5D?b%5B%5D=1"),
        ("https://a.example\\b\\c?d\\e", "https://a.example/b/c?d%5Ce"),
        ("mailto:ö@a.example", "mailto:%C3%B6@a.example"),
    ],
)
def test_in_ascii(address: str, written: str) -> None:
    assert links.encode_ascii(address) == written


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://User@Host.Example:80/a", "host.example"),
        ("mailto:a@b.example", ""),
        ("nothing", ""),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("http://[broken", ""),
    ],
)
def test_the_host(address: str, host: str) -> None:
    assert links.parse_host(address) == host


@given(st.text(max_size=80))
def test_nothing_breaks(text: str) -> None:
    for work in (links.is_absolute, links.is_web_address, links.parse_host, links.canonicalise_address):
        work(text)


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_what_is_canonical_stays_so(rest: str) -> None:
    once = links.canonicalise_address("https://www.host.example/" + rest)
    assert links.canonicalise_address(once) == once


SAME = "https://paper.example/story?a=1&b=2"


@pytest.mark.parametrize(
    "address",
    [
        SAME,
        "http://paper.example/story?a=1&b=2",
        "HTTPS://www.Paper.EXAMPLE:443/story?a=1&b=2",
        "http://paper.example.:80/story/?b=2&a=1",
        "https://m.paper.example/story?a=1&b=2",
        "https://mobile.paper.example/story?a=1&b=2",
        "https://amp.paper.example/story?a=1&b=2&amp=1",
        "https://paper.example/story/amp?a=1&b=2",
        "https://paper.example/story/amp/?a=1&b=2",
        "https://paper.example/story.amp.html?a=1&b=2&amp",
        "https://paper.example/story?a=1&b=2&outputType=amp",
        "https://www.google.com/amp/s/paper.example/story?a=1&b=2",
        "https://paper-example.cdn.ampproject.org/c/s/paper.example/story?a=1&b=2",
        "https://paper.example/story?utm_source=x&a=1&utm_medium=y&b=2&UTM_ID=z",
        "https://paper.example/story?a=1&fbclid=x&b=2&gclid=y&mc_cid=z&mc_eid=&msclkid=1&igshid=1&_hsenc=1",
        "https://paper.example/story?a=1&b=2#comments",
        "https://paper.example/story?a=1&b=2#:~:text=the%20tide",
        "https://paper.example/%73tory?a=%31&b=2",
        " https://paper.example/story?&a=1&&b=2 ",
    ],
)
def test_what_leads_to_the_same_article_is_one(address: str) -> None:
    assert links.canonicalise_address(address) == links.canonicalise_address(SAME)


TRACKING = """
utm_source utm_anything pk_campaign mtm_group matomo_x piwik_x hsa_cam at_medium at_campaign at_format at_link_id
at_custom1 at_ptr_name at_bbc_team fb_action_ids fb_action_types fb_ref fb_source fbclid gclid dclid msclkid yclid
ymcclid twclid ttclid gclsrc gbraid wbraid _openstat li_fat_id igshid igsh mc_cid mc_eid mkt_tok _hsenc _hsmi
hsCtaTracking vero_id vero_conv oly_enc_id oly_anon_id ref_src ref_url __twitter_impression wt.mc wt_mc wt.mc_id cmpid
guccounter guce_referrer guce_referrer_sig smid smtyp sr_share soc_src soc_trk trk trkCampaign spm s_kwcid _ga _gl
"""


@pytest.mark.parametrize("name", TRACKING.split())
def test_what_follows_readers_makes_no_difference(name: str) -> None:
    assert links.canonicalise_address(f"https://paper.example/story?a=1&{name}=x&b=2") == links.canonicalise_address(
        SAME
    )
    assert links.canonicalise_address(
        f"https://paper.example/story?{name.upper()}&a=1&b=2"
    ) == links.canonicalise_address(SAME)
    assert links.canonicalise_address(f"{SAME}&x{name}=x") != links.canonicalise_address(SAME)


@pytest.mark.parametrize(
    "variant", ["amp", "amp=", "amp=1", "amp=true", "output=amp", "outputType=amp", "source=rss", "source=rss1"]
)
def test_a_variant_of_a_page_is_the_page(variant: str) -> None:
    assert links.canonicalise_address(f"{SAME}&{variant}") == links.canonicalise_address(SAME)


@pytest.mark.parametrize("variant", ["amp=2", "amps=1", "output=json", "source=a", "campaign=1", "ref=1", "gclidx=1"])
def test_what_may_mean_another_page_stays(variant: str) -> None:
    assert links.canonicalise_address(f"{SAME}&{variant}") != links.canonicalise_address(SAME)


@pytest.mark.parametrize("label", ["www", "m", "mobile", "amp", "WWW", "www.m"])
def test_a_host_has_these_names_beside_its_own(label: str) -> None:
    assert links.canonicalise_address(SAME.replace("//", f"//{label}.")) == links.canonicalise_address(SAME)


@pytest.mark.parametrize(
    "address",
    [
        "https://paper.example/story?a=1",
        "https://paper.example/story?a=1&b=3",
        "https://paper.example/Story?a=1&b=2",
        "https://paper.example/story/2?a=1&b=2",
        "https://paper.example/amplifier?a=1&b=2",
        "https://paper.example:8080/story?a=1&b=2",
        "https://news.paper.example/story?a=1&b=2",
        "https://paper.example/story?a=1&b=2&amp=220",
        "https://paper.example/story?a=1&b=2#!/other",
        "https://paper.example/story%2Fa?a=1&b=2",
        "ftp://paper.example/story?a=1&b=2",
    ],
)
def test_what_leads_elsewhere_is_another(address: str) -> None:
    assert links.canonicalise_address(address) != links.canonicalise_address(SAME)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4/"),
        ("https://en.m.wikipedia.org/wiki/A", "https://en.wikipedia.org/wiki/A#History"),
        ("https://m.example/", "http://m.example"),
        ("https://[::1]:80/a", "http://[::1]/a"),
    ],
)
def test_hosts_in_all_their_forms(one: str, other: str) -> None:
    assert links.canonicalise_address(one) == links.canonicalise_address(other)


@pytest.mark.parametrize("address", ["mailto:a@b.example", "tag:a.example,2026:1", "", "/a?utm_source=x"])
def test_what_is_not_on_the_web_has_no_other_form(address: str) -> None:
    assert links.canonicalise_address(address) == address


@given(st.text("htps:/.?#=&%amMwW0aé@[]!~u_t", max_size=60))
def test_canonical_has_an_end(rest: str) -> None:
    once = links.canonicalise_address("http://" + rest)
    assert links.canonicalise_address(once) == once


@pytest.mark.parametrize("base", ["http://[", "https://[::1/a", "http://h.example]/"])
def test_a_base_that_is_no_address_changes_nothing(base: str) -> None:
    assert links.resolve_address(base, "a/b") == "a/b"


@pytest.mark.parametrize("url", WEB.values(), ids=WEB)
def test_an_address_of_the_web_may_stand_in_a_file(url: str) -> None:
    assert links.is_allowed(url)


@pytest.mark.parametrize(
    "url",
    ["", "x", "/a", "//h.example", "https://", "https:///a", "http://[", "http://:80/", "http://h.example/a\nb", "feed://h.example/",
     "javascript:x()", "data:,x", "file:///etc/passwd", "ftp://h.example/", "mailto:", "tel: 1"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_may_not(url: str) -> None:
    assert not links.is_allowed(url)


ARTICLE = "https://paper.example/a?x=1&y=%2F#:~:text=%C3%A4"
IN_QUERY = quote(ARTICLE, safe="")
IN_BASE64 = base64.urlsafe_b64encode(ARTICLE.encode()).decode()
HOSTS_IN_DISPUTE = [
    "bank.example%5C%40evil.example",
    "bank.example%40evil.example",
    "ada%3Apassword%40paper.example",
    "paper.example%20.evil.example",
    "paper.example%09evil.example",
    "paper%252Fexample",
]
IN_JSON = base64.urlsafe_b64encode(b'{"e":"%s","p":1}' % ARTICLE.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "redirect",
    [
        f"https://www.google.com/url?q={IN_QUERY}&sa=D&source=editors&ust=1764000000000000&usg=AOvVaw0",
        f"https://www.google.co.uk/url?rct=j&sa=t&url={IN_QUERY}&ct=ga&cd=CAIyHT",
        f"https://l.facebook.com/l.php?u={IN_QUERY}&h=AT0",
        f"https://l.instagram.com/?u={IN_QUERY}&e=AT0",
        f"https://eur01.safelinks.protection.outlook.com/?url={IN_QUERY}&data=05%7C01&reserved=0",
        f"https://nam12.safelinks.protection.outlook.com/ap/t-59584e83/?url={IN_QUERY}&data=05",
        f"https://www.youtube.com/redirect?event=video_description&q={IN_QUERY}&v=x",
        f"https://slack-redir.net/link?url={IN_QUERY}",
        f"https://vk.com/away.php?to={IN_QUERY}",
        f"https://www.linkedin.com/redir/redirect?url={IN_QUERY}&urlhash=x",
        f"https://out.reddit.com/t3_abc?url={IN_QUERY}&token=x",
        f"https://t.umblr.com/redirect?z={IN_QUERY}&t=x",
        f"https://duckduckgo.com/l/?uddg={IN_QUERY}&rut=x",
        f"https://medium.com/r/?url={IN_QUERY}",
        f"https://linkprotect.cudasvc.com/url?a={IN_QUERY}&c=E",
        f"https://steamcommunity.com/linkfilter/?url={IN_QUERY}",
        f"https://secure-web.cisco.com/1aBcD/{IN_QUERY}",
        f"https://abc.r.us-east-1.awstrack.me/L0/{IN_QUERY.replace('%3A', ':', 1)}/1/0100018-000/sig=376",
        f"https://tracking.letters.example/CL0/{IN_QUERY}/1/0100018-000/sig",
        f"https://click.convertkit-mail2.com/75u2/owhk/{IN_BASE64}",
        f"https://substack.com/redirect/2/{IN_JSON}.sig?",
        f"https://urldefense.proofpoint.com/v2/url?u={IN_QUERY.replace('%2F', '_').replace('%', '-')}&d=DwMF",
        f"https://urldefense.com/v3/__{ARTICLE}__;!!abc!def$",
    ],
)
def test_a_redirect_that_holds_its_address_is_undone(redirect: str) -> None:
    assert links.unwrap_redirect(redirect) == ARTICLE
    assert links.unwrap_redirect(f"https://www.google.com/url?q={quote(redirect, safe='')}&sa=D") == ARTICLE


@pytest.mark.parametrize(
    "address",
    [
        *PERSONAL.values(),
        ARTICLE,
        f"https://google.example/url?q={IN_QUERY}",
        f"https://www.google.com/search?q={IN_QUERY}",
        f"https://paper.example/url?url={IN_QUERY}",
        "https://web.archive.org/web/2020/https://paper.example/",
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/url?q=https%3A%2F%2F",
        "https://www.google.com/url?q=https%3A%2F%2Fpaper.example%2F%E4",
        "https://www.google.com/url?q=https%3A%2F%2Fpaper.example%2F%0A",
        # What Disqus writes behind it is a signature, and no part of the address.
        "https://disq.us/url?url=https%3A%2F%2Fpaper.example%2Fa%3AXs1gnature&cuid=1",
        # Programs would disagree about the host.
        *(f"https://www.google.com/url?q=https%3A%2F%2F{host}%2F" for host in HOSTS_IN_DISPUTE),
        "https://substack.com/redirect/0a1b2c3d?j=eyJ1IjoiMSJ9",
        "https://substack.com/redirect/2/eyJ",
        "https://click.convertkit-mail2.com/75u2/owhk/not-base64-at-all",
        "https://list-manage.com/track/click?u=1&id=2&e=3",
    ],
)
def test_any_other_address_stays_as_it_is(address: str) -> None:
    assert links.unwrap_redirect(address) == address


@given(st.sampled_from(["https://www.google.com/url?q=", "https://substack.com/redirect/2/", "https://"]), st.text())
def test_a_redirect_undone_is_an_address_that_files_may_hold(start: str, rest: str) -> None:
    undone = links.unwrap_redirect(start + rest)
    assert undone == start + rest or links.is_allowed(undone)
    assert links.unwrap_redirect(undone) == undone


def test_redirects_in_one_another_without_end_are_left_alone_at_once() -> None:
    endless = ("https://l.facebook.com/?u=" * 400)[: links.MOST_SIMPLIFIED - 20] + "https://x.example/"
    with processor_seconds(1):
        assert [links.unwrap_redirect(endless) for _ in range(50)] == [endless] * 50


def test_redirects_are_undone_in_texts_and_feeds() -> None:
    redirect = f"https://www.google.com/url?q={IN_QUERY}&sa=D"
    assert links_of(html.sanitise_html(f'<p><a href="{escape(redirect)}">a</a></p>')) == [ARTICLE]
    assert fields.read_address(f" {redirect}\n", "") == ARTICLE


def links_of(content: str) -> list[str]:
    return [unescape(address) for address in re.findall('href="([^"]*)"', content)]
