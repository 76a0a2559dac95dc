"""A server that is 50 ms away: every host of 127.0.0.0/8, each with a feed of 20 entries. Prints its port."""

import asyncio

ENTRY = b"<item><title>The ferry left at noon</title><link>https://paper.example/%d</link><description>%s</description></item>"
BODY = b"<rss version='2.0'><channel><title>The Paper</title>%s</channel></rss>" % b"".join(
    ENTRY % (number, b"A ferry left the harbour at noon. " * 20) for number in range(20)
)
HEAD = b'HTTP/1.1 %s\r\ncontent-type: application/rss+xml; charset=utf-8\r\netag: "1"\r\ncontent-length: %d\r\n\r\n'
WHOLE = HEAD % (b"200 OK", len(BODY)) + BODY
SAME = HEAD % (b"304 Not Modified", 0)
SECONDS = 0.05


class Slow(asyncio.Protocol):
    """Answers whatever it is asked, later."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there: only from this machine, though on every address, for that is every host of 127.0.0.0/8."""
        assert isinstance(transport, asyncio.Transport)
        if not str(transport.get_extra_info("peername")[0]).startswith("127."):
            transport.abort()
        self.transport = transport
        self.asked = b""

    def data_received(self, data: bytes) -> None:
        """A request, or a part of one."""
        self.asked += data
        if b"\r\n\r\n" in self.asked:
            asyncio.get_running_loop().call_later(SECONDS, self.answer)

    def answer(self) -> None:
        """The feed, or that it is as it was."""
        self.transport.write(SAME if b"if-none-match" in self.asked.lower() else WHOLE)
        self.transport.close()


async def main() -> None:
    """Serves until it is ended."""
    server = await asyncio.get_running_loop().create_server(Slow, "0.0.0.0", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
