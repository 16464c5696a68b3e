"""The core in C does what its form in Python does (Note [Two forms])."""

import functools
import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

import minitorch as mt
from minitorch.autograd import engine, leaf as leaves
from minitorch.autograd.op import Op
from minitorch.core.fields import compiled
from tests.support.source import REPOSITORY

pytestmark = pytest.mark.skipif(compiled is None, reason="nothing is compiled here")


def leaf(*sizes: int, dtype: Any = mt.float32) -> mt.Tensor:
    n = mt.Size(sizes).numel()
    return mt.linspace(-1, 1, n, dtype=dtype).reshape(sizes).detach().requires_grad_()


def graph(root: mt.Tensor) -> list[Any]:
    """What a reader of the graph sees of it, node by node."""
    seen: dict[Any, int] = {}
    found: list[Any] = []
    todo = [root.grad_fn]
    while todo:
        node = todo.pop(0)
        if node is None or node in seen:
            continue
        seen[node] = len(seen)
        todo += [edge[0] for edge in node.next_functions]
        params = {k: v for k, v in vars(node).items() if k != "variable" and k[0] != "_"}
        saved = [type(x).__name__ for x in node._saved or ()] if not node.is_leaf else []
        site = node._site and (node._site[0].co_name, node._site[1])
        outputs = [(shape, str(dtype)) for shape, dtype in node._outputs]
        cut = node._cut and (node._cut.kind, node._cut.site and node._cut.site[1], node._cut.op)
        needs = node.needs_input_grad
        found.append((node.name(), sorted(params), saved, site, cut, outputs, needs))
    return found


def arithmetic() -> Any:
    x, y = leaf(3, 4), leaf(4)
    out = ((x * y + 2) / (y * y + 1) - x).tanh().sum(0)
    parts = graph(out)
    out.backward(mt.ones(4))
    return parts, x.grad, y.grad


def several_outputs() -> Any:
    x = leaf(4, 6)
    a, b, c = x.chunk(3, 1)
    value, index = (a * c).max(dim=1)
    out = value.sum() + (b * 0).sum()
    parts = graph(out), index.grad_fn, index.requires_grad, index.dtype
    out.backward()
    return parts, x.grad


def other_dtypes() -> Any:
    x, y = leaf(3), leaf(3, dtype=mt.float64)
    out = (x.half() * 2 + x.double() * y + mt.arange(3)).sum()
    out.backward()
    return graph(out), x.grad, y.grad


def turned_arrays() -> Any:
    x, y = leaf(3, 4), leaf(4, 3)
    out = x * y.t() + y.t().expand(3, 4)
    return graph(out), out.stride(), mt.autograd.grad(out.sum(), [x, y])


def writes() -> Any:
    x = leaf(3, 4)
    y = x * 2
    y[1] = 0
    y.view(-1)[2:4].mul_(3)
    z = y.t() * y.t()
    z.sum().backward()
    return graph(z), x.grad


def stale() -> Any:
    x = leaf(3)
    y = x * 2
    z = y * y
    y.add_(1)
    z.sum().backward()


def freed() -> Any:
    x = leaf(3)
    y = (x * x).sum()
    y.backward()
    y.backward()


def hooked() -> Any:
    log: list[Any] = []
    x = leaf(3)
    y = x * 2
    y.retain_grad()
    y.register_hook(lambda grad: log.append(grad.tolist()) or grad * 3)
    y.grad_fn.register_prehook(lambda grads: log.append(len(grads)))
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * 2, None))
    x.register_hook(lambda grad: grad + 1)
    x.register_post_accumulate_grad_hook(lambda t: log.append(t.grad.tolist()))
    (y * y + y).sum().backward()
    return log, x.grad, y.grad


def second_order() -> Any:
    x = leaf(3)
    y = (x * x * x).sum()
    (grad,) = mt.autograd.grad(y, x, create_graph=True)
    (grad * grad).sum().backward()
    return graph(grad), x.grad


def custom() -> Any:
    class Twice(mt.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, variable: float) -> Any:
            ctx.variable = variable
            ctx.save_for_backward(x)
            return x * variable, x + 1

        @staticmethod
        def backward(ctx: Any, grad: Any, other: Any) -> Any:
            (x,) = ctx.saved_tensors
            return grad * ctx.variable + other * x, None

    x = leaf(3)
    a, b = Twice.apply(x, 2.0)
    (a * a).sum().backward()
    b.sum().backward()
    return x.grad


