"""``vmap``: a function of one example, called on all examples of a batch at once."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from minitorch.autograd.versions import cell_of
from minitorch.autograd.vmap.example import Example, Level
from minitorch.autograd.vmap.levels import FromBatched, ToBatched, inside
from minitorch.autograd.writes.views import show
from minitorch.func.tree import LEAF, Structure, flatten, is_container, spread, unflatten
from minitorch.ops.shape.joining import cat
from minitorch.tensor import Tensor

Dims = Any  # an int, None, or nested containers of them


def vmap(
    func: Callable[..., Any],
    in_dims: Dims = 0,
    out_dims: Dims = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """Return a function that applies ``func`` along a dimension of its arguments.

    Inside, tensors have the shape of one example; each operation computes all examples at once.
    Calls may be nested, and go together with gradients in either order.

    Args:
        func: takes and returns tensors, also in nested tuples, lists and dicts.
        in_dims: for each argument the dimension of examples, None for what all share; nested as
            the arguments, or one int for all. Keyword arguments are shared.
        out_dims: for each result where that dimension goes; None for what is not batched.
        randomness: what random functions do inside: "error", "same" numbers for all examples, or
            "different" ones.
        chunk_size: so many examples at once, to save memory; None for all.

    Raises:
        ValueError: when it is called, if dimensions do not fit the arguments or results.
        RuntimeError: for another word than the three; inside, for what cannot be done for a batch,
            such as ``item()``.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.vmap.html. Here a batch of
    no examples may be cut into chunks, too.

    Example:
        >>> vmap(torch.dot)(torch.ones(3, 2), torch.ones(3, 2))
        tensor([2., 2., 2.])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(
            "Only allowed values for randomness are 'error', 'different', or 'same'. Got "
            f"{randomness}"
        )
    if chunk_size is not None and chunk_size < 1:
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func)
    def batched(*args: Any, **kwargs: Any) -> Any:
        call = _Call(func, in_dims, out_dims, randomness)
        return call.run(args, kwargs, chunk_size)

    return batched


class _Call:
    """One call of a vmapped function."""

    def __init__(self, func: Any, in_dims: Dims, out_dims: Dims, randomness: str) -> None:
        self.func = func
        self.name = getattr(func, "__name__", repr(func))
        self.in_dims, self.out_dims = in_dims, out_dims
        self.randomness = randomness

    def run(self, args: tuple[Any, ...], kwargs: dict[str, Any], chunk_size: int | None) -> Any:
        leaves, structure, dims = self._read(args)
        size = _common_size(leaves, dims)
        if chunk_size is None or size <= chunk_size:
            results, shape, out_dims = self._apply(leaves, dims, structure, kwargs, size)
            return unflatten(results, shape)
        chunks = []
        for first in range(0, size, chunk_size):
            count = min(chunk_size, size - first)
            part = [
                x if d is None else x.narrow(d, first, count)
                for x, d in zip(leaves, dims, strict=True)
            ]
            results, shape, out_dims = self._apply(part, dims, structure, kwargs, count)
            chunks.append(results)
        joined = [
            parts[0] if d is None else cat(list(parts), d)
            for parts, d in zip(zip(*chunks, strict=True), out_dims, strict=True)
        ]
        return unflatten(joined, shape)

    def _read(self, args: tuple[Any, ...]) -> tuple[list[Any], Structure, list[Any]]:
        """Return the arguments' leaves and, counted from the front, the dimension of each."""
        where = f"vmap({self.name}, in_dims={self.in_dims}, ...)(<inputs>): "
        if not isinstance(self.in_dims, int | tuple) or isinstance(self.in_dims, bool):
            raise ValueError(
                f"{where}expected `in_dims` to be int or a (potentially nested) tuple matching the "
                f"structure of inputs, got: {type(self.in_dims)}."
            )
        if not args:
            raise ValueError(
                f"vmap({self.name})(<inputs>): got no inputs. Maybe you forgot to add inputs, or "
                "you are trying to vmap over a function with no inputs. The latter is unsupported."
            )
        leaves, structure = flatten(args)
        dims = spread(self.in_dims, structure)
        if dims is None:
            raise ValueError(
                f"{where}in_dims is not compatible with the structure of `inputs`. in_dims has "
                f"structure {flatten(self.in_dims)[1]} but inputs has structure {structure}."
            )
        return leaves, structure, [_checked(where, x, d) for x, d in zip(leaves, dims, strict=True)]

    def _apply(
        self,
        leaves: list[Any],
        dims: list[Any],
        structure: Structure,
        kwargs: dict[str, Any],
        size: int,
    ) -> tuple[list[Any], Structure, list[Any]]:
        """Call the function on a batch; return its results' leaves, structure and dimensions."""
        with inside(size, self.randomness) as level:
            batched = [
                x if d is None else _entered(x, d, level) for x, d in zip(leaves, dims, strict=True)
            ]
            results, shape = flatten(self.func(*unflatten(batched, structure), **kwargs))
            out_dims = self._out_dims(results, shape)
            left = [self._left(x, d, level) for x, d in zip(results, out_dims, strict=True)]
            _show_bases(results, left, level)
        return left, shape, out_dims

    def _out_dims(self, results: list[Any], structure: Structure) -> list[Any]:
        leaves = flatten(self.out_dims)[0]
        if any([not (d is None or type(d) is int) for d in leaves]):
            raise ValueError(
                f"vmap({self.name}, ..., out_dims={self.out_dims}): `out_dims` must be an int, "
                "None or a python collection of ints representing where in the outputs the vmapped "
                "dimension should appear."
            )
        dims = spread(self.out_dims, structure)
        if dims is None and structure is LEAF and _is_single(self.out_dims):
            (dims,) = ([leaves[0]],)  # (0,) for a function that returns one tensor
        if dims is None:
            raise ValueError(
                f"vmap({self.name}, ..., out_dims={self.out_dims})(<inputs>): out_dims is not "
                f"compatible with the structure of `outputs`. out_dims has structure "
                f"{flatten(self.out_dims)[1]} but outputs has structure {structure}."
            )
        return dims

    def _left(self, result: Any, dim: int | None, level: Level) -> Any:
        """Turn a result's level back into a dimension."""
        if dim is None:
            if isinstance(result, Tensor) and _belongs(result, level):
                raise ValueError(
                    f"vmap({self.name}, ...): `{self.name}` can not return a BatchedTensor when "
                    "out_dim is None: each example has its own. Give the dimension they go to."
                )
            return result
        if not isinstance(result, Tensor):
            raise ValueError(
                f"vmap({self.name}, ...): `{self.name}` must only return Tensors, got type "
                f"{type(result)}. Did you mean to set out_dims= to None for output?"
            )
        span = result._array.ndim + 1
        if not -span <= dim < span:
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-span}, {span - 1}], but "
                f"got {dim})"
            )
        return FromBatched.apply(result, dim=dim % span, level=level)


