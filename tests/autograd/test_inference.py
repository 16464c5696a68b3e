"""Inference tensors beyond the tables: every way to make one, every way to write to one."""

from collections.abc import Callable
from typing import Any

import pytest

import minitorch as mt
from minitorch.autograd import layers
from tests.support.table import complaint, refused, row

MAKERS: list[Callable[[Any], Any]] = [
    lambda t: t.rand(2),
    lambda t: t.randn(2),
    lambda t: t.randint(0, 3, (2,)),
    lambda t: t.randperm(3),
    lambda t: t.normal(t.zeros(2), 1.0),
    lambda t: t.arange(3),
    lambda t: t.linspace(0, 1, 3),
    lambda t: t.eye(2),
    lambda t: t.empty(2),
    lambda t: t.full((2,), 1.0),
    lambda t: t.zeros_like(t.ones(1)),
    lambda t: t.rand_like(t.ones(1)),
    lambda t: t.ones(1).new_zeros(2),
    lambda t: t.ones(1).new_tensor([1.0]),
    lambda t: t.as_tensor([1.0]),
    lambda t: t.from_numpy(t.ones(1).numpy()),
    lambda t: t.Tensor([1.0]),
    lambda t: t.FloatTensor([1.0]),
    lambda t: t.bernoulli(t.full((2,), 0.5)),
    lambda t: t.nn.Parameter(t.ones(1)),
    lambda t: t.nn.Linear(2, 2).weight,
    lambda t: t.ones(1).double(),
    lambda t: t.ones(4).max(0)[1],
    lambda t: t.stack([t.ones(1)]),
]


@row([True] * len(MAKERS))
def test_whatever_is_made_inside_is_one(torch: Any) -> Any:
    with torch.inference_mode():
        return [make(torch).is_inference() for make in MAKERS]


@row((False, False, False))
def test_whatever_shares_memory_with_a_normal_tensor_is_normal(torch: Any) -> Any:
    x = torch.ones(2, requires_grad=True)
    with torch.inference_mode():
        return x.data.is_inference(), x.detach().is_inference(), x.view(2, 1).is_inference()


WRITE = refused(
    RuntimeError, "Inplace update to inference tensor outside InferenceMode is not allowed"
)
WRITERS: list[Callable[[Any, Any], Any]] = [
    lambda t, x: x.zero_(),
    lambda t, x: x.fill_(1),
    lambda t, x: x.copy_(t.ones(2)),
    lambda t, x: x.uniform_(),
    lambda t, x: x.clamp_(0),
    lambda t, x: t.nn.init.ones_(x),
]


@row([WRITE] * len(WRITERS))
def test_nothing_writes_to_one_outside(torch: Any) -> Any:
    with torch.inference_mode():
        x = torch.ones(2)
    return [complaint(lambda write=write: write(torch, x)) for write in WRITERS]


@row([None] * len(WRITERS))
def test_anything_writes_to_one_inside(torch: Any) -> Any:
    with torch.inference_mode():
        x = torch.ones(2)
        return [complaint(lambda write=write: write(torch, x)) for write in WRITERS]


def test_nothing_was_written_where_it_was_refused() -> None:
    with mt.inference_mode():
        x = mt.ones(2)
    for write in (lambda: x.zero_(), lambda: x.__setitem__(0, 5.0)):
        with pytest.raises(RuntimeError, match=r"Inplace update.*You can make a clone"):
            write()
    assert x.tolist() == [1.0, 1.0]


@row((False, True))
def test_requires_grad_may_be_taken_off_outside(torch: Any) -> Any:
    with torch.inference_mode():
        x = torch.ones(2, requires_grad=True)
    x.requires_grad_(False)
    return x.requires_grad, x.is_inference()


@row((True, False, None))
def test_a_copy_made_outside_is_normal(torch: Any) -> Any:
    with torch.inference_mode():
        x = torch.ones(2)
    return (x + 0).requires_grad_().requires_grad, x.clone().is_inference(), x.grad_fn


@row(([3.0], True))
def test_a_module_run_inside(torch: Any) -> Any:
    layer = torch.nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        layer.weight.fill_(1.5)
    with torch.inference_mode():
        y = layer(torch.ones(2))
    return y, y.is_inference()


def test_the_mode_leaves_nothing_behind() -> None:
    with mt.inference_mode(), mt.inference_mode(False), mt.inference_mode():
        assert mt.ones(1).is_inference()
    assert layers.active() is None
    assert not mt.ones(1).is_inference()
