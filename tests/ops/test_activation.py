"""Activations beside PyTorch's, to the second derivative and at the ends of the number line."""

import math

import numpy as np
import pytest

import minitorch as mt
from minitorch.ops.elementwise import activation
from minitorch.ops.elementwise.gelu import gelu
from tests.ops.orders import assert_all_orders, distinct

CALLS = {
    "relu": lambda torch, x: torch.relu(x),
    "sigmoid": lambda torch, x: torch.sigmoid(x),
    "tanh": lambda torch, x: torch.tanh(x),
    "erf": lambda torch, x: torch.erf(x),
    "gelu": lambda torch, x: torch.nn.functional.gelu(x),
    "gelu_tanh": lambda torch, x: torch.nn.functional.gelu(x, approximate="tanh"),
    "leaky": lambda torch, x: torch.nn.functional.leaky_relu(x, 0.2),
    "leaky_negative": lambda torch, x: torch.nn.functional.leaky_relu(x, -1.5),
}
# Not in minitorch.nn.functional yet, so called as ops.
OPS = {
    "elu": (lambda x: activation.elu(x, 0.7), lambda torch, x: torch.nn.functional.elu(x, 0.7)),
    "silu": (activation.silu, lambda torch, x: torch.nn.functional.silu(x)),
    "softplus": (
        lambda x: activation.softplus(x, 2.0, 3.0),
        lambda torch, x: torch.nn.functional.softplus(x, 2.0, 3.0),
    ),
}
SCRIPTS = CALLS | {
    name: lambda torch, x, ours=ours, theirs=theirs: ours(x) if torch is mt else theirs(torch, x)
    for name, (ours, theirs) in OPS.items()
}
every_call = pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)


@every_call
def test_all_orders(torch, script):
    assert_all_orders(torch, script, distinct(8, 9))
    assert_all_orders(torch, script, distinct())
    assert_all_orders(torch, script, distinct(0, 3))
    assert_all_orders(torch, script, distinct(6, 5).T[::2])


@every_call
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_ends_of_the_line(torch, script, dtype):
    """Infinities, NaN, zeros and large numbers: values and gradients, without a warning."""
    numbers = [math.inf, -math.inf, math.nan, 0.0, -0.0, 88.0, -88.0, 1e4, -1e4, 1e-6, 3.0, -3.0]
    numbers += [15.0, -15.0]  # of which the exponential is beyond float16

    def run(torch):
        x = torch.tensor(numbers, dtype=getattr(torch, dtype), requires_grad=True)
        out = script(torch, x)
        out.backward(torch.full(x.shape, 2, dtype=x.dtype))
        return out.detach().numpy(), x.grad.numpy()

    (out, grad), (their_out, their_grad) = run(mt), run(torch)
    # Slopes at infinity come out as NaN or their limit by the order of the arithmetic.
    finite = np.isfinite(numbers)
    rtol = {"float16": 2e-3, "float32": 2e-6, "float64": 1e-12}[dtype]
    np.testing.assert_allclose(out[2:], their_out[2:], rtol=rtol, atol=rtol)
    np.testing.assert_allclose(grad[finite], their_grad[finite], rtol=rtol, atol=rtol)


def test_relu_keeps_infinite_gradients_from_the_dead():
    """Zero times infinity would be NaN and spoil the weights of a unit that is off."""
    x = mt.tensor([-1.0, 0.0, 1.0, math.nan], requires_grad=True)
    mt.relu(x).backward(mt.tensor([math.inf, math.nan, math.inf, 2.0]))
    assert x.grad.tolist() == [0.0, 0.0, math.inf, 2.0]


def test_relu_is_differentiable_twice():
    x = mt.tensor([-1.0, 2.0], requires_grad=True)
    y = (x.relu() ** 3).sum()
    (grad,) = mt.autograd.grad(y, x, create_graph=True)
    assert grad.tolist() == [0.0, 12.0]
    assert mt.autograd.grad(grad.sum(), x)[0].tolist() == [0.0, 12.0]


def test_golden_values():
    x = mt.tensor([-1.0, 0.5, 2.0])
    expected = {
        mt.relu: [0.0, 0.5, 2.0],
        mt.sigmoid: [0.26894143, 0.62245935, 0.88079703],
        mt.tanh: [-0.76159418, 0.46211714, 0.96402758],
        mt.erf: [-0.84270079, 0.52049988, 0.99532227],
        gelu: [-0.15865526, 0.34573123, 1.95449972],
        activation.silu: [-0.26894143, 0.31122968, 1.76159406],
        activation.leaky_relu: [-0.01, 0.5, 2.0],
        activation.elu: [-0.63212055, 0.5, 2.0],
        activation.softplus: [0.31326166, 0.97407699, 2.12692809],
    }
    for function, values in expected.items():
        assert function(x).tolist() == pytest.approx(values, rel=1e-6)


def test_methods_in_place():
    for name in ("relu", "sigmoid", "tanh", "erf"):
        x = mt.tensor([-1.0, 0.5, 2.0], requires_grad=True)
        expected = getattr(mt, name)(x)
        (slope,) = mt.autograd.grad(expected.sum(), x)
        written = x.clone()
        assert getattr(written, name + "_")() is written
        assert written.tolist() == expected.tolist() == getattr(x, name)().tolist()
        assert written.grad_fn.name() == expected.grad_fn.name()
        assert mt.autograd.grad(written.sum(), x)[0].tolist() == slope.tolist()


def test_a_write_after_relu_is_noticed():
    x = mt.ones(3, requires_grad=True)
    out = mt.relu(x)
    out += 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.sum().backward()


def test_integers(torch):
    for name in ("sigmoid", "tanh", "erf"):
        ours, theirs = (getattr(t, name)(t.tensor([-1, 0, 3])) for t in (mt, torch))
        assert str(ours.dtype) == str(theirs.dtype)
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-6)
    assert mt.relu(mt.tensor([-1, 0, 3])).tolist() == [0, 0, 3]


def test_names_are_those_of_pytorch(torch):
    for name, script in CALLS.items():
        ours, theirs = (script(t, t.ones(2, requires_grad=True)) for t in (mt, torch))
        assert ours.grad_fn.name() == theirs.grad_fn.name(), name


def test_relu_refuses_truth_values():
    truths = mt.tensor([True, False])
    for call in (mt.relu, mt.nn.functional.relu, mt.Tensor.relu, mt.Tensor.relu_):
        with pytest.raises(RuntimeError, match="Boolean inputs not supported for relu"):
            call(truths)


def test_gelu_refuses_another_approximation():
    with pytest.raises(RuntimeError, match=r"approximate argument must be either none or tanh"):
        gelu(mt.zeros(2), "cubic")
