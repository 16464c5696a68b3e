"""Writes objects as pickles that PyTorch's ``load`` takes, with ``weights_only=True`` too."""

from __future__ import annotations

import struct
from collections import Counter, OrderedDict
from pickle import UnpicklingError
from types import NoneType
from typing import Any

import numpy as np

from minitorch.core.devices import device
from minitorch.core.dtypes import dtype
from minitorch.core.size import Size
from minitorch.core.strided import layout
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Buffer, Parameter
from minitorch.serialization.declared import MAX_ELEMENTS, declare
from minitorch.serialization.globals import path_of, safe_classes
from minitorch.serialization.pickles.keys import Keys
from minitorch.serialization.pickles.storages import Storages
from minitorch.storage import Storage
from minitorch.tensor import Tensor

_MAX_DEPTH = 100  # structures are walked recursively; real ones are a few levels deep


class Writer:
    """Turns one object into a pickle, protocol 2, and the storages that it refers to.

    Tensors that share memory lie in one storage, which is known when all have been met: until
    then their numbers stand among the pieces, each with what is written around its place.
    """

    def __init__(self) -> None:
        self.storages = Storages()
        self._pieces: list[bytes | tuple[int, str]] = [b"\x80\x02"]
        self._keys = Keys()
        self._classes = set(safe_classes().values())
        self._memo: dict[Any, int] = {}  # by id; text by itself, names in a tuple
        self._kept: list[Any] = []  # keeps the ids in _memo from being used again

    def write(self, obj: Any) -> bytes:
        """Return the pickle, for whose reader ``storages`` are to be kept.

        Raises:
            TypeError: something in ``obj`` cannot be stored; the message says where it stands.
            ValueError: it is nested too deeply, or expanded too far.
        """
        self._object(obj, "obj", 0)
        self.storages.pack()
        pieces = (x if isinstance(x, bytes) else self._placed(*x) for x in self._pieces)
        return b"".join((*pieces, b"."))

    def _put(self, *pieces: bytes) -> None:
        self._pieces += pieces

    def _remember(self, key: Any) -> None:
        number = self._memo[key] = len(self._memo)
        self._put(_numbered(b"qr", number))

    def _recall(self, key: Any) -> bool:
        number = self._memo.get(key)
        if number is not None:
            self._put(_numbered(b"hj", number))
        return number is not None

    def _object(self, obj: Any, where: str, depth: int) -> None:
        kind = type(obj)
        if kind in _ATOMS:
            self._put(_ATOMS[kind](obj))
        elif kind is str:
            if not self._recall(obj):
                self._put(_text(obj))
                self._remember(obj)
        elif isinstance(obj, dtype):
            self._name(str(obj))
        elif obj is np.ndarray:  # which its arrays name
            self._name("numpy.ndarray")
        elif not self._recall(id(obj)):
            if depth == _MAX_DEPTH:
                raise ValueError(
                    f"cannot save {where[:60]}...: it is nested more than {_MAX_DEPTH} levels deep."
                )
            self._kept.append(obj)
            self._compound(obj, where, depth)

    def _name(self, path: str) -> None:
        if not self._recall((path,)):
            self._put(_global(path))
            self._remember((path,))

    def _compound(self, obj: Any, where: str, depth: int) -> None:
        kind = type(obj)
        if kind is list:
            self._put(b"]")
            self._remember(id(obj))
            self._items(obj, where, depth, b"", b"e")
        elif kind is tuple:
            self._items(obj, where, depth, b")", b"t")
            self._remember(id(obj))
        elif kind in (dict, OrderedDict):
            self._dict(obj, where, depth)
        elif isinstance(obj, Tensor):
            self._tensor(obj, where, depth)
        elif isinstance(obj, Storage):
            self._pieces.append((self.storages.add(obj, obj._elements), "storage"))
            self._remember(id(obj))
        elif isinstance(obj, Module) or kind in self._classes:
            self._of_class(obj, where, depth)
        else:
            path, args, state = _reduced(obj, where)
            self._name(path)
            self._object(args, where, depth + 1)
            for item in obj if kind in (set, frozenset) else ():
                self._check_key(obj, item, f"an element of {where}")
            self._put(b"R")
            self._remember(id(obj))
            self._build(state, where, depth)

    def _of_class(self, obj: Any, where: str, depth: int) -> None:
        """Write an object as its class says, where that is a call of it and a state."""
        kind = type(obj)
        function, args, state, *contents = (*obj.__reduce_ex__(2), None)[:5]
        # By its name: type stubs do not know that copyreg has it.
        is_new = getattr(function, "__name__", "") == "__newobj__" and args[0] is kind
        if not (is_new or function is kind) or any(part is not None for part in contents):
            raise TypeError(f"cannot save {where}, a {kind.__qualname__}: {_advice(obj)}")
        self._name(path_of(kind))
        self._object(args[1:] if is_new else args, where, depth + 1)
        self._put(b"\x81" if is_new else b"R")
        self._remember(id(obj))
        self._build(state, where, depth)

    def _items(self, items: Any, where: str, depth: int, empty: bytes, code: bytes) -> None:
        if not items:
            self._put(empty)
            return
        self._put(b"(")
        for number, item in enumerate(items):
            self._object(item, f"{where}[{number}]", depth + 1)
        self._put(code)

    def _dict(self, obj: Any, where: str, depth: int) -> None:
        if type(obj) is dict:
            self._put(b"}")
        else:
            self._name("collections.OrderedDict")
            self._put(b")R")
        self._remember(id(obj))
        self._put(b"(")
        for key, value in obj.items():
            self._object(key, f"a key of {where}", depth + 1)
            self._check_key(obj, key, f"a key of {where}")
            self._object(value, f"{where}[{key!r}]", depth + 1)
        self._put(b"u")
        self._build(
            getattr(obj, "__dict__", None) or None, where, depth
        )  # _metadata of a state_dict()

    def _check_key(self, container: Any, key: Any, where: str) -> None:
        """Refuse what ``load`` would refuse."""
        try:
            self._keys.check(container, key)
        except UnpicklingError as error:
            raise TypeError(f"cannot save {where}: {error}") from None

    def _build(self, state: Any, where: str, depth: int) -> None:
        if state is not None:
            fields = state.items() if type(state) is dict else ()
            for name, value in fields:  # so that the place of what cannot be saved reads well
                if callable(value) and not isinstance(value, Module | type):
                    raise TypeError(f"cannot save {where}.{name}, a function: {_NO_CODE}")
            self._object(state, f"{where}.__dict__", depth + 1)
            self._put(b"b")

    # Tensors

    def _tensor(self, tensor: Tensor, where: str, depth: int) -> None:
        array, state = tensor._array, tensor._attributes()
        if array.size > MAX_ELEMENTS:
            raise ValueError(
                f"cannot save {where}: it is expanded to {array.size} elements, and files are read "
                f"up to {MAX_ELEMENTS} per tensor. Save what it was expanded from."
            )
        if isinstance(tensor, Buffer):
            state |= {"persistent": tensor.persistent, "_is_buffer": True}
        is_parameter = isinstance(tensor, Parameter)
        number = self.storages.add(tensor, array, tensor.requires_grad and not is_parameter)
        if is_parameter:
            self._name(f"torch._utils._rebuild_parameter{'_with_state' if state else ''}")
            self._put(b"(")
            self._pieces.append((number, "tensor"))
            self._put(_truth(tensor.requires_grad), _NO_HOOKS)
        elif state:
            self._name("torch._tensor._rebuild_from_type_v2")
            self._put(b"(")
            self._pieces.append((number, "parts"))
        else:
            self._pieces.append((number, "tensor"))
        if state:
            self._object(state, f"{where}.__dict__", depth + 1)
        if state or is_parameter:
            self._put(b"tR")
        self._remember(id(tensor))

    def _placed(self, number: int, form: str) -> bytes:
        """Return a storage, or what makes a tensor on it: the call, or its parts."""
        place = self.storages.places[number]
        storage = (
            b"".join(
                (
                    b"(",
                    _text("storage"),
                    _global(place.storage_type),
                    _text(place.key),
                    _text("cpu"),
                )
            )
            + _integer(place.numel)
            + b"tQ"
        )
        if form == "storage":
            return storage
        version, more = (b"3", _global(str(place.dtype))) if place.dtype else (b"2", b"")
        args = b"".join(
            [
                *(b"(", storage, _integer(place.offset), _integers(place.shape)),
                *(_integers(place.strides), _truth(place.requires_grad), _NO_HOOKS, more, b"t"),
            ]
        )
        function = b"ctorch._utils\n_rebuild_tensor_v" + version + b"\n"
        if form == "parts":
            return function + b"ctorch\nTensor\n" + args
        return function + args + b"R"


