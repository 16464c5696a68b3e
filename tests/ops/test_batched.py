"""Every op on the arrays of a batch: the same as for each example, one after the other."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd.op import Op
from minitorch.autograd.vmap import compute as vmap_compute
from minitorch.autograd.vmap.batch import levels_of
from minitorch.autograd.vmap.example import Example, Level
from minitorch.ops.samples import Sample
from tests.support.op_calls import OpClass, all_ops, cases, good_samples, is_float_array

# Not those whose results are as long as their values want: examples' would differ in size.
OPS = [op for op in all_ops() if not op.__name__.startswith("Unique")]
CASES = list(cases(OPS))
every_case = pytest.mark.parametrize(
    ("op", "sample"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
VIEWS = [c for c in CASES if c[1].is_view]
ELEMENTWISE = [op for op in OPS if op.elementwise]

Levels = tuple[Level, ...]


def _levels(*sizes: int) -> Levels:
    return tuple(Level(depth, size) for depth, size in enumerate(sizes, 1))


def _variant(x: Any, seed: int) -> Any:
    """Another example like ``x``: its numbers in another order where they are indices or codes."""
    random = np.random.default_rng(seed)
    if x.dtype.kind == "f":
        return np.asarray(x * random.permuted(np.linspace(0.9, 1.1, x.size)).reshape(x.shape))
    return random.permuted(x.reshape(-1)).reshape(x.shape).astype(x.dtype)


def _batched(x: Any, levels: Levels, seed: int) -> Example:
    """A batch of variants of an array, not contiguous."""
    sizes = tuple(level.size for level in levels)
    payload = np.empty((*x.shape, *sizes), x.dtype)
    for number, at in enumerate(np.ndindex(sizes)):
        payload[(..., *at)] = _variant(x, 100 * seed + number)
    return Example(np.moveaxis(payload, range(x.ndim, payload.ndim), range(len(sizes))), levels)


def _example(x: Any, at: dict[Level, int]) -> Any:
    if isinstance(x, tuple):
        return tuple(_example(item, at) for item in x)
    if isinstance(x, Example):
        return x.payload[(*(at[level] for level in x.levels), ...)]
    return x


def _by_loop(op: OpClass, inputs: Any, params: Any, levels: Levels) -> list[Any]:
    """Each output stacked, from a loop over examples through promotion and forward."""
    rows = []
    for index in np.ndindex(tuple(level.size for level in levels)):
        at = dict(zip(levels, index, strict=True))
        arrays = [_example(x, at) for x in inputs]
        if op.promotion is not None:
            arrays = op.promotion(arrays)
        out = op.forward(*arrays, **{name: _example(value, at) for name, value in params.items()})
        rows.append(out if isinstance(out, tuple) else (out,))
    sizes = tuple(level.size for level in levels)
    return [np.stack(part).reshape(sizes + np.shape(part[0])) for part in zip(*rows, strict=True)]


def _compute(op: OpClass, arrays: Any, params: Any) -> Any:
    return vmap_compute.compute(op, arrays, params, levels_of(arrays, params))


def _compare(op: OpClass, inputs: Any, params: Any, levels: Levels) -> list[Example]:
    with np.errstate(all="ignore"):
        out = _compute(op, inputs, params)
        expected = _by_loop(op, inputs, params, levels)
    outs = out if isinstance(out, tuple) else (out,)
    assert len(outs) == len(expected)
    for got, want in zip(outs, expected, strict=True):
        assert isinstance(got, Example)
        assert got.levels == levels
        assert got.payload.shape == want.shape
        assert got.dtype == want.dtype
        np.testing.assert_allclose(got.payload, want, rtol=1e-9, atol=1e-12)
    return list(outs)


def _arrays(sample: Sample) -> list[int]:
    return [i for i, x in enumerate(sample.inputs) if isinstance(x, np.ndarray)]


def _subsets(sample: Sample) -> Iterator[tuple[int, ...]]:
    """Each array alone, all but the first, all."""
    places = _arrays(sample)
    yield from dict.fromkeys([*((i,) for i in places), tuple(places[1:]), tuple(places)])


@every_case
def test_a_batch_is_a_loop(op: type[Op], sample: Sample) -> None:
    for batched in _subsets(sample):
        if not batched:
            continue
        levels = _levels(3)
        inputs = [
            _batched(x, levels, i) if i in batched else x for i, x in enumerate(sample.inputs)
        ]
        _compare(op, inputs, dict(sample.params), levels)


@every_case
def test_two_levels_are_two_loops(op: type[Op], sample: Sample) -> None:
    outer, inner = levels = _levels(2, 3)
    places = _arrays(sample)
    for first, others in (((inner,), (outer,)), (levels, (inner,)), ((outer,), levels)):
        if len(places) < 2:
            first = others = levels
        inputs = [
            _batched(x, first if i == places[0] else others, i) if i in places else x
            for i, x in enumerate(sample.inputs)
        ]
        _compare(op, inputs, dict(sample.params), levels)


@every_case
def test_one_example_and_none(op: type[Op], sample: Sample) -> None:
    levels = _levels(1)
    inputs = [_batched(x, levels, 1) if isinstance(x, np.ndarray) else x for x in sample.inputs]
    outs = _compare(op, inputs, dict(sample.params), levels)
    none = _levels(0)
    inputs = [
        Example(np.empty((0, *x.shape), x.dtype), none) if isinstance(x, np.ndarray) else x
        for x in sample.inputs
    ]
    with np.errstate(all="ignore"):
        empty = _compute(op, inputs, dict(sample.params))
    for got, one in zip(empty if isinstance(empty, tuple) else (empty,), outs, strict=True):
        assert got.payload.shape == (0, *one.shape)
        assert got.dtype == one.dtype


@every_case
def test_what_is_repeated_is_computed_once_and_right(op: type[Op], sample: Sample) -> None:
    """A lifted weight has stride 0 along the batch."""
    levels = _levels(2)
    places = _arrays(sample)
    for repeated in ([places[0]], places[1:], places):
        inputs = list(sample.inputs)
        for i in places:
            lifted = Example(np.broadcast_to(inputs[i], (2, *inputs[i].shape)), levels)
            inputs[i] = lifted if i in repeated else _batched(inputs[i], levels, i)
        _compare(op, inputs, dict(sample.params), levels)


def _param_cases() -> Iterator[Any]:
    """Samples with arrays among the parameters, which may be of a batch, too."""
    for name, op, sample in CASES:
        found = [v for v in sample.params.values() if _holds_array(v)]
        if found and not any(_is_mask(i) for v in found for i in (v if type(v) is tuple else (v,))):
            yield pytest.param(op, sample, id=name)


def _holds_array(value: Any) -> bool:
    items = value if isinstance(value, tuple) else (value,)
    return any(isinstance(item, np.ndarray) for item in items)


def _is_mask(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "b"


def _with_arrays(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, tuple):
        return tuple(_with_arrays(item, change) for item in value)
    return change(value) if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize(("op", "sample"), list(_param_cases()))
def test_arrays_among_parameters_may_be_batched(op: type[Op], sample: Sample) -> None:
    for levels in (_levels(3), _levels(2, 2)):
        seeds = itertools.count()
        params = {
            name: _with_arrays(value, lambda x: _batched(x, levels, next(seeds)))  # noqa: B023
            for name, value in sample.params.items()
        }
        _compare(op, list(sample.inputs), params, levels)
        inputs = [_batched(x, levels, 5) if is_float_array(x) else x for x in sample.inputs]
        _compare(op, inputs, params, levels)
        mixed = [_batched(x, levels[-1:], 6) if is_float_array(x) else x for x in sample.inputs]
        _compare(op, mixed, params, levels)


def test_index_with_one_batched_and_one_common_array() -> None:
    (op,) = (op for op in OPS if op.__name__ == "Index")
    levels = _levels(3)
    x = np.arange(24.0).reshape(2, 3, 4)
    own = _batched(np.array([0, 2, 1]), levels, 1)
    rows = np.array([[1], [0]])
    everything = slice(None)
    for index in ((rows, own), (everything, own), (everything, own, rows), (rows, everything, own)):
        _compare(op, [x], {"index": index}, levels)
        _compare(op, [_batched(x, levels, 2)], {"index": index}, levels)


@pytest.mark.parametrize(("op", "sample"), [c[1:] for c in VIEWS], ids=[c[0] for c in VIEWS])
def test_views_of_a_batch_share_its_memory(op: type[Op], sample: Sample) -> None:
    """In-place operations on a view reach the tensor it is of."""
    for levels in (_levels(3), _levels(2, 2)):
        sizes = tuple(level.size for level in levels)
        x = Example(np.zeros(sizes + sample.inputs[0].shape), levels)
        out = _compute(op, [x], dict(sample.params))
        for part in out if isinstance(out, tuple) else (out,):
            if part.payload.size:
                assert np.may_share_memory(part.payload, x.payload)
            # Places are counted from the first example.
            assert part.strides == op_strides(op, x, sample, part)


def op_strides(op: type[Op], x: Example, sample: Sample, part: Example) -> Any:
    """The strides that the op gives to one example of the same memory."""
    out = op.forward(x.first, **sample.params)
    for own in out if isinstance(out, tuple) else (out,):
        if own.shape == part.shape and own.strides == part.strides:
            return own.strides
    return None if part.payload.size else part.strides


def test_lists_and_0d_tensors_promote_as_one_example_does() -> None:
    """A batch of 0-d tensors is no vector: it does not turn float32 into float64."""
    levels = _levels(3)
    (mul,) = (op for op in OPS if op.__name__ == "Mul")
    scalar = Example(np.ones(3), levels)  # three 0-d tensors of float64
    vector = Example(np.ones((3, 2), np.float32), levels)
    out = _compute(mul, [scalar, vector], {})
    assert out.dtype == np.float32
    out = _compute(mul, [scalar, np.ones(2, np.float32)], {})
    assert out.dtype == np.float32


def test_errors_speak_of_one_example() -> None:
    levels = _levels(5)
    (add,) = (op for op in OPS if op.__name__ == "Add")
    with pytest.raises(
        RuntimeError, match=r"size of tensor a \(3\).*tensor b \(4\).*shapes \[2, 3\]"
    ):
        _compute(add, [_batched(np.ones((2, 3)), levels, 0), np.ones(4)], {})
    (copy,) = (op for op in OPS if op.__name__ == "Copy")
    with pytest.raises(RuntimeError, match=r"output with shape \[2\] doesn't match"):
        _compute(copy, [_batched(np.ones(2), levels, 0), np.ones((3, 2))], {})


@pytest.mark.parametrize("op", ELEMENTWISE, ids=lambda op: op.__name__)
def test_elementwise_ops_keep_their_promise(op: OpClass) -> None:
    """An element of the output depends on the inputs' elements at its place, and on no other."""
    seen = False
    for sample in good_samples(op):
        floats = [i for i, x in enumerate(sample.inputs) if np.asarray(x).dtype.kind in "fc"]
        floats = [i for i in floats if isinstance(sample.inputs[i], np.ndarray)]
        shape = np.shape(_forward(op, sample.inputs, sample.params))
        if not floats or 0 in shape:
            continue
        seen = True
        for i in floats:
            _check_diagonal(op, sample, i, shape)
    assert seen or not op.differentiable