def _is_single(dims: Any) -> bool:
    return is_container(dims) and len(dims) == 1


def _checked(where: str, x: Any, dim: Any) -> int | None:
    """Return the dimension of an argument, counted from the front."""
    if dim is None:
        return None
    if type(dim) is not int:
        raise ValueError(
            f"{where}Got in_dim={dim} for an input but in_dim must be either an integer dimension "
            "or None."
        )
    if not isinstance(x, Tensor):
        raise ValueError(
            f"{where}Got in_dim={dim} for an input but the input is of type {type(x)}. We cannot "
            "vmap over non-Tensor arguments, please use None as the respective in_dim"
        )
    ndim = x._array.ndim
    if not -ndim <= dim < ndim:
        raise ValueError(
            f"{where}Got in_dim={dim} for some input, but that input is a Tensor of dimensionality "
            f"{ndim} so expected in_dim to satisfy -{ndim} <= in_dim < {ndim}."
        )
    return dim % ndim


def _common_size(leaves: list[Any], dims: list[Any]) -> int:
    sizes = [x._array.shape[d] for x, d in zip(leaves, dims, strict=True) if d is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if any([size != sizes[0] for size in sizes]):
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes "
            f"{sizes} for the mapped dimension"
        )
    return int(sizes[0])


def _entered(x: Any, dim: int, level: Level) -> Any:
    """Return the examples of a tensor, in its own memory."""
    batched = ToBatched.apply(x, dim=dim, level=level)
    if x._array.strides[dim] == 0 and x._array.shape[dim] > 1 and x._array.size:
        # Expanded: nobody can write into it, but each example may into what is computed of it.
        payload = batched._array.payload.copy()
        payload.flags.writeable = False
        batched._array, batched._version_cell = Example(payload, batched._array.levels), cell_of(x)
    else:
        show(batched, x)
    return batched


def _show_bases(results: list[Any], left: list[Any], level: Level) -> None:
    """Make what has left the level views of what its memory belonged to before, and share it."""
    bases: dict[int, Any] = {}  # what has left, by the tensor that it was inside
    pairs = [(x, y) for x, y in zip(results, left, strict=True) if y is not x]
    for x, y in pairs:
        if x._view is None and id(x) not in bases:
            y._version_cell = cell_of(x)
            bases[id(x)] = y
    for x, y in pairs:
        root = x if x._view is None else x._view.base
        if id(root) not in bases and _belongs(root, level):
            base = bases[id(root)] = FromBatched.apply(root, dim=0, level=level)
            base._version_cell = cell_of(root)
        if bases.get(id(root)) is not y:
            show(y, bases.get(id(root), x))


def _belongs(x: Any, level: Level) -> bool:
    return isinstance(x._array, Example) and level in x._array.levels
