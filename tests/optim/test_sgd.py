"""SGD against PyTorch, against its formula written out, and its argument errors."""

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


def test_golden_values() -> None:
    """Read off PyTorch 2.13: momentum 0.9, dampening 0.5, weight decay 0.1, gradients of ones."""
    start, grads = [np.array([1.0, -2.0], np.float32)], [[np.ones(2, np.float32)]] * 3
    (p,) = run(mt, start, grads, lr=0.1, momentum=0.9, dampening=0.5, weight_decay=0.1)
    np.testing.assert_allclose(p, [0.544762254, -2.331081867], rtol=1e-6)


def test_parameters_without_gradient_stay_and_keep_no_state() -> None:
    w = mt.ones(2, requires_grad=True)
    optimizer = SGD([w], lr=0.1, momentum=0.9, weight_decay=1.0)
    optimizer.step()
    assert w.tolist() == [1.0, 1.0]
    assert not optimizer.state


def test_without_momentum_nothing_is_kept() -> None:
    w = mt.ones(2, requires_grad=True)
    w.grad = mt.ones(2)
    optimizer = SGD([w], lr=0.1)
    optimizer.step()
    assert not optimizer.state


def test_gradients_are_left_alone() -> None:
    w = mt.ones(2, requires_grad=True)
    w.grad = mt.ones(2)
    optimizer = SGD([w], lr=0.1, momentum=0.9, weight_decay=0.5, nesterov=True, maximize=True)
    for _ in range(3):
        optimizer.step()
    assert w.grad.tolist() == [1.0, 1.0]


def test_parameters_move_in_place_through_their_views() -> None:
    base = mt.zeros(2, 3)
    columns = base.detach().numpy().T  # strided memory
    w = mt.from_numpy(columns).requires_grad_()
    w.grad = mt.ones(3, 2)
    SGD([w], lr=1.0, momentum=0.9).step()
    assert base.tolist() == [[-1.0] * 3] * 2


def test_a_step_between_forward_and_backward_is_noticed() -> None:
    w = mt.ones(2, requires_grad=True)
    loss = (w * w).sum()
    w.grad = mt.ones(2)
    SGD([w], lr=0.1).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_a_run_that_diverges_is_not_warned_of() -> None:
    """As in PyTorch: the numbers say it."""
    w = mt.tensor([3e38, np.inf], requires_grad=True)
    w.grad = mt.tensor([-3e38, np.inf])
    optimizer = SGD([w], lr=10.0, momentum=0.9, weight_decay=0.1)
    for _ in range(2):
        optimizer.step()
    assert np.isnan(w.detach().numpy()).all()


def test_a_step_records_nothing() -> None:
    w = mt.ones(2, requires_grad=True)
    w.grad = mt.ones(2)
    SGD([w], lr=0.1, momentum=0.9).step()
    assert w.is_leaf and w.requires_grad and w.grad_fn is None


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

    def sgd_(param: Any, *rest: Any) -> None:
        calls.append(param.shape)

    from dataclasses import replace

    w = mt.ones(2, requires_grad=True)
    w.grad = mt.ones(2)
    optimizer = SGD([w], lr=0.1)
    update = replace(kernels.active().update, sgd_=sgd_)
    with kernels.using(replace(kernels.active(), update=update)):
        optimizer.step()
    assert calls == [(2,)]
    assert w.tolist() == [1.0, 1.0]


WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "lr": ({"lr": -1.0}, ValueError, "Invalid learning rate: -1.0"),
    "momentum": ({"momentum": -0.5}, ValueError, "Invalid momentum value: -0.5"),
    "weight_decay": ({"weight_decay": -0.1}, ValueError, "Invalid weight_decay value: -0.1"),
    "nesterov": (
        {"nesterov": True},
        ValueError,
        "Nesterov momentum requires a momentum and zero dampening",
    ),
    "nesterov dampened": (
        {"nesterov": True, "momentum": 0.9, "dampening": 0.1},
        ValueError,
        "Nesterov momentum requires a momentum and zero dampening",
    ),
    "both": (
        {"fused": True, "foreach": True},
        RuntimeError,
        "`fused` and `foreach` cannot be `True` together.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_arguments_are_refused(case: str) -> None:
    options, error, text = WRONG[case]
    with pytest.raises(error, match=text):
        SGD([mt.ones(1)], **options)


@pytest.mark.parametrize("case", WRONG)
def test_pytorch_refuses_them_the_same_way(case: str, torch: ModuleType) -> None:
    options, error, text = WRONG[case]
    with pytest.raises(error, match=text):
        torch.optim.SGD([torch.ones(1)], **options)


def test_a_tensor_lr_has_one_element() -> None:
    with pytest.raises(ValueError, match="Tensor lr must be 1-element"):
        SGD([mt.ones(1)], lr=mt.tensor([0.1, 0.2]))


def test_differentiable_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="differentiable"):
        SGD([mt.ones(1)], differentiable=True)


@pytest.mark.parametrize("option", ["foreach", "fused"])
def test_the_choice_of_implementation_changes_nothing(option: str) -> None:
    start, grads = [np.ones(2, np.float32)], [[np.ones(2, np.float32)]] * 2
    plain = run(mt, start, grads, lr=0.1, momentum=0.9)
    chosen = run(mt, start, grads, lr=0.1, momentum=0.9, **{option: True})
    assert plain[0].tolist() == chosen[0].tolist()