def _forward(op: OpClass, inputs: Any, params: Any) -> Any:
    arrays = list(inputs)
    if op.promotion is not None:
        arrays = op.promotion(arrays)
    with np.errstate(all="ignore"):
        return op.forward(*arrays, **params)


def _check_diagonal(op: OpClass, sample: Sample, i: int, shape: tuple[int, ...]) -> None:
    x = sample.inputs[i]
    before = _forward(op, sample.inputs, sample.params)
    place = np.arange(x.size).reshape(x.shape)
    for number in range(x.size):
        moved = np.where(place == number, x + 0.37, x)
        after = _forward(op, _with(sample.inputs, i, np.asarray(moved)), sample.params)
        assert np.shape(after) == shape
        elsewhere = np.broadcast_to(place != number, shape)
        np.testing.assert_array_equal(np.asarray(after)[elsewhere], np.asarray(before)[elsewhere])


@pytest.mark.parametrize(
    "op",
    [op for op in ELEMENTWISE if op.differentiable and op.name != "NotImplemented"],
    ids=lambda op: op.__name__,
)
def test_elementwise_rules_are_the_tangent(op: OpClass) -> None:
    """The rule, applied to a tangent instead of a gradient, gives the tangent of the output.

    So it may neither sum over what was broadcast nor mix elements.
    """
    for sample in good_samples(op):
        floats = [i for i, x in enumerate(sample.inputs) if is_float_array(x)]
        shape = np.shape(_forward(op, sample.inputs, sample.params))
        if not floats or 0 in shape:
            continue
        random = np.random.default_rng(3)
        for i in floats:
            x = sample.inputs[i]
            tangent = np.asarray(random.standard_normal(x.shape))
            step = 1e-6
            ahead, behind = (
                _forward(op, _with(sample.inputs, i, np.asarray(x + s)), sample.params)
                for s in (step * tangent, -step * tangent)
            )
            if np.asarray(ahead).dtype.kind != "f":
                continue
            measured = (np.asarray(ahead) - behind) / (2 * step)
            predicted = _rule_on(op, sample, i, np.broadcast_to(tangent, shape).copy())
            np.testing.assert_allclose(predicted, measured, rtol=1e-5, atol=1e-6)


