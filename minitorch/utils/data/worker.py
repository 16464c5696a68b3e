"""A worker process: it makes the batches it is asked for until nobody asks any more."""

import os
import pickle
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from minitorch.utils.data import seeding, transport, worker_info
from minitorch.utils.data.failure import Failure
from minitorch.utils.data.fetch import Source, make_fetch

GRACE = 5.0  # seconds for a batch that is being made when the loader stops
STOP = b""  # a message from the main process, as are the pickled `Fetch` and `Resume`


@dataclass(frozen=True)
class Plan:
    """What every worker of a loader is told when it starts."""

    source: Source
    num_workers: int
    base_seed: int
    seed_batches: bool
    init_fn: Callable[[int], Any] | None


@dataclass(frozen=True)
class Fetch:
    number: int
    indices: Any


@dataclass(frozen=True)
class Resume:
    """Begin another epoch."""

    epoch: int


@dataclass(frozen=True)
class Answer:
    worker: int
    number: int | None  # None says that the worker has begun another epoch
    data: Any


class End:
    """Instead of a batch: the worker's part of the stream is over."""


def run(plan: Plan, worker_id: int, requests: Any, results: Any, close_others: Any) -> None:
    """Be a worker: the target of its process."""
    import signal

    # Ctrl-C reaches every process of the terminal; the main one decides, and closes `requests`.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if os.name == "posix":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if close_others is not None:
        close_others()
    worker = _Worker(plan, worker_id, requests, results)
    # The main process is gone, or wants no more, and there is nobody to tell.
    with suppress(BrokenPipeError, ConnectionResetError):
        worker.work()


class _Worker:
    def __init__(self, plan: Plan, worker_id: int, requests: Any, results: Any) -> None:
        from queue import SimpleQueue

        self._plan = plan
        self._id = worker_id
        self._requests = requests
        self._results = results
        self._inbox: SimpleQueue[bytes] = SimpleQueue()
        self._is_over = threading.Event()
        self._epoch = 0
        self._failure: Failure | None = None  # of the preparations; then the answer to all
        self._fetch: Callable[[Any], Any] | None = None  # None: the worker's stream is over
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        """Take requests in at once, so that the main process never waits in order to ask."""
        while not self._is_over.is_set():
            try:
                message = self._requests.recv_bytes()
            except (EOFError, OSError):  # the main process is gone
                message = STOP
            if message == STOP:
                self._is_over.set()
            self._inbox.put(message)
        # The main thread ends the process when it is done with its batch; if it hangs, this does.
        time.sleep(GRACE)
        os._exit(1)

    def work(self) -> None:
        plan = self._plan
        seeding.use_one_thread()
        seed = seeding.seed_worker(plan.base_seed, self._id)
        worker_info.set_worker_info(self._id, plan.num_workers, seed, plan.source.dataset)
        self._failure = self._begin(plan.init_fn)
        while True:
            message = self._inbox.get()
            if self._is_over.is_set():
                return
            self._answer(pickle.loads(message))

    def _begin(self, init_fn: Callable[[int], Any] | None = None) -> Failure | None:
        try:
            if init_fn is not None:
                init_fn(self._id)
            self._fetch = make_fetch(self._plan.source)
        except Exception as error:
            return self._failed(error)
        return None

    def _answer(self, request: Fetch | Resume) -> None:
        if isinstance(request, Resume):
            self._epoch = request.epoch
            self._failure = self._failure or self._begin()
            self._send(None, None)
        elif self._failure is not None:
            self._send(request.number, self._failure)
        elif self._fetch is not None:
            self._send(request.number, self._make(self._fetch, request))

    def _make(self, fetch: Callable[[Any], Any], request: Fetch) -> Any:
        try:
            if self._plan.seed_batches:
                seeding.seed_batch(self._plan.base_seed, self._epoch, request.number)
            return fetch(request.indices)
        except Exception as error:
            if isinstance(error, StopIteration) and self._plan.source.is_stream:
                self._fetch = None
                return End()
            return self._failed(error)

    def _failed(self, error: Exception) -> Failure:
        return Failure(error, f"in DataLoader worker process {self._id}")

    def _send(self, number: int | None, data: Any) -> None:
        try:
            transport.send(self._results, Answer(self._id, number, data))
        except OSError:
            raise
        except Exception as error:  # what was made cannot be sent
            failure = data if isinstance(data, Failure) else self._failed(error)
            transport.send(self._results, Answer(self._id, number, failure.without_class()))
