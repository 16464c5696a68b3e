"""Kernels of lists of parameters: where nothing does them at once, a list is a loop."""

import functools
from collections.abc import Callable
from typing import Any

# So many arguments of these come first, and are lists of one length.
LISTS = {"sgd_": 3, "adam_": 6}


def of_each(kernel_: Callable[..., Any], lists: int) -> Callable[..., Any]:
    """Make of the kernel of one parameter that of lists: one after the other."""

    @functools.wraps(kernel_)
    def of_lists_(*args: Any) -> list[Any]:
        return [kernel_(*one, *args[lists:]) for one in zip(*args[:lists], strict=True)]

    return of_lists_
