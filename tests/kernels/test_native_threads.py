"""The threads that compiled kernels share tiles out to: forks, failures, signals, idleness."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import minitorch as mt
from minitorch.core.threads import share
from minitorch.kernels import NATIVE, native
from tests.support.source import REPOSITORY

if NATIVE is None:
    pytest.skip("needs the kernels in C", allow_module_level=True)

SHAPES = [((2600, 300), (300, 100)), ((40, 200), (200, 3000)), ((30, 64, 64), (30, 64, 64))]
TASKS = Path("/proc/self/task")
IS_CHECKED = "san.so" in os.environ.get("LD_PRELOAD", "")


def pairs() -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(0)
    return [(rng.random(a, np.float32), rng.random(b, np.float32)) for a, b in SHAPES]


PAIRS = pairs()


def compute(which: int = 0) -> bytes:
    result: bytes = NATIVE.product.matmul(*PAIRS[which]).tobytes()
    return result


def alone() -> list[bytes]:
    mt.set_num_threads(1)
    return [compute(i) for i in range(len(PAIRS))]


def as_many_jobs(count: int) -> None:
    """Jobs of several threads of Python at once, while the number of threads goes up and down."""
    before = mt.get_num_threads()
    expected, wrong, still = alone(), [], threading.Event()

    def work(seed: int) -> None:
        for i in range(seed, seed + count):
            if compute(i % len(PAIRS)) != expected[i % len(PAIRS)]:
                wrong.append(i)

    def set_threads() -> None:
        while not still.wait(0.001):
            for threads in (1, 5, 2):
                mt.set_num_threads(threads)

    users = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    setter = threading.Thread(target=set_threads)
    for user in (setter, *users):
        user.start()
    for user in users:
        user.join()
    still.set()
    setter.join()
    mt.set_num_threads(before)
    assert not wrong


def test_many_jobs_of_several_threads_come_out_as_alone():
    as_many_jobs(60)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_within_a_tile_of_pythons_nothing_is_shared(threads):
    before, expected, results = mt.get_num_threads(), alone(), []
    mt.set_num_threads(threads)
    share(lambda i: results.append((i, compute(i))), range(len(PAIRS)), products=False)
    mt.set_num_threads(before)
    assert [result for _, result in sorted(results)] == expected


def test_as_many_threads_as_can_be_set_are_no_error():
    before = mt.get_num_threads()
    mt.set_num_threads((1 << 31) - 1)
    try:
        assert NATIVE.elementwise.relu(np.float32([-1, 2])).tolist() == [0, 2]
    finally:
        mt.set_num_threads(before)


# Programs: each in a process of its own.


def in_child(work: Callable[[], None]) -> None:
    child = os.fork()
    if not child:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def come_to(tasks: int) -> None:
    """Have jobs done until there are so many threads: on a busy machine some are done alone."""
    end = time.monotonic() + 20
    while len(os.listdir(TASKS)) < tasks and time.monotonic() < end:
        compute()
    assert len(os.listdir(TASKS)) == tasks


def forks_amid_jobs() -> None:
    """Children of a thread while another's job is on, and children of those."""
    (expected, *_), is_over = alone(), threading.Event()
    mt.set_num_threads(3)

    def keep_busy() -> None:
        while not is_over.is_set():
            compute()

    def is_shared_again() -> None:
        tasks = len(os.listdir(TASKS))
        assert compute() == expected
        come_to(tasks + 2)

    def grow_up() -> None:
        is_shared_again()
        in_child(is_shared_again)
        assert compute() == expected

    busy = threading.Thread(target=keep_busy)
    busy.start()
    for _ in range(10):
        in_child(grow_up)
    is_over.set()
    busy.join()
    assert compute() == expected


def starts_no_more_than_are_wanted() -> None:
    """They keep off signals, but for those of their own faults."""
    (expected, *_) = alone()
    before = set(os.listdir(TASKS))
    for threads, most in ((1, 1), (2, 2), (5, 5), (3, 5), (1, 5)):
        mt.set_num_threads(threads)
        for _ in range(20):
            assert compute() == expected
        come_to(len(before) + most - 1)
    for task in set(os.listdir(TASKS)) - before:
        (line,) = [s for s in (TASKS / task / "status").read_text().split("\n") if "SigBlk" in s]
        blocked = int(line.split()[1], 16)
        assert blocked >> signal.SIGINT - 1 & 1
        assert not blocked >> signal.SIGSEGV - 1 & 1


def sleeps_when_idle() -> None:
    mt.set_num_threads(3)
    for _ in range(10):
        compute()
        time.sleep(0.01)
        before = time.process_time()
        time.sleep(0.1)
        assert time.process_time() - before < 0.01


def ends_amid_jobs() -> None:
    mt.set_num_threads(3)

    def keep_busy() -> None:
        while True:
            compute()

    for _ in range(2):
        threading.Thread(target=keep_busy, daemon=True).start()
    time.sleep(0.05)
    compute()


def hears_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored by what runs behind a shell
    mt.set_num_threads(3)
    compute()
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    end = time.monotonic() + 20
    try:
        while time.monotonic() < end:
            compute()
    except KeyboardInterrupt:
        pass
    else:
        raise AssertionError("it did not come")
    compute()


def limit_memory(more: int) -> None:
    """Let this process have so many bytes more than it has, or again as many as it wants."""
    from resource import RLIM_INFINITY, RLIMIT_AS, getpagesize, setrlimit

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * getpagesize() + more if more >= 0 else RLIM_INFINITY
    setrlimit(RLIMIT_AS, (limit, RLIM_INFINITY))


def does_without_threads() -> None:
    """Where the system has none left, the caller does all; when it has, they are started."""
    (expected, *_) = alone()
    mt.set_num_threads(3)
    tasks = len(os.listdir(TASKS))
    limit_memory(3 << 20)  # a worker's stack is larger
    assert compute() == expected
    assert len(os.listdir(TASKS)) == tasks
    limit_memory(-1)
    assert compute() == expected
    come_to(tasks + 2)


def raises_where_there_is_no_memory() -> None:
    (expected, *_) = alone()
    a, b = PAIRS[0]
    out = np.empty((len(a), b.shape[1]), np.float32)
    tiles = native.product.tiles_of(1, *a.shape, b.shape[1])
    for threads in (1, 3):
        mt.set_num_threads(threads)
        compute()
        limit_memory(0)
        full: list[bytearray] = []
        try:
            while True:
                full.append(bytearray(1 << 17))
        except MemoryError:
            pass
        try:
            native._native.product(a, b, None, out, threads, tiles)
        except MemoryError:
            failed = True
        else:
            failed = False
        full.clear()
        limit_memory(-1)
        assert failed
        assert compute() == expected


PROGRAMS = [
    *(forks_amid_jobs, starts_no_more_than_are_wanted, sleeps_when_idle, ends_amid_jobs),
    *(hears_ctrl_c, does_without_threads, raises_where_there_is_no_memory),
]
MEASURE = PROGRAMS[1:3] + PROGRAMS[-2:]


@pytest.mark.skipif(not TASKS.exists(), reason="counts threads as Linux does")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_programs_end_well(program):
    if IS_CHECKED and program in MEASURE:
        pytest.skip("sanitizers have threads, time and memory of their own")
    script = f"from tests.kernels.test_native_threads import {program.__name__} as f; f()"
    run = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stderr
