"""The same call here and in PyTorch: equal results to the bit, or the same complaint."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import minitorch as mt

mt.bfloat16.numpy  # noqa: B018 - from now on NumPy knows it by name
FLOATS = ("bfloat16", "float16", "float32", "float64")
DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", *FLOATS)
UNSIGNED = ("uint16", "uint32", "uint64")  # for which PyTorch has few kernels


def tensor_of(lib: Any, array: Any) -> Any:
    """A tensor in an array's memory, also of bfloat16, which PyTorch takes from no array."""
    if array.dtype.name == "bfloat16":
        return lib.from_numpy(array.view(np.int16)).view(lib.bfloat16)
    return lib.from_numpy(array)


def array_of(tensor: Any) -> Any:
    """The elements of a tensor, those of bfloat16 in float32."""
    tensor = tensor.detach()
    return (tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy()


@dataclass(frozen=True)
class Complaint:
    """An exception, as far as two libraries can agree on it."""

    kind: type[Exception]
    message: str


def outcome(call: Callable[[Any], Any], lib: Any) -> Any:
    """What a call with a library returns, or its complaint."""
    try:
        return call(lib)
    except Exception as error:
        return Complaint(type(error), str(error))


def written(
    expression: str, names: Callable[[Any], dict[str, Any]] = lambda lib: {}
) -> Callable[[Any], Any]:
    """The call that an expression means: `torch` is the library, `np` NumPy, others of `names`."""
    code = compile(expression, expression, "eval")
    return lambda lib: eval(code, {"torch": lib, "np": np, **names(lib)})


def assert_same(torch: Any, call: Callable[[Any], Any], rtol: float = 0.0, note: Any = "") -> None:
    """Require equal outcomes: class, dtype, shape, strides and elements; or exception and phrase.

    PyTorch's TypeErrors list signatures, and are compared by class alone; other messages must
    hold the first words of PyTorch's.
    """
    ours, theirs = outcome(call, mt), outcome(call, torch)
    where = f"{note}\nours:   {ours!r}\ntheirs: {theirs!r}"
    if isinstance(theirs, Complaint) or isinstance(ours, Complaint):
        assert isinstance(ours, Complaint) and isinstance(theirs, Complaint), where
        assert ours.kind is theirs.kind, where
        if theirs.kind is not TypeError:
            assert key_phrase(theirs.message) in ours.message, where
        return
    assert_equal(torch, ours, theirs, rtol, where)


def key_phrase(message: str) -> str:
    """The start of a message, up to where details may differ."""
    first = message.splitlines()[0] if message else ""
    return first.partition(":")[0].partition(".")[0].partition(", but got")[0]


def _steps(x: Any) -> list[int]:
    """The strides that lead somewhere: NumPy may have others than PyTorch for sizes 0 and 1."""
    return [s for s, n in zip(x.stride(), x.shape, strict=True) if n > 1] if x.numel() else []


def assert_equal(torch: Any, ours: Any, theirs: Any, rtol: float = 0.0, where: str = "") -> None:
    """Require two results to be equal; tuples and lists element by element."""
    if isinstance(theirs, torch.Tensor):
        assert isinstance(ours, mt.Tensor), where
        facts = [
            (str(x.dtype), tuple(x.shape), _steps(x), x.requires_grad, x.is_leaf)
            for x in (ours, theirs)
        ]
        assert facts[0] == facts[1], f"{facts}\n{where}"
        a, b = (array_of(x) for x in (ours, theirs))
        if rtol and b.dtype.kind in "fc":
            np.testing.assert_allclose(a, b, rtol=rtol, err_msg=where)
        else:
            np.testing.assert_array_equal(a, b, err_msg=where)
    elif isinstance(theirs, tuple | list) and not isinstance(theirs, torch.Size):
        assert len(ours) == len(theirs), where
        for a, b in zip(ours, theirs, strict=True):
            assert_equal(torch, a, b, rtol, where)
    elif isinstance(theirs, np.ndarray):
        assert ours.dtype == theirs.dtype, where
        np.testing.assert_array_equal(ours, theirs, err_msg=where)
    elif isinstance(theirs, float) and theirs != theirs:
        assert ours != ours, where
    elif isinstance(theirs, bool | int | float | str | type(None)):
        assert type(ours) is type(theirs) and ours == theirs, where
    else:
        assert repr(ours) == repr(theirs), where
