"""Random programs on tensors, step by step here, in a naive autograd and, if it is there, PyTorch.

The naive one knows values and gradients, whatever was viewed and written. PyTorch also knows what
is refused: both must refuse the same steps for the same reason.
"""

import importlib.util
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

import minitorch as mt
from tests.support import naive

SETTINGS = settings(max_examples=150, stateful_step_count=30, deadline=None, derandomize=True)
SHAPES = [(2, 3), (3,), (2, 1), ()]
# What a refusal is about; both libraries' messages must agree on each.
PHRASES = [
    "modified by an inplace operation",
    "a leaf Variable that requires grad",
    "a view of a leaf Variable that requires grad",
    "does not require grad",
    "a second time",
    "is the output of a function that returns multiple views",
    "Can't detach views in-place",
    "you can only change requires_grad flags of leaf variables",
    "only be implicitly created",
    "no_grad mode",
]
WEIGHTS = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])


@dataclass
class Item:
    """One tensor in each world; ``leaf`` is the naive value that collects its gradient."""

    ours: Any
    theirs: Any
    plain: naive.Tensor
    leaf: naive.Value | None = None
    grad: Any = None  # what the naive leaf has collected


def unary() -> dict[str, tuple[Callable[[Any], Any], Callable[[np.ndarray], Any]]]:
    """Each with its naive form: array -> (result, slope)."""
    return {
        "neg": (lambda x: -x, lambda a: (-a, -1.0)),
        "sin": (lambda x: x.sin(), lambda a: (np.sin(a), np.cos(a))),
        "square": (lambda x: x * x, lambda a: (a * a, 2 * a)),
        "tanh": (lambda x: x.tanh(), lambda a: (np.tanh(a), 1 - np.tanh(a) ** 2)),
        "clone": (lambda x: x.clone(), lambda a: (a, 1.0)),
        "relu": (lambda x: x.relu(), lambda a: (np.maximum(a, 0), (a > 0) * 1.0)),
    }


VIEWS: dict[str, tuple[int, Callable[[Any], Any], Callable[[np.ndarray], np.ndarray]]] = {
    "t": (2, lambda x: x.t(), lambda p: p.T),
    "row": (1, lambda x: x[0], lambda p: p[0]),
    "tail": (1, lambda x: x[1:], lambda p: p[1:]),
    "last column": (2, lambda x: x[:, -1], lambda p: p[:, -1]),
    "unsqueeze": (0, lambda x: x.unsqueeze(0), lambda p: p[None]),
    "whole": (0, lambda x: x.view_as(x), lambda p: p),
}


