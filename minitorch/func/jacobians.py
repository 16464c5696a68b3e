"""``jacrev``, ``jacfwd`` and ``hessian``: all derivatives at once, as vmap over unit vectors."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from minitorch import autograd
from minitorch.func.gradients import (
    Argnums,
    Function,
    Handles,
    check_some_tensors,
    check_tensors,
    checked_argnums,
    chosen_by,
    jvp,
    leads_out,
    replaced_by,
    split_aux,
)
from minitorch.func.tree import flatten, unflatten
from minitorch.func.vmap import vmap
from minitorch.ops.shape.joining import cat
from minitorch.tensor import Tensor


def jacrev(
    func: Function,
    argnums: Argnums = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
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
            _require_real("jacrev", "inputs", "input", handles.leaves)
            output, aux = split_aux(func(*handles.args), has_aux, "jacrev")
            outputs, nesting = flatten(output)
            check_tensors(outputs, "vjp(f, *primals)")
            _require_real("jacrev", "outputs", "output", outputs)
            blocks = [handles.nested(_rows(out, handles, chunk_size)) for out in outputs]
        result = handles.settled(unflatten(blocks, nesting))
        return (result, handles.settled(aux)) if has_aux else result

    return jacobian


def _require_real(name: str, what: str, one: str, tensors: Any) -> None:
    """Refuse complex numbers: a derivative by them is no matrix of theirs."""
    for i, x in enumerate(tensors):
        if x.is_complex():
            raise RuntimeError(
                f"{name}: Expected all {what} to be real but received complex tensor at flattened "
                f"{one} idx: {i}"
            )


def _rows(output: Any, handles: Handles, chunk_size: int | None) -> list[Any]:
    """Return the derivatives of one output by each input, (*output, *input)."""
    inputs = handles.leaves
    wanted = [x for x in inputs if x.requires_grad]
    size = output.numel()
    if not output.requires_grad or not wanted or not size:
        return [_zeros(output, x) for x in inputs]
    basis = np.eye(size, dtype=output._array.dtype).reshape(size, *output.shape)
    step = chunk_size or size
    higher = handles.recording and leads_out(output, handles.passing)
    chunks = [
        autograd.grad(
            [output],
            wanted,
            [Tensor._wrap(basis[k : k + step])],
            retain_graph=True,  # other outputs may have parts of it
            create_graph=higher,
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
    return parts[0] if len(parts) == 1 else cat(parts, 0)


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
        numbers = checked_argnums(argnums, len(args))
        inputs, structure = flatten(chosen_by(numbers, args))
        check_some_tensors(inputs, "jvp(f, primals, tangents)", "primals")
        _require_real("jacfwd", "inputs", "input", inputs)
        nested: list[Any] = []

        def of_inputs(*leaves: Any) -> Any:
            return func(*replaced_by(numbers, args, unflatten(leaves, structure)))

        def column(*tangents: Any) -> Any:
            _, moved, *aux = jvp(of_inputs, tuple(inputs), tangents, has_aux=has_aux)
            slopes, nesting = flatten(moved)
            others, of_aux = flatten(aux[0]) if has_aux else ([], None)
            nested[:] = [nesting, [x.shape for x in slopes], others, of_aux]
            return slopes, [x for x in others if isinstance(x, Tensor)]

        columns, same = vmap(column, 0, (-1, 0), randomness)(*_unit_vectors(inputs))
        nesting, shapes, others, of_aux = nested
        blocks = [_blocks(c, s, inputs) for c, s in zip(columns, shapes, strict=True)]
        result = unflatten([unflatten(b, structure) for b in blocks], nesting)
        if not has_aux:
            return result
        firsts = iter([x[0] for x in same])  # the same in all columns
        parts = [next(firsts) if isinstance(x, Tensor) else x for x in others]
        return result, unflatten(parts, of_aux)

    return jacobian


def _unit_vectors(tensors: Sequence[Any]) -> list[Any]:
    """Return all unit vectors of the space of several tensors together: (count, *) of each."""
    total, first, vectors = sum([x.numel() for x in tensors]), 0, []
    for x in tensors:
        part = np.eye(total, x.numel(), k=-first, dtype=x._array.dtype)
        vectors.append(Tensor._wrap(part.reshape(total, *x.shape)))
        first += x.numel()
    return vectors


def _blocks(columns: Any, shape: tuple[int, ...], inputs: Sequence[Any]) -> list[Any]:
    """Cut (*output, all inputs) into (*output, *input), one for each input."""
    blocks, first = [], 0
    for x in inputs:
        part = columns.narrow(len(shape), first, x.numel())
        blocks.append(part.reshape(*shape, *x.shape))
        first += x.numel()
    return blocks


def hessian(func: Function, argnums: Argnums = 0) -> Callable[..., Any]:
    """Return a function that gives the second derivatives: forward mode over backward mode.

    Args:
        func: takes tensors, returns a tensor.
        argnums: which positional arguments to differentiate by, twice.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.hessian.html
    """
    return jacfwd(jacrev(func, argnums), argnums)
