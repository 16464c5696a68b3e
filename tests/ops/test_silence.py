"""Numbers that overflow become infinite without a word, as in PyTorch."""

import numpy as np
import pytest

import minitorch as mt
from minitorch.core import silence
from tests.support.both import compare

HALF = np.array([1.0, -65504.0, 6e-8, -2.0], np.float16)
SINGLE = np.array([1.0, -3e38, 1e-45, -2.0], np.float32)

CALLS = {
    "clamp": lambda t, x: x.clamp(min=float("-inf")),
    "where": lambda t, x: t.where(x > 0, x, 1e10),
    "where_other": lambda t, x: t.where(x > 0, 1e10, x),
    "elu": lambda t, x: t.nn.functional.elu(x, 3.0),
    "leaky_relu": lambda t, x: t.nn.functional.leaky_relu(x, 1e4),
    "round": lambda t, x: x.round(decimals=3),
    "exp": lambda t, x: (x * x).exp(),
    "sum": lambda t, x: (x * x).sum(),
    "a number": lambda t, x: x + t.tensor(1e300, dtype=t.float64),
    "in place": lambda t, x: x.clone().sub_(x.double() * 1e300),
    "out": lambda t, x: t.mul(x.detach().double(), 1e300, out=t.empty(4, dtype=x.dtype)),
    "arange": lambda t, x: t.arange(0, 1e6, 3e5, dtype=x.dtype),
    "normal": lambda t, x: t.zeros(99, dtype=x.dtype).normal_(0, 1e30).isinf().all(),
    "cauchy": lambda t, x: t.zeros(99, dtype=x.dtype).cauchy_(0, 1e30).isinf().all(),
}


@pytest.mark.parametrize("array", [HALF, SINGLE], ids=["half", "single"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_overflow_is_silent(torch, call, array):
    compare(torch, call, array, rtol=1e-3)


def test_half_precision_is_left_in_between(torch):
    x = np.array([-65504.0, -3.3, 0.1, 1.7], np.float16)
    compare(torch, lambda t, x: t.nn.functional.leaky_relu(x, 0.1), x, rtol=0, atol=0)
    compare(torch, lambda t, x: x.round(decimals=2), x, rtol=0, atol=0)
    with pytest.raises(RuntimeError, match="value cannot be converted to type c10::Half without"):
        mt.from_numpy(x).clamp(max=1e5)


def test_a_numpy_that_keeps_its_state_elsewhere_is_silenced_too(monkeypatch):
    monkeypatch.setattr(silence, "copy_context", lambda: {})  # where nothing is found
    errors, quiet_state = silence._find()
    assert errors.get(None) is not quiet_state
    token = errors.set(quiet_state)
    try:
        assert np.geterr()["divide"] == "ignore"
    finally:
        errors.reset(token)
    assert np.geterr()["divide"] != "ignore"
