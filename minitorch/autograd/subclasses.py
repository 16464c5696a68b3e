"""Subclasses of ``Tensor``: results of ops on them are of their class, too.

Note [Subclasses]
~~~~~~~~~~~~~~~~~
A user's class is in ``subclasses`` while it is alive; as long as none is, ops pay for a look
at an empty list. Then a call with an instance among its inputs is computed as on plain tensors, and
the results get the class: no ``__new__`` runs, and attributes are not carried over. That is what
PyTorch's default ``__torch_function__`` does. ``Parameter`` and ``Buffer`` have none: what is
computed of them is plain, and so of their subclasses. A ``__torch_function__`` of a user's own
would have to see the functions that were called, and ops do not know them: its use is an error.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase, subclasses

if TYPE_CHECKING:
    from minitorch.autograd.op import Op

_off: ContextVar[bool] = ContextVar("subclasses_off", default=False)


def as_plain(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return the result of a call in which instances of subclasses count as plain tensors."""
    token = _off.set(True)
    try:
        return call(*args, **kwargs)
    finally:
        _off.reset(token)


def in_their_class(op: type[Op], inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """Compute an op and give the results the inputs' class; NotImplemented if that is ``Tensor``.

    Raises:
        TypeError: for inputs of several subclasses, none of which is one of all the others.
        NotImplementedError: for a class with a ``__torch_function__`` of its own.
    """
    if _off.get():
        return NotImplemented
    kinds = dict.fromkeys([x._result_class for x in inputs if isinstance(x, TensorBase)])
    kinds.pop(TensorBase._result_class, None)
    if not kinds:
        return NotImplemented
    kind = common_class(list(kinds), op.name)
    own, plain = [
        getattr(c.__torch_function__, "__func__", None) for c in (kind, TensorBase._result_class)
    ]
    if own is not plain:
        raise NotImplementedError(
            f"{kind.__name__} defines __torch_function__, which minitorch does not call: leave it "
            "out, and results are of the class all the same; or override methods."
        )
    result = as_plain(op.apply, *inputs, **params)
    for x in result if isinstance(result, tuple) else (result,):
        if type(x) is TensorBase._result_class and not any([x is given for given in inputs]):
            x.__class__ = kind
    return result


def in_class(result: Any, kind: Any) -> Any:
    """Return what a function returned, with tensors of a class, also in tuples and lists."""
    if isinstance(result, TensorBase):
        tensor: Any = result
        return tensor if isinstance(tensor, kind) else tensor.as_subclass(kind)
    if isinstance(result, tuple | list):
        parts = [in_class(x, kind) for x in result]
        return type(result)(*parts) if hasattr(result, "_fields") else type(result)(parts)
    return result


def common_class(kinds: list[type], name: str) -> Any:
    """Return the class among some that is a subclass of all others.

    Raises:
        TypeError: if there is none.
    """
    for kind in kinds:
        if all(issubclass(kind, other) for other in kinds):
            return kind
    names = ", ".join(kind.__name__ for kind in kinds)
    raise TypeError(
        f"Multiple dispatch failed for '{name}'; all __torch_function__ handlers returned "
        f"NotImplemented: none of {names} is a subclass of all the others."
    )


def known(kind: Any) -> None:
    """Let results be of a user's class from now on."""
    kind._result_class = kind
    subclasses.append(weakref.ref(kind, subclasses.remove))
