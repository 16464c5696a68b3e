"""Every op, walked through its samples: an op cannot be added without passing here."""

import gc
import weakref
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd.op import Op
from minitorch.autograd.writes.parts import ViewAsComplex
from minitorch.kernels.numpy import scratch
from minitorch.ops.samples import Sample, Sampler
from minitorch.ops.shape.splitting import UnsafeSplit
from minitorch.ops.shape.view import View
from minitorch.ops.shape.windows import Restride
from tests.support.op_calls import (
    all_ops,
    arrays_of,
    call,
    cases,
    float_leaves,
    good_samples,
    is_float_array,
    random_like,
    real_part_of,
    sloped,
    weighted_sum,
    with_floats,
)

OPS = all_ops()
CASES = list(cases(OPS))
SMOOTH = [
    case for case in CASES if case[1].differentiable and any(map(is_float_array, case[2].inputs))
]

SLOPED = sloped(CASES)

every_op = pytest.mark.parametrize("op", OPS, ids=lambda op: op.__name__)
every_case = pytest.mark.parametrize(
    ("op", "sample"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
every_smooth_case = pytest.mark.parametrize(
    ("op", "sample"), [c[1:] for c in SMOOTH], ids=[c[0] for c in SMOOTH]
)
every_sloped_case = pytest.mark.parametrize(
    ("op", "sample"), [c[1:] for c in SLOPED], ids=[c[0] for c in SLOPED]
)


@every_op
def test_has_samples_and_a_reference(op: type[Op]) -> None:
    assert good_samples(op), f"{op.__name__}.samples yields no call that works"
    assert callable(op.reference)
    assert op.__doc__


@every_case
def test_forward_is_the_reference(op: type[Op], sample: Sample) -> None:
    _, outputs = call(op, sample.inputs, sample.params)
    expected = op.reference(*sample.inputs, **sample.params)
    expected = expected if isinstance(expected, tuple) else (expected,)
    assert len(outputs) == len(expected)
    for got, want in zip(arrays_of(outputs), expected, strict=True):
        assert got.shape == np.shape(want)
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-12)


@every_case
def test_inputs_are_not_written(op: type[Op], sample: Sample) -> None:
    copies = [x.copy() if isinstance(x, np.ndarray) else x for x in sample.inputs]
    for x in copies:
        if isinstance(x, np.ndarray):
            x.flags.writeable = False
    leaves, outputs = call(op, copies, sample.params, requires_grad=True)
    if any(x.requires_grad for x in outputs):
        weights = _weights(outputs)
        mt.autograd.grad(weighted_sum(outputs, weights), float_leaves(leaves), allow_unused=True)
    for copy, x in zip(copies, sample.inputs, strict=True):
        np.testing.assert_array_equal(copy, x)


@every_case
def test_strides_do_not_matter(op: type[Op], sample: Sample) -> None:
    if op is Restride:  # which is about them
        return
    _, expected = call(op, sample.inputs, sample.params)
    for spread in (_every_second, _fortran, _last_axis_reversed_twice):
        inputs = [spread(x) if isinstance(x, np.ndarray) else x for x in sample.inputs]
        _, outputs = call(op, inputs, sample.params)
        for got, want in zip(arrays_of(outputs), arrays_of(expected), strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-14)


def _every_second(x: Any) -> Any:
    """The same array in memory with gaps."""
    wide = np.repeat(x[..., None], 2, axis=-1)
    return wide[..., 0]


def _fortran(x: Any) -> Any:
    return np.asfortranarray(x) if x.ndim else x


def _last_axis_reversed_twice(x: Any) -> Any:
    return x[..., ::-1].copy()[..., ::-1] if x.ndim else x


@every_case
def test_views_alone_share_memory(op: type[Op], sample: Sample) -> None:
    tensors, outputs = call(op, sample.inputs, sample.params)
    inputs = arrays_of([x for x in tensors if isinstance(x, mt.Tensor)])
    outputs = arrays_of(outputs)
    if issubclass(op, View | UnsafeSplit | ViewAsComplex):  # some count as no views
        return
    for i, out in enumerate(outputs):
        shared = [k for k, x in enumerate(inputs) if np.may_share_memory(out, x)]
        assert shared == ([0] if op.is_view and out.size else [])
        if not op.is_view:
            assert not any(np.may_share_memory(out, x) for x in [*outputs[:i], *scratch.held()])


@every_smooth_case
def test_grads_are_in_memory_of_their_own(op: type[Op], sample: Sample) -> None:
    """The engine keeps a new result of a rule as a leaf's grad: nobody else may hold it."""
    leaves, outputs = call(op, sample.inputs, sample.params, requires_grad=True)
    starts = _weights(outputs)
    if not starts:
        return
    node = _with_grad(outputs)[0].grad_fn
    mt.autograd.backward(_with_grad(outputs), starts, retain_graph=True)
    held = (*leaves, *outputs, *starts, *node.unpack())
    arrays = [*arrays_of([x for x in held if isinstance(x, mt.Tensor)]), *scratch.held()]
    for x in float_leaves(leaves):
        if x.grad is not None:
            assert not any(np.may_share_memory(x.grad.numpy(), a) for a in arrays)
            arrays.append(x.grad.numpy())


# The logarithms that weights are found again from are of float32 for float16.
WIDER = {("Attention", 1)}
# NumPy has no complex numbers with parts of float16.
NO_HALVES = {"Complex", "FftR2c", "OtherKind", "ViewAsComplex"}


@pytest.mark.parametrize(
    ("dtype", "rtol"),
    [(np.float32, 1e-4), (np.float16, 2e-2), (mt.bfloat16.numpy, 0.1)],
    ids=["f4", "f2", "bf2"],
)
@every_case
def test_other_float_dtypes(op: type[Op], sample: Sample, dtype: Any, rtol: float) -> None:
    has_floats = any(map(is_float_array, sample.inputs))
    if dtype is not np.float32 and has_floats and op.__name__ in NO_HALVES:
        with pytest.raises(RuntimeError, match="no complex numbers with parts of dtype"):
            call(op, with_floats(sample.inputs, lambda x: x.astype(dtype)), sample.params)
        return
    inputs = with_floats(sample.inputs, lambda x: x.astype(dtype))
    same = with_floats(sample.inputs, lambda x: x.astype(dtype).astype(np.float64))
    tensors, outputs = call(op, inputs, sample.params, requires_grad=True)
    _, expected = call(op, same, sample.params)
    for number, (got, want) in enumerate(zip(outputs, expected, strict=True)):
        if (
            "dtype" not in sample.params
            and (op.__name__, number) not in WIDER
            and (want.is_floating_point() or want.is_complex())
            and any(map(is_float_array, inputs))
        ):
            assert got.dtype.to_real().numpy == dtype
        a, b = arrays_of([got, want])
        scale = max(1.0, float(np.abs(b[np.isfinite(b)]).max(initial=0.0)))
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * scale)
    if any(x.requires_grad for x in outputs):
        weights = [
            w.to(x.dtype) for w, x in zip(_weights(outputs), _with_grad(outputs), strict=True)
        ]
        grads = mt.autograd.grad(
            weighted_sum(outputs, weights), float_leaves(tensors), allow_unused=True
        )
        for x, grad in zip(float_leaves(tensors), grads, strict=True):
            assert grad is None or (grad.shape == x.shape and grad.dtype == x.dtype)


