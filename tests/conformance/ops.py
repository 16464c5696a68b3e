"""PyTorch's database of operators, `op_db`: each sample on both sides, and what differs."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import minitorch
from tests.conformance.counterparts import Absent
from tests.conformance.left_out import NO_SECOND_ORDER, SHAPE_ALONE, SIGNS, TIES, TOLERANCES
from tests.conformance.modules import (
    Outcome,
    close,
    expect_raised,
    expect_same,
    first_order,
    second_order,
)
from tests.conformance.translate import ours, tensors
from tests.support.oracles import import_from_tests, import_torch

CLOSE = {"float64": (1e-7, 1e-7), "float32": (1e-4, 1e-5)}
CLOSE |= {"complex128": CLOSE["float64"], "complex64": CLOSE["float32"]}
# What is compared of an op; each sample is one outcome in each of them that it has.
VALUES, INTEGERS, GRADIENTS, SECONDS = "values", "integers", "gradients", "second order"
COMPLEX = "complex"  # values, gradients and second order in one
OUT, FORMS, ERRORS = "out=", "forms", "errors"
KINDS = (VALUES, INTEGERS, COMPLEX, GRADIENTS, SECONDS, OUT, FORMS, ERRORS)


@functools.cache
def database() -> dict[str, Any]:
    """PyTorch's operators by name, each with functions that make samples of it."""
    return {info.full_name: info for info in import_from_tests("common_methods_invocations").op_db}


def run(info: Any, most: int | None = None) -> list[Outcome]:
    """Compare all samples of an op; ``most`` takes the first few of each kind."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [*_values(info, most), *_gradients(info, most), *_errors(info, most)]
        return [*found, *_complex(info, most)]


def samples(info: Any, dtype: str, requires_grad: bool, most: int | None = None) -> list[Any]:
    torch = import_torch()
    if getattr(torch, dtype) not in info.dtypes:
        return []
    found = islice(info.sample_inputs("cpu", getattr(torch, dtype), requires_grad), most)
    return [sample.transform(_resolved) for sample in found]


def _resolved(value: Any) -> Any:
    """A conjugate yet to be computed in memory of its own, which alone is rebuilt here."""
    if not isinstance(value, import_torch().Tensor) or not (value.is_conj() or value.is_neg()):
        return value
    plain = value.detach().resolve_conj().resolve_neg().clone()
    return plain.requires_grad_(value.requires_grad)


def _values(info: Any, most: int | None) -> Iterator[Outcome]:
    for number, sample in enumerate(samples(info, "float32", False, most)):
        yield Sides(info, sample).outcome(VALUES, str(number), Sides.values, info.op)
        if info.supports_out:
            yield Sides(info, sample).outcome(OUT, str(number), Sides.out)
        for name, form in forms(info, whole=number == 0):
            in_place = name.endswith("_") and not name.endswith("__")
            sides = Sides(info, sample, in_place=in_place)
            yield sides.outcome(FORMS, f"{name} {number}", Sides.values, form)
    for dtype in ("int64", "bool"):
        for number, sample in enumerate(samples(info, dtype, False, most)):
            sides = Sides(info, sample)
            yield sides.outcome(INTEGERS, f"{dtype} {number}", Sides.values, info.op)


def forms(info: Any, whole: bool) -> Iterator[tuple[str, Any]]:
    """Names and functions of an op's variants; aliases and operators only with ``whole``."""
    named = {"method": info.method_variant, "in-place_": info.inplace_variant}
    if whole:
        named |= {"operator": info.operator_variant, "operator_": info.inplace_operator_variant}
        for alias in info.aliases:
            named |= {alias.name: alias.op, f"method {alias.name}": alias.method_variant}
            named |= {f"{alias.name}_": alias.inplace_variant}
    return ((name, form) for name, form in named.items() if form is not None)


