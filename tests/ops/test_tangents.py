"""Every op in forward mode: tangents, and second derivatives in every order of the two modes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd.op import Op
from minitorch.func import grad, jvp, vjp
from minitorch.ops.samples import Sample
from tests.support.op_calls import all_ops, cases, is_float_array, sloped, with_floats

CASES = sloped(list(cases(all_ops())))
every_case = pytest.mark.parametrize(
    ("op", "sample"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)


def _directions(sample: Sample, seed: int) -> list[Any]:
    random = np.random.default_rng(seed)
    floats = [x for x in sample.inputs if is_float_array(x)]
    return [np.asarray(random.standard_normal(x.shape)) for x in floats]


def _function(op: type[Op], sample: Sample) -> Callable[..., tuple[Any, ...]]:
    """The op as a function of its floating-point inputs, giving its floating-point outputs."""

    def function(*floats: Any) -> tuple[Any, ...]:
        left = iter(floats)
        inputs = [
            next(left)
            if is_float_array(x)
            else (mt.Tensor._wrap(x) if isinstance(x, np.ndarray) else x)
            for x in sample.inputs
        ]
        out = op.apply(*inputs, **sample.params)
        return tuple(
            x for x in (out if isinstance(out, tuple) else (out,)) if x.dtype.is_floating_point
        )

    return function


def _tensors(arrays: list[Any]) -> tuple[Any, ...]:
    return tuple(mt.Tensor._wrap(x) for x in arrays)


def _floats(sample: Sample) -> list[Any]:
    return [x for x in sample.inputs if is_float_array(x)]


def _values(outputs: Any) -> list[Any]:
    return [x.detach().numpy() for x in outputs]


def _assert_close(got: Any, want: Any, tolerance: float) -> None:
    for a, b in zip(got, want, strict=True):
        assert a.shape == b.shape
        scale = max(1.0, float(np.abs(b).max(initial=0.0)))
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * scale)


@every_case
def test_the_tangent_is_the_slope(op: type[Op], sample: Sample) -> None:
    function, direction = _function(op, sample), _directions(sample, 3)
    step = 1e-6

    def moved(by: float) -> list[Any]:
        steps = iter(direction)
        arrays = with_floats(sample.inputs, lambda x: np.asarray(x + by * next(steps)))
        return _values(function(*_tensors([x for x in arrays if is_float_array(x)])))

    outputs, tangents = _jvp(function, _tensors(_floats(sample)), _tensors(direction))
    assert not any(x.requires_grad for x in (*outputs, *tangents))
    _assert_close(_values(outputs), moved(0.0), 1e-12)
    slopes = [(a - b) / (2 * step) for a, b in zip(moved(step), moved(-step), strict=True)]
    _assert_close(_values(tangents), slopes, 1e-5)


def _jvp(function: Any, primals: Any, tangents: Any) -> Any:
    outputs = function(*primals)
    return jvp(function, primals, tangents) if outputs else ((), ())


@every_case
def test_one_moving_input_is_enough(op: type[Op], sample: Sample) -> None:
    """The tangents of the inputs add up, and those that have none count as zeros."""
    function, direction = _function(op, sample), _tensors(_directions(sample, 4))
    primals = _tensors(_floats(sample))
    outputs, whole = _jvp(function, primals, direction)
    total = [np.zeros(tuple(x.shape), x._array.dtype) for x in outputs]
    for i in range(len(primals)):

        def of_one(x: Any, i: int = i) -> Any:
            return function(*primals[:i], x, *primals[i + 1 :])

        parts = _jvp(of_one, primals[i : i + 1], direction[i : i + 1])[1]
        total = [a + b for a, b in zip(total, _values(parts), strict=True)]
    _assert_close(total, _values(whole), 1e-9)


def _number(function: Any, sample: Sample) -> Callable[..., Any]:
    """A number that depends on all outputs, and not linearly on what was linear."""
    random = np.random.default_rng(5)
    weights: list[Any] = []

    def number(*floats: Any) -> Any:
        outputs = function(*floats)
        if not weights:
            weights.extend(
                mt.from_numpy(np.asarray(random.standard_normal(tuple(x.shape)))) for x in outputs
            )
        total: Any = mt.zeros((), dtype=mt.float64)
        for x, w in zip(outputs, weights, strict=True):
            total = total + (x.double() * (w + x.detach())).sum()
        return total

    return number


@every_case
def test_second_derivatives_agree_in_all_orders(op: type[Op], sample: Sample) -> None:
    """Along v and u: reverse over reverse, forward over reverse and the other way, both forward."""
    primals = _tensors(_floats(sample))
    number = _number(_function(op, sample), sample)
    v, u = _tensors(_directions(sample, 6)), _tensors(_directions(sample, 7))
    numbers = tuple(range(len(primals)))
    gradient = grad(number, numbers)

    def along(direction: Any) -> Callable[..., Any]:
        return lambda *xs: jvp(number, xs, direction)[1]

    want = vjp(gradient, *primals)[1](v)
    _assert_close(_values(jvp(gradient, primals, v)[1]), _values(want), 1e-8)
    _assert_close(_values(grad(along(v), numbers)(*primals)), _values(want), 1e-8)
    twice = sum(float((a * b).sum()) for a, b in zip(want, u, strict=True))
    both = jvp(along(v), primals, u)[1].item()
    assert both == pytest.approx(twice, rel=1e-8, abs=1e-7 * max(1.0, abs(twice)))


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")
@pytest.mark.parametrize("p", [0.5, 1, 1.5, 2, 3, np.inf])
def test_the_norm_of_zeros_stays_zero(torch: Any, p: float) -> None:
    for library in (mt, torch):
        for zeros in (library.zeros(3), library.zeros(0)) if p < np.inf else (library.zeros(3),):
            moved = library.func.jvp(lambda x: x.norm(p), (zeros,), (zeros + 1,))
            assert [float(x) for x in moved] == [0, 0]