@every_sloped_case
def test_gradient_is_the_slope(op: type[Op], sample: Sample) -> None:
    def value(inputs: Any) -> tuple[Any, Any]:
        leaves, outputs = call(op, inputs, sample.params, requires_grad=True)
        assert _with_grad(outputs) or not any(x.is_floating_point() for x in outputs)
        return float_leaves(leaves), weighted_sum(outputs, _weights(outputs))

    _check_slope(value, sample.inputs)


@every_sloped_case
def test_second_gradient_is_the_slope_of_the_first(op: type[Op], sample: Sample) -> None:
    def value(inputs: Any) -> tuple[Any, Any]:
        leaves, outputs = call(op, inputs, sample.params, requires_grad=True)
        leaves = float_leaves(leaves)
        weights = _weights(outputs)
        for w in weights:
            w.requires_grad_()
        total = weighted_sum(outputs, weights)
        if not isinstance(total, mt.Tensor):
            return leaves, 0
        grads = mt.autograd.grad(total, leaves, create_graph=True, allow_unused=True)
        used = [g for g in grads if g is not None and g.requires_grad]
        seeds = random_like([g.detach().numpy() for g in used], 7)
        second = weighted_sum(used, [mt.from_numpy(s) for s in seeds])
        return leaves, second

    _check_slope(value, sample.inputs)


