"""Kernels on several threads: the same bits, one thread of BLAS in each, and nobody left behind."""

import ast
import gc
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.core import blas, threads
from minitorch.core.threads import share, slices
from minitorch.kernels import NATIVE, active, native, using
from minitorch.kernels.matmul import matmul
from tests.support.source import sources

needs_blas = pytest.mark.skipif(blas.find() is None, reason="no number of threads to set")


@pytest.fixture(autouse=True)
def counts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two threads, and afterwards what there was."""
    monkeypatch.setattr(threads._counts, "threads", 2)
    monkeypatch.setattr(threads._counts, "interop", None)
    yield
    assert not blas.held._inside
    assert not threads._pool._jobs


def meeting() -> Callable[[Any], Any]:
    """Work that two threads have to be at, at once, or it fails."""
    barrier = threading.Barrier(2, timeout=60)
    return lambda tile: barrier.wait()


def in_python(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def blas_threads(count: int) -> Iterator[None]:
    found = blas.find()
    assert found is not None
    before = found.get_threads()
    found.set_threads(count)
    try:
        yield
    finally:
        found.set_threads(before)


# Numbers


def arrays(*shapes: tuple[int, ...], dtype: Any = np.float32) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def convolution(n: int, c: int, k: int, size: int, kernel: int, dtype: Any, **o: Any) -> Any:
    """A convolution and its gradients; `o` may set stride and groups."""
    stride, groups = o.get("stride", 1), o.get("groups", 1)
    out = (size - kernel) // stride + 1
    x, weight, bias, grad = arrays(
        (n, c, size, size), (k, c // groups, kernel, kernel), (k,), (n, k, out, out), dtype=dtype
    )
    options = ((stride, stride), (0, 0), (1, 1), groups)
    return lambda: [
        active().conv.forward(x, weight, bias, *options),
        active().conv.input_grad(grad, weight, x.shape, *options),
        active().conv.weight_grad(grad, x, weight.shape, *options),
    ]


def pooling(shape: tuple[int, ...], kernel: int, stride: int) -> Any:
    (x,) = arrays(shape)
    options = ((kernel,) * 2, (stride,) * 2, (0, 0), (1, 1))

    def both() -> list[np.ndarray]:
        out, codes = active().pool.max(x, *options, False)
        return [out, codes, active().pool.scatter(out, codes, shape, *options)]

    return both


def normalizing(shape: tuple[int, ...]) -> Any:
    x, grad, weight = arrays(shape, shape, shape[1:2])

    def both() -> list[np.ndarray]:
        out, mean, invstd = active().norm.batch(x, weight, weight, 1e-5)
        return [out, *active().norm.batch_grad(grad, x, weight, mean, invstd)]

    return both


def updating(size: int, dtype: Any) -> Any:
    def steps() -> list[Any]:
        param, grad = arrays((size,), (size,), dtype=dtype)
        buffer = None
        for _ in range(2):
            options = (0.1, 0.9, 0.0, 1e-4, True, False)
            (buffer,) = active().update.sgd_([param], [grad], [buffer], *options)
        return [param, buffer]

    return steps


def multiplying(a: tuple[int, ...], b: tuple[int, ...], *, turned: bool = False) -> Any:
    x, y = arrays(a, b)
    return lambda: [active().product.matmul(x, y.swapaxes(-1, -2) if turned else y)]


def attending(shape: tuple[int, ...]) -> Any:
    *tensors, grad = arrays(shape, shape, shape, shape)

    def both() -> list[np.ndarray]:
        out, sums = active().attention.forward(*tensors, None, True, 0.2)
        return [out, sums, *active().attention.grad(grad, *tensors, None, sums, True, 0.2)]

    return both


def recurring(kind: str, gates: int) -> Any:
    """Forty steps, 32 at a time, 128 wide."""
    x, state, weight, bias = arrays((1280, 128), (32, 128), (gates * 128, 128), (gates * 128,))
    states = (state, state) if kind == "lstm" else (state,)
    rest = (None,) if kind == "lstm" else ()
    sizes = (32,) * 40

    def both() -> list[np.ndarray]:
        forward = getattr(active().recurrent, kind)(
            x, *states, weight, weight, bias, bias, *rest, sizes, False
        )
        hidden, *ends = forward[: 1 + len(states)]
        grads = getattr(active().recurrent, f"{kind}_grad")(
            *(hidden, *ends, x, *states, weight, weight, *rest),
            *(hidden, *forward[1 + len(states) :], sizes, False, True, True),
        )
        return [part for part in (*forward, *grads) if part is not None]

    return both


WORK = {
    "3x3 by Winograd": convolution(24, 32, 48, 18, 3, np.float32),
    "3x3 in float64": convolution(24, 16, 24, 18, 3, np.float64),
    "5x5 of few channels": convolution(40, 3, 8, 32, 5, np.float32),
    "strided, in groups, in float16": convolution(
        24, 16, 32, 21, 3, np.float16, stride=2, groups=2
    ),
    "merged images of few places": convolution(300, 32, 16, 7, 5, np.float32),
    "one image": convolution(1, 32, 64, 60, 5, np.float32),
    "pooling apart": pooling((48, 16, 32, 32), 2, 2),
    "pooling with overlaps": pooling((48, 16, 32, 32), 3, 2),
    "batch norm": normalizing((48, 16, 16, 16)),
    "batch norm of rows": normalizing((600, 256)),
    "LSTM": recurring("lstm", 4),
    "GRU": recurring("gru", 3),
    "attention": attending((2, 6, 150, 24)),
    "SGD": updating(500_001, np.float32),
    "SGD in float16": updating(500_001, np.float16),
    "product by rows": multiplying((1500, 300), (300, 700)),
    "product by columns": multiplying((48, 1200), (1030, 1200), turned=True),
    "products of a stack": multiplying((3, 1, 520, 200), (2, 200, 300)),
}


def shared_in_c() -> int:
    return 0 if NATIVE is None else native._native.shared()


@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
def test_numbers_do_not_depend_on_the_number_of_threads(back_end, work, monkeypatch):
    shared = []
    run = threads._pool.run
    monkeypatch.setattr(threads._pool, "run", lambda *a: (shared.append(len(a[1])), run(*a)))
    results = []
    before = shared_in_c()
    for count in (1, 2, 4, 3, 2):
        mt.set_num_threads(count)
        with using(back_end):
            results.append(work())
    assert shared or shared_in_c() > before, "nothing was shared out: the case is too small"
    for result in results[1:]:
        for one, other in zip(results[0], result, strict=True):
            assert one.tobytes() == other.tobytes()


def test_large_products_are_those_of_numpy():
    for shapes in (((1500, 300), (300, 700)), ((48, 1200), (1200, 1030)), ((1, 900), (900, 90))):
        a, b = arrays(*shapes)
        np.testing.assert_allclose(matmul(a, b), a @ b, rtol=1e-4, atol=1e-3)
        out = np.empty((len(a), b.shape[1]), np.float32)
        assert matmul(a, b, out) is out
        np.testing.assert_array_equal(out, matmul(a, b))
    a, b = (np.arange(12_000).reshape(shape) % 7 for shape in ((12_000,), (12_000, 1)))
    assert matmul(a, b) == a @ b  # vectors, integers


# The pool


def test_tiles_are_worked_at_at_once():
    idents = set()
    barrier = threading.Barrier(2, timeout=60)

    def work(tile: int) -> None:
        barrier.wait()
        idents.add(threading.get_ident())

    for _ in range(20):  # also with workers that were asleep again
        share(work, range(4))
    assert len(idents) == 2
    assert threading.get_ident() in idents


def test_each_tile_is_done_once_by_no_more_than_the_threads_asked_for():
    done, idents = [], set()

    def work(part: slice) -> None:
        idents.add(threading.get_ident())
        done.append(part)

    for count in (1, 3, 2):
        mt.set_num_threads(count)
        idents.clear()
        done.clear()
        share(work, slices(1000, 3))
        assert sorted(done, key=lambda part: part.start) == slices(1000, 3)
        assert len(idents) <= count
    assert slices(1000, 3)[-1] == slice(999, 1000)
    assert slices(0, 3) == []


def test_within_a_tile_all_is_done_by_the_thread_itself_in_order():
    seen: list[tuple[int, int, int]] = []

    def outer(tile: int) -> None:
        share(lambda inner: seen.append((threading.get_ident(), tile, inner)), range(5))

    share(outer, range(6))
    for tile in range(6):
        (ident,) = {thread for thread, outer_tile, _ in seen if outer_tile == tile}
        assert [inner for *who, inner in seen if who == [ident, tile]] == [0, 1, 2, 3, 4]
    share(lambda tile: seen.clear(), [0])  # a single one is the caller's, and may share out
    share(lambda tile: share(meeting(), range(2)), [0])


@pytest.mark.parametrize("culprit", ["caller", "worker"])
def test_an_exception_reaches_the_caller_and_ends_the_work(culprit):
    caller = threading.get_ident()
    barrier = threading.Barrier(2, timeout=60)
    done = []

    def work(tile: int) -> None:
        if tile < 2:
            barrier.wait()  # both are at work
            if (threading.get_ident() == caller) == (culprit == "caller"):
                raise KeyError("a tile")
        done.append(tile)

    with pytest.raises(KeyError, match="a tile"):
        share(work, range(100_000))
    assert len(done) < 100_000
    share(meeting(), range(2))  # and the next one works


class _InterruptedLock:
    """A lock that Ctrl-C comes upon in the instant after it was acquired."""

    def __init__(self, lock: Any, is_waited_for: threading.Event) -> None:
        self.lock, self.release, self.is_waited_for = lock, lock.release, is_waited_for

    def acquire(self) -> None:
        self.is_waited_for.set()
        self.lock.acquire()
        raise KeyboardInterrupt


def test_ctrl_c_while_the_caller_waits_for_the_last_tile_reaches_it():
    is_inside, may_leave, raised = threading.Event(), threading.Event(), []

    def work(tile: int) -> None:
        is_inside.set()
        may_leave.wait()

    def wait_for_helper() -> None:
        try:
            job.finish()
        except KeyboardInterrupt as interrupt:
            raised.append(interrupt)

    job = threads._Job(work, [0])
    job._last_left = _InterruptedLock(job._last_left, may_leave)
    helper, caller = [
        threading.Thread(target=target, daemon=True) for target in (job.help, wait_for_helper)
    ]
    helper.start()
    is_inside.wait()
    caller.start()
    caller.join(10)
    assert len(raised) == 1


class _Interrupted(list):
    """What Ctrl-C comes upon in the instant after something was appended."""

    def append(self, item: Any) -> None:
        super().append(item)
        raise KeyboardInterrupt

    def release(self) -> None:
        raise KeyboardInterrupt


@pytest.mark.parametrize("where", ["bell", "jobs"])
@pytest.mark.parametrize("kind", ["tiles", "lane"])
def test_ctrl_c_while_workers_are_called_leaves_no_job_behind(monkeypatch, where, kind):
    pool = threads._Pool()
    pool._bells = [_Interrupted()]
    if where == "jobs":
        pool._jobs = _Interrupted()
    monkeypatch.setattr(threads, "_pool", pool)
    monkeypatch.setattr(threads._counts, "threads", 2)

    def work() -> None:
        if kind == "tiles":
            share(lambda tile: None, range(2), products=False)
        else:
            with threads.Lane(lambda tile: None) as lane:
                lane.add(0)

    with pytest.raises(KeyboardInterrupt):
        work()
    assert not pool._jobs


def test_what_the_caller_has_set_for_itself_holds_in_every_tile():
    caller = threading.get_ident()
    barrier = threading.Barrier(2, timeout=60)
    zero = np.zeros(1)

    def work(tile: int) -> None:
        barrier.wait()
        if threading.get_ident() != caller:
            zero / zero

    with np.errstate(invalid="raise"), pytest.raises(FloatingPointError):
        share(work, range(2))
    with np.errstate(invalid="ignore"):
        share(work, range(2))


def test_nothing_that_was_worked_on_is_kept_alive():
    gc.disable()
    try:
        for _ in range(200):
            out = np.zeros(4)
            watched = weakref.ref(out)

            def work(tile: int, out: np.ndarray = out) -> None:
                out[tile] = 1

            share(work, range(4))
            assert out.all()
            del work, out
            assert watched() is None
    finally:
        gc.enable()


def test_several_threads_may_share_out_at_once():
    a, b = arrays((1500, 300), (300, 700))
    expected, results = matmul(a, b).tobytes(), []
    callers = [
        threading.Thread(target=lambda: results.extend(matmul(a, b).tobytes() for _ in range(5)))
        for _ in range(4)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert results == [expected] * 20


# BLAS


@needs_blas
def test_blas_has_one_thread_in_every_tile_and_afterwards_those_of_the_user():
    found = blas.find()
    with blas_threads(2):
        seen = []
        share(lambda tile: seen.append(found.get_threads()), range(8))
        assert seen == [1] * 8
        assert found.get_threads() == 2
        with pytest.raises(ZeroDivisionError):
            share(lambda tile: 1 // tile, range(8))
        assert found.get_threads() == 2
        mt.set_num_threads(1)
        seen.clear()
        share(lambda tile: seen.append(found.get_threads()), range(2))
        assert seen == [1] * 2
        assert found.get_threads() == 2


@needs_blas
def test_the_last_that_goes_out_lets_blas_go_and_what_the_user_set_meanwhile_stays():
    found = blas.find()
    with blas_threads(2):
        with blas.held:
            with blas.held:
                assert found.get_threads() == 1
            assert found.get_threads() == 1
            assert blas.held.threads_outside() == 2
        assert found.get_threads() == 2
        with blas.held:
            found.set_threads(2)
        assert found.get_threads() == 2
    with blas_threads(1):
        with blas.held:
            found.set_threads(2)
        assert found.get_threads() == 2


def test_kernels_multiply_by_matmul_alone():
    def is_other_product(node: ast.AST) -> bool:
        match node:
            case ast.BinOp(op=ast.MatMult()):
                return True
            case ast.Attribute(value=ast.Name(id="np"), attr=name):
                return name in ("matmul", "dot", "vdot", "inner", "tensordot", "linalg")
        return False

    for source in sources("minitorch/kernels/numpy"):
        lines = [node.lineno for node in ast.walk(source.tree) if is_other_product(node)]
        assert not lines, f"{source.name}:{lines}: see Threads in minitorch/kernels/README.md"


@needs_blas
def test_no_kernel_multiplies_on_threads_of_blas(monkeypatch):
    """A product of theirs leaves them spinning for as long as a dozen tiles take."""
    found, multiply = blas.find(), np.matmul
    loose = []

    def watched(a: np.ndarray, b: np.ndarray, out: Any = None) -> np.ndarray:
        count = a.shape[-2] * a.shape[-1] * b.shape[-1]
        if count > blas.ALONE and found.get_threads() != 1:
            loose.append((a.shape, b.shape))
        return multiply(a, b, out=out)

    monkeypatch.setattr(np, "matmul", watched)
    with blas_threads(2):
        for work in WORK.values():
            work()
        layer = mt.nn.Linear(300, 400)
        layer(mt.randn(64, 300)).sum().backward()
    assert not loose


def test_where_blas_cannot_be_held_products_stay_as_they_are(monkeypatch):
    monkeypatch.setattr(blas, "find", lambda: None)
    a, b = arrays((1500, 300), (300, 700))
    np.testing.assert_array_equal(matmul(a, b), a @ b)
    idents = set()
    share(lambda tile: idents.add(threading.get_ident()), range(50))
    assert idents == {threading.get_ident()}
    share(meeting(), range(2), products=False)  # what multiplies nothing is shared out
    monkeypatch.setattr(threads._counts, "threads", None)
    assert mt.get_num_threads() == threads.usable_cores()


# Processes

SHARE = """
import os, sys, threading
import numpy as np
import minitorch as torch
from minitorch.core import blas, threads