def _with(inputs: tuple[Any, ...], i: int, x: Any) -> tuple[Any, ...]:
    return (*inputs[:i], x, *inputs[i + 1 :])


def _rule_on(op: OpClass, sample: Sample, i: int, tangent: Any) -> Any:
    tensors = [mt.from_numpy(x.copy()) if isinstance(x, np.ndarray) else x for x in sample.inputs]
    tensors[i].requires_grad = True
    out = op.apply(*tensors, **sample.params)
    result = op.backward(out.grad_fn, mt.from_numpy(tangent))
    grad = result[i] if isinstance(result, tuple) else result
    if grad is None:
        return np.zeros_like(tangent)
    return np.broadcast_to(grad.detach().numpy(), tangent.shape)


ASKING: list[Callable[[Any], Any]] = [
    *(lambda e: e + 1, lambda e: 1 / e, lambda e: -e, lambda e: e @ e, lambda e: e == e),
    *(lambda e: e[0], lambda e: e[...], lambda e: e.__setitem__(0, 1), list, bool, float, int),
    *(lambda e: e.item(), lambda e: e.tolist(), lambda e: e.tobytes(), lambda e: 1.0 in e, max),
    *(lambda e: e.sum(), lambda e: e.reshape(-1), lambda e: e.T, lambda e: e.view(np.int8)),
    *(np.sum, np.exp, np.sort, np.linalg.norm, lambda e: np.where(e > 0, e, 0), lambda e: e.flat),
    *(lambda e: np.concatenate([e]), lambda e: np.add(1, 2, out=e), lambda e: np.copyto(e, 1)),
    *(lambda e: f"{e:.2f}", lambda e: e.data, lambda e: e.ctypes, lambda e: e.__dlpack__()),
    *(lambda e: np.broadcast_to(e, (2, 3)), lambda e: np.array_equal(e, e), lambda e: e.dumps()),
]


