"""A dispatch that is loaded once: each command is a process of its own, forked from one that has imported everything.

Starting costs more than most commands do. Where dozens are run in a shell, the program ``dispatch`` on the path hands
its words, folder, environment and streams to a server, which forks, and ends with the code of what was forked.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from select import select
from typing import NoReturn

from dispatch.cli import COMMANDS, main

LIBRARIES = (
    "babel.dates",
    "css_inline",
    "feedgen.feed",
    "jinja2",
    "justhtml",
    "lxml.etree",
    "mjml",
    "nh3",
    "PIL.Image",
)

PROGRAM = """#!{python} -IS
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
asked = {{"words": sys.argv[1:], "folder": os.getcwd(), "environment": dict(os.environ)}}
socket.send_fds(server, [json.dumps(asked).encode()], [0, 1, 2])
sys.exit((server.recv(1) or b"\\1")[0])
"""


@contextmanager
def warm_dispatch(folder: Path) -> Iterator[Path]:
    """A folder for the path of a shell, with a program ``dispatch`` that starts at once."""
    address = folder / "s"
    program = folder / "dispatch"
    program.write_text(PROGRAM.format(python=sys.executable, address=str(address)), "utf-8")
    program.chmod(0o755)
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    command = [sys.executable, __file__, str(address)]
    # It ends when its standard input does: with us, however we end.
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout
        assert server.stdout.readline() == b"ready\n"
        yield folder
        server.kill()


def serve(address: str) -> None:
    """Import what commands import, then fork for each that is asked for."""
    for name in (*LIBRARIES, *(f"dispatch.cli.{module}" for module, _ in COMMANDS.values())):
        import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        while listener in select([listener, sys.stdin], [], [])[0]:
            client, _ = listener.accept()
            if os.fork() == 0:
                run(client)
            client.close()


def run(client: socket.socket) -> NoReturn:
    """Run the command that a client asks for, and tell it the exit code; without one, it was a traceback."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request, streams, _, _ = socket.recv_fds(client, 1 << 20, 3)
    asked = json.loads(request)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    # New ones: whether a stream can seek is what it asked of the file that it began with.
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    try:
        main(asked["words"], prog_name="dispatch")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    sys.stdout.flush()
    sys.stderr.flush()
    client.send(bytes([code]))
    os._exit(code)


if __name__ == "__main__":
    serve(sys.argv[1])
