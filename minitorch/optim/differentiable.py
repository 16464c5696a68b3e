"""Steps that are differentiated: kernels of updates that take tensors and record what they do."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from minitorch import kernels
from minitorch.autograd.grad_mode import enable_grad
from minitorch.kernels.lists import LISTS, of_each
from minitorch.tensor import Tensor


@contextmanager
def tracing() -> Iterator[None]:
    """Record steps in a block: ``kernels.active().update`` are formulas in tensors there."""
    from minitorch.kernels.reference.update import FORMULAS

    traced = {f"{name}_": _written(formula) for name, formula in FORMULAS.items()}
    traced |= {name: of_each(traced[name], lists) for name, lists in LISTS.items()}
    before = kernels.active()
    update = dataclasses.replace(before.update, **traced)
    with enable_grad(), kernels.using(dataclasses.replace(before, update=update)):
        yield


def _written(formula: Any) -> Callable[..., Any]:
    """The kernel of a formula: what it gives is written into the tensors it came from."""

    def kernel_(param: Tensor, grad: Tensor, *args: Any) -> Any:
        # Copies: what the formula saves for its backward must not be written to.
        given = [arg.clone() if isinstance(arg, Tensor) else arg for arg in args]
        new = formula(param.clone(), grad, *given)
        last = None
        for old, value in zip((param, *args), new, strict=False):  # options have no new value
            if old is not None:
                last = old.copy_(value)
            else:  # what is started now; SGD's first buffer is the gradient
                last = value if value is None else value.clone()
        return last

    return kernel_