@every_smooth_case
def test_each_input_may_be_the_only_one_that_needs_a_gradient(op: type[Op], sample: Sample) -> None:
    """What is saved for the gradients of the others is not there then."""
    leaves, outputs = call(op, sample.inputs, sample.params, requires_grad=True)
    weights = _weights(outputs)
    if not weights:
        return
    whole = mt.autograd.grad(
        weighted_sum(outputs, weights), float_leaves(leaves), allow_unused=True
    )
    for i, expected in enumerate(whole):
        if expected is None:
            continue
        tensors = [mt.from_numpy(x) if isinstance(x, np.ndarray) else x for x in sample.inputs]
        floats = [x for x in tensors if isinstance(x, mt.Tensor) and x.is_floating_point()]
        floats[i].requires_grad = True
        out = op.apply(*tensors, **sample.params)
        out = out if isinstance(out, tuple) else (out,)
        used = [w for w, x in zip(weights, _with_grad(outputs), strict=True) if x.requires_grad]
        (alone,) = mt.autograd.grad(weighted_sum(out, used), floats[i], create_graph=True)
        np.testing.assert_allclose(*arrays_of([alone, expected]), rtol=1e-12, atol=1e-14)


def _with_grad(outputs: Any) -> list[Any]:
    return [x for x in outputs if x.requires_grad]


def _weights(outputs: Any) -> list[Any]:
    return [mt.from_numpy(w) for w in random_like(arrays_of(_with_grad(outputs)), 3)]


def _check_slope(value: Any, inputs: Any, step: float = 1e-6) -> None:
    """The gradient of a scalar, along a random direction, is the difference quotient."""
    leaves, total = value(inputs)
    if not isinstance(total, mt.Tensor) or not total.requires_grad:
        return  # nothing differentiable: constant in every input
    grads = mt.autograd.grad(total, leaves, allow_unused=True)
    floats = [x for x in inputs if is_float_array(x)]
    directions = random_like(floats, 11)
    predicted = sum(
        float((g.detach().numpy() * d).sum())
        for g, d in zip(grads, directions, strict=True)
        if g is not None
    )

    def at(shift: float) -> float:
        moved = iter([np.asarray(x + shift * d) for x, d in zip(floats, directions, strict=True)])
        return value(with_floats(inputs, lambda _: next(moved)))[1].item()

    measured = (at(step) - at(-step)) / (2 * step)
    assert predicted == pytest.approx(measured, rel=1e-5, abs=1e-6)


@every_smooth_case
def test_no_grad_records_nothing(op: type[Op], sample: Sample) -> None:
    with mt.no_grad():
        _, outputs = call(op, sample.inputs, sample.params, requires_grad=True)
    for x in outputs:
        assert x.grad_fn is None
        assert x._is_view() or not x.requires_grad  # views say what their base says


@every_smooth_case
def test_graph_is_freed_by_reference_count(op: type[Op], sample: Sample) -> None:
    leaves, outputs = call(op, sample.inputs, sample.params, requires_grad=True)
    nodes = [weakref.ref(x.grad_fn) for x in outputs if x.grad_fn is not None]
    collecting = gc.isenabled()
    gc.disable()
    try:
        del leaves, outputs
        assert [ref() for ref in nodes] == [None] * len(nodes)
    finally:
        if collecting:
            gc.enable()


@every_op
def test_error_samples(op: type[Op]) -> None:
    for sample in op.samples(Sampler()):
        if sample.error is not None:
            with pytest.raises(sample.error, match=sample.match):
                call(op, sample.inputs, sample.params)


# Internal gradient ops have no call of their own in PyTorch; those they serve are compared.
COMPARED = [case for case in CASES if case[1].parity is not None]


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["f8", "f4"])
@pytest.mark.parametrize(("op", "sample"), [c[1:] for c in COMPARED], ids=[c[0] for c in COMPARED])
def test_parity(torch: Any, op: type[Op], sample: Sample, dtype: Any) -> None:
    """Forward and gradient are PyTorch's."""
    assert op.parity is not None
    inputs = with_floats(sample.inputs, lambda x: x.astype(dtype))
    leaves, outputs = call(op, inputs, sample.params, requires_grad=True)
    theirs = [torch.from_numpy(x.copy()) if isinstance(x, np.ndarray) else x for x in inputs]
    for x in theirs:
        if isinstance(x, torch.Tensor):
            x.requires_grad_(x.is_floating_point() and op.differentiable)
    expected = op.parity(torch, *theirs, **sample.params)
    expected = tuple(expected) if isinstance(expected, tuple | list) else (expected,)
    outputs = outputs[: len(expected)]
    rtol = 1e-9 if dtype is np.float64 else 2e-5
    _assert_same(torch, outputs, expected, rtol)
    ours = [x for x in outputs if x.requires_grad]
    if not ours:
        return
    weights = random_like(arrays_of(ours), 3)
    got = mt.autograd.grad(
        weighted_sum(ours, [mt.from_numpy(_narrowed(w, dtype)) for w in weights]),
        float_leaves(leaves),
        allow_unused=True,
    )
    total = sum(
        real_part_of(x * torch.from_numpy(_narrowed(w, dtype)).conj()).sum()
        for x, w in zip([x for x in expected if x.requires_grad], weights, strict=True)
    )
    leaves_there = [x for x in theirs if isinstance(x, torch.Tensor) and x.requires_grad]
    want = torch.autograd.grad(total, leaves_there, allow_unused=True)
    for a, b in zip(got, want, strict=True):
        a = np.zeros(()) if a is None else a.detach().numpy()
        b = np.zeros(()) if b is None else b.detach().numpy()
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * max(1.0, np.abs(b).max(initial=0)))