def meet():
    barrier = threading.Barrier(2, timeout=60)
    threads.share(lambda tile: barrier.wait(), range(2))

torch.set_num_threads(2)
meet()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_child_has_workers_of_its_own_and_blas_to_itself():
    script = SHARE + (
        "found = blas.find()\n"
        "if found: found.set_threads(2)\n"
        "holding, done = threading.Event(), threading.Event()\n"
        "def hold():\n"
        "    with blas.held: holding.set(); done.wait()\n"
        "threading.Thread(target=hold).start()\n"
        "holding.wait()\n"
        "import warnings; warnings.simplefilter('ignore')  # 3.12 warns of fork beside threads\n"
        "if not (child := os.fork()):\n"
        "    meet()\n"
        "    assert not found or found.get_threads() == 2\n"
        "    os._exit(7)\n"
        "done.set()\n"
        "meet()\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7\n"
    )
    run = in_python(script)
    assert run.returncode == 0, run.stderr


def test_the_interpreter_ends_with_workers_asleep_or_wanted_at_its_end():
    late = "import atexit, os\natexit.register(lambda: (torch.set_num_threads(4), threads.share("
    run = in_python(late + "lambda tile: os.write(1, b'%d\\n' % tile), range(3))))\n" + SHARE)
    assert (run.returncode, run.stderr) == (0, "")
    assert sorted(run.stdout.split()) == ["0", "1", "2"]


