"""Gradients that users see are dense, in memory of their own: they may be kept and written to."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.core.layout import is_expanded

# Of two tensors (3, 2), a scalar or not.
GRAPHS: dict[str, Callable[[Any, Any], Any]] = {
    "broadcast sum": lambda x, y: (x + y).sum(),
    "identity": lambda x, y: (x + y).clone(),
    "mean of a dimension": lambda x, y: (x.mean(0) + y.mean(0)).sum(),
    "one tensor twice": lambda x, y: x + x + y,
    "product": lambda x, y: x * y,
    "sum of a dimension": lambda x, y: x.sum(1) * y.sum(1),
    "turned": lambda x, y: (x.t() * y.t()).view(2, 3),
    "views": lambda x, y: x.view(-1) + y.reshape(6),
}


def _returned(graph: Any, x: Any, y: Any, start: Any) -> list[Any]:
    return list(mt.autograd.grad(graph(x, y), (x, y), start))


def _returned_with_a_graph(graph: Any, x: Any, y: Any, start: Any) -> list[Any]:
    return list(mt.autograd.grad(graph(x, y), (x, y), start, create_graph=True))


def _of_results(graph: Any, x: Any, y: Any, start: Any) -> list[Any]:
    a, b = x + 0, y * 1
    out = graph(a, b)
    return list(mt.autograd.grad(out, (a, b, out, x), start))


def _accumulated(graph: Any, x: Any, y: Any, start: Any) -> list[Any]:
    graph(x, y).backward(start)
    return [x.grad, y.grad]


def _retained(graph: Any, x: Any, y: Any, start: Any) -> list[Any]:
    a, b = x + 0, y + 0
    out = graph(a, b)
    for t in (a, b, out):
        t.retain_grad()
    out.backward(start)
    return [a.grad, b.grad, out.grad, x.grad, y.grad]


def _hooked(graph: Any, x: Any, y: Any, start: Any) -> list[Any]:
    seen: list[Any] = []
    a, b = x + 0, y * 1
    out = graph(a, b)
    for t in (x, y, a, b, out):
        t.register_hook(seen.append)
    a.retain_grad()
    out.backward(start)
    return [*seen, a.grad, x.grad, y.grad]


def _hooked_nodes(graph: Any, x: Any, y: Any, start: Any) -> list[Any]:
    seen: list[Any] = []
    a = x + y
    out = graph(a, y)
    for t in (a, out):
        t.grad_fn.register_prehook(lambda grads: seen.extend(grads))
        t.grad_fn.register_hook(lambda inputs, outputs: seen.extend(inputs))
    out.backward(start)
    return [*[g for g in seen if g is not None], x.grad, y.grad]


def _hooked_leaves(graph: Any, x: Any, y: Any, start: Any) -> list[Any]:
    seen: list[Any] = []
    out = graph(x, y)
    node = x.view_as(x).grad_fn.next_functions[0][0]
    node.register_prehook(lambda grads: seen.extend(grads))
    out.backward(start)
    return [*seen, x.grad, y.grad]


def _hooked_modules(graph: Any, x: Any, y: Any, start: Any) -> list[Any]:
    seen: list[Any] = []
    module = mt.nn.ReLU()
    module.register_full_backward_hook(lambda _, inputs, outputs: seen.extend(inputs + outputs))
    graph(module(x), y).backward(start)
    return [*seen, x.grad, y.grad]


PLACES = (
    _returned, _returned_with_a_graph, _of_results, _accumulated, _retained, _hooked,
    _hooked_nodes, _hooked_leaves, _hooked_modules,
)  # fmt: skip


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__.strip("_"))
@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_are_dense_and_alone(graph: Any, place: Any) -> None:
    x, y = (mt.arange(1.0, 7.0).view(3, 2).clone().requires_grad_() for _ in range(2))
    start = mt.ones(graph(x, y).shape)
    grads = place(graph, x, y, start)
    arrays = [g.detach().numpy() for g in grads]
    assert not any(map(is_expanded, arrays))
    for a, b in combinations([*arrays, start.numpy()], 2):
        assert not np.may_share_memory(a, b)
    for g in grads:
        assert g.view(-1 if g.is_contiguous() else g.shape).numel() == g.numel()


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_are_what_pytorch_hands_out(torch: Any, graph: Any) -> None:
    """The same numbers; and the same strides where PyTorch's have a step along every dimension."""
    results = []
    for library in (mt, torch):
        x, y = (library.arange(1.0, 7.0).view(3, 2).clone().requires_grad_() for _ in range(2))
        a, b = x * 1, y * 1
        a.retain_grad()
        out = graph(a, b)
        start = library.ones(out.shape)
        returned = library.autograd.grad(out, (a, b), start, retain_graph=True)
        out.backward(start)
        results.append([*returned, a.grad, x.grad, y.grad])
    for mine, theirs in zip(*results, strict=True):
        np.testing.assert_array_equal(mine.numpy(), theirs.numpy())
        assert 0 in theirs.stride() or mine.stride() == theirs.stride()


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_are_dense_in_the_rules_of_functions(graph: Any) -> None:
    """As PyTorch's are not of a sum, whose rule gives an expanded tensor."""
    seen = []

    class Same(mt.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x.clone()

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            seen.append(grad)
            return grad

    x, y = (mt.ones(3, 2, requires_grad=True) for _ in range(2))
    graph(Same.apply(x), Same.apply(y)).sum().backward()
    assert len(seen) == 2
    assert not any(is_expanded(grad.numpy()) for grad in seen)


def test_a_hook_that_writes_changes_the_gradient_of_its_own_tensor_alone() -> None:
    x, y = (mt.ones(3, requires_grad=True) for _ in range(2))

    def write(grad: Any) -> None:
        grad.mul_(5)

    x.register_hook(write)
    (x + y).sum().backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([5.0] * 3, [1.0] * 3)
