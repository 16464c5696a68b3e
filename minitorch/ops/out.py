"""``out=``: a tensor to write the result into.

Note [Functions and methods]
~~~~~~~~~~~~~~~~~~~~~~~~~~~~
A function of tensors stands beside its op, once. ``@takes_out`` gives it the keyword ``out``, with
which it is called at the root: ``torch.exp(x, out=y)``. Methods take no ``out`` and pay nothing for
it: ``exp = method(exponential.exp)`` in the class ``Tensor`` is what the decorator was given. A
function without ``out`` is the method itself: ``relu = activation.relu``. What writes into its
first argument is made of the op, ``exp_ = in_place(Exp)``, and is function and method in one.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar, overload

from minitorch.autograd.grad_mode import is_grad_enabled, no_grad
from minitorch.autograd.sites import warn_user
from minitorch.autograd.variable import TensorBase
from minitorch.autograd.versions import bump
from minitorch.autograd.writes.inplace import (
    check_no_repeats,
    overlap,
    overlap_in_part,
    requires_grad,
    store_,
)
from minitorch.autograd.writes.tangents import is_dual
from minitorch.core.dtypes import c_type_name, is_float, is_storable, not_implemented, scalar_name
from minitorch.core.silence import silence
from minitorch.core.storage import resized
from minitorch.core.strided import check_memory, layout, strided
from minitorch.ops.arguments import Flags, explained

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class TakesOut(Protocol[P, R_co]):
    """A function with its own parameters and the keyword ``out``."""

    @property
    def __name__(self) -> str: ...

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
    @overload
    def __call__(self, *args: Any, out: Any, **kwargs: Any) -> R_co: ...


class Makes(Protocol[P, R_co]):
    """A function with its own parameters and the keywords ``layout`` and ``pin_memory``."""

    @property
    def __name__(self) -> str: ...

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
    @overload
    def __call__(self, *args: Any, layout: layout | None, **kwargs: Any) -> R_co: ...
    @overload
    def __call__(self, *args: Any, pin_memory: bool | None, **kwargs: Any) -> R_co: ...


class MakesOut(Makes[P, R_co], Protocol):
    """... and the keyword ``out``."""

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
    @overload
    def __call__(self, *args: Any, layout: layout | None, **kwargs: Any) -> R_co: ...
    @overload
    def __call__(self, *args: Any, pin_memory: bool | None, **kwargs: Any) -> R_co: ...
    @overload
    def __call__(self, *args: Any, out: Any, **kwargs: Any) -> R_co: ...


def _keyword(name: str, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)


_OUT = _keyword("out", None)
_LAYOUT, _PIN_MEMORY = _keyword("layout", strided), _keyword("pin_memory", False)


def takes_out(function: Callable[P, R]) -> TakesOut[P, R]:
    """Give a function the keyword ``out``: a tensor, or a tuple of one for each result.

    A result is computed, and then written: that costs a copy, which nobody sees who asks for no
    ``out``.
    """
    flags = Flags(function)

    @wraps(function)
    def with_out(*args: Any, out: Any = None, **params: Any) -> Any:
        if params or len(args) > flags.first:
            flags.check(args, params)
        try:
            if out is None:
                return function(*args, **params)
            return _write(function, args, params, out)
        except AttributeError as error:
            raise explained(error, function, args, params) from None

    return _signed(with_out, function, _OUT)


def takes_out_of_dtype(function: Callable[P, R]) -> TakesOut[P, R]:
    """As :func:`takes_out` for a function with a ``dtype``, which is that of ``out``."""

    @wraps(function)
    def with_out(*args: Any, out: Any = None, **params: Any) -> Any:
        try:
            if out is None:
                return function(*args, **params)
            own = _checked(function, out)
            if params.get("dtype") is None:
                _check_floats(function, own, [*args, *params.values()])
            params.setdefault("dtype", own.dtype)
            return _write(function, args, params, out)
        except AttributeError as error:
            raise explained(error, function, args, params) from None

    return _signed(with_out, function, _OUT)


def makes(function: Callable[P, R]) -> Makes[P, R]:
    """Give a function that makes tensors ``layout`` and ``pin_memory``, which have no choice."""

    @wraps(function)
    def made(
        *args: Any, layout: Any = strided, pin_memory: bool | None = False, **params: Any
    ) -> Any:
        if layout is not strided or pin_memory:
            check_memory(layout, pin_memory, function.__name__)
        return function(*args, **params)

    return _signed(made, function, _LAYOUT, _PIN_MEMORY)


def makes_as_method(function: Callable[P, R]) -> Callable[P, R]:
    """As :func:`makes`, for a method: type checkers bind no protocol to a tensor."""
    made: Callable[P, R] = makes(function)
    return made


def makes_out(function: Callable[P, R]) -> MakesOut[P, R]:
    """Give it the keyword ``out``, too, whose dtype is that of the result."""

    @wraps(function)
    def with_out(
        *args: Any,
        out: Any = None,
        layout: Any = strided,
        pin_memory: bool | None = False,
        **params: Any,
    ) -> Any:
        if layout is not strided or pin_memory:
            check_memory(layout, pin_memory, function.__name__)
        if out is None:
            return function(*args, **params)
        params.setdefault("dtype", _checked(function, out).dtype)
        return _write(function, args, params, out)

    return _signed(with_out, function, _OUT, _LAYOUT, _PIN_MEMORY)


@dataclass(frozen=True, kw_only=True)
class out_rules:
    """State what PyTorch asks of a function's ``out`` beyond what it asks of all.

    Args:
        dtypes: the names of dtypes for truth values, one of which it must have, if not any.
        casts: to which dtypes the result is cast: "up" its category or higher, "all", "none". Of
            several results none is cast but with "all".
        apart: whether it may share no memory with an argument, not even be the argument.
        refusal: the class of the error for a dtype that does not fit.
        floats_by: PyTorch's kernel where floats are computed in the dtype of ``out``, a float, too.
        single: whether it is one tensor, so that a tuple of results has no place.
    """

    dtypes: tuple[str, ...] = ()
    casts: str = "up"
    apart: bool = False
    refusal: type[Exception] = RuntimeError
    floats_by: str = ""
    single: bool = False

    def __call__(self, function: F) -> F:
        function.__dict__["out_rules"] = self
        return function


_USUAL = out_rules()


def _rules_of(function: Any) -> out_rules:
    rules: out_rules = getattr(function, "out_rules", _USUAL)
    return rules


def _signed(decorated: Any, function: Any, *more: inspect.Parameter) -> Any:
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())
    last = len(parameters) - (parameters[-1].kind is inspect.Parameter.VAR_KEYWORD)
    decorated.__signature__ = inspect.Signature(
        [*parameters[:last], *more, *parameters[last:]],
        return_annotation=signature.return_annotation,
        __validate_parameters__=False,  # they were valid before
    )
    return decorated


def without_out(function: TakesOut[P, R]) -> Callable[P, R]:
    """Return what the decorator was given: a call less for functions made of this one."""
    plain: Callable[P, R] = function.__wrapped__  # type: ignore[attr-defined]
    return plain


@overload
def method(function: TakesOut[P, R]) -> Callable[P, R]: ...
@overload
def method(function: Callable[P, R]) -> Callable[P, R]: ...
def method(function: Any) -> Any:
    """Return what the decorator was given, as a method: without ``out``.

    It is named as such: so it is found again by pickle, and errors say ``Tensor.exp()``.
    """
    plain: Any = without_out(function)
    plain.__module__, plain.__qualname__ = "minitorch.tensor", f"Tensor.{function.__name__}"
    return plain


class late_method:
    """A method whose file is imported when it is first asked for: few programs call it.

    The name it gets, ``sinc = late_method(file)``, is that of the function in the file.
    """

    def __init__(self, file: str) -> None:
        self._file = file

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner, self._name = owner, name

    def __get__(self, instance: Any, owner: Any = None) -> Callable[..., Any]:
        function = getattr(importlib.import_module(self._file), self._name)
        found: Any = function if self._name.endswith("_") else method(function)
        setattr(self._owner, self._name, found)  # from now on Python finds it by itself
        bound: Callable[..., Any] = found if instance is None else found.__get__(instance, owner)
        return bound


def _write(function: Any, args: Any, params: dict[str, Any], out: Any) -> Any:
    several = isinstance(out, tuple | list) and not _rules_of(function).single
    outs = tuple([_checked(function, x) for x in (out if several else (out,))])
    given = [*_tensors(args), *_tensors(tuple(params.values()))]
    if is_grad_enabled() and any([requires_grad(x) for x in (*given, *outs)]):
        raise RuntimeError(
            f"{function.__name__}(): functions with out=... arguments don't support automatic "
            "differentiation, but one of the arguments requires grad. Leave out= away, or wrap "
            "the call in `with no_grad():`."
        )
    if any([is_dual(x) for x in (*given, *outs)]):
        raise NotImplementedError(
            f"Trying to use forward AD with {function.__name__}_out that does not support it "
            "because it is an out= function. Leave out= away."
        )
    with no_grad():
        result = function(*args, **params)
    results = result if isinstance(result, tuple) else (result,)
    if _rules_of(function).single and isinstance(result, tuple):
        raise RuntimeError(
            f"{function.__name__} does not support the out kwarg for several tensors"
        )
    if len(results) != len(outs):
        raise TypeError(
            f"{function.__name__}(): expected out to be {len(results)} tensor(s), got {len(outs)}"
        )
    exact = len(outs) > 1 or params.get("dtype") is not None
    for target, value in zip(outs, results, strict=True):
        _check_dtype(function, target, value, given, exact)
        with silence():
            array = value._array.astype(target._array.dtype, copy=False)
        _store(function, target, array, given)
    if not several:
        return out
    return type(result)(*outs) if hasattr(result, "_fields") else outs


def _check_floats(function: Any, target: Any, given: list[Any]) -> None:
    """Refuse a target that is no float where floats are computed in its dtype."""
    kernel, own = _rules_of(function).floats_by, target._array.dtype
    if kernel and not is_float(own) and is_float(given[0]._array.dtype):
        raise not_implemented(kernel, own)


def _check_dtype(function: Any, target: Any, value: Any, given: list[Any], exact: bool) -> None:
    """Refuse a target whose dtype the function cannot write its result into."""
    rules, result, own = _rules_of(function), value._array, target._array
    if rules.dtypes and scalar_name(own) not in rules.dtypes:
        raise RuntimeError(
            f"{function.__name__} does not support non-boolean outputs: {function.__name__} only "
            f"supports bool tensor for result, got: {scalar_name(own)}"
        )
    _check_floats(function, target, given)
    exact = (exact or rules.casts == "none") and rules.casts != "all"
    if exact and result.dtype != own.dtype:
        raise RuntimeError(
            f"Expected out tensor to have dtype {c_type_name(result)}, but got {c_type_name(own)} "
            "instead: the function, or its dtype=, leaves no choice."
        )
    if rules.casts == "up" and not is_storable(result.dtype, own.dtype):
        raise rules.refusal(
            f"result type {scalar_name(result)} can't be cast to the desired output type "
            f"{scalar_name(own)}: pass a tensor of dtype {value.dtype} as out."
            " [explain: in-place-dtype]"
        )


def _checked(function: Any, out: Any) -> Any:
    if not isinstance(out, TensorBase):
        raise TypeError(
            f"{function.__name__}(): argument 'out' must be Tensor, not {type(out).__name__}"
        )
    return out


def _tensors(args: Any) -> list[Any]:
    """The tensors among arguments, also those in a list of them."""
    found = []
    for x in args:
        if isinstance(x, TensorBase):
            found.append(x)
        elif isinstance(x, tuple | list):
            found += [item for item in x if isinstance(item, TensorBase)]
    return found


def _store(function: Any, target: Any, array: Any, given: list[Any]) -> None:
    """Write a result into its target, which is given the result's shape first."""
    own = target._array
    check_no_repeats(own)
    if any([x is not target and overlap_in_part(own, x._array) for x in given]):
        raise _overlap()
    if own.shape != array.shape:
        if own.size:
            _warn_of_resizing(own.shape, array.shape)
        target._array = own = resized(own, array.shape)
    if _rules_of(function).apart and any(
        [overlap(own, x._array) for x in given]
    ):  # which it may have grown into
        raise _overlap()
    store_(own, array)
    bump(target, f"{function.__name__}(out=...)", 4)


def _overlap() -> RuntimeError:
    return RuntimeError(
        "unsupported operation: some elements of the input tensor and the written-to tensor refer "
        "to a single memory location. Please clone() the tensor before performing the operation."
        " [explain: overlapping-write]"
    )


def _warn_of_resizing(own: Any, needed: Any) -> None:
    warn_user(
        f"An output with one or more elements was resized since it had shape {list(own)}, which "
        f"does not match the required output shape {list(needed)}. This behavior is deprecated, "
        "and in a future PyTorch release outputs will not be resized unless they have zero "
        "elements. You can explicitly reuse an out tensor t by resizing it, inplace, to zero "
        "elements with t.resize_(0).",
    )
