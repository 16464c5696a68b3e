"""SGD against its formula, and against PyTorch with any options.

What holds of every optimizer is in `test_optimizers.py`.
"""

from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import minitorch as mt
from minitorch import kernels
from minitorch.optim import SGD

OPTIONS: list[dict[str, Any]] = [
    {},
    {"momentum": 0.9},
    {"momentum": 0.9, "dampening": 0.5},
    {"momentum": 0.9, "nesterov": True},
    {"weight_decay": 0.1},
    {"weight_decay": 0.1, "momentum": 0.5, "dampening": 0.1},
    {"weight_decay": 0.1, "momentum": 0.9, "nesterov": True, "maximize": True},
    {"maximize": True},
]


def run(library: Any, start: list[Any], grads: list[list[Any]], **options: Any) -> list[Any]:
    """Take a step per list of gradients (None: no gradient); return the parameters."""
    params = [library.tensor(a.tolist(), dtype=getattr(library, a.dtype.name)) for a in start]
    for param in params:
        param.requires_grad_()
    optimizer = library.optim.SGD(params, **options)
    for step in grads:
        for param, grad in zip(params, step, strict=True):
            param.grad = None if grad is None else library.tensor(grad.tolist(), dtype=param.dtype)
        optimizer.step()
    return [param.detach().numpy() for param in params]


@given(
    lr=st.floats(0, 1),
    momentum=st.sampled_from([0, 0.5, 0.9]) | st.floats(0, 2),
    dampening=st.sampled_from([0, 0.1]),
    weight_decay=st.sampled_from([0, 0.01, 0.5]),
    nesterov=st.booleans(),
    maximize=st.booleans(),
    dtype=st.sampled_from(["float32", "float64"]),
    shapes=st.lists(st.sampled_from([(), (3,), (2, 3), (0,)]), min_size=1, max_size=3),
    steps=st.integers(1, 5),
    seed=st.integers(0, 2**31),
)
def test_steps_match_pytorch(
    torch: ModuleType, lr: float, momentum: float, dampening: float, weight_decay: float,
    nesterov: bool, maximize: bool, dtype: str, shapes: list[Any], steps: int, seed: int,
) -> None:  # fmt: skip
    rng = np.random.default_rng(seed)
    nesterov = nesterov and momentum > 0 and dampening == 0
    start = [rng.normal(size=shape).astype(dtype) for shape in shapes]
    grads = [
        [rng.normal(size=s).astype(dtype) if rng.random() < 0.8 else None for s in shapes]
        for _ in range(steps)
    ]
    options = dict(
        lr=lr, momentum=momentum, dampening=dampening, weight_decay=weight_decay,
        nesterov=nesterov, maximize=maximize,
    )  # fmt: skip
    ours, theirs = (run(library, start, grads, **options) for library in (mt, torch))
    tolerance = 1e-6 if dtype == "float32" else 1e-13
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=10 * tolerance)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_steps_follow_the_formula(options: dict[str, Any]) -> None:
    o = {"momentum": 0, "dampening": 0, "weight_decay": 0, "nesterov": False, "maximize": False}
    o |= options
    rng = np.random.default_rng(0)
    grads = list(rng.normal(size=(4, 3)))
    p, b = np.array([1.0, -2.0, 3.0]), None
    for grad in grads:
        g = (-grad if o["maximize"] else grad) + o["weight_decay"] * p
        if o["momentum"]:
            b = g if b is None else o["momentum"] * b + (1 - o["dampening"]) * g
            g = g + o["momentum"] * b if o["nesterov"] else b
        p = p - 0.1 * g
    (ours,) = run(mt, [np.array([1.0, -2.0, 3.0])], [[g] for g in grads], lr=0.1, **options)
    np.testing.assert_allclose(ours, p, rtol=1e-14)


def test_without_momentum_nothing_is_kept() -> None:
    w = mt.ones(2, requires_grad=True)
    w.grad = mt.ones(2)
    optimizer = SGD([w], lr=0.1)
    optimizer.step()
    assert not optimizer.state


@pytest.mark.parametrize("lr", [mt.tensor(0.5), mt.tensor([0.5])])
def test_lr_may_be_a_tensor(lr: mt.Tensor) -> None:
    w = mt.ones(2, requires_grad=True)
    w.grad = mt.ones(2)
    optimizer = SGD([w], lr=lr)
    optimizer.step()
    assert w.tolist() == [0.5, 0.5]
    lr.fill_(0.25)
    optimizer.step()
    assert w.tolist() == [0.25, 0.25]


def test_the_active_kernels_do_the_work() -> None:
    calls = []

    def sgd_(params: Any, *rest: Any) -> None:
        calls.extend(param.shape for param in params)

    from dataclasses import replace

    w = mt.ones(2, requires_grad=True)
    w.grad = mt.ones(2)
    optimizer = SGD([w], lr=0.1)
    update = replace(kernels.active().update, sgd_=sgd_)
    with kernels.using(replace(kernels.active(), update=update)):
        optimizer.step()
    assert calls == [(2,)]
    assert w.tolist() == [1.0, 1.0]
