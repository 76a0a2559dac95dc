"""Render with a publication's own templates in a child process, within limits of time and memory.

Whoever sends a pull request can write a template that never ends, or that fills the memory: Jinja2's sandbox keeps it
from everything but these two, and no limit within one process holds while a library written in C is busy. The child
lives as long as the templates are the same, and does one thing after the other. What it makes is the same, to the byte.
The default templates need no child.

    limit_function(render)(issue, publication)
"""

import faulthandler
import os
import pickle
import re
import signal
import subprocess
import sys
import traceback
import weakref
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, wraps
from importlib import import_module
from tempfile import TemporaryFile
from threading import Lock
from types import FrameType, MappingProxyType
from typing import BinaryIO, Final, NamedTuple, ParamSpec, TypeVar, cast

from dispatch.errors import DispatchError, RenderError
from dispatch.model import Place, Publication
from dispatch.process_limits import SPENT_MEMORY, limit_memory
from dispatch.templates import NO_MEMORY, SPENT

MOST_SECONDS: Final = 10
"""Of the processor, for one edition; an issue of a thousand articles takes one. Windows does not count them."""

MOST_WAIT: Final = 120
"""Seconds by the clock, for one edition, on every system."""

MOST_MEMORY: Final = 1 << 30
"""Bytes of address space, the program and its libraries included; macOS counts those in use, Windows none."""

MOST_RESULT: Final = 16 << 20
"""Bytes of what is rendered: what is larger would keep check busy instead."""

P = ParamSpec("P")
R = TypeVar("R")

_SLOW = f"takes more than {MOST_SECONDS} seconds"
_HINT = "Compare it with the default template of that name: something in it repeats too often."
# How faulthandler writes where a process was when it ended; the innermost call comes first. The lines are Jinja2's.
_WHERE = re.compile(rb'File "(templates/[^"\n]+)"')


class _Request(NamedTuple):
    module: str
    function: str
    args: tuple[object, ...]
    kwargs: Mapping[str, object]


class _ChildAnswer(NamedTuple):
    value: object
    error: Exception | None
    is_last: bool


class _Pickler(pickle.Pickler):
    def reducer_override(self, found: object) -> tuple[Callable[..., object], tuple[object]]:
        """Pickle the read-only mappings of a publication too."""
        return (_freeze_mapping, (dict(found),)) if isinstance(found, MappingProxyType) else NotImplemented


def _freeze_mapping(found: dict[str, object]) -> Mapping[str, object]:
    return MappingProxyType(found)


