"""The server around the preview: on 127.0.0.1 and nowhere else."""

import signal
import socket
from collections.abc import Callable

import uvicorn

from dispatch.desk.app import Preview
from dispatch.errors import DeliveryError

HOST = "127.0.0.1"


def serve_preview(preview: Preview, *, port: int, ready: Callable[[str], None]) -> None:
    """Serve the preview until Ctrl-C, SIGTERM, or until nobody has looked at it for as long as it was told.

    port: 0 takes a free one. ready: told the whole address, with its token, when connections are accepted. Raises
    DeliveryError when the port cannot be had.
    """
    try:
        listening = socket.create_server((HOST, port))
    except (OSError, OverflowError) as cause:
        reason = (getattr(cause, "strerror", "") or str(cause)).lower()
        raise DeliveryError(
            f"cannot be listened on: {reason}", address=f"{HOST}:{port}", hint="Leave --port out to take a free one."
        ) from cause
    with listening:
        # Headers and body are two writes. asyncio sees to this only where it made the socket itself; it is inherited.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        config = uvicorn.Config(
            preview, http="h11", ws="none", lifespan="on", log_config=None, log_level="critical", access_log=False,
            proxy_headers=False, server_header=False, timeout_graceful_shutdown=10,
        )  # fmt: skip
        server = _PreviewServer(config, preview)
        ready(f"http://{HOST}:{listening.getsockname()[1]}/?token={preview.token}")
        # uvicorn stops at either and then raises it again, for whoever handled it before.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            server.run([listening])
        except KeyboardInterrupt:
            return


class _PreviewServer(uvicorn.Server):
    """A server that tells the open pages that it ends, instead of waiting for them."""

    def __init__(self, config: uvicorn.Config, preview: Preview) -> None:
        super().__init__(config)
        self._preview = preview
        preview.updates.leave = self._leave

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End every stream first."""
        self._preview.updates.end()
        await super().shutdown(sockets)

    def _leave(self) -> None:
        self.should_exit = True
