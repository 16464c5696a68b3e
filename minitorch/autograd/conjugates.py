"""Complex numbers: which ops take them, and what gradients are.

Note [Complex numbers]
~~~~~~~~~~~~~~~~~~~~~~
The gradient of a real number by a complex one, z = x + iy, is its slope by x plus i times its slope
by y: the direction in which it grows, so that what descends along it descends. A rule hands on
gradients as the adjoint of the derivative does, J* grad. An op says in ``Op.complex`` of what kind
its rule is, and one that says nothing is not called with complex numbers at all:

* ``LINEAR``: linear with real coefficients, as a sum, a view, a selection: the rule is the same.
* ``HOLOMORPHIC``: the rule multiplies by the complex derivative, as it does by the real one: J^T
  grad. Between two conjugations it is the adjoint; they are put around it in calls in which
  something is complex, and the rule is none the wiser. As it stands it takes a tangent to the
  tangent of the result.
* ``OWN``: the rule is the adjoint as it stands, conjugates and real parts included.

A real input of an op whose result is complex gets the real part of what its rule gives: the engine
casts gradients to what the input is. Until a program has met complex numbers, which the dtypes
notice (``complex_seen``), an op call pays for a look at an empty list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minitorch.core.dtypes import complex_dtype, is_complex, not_implemented

if TYPE_CHECKING:
    from minitorch.autograd.op import Op

LINEAR, HOLOMORPHIC, OWN = "linear", "holomorphic", "own"


def of_complex(op: type[Op], inputs: Any, params: dict[str, Any]) -> type[Op]:
    """Return the op to call and to record: where something is complex, with the adjoint for a rule.

    Raises:
        NotImplementedError: for complex inputs of an op that does not state that it takes them.
    """
    for x in (*inputs, *params.values()):
        if isinstance(x, np.ndarray):
            if is_complex(x.dtype):
                return _taking(op, x.dtype)
        elif isinstance(x, complex | np.complexfloating):
            return _taking(op, complex_dtype())
    return op


def _taking(op: type[Op], kind: np.dtype[Any]) -> type[Op]:
    if not op.complex:
        raise not_implemented(_kernel(op), kind)
    return between_conjugations(op)


def _kernel(op: type[Op]) -> str:
    name = op.name.partition("Backward")[0]
    name = op.__name__ if name in ("", "NotImplemented") else name
    return f"{name.lower()}_cpu"


def conjugated(grad: Any) -> Any:
    """Return the conjugate of a gradient; of a real one, or of none, itself."""
    return grad if grad is None or not is_complex(grad._array.dtype) else grad.conj()


_made: dict[type[Op], type[Op]] = {}


def between_conjugations(op: type[Op]) -> type[Op]:
    """Return a holomorphic op with the adjoint for its rule, others as they are."""
    if op.complex != HOLOMORPHIC:
        return op
    made = _made.get(op)
    if made is None:
        made = _made[op] = _between_conjugations(op)
    return made


def _between_conjugations(op: type[Op]) -> type[Op]:
    class Adjoint(op):  # type: ignore[misc, valid-type] # a base that is no name
        __module__ = "builtins"
        name, node_class, complex = op.name, op.node_class, OWN

        @staticmethod
        def backward(ctx: Any, *grads: Any) -> Any:
            found = op.backward(ctx, *[conjugated(g) for g in grads])
            return tuple(map(conjugated, found)) if isinstance(found, tuple) else conjugated(found)

    return Adjoint
