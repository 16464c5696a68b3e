"""Kernels in C: every instruction set, Winograd's ragged edges, calls that are wrong, threads."""

import os
import pickle
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from minitorch.core.threads import share
from minitorch.kernels import NATIVE, NUMPY, native
from minitorch.kernels.native.geometry import geometry
from minitorch.kernels.reference import REFERENCE
from tests.kernels.back_ends import INSTRUCTION_SETS, compiled_for
from tests.kernels.cases import ROWS
from tests.kernels.check import case, check, fields_of, kernel_of, normal, run

if NATIVE is None:
    pytest.skip("needs the kernels in C", allow_module_level=True)

FIELDS = [f for f in fields_of(NATIVE) if kernel_of(NATIVE, f) is not kernel_of(NUMPY, f)]
CASES = [(field, name) for field in FIELDS for name in ROWS[field].cases]


@pytest.mark.parametrize(("field", "name"), CASES)
def test_every_instruction_set_agrees_with_numpy(field, name):
    """The best one is that of all other tests, which compare both with the reference."""
    row = ROWS[field]
    arguments = case(row.cases[name], np.float32)
    expected = run(NUMPY, field, row, arguments, "contiguous")
    for instruction_set in INSTRUCTION_SETS[1:]:
        with compiled_for(instruction_set):
            check(NATIVE, field, row, arguments, "contiguous", expected)