def a_rule_that_fails() -> Any:
    class Bad(mt.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 1

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            raise ZeroDivisionError("of the rule")

    (Bad.apply(leaf(3)) * 2).sum().backward()


def shared_roots() -> Any:
    x = leaf(3)
    y = x * 2
    mt.autograd.backward([y, (y * y).sum(), y, x], [mt.ones(3), None, mt.ones(3), mt.ones(3)])
    return x.grad


def without_history() -> Any:
    x = leaf(3)
    with mt.no_grad():
        a = x * 2
    b = x.detach() * 3
    return [(mt.why(t), t.requires_grad, t.grad_fn) for t in (a, b, b + 1, (x > 0) * 2)]


def inputs_cut_off() -> Any:
    w, frozen = leaf(3), leaf(3).requires_grad_(False)
    with mt.no_grad():
        unrecorded = w * 2
    few = w.detach() * w + unrecorded * w
    return graph(few + mt.where(w > 0, frozen, w.detach()) + mt.cat([w[:1], frozen[:1], w[1:2]]))


def sizes_that_differ() -> Any:
    return leaf(3) * leaf(4)


def what_is_refused() -> Any:
    return leaf(3) - (leaf(3) > 0)


def a_walk_within_a_walk() -> Any:
    x, w = leaf(3), leaf(3)
    y = x * 2
    y.register_hook(lambda grad: (w * grad).sum().backward())
    y.sum().backward()
    return x.grad, w.grad


def a_leaf_that_is_no_tensor() -> Any:
    y = leaf(3) * 2
    y.grad_fn.next_functions[0][0].variable = 5
    y.sum().backward()


def edges_taken_away() -> Any:
    x, w = leaf(3), leaf(3)
    y = x * w
    node: Any = y.grad_fn

    def take_away(grad: Any) -> None:
        node._edges = (None, None)

    x.register_hook(take_away)
    y.sum().backward()
    return x.grad, w.grad


def many_inputs() -> Any:
    xs = [leaf(1, 2) for _ in range(12)]
    mt.cat(xs).exp().sum().backward()
    return [x.grad for x in xs]


PROGRAMS = [
    *(arithmetic, several_outputs, other_dtypes, turned_arrays, writes, stale, freed, hooked),
    *(second_order, custom, a_rule_that_fails, shared_roots, without_history, sizes_that_differ),
    *(what_is_refused, a_walk_within_a_walk, many_inputs, inputs_cut_off),
    *(a_leaf_that_is_no_tensor, edges_taken_away),
]


def plain(value: Any) -> Any:
    if isinstance(value, mt.Tensor):
        return (value.dtype, value.stride(), value.tolist())
    return [plain(x) for x in value] if isinstance(value, list | tuple) else value


def outcome(program: Callable[[], Any]) -> Any:
    try:
        return plain(program())
    except Exception as error:
        return type(error), str(error), getattr(error, "__notes__", None)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_programs_come_out_alike(monkeypatch: pytest.MonkeyPatch, program: Any) -> None:
    in_c = outcome(program)
    reference: Any = Op
    monkeypatch.setattr(Op, "apply", classmethod(reference.apply_in_python))
    monkeypatch.setattr(engine, "compiled", None)
    assert in_c == outcome(program)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
def test_programs_leave_nothing_behind(program: Any) -> None:
    """A block that stays would be thirty in each round; caches fill in the first ones."""
    grown = []
    gc.disable()
    try:
        for _ in range(6):
            before = sys.getallocatedblocks()
            for _ in range(30):
                outcome(program)
            gc.collect()
            grown.append(sys.getallocatedblocks() - before)
    finally:
        gc.enable()
    assert min(grown) < 15, grown


def test_a_cycle_through_a_tensor_is_collected() -> None:
    gone = []

    class Guard:
        def __del__(self) -> None:
            gone.append(True)

    x = leaf(3)
    y = x * 2
    y.register_hook(functools.partial(lambda held, grad: None, (y, Guard())))
    del y
    assert not gone
    gc.collect()
    assert gone


def test_threads_walk_one_graph() -> None:
    x = leaf(50)
    y = x
    for _ in range(200):
        y = y * 1.0
    total = y.sum()
    threads = [threading.Thread(target=lambda: total.backward(retain_graph=True)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert x.grad is not None
    assert x.grad.tolist() == [4.0] * 50


def test_threads_end_in_one_leaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first gradient is kept in one walk while another copies its own."""
    x = leaf(3)
    copied, kept = x.sum(), (x * 2).sum()
    other = threading.Thread(target=kept.backward)
    copy_into = leaves.copy_into

    def copy_slowly(room: Any, grad: Any) -> Any:
        if not other.ident:
            other.start()
            other.join(0.2)  # it waits for the lock, or is through
        return copy_into(room, grad)

    monkeypatch.setattr(leaves, "copy_into", copy_slowly)
    copied.backward()
    other.join()
    assert x.grad is not None
    assert x.grad.tolist() == [3.0] * 3


@pytest.mark.slow
def test_the_form_in_python_stands_alone() -> None:
    files = ("engine", "nodes", "hooks", "views", "layers", "version_errors", "function_graphs")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"),
            *("-k", "not pytorch"),
            *(f"tests/autograd/test_{name}.py" for name in files),
        ],
        cwd=REPOSITORY,
        env=os.environ | {"MINITORCH_KERNELS": "numpy"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:]
