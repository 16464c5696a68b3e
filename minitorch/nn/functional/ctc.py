"""The loss of sequences whose alignment nobody knows."""

from __future__ import annotations

from operator import index
from typing import Any

from minitorch.core.dtypes import is_integer, scalar_name
from minitorch.nn.functional.checks import require_float
from minitorch.nn.functional.reduction import check_reduction, reduce_losses
from minitorch.ops.elementwise.selection import Where
from minitorch.ops.layers import ctc
from minitorch.tensor import Tensor

Lengths = tuple[int, ...]


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor,
    target_lengths: Tensor,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Return −log of the probability of all alignments of the targets: (T, N, C) -> () or (N).

    An alignment has a label for each step; without repetitions, then without blanks, it is the
    target. As in PyTorch, the gradient is that for the input of the softmax whose logarithm
    ``log_probs`` is, exp(log_probs) included; it has none in turn.

    Args:
        log_probs: logarithms of probabilities, (T, N, C), or (T, C) of one sequence.
        targets: labels, (N, S), or (sum of the target lengths) one after another.
        input_lengths: (N), a tensor or a tuple of ints, at most T.
        target_lengths: (N), likewise, at most S.
        blank: the class that is no label.
        reduction: "mean" (over the batch, of losses over target lengths), "sum" or "none".
        zero_infinity: count what is longer than its input, and its gradient, as 0 instead of inf.

    Raises:
        IndexError: for a label that is no class.
        ValueError: for an unknown ``reduction``.
        RuntimeError: if sizes or lengths do not fit.
        NotImplementedError: for float16, integers and bools.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.ctc_loss.html; there
        a label that is no class reads memory beyond the probabilities
    """
    reduction = check_reduction(reduction, None, None)
    lengths = _lengths(log_probs, targets, input_lengths, target_lengths, blank)
    x = log_probs._array
    if x.size == 0:
        raise RuntimeError(f"log_probs tensor must not be empty, but its shape is {list(x.shape)}")
    require_float("ctc_loss_cpu", x)
    if x.dtype.itemsize < 4:
        raise NotImplementedError(
            f"\"ctc_loss_cpu\" not implemented for '{scalar_name(x)}': convert it with .float()"
        )
    is_batch = x.ndim != 2
    _check_sizes(x.shape if is_batch else (x.shape[0], 1, x.shape[1]), targets, *lengths, blank)
    batch = log_probs if is_batch else log_probs.unsqueeze(1)
    losses = ctc.ctc_loss(batch, targets, *lengths, blank, zero_infinity)
    if not is_batch:
        losses = losses.squeeze(0)
    if zero_infinity:
        losses = Where.apply(losses == float("inf"), 0.0, losses)
    if reduction == "mean":
        labels = [max(length, 1) for length in lengths[1]]
        losses = losses / losses.new_tensor(labels if is_batch else labels[0])
    return reduce_losses(losses, reduction)


def _lengths(
    log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: Any
) -> tuple[Lengths, Lengths]:
    """Return the lengths as tuples of ints."""
    both = (input_lengths, target_lengths)
    are_tensors = [isinstance(length, Tensor) for length in both]
    are_sequences = [isinstance(length, tuple | list) for length in both]
    if (
        not (isinstance(log_probs, Tensor) and isinstance(targets, Tensor))
        or not (all(are_tensors) or all(are_sequences))
        or not hasattr(blank, "__index__")
    ):
        got = ", ".join(type(x).__name__ for x in (log_probs, targets, *both, blank))
        raise TypeError(
            f"ctc_loss() received an invalid combination of arguments - got ({got}), but expected "
            "Tensors log_probs and targets, input_lengths and target_lengths both Tensors or both "
            "tuples of ints, and an int blank"
        )
    if all(are_sequences):
        try:
            return tuple(map(index, input_lengths)), tuple(map(index, target_lengths))
        except TypeError as error:
            raise TypeError(
                f"ctc_loss() received an invalid combination of arguments: lengths must be ints, "
                f"but {error}"
            ) from None
    for name, length in zip(("input_lengths", "target_lengths"), both, strict=True):
        if not is_integer(length._array.dtype):
            raise RuntimeError(
                f"{name} must be integral, but its elements are {scalar_name(length._array)}"
            )
    return tuple(input_lengths.reshape(-1).tolist()), tuple(target_lengths.reshape(-1).tolist())


def _check_sizes(
    shape: tuple[int, ...],
    targets: Tensor,
    input_lengths: Lengths,
    target_lengths: Lengths,
    blank: int,
) -> None:
    t = targets._array.shape
    if len(shape) != 3:
        raise RuntimeError(
            f"Expected 3-dimensional tensor, but got {len(shape)}-dimensional tensor for argument "
            "#1 'log_probs': ctc_loss takes (T, N, C), or (T, C) of one sequence"
        )
    if len(t) not in (1, 2):
        raise RuntimeError(
            f"Expected 1 to 2 dimensions, but got {len(t)}-dimensional tensor for argument #2 "
            "'targets'"
        )
    T, N, C = shape
    if not 0 <= blank < C:
        raise RuntimeError(f"blank must be in label range, 0 to {C - 1}, but it is {blank}")
    _check_lengths("input_lengths", input_lengths, N, T)
    _check_lengths("target_lengths", target_lengths, N, None)
    wanted = [sum(target_lengths)] if len(t) == 1 else [N, max(target_lengths)]
    for dim, size in enumerate(wanted):
        if t[dim] != size if dim == 0 else t[dim] < size:
            least = " at least" if dim else ""
            raise RuntimeError(
                f"Expected tensor to have size{least} {size} at dimension {dim}, but got size "
                f"{t[dim]} for argument #2 'targets' of shape {list(t)}, for target_lengths "
                f"{target_lengths}"
            )


def _check_lengths(name: str, lengths: Lengths, batch: int, most: int | None) -> None:
    if len(lengths) != batch:
        raise RuntimeError(
            f"{name} must be of size batch_size, {batch}, but there are {len(lengths)}"
        )
    for length in lengths:
        if length < 0 or (most is not None and length > most):
            bound = "at least 0" if length < 0 else f"at most {most}"
            raise RuntimeError(
                f"Expected {name} to have value {bound}, but got value {length} (while checking "
                "arguments for ctc_loss)"
            )