def without_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compute as products what is small, too."""
    monkeypatch.setattr(native.conv.direct, "MOST_WEIGHTS", 0)
    monkeypatch.setattr(native.conv.direct, "MOST_SUMS", 0)


@pytest.mark.parametrize(("field", "name"), [c for c in CASES if c[0].startswith("conv.")])
def test_products_agree_with_numpy(monkeypatch, field, name):
    without_frames(monkeypatch)
    row = ROWS[field]
    arguments = case(row.cases[name], np.float32)
    expected = run(NUMPY, field, row, arguments, "contiguous")
    for instruction_set in INSTRUCTION_SETS:
        with compiled_for(instruction_set):
            check(NATIVE, field, row, arguments, "contiguous", expected)


ONE = (1, 1)
# Images, channels, size, padding: tiles that hang over, channels that fill no vector.
WINOGRAD = {
    "whole": (2, 32, 32, (16, 16), (1, 1)),
    "ragged": (3, 17, 67, (15, 13), (1, 1)),
    "without padding": (5, 72, 16, (9, 33), (0, 0)),
    "padded unevenly": (3, 20, 70, (14, 17), (2, 0)),
    "many channels": (2, 300, 19, (18, 16), (1, 1)),
    "groups of images": (70, 16, 65, (8, 8), (1, 1)),
    "few tiles": (4, 300, 70, (7, 5), (1, 1)),
    "few tiles, in parts": (18, 17, 80, (8, 7), (1, 0)),
    "many pairs": (2, 96, 110, (12, 9), (1, 1)),
}


@pytest.mark.parametrize("instruction_set", INSTRUCTION_SETS)
@pytest.mark.parametrize("sizes", WINOGRAD.values(), ids=WINOGRAD)
def test_winograd_agrees_with_unfolding_in_float64(instruction_set, sizes, monkeypatch):
    n, c_in, c_out, size, padding = sizes
    x, weight, options = (n, c_in, *size), (c_out, c_in, 3, 3), (ONE, padding, ONE, 1)
    assert native.conv.winograd.suits(x, weight, *options)
    agrees_with_unfolding(instruction_set, x, weight, *options)
    for name in ("GROUP", "PART_GROUP"):  # an image at a time
        monkeypatch.setattr(native.conv.winograd, name, 1)
    agrees_with_unfolding(instruction_set, x, weight, *options)


# Images and weight, stride, padding, dilation: places that no tap sees, planes cut by rows.
BLOCKED = {
    "strided": ((3, 17, 15, 16), (35, 17, 3, 3), (2, 2), (1, 1), ONE),
    "seen by one of four": ((9, 33, 7, 8), (16, 33, 1, 1), (2, 2), (0, 0), ONE),
    "uneven": ((2, 20, 19, 16), (150, 20, 2, 5), (3, 1), (0, 3), (1, 2)),
    "large planes": ((1, 40, 46, 31), (17, 40, 5, 5), ONE, (2, 2), ONE),
    "grids of two widths": ((1, 16, 9, 43), (512, 16, 3, 3), (2, 2), (1, 1), ONE),
    "wide steps": ((6, 16, 9, 9), (18, 16, 2, 3), (4, 5), (0, 4), (2, 1)),
    "strides beyond the plane": ((9, 17, 1, 2), (16, 17, 3, 3), (2, 3), (1, 1), ONE),
}


@pytest.mark.parametrize("instruction_set", INSTRUCTION_SETS)
@pytest.mark.parametrize("sizes", BLOCKED.values(), ids=BLOCKED)
def test_blocked_convolution_agrees_with_unfolding_in_float64(instruction_set, sizes, monkeypatch):
    without_frames(monkeypatch)
    monkeypatch.setattr(native.conv.blocked, "MIN_PLACES", 1)
    agrees_with_unfolding(instruction_set, *sizes, 1)


# In tiles, frames, blocks and products.
WAYS = {
    "tiles": ((2, 64, 9, 9), (32, 64, 3, 3), ONE, ONE, ONE, 1),
    "frames": ((2, 3, 7, 6), (4, 3, 3, 2), (2, 1), ONE, ONE, 1),
    "frames of groups": ((2, 4, 7, 6), (4, 1, 3, 3), ONE, ONE, ONE, 4),
    "blocks": ((3, 128, 8, 8), (128, 128, 3, 3), (2, 2), ONE, ONE, 1),
    "products": ((1, 128, 3, 3), (128, 128, 3, 3), (2, 2), ONE, ONE, 1),
}


@pytest.mark.parametrize("number", [np.inf, np.nan])
@pytest.mark.parametrize("sizes", WAYS.values(), ids=WAYS)
def test_zeros_beside_a_gradient_meet_no_infinite_weight(sizes, number):
    x_shape, weight_shape, *options = sizes
    weight = normal(weight_shape, np.float32, seed=1)
    weight[1, 0, 0, 0] = weight[-1, 0, 2, 1] = number
    out = NUMPY.conv.forward(normal(x_shape, np.float32), weight, None, *options)
    arguments = (normal(out.shape, np.float32, seed=3), weight, x_shape, *options)
    with np.errstate(invalid="ignore"):
        expected = NUMPY.conv.input_grad(*arguments)
        got = NATIVE.conv.input_grad(*arguments)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
    np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-4)


def agrees_with_unfolding(instruction_set, x_shape, weight_shape, *options):
    x, weight = normal(x_shape), normal(weight_shape, seed=1)
    bias = normal(weight_shape[:1], seed=2)
    grad = normal(NUMPY.conv.forward(x, weight, bias, *options).shape, seed=3)
    calls = {
        "forward": (x, weight, bias, *options),
        "input_grad": (grad, weight, x.shape, *options),
        "weight_grad": (grad, x, weight.shape, *options),
    }
    for name, arguments in calls.items():
        exact = getattr(NUMPY.conv, name)(*arguments)
        narrow = [a.astype(np.float32) if isinstance(a, np.ndarray) else a for a in arguments]
        with compiled_for(instruction_set):
            got = getattr(NATIVE.conv, name)(*narrow)
        assert np.abs(got - exact).max() <= 1e-5 * np.abs(exact).max(), name


# Calls


QUESTIONS = {"lanes", "shared", "use", "instruction_set", "instruction_sets"}
KERNELS = {name: f for name, f in vars(native._native).items() if callable(f)}
KERNELS = {name: f for name, f in KERNELS.items() if name not in QUESTIONS | {"__loader__"}}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[Any, ...]]:
    """Arguments of each function, and which of them it writes, as the kernels' cases bring them."""
    found: dict[str, tuple[Any, ...]] = {}

    def listening(name: str) -> Any:
        def call(*arguments: Any) -> Any:
            before = [a.tobytes() if isinstance(a, np.ndarray) else b"" for a in arguments]
            result = KERNELS[name](*arguments)
            after = [a.tobytes() if isinstance(a, np.ndarray) else b"" for a in arguments]
            written = [a != b for a, b in zip(before, after, strict=True)]
            arrays = [id(a) for a in arguments if isinstance(a, np.ndarray)]
            if len(set(arrays)) < len(arrays):  # in place, where what is read is written, too
                return result
            if name not in found or sum(written) > sum(found[name][1]):
                found[name] = arguments, written
            return result

        return call

    for name in KERNELS:
        monkeypatch.setattr(native._native, name, listening(name))
    for field, name in CASES:
        run(NATIVE, field, ROWS[field], case(ROWS[field].cases[name], np.float32), "contiguous")
    x, weight = normal((3, 32, 16, 16), np.float32), normal((32, 32, 3, 3), np.float32)
    without_frames(monkeypatch)
    NATIVE.conv.forward(x, np.concatenate((weight, weight)), None, ONE, ONE, ONE, 1)
    # In tiles, many channels, as products.
    for kernel, stride in ((weight, ONE), (weight, (2, 2)), (weight[:8, :8], ONE)):
        images, options = x[:, : kernel.shape[1]], (stride, ONE, ONE, 1)
        grad = NATIVE.conv.forward(images, kernel, None, *options)
        NATIVE.conv.input_grad(grad, kernel, images.shape, *options)
        NATIVE.conv.weight_grad(grad, images, kernel.shape, *options)
    monkeypatch.setattr(native.conv.winograd, "FEW_PAIRS", 0)  # the gradient as a whole
    NATIVE.conv.weight_grad(x, x, weight.shape, ONE, ONE, ONE, 1)
    return found


