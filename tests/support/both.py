"""One call, made here and in PyTorch: results, gradients, names, memory and errors must agree."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import minitorch as mt
from tests.support.op_calls import random_like

Call = Callable[..., Any]


def leaves(module: Any, arrays: Any) -> list[Any]:
    """Tensors of a copy of each array; floating-point ones require grad."""
    made = [module.from_numpy(np.array(a)) for a in arrays]
    return [x.requires_grad_() if x.is_floating_point() else x for x in made]


def flat(result: Any) -> list[Any]:
    """The tensors of a result, which may be nested in tuples; other values stay as they are."""
    if isinstance(result, tuple | list):
        return [x for part in result for x in flat(part)]
    return [result]


def is_tensor(x: Any) -> bool:
    return hasattr(x, "requires_grad")


def gradients(module: Any, results: list[Any], inputs: list[Any]) -> list[Any]:
    """Gradients of a random weighted sum of the results, as arrays; zeros where none arrives."""
    wanted = [x for x in inputs if x.requires_grad]
    total: Any = 0
    for x in results:
        if is_tensor(x) and x.requires_grad:
            (weight,) = random_like([x.detach().numpy()], 5)
            total = (
                total + (x * module.from_numpy(np.asarray(weight, x.detach().numpy().dtype))).sum()
            )
    if not is_tensor(total):
        return []
    grads = module.autograd.grad(total, wanted, allow_unused=True)
    return [np.zeros(()) if g is None else g.detach().numpy() for g in grads]


def compare(
    torch: Any,
    call: Call,
    *arrays: Any,
    memory: bool = False,
    rtol: float = 1e-6,
    atol: float = 1e-7,
) -> None:
    """Assert that ``call(module, *tensors)`` gives the same in both: values, dtypes, gradients.

    With ``memory`` strides, offset, contiguity and whether it is a view are compared too.
    """
    ours, theirs = leaves(mt, arrays), leaves(torch, arrays)
    got, want = flat(call(mt, *ours)), flat(call(torch, *theirs))
    assert len(got) == len(want)
    for a, b in zip(got, want, strict=True):
        if not is_tensor(b):
            assert a == b
            continue
        assert tuple(a.shape) == tuple(b.shape)
        assert str(a.dtype) == str(b.dtype)
        assert a.requires_grad == b.requires_grad
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=rtol, atol=atol)
        if memory:
            same_memory(a, b)
    for a, b in zip(gradients(mt, got, ours), gradients(torch, want, theirs), strict=True):
        np.testing.assert_allclose(a, b, rtol=10 * rtol, atol=10 * atol)


def same_memory(a: Any, b: Any) -> None:
    """Assert that two tensors lie in their storages in the same way."""
    assert a._is_view() == b._is_view()
    assert a.is_contiguous() == b.is_contiguous()
    # The stride along a dimension of size 1, or of a tensor without elements, is never used.
    if b.numel():
        assert a.storage_offset() == b.storage_offset()
        used = [i for i, n in enumerate(b.shape) if n != 1]
        assert [a.stride()[i] for i in used] == [b.stride()[i] for i in used]


class Refusal(NamedTuple):
    """A call that must fail, with the class and the key phrase of PyTorch's error."""

    call: Call
    error: type[Exception]
    phrase: str


def refused(module: Any, refusal: Refusal, *arrays: Any) -> None:
    with pytest.raises(refusal.error) as caught:
        refusal.call(module, *leaves(module, arrays))
    assert refusal.phrase in str(caught.value)
