"""Calling ops on their samples, here and in PyTorch."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import minitorch as mt
import minitorch.ops
from minitorch.autograd.op import Op
from minitorch.autograd.vmap.levels import LevelOp
from minitorch.core.dtypes import is_float
from minitorch.ops.samples import Sample, Sampler
from tests.support.parity import array_of

OpClass = type[Op]


def all_ops() -> list[OpClass]:
    """Every op of the package that can be called: those with a forward, in the order of names.

    Ops that enter and leave the levels of vmap have no samples: they are tested with vmap.
    """
    for module in pkgutil.walk_packages(minitorch.ops.__path__, "minitorch.ops."):
        importlib.import_module(module.name)
    found: list[OpClass] = []
    stack = [Op]
    while stack:
        for op in stack.pop().__subclasses__():
            stack.append(op)
            is_ours = op.__module__.startswith("minitorch.") and hasattr(op, "forward")
            if is_ours and not issubclass(op, LevelOp):
                found.append(op)
    return sorted(found, key=lambda op: (op.__module__, op.__name__))


def good_samples(op: OpClass) -> list[Sample]:
    return [s for s in op.samples(Sampler()) if s.error is None]


def is_float_array(x: object) -> bool:
    return isinstance(x, np.ndarray) and is_float(x.dtype)


def with_floats(inputs: tuple[Any, ...], change: Callable[[Any], Any]) -> list[Any]:
    """The inputs, with each floating-point array replaced by ``change(array)``."""
    return [change(x) if is_float_array(x) else x for x in inputs]


def as_integers(inputs: tuple[Any, ...], dtype: Any) -> list[Any]:
    """The inputs, floating-point numbers four times as large and cast to an integer or bool dtype.

    So there are several integers of a narrow domain; infinities and NaN become 0.
    """

    def cast(x: Any) -> Any:
        wide = np.where(np.isfinite(x), 4 * x, 0)
        return np.asarray(np.abs(wide) if dtype is np.uint8 else wide, dtype)

    return with_floats(inputs, cast)


def call_public(op: OpClass, library: Any, inputs: Any, params: Any) -> Any:
    """Call what `parity` calls, in either library: a tuple of outputs, or the error it raised."""
    assert op.parity is not None
    tensors = [library.from_numpy(x.copy()) if isinstance(x, np.ndarray) else x for x in inputs]
    try:
        out = op.parity(library, *tensors, **params)
    except AttributeError:  # the library has no such call
        raise
    except Exception as error:
        return error
    return tuple(out) if isinstance(out, tuple | list) else (out,)


def has_derivative(op: OpClass) -> bool:
    """Whether PyTorch has one; of most that lack it the name says so."""
    return op.name != "NotImplemented" and not op.__name__.startswith("Unique")


def call(op: OpClass, inputs: Any, params: Any, *, requires_grad: bool = False) -> tuple[Any, Any]:
    """Apply an op to arrays; return the tensors made of them (numbers stay) and the outputs.

    What has no derivative in PyTorch is not recorded.
    """
    requires_grad = requires_grad and has_derivative(op)
    tensors = []
    for x in inputs:
        if isinstance(x, np.ndarray):
            x = mt.Tensor._wrap(x)  # from_numpy refuses backward strides, kernels do not
            x.requires_grad = requires_grad and x.is_floating_point()
        tensors.append(x)
    out = op.apply(*tensors, **params)
    return tensors, out if isinstance(out, tuple) else (out,)


def arrays_of(outputs: Any) -> list[Any]:
    return [np.asarray(array_of(x)) for x in outputs]


def float_leaves(tensors: Any) -> list[Any]:
    return [x for x in tensors if isinstance(x, mt.Tensor) and x.requires_grad]


def weighted_sum(outputs: Any, weights: list[Any]) -> Any:
    """A scalar that depends on all outputs that have a gradient, each element with its weight."""
    total: Any = 0
    for out, weight in zip([x for x in outputs if x.requires_grad], weights, strict=True):
        total = total + real_part_of(out * weight.conj()).sum()
    return total


def real_part_of(x: Any) -> Any:
    """What is differentiated of a complex number times the conjugate of its weight."""
    return x.real if x.is_complex() else x


def random_like(arrays: list[Any], seed: int) -> list[Any]:
    random = np.random.default_rng(seed)
    draws = [np.asarray(random.standard_normal(a.shape)) for a in arrays]
    return [
        np.asarray(x + 1j * random.standard_normal(a.shape)) if np.iscomplexobj(a) else x
        for x, a in zip(draws, arrays, strict=True)
    ]


# As in PyTorch; the exp(x) in the gradient is that of the softmax whose logarithm the input is.
NO_SLOPES = {"CtcLoss", "CtcLossGrad"}


def sloped(found: list[tuple[str, OpClass, Sample]]) -> list[tuple[str, OpClass, Sample]]:
    """The cases of functions of floats whose gradients are their slopes."""
    return [
        case
        for case in found
        if case[1].differentiable and case[1].__name__ not in NO_SLOPES
        if has_derivative(case[1])
        if any(map(is_float_array, case[2].inputs))
    ]


def cases(ops: list[OpClass]) -> Iterator[tuple[str, OpClass, Sample]]:
    for op in ops:
        for i, sample in enumerate(good_samples(op)):
            yield f"{op.__name__}-{i}", op, sample