def _narrowed(weights: Any, dtype: Any) -> Any:
    """Weights in a dtype, complex ones with parts of it."""
    return weights.astype(
        np.result_type(dtype, np.complex64) if weights.dtype == complex else dtype
    )


def _assert_same(torch: Any, outputs: Any, expected: Any, rtol: float) -> None:
    for got, want in zip(outputs, expected, strict=True):
        assert tuple(got.shape) == tuple(want.shape)
        assert str(got.dtype) == str(want.dtype)
        got, want = got.detach().numpy(), want.detach().numpy()
        scale = max(1.0, np.abs(want[np.isfinite(want)]).max(initial=0)) if want.size else 1.0
        np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol * scale)


# Gradients that PyTorch gives a history, or not, for other reasons than their formula.
OTHERWISE = {
    "BatchNorm": "one node there for all three gradients, also for that of the bias",
    "BatchNormInference": "one node there for all three gradients, also for that of the bias",
    "BorderPad": "circular padding is made of copies there",
    "Convolution": "one node there for all three gradients, also for that of the bias",
    "ConvolutionTranspose": "one node there for all three gradients, also for that of the bias",
    "GroupNorm": "one node there for all three gradients, also for that of the bias",
    "LayerNorm": "one node there for all three gradients, also for that of the bias",
    "PowBase": "0 ** x reads its own result there, and has NaN for a slope",
    "Hardsigmoid": "it has no second gradient there; here it has zeros",
    "PRelu": "one node there for both gradients, which so have slopes along both inputs",
    "Prod": "of a 0-d tensor nothing is multiplied there",
    "ProdAll": "of a 0-d tensor nothing is multiplied there",
    "Repeat": "of no repetitions no gradient is computed there",
    "Cdist": "PyTorch has the first gradient alone",
    "RmsNorm": "made of other ops there",
    "VectorNorm": "the norm for p = 0 has no gradient there; here it has zeros",
}
SECOND = [c for c in sloped(COMPARED) if c[1].__name__ not in OTHERWISE]


def _second_gradients(library: Any, outputs: Any, leaves: Any) -> list[Any]:
    """Which first gradients have a history; what the second ones are: None, zeros or more."""
    outputs = [x for x in outputs if x.requires_grad]
    starts = [w.requires_grad_() for w in map(library.ones_like, outputs)]
    found: list[Any] = []
    for given in ([w.detach() for w in starts], starts):
        first = library.autograd.grad(
            outputs, leaves, given, create_graph=True, allow_unused=True, retain_graph=True
        )
        found.append([g is not None and g.requires_grad for g in first])
        for g in first:
            if g is not None and g.requires_grad:
                second = library.autograd.grad(
                    g.sum(), [*leaves, *starts], allow_unused=True, retain_graph=True
                )
                found.append([x is not None for x in second])
    return found


@pytest.mark.parametrize(("op", "sample"), [c[1:] for c in SECOND], ids=[c[0] for c in SECOND])
def test_second_gradients_are_there_where_pytorch_has_them(
    torch: Any, op: type[Op], sample: Sample
) -> None:
    """What is linear piece by piece has a second gradient, zero: a penalty reaches its input."""
    assert op.parity is not None
    leaves, outputs = call(op, sample.inputs, sample.params, requires_grad=True)
    if not any(x.requires_grad for x in outputs) or 0 in map(mt.numel, float_leaves(leaves)):
        return  # of no elements PyTorch computes less
    theirs = [
        torch.from_numpy(np.array(x)) if isinstance(x, np.ndarray) else x for x in sample.inputs
    ]
    for x in theirs:
        if isinstance(x, torch.Tensor):
            x.requires_grad_(x.is_floating_point())
    expected = op.parity(torch, *theirs, **sample.params)
    expected = tuple(expected) if isinstance(expected, tuple | list) else (expected,)
    leaves_there = [x for x in theirs if isinstance(x, torch.Tensor) and x.requires_grad]
    ours = _second_gradients(mt, outputs[: len(expected)], float_leaves(leaves))
    assert ours == _second_gradients(torch, expected, leaves_there)
