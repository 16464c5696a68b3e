"""Give a call of NumPy's to our function of the same meaning, or to NumPy on arrays."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.writes.inplace import requires_grad
from minitorch.core import dtypes
from minitorch.ops.out import takes_out
from minitorch.tensor.numpy_calls.functions import FUNCTIONS, NoCounterpart, torch
from minitorch.tensor.numpy_calls.ufuncs import OF_METHODS, OF_TENSORS, UFUNCS

# NumPy's keywords, and what they are called here; a row of the table may say otherwise.
_KEYWORDS = {"axis": "dim", "keepdims": "keepdim"} | {
    name: name for name in ("dtype", "decimals", "hermitian", "rtol", "atol")
}

# They tell of dtypes, shapes and memory: no gradient is lost.
_OF_ARRAYS = (
    *("array_repr", "array_str", "array2string", "can_cast", "common_type", "iscomplexobj"),
    *("isrealobj", "may_share_memory", "min_scalar_type", "result_type", "shares_memory"),
)


_EMPTY = inspect.Parameter.empty


def call_ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Compute a ufunc, or a method of one such as ``np.add.reduce``."""
    name = ufunc.__name__
    if not all([_is_understood(type(x)) for x in inputs]):
        return NotImplemented
    if method == "at":
        raise TypeError(
            f"np.{name}.at() writes into arrays: on a tensor, use index_put_(..., accumulate=True)."
        )
    of_method = OF_METHODS.get((name, method))
    if of_method is not None:
        if "out" in kwargs:
            kwargs["out"] = kwargs["out"][0]
        return call_function(getattr(np, of_method), (), inputs, {"axis": 0, **kwargs})
    outs = tuple(x for x in kwargs.pop("out", ()) if x is not None)
    try:
        function = _found(UFUNCS.get(name, ""))
        if kwargs or method not in ("__call__", "outer"):
            raise NoCounterpart  # where=, casting=, axes= and the like
        operands = [*_operands(name, inputs)]
    except NoCounterpart:
        said = name if method == "__call__" else f"{name}.{method}"
        kwargs |= {"out": tuple(map(_own_memory, outs))} if outs else {}
        found = _on_arrays(getattr(ufunc, method), said, inputs, kwargs)
        return _delivered(_as_tensors, (found,), {}, outs)
    if method == "outer":
        a, b = operands
        operands = [a.reshape(tuple(a.shape) + (1,) * b.ndim), b]
    return _delivered(function, operands, {}, outs)


