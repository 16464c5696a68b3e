"""What ``gradcheck`` does: difference quotients, gradients, and where the two are compared."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from minitorch.autograd.differentiate import grad
from minitorch.autograd.variable import TensorBase
from minitorch.core.dtypes import Array, from_numpy, is_complex, real_of
from minitorch.core.storage import parts_of

Function = Callable[..., Any]


class GradcheckError(RuntimeError):
    """A rule's gradient is not the slope, or not what it should be in another respect."""


@dataclass(frozen=True)
class Options:
    """What is checked, and how exactly; named for the arguments of ``gradcheck``."""

    eps: float
    atol: float
    rtol: float
    nondet_tol: float
    fast_mode: bool
    undefined: bool
    dtypes: bool
    batched: bool
    batched_forward: bool
    forward: bool
    backward: bool

    def __post_init__(self) -> None:
        if not (self.forward or self.backward):
            raise AssertionError(
                "Expected at least one of check_forward_ad or check_backward_ad to be True"
            )
        for wanted, needed, names in (
            (self.batched, self.backward, ("check_batched_grad", "check_backward_ad")),
            (
                self.batched_forward,
                self.forward,
                ("check_batched_forward_grad", "check_forward_ad"),
            ),
        ):
            if wanted and not needed:
                raise AssertionError(f"Setting {names[0]}=True requires {names[1]} to be True")


def as_tuple(x: Any) -> tuple[Any, ...]:
    return tuple(x) if isinstance(x, tuple | list) else (x,)


def needs_grad(x: Any) -> bool:
    return isinstance(x, TensorBase) and bool(x.requires_grad)  # type: ignore[attr-defined]


def differentiable(outputs: Sequence[Any]) -> list[Any]:
    return [o for o in outputs if needs_grad(o)]


def tensor_of(array: Array) -> Any:
    return TensorBase._result_class._wrap(array)


def _of_parts(direction: Array, like: Array) -> Array:
    """Undo :func:`parts_of` for numbers in the shape of those of ``like``, in its dtype."""
    whole = direction.astype(real_of(like.dtype))
    return whole.view(like.dtype)[..., 0] if is_complex(like.dtype) else whole


