"""Threads that kernels hand tiles of their work to, and how many there are.

Note [Tiles]
    A kernel cuts its work into tiles that fit the cache: a few images, a slice of a parameter.
    `share` lets them be claimed one by one, by the thread that called and by the workers that are
    awake; NumPy lets go of the GIL in products, copies and arithmetic. Nobody spins: a worker
    without work sleeps, and the caller, once no tile is left, sleeps until those that were claimed
    are done. It never waits for a worker to wake up. So a busy core costs what it takes away, not
    more. Compiled kernels share theirs out below Python, without the GIL and by the same rules,
    but that a worker watches for the next work before it sleeps (`kernels/native/src/share.c`).

    Where work can only go step by step, like a recurrence, a `Lane` lets a worker do beside it what
    the steps leave behind.

    Between two calls of NumPy a thread needs the GIL, and who finds it taken sleeps for some 40 µs.
    So what is called in a tile should take 15 µs or more: 128,000 elements of arithmetic.

    Which thread gets a tile is chance, so no number may depend on it: tiles are cut by shapes
    alone, never by the number of threads, write to places of their own, and what they sum up is
    added in their order. BLAS runs on one thread meanwhile (Note [Held BLAS]), and the same bits
    come out of any number of threads.
"""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import Context, copy_context
from typing import Any, TypeVar
from weakref import ref

import numpy as np

from minitorch.core import blas

T = TypeVar("T")


class _Job:
    """One piece of work: its tiles, and who is at them."""

    _most_helpers = sys.maxsize

    def __init__(self, work: Callable[[Any], None], tiles: Sequence[Any]) -> None:
        self._work: Callable[[Any], None] | None = work
        self._tiles = deque(tiles)
        # What the caller has set for its own thread: NumPy's error state, the back end in use.
        self._context: Context | None = copy_context()
        self._lock = threading.Lock()
        self._helpers = 0
        self._is_closed = False
        self._last_left = threading.Lock()
        self._last_left.acquire()
        self._error: BaseException | None = None

    def take(self, work: Callable[[Any], None]) -> None:
        """Work at tiles until none is left; after an exception none is."""
        tiles = self._tiles
        try:
            while tiles:
                try:
                    tile = tiles.popleft()  # atomic: each tile is claimed once
                except IndexError:  # another thread was quicker
                    break
                work(tile)
        except BaseException as error:
            self._error = error
            tiles.clear()

    def help(self) -> None:
        """In a worker: come in, work, leave."""
        with self._lock:
            work, context = self._work, self._context
            if work is None or context is None or self._helpers == self._most_helpers:
                return
            self._helpers += 1
            context = context.copy()  # one that two threads are in is an error
        context.run(self.take, work)
        del work, context  # before the caller goes on: nothing is kept alive here
        with self._lock:
            self._helpers -= 1
            if self._is_closed and not self._helpers:
                self._last_left.release()

    def finish(self) -> None:
        """In the caller: let nobody in any more, wait for those inside, raise what was raised."""
        with self._lock:
            self._is_closed = True
            self._work = self._context = None
        while self._helpers:  # not until it is acquired: Ctrl-C may come the instant after that
            try:
                self._last_left.acquire()
            except BaseException as interrupt:  # Ctrl-C; the helpers still write into our arrays
                self._error = interrupt
        try:
            if self._error is not None:
                raise self._error
        finally:
            self._error = None  # whose traceback keeps alive what was worked on


class _Here(threading.local):
    is_inside = False  # a tile: what it shares out it does itself


class _Pool:
    """The workers of this process, made when they are first wanted, gone in a forked child."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin without workers, as a forked child does."""
        self._lock = threading.Lock()
        self._bells: list[Any] = []  # one per worker, a lock: released it rings
        # Weakly: Ctrl-C may come at any instant, and what it ended is to be gone.
        self._jobs: list[ref[_Job]] = []

    def run(self, work: Callable[[Any], None], tiles: Sequence[Any], helpers: int) -> None:
        """Work at tiles here and in as many workers as are free of those asked for."""
        job = _Job(work, tiles)
        try:  # from here on, for Ctrl-C may come between two bells
            self.call(job, helpers)
            job.take(work)
        finally:
            job.finish()

    def call(self, job: _Job, helpers: int) -> None:
        """Let workers come in, and wake them, if need be new ones."""
        with self._lock:
            while len(self._bells) < helpers and self._add_worker():
                pass
            if ref(job) not in self._jobs:
                self._jobs.append(ref(job, self._jobs.remove))
        for bell in self._bells[:helpers]:
            with suppress(RuntimeError):  # it rings already, for another job: workers look at all
                bell.release()

    def _add_worker(self) -> bool:
        bell = threading.Lock()
        bell.acquire()
        # A daemon: the interpreter ends without waiting for the next ring.
        worker = threading.Thread(target=self._serve, args=(bell,), daemon=True)
        try:
            worker.start()
        except RuntimeError:  # at the end of the interpreter, or beyond the system's limit
            return False
        self._bells.append(bell)
        return True

    def _serve(self, bell: Any) -> None:
        _here.is_inside = True
        while True:
            bell.acquire()
            for known in tuple(self._jobs):
                job = known()
                if job is not None:
                    job.help()
                del job