def spoiled(argument: Any, is_written: bool) -> dict[str, Any]:
    """What must not be taken in place of an argument."""
    if isinstance(argument, np.ndarray):
        flat = argument.reshape(-1)
        read_only = argument.copy()
        read_only.flags.writeable = False
        more = np.empty(argument.size + 1, argument.dtype)
        wrong = {
            "another dtype": np.zeros(argument.shape, np.complex128),
            "one too many": more,
            "strided": np.empty((argument.size, 2), argument.dtype)[:, 0],
            "no array": [1.0],
            "a number": 3,
        }
        if flat.size:
            wrong["one too few"] = flat[1:]
        if flat.size < 2:
            del wrong["strided"]  # which is contiguous
        return wrong | ({"read-only": read_only} if is_written else {})
    if isinstance(argument, bytes):
        return {"short": argument[1:], "long": argument + b"\0", "text": "x", "none": None}
    return {"text": "1", "none": None, "huge": 10**400}


def test_calls_that_are_wrong_raise(calls):
    assert calls.keys() == KERNELS.keys(), "a function that no case calls"
    for name, (arguments, written) in calls.items():
        function = KERNELS[name]
        for count in range(len(arguments)):
            with pytest.raises((TypeError, ValueError)):
                function(*arguments[:count])
        for i, argument in enumerate(arguments):
            if argument is None:
                continue
            for how, wrong in spoiled(argument, written[i]).items():
                try:
                    function(*arguments[:i], wrong, *arguments[i + 1 :])
                except (TypeError, ValueError, BufferError, OverflowError):
                    continue
                raise AssertionError(f"{name} took argument {i} though it was {how}")
            if isinstance(argument, int):
                for wrong in (-1, -(1 << 40), 1 << 40, 1 << 62, -(1 << 63), (1 << 63) - 1):
                    with pytest.raises(ValueError):
                        function(*arguments[:i], wrong, *arguments[i + 1 :])
        if isinstance(arguments[-1], bytes):
            for wrong in misplaced(arguments[-1]):
                with pytest.raises(ValueError, match="this tile"):
                    function(*arguments[:-1], wrong)
        function(*arguments)  # nothing is left behind


def misplaced(tiles: bytes) -> Iterator[bytes]:
    """The same with a number that leads beyond an axis, before it, or back; or with no length."""
    numbers = np.frombuffer(tiles, np.int64)
    for i in range(1, numbers.size, 2):  # a part of sums is named by where it starts
        changed = numbers.copy()
        changed[i - 1] = changed[i]
        yield changed.tobytes()
    for i in range(numbers.size):
        for wrong in (-1, 1 << 40, 1 << 62, -(1 << 63)):
            changed = numbers.copy()
            changed[i] = wrong
            yield changed.tobytes()