@pytest.mark.parametrize("ask", ASKING)
def test_an_example_gives_no_values(ask: Callable[[Any], Any]) -> None:
    with pytest.raises(RuntimeError, match=r"vmap|Cannot access data pointer"):
        ask(Example(np.ones((4, 3)), _levels(4)))


def test_what_numpy_sees_past_python_is_no_value() -> None:
    for dtype in (np.float32, np.int64, np.uint8):
        seen = np.asarray(Example(np.ones((4, 3), dtype), _levels(4)))
        assert not (seen == 1).any()


def test_an_example_shows_what_needs_no_value() -> None:
    payload = np.zeros((3, 4, 2)).transpose(1, 2, 0)  # examples of shape (2, 3), not contiguous
    example = Example(payload, _levels(4))
    one = payload[0]
    assert (example.shape, example.dtype, example.size) == (one.shape, one.dtype, one.size)
    assert example.strides == one.strides
    assert example.flags.c_contiguous == one.flags.c_contiguous
    assert example.__array_interface__["data"][0] == one.__array_interface__["data"][0]
    assert np.zeros_like(example).payload.shape == (4, 2, 3)
    assert example.astype(np.float32).payload.dtype == np.float32
    none = Example(np.zeros((0, 2, 3)), _levels(0))
    assert none.shape == (2, 3)
    assert none.flags.c_contiguous
