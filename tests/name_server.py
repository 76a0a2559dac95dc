"""A name server on this machine, for names of the test's own: it knows what it is told, and nothing else."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

Zone = Mapping[tuple[str, str], list[str]]


def quote_text(text: str) -> str:
    """A text in strings of at most 255 characters, as name servers have it."""
    return " ".join(f'"{text[start : start + 255]}"' for start in range(0, len(text), 255))


@contextmanager
def serve_names(zone: Zone, silent: frozenset[str] = frozenset()) -> Iterator[str]:
    """Serve a zone, by name and kind; of the silent names nothing is answered. Gives host and port."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                asked, client = server.recvfrom(4096)
            except OSError:
                return
            if len(asked) < 12:
                return
            query = dns.message.from_wire(asked)
            question = query.question[0]
            name = question.name.to_text().rstrip(".").lower()
            if name in silent:
                continue
            reply = dns.message.make_response(query)
            reply.flags |= dns.flags.RA
            kind = dns.rdatatype.to_text(question.rdtype)
            if found := zone.get((name, kind)):
                texts = [quote_text(one) if kind == "TXT" else one for one in found]
                reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *texts))
            elif not any(known == name for known, _ in zone):
                reply.set_rcode(dns.rcode.NXDOMAIN)
            server.sendto(reply.to_wire(), client)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        host, port = server.getsockname()
        yield f"{host}:{port}"
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"end", server.getsockname())
        thread.join(10)
        server.close()