class Lane(_Job):
    """Tiles done in order, one at a time, beside what the caller does in the ``with`` block.

    By a worker while the caller has other things to do, and by the caller at the end of the block,
    where all that are left are done, each alone in either (Note [Tiles]).

    Args:
        work: Does what a tile says; with products in it, BLAS is to be held.
    """

    _most_helpers = 1

    def __init__(self, work: Callable[[Any], None]) -> None:
        super().__init__(work, ())
        self._is_shared = not _here.is_inside and get_num_threads() > 1 and blas.find() is not None

    def __enter__(self) -> "Lane":
        return self

    def add(self, tile: Any) -> None:
        """Append a tile that can be done from now on."""
        self._tiles.append(tile)
        if self._is_shared:
            _pool.call(self, 1)

    def __exit__(self, kind: object, *exc_info: object) -> None:
        work, rest = self._work, deque[Any]()
        try:
            while self._tiles:
                with suppress(IndexError):  # a worker was quicker
                    rest.append(self._tiles.popleft())
        finally:
            try:
                self.finish()
            except BaseException:
                if kind is None:  # else the block's own goes on
                    raise
        if kind is None and work is not None:
            _share(work, rest, may_share=False)


class _Counts:
    """How many threads the user wants; None where nobody has said."""

    def __init__(self) -> None:
        self.threads = _from_environment()
        self.interop: int | None = None


def _from_environment() -> int | None:
    text = os.environ.get("MINITORCH_NUM_THREADS")
    if not text:
        return None
    if not text.strip().isdecimal() or int(text) < 1:
        raise ValueError(f"MINITORCH_NUM_THREADS must be a positive integer, but it is {text!r}")
    return int(text)


_here = _Here()
_pool = _Pool()
_counts = _Counts()

if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_pool.forget)


def share(work: Callable[[T], None], tiles: Sequence[T], *, products: bool = True) -> None:
    """Call ``work`` with each tile, on as many threads as there are; Note [Tiles].

    Args:
        work: Writes what a tile says into places that no other tile writes to.
        tiles: Cut by shapes alone. A single one is the caller's, and may share out in its turn;
            what several share out in their turn, each does alone.
        products: Whether there are products in it, for which BLAS is held to one thread. Where it
            cannot be, they stay with the caller and BLAS's own threads.
    """
    if len(tiles) == 1:
        work(tiles[0])
    elif _here.is_inside:
        for tile in tiles:
            work(tile)
    elif products:
        with blas.held:
            _share(work, tiles, may_share=blas.find() is not None)
    else:
        _share(work, tiles, may_share=True)


def _share(work: Callable[[T], None], tiles: Sequence[T], may_share: bool) -> None:
    helpers = min(get_num_threads(), len(tiles)) - 1
    was_inside, _here.is_inside = _here.is_inside, True
    try:
        if helpers > 0 and may_share:
            _pool.run(work, tiles, helpers)
        else:
            for tile in tiles:
                work(tile)
    finally:
        _here.is_inside = was_inside


def slices(length: int, step: int) -> list[slice]:
    """Cut an axis into tiles of ``step`` and a rest."""
    return [slice(first, min(first + step, length)) for first in range(0, length, step)]


def is_inside() -> bool:
    """Return whether this is a tile, and there is nobody to share with."""
    return _here.is_inside


def available() -> int:
    """Return how many threads may be at what is called from here: one inside a tile."""
    return 1 if _here.is_inside else get_num_threads()


def usable_cores() -> int:
    """Cores this process may run on: a container or `taskset` may leave it fewer than there are."""
    if sys.platform in ("emscripten", "wasi"):
        return 1  # WebAssembly cannot start threads, whatever the machine has
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def get_num_threads() -> int:
    """Return the number of threads that one operation is computed with.

    Until :func:`set_num_threads` says otherwise: ``MINITORCH_NUM_THREADS`` from the environment, or
    as many as NumPy's BLAS has, which are the usable cores unless ``OPENBLAS_NUM_THREADS`` or
    ``OMP_NUM_THREADS`` says otherwise.
    """
    if _counts.threads is None:
        _counts.threads = blas.held.threads_outside() or usable_cores()
    return _counts.threads


def set_num_threads(num: int) -> None:
    """Set the number of threads that one operation is computed with, for the whole process.

    Numbers do not depend on it. The threads of NumPy's BLAS in calls of your own stay as they are.

    Args:
        num: 1 or more, the calling thread included.

    Raises:
        RuntimeError: for what is not a positive integer.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.set_num_threads.html
    """
    _counts.threads = _positive("set_num_threads", num)


def get_num_interop_threads() -> int:
    """Return the number of threads for operations side by side, of which nothing here makes use."""
    return usable_cores() if _counts.interop is None else _counts.interop


def set_num_interop_threads(num: int) -> None:
    """Set what :func:`get_num_interop_threads` returns; nothing else depends on it.

    Args:
        num: 1 or more.

    Raises:
        RuntimeError: for what is not a positive integer, and on a second call, as in PyTorch.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.set_num_interop_threads.html
    """
    count = _positive("set_num_interop_threads", num)
    if _counts.interop is not None:
        raise RuntimeError(
            "Error: cannot set number of interop threads after parallel work has started or "
            "set_num_interop_threads called"
        )
    _counts.interop = count


def _positive(name: str, count: Any) -> int:
    if not isinstance(count, int | np.integer) or isinstance(count, bool):
        raise RuntimeError(f"{name} expects an int, but got {type(count).__name__}")
    if abs(int(count)) >= 1 << 31:
        raise ValueError(f"Overflow when unpacking long: {name} got {count}")
    if count < 1:
        raise RuntimeError(f"{name} expects a positive integer, but it got {count}")
    return int(count)