def _reduced(obj: Any, where: str) -> tuple[str, tuple[Any, ...], Any]:
    """Return the name to call for an object, with what, and the state it gets then."""
    kind = type(obj)
    if kind is bytes:
        return "_codecs.encode", (obj.decode("latin-1"), "latin1"), None
    if kind in (np.ndarray, np.memmap, np.dtype) or isinstance(obj, np.generic | np.dtype):
        return _reduced_numpy(obj, where)
    if kind in _REDUCED:
        path, parts = _REDUCED[kind]
        return path, parts(obj), None
    raise TypeError(f"cannot save {where}, a {kind.__module__}.{kind.__qualname__}: {_advice(obj)}")


def _reduced_numpy(obj: Any, where: str) -> tuple[str, tuple[Any, ...], Any]:
    try:
        declare(obj if isinstance(obj, np.dtype) else obj.dtype)
    except ValueError as error:
        raise TypeError(
            f"cannot save {where}, a numpy.{type(obj).__name__} of {error}: arrays of numbers, "
            "text and times can be saved, and structured ones whose fields are such."
        ) from None
    if isinstance(obj, np.memmap):
        obj = np.asarray(obj)
    function, args, *state = obj.__reduce__()
    path = (
        "numpy.dtype" if isinstance(obj, np.dtype) else f"numpy.core.multiarray.{function.__name__}"
    )
    return path, args, state[0] if state else None


