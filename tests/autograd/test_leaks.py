"""Nothing is left over: graphs die by reference count, and training keeps no object it made."""

import gc
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import minitorch as mt
from minitorch import nn
from minitorch.utils.checkpoint import checkpoint


@pytest.fixture(autouse=True)
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Square(mt.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved_tensors
        return grad * 2 * x


def objects() -> Counter[str]:
    return Counter(type(x).__name__ for x in gc.get_objects())


def test_a_thousand_steps_leave_nothing_over() -> None:
    mt.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    net[0].register_forward_hook(lambda module, args, out: None)
    optimizer = mt.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    data, labels = mt.randn(8, 4), mt.randint(0, 2, (8,))

    def step() -> None:
        optimizer.zero_grad()
        hidden = net[1](net[0](data)).clone()
        hidden.register_hook(lambda grad: grad * 1)
        hidden[0].mul_(0.5)  # a view, written
        out = checkpoint(net[2], Square.apply(hidden), use_reentrant=False)
        loss = nn.functional.cross_entropy(out, labels)
        (first,) = mt.autograd.grad(loss, net[0].weight, create_graph=True)
        (loss + first.square().sum()).backward()
        optimizer.step()

    for _ in range(20):  # caches fill
        step()
    before = objects()
    for _ in range(1000):
        step()
    more = objects() - before
    assert sum(more.values()) < 100, more  # one object a step would be a thousand


def leaf() -> Any:
    return mt.ones(3, requires_grad=True)


def written_after_use() -> Any:
    x = leaf() * 1
    y = x * x
    x += y  # now made of what was made of it
    return x


def written_view() -> Any:
    x = leaf() * 1
    y = x[1:] * x[:2]
    x[:2].add_(y)
    return x * x


def in_place_activation() -> Any:
    x = leaf() * 1
    return x.tanh_() * x


def second_order() -> Any:
    x = leaf()
    (first,) = mt.autograd.grad((x**3).sum(), x, create_graph=True)
    return first * first


def hooked() -> Any:
    x = leaf() * 2
    x.register_hook(lambda grad: grad + x.detach())
    x.retain_grad()
    return x.exp()


def custom() -> Any:
    return Square.apply(Square.apply(leaf()))


def with_tangent() -> Any:
    with mt.autograd.forward_ad.dual_level():
        return mt.autograd.forward_ad.make_dual(leaf(), mt.ones(3)).exp() * 2


# Walks refuse these: what they need was written. They die all the same.
REFUSED: list[Callable[[], Any]] = [written_after_use, written_view]
GRAPHS: list[Callable[[], Any]] = [
    in_place_activation,
    second_order,
    hooked,
    custom,
    with_tangent,
    lambda: mt.func.vmap(mt.sin)(leaf()),
]


@pytest.mark.parametrize("make", REFUSED, ids=lambda f: f.__name__)
def test_a_graph_that_cannot_be_walked_dies_too(make: Callable[[], Any]) -> None:
    out = make()
    node = weakref.ref(out.grad_fn)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        out.sum().backward()
    assert node() is not None
    del out
    assert node() is None


@pytest.mark.parametrize("walk", [None, False, True], ids=["unused", "freed", "retained"])
@pytest.mark.parametrize("make", GRAPHS, ids=lambda f: f.__name__)
def test_a_graph_dies_with_the_last_tensor(make: Callable[[], Any], walk: bool | None) -> None:
    out = make()
    node = weakref.ref(out.grad_fn)
    assert node() is not None
    if walk is not None:
        out.sum().backward(retain_graph=walk)
    del out
    assert node() is None


def test_a_graph_dies_after_a_rule_has_failed() -> None:
    class Fails(mt.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 1

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            raise LookupError("in my rule")

    out = Fails.apply(leaf() * 2) * 3
    node = weakref.ref(out.grad_fn)
    try:
        out.sum().backward()
    except LookupError:
        pass
    else:
        pytest.fail("the rule's error is lost")
    del out
    assert node() is None
