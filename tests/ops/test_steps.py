"""Functions that are constant between steps: their gradient is zero, whatever arrives."""

import numpy as np
import pytest

import minitorch as mt

STEPS = {
    "sign": lambda t, x: x.sign(),
    "floor": lambda t, x: x.floor(),
    "ceil": lambda t, x: x.ceil(),
    "trunc": lambda t, x: x.trunc(),
    "round": lambda t, x: x.round(),
    "power_of_zero": lambda t, x: x**0,
    "divided_down": lambda t, x: t.div(x, 2, rounding_mode="floor"),
    "divided_to_zero": lambda t, x: t.div(x, t.tensor(2.0), rounding_mode="trunc"),
    "divisor": lambda t, x: t.div(7, x, rounding_mode="trunc"),
    "drawn": lambda t, x: (x * 1).uniform_(),
}


def slope(module, call):
    x = module.tensor([1.25, -2.5, 3.75], requires_grad=True)
    call(module, x).backward(module.tensor([np.inf, np.nan, 1.0]))
    return x.grad.tolist()


@pytest.mark.parametrize("call", STEPS.values(), ids=STEPS)
def test_an_infinite_gradient_ends_at_a_step(torch, call):
    assert slope(mt, call) == slope(torch, call) == [0.0] * 3


def test_the_count_of_nonzeros_has_no_slope():
    x = mt.tensor([1.0, np.inf, np.nan, 0.0], requires_grad=True)
    x.norm(0).backward()
    assert x.grad.tolist() == [0.0] * 4


@pytest.mark.parametrize(
    "call",
    [
        lambda t, x: t.nn.functional.elu(x),
        lambda t, x: x.clamp(t.tensor(-1.0), t.tensor(1.0)),
        lambda t, x: x.clamp(t.tensor(-1.0)),
        lambda t, x: x[:, None].cumprod(1),
    ],
    ids=["elu", "clamp", "clamp_min", "cumprod of one"],
)
def test_slopes_at_nan(torch, call):
    grads = []
    for module in (mt, torch):
        x = module.tensor([np.nan, 0.5, -3.0], requires_grad=True)
        call(module, x).sum().backward()
        grads.append(x.grad.numpy())
    np.testing.assert_allclose(*grads)
