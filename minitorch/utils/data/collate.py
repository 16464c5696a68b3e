"""From a list of samples to one batch."""

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

import numpy as np

from minitorch.core.dtypes import float64
from minitorch.creation import as_tensor, tensor
from minitorch.ops.shape.joining import stack
from minitorch.tensor import Tensor

CollateMap = dict[type | tuple[type, ...], Callable[..., Any]]

_TEXT_KINDS = "SUaO"  # NumPy's codes for bytes, text and Python objects


def collate(batch: Sequence[Any], *, collate_fn_map: CollateMap | None = None) -> Any:
    """Put samples together: by ``collate_fn_map`` where it knows their type, else as containers.

    The map goes from a type, or a tuple of types, to a function of the batch that also takes
    ``collate_fn_map`` by name. The exact type of the first sample is looked up before its bases,
    which are tried in the order of the map.

    Raises:
        TypeError: a sample of a kind that is not in the map and is no container.
        RuntimeError: samples of unequal length.

    Source: ``torch.utils.data._utils.collate.collate``.
    """
    first = batch[0]
    if collate_fn_map is not None:
        if type(first) in collate_fn_map:
            return collate_fn_map[type(first)](batch, collate_fn_map=collate_fn_map)
        for kind, function in collate_fn_map.items():
            if isinstance(first, kind):
                return function(batch, collate_fn_map=collate_fn_map)
    return _collate_container(batch, first, lambda b: collate(b, collate_fn_map=collate_fn_map))


def _collate_container(batch: Sequence[Any], first: Any, entries: Callable[[Any], Any]) -> Any:
    """``entries`` collates what stands in the same place of each sample."""
    if isinstance(first, Mapping):
        merged = {key: entries([sample[key] for sample in batch]) for key in first}
        return _rebuild(first, merged, _refilled_mapping)
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(entries(column) for column in zip(*batch, strict=False)))
    if isinstance(first, Sequence):
        lengths = {len(sample) for sample in batch}
        if len(lengths) > 1:
            raise RuntimeError(
                "each element in list of batch should be of equal size, but got lengths "
                f"{sorted(lengths)}. Pad them, or pass a collate_fn."
            )
        columns = [entries(column) for column in zip(*batch, strict=True)]
        return columns if isinstance(first, tuple) else _rebuild(first, columns, _refilled_list)
    raise _unknown(type(first))


def collate_tensor_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    return stack(batch, 0)


def collate_numpy_array_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    if batch[0].dtype.kind in _TEXT_KINDS:
        raise _unknown(batch[0].dtype)
    return collate([as_tensor(array) for array in batch], collate_fn_map=collate_fn_map)


def collate_numpy_scalar_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    return as_tensor(np.asarray(batch))


def collate_float_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    return tensor(batch, dtype=float64)


def collate_int_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    return tensor(batch)


def collate_str_fn(batch: Any, *, collate_fn_map: CollateMap | None = None) -> Any:
    return batch


default_collate_fn_map: CollateMap = {
    Tensor: collate_tensor_fn,
    np.ndarray: collate_numpy_array_fn,
    (np.bool_, np.number, np.object_): collate_numpy_scalar_fn,
    float: collate_float_fn,
    int: collate_int_fn,
    str: collate_str_fn,
    bytes: collate_str_fn,
}


def default_collate(batch: Sequence[Any]) -> Any:
    """Put samples together, with a new first dimension for the batch.

    Tensors and arrays are stacked; numbers become a tensor (Python floats a float64 one, ints
    int64); text stays a list; dicts, (named) tuples and lists are collated entry by entry, a plain
    tuple into a list. What else it takes, ``default_collate_fn_map`` can be told.

    Raises:
        TypeError: a sample of another kind.
        RuntimeError: samples of unequal length or shape.

    Source: ``torch.utils.data.default_collate``.

    Example:
        >>> default_collate([(image0, 3), (image1, 5)])
        [<images stacked>, tensor([3, 5])]
    """
    return collate(batch, collate_fn_map=default_collate_fn_map)


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


def _unknown(kind: Any) -> TypeError:
    return TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; "
        f"found {kind}. Pass a collate_fn that knows how to put them together."
        " [explain: collate-type]"
    )
