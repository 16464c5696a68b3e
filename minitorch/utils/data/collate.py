"""From a list of samples to one batch."""

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from minitorch.core.dtypes import float64
from minitorch.creation import as_tensor, tensor
from minitorch.ops.shape.joining import stack
from minitorch.tensor import Tensor

_TEXT_KINDS = "SUaO"  # NumPy's codes for bytes, text and Python objects


def default_collate(batch: Sequence[Any]) -> Any:
    """Put samples together, with a new first dimension for the batch.

    Tensors and arrays are stacked; numbers become a tensor (Python floats a float64 one, ints
    int64); text stays a list; dicts, (named) tuples and lists are collated entry by entry, a plain
    tuple into a list.

    Raises:
        TypeError: a sample of another kind.
        RuntimeError: samples of unequal length or shape.

    Source: ``torch.utils.data.default_collate``.

    Example:
        >>> default_collate([(image0, 3), (image1, 5)])
        [<images stacked>, tensor([3, 5])]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(batch, 0)
    if isinstance(first, np.ndarray):
        _check_numeric(first.dtype)
        return stack([as_tensor(array) for array in batch], 0)
    if isinstance(first, float):  # also np.float64
        return tensor(batch, dtype=float64)
    if isinstance(first, np.generic) and not isinstance(first, str | bytes):
        return as_tensor(np.asarray(batch))
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, str | bytes):
        return batch
    return _collate_container(batch, first)


def _collate_container(batch: Sequence[Any], first: Any) -> Any:
    if isinstance(first, Mapping):
        merged = {key: default_collate([sample[key] for sample in batch]) for key in first}
        return _rebuild(first, merged, _refilled_mapping)
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(default_collate(entries) for entries in zip(*batch, strict=False)))
    if isinstance(first, Sequence):
        lengths = {len(sample) for sample in batch}
        if len(lengths) > 1:
            raise RuntimeError(
                "each element in list of batch should be of equal size, but got lengths "
                f"{sorted(lengths)}. Pad them, or pass a collate_fn."
            )
        columns = [default_collate(entries) for entries in zip(*batch, strict=True)]
        return columns if isinstance(first, tuple) else _rebuild(first, columns, _refilled_list)
    raise TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
        f"found {type(first)}. Pass a collate_fn that knows how to put them together."
    )


def default_convert(data: Any) -> Any:
    """Make tensors of the arrays in one sample; what a loader without batches does to it."""
    if isinstance(data, np.ndarray | np.generic) and data.dtype.kind not in _TEXT_KINDS:
        return as_tensor(data)
    if isinstance(data, Tensor | str | bytes):
        return data
    if isinstance(data, Mapping):
        converted = {key: default_convert(value) for key, value in data.items()}
        return _rebuild(data, converted, _refilled_mapping)
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*(default_convert(entry) for entry in data))
    if isinstance(data, Sequence):
        entries = [default_convert(entry) for entry in data]
        return entries if isinstance(data, tuple) else _rebuild(data, entries, _refilled_list)
    return data


def _rebuild(like: Any, content: Any, refill: Callable[[Any, Any], Any]) -> Any:
    """Make a container of the same class as ``like``, which may carry attributes of its own."""
    try:
        if isinstance(like, MutableMapping | MutableSequence):
            return refill(copy.copy(like), content)
        return type(like)(content)
    except TypeError:  # a class that cannot be copied or made that way, such as range
        return content


def _refilled_mapping(mapping: Any, content: dict[Any, Any]) -> Any:
    mapping.update(content)
    return mapping


def _refilled_list(sequence: Any, content: list[Any]) -> Any:
    for index, entry in enumerate(content):
        sequence[index] = entry
    return sequence


def _check_numeric(dtype: np.dtype[Any]) -> None:
    if dtype.kind in _TEXT_KINDS:
        raise TypeError(
            "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
            f"found {dtype}"
        )
