"""The worker processes of one loader, seen from the main process."""

import os
import pickle
import signal
import time
import warnings
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from minitorch.utils.data import transport, worker

_LOOK = 5.0  # seconds between looks at whether the workers are alive

# This side's ends of the pipes of every pool. Whoever forks hands copies of them on, and a pipe is
# only closed when all its copies are: a worker closes those it does not need.
_our_ends: "weakref.WeakSet[Any]" = weakref.WeakSet()


class WorkerPool:
    """Processes, and a pipe to and a pipe from each.

    The processes end when the pool is stopped or forgotten, and when this process ends, however it
    does: then the pipes are closed, which they notice.

    Args:
        plan: What the workers do.
        context: Of ``multiprocessing``: how processes are started.
    """

    def __init__(self, plan: worker.Plan, context: Any) -> None:
        self._processes: list[Any] = []
        self._requests: list[Any] = []
        self._results: list[Any] = []
        ends = (self._processes, self._requests, self._results)
        # No reference to self: the pool can be forgotten.
        self._stop = weakref.finalize(self, _stop, os.getpid(), *ends)
        close_others = _close_our_ends if context.get_start_method() == "fork" else None
        for worker_id in range(plan.num_workers):
            try:
                self._start(plan, worker_id, context, close_others)
            except BaseException:
                self.stop()
                raise

    def _start(self, plan: worker.Plan, worker_id: int, context: Any, close_others: Any) -> None:
        requests, to_worker = context.Pipe(duplex=False)
        results, from_worker = context.Pipe()
        self._requests.append(to_worker)
        self._results.append(results)
        _our_ends.update((to_worker, results))
        arguments = (plan, worker_id, requests, from_worker, close_others)
        process = context.Process(target=worker.run, args=arguments, daemon=True)
        try:
            with _ctrl_c_held_off(context):
                process.start()
        except (TypeError, AttributeError, pickle.PicklingError):
            warnings.warn(
                "Got pickle error when attempting to start a worker Process. This might be because "
                "the worker Process arguments are not picklable: with the start methods 'spawn' "
                "and 'forkserver' dataset, collate_fn and worker_init_fn have to be. Define them "
                "at the top of a module, or use multiprocessing_context='fork'."
                " [explain: worker-pickle]",
                stacklevel=6,
            )
            raise
        finally:
            requests.close()
            from_worker.close()
        self._processes.append(process)

    @property
    def is_stopped(self) -> bool:
        return not self._stop.alive

    def stop(self) -> None:
        """End the processes: a batch that is being made has `GRACE` seconds."""
        self._stop()

    def send(self, worker_id: int, request: Any) -> None:
        """Ask a worker.

        Raises:
            RuntimeError: it is dead.
        """
        try:
            self._requests[worker_id].send_bytes(pickle.dumps(request))
        except OSError:
            self._fail(worker_id)

    def receive(self, timeout: float) -> worker.Answer:
        """Return the next answer of any worker.

        Args:
            timeout: Seconds; 0 waits as long as all are alive.

        Raises:
            RuntimeError: a worker is dead, or the time is up.
        """
        from multiprocessing.connection import wait

        end = time.monotonic() + timeout if timeout > 0 else None
        while not self.is_stopped:
            left = _LOOK if end is None else max(0.0, min(_LOOK, end - time.monotonic()))
            for connection in wait(self._results, left):
                answer: worker.Answer = self._read(connection)
                return answer
            for worker_id, process in enumerate(self._processes):
                if not process.is_alive():
                    self._fail(worker_id)
            if end is not None and time.monotonic() >= end:
                raise RuntimeError(f"DataLoader timed out after {timeout} seconds")
        raise RuntimeError("the workers of this DataLoader iterator have been stopped")

    def _read(self, connection: Any) -> Any:
        try:
            return transport.receive(connection)
        except (EOFError, ConnectionResetError):
            return self._fail(self._results.index(connection))
        except KeyboardInterrupt:  # in the middle of a message: the rest of it would be misread
            self.stop()
            raise

    def _fail(self, worker_id: int) -> Any:
        process = self._processes[worker_id]
        process.join(_LOOK)
        how = _how_it_ended(process.pid, process.exitcode)
        self.stop()
        raise RuntimeError(how) from None


@contextmanager
def _ctrl_c_held_off(context: Any) -> Iterator[None]:
    """Start processes that Ctrl-C does not reach before `worker.run` says that they ignore it.

    They begin with the signals blocked that their maker has blocked. A fork server is the maker of
    others too, and has to begin as it is.
    """
    method = context.get_start_method()
    if os.name != "posix" or method == "forkserver":
        yield
        return
    if method == "spawn":  # else it is begun inside, which lifts what is blocked
        from multiprocessing import resource_tracker

        resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _how_it_ended(pid: int, exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        name = signal.strsignal(-exitcode) or f"signal {-exitcode}"
        advice = ""
        if -exitcode == signal.SIGKILL:
            advice = "It is what the system does when memory runs out. "
        return (
            f"DataLoader worker (pid {pid}) is killed by signal: {name}. {advice}"
            "[explain: loader-worker]"
        )
    return (
        f"DataLoader worker (pid {pid}) exited unexpectedly with exit code {exitcode}. Details are "
        "lost due to multiprocessing. Rerunning with num_workers=0 may give better error trace."
        " [explain: loader-worker]"
    )


def _stop(owner: int, processes: list[Any], requests: list[Any], results: list[Any]) -> None:
    if os.getpid() != owner:  # a copy in a process that was forked: not its workers
        return
    for connection in requests:
        with suppress(OSError):
            connection.send_bytes(worker.STOP)
        connection.close()
    for connection in results:  # who is sending fails, and ends
        connection.close()
    for process in processes:
        process.join(worker.GRACE)
        if process.is_alive():
            process.terminate()
            process.join(worker.GRACE)
        if process.is_alive():
            process.kill()
            process.join()


def _close_our_ends() -> None:
    for connection in tuple(_our_ends):
        connection.close()