class Programs(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.torch: Any = None
        if importlib.util.find_spec("torch"):
            import torch

            self.torch = torch
        self.items: list[Item] = []
        self.hook_log: tuple[list[Any], list[Any]] = ([], [])

    # Helpers

    def pick(self, number: int) -> Item:
        return self.items[number % len(self.items)]

    def both(self, step: Callable[..., Any], *items: Item) -> tuple[Any, Any] | None:
        """Do a step in both libraries; None if they refuse, which they do together."""
        results: list[Any] = []
        errors: list[str | None] = []
        for lib, tensors in (
            (mt, [i.ours for i in items]),
            (self.torch, [i.theirs for i in items]),
        ):
            if lib is None:
                results.append(None)
                errors.append(errors[0])
                continue
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    results.append(step(lib, *tensors))
                errors.append(None)
            except RuntimeError as error:
                results.append(None)
                errors.append(str(error))
        ours, theirs = errors
        assert (ours is None) == (theirs is None), f"\nours:   {ours}\nPyTorch: {theirs}"
        if ours is not None and theirs is not None:
            for phrase in PHRASES:
                assert (phrase in ours) == (phrase in theirs), f"\n{ours}\nPyTorch: {theirs}"
        return None if ours is not None else (results[0], results[1])

    def add(self, made: tuple[Any, Any] | None, plain: naive.Tensor | naive.Value) -> None:
        if made is not None:
            if isinstance(plain, naive.Value):
                plain = naive.Tensor.of(plain.array, [(plain, lambda g: g)])
            self.items.append(Item(*made, plain))

    # Growing graphs

    @rule(shape=st.sampled_from(SHAPES), seed=st.integers(0, 99), needs=st.booleans())
    def leaf(self, shape: tuple[int, ...], seed: int, needs: bool) -> None:
        array = np.round(np.random.default_rng(seed).uniform(-2, 2, shape), 2)
        ours = mt.tensor(array, requires_grad=needs)
        theirs = None if self.torch is None else self.torch.tensor(array, requires_grad=needs)
        item = Item(ours, theirs, naive.Tensor.of(array))
        item.leaf = item.plain.value() if needs else None
        self.items.append(item)

    @precondition(lambda self: self.items)
    @rule(n=st.integers(0, 50), name=st.sampled_from(sorted(unary())))
    def compute(self, n: int, name: str) -> None:
        item = self.pick(n)
        call, formula = unary()[name]
        value = item.plain.value()
        out, slope = formula(value.array)
        result = naive.apply(out, (value, lambda g: g * slope))
        self.add(self.both(lambda lib, x: call(x), item), result)

    @precondition(lambda self: self.items)
    @rule(n=st.integers(0, 50), m=st.integers(0, 50), op=st.sampled_from("+-*"))
    def combine(self, n: int, m: int, op: str) -> None:
        a, b = self.pick(n), self.pick(m)
        u, v = a.plain.value(), b.plain.value()
        try:
            np.broadcast_shapes(u.array.shape, v.array.shape)
        except ValueError:
            return
        self.add(self.both(lambda lib, x, y: operate(op, x, y), a, b), operate_naively(op, u, v))

    @precondition(lambda self: self.items)
    @rule(n=st.integers(0, 50), name=st.sampled_from(sorted(VIEWS)))
    def view(self, n: int, name: str) -> None:
        item = self.pick(n)
        ndim, call, places = VIEWS[name]
        shape = item.plain.places.shape
        fits = ndim <= len(shape) < 3 and 0 not in shape
        if fits and (name != "t" or len(shape) == 2):
            self.add(self.both(lambda lib, x: call(x), item), item.plain.view(places))

    @precondition(lambda self: self.items)
    @rule(n=st.integers(0, 50))
    def detach(self, n: int) -> None:
        item = self.pick(n)
        self.add(self.both(lambda lib, x: x.detach(), item), item.plain.detach())

    # Writing

    @precondition(lambda self: self.items)
    @rule(n=st.integers(0, 50), m=st.integers(0, 50), op=st.sampled_from(["+", "*", "="]))
    def write(self, n: int, m: int, op: str) -> None:
        a, b = self.pick(n), self.pick(m)
        u, v = a.plain.value(), b.plain.value()
        shape = u.array.shape
        if a.plain.cell is b.plain.cell or not can_expand(v.array.shape, shape):
            return  # overlapping memory is refused, or undefined
        if a.plain.cut and b.ours.requires_grad:
            return  # it would get a history of its own, in memory that has another
        if self.both(lambda lib, x, y: write(op, x, y), a, b) is None:
            return
        spread = naive.apply(np.broadcast_to(v.array, shape), (v, lambda g: g))
        if a.plain.cut:
            a.plain.write_unrecorded(numbers(op, u.array, spread.array))
        else:
            a.plain.write(spread if op == "=" else operate_naively(op, u, spread))

    @precondition(lambda self: self.items)
    @rule(n=st.integers(0, 50))
    def write_without_recording(self, n: int) -> None:
        item = self.pick(n)

        def halve(lib: Any, x: Any) -> None:
            with lib.no_grad():
                x.mul_(0.5)

        if self.both(halve, item) is not None:
            item.plain.write_unrecorded(item.plain.array() * 0.5)

    @precondition(lambda self: self.items)
    @rule(n=st.integers(0, 50))
    def fill_with_zeros(self, n: int) -> None:
        item = self.pick(n)
        if self.both(lambda lib, x: x.zero_(), item) is None:
            return
        zeros = np.zeros(item.plain.places.shape)
        if item.plain.cut or item.leaf is not None:
            item.plain.write_unrecorded(zeros)
        else:
            item.plain.write(naive.Value(zeros))

    # Hooks

    @precondition(lambda self: self.items)
    @rule(n=st.integers(0, 50))
    def double_the_gradient(self, n: int) -> None:
        item = self.pick(n)
        log = dict(zip((mt, self.torch), self.hook_log, strict=True))

        def register(lib: Any, x: Any) -> None:
            def hook(grad: Any) -> Any:
                log[lib].append(None if grad is None else np.round(grad.numpy(), 6).tolist())
                return None if grad is None else grad * 2

            x.register_hook(hook)

        if self.both(register, item) is not None:
            target = item.leaf if item.leaf is not None else item.plain.history()
            target.factor *= 2

    @precondition(lambda self: self.items)
    @rule(n=st.integers(0, 50))
    def retain(self, n: int) -> None:
        self.both(lambda lib, x: x.retain_grad(), self.pick(n))

    # Walking

    @precondition(lambda self: self.items)
    @rule(n=st.integers(0, 50), weighted=st.booleans())
    def backward(self, n: int, weighted: bool) -> None:
        item = self.pick(n)
        shape = item.plain.places.shape
        start = np.ones(shape)
        if weighted and shape == WEIGHTS.shape:
            start = WEIGHTS

        def walk(lib: Any, x: Any) -> None:
            x.backward(lib.from_numpy(start.copy()), retain_graph=True)

        if self.both(walk, item) is None:
            self.forget_gradients()  # some leaves may have got theirs before the refusal
            return
        grads: dict[naive.Value, np.ndarray] = {}
        item.plain.value().send(grads, start)
        for known in self.items:
            if known.leaf is not None and known.leaf in grads:
                known.grad = grads[known.leaf] + (0 if known.grad is None else known.grad)

    @precondition(lambda self: self.items)
    @rule(n=st.integers(0, 50), m=st.integers(0, 50))
    def second_order(self, n: int, m: int) -> None:
        """The gradient of a squared gradient: PyTorch alone can say whether it is right."""

        def twice(lib: Any, y: Any, x: Any) -> Any:
            start = lib.ones_like(y.detach())
            (first,) = lib.autograd.grad(y, x, start, create_graph=True)
            (second,) = lib.autograd.grad(
                (first * first).sum(), x, allow_unused=True, retain_graph=True
            )
            return None if second is None else second.detach().numpy()

        seconds = self.both(twice, self.pick(n), self.pick(m))
        if self.torch is not None and seconds is not None:
            # No path and a path of zeros are the same slope.
            ours, theirs = (np.zeros(()) if x is None else x for x in seconds)
            np.testing.assert_allclose(ours, theirs + 0 * ours, rtol=1e-9, atol=1e-9)

    @rule()
    def forget(self) -> None:
        self.forget_gradients()

    def forget_gradients(self) -> None:
        for item in self.items:
            item.grad = None
            for x in (item.ours, item.theirs):
                if x is not None:
                    x.grad = None

    # What must hold after every step

    @invariant()
    def all_worlds_agree(self) -> None:
        for item in self.items:
            np.testing.assert_allclose(item.ours.detach().numpy(), item.plain.array(), rtol=1e-12)
            if item.leaf is not None and item.ours.is_leaf:
                same_grad(item.ours.grad, item.grad)
            if self.torch is not None:
                self.as_in_pytorch(item)
        if self.torch is not None:
            assert self.hook_log[0] == self.hook_log[1]

    def as_in_pytorch(self, item: Item) -> None:
        ours, theirs = item.ours, item.theirs
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-12)
        for name in ("requires_grad", "is_leaf", "_version", "retains_grad"):
            assert getattr(ours, name) == getattr(theirs, name), name
        assert (ours.grad_fn is None) == (theirs.grad_fn is None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            same_grad(ours.grad, None if theirs.grad is None else theirs.grad.detach().numpy())


def same_grad(ours: Any, expected: Any) -> None:
    assert (ours is None) == (expected is None)
    if ours is not None:
        np.testing.assert_allclose(ours.detach().numpy(), expected, rtol=1e-9, atol=1e-12)


def operate(op: str, x: Any, y: Any) -> Any:
    return x + y if op == "+" else x - y if op == "-" else x * y


def numbers(op: str, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.array(b) if op == "=" else operate(op, a, b)


def operate_naively(op: str, u: naive.Value, v: naive.Value) -> naive.Value:
    out = operate(op, u.array, v.array)
    if op == "*":
        return naive.apply(out, (u, lambda g: g * v.array), (v, lambda g: g * u.array))
    sign = -1.0 if op == "-" else 1.0
    shape = out.shape
    return naive.apply(
        out,
        (u, lambda g: np.broadcast_to(g, shape)),
        (v, lambda g: np.broadcast_to(g * sign, shape)),
    )


def write(op: str, x: Any, y: Any) -> None:
    if op == "=":
        x.copy_(y)
    elif op == "+":
        x.add_(y)
    else:
        x.mul_(y)


def can_expand(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, to) == to
    except ValueError:
        return False


TestPrograms = Programs.TestCase
TestPrograms.settings = SETTINGS
