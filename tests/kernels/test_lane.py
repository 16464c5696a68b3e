"""Work beside a thread's own: in order, waited for, and nobody left behind."""

import gc
import threading
import weakref
from collections.abc import Iterator

import numpy as np
import pytest

import minitorch as mt
from minitorch.core import blas, threads
from minitorch.core.threads import Lane, share

pytestmark = pytest.mark.skipif(blas.find() is None, reason="no number of threads to set")


@pytest.fixture(autouse=True)
def counts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two threads, and afterwards what there was."""
    monkeypatch.setattr(threads._counts, "threads", 2)
    yield
    gc.collect()  # an exception that was caught has a lane in its frames
    assert not threads._pool._jobs


def test_a_lane_is_worked_at_beside_the_block_and_what_is_left_by_the_caller():
    done: list[tuple[int, int]] = []
    is_begun, may_end = threading.Event(), threading.Event()

    def work(tile: int) -> None:
        is_begun.set()
        may_end.wait(60)
        assert threads.is_inside()  # or products would be cut in one thread and not in another
        done.append((tile, threading.get_ident()))

    with Lane(work) as lane:
        lane.add(0)
        assert is_begun.wait(60)  # while we are in the block
        for tile in range(1, 50):
            lane.add(tile)
        threading.Timer(0.05, may_end.set).start()
    assert [tile for tile, _ in done] == list(range(50))
    assert done[0][1] != threading.get_ident() == done[-1][1]
    assert not threads.is_inside()
    mt.set_num_threads(1)
    done.clear()
    with Lane(work) as lane:
        lane.add(7)
        assert not done
    assert done == [(7, threading.get_ident())]


@pytest.mark.parametrize("culprit", ["block", "caller", "worker"])
def test_an_exception_in_a_lane_reaches_the_caller_and_ends_the_work(culprit):
    has_begun, may_end, done = threading.Event(), threading.Event(), []

    def work(tile: int) -> None:
        has_begun.set()
        may_end.wait(60)
        done.append(tile)
        if (culprit, tile) in (("worker", 0), ("caller", 1)):
            raise KeyError("a tile", threading.get_ident())

    lane = Lane(work)
    with pytest.raises(KeyError) as caught, lane:
        lane.add(0)
        has_begun.wait(60)
        for tile in (1, 2):
            lane.add(tile)
        threading.Timer(0.05, may_end.set).start()
        if culprit == "block":
            raise KeyError("a step")
    assert done == ([0, 1] if culprit == "caller" else [0])
    assert (threading.get_ident() in caught.value.args) == (culprit == "caller")
    assert caught.value.args[0] == ("a step" if culprit == "block" else "a tile")
    assert lane._error is None  # whose traceback would keep our arrays alive
    barrier = threading.Barrier(2, timeout=60)
    share(lambda tile: barrier.wait(), range(2))  # and the next one works


def test_the_end_of_a_lane_waits_for_the_worker_and_keeps_nothing_alive():
    has_begun, may_end = threading.Event(), threading.Event()
    out = np.zeros(1)

    def work(tile: int, out: np.ndarray = out) -> None:
        has_begun.set()
        may_end.wait(60)
        out[0] = 1

    with pytest.raises(KeyError, match="a step"), Lane(work) as lane:
        lane.add(0)
        has_begun.wait(60)
        threading.Timer(0.05, may_end.set).start()
        raise KeyError("a step")
    assert out[0] == 1
    watched = weakref.ref(work)
    del work
    assert watched() is None
