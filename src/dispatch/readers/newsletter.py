"""Read the HTML of a newsletter, as mail services send it: the article, without the frame that they put around it.

Substack, Ghost, Buttondown, beehiiv, Mailchimp, listmonk and others lay a message out in tables, above it how to see it
in a browser, below it how to unsubscribe. What the message says of itself stands in its first lines.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dispatch import html, identity, links
from dispatch.model import Article, Document, Fault, Source
from dispatch.readers import (
    charset,
    contacts,
    credit_lines,
    html_blocks,
    html_tree,
    mail_frame,
    metatags,
    opening,
    page,
    people,
)
from dispatch.readers.html_blocks import Block
from dispatch.text import fold_text

_LEAVING: Final = re.compile(r"unsubscri|opt[-_]?out|optout|preferences|\*\|UNSUB|action=disable", re.IGNORECASE)
_CODE: Final = re.compile(
    r" ?(?:\{\{[^{}\n]{1,200}\}\}|\{%[^{}%\n]{1,200}%\}|\*\|[A-Z_:]{1,60}\|\*|%%[a-z_]{2,40}%%|%[a-z]+\.[a-z_]+%)"
)
_UNSEEN: Final = (
    "[style*='display:none'], [style*='display: none'], [style*='mso-hide:all'], [style*='max-height:0'], [hidden], "
    "[style*='visibility:hidden'], .preheader, .preview, .mcnPreviewText, .screen-reader-text"
)
_AROUND: Final = (
    "script, style, noscript, button, .feedback-button-container, .feedback-buttons, .subscription-widget-wrap, "
    ".subscription-widget, .captioned-button-wrap, .button-wrapper, .subscribe-widget, .post-ufi, "
    ".email-ufi-2-bottom, .mcnFollowBlock, .mcnShareBlock, .mceFooterSection, .mceSocialFollowBlock, #templateFooter, "
    "#templatePreheader, .templateFooter, .templatePreheader, #canspamBarWrapper, #monkeyRewards, #awesomewrap, "
    ".gmail_signature, .moz-signature, #Signature, .latest-posts, .comment-cta, [data-testid=subscribe], "
    "[href*='facebook.com/sharer'], [href*='twitter.com/intent'], [href*='x.com/intent'], [href*='linkedin.com/share'],"
    " [title=Share], [href*='threads.net/intent'], [href^='https://api.whatsapp.com'], [href^='https://t.me/share']"
)
_MARK: Final = re.compile(
    r"mcnTextContent|mceText|class=\"?(?:post-content|email-body|email-content|body-wrap|gmail_quote)|substackcdn|beehiiv"
    r"|buttondown|listmonk|kit-mail|mailerlite|campaign-archive|list-manage|mso-table-lspace|x-apple-data-detectors",
    re.IGNORECASE,
)
# A redirect that does not say where it leads is nobody's address.
_OPAQUE: Final = re.compile(
    r"https?://(?:[^/?#]*(?:list-manage|mandrillapp|sendgrid|mailgun|awstrack|convertkit-mail|mlsend|sibforms|hubspotlinks)"
    r"[^/?#]*|(?:click|track|email|links?|e|t)\.[^/?#]+)/|https?://[^?#]*/(?:redirect|track|ls/click|ss/c|c/eJ|app-link)\b",
    re.IGNORECASE,
)
# Where services show the mail of all their papers.
_SERVICE: Final = re.compile(
    r"https?://(?:[^/?#]*\.)?(?:mailchi\.mp|campaign-archive\d*\.com|buttondown\.(?:com|email)|createsend\d*\.com|open\.substack\.com"
    r"|preview\.mailerlite\.[a-z]+|mailerlite\.com|sendy\.[^/]+|tinyletter\.com|medium\.com)(?:/|$)",
    re.IGNORECASE,
)
# What mail programs put round the message that is answered, or above it.
_QUOTED: Final = (
    ".gmail_quote, .yahoo_quoted, .protonmail_quote, .zmail_extra, #OLK_SRC_BODY_SECTION, blockquote[type=cite]"
)
_QUOTED_BELOW: Final = "#divRplyFwdMsg, #appendonsend, .moz-cite-prefix"
_LEAST_OWN: Final = 15  # words of a text above it; fewer are a note
_MOST_HEADS: Final = 12
_ALT: Final = re.compile(r"<img[^<>]*\salt=\"[^\"]")
_MOST_ABOVE: Final = 500  # blocks above a message that was forwarded
_MOST_LEAVING: Final = 50  # links at the end of a message
_LONGEST_FRAME: Final = 400
_LONGEST_FOOTER: Final = 1_500


def accepts(document: Document) -> bool:
    """Whether it is HTML of a message: it says how to leave, and has no metadata of an article on the web."""
    if not page.accepts(document):
        return False
    text = charset.decode_document(document)
    is_page = re.search(r"application/ld\+json|article:published_time|og:type|rel=[\"']?canonical", text)
    return not is_page and bool(_MARK.search(text) or "<table" in text) and bool(mail_frame.has_footer(text))


def read(document: Document, _faults: list[Fault] | None = None) -> list[Article]:
    """Read the one article of a newsletter. Raises GatherError as ``html_tree.parse_page`` and sanitising do."""
    tree = html_tree.parse_page(document)
    article = read_letter(tree, Article(certainty="unknown"), document.url)
    return [article] if article.title or article.content else []


def read_letter(tree: LexborHTMLParser, given: Article, base: str, *, is_reply: bool = False) -> Article:
    """Read the HTML of a message over what its headers say: title, day, sender, source, address. The tree is used up.

    is_reply: it answers another message, and what it quotes below its own text is none of it.
    The sender is believed to be the author only where nobody else is named, and never with certainty.
    """
    root, body = tree.root, tree.body
    if root is None or body is None:
        return given
    head = metatags.read_head(root, base)
    found = list(_list_links(body))
    preheader = " ".join(html_tree.find_first_text(root, _UNSEEN).translate(html_tree.PADDING).split())
    html_tree.remove_all(root, f"{_UNSEEN}, {_AROUND}")
    named = _CODE.sub("", head.title or html_tree.find_first_text(root, "title")).strip()
    _remove_footers(body)
    _remove_quotation(body, is_reply=is_reply)
    given, blocks = _take_forward(given, _cut_quotation(html_blocks.split_blocks(body)), is_reply=is_reply)
    article = replace(given, url=given.url or head.url, language=given.language or head.language, authors=(), dek="")
    senders = {fold_text(sender.name) for sender in given.authors}
    article, blocks = opening.take_opening(article, _trim_frame(blocks), senders)
    blocks = _trim_end(html_blocks.strip_contacts(_trim_frame(blocks)), article)
    article = replace(article, title=article.title or named)
    article = replace(article, url=article.url or _choose_link(found, article.title))
    content = html.sanitise_html(_CODE.sub("", html_blocks.join_blocks(blocks)), base)
    start = fold_text(preheader[:40].rstrip("…. "))
    is_told = mail_frame.is_frame_line(preheader) or any(
        fold_text(text).startswith(start) for text in (html.to_plain_text(content), article.dek, article.title)
    )
    return credit_sender(replace(article, content=content, summary="" if is_told else preheader), given)


def _list_links(body: LexborNode) -> Iterator[tuple[str, str]]:
    """List the words and the address of each link that leads to a page."""
    for link in body.css("a[href]"):
        url = links.unwrap_redirect(html_tree.get_address(link, ""))
        if links.is_web_address(url) and not _OPAQUE.match(url):
            yield html_tree.get_text(link), url


def _choose_link(found: list[tuple[str, str]], title: str) -> str:
    """Choose the address of the article: the one behind its title, else behind “View in browser”."""
    named = [url for words, url in found if fold_text(words) == fold_text(title)]
    shown = [url for words, url in found if len(words) < 80 and mail_frame.leads_to_browser(words)]
    return next(iter(named + shown), "")


def _remove_footers(body: LexborNode) -> None:
    """Remove what stands around the links with which a reader leaves: all that is short beside the whole message."""
    whole = len(html_tree.get_text(body))
    for link in body.css("a")[-_MOST_LEAVING:]:
        words, href = html_tree.get_text(link)[:100], html_tree.get_attribute(link, "href")
        if link.parent is None or not (mail_frame.has_footer(words) or _LEAVING.search(href)):
            continue
        chosen = link
        for outer in html_tree.find_ancestors(link, body):
            length = len(html_tree.get_text(outer))
            if length > min(_LONGEST_FOOTER, whole // 2) or outer.css_first("h1, h2, [class*=content]") is not None:
                break
            chosen = outer
        chosen.decompose()


def _trim_frame(blocks: list[Block]) -> list[Block]:
    """Trim lines of the frame off both ends, and buttons within."""
    first, last = 0, len(blocks)
    while first < last and _is_frame(blocks[first]):
        first += 1
    while first < last and (_is_frame(blocks[last - 1]) or blocks[last - 1].tag == "hr"):
        last -= 1
    return [block for block in blocks[first:last] if not opening.is_furniture(block.text)]


def _trim_end(blocks: list[Block], article: Article) -> list[Block]:
    """Trim off the end a signature, and pictures that nobody described: those that count, or stand below the frame."""
    names = {fold_text(author.name) for author in article.authors}
    while blocks and (
        not (re.search(r"\w", blocks[-1].text) or _ALT.search(blocks[-1].html))
        or (len(blocks[-1].text) < 120 and fold_text(html_blocks.split_lines(blocks[-1])[0]) in names)
    ):
        blocks = blocks[:-1]
    return blocks


def _is_frame(block: Block) -> bool:
    text = block.text
    if not text:
        return all(links.is_tracker(url) for url in html.find_image_addresses(block.html)) and block.tag != "hr"
    is_short = len(text) <= _LONGEST_FRAME and block.tag != "blockquote"
    return is_short and mail_frame.is_frame_line(text)


def credit_sender(article: Article, given: Article) -> Article:
    """Settle who wrote it between the byline and the sender, who is the house where somebody else is named."""
    house = given.source.title or article.source.title
    authors = [author for author in article.authors if not identity.is_same_name(author.name, house)]
    senders = [author for author in given.authors if not identity.is_same_name(author.name, house)]
    origin = re.match(r"https?://[^/?#]+", article.url)
    is_service = bool(_SERVICE.match(article.url))
    is_named = bool(authors)
    alike = {one: other.email for one in authors for other in senders if people.are_names_alike(one.name, other.name)}
    agrees = bool(alike)
    if not house and is_named and not agrees and senders and not senders[0].name.startswith(identity.MAILBOX):
        house = senders[0].name
        if is_own := [one.name for one in authors if fold_text(house).startswith(f"{fold_text(one.name)} ")]:
            house = house[len(is_own[0]) :].strip().partition(" ")[2]  # “Chiara Neri da Lento”
            agrees = True
    return replace(
        article,
        authors=tuple(replace(one, email=one.email or alike.get(one, "")) for one in authors or senders),
        certainty="certain" if agrees else article.certainty if is_named else "unknown",
        source=Source(
            title=house or (links.parse_host(article.url).removeprefix("www.") if origin and not is_service else ""),
            url=article.source.url or (origin[0] if origin and not is_service else ""),
        ),
    )


def _remove_quotation(body: LexborNode, *, is_reply: bool) -> None:
    """Remove the message that this one answers, as mail programs mark it, where it has a text of its own above it."""
    above, quoted = 0, {node.mem_id for node in body.css(f"{_QUOTED}, {_QUOTED_BELOW}")}
    quote = None
    for node in body.traverse(include_text=True):
        if node.mem_id in quoted:
            quote = node
            break
        above += len((node.text_content or "").split()) if node.tag == "-text" else 0
    if quote is None or above < _LEAST_OWN:
        return
    below = [quote]
    while quote.css_matches(_QUOTED_BELOW) and (following := below[-1].next) is not None:
        below.append(following)
    heads = [block for node in below[:_MOST_HEADS] for block in html_blocks.split_blocks(node)[:_MOST_HEADS]]
    is_forward = any({"sender", "subject"} <= _read_headers(block).keys() for block in heads)
    if is_reply or not is_forward:
        for node in below:
            node.decompose()


def _cut_quotation(blocks: list[Block]) -> list[Block]:
    """Cut off a message that is quoted below a text in a way that only words mark; and the words above one."""
    for number, (block, following) in enumerate(pairwise(blocks)):
        is_open = following.tag == "blockquote" and mail_frame.starts_quotation(block.text)
        if block.text and is_open and _count_words(blocks[:number]) >= _LEAST_OWN:
            return blocks[:number]
    is_headed = len(blocks) > 1 and blocks[-1].text and mail_frame.starts_quotation(blocks[-1].text)
    return blocks[:-1] if is_headed else blocks


def _take_forward(
    given: Article, blocks: list[Block], most: int = 5, *, is_reply: bool = False
) -> tuple[Article, list[Block]]:
    """Take a message that was forwarded within this one: what its headers say, and its blocks.

    What stands above it is a colleague's note. Where that is the longer part, it is the article, and what follows is
    what it answers.
    """
    for number in range(min(len(blocks), _MOST_ABOVE) if most else 0):
        headers: dict[str, str] = {}
        end = number
        while end < len(blocks) and (found := _read_headers(blocks[end])):
            headers = found | headers
            end += 1
        if not {"sender", "subject"} <= headers.keys():
            continue
        above = _count_words(blocks[:number])
        if above > _count_words(blocks[end:]) or (is_reply and above >= _LEAST_OWN):
            return given, _cut_quotation(blocks[:number])
        inner = Article(
            title=mail_frame.strip_subject(headers["subject"]),
            authors=contacts.make_sender(
                mail_frame.clean_sender(headers["sender"]), mail_frame.parse_sender_mailbox(headers["sender"])
            ),
            published=credit_lines.parse_day(headers.get("day", "")),
            certainty="unknown",
        )
        return _take_forward(inner, blocks[end:], most - 1)
    return given, blocks


def _read_headers(block: Block) -> dict[str, str]:
    """Read a block as headers; nothing when most of its lines are none."""
    found = [mail_frame.parse_header_line(line) for line in html_blocks.split_lines(block)]
    headers = [header for header in found if header]
    return dict(reversed(headers)) if len(headers) * 2 >= len(found) else {}


def _count_words(blocks: list[Block]) -> int:
    return sum(len(block.text.split()) for block in blocks)