def test_products_of_sizes_do_not_wrap():
    """2^32 rows of 2^32 columns, and 2^62 floats of 4 bytes, are not the nothing they wrap to."""
    nothing, many = np.empty(0, np.float32), 1 << 32
    for name, arguments in {
        "softmax": (many, many, False, nothing, nothing, 1, b""),
        "index_add": (many, many, 0, nothing.astype(np.int64), nothing, nothing),
        "batch_sums": (many, 1, many, 1, nothing, np.empty(2), 1, b""),
    }.items():
        with pytest.raises(ValueError, match="an array of"):
            KERNELS[name](*arguments)


# The numbers that describe a convolution, a pooling, a recurrent layer; which of them may be 0, and
# functions.
GEOMETRIES = {
    "conv": (
        geometry((1, 1, 5, 7), (1, 1, 3, 3), ONE, ONE, ONE)[0],
        (10, 11),
        ("conv_forward", "winograd_weight_grad", "direct_forward"),
    ),
    "pool": (
        native.pool.geometry((5, 7), (3, 4), (2, 2), (2, 2), ONE, ONE),
        (8, 9),
        ("pool_max", "pool_adaptive_average"),
    ),
    "recurrent": (
        struct.pack("=7q", 0, 2, 3, 2, 5, 4, 0),
        (0, 6),
        ("recurrent", "recurrent_grad"),
    ),
}


@pytest.mark.parametrize(("described", "may_be_0", "names"), GEOMETRIES.values(), ids=GEOMETRIES)
def test_sizes_that_cannot_be_are_refused(described, may_be_0, names):
    """Those that divide are positive, none is negative or so large that it cannot be counted."""
    numbers = np.frombuffer(described, np.int64)
    for i in range(numbers.size):
        for wrong in (0, -1, -(1 << 63), (1 << 40) + 1, (1 << 63) - 1):
            if wrong == 0 and i in may_be_0:
                continue
            changed = numbers.copy()
            changed[i] = wrong
            for name in names:
                with pytest.raises(ValueError, match="sizes"):
                    KERNELS[name](changed.tobytes(), 1)


def test_an_output_of_another_size_than_a_convolution_gives_is_refused():
    """The tiles of a convolution, for which there is room by its output, hold its input."""
    described, _, names = GEOMETRIES["conv"]
    numbers = np.frombuffer(described, np.int64)
    for i in set(range(1, numbers.size)) - {3}:  # the numbers of channels may be any
        changed = numbers.copy()
        changed[i] += 1
        with pytest.raises(ValueError, match="sizes"):
            KERNELS[names[1]](changed.tobytes(), 1)
    changed = numbers.copy()
    changed[4:6], changed[6:8] = 1, (7, 9)  # a kernel of one tap
    with pytest.raises(ValueError, match="in tiles"):
        KERNELS[names[1]](changed.tobytes(), 1)