def _gradients(info: Any, most: int | None) -> Iterator[Outcome]:
    if not info.supports_autograd:
        return
    for number, sample in enumerate(samples(info, "float64", True, most)):
        sides = Sides(info, sample, "float64")
        yield sides.outcome(GRADIENTS, str(number), Sides.gradients, info.op)
        if info.inplace_variant is not None and info.supports_inplace_autograd:
            written = Sides(info, sample, "float64", in_place=True)
            label = f"gradients in-place_ {number}"
            yield written.outcome(FORMS, label, Sides.gradients, info.inplace_variant)
        twice = info.supports_gradgrad and info.full_name not in NO_SECOND_ORDER
        if twice and sides.orders and sides.has_seconds():
            yield sides.outcome(SECONDS, str(number), Sides.seconds)


def _complex(info: Any, most: int | None) -> Iterator[Outcome]:
    """Values in complex64; gradients in complex128, where PyTorch has them."""
    for number, sample in enumerate(samples(info, "complex64", False, most)):
        sides = Sides(info, sample, "complex64")
        yield sides.outcome(COMPLEX, f"values {number}", Sides.values, info.op)
    torch = import_torch()
    if not info.supports_autograd or torch.complex128 not in info.supported_backward_dtypes("cpu"):
        return
    for number, sample in enumerate(samples(info, "complex128", True, most)):
        sides = Sides(info, sample, "complex128")
        yield sides.outcome(COMPLEX, f"gradients {number}", Sides.gradients, info.op)
        twice = info.supports_gradgrad and info.full_name not in NO_SECOND_ORDER
        if twice and sides.orders and sides.has_seconds():
            yield sides.outcome(COMPLEX, f"second order {number}", Sides.seconds)


def _errors(info: Any, most: int | None) -> Iterator[Outcome]:
    found = info.error_inputs("cpu") if info.error_inputs_func is not None else ()
    for number, error in enumerate(islice(found, most)):
        sides = Sides(info, error.sample_input)
        yield sides.outcome(ERRORS, str(number), Sides.refused, info.op)


