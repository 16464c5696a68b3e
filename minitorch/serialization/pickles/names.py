"""The closed list of what a pickle may name, each with the maker that stands for it."""

from __future__ import annotations

import enum
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable
from pickle import UnpicklingError
from typing import Any

import numpy as np

from minitorch import nn
from minitorch.autograd.variable import TensorBase
from minitorch.core import dtypes
from minitorch.core.devices import device
from minitorch.core.size import Size
from minitorch.core.strided import layout
from minitorch.serialization.pickles import arrays, tensors
from minitorch.serialization.pickles.keys import Keys
from minitorch.serialization.refusals import shown
from minitorch.storage import Storage

Maker = Callable[..., Any]


class Name:
    """A name on the list: what a pickle calls, and never sees.

    Args:
        path: the dotted name.
        make: is called in the place of it.
        new: makes an object before its state is known.
        kind: the class that it is of, for names that say so of tensors and for factories.
    """

    def __init__(
        self, path: str, make: Maker | None = None, new: Maker | None = None, kind: Any = None
    ) -> None:
        self._path = path
        self.make = make or self._refuse
        self.new = new or self._refuse
        self.kind = kind

    def _refuse(self, *args: Any) -> None:
        raise UnpicklingError(f"{self._path} is not to be called in this way")

    def __repr__(self) -> str:
        return f"<the name {self._path}>"


def named(path: str, classes: dict[str, type]) -> Any:
    """Return what a dotted name stands for: a ``Name``, or a dtype.

    Args:
        path: the name.
        classes: those that the user admits, by their dotted names.

    Raises:
        UnpicklingError: it is not on the list.
    """
    for old, now in _MOVED.items():
        if path.startswith(old):
            path = now + path[len(old) :]
    if path in _LIST:
        return _LIST[path]
    module, _, name = path.rpartition(".")
    if module == "torch" and name in _DTYPES:
        return _DTYPES[name]
    if module == "torch" and name.removesuffix("Storage") in tensors.STORED:
        return Name(path, kind=tensors.STORED[name.removesuffix("Storage")])
    if module.startswith("torch.nn.modules."):
        return _layer(path, name)
    known = (
        classes if module != "__main__" else {p.rpartition(".")[2]: c for p, c in classes.items()}
    )
    found = known.get(path.removeprefix("__main__."))  # the file of a script has another name here
    if found is not None:
        return _admitted(path, found)
    raise UnpicklingError(_refusal(path, module, name))


def _refusal(path: str, module: str, name: str) -> str:
    refused = f"Unsupported global: GLOBAL {path} was not an allowed global by default."
    if f"{module}.".startswith("torch."):
        return f"{refused} It is a part of PyTorch that minitorch does not have."
    return (
        f"{refused} A file cannot make it be imported: if it is a class that you trust, which then "
        f"can be called with anything that stands in the file, import it and say load(path, "
        f"classes=[{name}]), or call serialization.add_safe_globals([{name}])."
    )


def _layer(path: str, name: str) -> Name:
    """Layers of our own: an object of the class, whose fields come with its state."""
    found = getattr(nn, name, None)
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        raise UnpicklingError(f"{path}: minitorch.nn has no such class")
    return Name(path, new=lambda: found.__new__(found), kind=found)


def _admitted(path: str, found: Any) -> Name:
    if isinstance(found, type) and not issubclass(found, enum.Enum):
        return Name(path, found, lambda *args: found.__new__(found, *args), found)
    return Name(path, found)


def built(obj: Any, state: Any) -> Any:
    """Return an object with the state that a file has for it."""
    if isinstance(obj, np.ndarray):
        return arrays.fill(obj, state)
    if isinstance(obj, np.dtype):
        return arrays.dtype_with(obj, state)
    if isinstance(obj, _STATELESS) or type(obj).__module__ == "builtins":
        raise UnpicklingError(f"a {type(obj).__name__} has no state")
    if hasattr(obj, "__setstate__"):
        obj.__setstate__(state)
        return obj
    fields, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    if not all(part is None or isinstance(part, dict) for part in (fields, slots)):
        raise UnpicklingError(f"the state of a {type(obj).__name__} is {shown(state)}, no dict")
    if fields:
        vars(obj).update(fields)
    for name, value in (slots or {}).items():
        setattr(obj, name, value)
    return obj


def _bytes(text: str, encoding: str) -> bytes:
    if type(text) is not str or encoding not in ("latin1", "latin-1"):
        raise UnpicklingError(f"bytes out of {shown(encoding)}")
    return text.encode("latin-1")


def _empty_bytes() -> bytes:
    return b""


