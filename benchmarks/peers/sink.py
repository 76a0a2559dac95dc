"""A mail server that takes everything, as fast as one process can: its time is not counted. Says its port first."""

import asyncio

GREETING = b"250-sink.example\r\n250-PIPELINING\r\n250-SIZE 10000000\r\n250 8BITMIME\r\n"
ANSWERS = {b"EHLO": GREETING, b"DATA": b"354 End with a dot\r\n", b"QUIT": b"221 2.0.0 Bye\r\n"}
END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.waiting, self.is_text = transport, bytearray(), False
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer whatever is complete, in one write."""
        looked = max(0, len(self.waiting) - len(END))
        self.waiting += data
        said = b""
        while (end := self.waiting.find(END if self.is_text else b"\r\n", looked)) >= 0:
            command, looked = bytes(self.waiting[:4]).upper(), 0
            del self.waiting[: end + (len(END) if self.is_text else 2)]
            said += b"250 2.0.0 Ok: queued\r\n" if self.is_text else ANSWERS.get(command, b"250 2.1.0 Ok\r\n")
            self.is_text = not self.is_text and command == b"DATA"
        if said:
            self.transport.write(said)


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0, backlog=100)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