class Check:
    """One run of ``gradcheck``.

    Real and imaginary parts move, and are looked at, one by one (``parts_of``): a gradient has the
    slopes by both (Note [Complex numbers]).
    """

    def __init__(self, func: Function, inputs: tuple[Any, ...], options: Options) -> None:
        self.func = func
        self.inputs = inputs
        self.options = options
        self.wanted = [i for i, x in enumerate(inputs) if needs_grad(x)]
        self.random = np.random.default_rng(5)

    def run(self) -> None:
        self.check_inputs()
        outputs = as_tuple(self.func(*self.inputs))
        for o in outputs:
            if not isinstance(o, TensorBase):
                raise ValueError(
                    f"gradcheck expects functions to return Tensors, but got {type(o).__name__}"
                )
        places = [i for i, o in enumerate(outputs) if needs_grad(o)]
        if not places:
            self.check_constant(outputs)
            return
        compare = self.compare_along_directions if self.options.fast_mode else self.compare_whole
        if self.options.backward:
            compare(outputs, places, self.backward_jacobian, "")
            self.check_zero_starts([outputs[i] for i in places])
            if self.options.undefined:
                self.check_undefined([outputs[i] for i in places])
            if self.options.batched:
                for i in places:
                    self.check_batched(outputs[i], i)
        if self.options.forward:
            compare(outputs, places, self.forward_jacobian, "computed with forward mode ")
            if self.options.batched_forward:
                self.check_batched_forward(outputs, places)

    # What goes in

    def check_inputs(self) -> None:
        if not self.wanted:
            raise ValueError(
                "gradcheck expects at least one input tensor to require gradient, but none of them "
                "have requires_grad=True."
            )
        for i in self.wanted:
            array = self.inputs[i]._array
            if array.dtype not in (np.float64, np.complex128):
                warnings.warn(
                    f"Input #{i} requires gradient and is not a double precision floating point or "
                    f"complex. This check will likely fail: it is {from_numpy(array.dtype)}; "
                    "convert the inputs with .double().",
                    UserWarning,
                    stacklevel=4,
                )
            if any(s == 0 and n > 1 for s, n in zip(array.strides, array.shape, strict=True)):
                raise RuntimeError(
                    f"The {i}th input has a dimension with stride 0. gradcheck only supports "
                    "inputs that are non-overlapping to be able to compute the numerical gradients "
                    "correctly. You should call .contiguous on the input before passing it to "
                    "gradcheck."
                )

    # Difference quotients

    def outputs_at(self) -> list[Array]:
        """The outputs for what stands in the inputs' memory now."""
        return [np.array(parts_of(o._array), np.float64) for o in as_tuple(self.func(*self.inputs))]

    def quotient(self, array: Array, move: Callable[[float], None]) -> list[Array]:
        """Difference quotients of all outputs, for a move of this input there and back."""
        kept = array.copy()
        try:
            move(self.options.eps)
            above = self.outputs_at()
            array[...] = kept
            move(-self.options.eps)
            below = self.outputs_at()
        finally:
            array[...] = kept
        return [(a - b) / (2 * self.options.eps) for a, b in zip(above, below, strict=True)]

    def numerical_jacobians(self, i: int, outputs: Sequence[Any]) -> list[Array]:
        """For each output its derivatives by the elements of input ``i``."""
        array = parts_of(self.inputs[i]._array)
        rows: list[list[Array]] = [[] for _ in outputs]
        for index in np.ndindex(array.shape):

            def move(step: float, index: tuple[int, ...] = index) -> None:
                array[index] += step

            for row, slopes in zip(rows, self.quotient(array, move), strict=True):
                row.append(slopes.reshape(-1))
        return [
            np.array(row).reshape(array.size, parts_of(o._array).size)
            for row, o in zip(rows, outputs, strict=True)
        ]

    # What the rules say

    def grads(self, outputs: Any, starts: Any) -> list[Any]:
        inputs = [self.inputs[i] for i in self.wanted]
        return list(grad(outputs, inputs, starts, retain_graph=True, allow_unused=True))

    def grad_array(self, i: int, gradient: Any) -> Array:
        x = self.inputs[i]._array
        if gradient is None:
            return np.zeros(parts_of(x).size)
        if self.options.dtypes and gradient._array.dtype != x.dtype:
            raise GradcheckError(
                f"Gradient has dtype mismatch: input {i} is {from_numpy(x.dtype)}, its gradient "
                f"{from_numpy(gradient._array.dtype)}."
            )
        if gradient._array.shape != x.shape:
            raise GradcheckError(
                f"Analytical gradient has incorrect size: input {i} is {list(x.shape)}, its "
                f"gradient {list(gradient._array.shape)}."
            )
        return np.array(parts_of(gradient._array), np.float64).reshape(-1)

    def backward_jacobian(self, outputs: Sequence[Any], o: int) -> list[Array]:
        """For each wanted input, the derivatives of output ``o`` as backward gives them."""
        runs = [self.backward_rows(outputs[o]) for _ in range(2)]
        for i, first, second in zip(self.wanted, *runs, strict=True):
            off = np.abs(first - second).max(initial=0.0)
            if off > self.options.nondet_tol:
                raise GradcheckError(
                    "Backward is not reentrant, i.e., running backward with same input and "
                    "grad_output multiple times gives different values, although analytical "
                    "gradient matches numerical gradient. The tolerance for nondeterminism was "
                    f"{self.options.nondet_tol}; the gradients of input {i} differ by {off:.3g} "
                    "for the same output."
                )
        return runs[0]

    def backward_rows(self, output: Any) -> list[Array]:
        jacobians = [
            np.zeros((parts_of(self.inputs[i]._array).size, parts_of(output._array).size))
            for i in self.wanted
        ]
        for k in range(parts_of(output._array).size):
            start = np.zeros(output._array.shape, output._array.dtype)
            parts_of(start).reshape(-1)[k] = 1
            for i, jacobian, g in zip(
                self.wanted, jacobians, self.grads([output], [tensor_of(start)]), strict=True
            ):
                jacobian[:, k] = self.grad_array(i, g)
        return jacobians

    def forward_tangents(self, i: int, direction: Any) -> list[Any]:
        """The tangents of all outputs for a tangent of input ``i``; None where there is none."""
        from minitorch.autograd.forward_ad import dual as forward_ad

        with forward_ad.dual_level():
            args = list(self.inputs)
            args[i] = forward_ad.make_dual(self.inputs[i], direction)
            outputs = as_tuple(self.func(*args))
            return [forward_ad.unpack_dual(o).tangent for o in outputs]

    def forward_jacobian(self, outputs: Sequence[Any], o: int) -> list[Array]:
        jacobians = []
        for i in self.wanted:
            x = self.inputs[i]._array
            rows = []
            for k in range(parts_of(x).size):
                direction = np.zeros(x.shape, x.dtype)
                parts_of(direction).reshape(-1)[k] = 1
                tangent = self.forward_tangents(i, tensor_of(direction))[o]
                if tangent is None:
                    rows.append(np.zeros(parts_of(outputs[o]._array).size))
                    continue
                if self.options.dtypes and tangent._array.dtype != outputs[o]._array.dtype:
                    raise GradcheckError("Forward AD gradient has dtype mismatch.")
                rows.append(np.array(parts_of(tangent._array), np.float64).reshape(-1))
            shape = parts_of(x).size, parts_of(outputs[o]._array).size
            jacobians.append(np.array(rows).reshape(shape))
        return jacobians

    # Comparing

    def compare_whole(
        self, outputs: Sequence[Any], places: list[int], jacobian: Function, mode: str
    ) -> None:
        numerical = {i: self.numerical_jacobians(i, outputs) for i in self.wanted}
        for number, o in enumerate(places):
            analytical = jacobian(outputs, o)
            for k, i in enumerate(self.wanted):
                self.compare(analytical[k], numerical[i][o], number, k, mode, (i, outputs[o]))

    def compare(
        self, analytical: Array, numerical: Array, o: int, k: int, mode: str, of: tuple[int, Any]
    ) -> None:
        atol, rtol = self.options.atol, self.options.rtol
        if np.allclose(analytical, numerical, rtol, atol):
            return
        x, output = parts_of(self.inputs[of[0]]._array), parts_of(of[1]._array)
        worst = _describe_worst(analytical, numerical, x, output)
        raise GradcheckError(
            f"Jacobian {mode}mismatch for output {o} with respect to input {k},\n"
            f"numerical:{numerical}\nanalytical:{analytical}\n{worst}"
        )

    def compare_along_directions(
        self, outputs: Sequence[Any], places: list[int], jacobian: Function, mode: str
    ) -> None:
        """Compare ``v J u`` for one random ``u`` per input and ``v`` per output."""
        directions = {i: self.direction(parts_of(self.inputs[i]._array)) for i in self.wanted}
        weights = {o: self.direction(parts_of(outputs[o]._array)) for o in places}
        rows = {} if mode else {o: self.row(outputs[o], weights[o]) for o in places}
        for k, i in enumerate(self.wanted):
            x, u = self.inputs[i]._array, directions[i]
            array = parts_of(x)

            def move(step: float, array: Array = array, u: Array = u) -> None:
                array += step * u

            slopes = self.quotient(array, move)
            for number, o in enumerate(places):
                v = weights[o]
                numerical = float((slopes[o] * v).sum())
                if mode:
                    tangent = self.forward_tangents(i, tensor_of(_of_parts(u, x)))[o]
                    along = 0.0 if tangent is None else parts_of(tangent._array) * v
                    analytical = float(np.sum(along))
                else:
                    analytical = float(rows[o][k] @ u.reshape(-1))
                atol = self.options.atol * float(np.sum(u)) * float(np.sum(v))
                if not np.isclose(analytical, numerical, self.options.rtol, atol):
                    # The whole Jacobians tell more; they fail in the same place.
                    self.compare_whole(outputs, [o], jacobian, mode)
                    raise GradcheckError(
                        f"Jacobian {mode}mismatch for output {number} with respect to input {k},\n"
                        f"numerical:{numerical}\nanalytical:{analytical}\n"
                        "Fast gradcheck failed but element-wise differences are small. This means "
                        "that the test might've passed in slow_mode!"
                    )

    def row(self, output: Any, v: Array) -> list[Array]:
        """For each wanted input ``v J``, from one walk, and a second that must say the same."""
        start = tensor_of(_of_parts(v, output._array))
        runs = [
            [self.grad_array(i, g) for i, g in zip(self.wanted, grads, strict=True)]
            for grads in (self.grads([output], [start]) for _ in range(2))
        ]
        for i, first, second in zip(self.wanted, *runs, strict=True):
            off = np.abs(first - second).max(initial=0.0)
            if off > self.options.nondet_tol:
                raise GradcheckError(
                    "Backward is not reentrant, i.e., running backward with same input and "
                    "grad_output multiple times gives different values. The tolerance for "
                    f"nondeterminism was {self.options.nondet_tol}; the gradients of input {i} "
                    f"differ by {off:.3g}."
                )
        return runs[0]

    def direction(self, like: Array) -> Array:
        """Positive numbers of unit length, so that no two errors cancel."""
        u = np.asarray(self.random.uniform(0.1, 1, like.shape))
        return np.asarray(u / max(float(np.linalg.norm(u)), 1e-12))

    def drawn(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """Numbers of either sign, complex ones with either sign of both parts."""
        draw = self.random.uniform(-1, 1, shape)
        if is_complex(dtype):
            draw = draw + 1j * self.random.uniform(-1, 1, shape)
        return draw.astype(dtype)

    # Other properties of rules

    def check_constant(self, outputs: Sequence[Any]) -> None:
        for i in self.wanted:
            for slopes in self.numerical_jacobians(i, outputs):
                if np.abs(slopes).max(initial=0.0) > 0:
                    raise GradcheckError(
                        "Numerical gradient for function expected to be zero: no output requires "
                        f"grad, but one changes with input {i}."
                    )

    def check_zero_starts(self, outputs: list[Any]) -> None:
        starts = [tensor_of(np.zeros(o._array.shape, o._array.dtype)) for o in outputs]
        for i, g in zip(self.wanted, self.grads(outputs, starts), strict=True):
            if g is not None and np.any(g._array != 0):
                raise GradcheckError(
                    "backward not multiplied by grad_output: for zeros arriving, the gradient of "
                    f"input {i} is not zero."
                )

    def check_undefined(self, outputs: list[Any]) -> None:
        """Run the last node of each output without any gradient."""
        for o in outputs:
            node = o.grad_fn
            if node is None:
                continue
            starts: list[Any] = [None] * len(node._outputs)
            if node._op.materializes:
                starts = [tensor_of(np.zeros(*metadata)) for metadata in node._outputs]
            try:
                results = node._op.backward(node, *starts)
            except Exception as error:
                raise GradcheckError(
                    "Expected backward function to handle undefined output grads: "
                    f"{node.name()} got None for every gradient and failed with {error!r}. Return "
                    "None where no gradient came."
                ) from error
            for g in as_tuple(results):
                if g is not None and np.any(g._array != 0):
                    raise GradcheckError(
                        "Expected all input grads to be undefined or zero when all output grads "
                        f"are undefined or zero: {node.name()} gave something else."
                    )

    def check_batched(self, output: Any, number: int) -> None:
        """Several gradients at once are what each gives by itself."""
        shape = (4, *output._array.shape)
        starts = self.drawn(shape, output._array.dtype)
        inputs = [self.inputs[i] for i in self.wanted]
        each = [self.grads([output], [tensor_of(np.array(s))]) for s in starts]
        try:
            together = grad(
                [output],
                inputs,
                [tensor_of(starts)],
                retain_graph=True,
                allow_unused=True,
                is_grads_batched=True,
            )
        except RuntimeError as error:
            raise GradcheckError(f"While computing batched gradients, got: {error}") from error
        for k, got in enumerate(together):
            alone = [e[k]._array for e in each if e[k] is not None]
            if got is not None and alone and not np.allclose(got._array, np.stack(alone)):
                raise GradcheckError(
                    f"For output {number} and input {self.wanted[k]}: batched gradients are not "
                    "what they are one by one. gradcheck or gradgradcheck failed while testing "
                    "batched gradient computation."
                )

    def check_batched_forward(self, outputs: Sequence[Any], places: list[int]) -> None:
        """Several tangents at once are what each gives by itself."""
        from minitorch.autograd.vmap.levels import FromBatched, ToBatched, inside  # made of ops

        for i in self.wanted:
            x = self.inputs[i]._array
            starts = self.drawn((4, *x.shape), x.dtype)

            def tangents(direction: Any, i: int = i) -> Any:
                found = self.forward_tangents(i, direction)
                return tuple([found[o] for o in places if found[o] is not None])

            try:
                with inside(len(starts)) as level:
                    batch = tangents(ToBatched.apply(tensor_of(starts), dim=0, level=level))
                    together = [FromBatched.apply(t, dim=0, level=level) for t in batch]
            except RuntimeError as error:
                raise GradcheckError(f"While computing batched gradients, got: {error}") from error
            each = [tangents(tensor_of(s.copy())) for s in starts]
            for k, got in enumerate(together):
                if not np.allclose(got._array, np.stack([e[k]._array for e in each])):
                    raise GradcheckError(
                        f"For output {places[k]} and input {i}: batched forward gradients are not "
                        "what they are one by one."
                    )


def _describe_worst(analytical: Array, numerical: Array, x: Array, output: Array) -> str:
    """Say which element is furthest off, and what may be wrong."""
    off = np.abs(analytical - numerical)
    off = np.where(np.isnan(off), np.inf, off)
    row, column = np.unravel_index(int(off.argmax()), off.shape)
    a, n = float(analytical[row, column]), float(numerical[row, column])
    into = tuple(int(k) for k in np.unravel_index(int(column), output.shape))
    by = tuple(int(k) for k in np.unravel_index(int(row), x.shape))
    text = (
        f"Furthest off: output{list(into)} by input{list(by)}, numerical {n:.6g}, analytical "
        f"{a:.6g}: off by {abs(a - n):.3g} (relative {abs(a - n) / max(abs(n), 1e-300):.3g}), at "
        f"{int((~np.isclose(analytical, numerical, 1e-3, 1e-5)).sum())} of {off.size} places."
    )
    return text + _hint(analytical, numerical)


def _hint(analytical: Array, numerical: Array) -> str:
    if not np.any(analytical):
        return " The gradient is zero or missing: does backward return it, in the right place?"
    large = np.abs(numerical) > 1e-3
    if large.any():
        ratios = analytical[large] / numerical[large]
        factor = float(np.median(ratios))
        if np.allclose(ratios, factor, rtol=1e-2) and not np.isclose(factor, 1, rtol=1e-2):
            return f" The gradient is {factor:.4g} times what it should be, everywhere."
    return ""
