"""Bytes from a path, from standard input or from an address: the only HTTP client.

An address is foreign, and so is everything that it leads to: http and https only, no private network unless allowed,
every redirect checked like the address itself, the checked address connected to (so that a second answer of the name
server changes nothing), and all of it bounded in size and time.
"""

import asyncio
import ipaddress
import re
import socket
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx

from dispatch import links
from dispatch.errors import GatherError
from dispatch.model import Document

MOST_BYTES: Final = 15 * 1024 * 1024
MOST_SECONDS: Final = 30.0
MOST_REDIRECTS: Final = 5

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = (
    "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5"
)
_BY_EXTENSION = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".rdf": "application/rdf+xml",
    ".xml": "application/xml",
    ".json": "application/json",
}
# IPv6 addresses with an IPv4 address inside, and how far its bits are shifted (RFC 4291, 6052, 3056).
_WITH_IPV4_INSIDE = (
    (ipaddress.IPv6Network("::/96"), 0),
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
)
_UNICAST = ipaddress.IPv6Network("2000::/3")


def document(
    location: str,
    *,
    user_agent: str,
    allow_private: bool = False,
    stdin: bytes | None = None,
    seconds: float = MOST_SECONDS,
) -> Document:
    """What is found at a path, at an http or https address, or, for ``-``, what was read from standard input.

    Raises GatherError when nothing comes, or more than 15 MiB, or not within ``seconds``. ``allow_private`` lets
    addresses lead into one's own network.
    """
    if location == "-":
        return Document(url="", media_type="", charset="", body=_bounded(stdin or b""), name="standard input")
    if links.is_web(location):
        return asyncio.run(_get(location, user_agent, allow_private=allow_private, seconds=seconds))
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:(?://)?", location) and not Path(location).exists():
        raise GatherError("only http and https addresses can be fetched", subject=location)
    return _file(location)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, whatever stands inside of it."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not ip.is_multicast
    for network, shift in _WITH_IPV4_INSIDE:
        if ip in network:
            return is_public(str(ipaddress.IPv4Address(int(ip) >> shift & 0xFFFFFFFF)))
    return ip in _UNICAST and ip.is_global


def _file(location: str) -> Document:
    path = Path(location)
    try:
        with path.open("rb") as file:
            body = _bounded(file.read(MOST_BYTES + 1))
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        hint = "For an address, write https:// in front." if re.match(r"[\w-]+\.[\w.-]+(/|$)", location) else ""
        raise GatherError(reason, subject=location, hint=hint) from error
    return Document(url="", media_type=_BY_EXTENSION.get(path.suffix.lower(), ""), charset="", body=body, name=location)


def _bounded(body: bytes) -> bytes:
    _refuse_more(len(body))
    return body


def _refuse_more(size: int) -> None:
    if size > MOST_BYTES:
        raise GatherError("this is larger than 15 MiB", hint="Is it the right one? A part of it can be added alone.")


async def _get(location: str, user_agent: str, *, allow_private: bool, seconds: float) -> Document:
    headers = {"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip"}
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(headers=headers, timeout=seconds, trust_env=False, follow_redirects=False) as client,
        ):
            return await _follow(client, location, allow_private=allow_private)
    except GatherError as error:
        raise GatherError(error.message, subject=location, hint=error.hint) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise GatherError(
            f"no complete answer within {seconds:g} seconds", subject=location, hint="Try again later."
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise GatherError(str(error) or type(error).__name__, subject=location) from error


async def _follow(client: httpx.AsyncClient, location: str, *, allow_private: bool) -> Document:
    url = location
    for _hop in range(MOST_REDIRECTS + 1):
        response = await _request(client, url, allow_private=allow_private)
        try:
            if response.status_code not in _REDIRECTS or "location" not in response.headers:
                return await _received(response, url, location)
            url = links.resolve(url, _as_text(response.headers["location"]))
        finally:
            await response.aclose()
        if not links.is_web(url):
            raise GatherError(f"it redirects to {url}, which is neither http nor https")
    raise GatherError(
        f"more than {MOST_REDIRECTS} redirects", hint="Open it in a browser and add the address that it ends at."
    )


def _as_text(header: str) -> str:
    """A header's value as UTF-8, which is what servers mean by bytes beyond ASCII."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


async def _request(client: httpx.AsyncClient, url: str, *, allow_private: bool) -> httpx.Response:
    """The answer of the first of the host's addresses that can be reached, after all of them were checked."""
    parsed = httpx.URL(url)
    host = parsed.raw_host.decode("ascii")
    addresses = await _addresses(host, parsed.port or (443 if parsed.scheme == "https" else 80))
    private = [] if allow_private else [address for address in addresses if not is_public(address)]
    if private:
        raise GatherError(
            f"{host} is an address of a private network ({private[0]})",
            hint="If that network is your own, add --allow-private.",
        )
    for address in addresses:
        request = client.build_request(
            "GET",
            parsed.copy_with(host=address),
            headers={"Host": parsed.netloc.decode("ascii")},
            extensions={"sni_hostname": host},
        )
        try:
            return await client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if address == addresses[-1]:
                raise
    raise GatherError(f"{host} has no address")


async def _addresses(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise GatherError(f"no host is known by the name {host}", hint="Check the address.") from error
    return list(dict.fromkeys(str(sockaddr[0]) for *_rest, sockaddr in found))


async def _received(response: httpx.Response, url: str, location: str) -> Document:
    if response.status_code != 200:
        raise GatherError(
            f"the server answered {response.status_code} {response.reason_phrase}".strip(),
            hint="Check the address, or save the page and add the file with --url.",
        )
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        chunks = response.aiter_raw()
    elif encoding in {"gzip", "x-gzip"}:
        chunks = _inflate(response.aiter_raw())
    else:
        raise GatherError(f"the server sent it compressed as {encoding!r}, which was not asked for")
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        _refuse_more(len(body))
    return Document(
        url=url,
        media_type=response.headers.get("content-type", "").partition(";")[0].strip().lower(),
        charset=response.charset_encoding or "",
        body=bytes(body),
        name=location,
    )


async def _inflate(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Gzip (RFC 1952), never more than a piece at a time in memory, and whole."""
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        async for chunk in chunks:
            while chunk and not inflater.eof:
                yield inflater.decompress(chunk, 1 << 20)
                chunk = inflater.unconsumed_tail
    except zlib.error as error:
        raise GatherError("what the server sent as gzip is not gzip") from error
    if not inflater.eof:
        raise GatherError("the answer ended before it was complete", hint="Try again later.")
