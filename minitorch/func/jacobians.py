"""``jacrev``, ``jacfwd`` and ``hessian``: all derivatives at once, as vmap over unit vectors."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch import autograd, ops
from minitorch.autograd.batching import FromBatched, ToBatched, inside
from minitorch.autograd.forward_ad import inner_level, with_tangent
from minitorch.func.gradients import (
    Argnums,
    Function,
    Handles,
    check_tensors,
    split_aux,
    unpacked,
)
from minitorch.func.tree import flatten, unflatten
from minitorch.tensor import Tensor


def jacrev(
    func: Function, argnums: Argnums = 0, *, has_aux: bool = False, chunk_size: int | None = None
) -> Function:
    """Return a function that gives the Jacobian of ``func``, a row at a time (backward mode).

    Cheaper than :func:`jacfwd` where there are fewer results than arguments.

    Args:
        func: takes and returns tensors, also nested.
        argnums: which positional arguments to differentiate by.
        has_aux: whether the result has a second part, handed through.
        chunk_size: so many rows at once, to save memory; None for all.

    Returns:
        A function; its result has, for each result and argument, a tensor of shape
        (*result, *argument), nested as results of arguments.

    Raises:
        ValueError: for a ``chunk_size`` below 1.
        RuntimeError: when it is called, if results are no tensors.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.jacrev.html
    """
    if chunk_size is not None and chunk_size < 1:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    @functools.wraps(func)
    def jacobian(*args: Any) -> Any:
        with Handles(args, argnums) as handles:
            output, aux = split_aux(func(*handles.args), has_aux, "jacrev")
            outputs, nesting = flatten(output)
            check_tensors(outputs, "vjp(f, *primals)")
            blocks = [handles.nested(_rows(out, handles.leaves, chunk_size)) for out in outputs]
        result = handles.settled(unflatten(blocks, nesting))
        return (result, handles.settled(aux)) if has_aux else result

    return jacobian


def _rows(output: Any, inputs: Sequence[Any], chunk_size: int | None) -> list[Any]:
    """Return the derivatives of one output by each input, (*output, *input)."""
    wanted = [x for x in inputs if x.requires_grad]
    size = output.numel()
    if not output.requires_grad or not wanted or not size:
        return [_zeros(output, x) for x in inputs]
    basis = np.eye(size, dtype=output._array.dtype).reshape(size, *output.shape)
    step = chunk_size or size
    chunks = [
        autograd.grad(
            [output],
            wanted,
            [Tensor._wrap(basis[k : k + step])],
            create_graph=True,
            allow_unused=True,
            is_grads_batched=True,
        )
        for k in range(0, size, step)
    ]
    found = iter(zip(*chunks, strict=True))
    rows = [next(found) if x.requires_grad else (None,) for x in inputs]
    return [
        _zeros(output, x) if row[0] is None else _joined(row).reshape(*output.shape, *x.shape)
        for row, x in zip(rows, inputs, strict=True)
    ]


def _joined(parts: Sequence[Any]) -> Any:
    return parts[0] if len(parts) == 1 else ops.cat(parts, 0)


def _zeros(output: Any, x: Any) -> Any:
    return Tensor._wrap(np.zeros((*output.shape, *x.shape), output._array.dtype))


def jacfwd(
    func: Function, argnums: Argnums = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Function:
    """Return a function that gives the Jacobian of ``func``, a column at a time (forward mode).

    Cheaper than :func:`jacrev` where there are fewer arguments than results.

    Args:
        func: takes and returns tensors, also nested.
        argnums: which positional arguments to differentiate by.
        has_aux: whether the result has a second part, handed through.
        randomness: as for ``vmap``.

    Returns:
        As of :func:`jacrev`.

    Raises:
        RuntimeError: when it is called, if results are no tensors.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.jacfwd.html
    """

    @functools.wraps(func)
    def jacobian(*args: Any) -> Any:
        chosen = argnums if isinstance(argnums, tuple) else (argnums,)
        leaves, structure = flatten(args)
        numbers, _ = flatten([[k] * flatten(x)[1].size for k, x in enumerate(args)])
        wanted = {k % len(args) for k in chosen}
        columns = []
        for i, number in enumerate(numbers):
            if number in wanted:
                columns.append(_columns(func, leaves, structure, i, (has_aux, randomness)))
        _, handles_structure = flatten(_chosen(args, argnums))
        _, nesting, aux = columns[0]
        count = len(columns[0][0])
        blocks = [unflatten([c[0][o] for c in columns], handles_structure) for o in range(count)]
        result = unflatten(blocks, nesting)
        return (result, aux) if has_aux else result

    return jacobian


def _chosen(args: tuple[Any, ...], argnums: Argnums) -> Any:
    if isinstance(argnums, tuple):
        return tuple([args[k] for k in argnums])
    return args[argnums]


def _columns(
    func: Function, leaves: list[Any], structure: Any, i: int, options: tuple[bool, str]
) -> tuple[list[Any], Any, Any]:
    """Return the derivatives of all outputs by the ``i``-th leaf, and how outputs are nested."""
    has_aux, randomness = options
    x = leaves[i]
    size = x.numel()
    basis = Tensor._wrap(np.eye(size, dtype=x._array.dtype).reshape(size, *x.shape))
    with inside(size, randomness) as batch, inner_level() as level:
        tangent = ToBatched.apply(basis, dim=0, level=batch)
        dual = with_tangent(x, tangent, level)
        args = unflatten([dual if k == i else y for k, y in enumerate(leaves)], structure)
        output, aux = split_aux(func(*args), has_aux, "jacfwd")
        outputs, nesting = flatten(output)
        check_tensors(outputs, "jacfwd")
        columns = []
        for out in outputs:
            slopes = FromBatched.apply(unpacked(out, level)[1], dim=out.dim(), level=batch)
            columns.append(slopes.reshape(*out.shape, *x.shape))
        if has_aux:
            parts, aux_nesting = flatten(aux)
            aux = unflatten([_left(y, level, batch) for y in parts], aux_nesting)
    return columns, nesting, aux


def _left(y: Any, level: Any, batch: Any) -> Any:
    """Return the second part of a result as it is outside: the same for all unit vectors."""
    return unpacked(y, level)[0] if isinstance(y, Tensor) else y


def hessian(func: Function, argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that gives the second derivatives: forward mode over backward mode.

    Args:
        func: takes tensors, returns a tensor.
        argnums: which positional arguments to differentiate by, twice.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.hessian.html
    """
    return jacfwd(jacrev(func, argnums), argnums)