def call_function(func: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Compute a function of NumPy's that is no ufunc."""
    if not all(map(_is_understood, types)):
        return NotImplemented
    name = f"{func.__module__}.{func.__name__}".removeprefix("numpy.")
    given = _signature(func).bind(*args, **kwargs)
    out = given.arguments.pop("out", None)
    outs = () if out is None else (out,)
    try:
        return _delivered(*_counterpart(name, given), outs)
    except NoCounterpart:
        found = _on_arrays(func, name, given.args, given.kwargs)
        return _delivered(_as_tensors, (found,), {}, outs) if outs else found


def _counterpart(
    name: str, given: inspect.BoundArguments
) -> tuple[Callable[..., Any], list[Any], dict[str, Any]]:
    """Find our function for one of NumPy's, and its arguments: those that are no defaults."""
    row = FUNCTIONS.get(name, "")
    if isinstance(row, str):
        ours, *renamed = row.split(" ")
        function = _found(ours)
        keywords = {**_KEYWORDS, **dict([pair.split("=") for pair in renamed])}
    else:
        function = row
        keywords = {key: key for key in _signature(row).parameters}
    positional: list[Any] = []
    named: dict[str, Any] = {}
    parameters, arguments = given.signature.parameters, dict(given.arguments)
    for key in [key for key in arguments if parameters[key].default is _EMPTY]:
        value = arguments.pop(key)
        if parameters[key].kind is inspect.Parameter.VAR_KEYWORD:
            arguments.update(value)
            continue
        several = parameters[key].kind is inspect.Parameter.VAR_POSITIONAL
        positional += [_with_tensors(x) for x in (value if several else (value,))]
    for key, value in arguments.items():
        if key in parameters and _is_default(value, parameters[key].default):
            continue
        known = keywords.get(key) in _signature(function).parameters
        # PyTorch reduces along all of no dimensions, NumPy along none.
        if not known or (key == "axis" and isinstance(value, tuple) and not value):
            raise NoCounterpart
        if key == "dtype" and not isinstance(value, dtypes.dtype):
            value = dtypes.from_numpy(np.dtype(value))
        named[keywords[key]] = _with_tensors(value)
    return function, positional, named


@cache
def _signature(func: Any) -> inspect.Signature:
    return inspect.signature(func)


def _is_default(value: Any, default: Any) -> bool:
    no_value = np._NoValue
    if value is default or value is no_value or (value is None and default is no_value):
        return True
    return type(value) is type(default) and isinstance(value, int | str) and value == default


def _found(name: str) -> Callable[..., Any]:
    """Return our function by its name, as it is at this moment."""
    found: Any = torch
    for part in name.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise NoCounterpart
    return found


def _is_understood(kind: type) -> bool:
    """Whether a type has no ways of its own with NumPy's functions."""
    if issubclass(kind, TensorBase | np.generic):
        return True
    foreign = getattr(kind, "__array_ufunc__", None) not in (None, np.ndarray.__array_ufunc__)
    return not foreign


def _operands(name: str, inputs: tuple[Any, ...]) -> list[Any]:
    """Make the inputs of a ufunc tensors, and numbers where our function takes them."""
    operands = [x if np.isscalar(x) else _tensor(x) for x in inputs]
    tensors = [x for x in operands if isinstance(x, TensorBase)]
    numbers_too = name not in OF_TENSORS and isinstance(operands[0], TensorBase)
    if numbers_too or len(tensors) == len(operands):
        return operands
    return [x if isinstance(x, TensorBase) else _number_beside(tensors[0], x) for x in operands]


def _number_beside(tensor: Any, x: Any) -> Any:
    dtype = torch.result_type(tensor, x)
    if x < 0 and not dtype.is_signed:  # NumPy does not make it positive
        raise NoCounterpart
    return torch.tensor(x, dtype=dtype)


def _tensor(x: Any) -> Any:
    return x if isinstance(x, TensorBase) else torch.as_tensor(x)


def _with_tensors(x: Any) -> Any:
    """Make arrays tensors, also those in lists."""
    if isinstance(x, np.ndarray):
        return torch.as_tensor(x)
    if isinstance(x, list | tuple) and any([isinstance(y, TensorBase | np.ndarray) for y in x]):
        return [_tensor(y) for y in x]
    return x


def _delivered(function: Any, args: Any, named: dict[str, Any], outs: tuple[Any, ...]) -> Any:
    """Return the result, or write it into ``out=``: a tensor as PyTorch does, an array as NumPy."""
    if not outs:
        return function(*args, **named)
    out = outs if len(outs) > 1 else outs[0]
    if all([isinstance(x, TensorBase) for x in outs]):
        return takes_out(function)(*args, out=out, **named)
    result = function(*args, **named)
    for target, value in zip(outs, result if len(outs) > 1 else (result,), strict=True):
        if isinstance(target, TensorBase):
            raise TypeError("out= takes tensors or arrays: these are some of both.")
        np.copyto(target, value.numpy(), casting="same_kind")
    return out


def _on_arrays(func: Any, name: str, args: Any, kwargs: Any) -> Any:
    """Let NumPy compute on the memory of tensors, where no gradient is lost and nothing written.

    Raises:
        RuntimeError: if a tensor requires grad.
    """
    silent = name in _OF_ARRAYS or not is_grad_enabled()

    def array(x: Any) -> Any:
        if isinstance(x, list | tuple):
            return type(x)([array(y) for y in x])
        if isinstance(x, dtypes.dtype):
            return x.numpy
        if not isinstance(x, TensorBase):
            return x
        if not silent and requires_grad(x):
            raise RuntimeError(
                f"Can't call numpy() on Tensor that requires grad: np.{name} has no differentiable "
                "counterpart here. Use tensor.detach().numpy() instead."
                " [explain: numpy-of-grad]"
            )
        memory = x._array[...]
        memory.flags.writeable = False  # no version would count the write
        return memory

    return func(*[array(x) for x in args], **{key: array(x) for key, x in kwargs.items()})


def _own_memory(out: Any) -> Any:
    """Return the array that NumPy writes into: a copy of a tensor, which counts its writes."""
    return out._array.copy() if isinstance(out, TensorBase) else out


def _as_tensors(found: Any) -> Any:
    """Make what a ufunc of NumPy's returned tensors, where they can hold it."""
    if isinstance(found, tuple):
        return tuple([_as_tensors(x) for x in found])
    return torch.from_numpy(np.asarray(found))
