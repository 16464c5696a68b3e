"""Transforms of functions of one vector, nested and alone, the same in both libraries."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


def number(out: Any) -> Any:
    """One number of all elements, none of which counts as another one does."""
    weights = out.new_tensor([((7 * i) % 5 - 2) / 3 for i in range(len(out))])
    return (out * weights).sum() + (out.sin() * 0.5).sum()


def _jvp(lib: Any, f: Any, x: Any, v: Any) -> Any:
    return lib.func.jvp(f, (x,), (v,))[1]


def _dual(lib: Any, f: Any, x: Any, v: Any) -> Any:
    fw = lib.autograd.forward_ad
    with fw.dual_level():
        out = f(fw.make_dual(x, v))
        primal, tangent = fw.unpack_dual(out)
    return primal, tangent if tangent is not None else out * 0


def _gradient_of_a_dual(lib: Any, f: Any, x: Any, v: Any) -> Any:
    fw = lib.autograd.forward_ad
    with fw.dual_level():
        leaf = x.clone().requires_grad_()
        dual = fw.make_dual(leaf, v)
        (g,) = lib.autograd.grad(number(f(dual)), leaf, allow_unused=True)
        if g is None:
            return x * 0
        primal, tangent = fw.unpack_dual(g)
    return primal.detach(), primal.detach() * 0 if tangent is None else tangent.detach()


def _backward_twice(lib: Any, f: Any, x: Any, v: Any) -> Any:
    leaf = x.clone().requires_grad_()
    (g,) = lib.autograd.grad(number(f(leaf)), leaf, create_graph=True)
    if not g.requires_grad:
        return g
    (h,) = lib.autograd.grad((g * v).sum(), leaf, allow_unused=True)
    return g.detach(), x * 0 if h is None else h


# (lib, function of a vector to a vector, x, v) -> tensors.
TRANSFORMS: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "value": lambda lib, f, x, v: f(x),
    "grad": lambda lib, f, x, v: lib.func.grad(lambda x: number(f(x)))(x),
    "backward twice": _backward_twice,
    "jvp": _jvp,
    "jvp without graphs": lambda lib, f, x, v: _without_grad(lib, lambda: _jvp(lib, f, x, v)),
    "jvp of grad": lambda lib, f, x, v: _jvp(lib, lib.func.grad(lambda x: number(f(x))), x, v),
    "grad of jvp": lambda lib, f, x, v: lib.func.grad(lambda x: number(_jvp(lib, f, x, v)))(x),
    "grad of jvp by v": lambda lib, f, x, v: lib.func.grad(lambda v: number(_jvp(lib, f, x, v)))(v),
    "jvp of jvp": lambda lib, f, x, v: _jvp(lib, lambda x: _jvp(lib, f, x, v), x, v.flip(0)),
    "jvp of jvp, value and tangent": lambda lib, f, x, v: lib.func.jvp(
        lambda x: lib.func.jvp(f, (x,), (v,)), (x,), (v * 2,)
    ),
    "hessian": lambda lib, f, x, v: lib.func.hessian(lambda x: number(f(x)))(x),
    "jacfwd": lambda lib, f, x, v: lib.func.jacfwd(f)(x),
    "jacrev": lambda lib, f, x, v: lib.func.jacrev(f)(x),
    "jacfwd of jacfwd": lambda lib, f, x, v: lib.func.jacfwd(lib.func.jacfwd(f))(x),
    "jacrev of jacrev": lambda lib, f, x, v: lib.func.jacrev(
        lib.func.jacrev(lambda x: number(f(x)))
    )(x),
    "vmap": lambda lib, f, x, v: lib.func.vmap(f)(lib.stack([x, v, x * v])),
    "vmap of grad": lambda lib, f, x, v: lib.func.vmap(lib.func.grad(lambda x: number(f(x))))(
        lib.stack([x, v])
    ),
    "vmap of grad by what is shared": lambda lib, f, x, v: lib.func.vmap(
        lambda v: lib.func.grad(lambda x: number(f(x)) * v.sum())(x)
    )(lib.stack([x, v])),
    "vmap of jvp": lambda lib, f, x, v: lib.func.vmap(lambda x, v: _jvp(lib, f, x, v))(
        lib.stack([x, v]), lib.stack([v, x])
    ),
    "vmap over tangents": lambda lib, f, x, v: lib.func.vmap(lambda v: _jvp(lib, f, x, v))(
        lib.stack([x, v])
    ),
    "jvp of vmap": lambda lib, f, x, v: lib.func.jvp(
        lib.func.vmap(f), (lib.stack([x, v]),), (lib.stack([v, x]),)
    ),
    "grad of vmap": lambda lib, f, x, v: lib.func.grad(
        lambda x: number(lib.func.vmap(f)(lib.stack([x, x * v])).reshape(-1))
    )(x),
    "vmap of vmap": lambda lib, f, x, v: lib.func.vmap(lib.func.vmap(f))(
        lib.stack([lib.stack([x, v]), lib.stack([v * x, x + v])])
    ),
    "vmap of hessian": lambda lib, f, x, v: lib.func.vmap(lib.func.hessian(lambda x: number(f(x))))(
        lib.stack([x, v])
    ),
    "dual level": _dual,
    "gradient of a dual": _gradient_of_a_dual,
}
# Of functions that write into their argument, which must be no leaf.
OF_WRITTEN_INPUT = [
    *("value", "jvp", "jvp without graphs", "jvp of jvp", "jacfwd", "jacfwd of jacfwd"),
    *("vmap", "vmap of jvp", "vmap over tangents", "jvp of vmap", "vmap of vmap", "dual level"),
]


def _without_grad(lib: Any, call: Callable[[], Any]) -> Any:
    with lib.no_grad():
        return call()


def leaves(result: Any) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(result, tuple | list):
        yield from itertools.chain.from_iterable(map(leaves, result))
    else:
        yield result.detach().numpy()