def limit_function(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function of a publication, which renders, run in the child when the publication has templates of its own.

    The function must be one of a module; what it takes and returns is pickled. It raises RenderError, naming the
    template, when a limit is passed; what is asked of the same templates afterwards fails at once.
    """

    @wraps(function)
    def call_function(*args: P.args, **kwargs: P.kwargs) -> R:
        publication = next(one for one in (*args, *kwargs.values()) if isinstance(one, Publication))
        if not publication.own_templates:
            return function(*args, **kwargs)
        own = {name: publication.templates[name] for name in sorted(publication.own_templates)}
        freed = replace(publication, own_templates=frozenset())  # in the child it renders as any other
        request = _Request(
            function.__module__,
            function.__qualname__,
            tuple(freed if one is publication else one for one in args),
            {name: freed if one is publication else one for name, one in kwargs.items()},
        )
        return cast("R", _start_child(tuple(own.items())).call(request))

    return call_function


class _Child:
    """A running child, for the templates of these names."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._lock = Lock()
        self._failure: RenderError | None = None
        self._log = TemporaryFile()  # noqa: SIM115 - as long as the child
        # -P: what stands in the working directory, as anybody's checkout, is not imported
        command = [sys.executable, "-P", "-c", "from dispatch.child import answer_requests; answer_requests()"]
        self._process = subprocess.Popen(  # noqa: S603 - words of ours
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log
        )
        weakref.finalize(self, _end_child, self._process, self._log)

    def call(self, request: _Request) -> object:
        """Return what a function returns in the child, or raise what it raises."""
        with self._lock:
            if self._failure:
                raise RenderError(*self._failure.faults)
            try:
                answer = self._exchange(request)
            except (EOFError, OSError, pickle.UnpicklingError) as cause:
                self._failure = self._explain_end()
                raise self._failure from cause
            except BaseException:  # an answer may come that nobody waits for
                self._failure = RenderError("was interrupted", subject=self._place)
                self._process.kill()
                raise
            if answer.error is None:
                return answer.value
            if answer.is_last and isinstance(answer.error, RenderError):
                self._failure = answer.error if answer.error.faults[0].place.file else answer.error.within(self._place)
                raise self._failure
            raise answer.error

    def _exchange(self, request: _Request) -> _ChildAnswer:
        asked, answered = cast("BinaryIO", self._process.stdin), cast("BinaryIO", self._process.stdout)
        _Pickler(asked, pickle.HIGHEST_PROTOCOL).dump(request)
        asked.flush()
        return cast("_ChildAnswer", pickle.load(answered))  # noqa: S301 - our own program wrote it

    @property
    def _place(self) -> Place:
        return Place(file=f"templates/{self._names[0]}")

    def _explain_end(self) -> RenderError:
        """Say why the child has ended, and in which template, as far as its last words tell."""
        code = self._process.wait()
        self._log.seek(0)
        words = self._log.read()
        where = _WHERE.search(words)
        place = Place(file=os.fsdecode(where[1])) if where else self._place
        if code == -getattr(signal, "SIGXCPU", 0):
            what = _SLOW
        elif words.startswith(b"Timeout"):
            what = f"takes more than {MOST_WAIT} seconds"
        else:
            what = NO_MEMORY if code == SPENT_MEMORY else f"{NO_MEMORY}: what renders it ended with {code}"
        return RenderError(what, subject=place, hint=_HINT)


@lru_cache(maxsize=1)
def _start_child(own: tuple[tuple[str, str], ...]) -> _Child:
    return _Child(tuple(name for name, _ in own))


def _end_child(process: subprocess.Popen[bytes], log: BinaryIO) -> None:
    process.kill()
    process.communicate()
    log.close()


def answer_requests() -> None:
    """Be the child: answer one request after the other, until there are no more or a limit was passed."""
    asked, answered = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else shall write among the answers
    faulthandler.enable()
    _limit_process()
    while True:
        try:
            request: _Request = pickle.load(asked)  # noqa: S301 - our own program wrote it
        except EOFError:
            return
        faulthandler.dump_traceback_later(MOST_WAIT, exit=True)
        _limit_time(MOST_SECONDS)
        answer = _answer_request(request)
        _limit_time(0)
        body = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        if len(body) > MOST_RESULT:
            error = RenderError(f"renders to more than {MOST_RESULT >> 20} MiB", hint=_HINT)
            body = pickle.dumps(_ChildAnswer(None, error, is_last=True))
        answered.write(body)
        answered.flush()
        faulthandler.cancel_dump_traceback_later()
        if answer.is_last:
            return


def _answer_request(request: _Request) -> _ChildAnswer:
    try:
        function = getattr(import_module(request.module), request.function)
        return _ChildAnswer(function(*request.args, **request.kwargs), None, is_last=False)
    except SPENT as error:
        return _ChildAnswer(None, RenderError(str(error) or NO_MEMORY, hint=_HINT), is_last=True)
    except DispatchError as error:
        return _ChildAnswer(None, error, is_last=isinstance(error.__cause__, SPENT))
    except Exception:  # noqa: BLE001 - a fault of the program, which the parent raises
        return _ChildAnswer(None, RuntimeError(traceback.format_exc()), is_last=False)


if sys.platform == "win32":

    def _limit_process() -> None:
        pass

    def _limit_time(seconds: int) -> None:
        pass
else:
    import resource

    from dispatch.process_limits import lower_limit

    def _limit_process() -> None:
        limit_memory(MOST_MEMORY)
        lower_limit(resource.RLIMIT_CORE, 0)
        faulthandler.register(signal.SIGXCPU, all_threads=False, chain=True)
        signal.signal(signal.SIGPROF, _raise_timeout)

    def _limit_time(seconds: int) -> None:
        """Raise TimeoutError in the template after so many seconds; soon afterwards let the system end the process.

        0: no more TimeoutError.
        The first names the line, and comes to nothing while a function written in C does not return (setitimer(2),
        setrlimit(2)).
        """
        used = resource.getrusage(resource.RUSAGE_SELF)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        lower_limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + MOST_SECONDS + 2)

    def _raise_timeout(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(_SLOW)
