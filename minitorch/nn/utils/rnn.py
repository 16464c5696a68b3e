"""Sequences of different lengths: padded to one length, or packed, one step after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from minitorch.core.dtypes import (
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    scalar_name,
    uint8,
)
from minitorch.creation import as_tensor, full
from minitorch.interchange import from_numpy
from minitorch.nn.functional.checks import require_tensors
from minitorch.ops.shape.joining import stack
from minitorch.tensor import Tensor

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpack_sequence",
    "unpad_sequence",
]


class PackedSequence_(NamedTuple):
    """The fields of :class:`PackedSequence`."""

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(PackedSequence_):
    """Sequences without padding: of all the first step, then the second of those that have one...

    Made by :func:`pack_padded_sequence` and :func:`pack_sequence`; recurrent layers take it and
    give one. ``abc`` and ``x`` are the data ``axbc`` with the batch sizes 2, 1, 1.

    Args:
        data: (S, *), or a pair of data and batch sizes.
        batch_sizes: (T), how many sequences have each step.
        sorted_indices: (N), which sequence comes first, second..., the longest first.
        unsorted_indices: (N), the inverse; computed if left out.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.PackedSequence.html
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Any,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        if batch_sizes is None:
            if not (isinstance(data, list | tuple) and len(data) == 2):
                raise AssertionError("Expected data to be a list or tuple of length 2")
            data, batch_sizes = data
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """Return the sequences with data of another dtype; themselves if nothing changes."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else self._replace(data=data)

    def pin_memory(self) -> PackedSequence:
        """Raise, as on any machine without a GPU.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError(
            "Cannot access accelerator device when none is available: nothing is to be pinned for"
        )

    def cuda(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """Raise what the data's ``cuda()`` does: there is no GPU."""
        return self._replace(data=self.data.cuda(*args, **kwargs))

    def cpu(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """Return the sequences: they are there."""
        return self.to(*args, **{"device": "cpu", **kwargs})

    def double(self) -> PackedSequence:
        """Return the sequences in float64."""
        return self.to(dtype=float64)

    def float(self) -> PackedSequence:
        """Return the sequences in float32."""
        return self.to(dtype=float32)

    def half(self) -> PackedSequence:
        """Return the sequences in float16."""
        return self.to(dtype=float16)

    def long(self) -> PackedSequence:
        """Return the sequences in int64."""
        return self.to(dtype=int64)

    def int(self) -> PackedSequence:
        """Return the sequences in int32."""
        return self.to(dtype=int32)

    def short(self) -> PackedSequence:
        """Return the sequences in int16."""
        return self.to(dtype=int16)

    def char(self) -> PackedSequence:
        """Return the sequences in int8."""
        return self.to(dtype=int8)

    def byte(self) -> PackedSequence:
        """Return the sequences in uint8."""
        return self.to(dtype=uint8)

    @property
    def is_cuda(self) -> bool:
        """Whether the data is on a GPU."""
        return False

    def is_pinned(self) -> bool:
        """Return whether the data is in pinned memory: there is none."""
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """Return the permutation that undoes one, None for None: (N) -> (N).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.invert_permutation.html
    """
    if permutation is None:
        return None
    inverse = np.empty_like(permutation._array)
    inverse[permutation._array] = np.arange(inverse.size)
    return from_numpy(inverse)


def pack_padded_sequence(
    input: Tensor,
    lengths: Tensor | Sequence[int],
    batch_first: bool = False,
    enforce_sorted: bool = True,
) -> PackedSequence:
    """Pack padded sequences: (T, N, *) or (N, T, *) -> data (S, *), S the sum of the lengths.

    Args:
        input: the sequences; what lies behind a length is left out.
        lengths: (N).
        batch_first: (N, T, *) instead of (T, N, *).
        enforce_sorted: refuse lengths that increase, instead of sorting them.

    Raises:
        RuntimeError: for lengths that are not N positive numbers up to T (PyTorch makes wrong batch
            sizes of longer ones), or not sorted; for an input without elements.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html
    """
    lengths = as_tensor(lengths).to(int64)
    order = None
    if not enforce_sorted:
        lengths, order = lengths.sort(descending=True)
        input = input.index_select(0 if batch_first else 1, order)
    require_tensors("_pack_padded_sequence(input)", input)
    input.size(1)  # an IndexError for a vector, as there
    x = input.transpose(0, 1) if batch_first else input
    _check_lengths(x, lengths)
    steps = np.arange(int(lengths._array[0]))
    batch_sizes = (lengths._array > steps[:, None]).sum(1)
    rows = _rows(batch_sizes, x.shape[1])
    data = x.reshape(x.shape[0] * x.shape[1], *x.shape[2:]).index_select(0, from_numpy(rows))
    return PackedSequence(data, from_numpy(batch_sizes), order, None)


def _check_lengths(x: Tensor, lengths: Tensor) -> None:
    """Refuse lengths that are not those of (T, N, *)."""
    if lengths.dim() != 1:
        raise RuntimeError(
            f"'lengths' argument should be a 1D CPU int64 tensor, but got {lengths.dim()}D cpu "
            f"{scalar_name(lengths._array)} tensor"
        )
    if not x._array.size:
        raise RuntimeError("Cannot pack empty tensors.")
    steps, n = x.shape[:2]
    if len(lengths) != n:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(lengths)} "
            f"(batch_size={n})"
        )
    if lengths._array.min() <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' "
            "that is <= 0"
        )
    if (np.diff(lengths._array) > 0).any():
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You "
            "can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to "
            "sidestep this requirement if you do not need ONNX exportability."
        )
    if lengths._array[0] > steps:
        raise RuntimeError(
            f"'lengths' has an element {lengths._array[0]}, but the input has {steps} steps"
        )