def _advice(obj: Any) -> str:
    if hasattr(obj, "state_dict"):
        return "save its .state_dict() instead, and load that into a new one."
    for plain in (dict, list, tuple, str, int, float):
        if isinstance(obj, plain):
            return f"convert it with {plain.__name__}() first."
    return _NO_CODE


_NO_CODE = (
    "a checkpoint holds data only, made of dicts, lists, tuples, tensors, arrays, numbers, text, "
    "None, and modules. Objects of classes of your own can be saved after "
    "serialization.add_safe_globals([Class])."
)


# What is written of single things


def _numbered(codes: bytes, number: int) -> bytes:
    return bytes([codes[0], number]) if number < 256 else struct.pack("<cI", codes[1:], number)


def _global(path: str) -> bytes:
    module, _, name = path.rpartition(".")
    return f"c{module}\n{name}\n".encode()


def _text(text: str) -> bytes:
    content = text.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(content)) + content


def _truth(flag: bool) -> bytes:
    return b"\x88" if flag else b"\x89"


def _integer(number: int) -> bytes:
    if 0 <= number < 256:
        return b"K" + bytes([number])
    if -(2**31) <= number < 2**31:
        return b"J" + struct.pack("<i", number)
    content = number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)
    if len(content) < 256:
        return b"\x8a" + bytes([len(content)]) + content
    return b"\x8b" + struct.pack("<I", len(content)) + content


def _integers(numbers: tuple[int, ...]) -> bytes:
    return b"(" + b"".join(map(_integer, numbers)) + b"t"


_NO_HOOKS = b"ccollections\nOrderedDict\n)R"
_ATOMS: dict[type, Any] = {
    NoneType: lambda _: b"N",
    bool: _truth,
    int: _integer,
    float: lambda number: b"G" + struct.pack(">d", number),
}
_REDUCED: dict[type, Any] = {
    Size: ("torch.Size", lambda x: (tuple(x),)),
    Counter: ("collections.Counter", lambda x: (dict(x),)),
    set: ("__builtin__.set", lambda x: (list(x),)),
    frozenset: ("__builtin__.frozenset", lambda x: (list(x),)),
    bytearray: ("__builtin__.bytearray", lambda x: (bytes(x),)),
    complex: ("__builtin__.complex", lambda x: (x.real, x.imag)),
    slice: ("__builtin__.slice", lambda x: (x.start, x.stop, x.step)),
    range: ("__builtin__.range", lambda x: (x.start, x.stop, x.step)),
    device: ("torch.device", lambda x: (str(x),)),
    layout: ("torch.serialization._get_layout", lambda x: (str(x),)),
}
