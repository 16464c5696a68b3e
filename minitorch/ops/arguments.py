"""What is no tensor where one is expected: looked at when a call fails, so that others pay nothing.

Functions that take ``out``, or NumPy's names, find it out as well.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np

from minitorch.autograd.sites import warn_user
from minitorch.autograd.variable import TensorBase

F = TypeVar("F", bound=Callable[..., Any])


class Flags:
    """The parameters of a function for which PyTorch takes a bool alone: those annotated so.

    Else ``x.sum(0, 1)``, which means two dimensions, would be a sum over one that keeps it.
    """

    def __init__(self, function: Any) -> None:
        self._function = function.__name__
        code = None if hasattr(function, "__wrapped__") else function.__code__  # looked at within
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if code else ()
        kinds = function.__annotations__
        self._places = {n: i for i, n in enumerate(names) if kinds.get(n) in _BOOL}
        self.first = min(self._places.values(), default=99)  # calls with no more need no look

    def check(self, args: Any, kwargs: dict[str, Any]) -> None:
        """Refuse other values.

        Raises:
            TypeError: for the first of them.
        """
        for name, i in self._places.items():
            value = args[i] if i < len(args) else kwargs.get(name, False)
            if value is not True and value is not False:
                kind = type(value).__name__
                raise TypeError(f"{self._function}(): argument '{name}' must be bool, not {kind}")


_BOOL = ("bool", "builtins.bool")


def takes_tensors(function: F) -> F:
    """Have a function raise PyTorch's TypeError for what is no tensor, and for flags of numbers.

    A method made of it by :func:`~minitorch.ops.out.method` is what the decorator was given.
    """
    flags = Flags(function)

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if kwargs or len(args) > flags.first:
            flags.check(args, kwargs)
        try:
            return function(*args, **kwargs)
        except AttributeError as error:
            raise explained(error, function, args, kwargs) from None

    return cast("F", checked)


def need_tensors(*values: Any) -> None:
    """Fail with what `explained` makes PyTorch's TypeError of, where a value is no tensor."""
    for value in values:
        value._array  # noqa: B018 - which tensors have


def explained(
    error: AttributeError, function: Callable[..., Any], args: Any, kwargs: dict[str, Any]
) -> Exception:
    """Return PyTorch's TypeError if an argument is at fault, for it is no tensor; else the error.

    Args:
        error: what was raised, by ``x._array`` of such an argument, or by what arrays have.
        function: what was called.
        args: with which arguments.
        kwargs: with which others, by name.
    """
    known = (TensorBase._result_class, np.ndarray)
    if error.name != "_array" and not any([hasattr(kind, error.name or "") for kind in known]):
        return error  # of the user's code within the call, which has None or a list of its own
    names = list(inspect.signature(function).parameters)
    given = dict(zip(names, args, strict=False)) | kwargs
    for name, value in given.items():
        if value is error.obj and not isinstance(value, TensorBase):
            return TypeError(
                f"{function.__name__}(): argument '{name}' (position {names.index(name) + 1}) must "
                f"be Tensor, not {type(value).__name__}"
            )
    return error


def factors_first(function: F) -> F:
    """Have ``addmm`` or one of its like read its arguments as before PyTorch 1.5, too.

    ``addmm(beta, input, alpha, mat1, mat2)``, as a method ``x.addmm_(beta, alpha, mat1, mat2)``,
    both also without ``alpha``.
    """

    @wraps(function)
    def read(*args: Any, **kwargs: Any) -> Any:
        if len(args) > 3:
            args, kwargs = _factors_last(function, args, kwargs)
        return function(*args, **kwargs)

    return cast("F", read)


def _factors_last(function: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    name = function.__name__
    numbers = [x for x in args if isinstance(x, int | float | complex | np.number)]
    tensors = [x for x in args if isinstance(x, TensorBase)]
    # Whether each is a tensor; the order of a function, and of a method.
    kinds = [isinstance(x, TensorBase) for x in args]
    known = [[False, True, False, True, True], [True, False, False, True, True]]
    known += [[False, True, True, True], [True, False, True, True]]
    fits = len(numbers) + len(tensors) == len(args) and kinds in known
    if not fits or {"beta", "alpha"} & {*kwargs}:
        advice = f"The factors are keywords: {name}(input, a, b, beta=2, alpha=3)."
        raise _invalid_combination(name, args, advice)
    warn_user(
        f"This overload of {name} is deprecated, its factors come first: write "
        f"{name}(input, a, b, beta=beta, alpha=alpha)."
    )
    return tensors, {**kwargs, **dict(zip(("beta", "alpha"), numbers, strict=False))}


def _invalid_combination(name: str, given: Iterable[Any], advice: str) -> TypeError:
    kinds = ", ".join([type(x).__name__ for x in given])
    return TypeError(
        f"{name}() received an invalid combination of arguments - got ({kinds}). {advice}"
    )


def factor_first(name: str, factor: str, today: Any, *given: Any) -> tuple[Any, ...]:
    """Read arguments in their order before PyTorch 1.5: ``x.add_(-lr, grad)``, of old optimizers.

    Args:
        name: what was called.
        factor: the keyword by which the number is given today.
        today: what was given so as well; 1 if nothing was.
        given: the number, and the tensors that it multiplies.

    Returns:
        The tensors, and the number after them.

    Raises:
        TypeError: if they are no such arguments.
    """
    number, *tensors = given
    names = ["other"] if factor == "alpha" else ["tensor1", "tensor2"]
    if isinstance(number, TensorBase) and number._array.ndim == 0 and not number._requires_grad:
        number = number._array.item()
    fits = isinstance(number, int | float | complex | np.number) and len(tensors) == len(names)
    if not fits or today != 1 or not all([isinstance(x, TensorBase) for x in tensors]):
        call = f"{name}({', '.join(names)}, {factor}=2)"
        advice = f"The factor of what is added is a keyword: {call}."
        raise _invalid_combination(name, given, advice)
    warn_user(
        f"This overload of {name} is deprecated: {name}({factor}, {', '.join(names)}). Write "
        f"{name}({', '.join(names)}, {factor}={factor})."
    )
    return (*tensors, number)