# The number of threads


@pytest.mark.parametrize("name", ["num_threads", "num_interop_threads"])
@pytest.mark.parametrize(
    "count", [2, np.int64(2), 0, -1, 1.5, True, None, "2", [2], np.float32(2), 2**31, "a tensor"]
)
def test_the_numbers_that_are_taken_and_refused_are_those_of_pytorch(torch, name, count):
    def ask(module: Any) -> tuple[str, str]:
        value = module.tensor(2) if count == "a tensor" else count
        try:
            getattr(module, f"set_{name}")(value)
        except (RuntimeError, ValueError) as error:
            return type(error).__name__, str(error).partition(",")[0].partition(":")[0]
        return "", str(getattr(module, f"get_{name}")())

    if name == "num_interop_threads" and type(count) in (int, np.int64) and count == 2:
        assert mt.get_num_interop_threads() >= 1
        assert ask(mt) == ("", "2")
        # PyTorch takes a number once, and would keep it for all other tests.
        with pytest.raises(RuntimeError, match="cannot set number of interop threads after"):
            mt.set_num_interop_threads(2)
        return
    before = torch.get_num_threads()
    try:
        assert ask(mt) == ask(torch)
    finally:
        torch.set_num_threads(before)


ASK = "import minitorch as torch; print(torch.get_num_threads())"


def test_the_environment_says_how_many_threads_there_are_at_first():
    assert in_python(ASK, MINITORCH_NUM_THREADS="3", OMP_NUM_THREADS="1").stdout == "3\n"
    if blas.find() is not None:
        assert in_python(ASK, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1").stdout == "1\n"
    assert in_python(ASK, MINITORCH_NUM_THREADS="").stderr == ""
    for text in ("0", "-1", "two", " "):
        run = in_python(ASK, MINITORCH_NUM_THREADS=text)
        assert f"MINITORCH_NUM_THREADS must be a positive integer, but it is {text!r}" in run.stderr
