"""Random programs that write in place, each with a twin that makes new tensors instead.

A program is a list of steps on named tensors. ``written`` runs it as it stands, in either library.
``functional`` knows no views and no writes: each buffer is one flat tensor, replaced as a whole,
and each name is a buffer and the numbers of its elements there.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Step = tuple[str, Any]
Out = Callable[..., Any]


@dataclass
class Name:
    """One tensor of a program, as the twin knows it."""

    buffer: int
    numbers: np.ndarray[Any, Any]  # laid out in memory as the tensor is
    writable: bool = True


# What is written over a tensor h, (lib, h, ...) in place, and the same as a function.

SMOOTH = ["abs", "cos", "sin", "tanh", "sigmoid", "relu", "neg", "square", "atan", "erf", "sinh"]
UNARY: dict[str, tuple[Out, Out]] = {
    name: (
        lambda lib, h, name=name: getattr(h, f"{name}_")(),
        lambda lib, h, name=name: getattr(h, name)(),
    )
    for name in [*SMOOTH, "floor", "sign"]
} | {
    "exp": (lambda lib, h: h.neg_().exp_(), lambda lib, h: (-h).exp()),
    "sqrt": (lambda lib, h: h.abs_().add_(0.5).sqrt_(), lambda lib, h: (h.abs() + 0.5).sqrt()),
    "log": (lambda lib, h: h.square_().add_(1).log_(), lambda lib, h: (h * h + 1).log()),
    "reciprocal": (
        lambda lib, h: h.square_().add_(1).reciprocal_(),
        lambda lib, h: 1 / (h * h + 1),
    ),
    "rsqrt": (
        lambda lib, h: h.square_().add_(1).rsqrt_(),
        lambda lib, h: (h * h + 1).rsqrt(),
    ),
    "log1p": (lambda lib, h: h.square_().log1p_(), lambda lib, h: (h * h).log1p()),
    "expm1": (lambda lib, h: h.sin_().expm1_(), lambda lib, h: h.sin().expm1()),
    "pow 2": (lambda lib, h: h.pow_(2), lambda lib, h: h**2),
    "pow 3": (lambda lib, h: h.sin_().pow_(3), lambda lib, h: h.sin() ** 3),
    "mul": (lambda lib, h: h.mul_(1.25), lambda lib, h: h * 1.25),
    "iadd": (lambda lib, h: h.__iadd__(0.5), lambda lib, h: h + 0.5),
    "rsub": (lambda lib, h: h.sub_(0.5), lambda lib, h: h - 0.5),
    "div": (lambda lib, h: h.div_(1.5), lambda lib, h: h / 1.5),
    "remainder": (lambda lib, h: h.remainder_(1.3), lambda lib, h: h.remainder(1.3)),
    "clamp": (lambda lib, h: h.clamp_(-0.7, 0.8), lambda lib, h: h.clamp(-0.7, 0.8)),
    "clamp_min": (lambda lib, h: h.clamp_min_(-0.2), lambda lib, h: h.clamp_min(-0.2)),
    "fill": (lambda lib, h: h.fill_(0.3), lambda lib, h: h * 0 + 0.3),
    "zero": (lambda lib, h: h.zero_(), lambda lib, h: h * 0),
    "gt": (lambda lib, h: h.gt_(0.1), lambda lib, h: (h > 0.1).to(h.dtype)),
    "F.relu": (
        lambda lib, h: lib.nn.functional.relu(h, inplace=True),
        lambda lib, h: lib.nn.functional.relu(h),
    ),
    "F.elu": (
        lambda lib, h: lib.nn.functional.elu(h, inplace=True),
        lambda lib, h: lib.nn.functional.elu(h),
    ),
    "F.leaky_relu": (
        lambda lib, h: lib.nn.functional.leaky_relu(h, inplace=True),
        lambda lib, h: lib.nn.functional.leaky_relu(h),
    ),
    "F.silu": (
        lambda lib, h: lib.nn.functional.silu(h, inplace=True),
        lambda lib, h: lib.nn.functional.silu(h),
    ),
}
MATRIX: dict[str, tuple[Out, Out]] = {
    "tril": (lambda lib, h: h.tril_(), lambda lib, h: h.tril()),
    "triu": (lambda lib, h: h.triu_(), lambda lib, h: h.triu()),
    "cumsum": (lambda lib, h: h.cumsum_(1), lambda lib, h: h.cumsum(1)),
    "fill_diagonal": (
        lambda lib, h: h.fill_diagonal_(0.4),
        lambda lib, h: lib.where(lib.eye(*h.shape) > 0, 0.4, h),
    ),
    "vmap": (
        lambda lib, h: lib.func.vmap(lambda t: t.mul_(t.sin()))(h),
        lambda lib, h: h * h.sin(),
    ),
    "vmap of a view": (
        lambda lib, h: lib.func.vmap(lambda t: t[:1].neg_())(h),
        lambda lib, h: lib.cat([-h[:, :1], h[:, 1:]], 1),
    ),
    "vmap over columns": (
        lambda lib, h: lib.func.vmap(lambda t: t[0].mul_(2), in_dims=1)(h),
        lambda lib, h: lib.cat([h[:1] * 2, h[1:]]),
    ),
    "what vmap returned": (
        lambda lib, h: lib.func.vmap(lambda t: t[:1], 1, 1)(h).mul_(h.sum().detach() * 0 + 0.5),
        lambda lib, h: lib.cat([h[:1] * 0.5, h[1:]]),
    ),
}
# With another tensor y, which broadcasts to h.
BINARY: dict[str, tuple[Out, Out]] = {
    "copy": (lambda lib, h, y: h.copy_(y), lambda lib, h, y: h * 0 + y),
    "add": (lambda lib, h, y: h.add_(y), lambda lib, h, y: h + y),
    "add alpha": (lambda lib, h, y: h.add_(y, alpha=0.5), lambda lib, h, y: h + 0.5 * y),
    "sub": (lambda lib, h, y: h.sub_(y), lambda lib, h, y: h - y),
    "mul": (lambda lib, h, y: h.mul_(y), lambda lib, h, y: h * y),
    "imul": (lambda lib, h, y: h.__imul__(y), lambda lib, h, y: h * y),
    "div": (lambda lib, h, y: h.div_(y * y + 1), lambda lib, h, y: h / (y * y + 1)),
    "pow": (
        lambda lib, h, y: h.square_().add_(1).pow_(y.sin()),
        lambda lib, h, y: (h * h + 1) ** y.sin(),
    ),
    "lerp": (
        lambda lib, h, y: h.lerp_(y.expand(h.shape), 0.3),
        lambda lib, h, y: h + 0.3 * (y - h),
    ),
    "addcmul": (
        lambda lib, h, y: h.addcmul_(y, y.sin(), value=0.5),
        lambda lib, h, y: h + 0.5 * y * y.sin(),
    ),
    "addcdiv": (
        lambda lib, h, y: h.addcdiv_(y, y * y + 1),
        lambda lib, h, y: h + y / (y * y + 1),
    ),
    "clamp": (
        lambda lib, h, y: h.clamp_(max=y.expand(h.shape)),
        lambda lib, h, y: h.clamp(max=y.expand(h.shape)),
    ),
    "all": (lambda lib, h, y: h.__setitem__(..., y), lambda lib, h, y: h * 0 + y),
}
# With y of the shape h.shape[1:], a value for one place along the first dimension.
ROW: dict[str, tuple[Out, Out]] = {
    "first": (lambda lib, h, y: h.__setitem__(0, y), lambda lib, h, y: rows(lib, h, {0: y})),
    "last": (lambda lib, h, y: h.__setitem__(-1, y), lambda lib, h, y: rows(lib, h, {-1: y})),
    "tail": (
        lambda lib, h, y: h.__setitem__(slice(1, None), y),
        lambda lib, h, y: rows(lib, h, dict.fromkeys(range(1, len(h)), y)),
    ),
    "tail *=": (
        lambda lib, h, y: h.__setitem__(slice(1, None), h[1:].__imul__(y)),
        lambda lib, h, y: rows(lib, h, {i: h[i] * y for i in range(1, len(h))}),
    ),
    "indexed": (
        lambda lib, h, y: h.__setitem__(lib.tensor([0, -1]), y),
        lambda lib, h, y: rows(lib, h, {0: y, -1: y}),
    ),
    "index_put": (
        lambda lib, h, y: h.index_put_((lib.tensor([0, 0]),), y, accumulate=True),
        lambda lib, h, y: rows(lib, h, {0: h[0] + 2 * y}),
    ),
    "index_add": (
        lambda lib, h, y: h.index_add_(0, lib.tensor([0, 0]), lib.stack([y, y.sin()])),
        lambda lib, h, y: rows(lib, h, {0: h[0] + y + y.sin()}),
    ),
    "index_copy": (
        lambda lib, h, y: h.index_copy_(0, lib.tensor([0]), y.unsqueeze(0)),
        lambda lib, h, y: rows(lib, h, {0: y}),
    ),
    "index_fill": (
        lambda lib, h, y: h.index_fill_(0, lib.tensor([0]), 0.7),
        lambda lib, h, y: rows(lib, h, {0: y * 0 + 0.7}),
    ),
    "scatter": (
        lambda lib, h, y: h.scatter_(0, lib.zeros(1, *y.shape, dtype=lib.int64), y.unsqueeze(0)),
        lambda lib, h, y: rows(lib, h, {0: y}),
    ),
    "scatter_add": (
        lambda lib, h, y: h.scatter_add_(
            0, lib.zeros(1, *y.shape, dtype=lib.int64), y.unsqueeze(0)
        ),
        lambda lib, h, y: rows(lib, h, {0: h[0] + y}),
    ),
    "mask": (
        lambda lib, h, y: h.__setitem__(odd(lib, h), 0.2),
        lambda lib, h, y: lib.where(odd(lib, h), 0.2, h),
    ),
    "masked_fill": (
        lambda lib, h, y: h.masked_fill_(odd(lib, h), y.sum()),
        lambda lib, h, y: lib.where(odd(lib, h), y.sum(), h),
    ),
}


def rows(lib: Any, h: Any, new: dict[int, Any]) -> Any:
    """Return a tensor with other values at some places along its first dimension."""
    chosen = {i % len(h): y for i, y in new.items()}
    return lib.stack([chosen.get(i, h[i]).expand(h[i].shape) for i in range(len(h))])


def odd(lib: Any, h: Any) -> Any:
    return (lib.arange(h.numel()) % 2 == 1).reshape(h.shape)


TABLES = {"unary": UNARY, "matrix": MATRIX, "binary": BINARY, "row": ROW}


# Views: (tensor or array of numbers) -> the same of it; None where it has no such view.

VIEWS: dict[str, Callable[[Any], Any]] = {
    "whole": lambda x: x[:],
    "tail": lambda x: x[1:],
    "head": lambda x: x[:-1],
    "every other": lambda x: x[::2],
    "row": lambda x: x[0],
    "last": lambda x: x[-1],
    "None": lambda x: x[None],
    "column": lambda x: x[:, 0],
    "columns": lambda x: x[:, 1:],
    "corner": lambda x: x[0, 1:],
}
# ... those that go by other names in NumPy.
NAMED_VIEWS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "t": (lambda x: x.t(), lambda p: p.T),
    "transpose": (lambda x: x.transpose(0, -1), lambda p: p.swapaxes(0, -1)),
    "unsqueeze": (lambda x: x.unsqueeze(-1), lambda p: p[..., None]),
    "squeeze": (lambda x: x.squeeze(), lambda p: p.squeeze()),
    "view": (lambda x: x.view(-1), lambda p: flat(p, -1)),
    "view 2": (lambda x: x.view(2, -1), lambda p: flat(p, 2, -1)),
    "view 3": (lambda x: x.view(3, -1), lambda p: flat(p, 3, -1)),
    "reshape": (lambda x: x.reshape(-1, 2), lambda p: flat(p, -1, 2)),
    "diagonal": (lambda x: x.diagonal(), lambda p: np.diagonal(p)),
    "view_as": (lambda x: x.view_as(x), lambda p: p[...]),
    "vmap": (lambda x: library(x).func.vmap(lambda t: t)(x), lambda p: p[...]),
    "vmap of heads": (
        lambda x: library(x).func.vmap(lambda t: t[:1], 1, 1)(x),
        lambda p: p[:1, :],
    ),
    "vmap of unsqueeze": (
        lambda x: library(x).func.vmap(lambda t: t.unsqueeze(0), 0, -1)(x),
        lambda p: np.moveaxis(p[:, None], 0, -1),
    ),
    "narrow": (lambda x: x.narrow(0, 0, 1), lambda p: p[:1]),
}
SEVERAL: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "unbind": (lambda x: x.unbind(0), lambda p: list(p)),
    "split": (lambda x: x.split(1), lambda p: [p[i : i + 1] for i in range(len(p))]),
    "chunk": (lambda x: x.chunk(2), lambda p: np.split(p, [(len(p) + 1) // 2])),
}
# In-place changes of shape.
TURNS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "t_": (lambda x: x.t_(), lambda p: p.T),
    "transpose_": (lambda x: x.transpose_(0, -1), lambda p: p.swapaxes(0, -1)),
    "swapaxes_": (lambda x: x.swapaxes_(0, -1), lambda p: p.swapaxes(0, -1)),
    "unsqueeze_": (lambda x: x.unsqueeze_(0), lambda p: p[None]),
    "squeeze_": (lambda x: x.squeeze_(), lambda p: p.squeeze()),
}


def library(x: Any) -> Any:
    return importlib.import_module(type(x).__module__.partition(".")[0])


def flat(p: Any, *shape: int) -> Any:
    """Return numbers under another shape, if that is a view."""
    if p.size == 0 or p.size % (shape[0] if shape[0] > 0 else shape[-1] if shape[-1] > 0 else 1):
        raise ValueError("does not fit")
    out = p.reshape(shape)
    if not np.shares_memory(out, p):
        raise ValueError("is a copy")
    return out


SHAPES = [(6,), (2, 3), (3, 2), (2, 2), (3, 1), (4,), (2, 1, 3)]
ELEMENTS = 6  # of the input


@dataclass
class Program:
    """Steps on tensors; the first is the input, of ``ELEMENTS``."""

    steps: list[Step] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(map(repr, self.steps))


class Maker:
    """Makes one program, following shapes and numbers."""

    def __init__(self, seed: int, writes_input: bool = False) -> None:
        self.random = np.random.default_rng(seed)
        self.program = Program()
        self.writes_input = writes_input
        self.names = [Name(0, np.arange(ELEMENTS), writes_input)]
        self.buffers = 1

    def choice(self, options: Any) -> Any:
        options = list(options)
        return options[self.random.integers(len(options))]

    def make(self, length: int) -> Program:
        self.new()
        while len(self.program.steps) < length:
            kind = self.random.choice(
                ["new", "view", "several", "turn", "unary", "matrix", "binary", "row"],
                p=[0.1, 0.25, 0.05, 0.07, 0.15, 0.06, 0.16, 0.16],
            )
            getattr(self, kind)()
        return self.program

    def do(self, *step: Any) -> None:
        self.program.steps.append(step)

    def pick(self, fits: Callable[[Name], bool] = lambda n: True) -> int | None:
        found = [i for i, n in enumerate(self.names) if n.numbers.size and fits(n)]
        # The latest more often.
        return found[-1 - int(len(found) * self.random.random() ** 2)] if found else None

    def new(self) -> None:
        kind = self.choice(
            ["of input", "of input", "of input", "zeros", "shared", "out", "like", "transposed"]
        )
        if kind == "of input":
            shape = self.choice([s for s in SHAPES if np.prod(s) <= ELEMENTS])
            self.do("of input", shape, float(self.random.uniform(0.5, 1.5)))
            numbers = np.arange(int(np.prod(shape))).reshape(shape)
        elif kind in ("zeros", "shared", "out"):
            shape = self.choice(SHAPES)
            self.do(kind, shape)
            numbers = np.arange(int(np.prod(shape))).reshape(shape)
        else:
            source = self.pick()
            assert source is not None
            known = self.names[source].numbers
            if kind == "transposed" and known.ndim < 2:
                return
            shape = known.T.shape if kind == "transposed" else known.shape
            self.do(kind, source)
            numbers = np.arange(known.size).reshape(shape)
            if kind == "transposed":
                numbers = np.asfortranarray(numbers)
        self.names.append(Name(self.buffers, numbers))
        self.buffers += 1

    def view(self) -> None:
        source = self.pick()
        assert source is not None
        name = self.choice([*VIEWS, *NAMED_VIEWS])
        known = self.names[source]
        try:
            numbers = (
                NAMED_VIEWS[name][1](known.numbers)
                if name in NAMED_VIEWS
                else VIEWS[name](known.numbers)
            )
        except (IndexError, ValueError):
            return
        numbers = np.asarray(numbers)
        if name == "t" and known.numbers.ndim > 2:
            return
        if name in ("transpose", "narrow", "vmap") and known.numbers.ndim == 0:
            return
        if name == "row" and known.numbers.ndim == 1:
            numbers = known.numbers[0:1].reshape(())
        if name == "last" and known.numbers.ndim == 1:
            numbers = known.numbers[-1:].reshape(())
        if numbers.size == 0:
            return
        self.do("view", source, name)
        self.names.append(Name(known.buffer, numbers, known.writable))

    def several(self) -> None:
        source = self.pick(lambda n: n.numbers.ndim > 0 and len(n.numbers) > 1)
        if source is None:
            return
        name = self.choice(SEVERAL)
        known = self.names[source]
        parts = SEVERAL[name][1](known.numbers)
        k = int(self.random.integers(len(parts)))
        numbers = (
            parts[k] if isinstance(parts[k], np.ndarray) else known.numbers[k : k + 1].reshape(())
        )
        self.do("part", source, name, k)
        self.names.append(Name(known.buffer, numbers, False))

    def turn(self) -> None:
        target = self.pick(lambda n: n.writable)
        if target is None or target == 0:
            return
        known = self.names[target]
        name = self.choice(TURNS)
        if (
            known.numbers.ndim == 0
            or known.numbers.ndim > 3
            or (name == "t_" and known.numbers.ndim > 2)
        ):
            return
        known.numbers = np.asarray(TURNS[name][1](known.numbers))
        self.do("turn", target, name)

    def target(self, fits: Callable[[Name], bool] = lambda n: True) -> int | None:
        return self.pick(lambda n: n.writable and fits(n))

    def unary(self) -> None:
        target = self.target()
        if target is not None:
            self.do("unary", target, self.choice(UNARY))

    def matrix(self) -> None:
        target = self.target(lambda n: n.numbers.ndim == 2)
        if target is not None:
            self.do("matrix", target, self.choice(MATRIX))

    def binary(self) -> None:
        target = self.target()
        if target is None:
            return
        known = self.names[target]
        other = self.operand(known.numbers.shape, known.buffer)
        self.do("binary", target, self.choice(BINARY), *other)

    def row(self) -> None:
        target = self.target(lambda n: n.numbers.ndim > 0 and len(n.numbers) > 1)
        if target is None:
            return
        known = self.names[target]
        self.do(
            "row",
            target,
            self.choice(ROW),
            *self.operand(known.numbers.shape[1:], known.buffer, exact=True),
        )

    def operand(self, shape: tuple[int, ...], buffer: int, exact: bool = False) -> tuple[Any, ...]:
        """Return a name that fits a shape, and whether it is copied first; or how to make one."""

        def fits(n: Name) -> bool:
            if exact:
                return n.numbers.shape == shape
            try:
                return np.broadcast_shapes(n.numbers.shape, shape) == shape
            except ValueError:
                return False

        other = self.pick(fits)
        if other is None or self.random.random() < 0.2:
            return (None, shape)
        return (other, self.names[other].buffer == buffer)


def of_input(x: Any, shape: tuple[int, ...], factor: float) -> Any:
    size = int(np.prod(shape))
    return (x[:size] * factor).sin().reshape(shape) + x[:size].reshape(shape) * 0.3


def numbered(lib: Any, shape: tuple[int, ...]) -> Any:
    return lib.linspace(0, 1, int(np.prod(shape))).reshape(shape)


def collected(lib: Any, tensors: list[Any]) -> Any:
    return lib.cat([t.reshape(-1) for t in tensors])


def written(lib: Any, program: Program, x: Any) -> Any:
    """Run a program as it stands; return all of its tensors as one vector."""
    tensors = [x]
    for kind, *args in program.steps:
        if kind == "of input":
            tensors.append(of_input(x, *args) * 1)
        elif kind == "zeros":
            tensors.append(x.new_zeros(args[0]))
        elif kind == "shared":
            tensors.append(lib.zeros(args[0], dtype=x.dtype))
        elif kind == "out":
            tensors.append(x.new_zeros(args[0]))
            lib.exp(numbered(lib, args[0]), out=tensors[-1])
        elif kind == "like":
            tensors.append(tensors[args[0]].contiguous() * 0.7)
        elif kind == "transposed":
            tensors.append(
                tensors[args[0]]
                .contiguous()
                .clone()
                .permute(*range(tensors[args[0]].ndim)[::-1])
                .clone()
            )
        elif kind == "view":
            source, name = args
            view = NAMED_VIEWS[name][0] if name in NAMED_VIEWS else VIEWS[name]
            tensors.append(view(tensors[source]))
        elif kind == "part":
            source, name, k = args
            tensors.append(SEVERAL[name][0](tensors[source])[k])
        elif kind == "turn":
            TURNS[args[1]][0](tensors[args[0]])
        else:
            target, name, *other = args
            h = tensors[target]
            table: Any = TABLES[kind]
            if not other:
                table[name][0](lib, h)
            elif other[0] is None:
                table[name][0](
                    lib, h, of_input(x, other[1], 0.8) if np.prod(other[1]) <= ELEMENTS else x.sum()
                )
            else:
                y = tensors[other[0]]
                table[name][0](lib, h, y.clone() if other[1] else y)
    return collected(lib, tensors)


class Twin:
    """The state of a program run without views and writes."""

    def __init__(self, lib: Any, program: Program, x: Any) -> None:
        self.lib = lib
        self.buffers = [x * 1]
        self.names = [Name(0, np.arange(ELEMENTS))]
        self.x = x  # as it is now
        for kind, *args in program.steps:
            self.step(kind, args)

    def read(self, i: int) -> Any:
        n = self.names[i]
        flat = self.buffers[n.buffer]
        index = self.lib.from_numpy(n.numbers.reshape(-1).copy())
        return self.lib.index_select(flat, 0, index).reshape(n.numbers.shape)

    def write(self, i: int, value: Any) -> None:
        n = self.names[i]
        flat = self.buffers[n.buffer]
        size = flat.numel()
        numbers = n.numbers.reshape(-1)
        mask = np.zeros(size, bool)
        mask[numbers] = True
        inverse = np.zeros(size, np.int64)
        inverse[numbers] = np.arange(numbers.size)
        value = value.expand(n.numbers.shape).reshape(-1)
        spread = self.lib.index_select(value, 0, self.lib.from_numpy(inverse))
        self.buffers[n.buffer] = self.lib.where(self.lib.from_numpy(mask), spread, flat)

    def new(self, value: Any, order: str = "C") -> None:
        numbers = np.arange(value.numel()).reshape(tuple(value.shape))
        if order == "F":
            numbers = np.asfortranarray(numbers)
        self.names.append(Name(len(self.buffers), numbers))
        self.buffers.append(value.reshape(-1))

    def step(self, kind: str, args: list[Any]) -> None:
        lib = self.lib
        x = self.read(0)
        if kind == "of input":
            self.new(of_input(x, *args))
        elif kind == "zeros":
            self.new(x.new_zeros(args[0]))
        elif kind == "shared":
            self.new(lib.zeros(args[0], dtype=x.dtype))
        elif kind == "out":
            self.new(x.new_zeros(args[0]) + numbered(lib, args[0]).exp())
        elif kind == "like":
            self.new(self.read(args[0]) * 0.7)
        elif kind == "transposed":
            value = self.read(args[0])
            self.new(value.permute(*range(value.ndim)[::-1]), "F")
        elif kind in ("view", "part"):
            known = self.names[args[0]]
            if kind == "part":
                numbers = SEVERAL[args[1]][1](known.numbers)[args[2]]
            elif args[1] in NAMED_VIEWS:
                numbers = NAMED_VIEWS[args[1]][1](known.numbers)
            else:
                numbers = VIEWS[args[1]](known.numbers)
            self.names.append(Name(known.buffer, np.asarray(numbers)))
        elif kind == "turn":
            known = self.names[args[0]]
            known.numbers = np.asarray(TURNS[args[1]][1](known.numbers))
        else:
            target, name, *other = args
            table: Any = TABLES[kind]
            h = self.read(target)
            if not other:
                self.write(target, table[name][1](lib, h))
            elif other[0] is None:
                y = of_input(x, other[1], 0.8) if np.prod(other[1]) <= ELEMENTS else x.sum()
                self.write(target, table[name][1](lib, h, y))
            else:
                self.write(target, table[name][1](lib, h, self.read(other[0])))


def functional(lib: Any, program: Program, x: Any) -> Any:
    """Run a program's twin; return all of its tensors as one vector."""
    twin = Twin(lib, program, x)
    return collected(lib, [twin.read(i) for i in range(len(twin.names))])
