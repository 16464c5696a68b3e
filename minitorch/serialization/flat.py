"""Files of named tensors and nothing else: safetensors and NumPy's ``.npz``."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterable
from typing import IO, Any

import numpy as np

from minitorch.core import dtypes
from minitorch.core.bfloat16 import is_narrow
from minitorch.core.dtypes import Array
from minitorch.interchange import from_numpy
from minitorch.serialization.entry import read_array
from minitorch.serialization.pytorch_zip import read_at
from minitorch.serialization.refusals import Unreadable
from minitorch.tensor import Tensor

_SUFFIXES = (".safetensors", ".npz")
# What arrays of a compressed file may take in memory, beside that of the file.
_SMALL = 64 << 20
_MOST = 100

_NAMES = {
    "bool": "BOOL", "uint8": "U8", "int8": "I8", "int16": "I16", "uint16": "U16", "int32": "I32",
    "uint32": "U32", "int64": "I64", "uint64": "U64", "float16": "F16", "bfloat16": "BF16",
    "float32": "F32", "float64": "F64", "complex64": "C64",
}  # fmt: skip


def writer_for(path: str, obj: Any) -> Callable[[IO[bytes]], Any] | None:
    """Return what writes an object into a file of such a name; None: the name says nothing.

    Raises:
        TypeError: the object is no dict of tensors by names.
        ImportError: the library for it is not installed.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix not in _SUFFIXES:
        return None
    state = dict(_checked(obj, suffix))
    if suffix == ".npz":
        arrays = {name: tensor._array for name, tensor in state.items()}
        return lambda file: _write_npz(file, arrays)
    # The library takes bytes as they lie in memory, whatever the strides say.
    arrays = {name: np.ascontiguousarray(tensor._array) for name, tensor in state.items()}
    arrays = {name: x.reshape(state[name].shape) for name, x in arrays.items()}  # 0-d ones stay so
    content = _safetensors().numpy.save(arrays)
    return lambda file: file.write(content)


def _checked(obj: Any, suffix: str) -> Iterable[tuple[str, Tensor]]:
    items = obj.items() if isinstance(obj, dict) else [(None, obj)]
    for name, value in items:
        if type(name) is not str or not isinstance(value, Tensor):
            raise TypeError(
                f"a {suffix} file holds tensors by their names and nothing else, such as a "
                f"state_dict(); cannot save {'obj' if name is None else f'obj[{name!r}]'}, a "
                f"{type(value).__name__}. Other things can be saved in a .pt file."
            )
        if suffix == ".npz" and is_narrow(value._array):
            raise TypeError(
                f"NumPy's files have no code for bfloat16: save obj[{name!r}].float(), or use a "
                ".safetensors or .pt file."
            )
        if suffix == ".safetensors" and name == "__metadata__":
            raise TypeError("safetensors files keep the name '__metadata__' for themselves")
        if suffix == ".safetensors" and value.dtype.name not in _NAMES:
            raise TypeError(
                f"safetensors files have no code for {value.dtype}, the dtype of obj[{name!r}]: "
                "use an .npz or .pt file."
            )
        yield name, value


def _write_npz(file: IO[bytes], arrays: dict[str, Array]) -> None:
    """Write what ``numpy.savez`` does, which takes no arrays called as its arguments are."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
                np.lib.format.write_array(entry, array, allow_pickle=False)


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError:
        raise ImportError(
            "safetensors files need the library of that name: python -m pip install safetensors"
        ) from None
    return safetensors


def read_safetensors(file: IO[bytes]) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file by their names.

    Raises:
        ImportError: the library for it is not installed.
        Unreadable: the library finds it damaged, or it holds a dtype that no tensor has.
    """
    library = _safetensors()
    try:
        arrays = _read_each(file, library)
        if arrays is None:
            arrays = _read_all(file, library)
    except library.SafetensorError as error:
        raise Unreadable(f"the safetensors file is corrupt or truncated ({error})") from None
    # The library gives them in another order each time.
    return {name: Tensor._wrap(arrays[name]) for name in sorted(arrays)}


def _read_each(file: Any, library: Any) -> dict[str, Array] | None:
    """Read the tensors of a file on disk into the memory that they stay in.

    The library reads the header, and takes nothing but a path for that. So this returns None of a
    file in memory and of one whose name is another's meanwhile; and where the library is older
    than 0.6 and does not tell the order.
    """
    if not isinstance(file, io.BufferedReader) or not hasattr(library.safe_open, "offset_keys"):
        return None
    try:
        with library.safe_open(file.name, "np") as header:
            parts = [(name, header.get_slice(name)) for name in header.offset_keys()]
        is_another = not os.path.samestat(os.fstat(file.fileno()), os.stat(file.name))
    except FileNotFoundError:
        is_another = True
    if is_another:
        return None
    arrays = {
        name: np.empty(part.get_shape(), _dtype(name, part.get_dtype())) for name, part in parts
    }
    # The library has made sure that they lie one behind the other, from the header to the end.
    start = os.fstat(file.fileno()).st_size - sum(array.nbytes for array in arrays.values())
    for array in arrays.values():
        read_at(file, start, array.reshape(-1).view(np.uint8).data)
        start += array.nbytes
    return arrays


def _read_all(file: IO[bytes], library: Any) -> dict[str, Array]:
    file.seek(0)
    arrays = {}
    for name, part in library.deserialize(file.read()):
        content = part["data"]
        if not isinstance(content, bytearray):  # older versions give what cannot be written to
            content = bytearray(content)
        arrays[name] = np.frombuffer(content, _dtype(name, part["dtype"])).reshape(part["shape"])
    return arrays


def _dtype(name: str, code: str) -> np.dtype[Any]:
    known = {ours: d for d in dtypes.ALL for n, ours in _NAMES.items() if n == d.name}
    if code not in known:
        raise Unreadable(f"its tensor {name!r} is of dtype {code}, which no tensor has")
    return known[code].numpy


def read_npz(archive: zipfile.ZipFile, size: int) -> dict[str, Any]:
    """Return the arrays of an ``.npz`` by their names, as tensors where there is such a dtype."""
    total = sum(info.file_size for info in archive.infolist())
    if total > max(_MOST * size, _SMALL):
        raise Unreadable(
            f"its arrays are said to take {total} bytes, compressed to {size}; more than "
            f"{_MOST} times as much is not believed"
        )
    return {
        info.filename.removesuffix(".npy"): _array(archive, info) for info in archive.infolist()
    }


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Any:
    with archive.open(info) as entry:
        array: Array = read_array(entry, info.file_size)
    try:
        return from_numpy(array)
    except TypeError:
        return array