def _rows(batch_sizes: Any, n: int) -> Any:
    """Where each packed row is among (T * N) padded ones: (S)."""
    return np.concatenate([step * n + np.arange(size) for step, size in enumerate(batch_sizes)])


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Pad packed sequences again: data (S, *) -> (T, N, *) or (N, T, *), and lengths (N).

    The order is the one that the sequences had before they were sorted.

    Args:
        sequence: what is packed.
        batch_first: (N, T, *) instead of (T, N, *).
        padding_value: what stands behind the end of a sequence.
        total_length: T, if it is to be more than the longest sequence needs.

    Raises:
        ValueError: if ``total_length`` is less than that.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_packed_sequence.html
    """
    batch_sizes = sequence.batch_sizes._array
    longest = len(batch_sizes)
    if total_length is not None and total_length < longest:
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but "
            f"got total_length={total_length} and max sequence length being {longest}"
        )
    n, steps = int(batch_sizes[0]), longest if total_length is None else total_length
    data = sequence.data
    padded = full((steps * n, *data.shape[1:]), padding_value, dtype=data.dtype)
    padded = padded.index_copy(0, from_numpy(_rows(batch_sizes, n)), data)
    padded = padded.reshape(steps, n, *data.shape[1:])
    lengths = from_numpy((batch_sizes[:, None] > np.arange(n)).sum(0))
    padded = padded.transpose(0, 1) if batch_first else padded
    back = sequence.unsorted_indices
    if back is None:
        return padded, lengths
    return padded.index_select(0 if batch_first else 1, back), lengths.index_select(0, back)


def pad_sequence(
    sequences: Iterable[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Stack sequences (L, *) of different lengths: -> (T, N, *) or (N, T, *).

    Args:
        sequences: N of them; the first one decides the dtype.
        batch_first: (N, T, *) instead of (T, N, *).
        padding_value: what is put where a sequence is too short.
        padding_side: "right", behind it, or "left".

    Raises:
        RuntimeError: for no sequences, or another side.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_sequence.html
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            "pad_sequence: Expected iterable for input sequences, but got arg of type: "
            f"{type(sequences)}"
        )
    sequences = tuple(sequences)
    for i, sequence in enumerate(sequences):
        if not isinstance(sequence, Tensor):
            raise TypeError(
                f"expected Tensor as element {i} in argument 0, but got {type(sequence).__name__}"
            )
    if not sequences:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(
            f"Expected padding_side to be one of left or right, but got {padding_side}."
        )
    first = sequences[0]
    if first.dim() == 0:
        raise RuntimeError("ArrayRef: invalid slice, N = 1; size = 0: a sequence has a length")
    longest = max([len(sequence) for sequence in sequences])
    shape = (longest, *first.shape[1:])
    padded = []
    for sequence in sequences:
        at = (
            slice(len(sequence))
            if padding_side == "right"
            else slice(longest - len(sequence), None)
        )
        row = full(shape, padding_value, dtype=first.dtype)
        row[at] = sequence
        padded.append(row)
    return stack(padded, 0 if batch_first else 1)


def unpad_sequence(
    padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False
) -> list[Tensor]:
    """Take padded sequences apart: (T, N, *) or (N, T, *) -> N tensors (L, *).

    Args:
        padded_sequences: padded behind their ends.
        lengths: (N).
        batch_first: (N, T, *) instead of (T, N, *).

    Raises:
        ValueError: if there is not a length for each sequence.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.unpad_sequence.html
    """
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    return [
        sequence[: max(int(length), 0)].clone()
        for sequence, length in zip(padded_sequences, lengths, strict=True)
    ]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences (L, *) of different lengths.

    Raises:
        RuntimeError: as :func:`pad_sequence` and :func:`pack_padded_sequence`.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_sequence.html
    """
    lengths = as_tensor([sequence.size(0) for sequence in sequences])
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """Take packed sequences apart: -> N tensors (L, *).

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.rnn.unpack_sequence.html
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
