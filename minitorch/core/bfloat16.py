"""Numbers of bfloat16, which are ``ml_dtypes``': NumPy has none.

Note [bfloat16]
~~~~~~~~~~~~~~~
A bfloat16 is a float32 without its last 16 bits. Arrays of them are copied, viewed, indexed and
cast by NumPy like all others. What is *computed* with them is computed in float32 and rounded once,
as PyTorch's kernels do on a CPU: ``by_float32`` stands around the forward of every op, so that no
op and no kernel knows of them. Before somebody asks for the dtype nothing is imported, and an op
pays for one look at an empty list.
"""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from minitorch.core.layout import copied

entered: list[np.dtype[Any]] = []  # the dtype, once it was asked for

_FLOAT32 = np.dtype(np.float32)


def numpy_dtype() -> np.dtype[Any]:
    """Return the NumPy dtype; from then on ops look for arrays of it.

    Raises:
        ModuleNotFoundError: if ml_dtypes is not installed.
    """
    if not entered:
        try:
            ml_dtypes: Any = importlib.import_module("ml_dtypes")
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                "tensors of torch.bfloat16 need the package ml_dtypes: install it with "
                "`pip install ml_dtypes`, or use torch.float32.",
                name="ml_dtypes",
            ) from error
        entered.append(np.dtype(ml_dtypes.bfloat16))
    return entered[0]


class Limits:
    """What ``np.finfo`` says of other dtypes."""

    bits, nmant, precision = 16, 7, 2
    eps, tiny = 2.0**-7, 2.0**-126
    max = (2 - eps) * 2.0**127
    min = -max


def is_narrow(x: Any) -> bool:
    """Whether something is an array of bfloat16."""
    return isinstance(x, np.ndarray) and x.dtype in entered


def buffer_of(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return an array as memory for another: Python's buffers have no code for bfloat16."""
    return array.view(np.uint16) if array.dtype in entered else array


def widened(x: Any) -> Any:
    """Return an array of bfloat16 in float32, and anything else as it is."""
    return copied(x, _FLOAT32) if is_narrow(x) else x


def by_float32(
    op: Any, forward: Callable[..., Any], arrays: list[Any], params: dict[str, Any]
) -> Any:
    """Call the forward of an op; where it gets bfloat16, by way of float32 (Note [bfloat16])."""
    for x in (*arrays, *params.values()):
        if is_narrow(x):
            break
    else:
        return forward(*arrays, **params)
    if op.is_view or op.in_own_dtype:
        return forward(*arrays, **params)
    wide = [widened(x) for x in arrays]
    narrow = wide[:1] if op.wide_numbers else wide  # the first of two is always rounded
    wide[: len(narrow)] = [_rounded_number(x) if type(x) in (float, int) else x for x in narrow]
    try:
        out = forward(*wide, **{name: widened(value) for name, value in params.items()})
    except NotImplementedError as error:  # of a kernel, which names the dtype
        raise NotImplementedError(str(error).replace("'Float'", "'BFloat16'")) from None
    floats = [i for i, x in enumerate(wide) if isinstance(x, np.ndarray) and x.dtype == _FLOAT32]
    if floats and not is_narrow(arrays[floats[0]]):  # a target, whose dtype decides
        return out
    if type(out) is tuple:
        return tuple([x if i in op.wide_outputs else rounded(x) for i, x in enumerate(out)])
    return rounded(out)


def rounded(x: Any) -> Any:
    """Return an array of float32 in bfloat16, and any other as it is."""
    return x.astype(entered[0]) if x.dtype == _FLOAT32 else x


def _rounded_number(x: float) -> float:
    return float(entered[0].type(float(x)))
