"""Samples made of tensors as records, one behind the other, in memory or in a file.

Note [The file of records]
    A ``.npy`` file of a structured dtype, one record per sample, so that ``numpy.load`` reads it
    and a sample lies in one place. Behind the records stands what they were made of: a line of
    JSON, its length in the last `_TAIL` bytes. It is written last, and the file gets its name when
    it is complete: where that line is, all is. Nothing in a file is believed: records are looked
    at as the caller says they are, and only if the line is the one that the caller would write.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from minitorch.core.dtypes import Array, from_numpy
from minitorch.core.files import remove_leftovers, replace_file
from minitorch.tensor import Tensor

# A tensor's name; a list, which stands for a tuple, too; a dict.
Structure = str | list[Any] | dict[str, Any]
Columns = dict[str, Tensor]
Origin = dict[str, str]  # what records were made of: a name and a digest of each part

FIRST = "features"  # the name of the first field, by which a file of ours is known
_TAIL = 9
_START = f"{{'descr': [('{FIRST}".encode()


class Stale(Exception):
    """Why a file does not hold the records that are asked for."""


def flatten(entry: Any, name: str) -> tuple[Structure, Columns]:
    """Return how tensors are put together in ``entry``, and them by names that begin with ``name``.

    Raises:
        TypeError: for what is neither a tensor nor a tuple, list or dict of such.
    """
    if isinstance(entry, Tensor):
        return name, {name: entry}
    columns: Columns = {}

    def inner(key: Any, part: Any) -> Structure:
        # In ASCII, as headers of .npy want it, in quotes as `_START` has them, and another name for
        # each way down.
        plain = json.dumps(str(key))[1:-1].replace(".", r"\u002e").replace("'", r"\u0027")
        structure, more = flatten(part, f"{name}.{plain}")
        columns.update(more)
        return structure

    if type(entry) in (tuple, list):
        return [inner(key, part) for key, part in enumerate(entry)], columns
    if isinstance(entry, Mapping) and all(type(key) is str for key in entry):
        return {key: inner(key, part) for key, part in entry.items()}, columns
    raise TypeError(
        f"{name}: only tensors and numbers are cached, alone or in tuples, lists and dicts by "
        f"name; got {type(entry).__name__}. Let a data set of its own give what is not, beside the "
        "features: StackDataset(features, others)."
    )


@dataclass(frozen=True)
class Layout:
    """What one record is made of."""

    structure: Structure
    fields: dict[str, tuple[np.dtype[Any], tuple[int, ...]]]

    @classmethod
    def of(cls, structure: Structure, columns: Columns) -> "Layout":
        """Return the layout of samples that are given as whole columns: (N, *shape) each."""
        arrays = {name: tensor._array for name, tensor in columns.items()}
        return cls(structure, {name: (a.dtype, a.shape[1:]) for name, a in arrays.items()})

    @property
    def record(self) -> np.dtype[Any]:
        return np.dtype([(name, dtype, shape) for name, (dtype, shape) in self.fields.items()])

    def __str__(self) -> str:
        fields = self.fields.items()
        return ", ".join(
            f"{name} {from_numpy(d).name} {list(shape)}" for name, (d, shape) in fields
        )

    def pack(self, structure: Structure, columns: Columns, first: int, count: int) -> Array:
        """Return the records of ``count`` samples, of which ``first`` is the first one.

        Raises:
            ValueError: they are not made as this layout says.
        """
        sizes = {tuple(tensor.shape[:1]) for tensor in columns.values()}
        found = Layout.of(structure, columns)
        if found != self or sizes != {(count,)}:
            shapes = {name: list(tensor.shape) for name, tensor in columns.items()}
            raise ValueError(
                f"samples {first} to {first + count - 1} give {shapes} ({found}); expected are "
                f"{count} of {self}. All samples are to give the same shapes and dtypes, one entry "
                "of the first dimension each."
            )
        records = np.empty(count, self.record)
        for name, tensor in columns.items():
            records[name] = tensor._array
        return records

    def unpack(self, records: Any, sequence: Callable[[Iterable[Any]], Any] = tuple) -> Any:
        """Return copies of a record's tensors, or of several records' at once, put together."""
        return self._put_together(self.structure, records, sequence)

    def _put_together(self, structure: Structure, records: Any, sequence: Any) -> Any:
        if isinstance(structure, str):
            return Tensor._wrap(np.array(records[structure], order="C"))
        if isinstance(structure, list):
            return sequence(self._put_together(s, records, sequence) for s in structure)
        return {k: self._put_together(s, records, sequence) for k, s in structure.items()}


def save(path: str, layout: Layout, length: int, parts: Iterable[Array], origin: Origin) -> None:
    """Write records as they come, by Note [The file of records].

    Raises:
        OSError: the disk is full, the folder cannot be written to.
    """

    def write(file: Any) -> None:
        descr = np.lib.format.dtype_to_descr(layout.record)
        header = {"descr": descr, "fortran_order": False, "shape": (length,)}
        np.lib.format.write_array_header_2_0(file, header)
        for part in parts:
            file.write(part.tobytes())
        file.write(_last_line(origin))

    os.makedirs(os.path.dirname(path), exist_ok=True)
    replace_file(path, write)


def load(path: str, layout: Layout, length: int, origin: Origin) -> Array:
    """Map the records of a file; they cannot be written to.

    Raises:
        Stale: they are of another origin, or not all there.
        FileNotFoundError: there is no such file.
        FileExistsError: it is no file of records.
    """
    remove_leftovers(path)
    if os.path.lexists(path) and not os.path.isfile(path):
        raise _foreign(path)
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size == 0:
            raise Stale("is empty")
        start = file.read(80)
        if _START not in start:
            raise _foreign(path)
        found = _read_last_line(file, size)
        if found is None:
            raise Stale("is cut short")
        changed = [part for part in {**origin, **found} if origin.get(part) != found.get(part)]
        if changed:
            raise Stale("differs in " + ", ".join(changed))
        record = layout.record
        offset = 12 + int.from_bytes(start[8:12], "little")
        if size != offset + length * record.itemsize + len(_last_line(origin)):
            raise Stale("is cut short")
        import mmap  # not every Python has it, in a browser for one

        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.ndarray(length, record, mapped, offset)


def _last_line(origin: Origin) -> bytes:
    line = json.dumps(origin).encode()
    return line + b"%08d\n" % len(line)


def _read_last_line(file: Any, size: int) -> Origin | None:
    """Return what the records were made of; None where it does not say."""
    file.seek(-min(_TAIL, size), os.SEEK_END)
    digits = file.read(_TAIL)[:-1]
    if not digits.isdigit() or int(digits) + _TAIL > size:
        return None
    file.seek(-int(digits) - _TAIL, os.SEEK_END)
    try:
        found = json.loads(file.read(int(digits)))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _foreign(path: str) -> FileExistsError:
    return FileExistsError(
        f"{path} is there and holds no features. It stays as it is: name another file, or delete it"
    )
