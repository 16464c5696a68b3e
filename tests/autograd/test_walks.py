"""Walks: what they free, which nodes they run, walks within walks, in threads, and far ones."""

import gc
import inspect
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest

import minitorch as mt
from minitorch.autograd.node import Node
from tests.support.table import complaint, leaf, refused, row, tap

FREED = refused(RuntimeError, "Trying to backward through the graph a second time")

# Freed graphs


@row((FREED, [4.0]))
def test_a_graph_with_saved_values_is_walked_once(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * x
    y.backward()
    return complaint(y.backward), x.grad


@row([2.0])
def test_a_graph_without_may_be_walked_again(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = (x + 1).view(1, 1).sum()
    y.backward()
    y.backward()
    return x.grad


@row((FREED, [8.0]))
def test_a_retained_graph_may_be_walked_again(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    return complaint(y.backward), x.grad


@row((None, FREED))
def test_create_graph_retains_unless_told_otherwise(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y, z = x * x, x * x
    torch.autograd.grad(y, x, create_graph=True)
    torch.autograd.grad(z, x, create_graph=True, retain_graph=False)
    return complaint(y.backward), complaint(z.backward)


@row((FREED, [4.0]))
def test_a_part_freed_by_another_root(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    shared = x * x
    (shared + 1).backward()
    return complaint((shared * 2).backward), x.grad


@row(([4.0], [6.0]))
def test_only_what_was_walked_is_freed(torch: Any) -> Any:
    a, b = leaf(torch, 2.0), leaf(torch, 3.0)
    left, right = a * a, b * b
    both = left + right
    torch.autograd.grad(both, left)
    both.backward()
    return a.grad, b.grad


@row((FREED, None, [4.0]))
def test_a_walk_to_a_part_frees_that_part(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * x
    z = y * y
    torch.autograd.grad(z, y)
    return complaint(z.backward), complaint(y.backward), x.grad


@row((FREED, [1.0], [6.0]))
def test_what_was_added_to_a_leaf_before_the_error_stays(torch: Any) -> Any:
    a, b = leaf(torch, 2.0), leaf(torch, 3.0)
    used = b * b
    used.backward()
    return complaint((used + a).backward), a.grad, b.grad


@row(FREED)
def test_grad_frees_as_backward_does(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * x
    torch.autograd.grad(y, x)
    torch.autograd.grad(y, x)


# Which nodes run


def _watched(torch: Any) -> tuple[Any, ...]:
    """x → a → b, and w → c, joined; the nodes write down that they ran."""
    log: list[str] = []
    x, w = leaf(torch, 2.0), leaf(torch, 3.0)
    a = x * 3
    b = a * 5
    c = w * 7
    out = b * c
    for tensor, name in ((a, "a"), (b, "b"), (c, "c"), (out, "out")):
        tensor.grad_fn.register_hook(tap(log, name))
    return log, x, w, a, b, c, out


@row(["out", "c", "b", "a"])
def test_all_nodes_run_latest_first(torch: Any) -> Any:
    log, *_, out = _watched(torch)
    out.backward()
    return log


@row(["out", "b", "a"])
def test_nodes_on_no_way_to_the_inputs_do_not_run(torch: Any) -> Any:
    log, x, *_, out = _watched(torch)
    torch.autograd.grad(out, x)
    return log


@row(["out", "b"])
def test_the_node_of_an_input_does_not_run(torch: Any) -> Any:
    log, _, _, a, *_, out = _watched(torch)
    torch.autograd.grad(out, a)
    return log


@row(["out", "b", "a"])
def test_the_node_of_an_input_runs_for_another_input_below(torch: Any) -> Any:
    log, x, _, a, *_, out = _watched(torch)
    torch.autograd.grad(out, [a, x])
    return log


@row(["out", "c"])
def test_inputs_of_backward_prune_as_well(torch: Any) -> Any:
    log, _, w, *_, out = _watched(torch)
    out.backward(inputs=[w])
    return log


@row([])
def test_no_node_runs_for_the_gradient_of_the_root(torch: Any) -> Any:
    log, *_, out = _watched(torch)
    torch.autograd.grad(out, out)
    return log


@row([[False, True]])
def test_a_factor_gets_no_gradient_where_nothing_needs_it(torch: Any) -> Any:
    seen, x, w = [], leaf(torch, 2.0), leaf(torch, 3.0)
    out = (x * 1) * (w * 1)
    out.grad_fn.register_hook(lambda inputs, outputs: seen.append([g is None for g in inputs]))
    torch.autograd.grad(out, x)
    return seen


def _visited(monkeypatch: pytest.MonkeyPatch, work: Callable[[], Any]) -> int:
    """How many nodes were asked what they were computed from."""
    asked: set[Node] = set()
    in_c = inspect.getattr_static(Node, "_edges", None)  # Note [Two forms]

    def edges(node: Node) -> Any:
        asked.add(node)
        return node.__dict__["_edges"] if in_c is None else in_c.__get__(node)

    def set_edges(node: Node, value: Any) -> None:
        if in_c is None:
            node.__dict__["_edges"] = value
        else:
            in_c.__set__(node, value)

    with monkeypatch.context() as patch:
        patch.setattr(Node, "_edges", property(edges, set_edges), raising=False)
        work()
    return len(asked)


@pytest.mark.parametrize("target", ["a result", "a leaf", "a view written to", "a custom function"])
@pytest.mark.parametrize("ask", ["grad", "backward", "create_graph"])
def test_a_walk_visits_what_lies_before_its_targets(
    monkeypatch: pytest.MonkeyPatch, target: str, ask: str
) -> None:
    """However much lies behind them."""

    class Double(mt.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            return grad * 2

    def visited(behind: int) -> int:
        y = leaf(mt, 1.0, 2.0)
        for _ in range(behind):
            y = y * 1
        z = y * 2
        if target == "a leaf":
            z = leaf(mt, 3.0, 4.0)
            w = (y * z).sum()
        elif target == "a view written to":
            z = z.view(2, 1)
            z.mul_(3)
            w = (z * z).sum()
        else:
            w = ((Double.apply(z) if target == "a custom function" else z) * z).sum()
        if ask == "backward":
            return _visited(monkeypatch, lambda: w.backward(inputs=[z]))
        graph = {"create_graph": ask == "create_graph"}
        return _visited(monkeypatch, lambda: mt.autograd.grad(w, z, **graph))

    assert visited(2000) == visited(20) <= 20


# backward inside of backward


@row(([6.0], [12.0]))
def test_a_hook_may_walk_another_graph(torch: Any) -> Any:
    x, w = leaf(torch, 2.0), leaf(torch, 3.0)
    y, square = x * 3, w * w
    y.register_hook(square.backward)
    (y * 2).backward()
    return x.grad, w.grad


@row([12.0])
def test_with_its_own_forward_recorded_again(torch: Any) -> Any:
    def again(grad: Any) -> Any:
        with torch.enable_grad():
            inner = x.detach().requires_grad_()
            (g,) = torch.autograd.grad(inner**3, inner, grad)
        return g

    x = leaf(torch, 2.0)
    y = x * 1
    y.register_hook(again)
    y.backward()
    return x.grad


@row([16.0])
def test_a_hook_may_walk_the_rest_of_the_same_graph(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * x
    z = y * 3
    z.register_hook(lambda grad: y.backward(grad, retain_graph=True))
    z.backward()
    return x.grad


# Threads


def _in_threads(work: Callable[[], Any], count: int = 4) -> list[Any]:
    """The complaints of the threads, by which they would end unseen."""
    complaints: list[Any] = []
    threads = [
        threading.Thread(target=lambda: complaints.append(complaint(work))) for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return complaints


@row(([None, None, None, None], [[80.0], [80.0], [80.0], [80.0]]))
def test_threads_may_walk_graphs_of_their_own(torch: Any) -> Any:
    totals: list[Any] = []

    def work() -> None:
        x = leaf(torch, 2.0)
        for _ in range(20):
            (x * x).exp().log().backward()
        totals.append(x.grad)

    return _in_threads(work), totals


@row(([None, None, None, None], [800.0]))
def test_threads_may_build_upon_the_same_leaf(torch: Any) -> Any:
    x = leaf(torch, 2.0)

    def work() -> None:
        for _ in range(50):
            (x * x).backward()

    return _in_threads(work), x.grad


@row(([None, None, None, None], [800.0]))
def test_threads_may_walk_the_same_graph(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = (x * x).exp().log()

    def work() -> None:
        for _ in range(50):
            y.backward(retain_graph=True)

    return _in_threads(work), x.grad


@row(([None], [4.0]))
def test_a_graph_may_be_walked_in_another_thread_than_it_was_built_in(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * x
    return _in_threads(y.backward, count=1), x.grad


# Far and wide


def _released(root: Any) -> bool:
    """Whether the graph below dies with the last reference, without the garbage collector."""
    last = weakref.ref(root.pop().grad_fn)
    return last() is None


@pytest.mark.slow
def test_a_chain_of_a_million_ops_is_walked_and_released() -> None:
    x = mt.ones(1, requires_grad=True)
    y = x
    for _ in range(1_000_000):
        y = y + 1
    y.backward()
    roots = [y]
    del y
    gc.disable()
    try:
        assert _released(roots)
    finally:
        gc.enable()
    assert x.grad.tolist() == [1.0]


def test_a_chain_that_was_not_walked_is_released_too() -> None:
    y = mt.ones(1, requires_grad=True)
    for _ in range(100_000):
        y = y * 1
    roots = [y]
    del y
    gc.disable()
    try:
        assert _released(roots)
    finally:
        gc.enable()


def test_a_fan_of_a_hundred_thousand_is_walked() -> None:
    x = mt.ones(1, requires_grad=True)
    branches = [x * 1 for _ in range(100_000)]
    mt.autograd.backward(branches)
    assert x.grad.tolist() == [100_000.0]


def test_a_fan_that_comes_together_in_one_node_is_walked() -> None:
    x = mt.ones(1, requires_grad=True)
    mt.stack([x * 1 for _ in range(100_000)]).sum().backward()
    assert x.grad.tolist() == [100_000.0]