class Sides:
    """A sample on both sides, and what differs between them."""

    def __init__(
        self, info: Any, sample: Any, dtype: str = "float32", in_place: bool = False
    ) -> None:
        self.info, self.sample, self.in_place = info, sample, in_place
        self.tolerance = CLOSE[dtype]
        if dtype == "float32":
            self.tolerance = TOLERANCES.get(info.full_name, self.tolerance)
        self.differences: list[str] = []
        # Of each side: what requires gradients, and these; none where PyTorch has no gradient.
        self.orders: list[tuple[list[Any], list[Any]]] = []

    def outcome(self, kind: str, label: str, compare: Callable[..., None], *args: Any) -> Outcome:
        """What becomes of one comparison, whatever is raised in it."""
        self.differences = []
        try:
            compare(self, *args)
        except Exception as error:
            self.differences.append(_said(error))
        label = f"{kind} {label} {described(self.sample)}"
        return Outcome(self.info.full_name, label, tuple(self.differences), kind)

    def values(self, function: Any) -> None:
        results = self.both(function, ours(function))
        if results:
            self.same("value", *results)

    def refused(self, function: Any) -> None:
        """Require the class of PyTorch's error, of the call or already of its arguments."""
        args, kwargs, mine = (
            (self.sample.input, *self.sample.args),
            self.sample.kwargs,
            ours(function),
        )

        def call() -> None:
            mine_args, mine_kwargs = ours((args, kwargs))
            mine(*mine_args, **mine_kwargs)

        try:
            function(*args, **kwargs)
        except Exception as error:
            expect_raised(self.differences, type(error), call)
        else:
            self.values(function)

    def both(self, theirs: Any, mine: Any) -> tuple[Any, Any] | None:
        """Results of both sides; None where PyTorch refuses, and so do we."""
        args, kwargs = (self.sample.input, *self.sample.args), self.sample.kwargs
        mine_args, mine_kwargs = ours((args, kwargs))
        self.leaves = [
            [t for t in tensors(side) if t.requires_grad]
            for side in ((args, kwargs), (mine_args, mine_kwargs))
        ]
        if self.in_place:
            args = (args[0].clone(), *args[1:])
            mine_args = (mine_args[0].clone(), *mine_args[1:])
        import_torch().manual_seed(0)
        minitorch.manual_seed(0)
        try:
            expected = theirs(*args, **kwargs)
        except Exception as error:
            expect_raised(self.differences, type(error), lambda: mine(*mine_args, **mine_kwargs))
            return None
        return expected, mine(*mine_args, **mine_kwargs)

    def same(self, what: str, expected: Any, actual: Any) -> None:
        name = self.info.full_name
        if name in SHAPE_ALONE or (name in TIES and not _is_float(self.sample.input)):
            shapes = _shapes(expected), _shapes(actual)
            expect_same(self.differences, f"{what}, shape and dtype", *shapes)
            if name in SHAPE_ALONE or name == "argsort":
                return
            if isinstance(expected, tuple):
                expected, actual = expected[0], actual[0]
        if name in SIGNS:
            shapes = _shapes(expected), _shapes(actual)
            expect_same(self.differences, f"{what}, shape and dtype", *shapes)
            process = self.sample.output_process_fn_grad
            expected, actual = process(expected), ours(process)(actual)
        close(self.differences, what, expected, actual, *self.tolerance)

    def out(self) -> None:
        """Into tensors of the right size, into empty ones, which grow, and into integers."""
        results = self.both(self.info.op, ours(self.info.op))
        if results is None or not tensors(results[0]):
            return
        for change in (lambda t: t.clone(), lambda t: t.new_empty(0), lambda t: t.long()):
            places = _mapped(change, results[0])
            theirs = functools.partial(self.info.op, out=places)
            mine = ours(theirs)
            if written := self.both(theirs, mine):
                self.same("out", places, mine.keywords["out"])
                pairs = zip(tensors(written[1]), tensors(mine.keywords["out"]), strict=True)
                expect_same(self.differences, "returns out", True, all(a is b for a, b in pairs))

    def gradients(self, function: Any) -> None:
        results = self.both(function, ours(function))
        if not results:
            return
        self.same("value", *results)
        process = self.sample.output_process_fn_grad
        outputs = tensors(process(results[0])), tensors(ours(process)(results[1]))
        expect_same(
            self.differences,
            "requires_grad",
            *[[t.requires_grad for t in side] for side in outputs],
        )
        twice = self.info.supports_gradgrad
        orders = [
            (leaves, first_order(framework, leaves, side, twice))
            for framework, leaves, side in zip(
                (import_torch(), minitorch), self.leaves, outputs, strict=True
            )
        ]
        grads = [
            [
                leaf.new_zeros(leaf.shape) if g is None else g
                for leaf, g in zip(*order, strict=False)
            ]
            for order in orders
        ]
        close(self.differences, "gradients", *grads, *self.tolerance)
        self.orders = orders if orders[0][1] else []

    def has_seconds(self) -> bool:
        """Whether PyTorch has a second order to compare with."""
        try:
            self.expected = second_order(import_torch(), *self.orders[0])
        except RuntimeError:
            return False
        return True

    def seconds(self) -> None:
        actual = second_order(minitorch, *self.orders[1])
        close(self.differences, "second order", self.expected, actual, *self.tolerance)


def _mapped(change: Callable[[Any], Any], value: Any) -> Any:
    if isinstance(value, tuple | list):
        kind = list if isinstance(value, list) else tuple
        return kind(_mapped(change, item) for item in value)
    return change(value)


def _is_float(value: Any) -> bool:
    return bool(value.dtype.is_floating_point)


def _shapes(value: Any) -> list[tuple[tuple[int, ...], str]]:
    return [(tuple(t.shape), str(t.dtype).rpartition(".")[2]) for t in tensors(value)]


def _said(error: Exception) -> str:
    """What an error here says, in a line; where a name is missing, that it is absent."""
    line = str(error).strip().partition("\n")[0][:150]
    missing = line.startswith(
        ("module 'minitorch", "'Tensor' object has no", "type object 'Tensor'")
    )
    if isinstance(error, Absent) or (isinstance(error, AttributeError) and missing):
        return f"absent: {line}"
    return f"here {type(error).__name__}: {line}"


def described(sample: Any) -> str:
    """Shapes of tensors and other arguments, as short as they go."""
    parts = [_short(value) for value in (sample.input, *sample.args)]
    parts += [f"{name}={_short(value)}" for name, value in sample.kwargs.items()]
    return f"({', '.join(parts)})"


def _short(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_short, value))}]"
    return str(tuple(value.shape)) if hasattr(value, "shape") else str(value)[:40]