def test_frames_that_are_much_longer_than_their_places_are_refused():
    for stride, padding, dilation in (((17, 1), (9, 0), ONE), (ONE, (0, 513), (1, 513))):
        described, _ = geometry((1, 1, 5, 7), (1, 1, 3, 3), stride, padding, dilation)
        with pytest.raises(ValueError, match="in frames"):
            KERNELS["direct_forward"](described, 1)


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("number", [np.inf, np.nan])
def test_what_the_ends_of_lines_hold_goes_to_the_taps_that_see_it(groups, number):
    """In frames vectors run on over it, times 0: none of it is in other taps' gradients."""
    options = (ONE, (0, 0), ONE, groups)
    for at in ((0, 0, 0, 8), (1, -1, -1, 0), (0, 1, 3, 4)):
        x = normal((2, 2, 5, 9), np.float32)
        x[at] = number
        weight_shape = (2, 2 // groups, 3, 3)
        grad = normal((2, 2, 3, 7), np.float32, 1)
        with np.errstate(invalid="ignore"):
            exact = REFERENCE.conv.weight_grad(grad, x, weight_shape, *options)
        results = [NUMPY.conv.weight_grad(grad, x, weight_shape, *options)]
        for instruction_set in INSTRUCTION_SETS:
            with compiled_for(instruction_set):
                results.append(NATIVE.conv.weight_grad(grad, x, weight_shape, *options))
        for got in results:
            np.testing.assert_allclose(got, exact, rtol=1e-4)


@pytest.mark.parametrize("first", [(0, 2, 4), (0, 3, 3), (1, 2, 3), (0, -1, 3), (0, 1, 1 << 40)])
def test_steps_that_are_not_those_of_the_rows_are_refused(first):
    """Three rows, two sequences, two steps: none has more rows than sequences, all have three."""
    with pytest.raises(ValueError, match="rows"):
        KERNELS["recurrent"](GEOMETRIES["recurrent"][0], np.array(first))


def test_a_dtype_that_was_unpickled_is_no_other(monkeypatch):
    """Batches of a loader's workers have one, and so has what is computed of them."""
    found = []
    names = ("each_relu", "each_leak", "channel_sums", "nll", "nll_grad")

    def listening(name: str) -> Any:
        return lambda *arguments: found.append(name) or KERNELS[name](*arguments)

    for name in names:
        monkeypatch.setattr(native._native, name, listening(name))
    arrays = normal((256, 64), np.float32), np.zeros(256, np.int64)
    x, target = pickle.loads(pickle.dumps(arrays))
    assert x.dtype is not np.dtype(np.float32)
    NATIVE.elementwise.relu(x)
    NATIVE.elementwise.leak(x, x, 0.1)
    NATIVE.reduce.sum(x, (0,), False)
    options = target, None, -100, "sum"
    loss = NATIVE.loss.nll(x, *options)
    NATIVE.loss.nll_grad(loss, *options, x.shape)
    assert found == [*names]


def test_another_instruction_set_is_taken_by_name():
    assert native._native.instruction_set() == INSTRUCTION_SETS[0]
    assert INSTRUCTION_SETS[-1] == "baseline"
    for name in INSTRUCTION_SETS:
        with compiled_for(name):
            assert native._native.instruction_set() == name
            assert native._native.lanes() in (4, 8, 16)
    for wrong in ("", "avx", "AVX2", 2, None, b"avx2"):
        with pytest.raises((ValueError, TypeError)):
            native._native.use(wrong)
    assert native._native.instruction_set() == INSTRUCTION_SETS[0]


# Threads


def convolution(kernel: int) -> tuple[Any, ...]:
    x = normal((24, 16, 20, 20), np.float32)
    return (x, normal((64, 16, kernel, kernel), np.float32, 1), None, ONE, ONE, ONE, 1)


@pytest.mark.parametrize("kernel", [3, 5], ids=["tiles", "frames"])
def test_several_threads_of_the_user_compute_at_once(kernel):
    """Each with the others' kernels at work, and each within a tile of its own."""
    arguments = convolution(kernel)
    expected = NATIVE.conv.forward(*arguments).tobytes()
    found: list[bytes] = []
    barrier = threading.Barrier(4)

    def work(tile: int = 0) -> None:
        barrier.wait()
        for _ in range(5):
            found.append(NATIVE.conv.forward(*arguments).tobytes())

    users = [threading.Thread(target=work) for _ in range(4)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    barrier = threading.Barrier(1)
    share(work, range(4), products=False)
    assert len(found) == 40 and set(found) == {expected}


FORK = """
import os
import numpy as np
import minitorch as mt
from minitorch.kernels import NATIVE
mt.set_num_threads(2)
x = np.random.default_rng(0).standard_normal((24, 16, 20, 20)).astype(np.float32)
def compute():
    return NATIVE.conv.forward(x, x[:16, :, :3, :3], None, (1, 1), (1, 1), (1, 1), 1).tobytes()
before = compute()
child = os.fork()
if not child:
    os._exit(0 if compute() == before else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert compute() == before
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_computes_the_same():
    run = subprocess.run(
        [sys.executable, "-c", FORK], capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