def _mapping(kind: Any) -> Maker:
    def make(items: Any = ()) -> Any:
        mapping, keys = kind(), Keys()
        for key, value in items.items() if type(items) is dict else items:
            keys.check(mapping, key)
            mapping[key] = value
        return mapping

    return make


def _set(kind: Any) -> Maker:
    def make(items: Any = ()) -> Any:
        if type(items) not in (list, tuple, set, frozenset):
            raise UnpicklingError("a set of what is no list")
        found: set[Any] = set()
        keys = Keys()
        for item in items:
            keys.check(found, item)
            found.add(item)
        return kind(found)

    return make


def _default_dict(factory: Any = None) -> Any:
    if isinstance(factory, Name):
        factory = factory.kind
    if factory not in (None, list, dict, set, int, float, bool, str, OrderedDict, Counter):
        raise UnpicklingError(f"a defaultdict of {shown(factory)}")
    return defaultdict(factory)


def _device(kind: str, index: int = 0) -> device:
    """Say "cpu", whatever a file says: there is no other."""
    return device("cpu")


def _numbers(kind: Any) -> Maker:
    def make(*args: Any) -> Any:
        if not all(type(arg) in (int, float, bool) or arg is None for arg in args):
            raise UnpicklingError(f"a {kind.__name__} of other things than numbers")
        return kind(*args)

    return make


def _bytearray(content: Any = b"", *encoding: Any) -> bytearray:
    if encoding:
        content = _bytes(content, *encoding)
    if type(content) is not bytes:
        raise UnpicklingError("a bytearray of what are no bytes")
    return bytearray(content)


def _size(sizes: Any = ()) -> Size:
    if type(sizes) not in (tuple, list) or not all(type(size) is int for size in sizes):
        raise UnpicklingError("a Size of other things than integers")
    return Size(sizes)


# What calls have made whole; some of them are one object in the whole process.
_STATELESS = (Name, TensorBase, Storage, Size, np.generic, dtypes.dtype, device, layout)
_MOVED = {
    "__builtin__.": "builtins.", "copy_reg.": "copyreg.", "numpy.core.": "numpy._core.",
    # The projection of attention: one that PyTorch's quantization leaves alone.
    "torch.nn.modules.linear.NonDynamicallyQuantizableLinear": "torch.nn.modules.linear.Linear",
}  # fmt: skip
_DTYPES = {d.name: d for d in dtypes.ALL} | {
    "float": dtypes.float32, "double": dtypes.float64, "half": dtypes.float16,
    "long": dtypes.int64, "int": dtypes.int32, "short": dtypes.int16,
}  # fmt: skip
_MAKERS: dict[str, Maker] = {
    "collections.OrderedDict": _mapping(OrderedDict),
    "collections.Counter": _mapping(Counter),
    "collections.defaultdict": _default_dict,
    "builtins.set": _set(set),
    "builtins.frozenset": _set(frozenset),
    "builtins.complex": _numbers(complex),
    "builtins.slice": _numbers(slice),
    "builtins.range": _numbers(range),
    "builtins.bytearray": _bytearray,
    "builtins.bytes": _empty_bytes,
    "_codecs.encode": _bytes,
    "torch.Size": _size,
    "torch.device": _device,
    "torch.serialization._get_layout": tensors.layout_named,
    "torch._utils._rebuild_tensor": tensors.rebuild,
    "torch._utils._rebuild_tensor_v2": tensors.rebuild,
    "torch._utils._rebuild_tensor_v3": tensors.rebuild_of,
    "torch._utils._rebuild_parameter": tensors.rebuild_parameter,
    "torch._utils._rebuild_parameter_with_state": tensors.rebuild_parameter,
    "torch._tensor._rebuild_from_type_v2": tensors.rebuild_subclass,
    "numpy._core.multiarray._reconstruct": arrays.empty,
    "numpy._core.multiarray.scalar": arrays.scalar,
    "numpy._core.numeric._frombuffer": arrays.from_buffer,
    "numpy.dtype": arrays.dtype,
}
_KINDS: dict[str, type] = {
    "builtins.list": list, "builtins.dict": dict, "builtins.int": int, "builtins.float": float,
    "builtins.bool": bool, "builtins.str": str, "builtins.set": set,
    "collections.OrderedDict": OrderedDict, "collections.Counter": Counter,
    "numpy.ndarray": np.ndarray,
    **tensors.KINDS,
}  # fmt: skip
_LIST = {
    path: Name(path, _MAKERS.get(path), kind=_KINDS.get(path)) for path in {**_MAKERS, **_KINDS}
}
