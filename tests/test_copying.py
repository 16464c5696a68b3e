"""Copies and pickles of tensors: what shares memory does afterwards, and attributes come along."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch as mt


def _buffers(T: Any) -> Any:
    module = T.nn.Module()
    whole = T.arange(4.0)
    module.register_buffer("whole", whole)
    module.register_buffer("part", whole[1:3])
    module.plain = whole.detach()
    module.weight = module.tied = T.nn.Parameter(T.ones(3))
    twin = copy.deepcopy(module)
    twin.part.fill_(9)
    twin.tied.data.fill_(5)
    return twin.whole, twin.part, twin.plain, twin.weight, module.whole, module.weight


def _detached(T: Any) -> Any:
    x = T.ones(3, requires_grad=True)
    a, b = copy.deepcopy((x, x.detach()))
    b[0] = 7
    return a, b, a.requires_grad, b.requires_grad


def _views(T: Any) -> Any:
    x = T.arange(12.0).view(3, 4).t()
    copies = copy.deepcopy([x[0], x, x.t(), x[1:, ::2], x.t().reshape(-1)[2:]])
    copies[1][2, 1] = 50
    return *copies, x, [y.stride() for y in copies], [y.storage_offset() for y in copies]


def _expanded(T: Any) -> Any:
    x, y = copy.deepcopy([(row := T.ones(1, 3)).expand(4, 3), row])
    y[0, 1] = 2
    return x, x.stride(), x.untyped_storage().nbytes()


def _other_dtypes(T: Any) -> Any:
    x = T.arange(4.0)
    a, b = copy.deepcopy([x, x.view(T.int32)])
    a.zero_()
    return b, b.dtype


def _grads(T: Any) -> Any:
    x = T.ones(3, requires_grad=True)
    (x * T.arange(3.0)).sum().backward()
    a, b = copy.deepcopy([x, x.grad[1:]])
    b.zero_()
    return a, a.grad, x.grad


def _part_of_an_array(T: Any) -> Any:
    whole = np.arange(100.0)
    x = T.from_numpy(whole[10:20:3])
    twin = copy.deepcopy(x)
    twin[0] = 5
    whole[13] = 7
    return x, twin, x.storage_offset(), twin.storage_offset()


def _no_elements(T: Any) -> Any:
    a, b = copy.deepcopy([x := T.zeros(0, 3), x[:, 1:]])
    return a, b, list(a.shape), list(b.shape)


def _with_one_memo(T: Any) -> Any:
    x, memo = T.arange(4.0), {}
    a, b = copy.deepcopy(x, memo), copy.deepcopy(x[1:], memo)
    b.zero_()
    return a, x


def _parameters_stand_alone(T: Any) -> Any:
    weight = T.nn.Parameter(T.ones(3, 2).t())
    a, b = copy.deepcopy([weight, weight.detach()])
    b.zero_()
    return a, a.stride(), a.requires_grad


CASES = (
    _buffers, _detached, _views, _expanded, _other_dtypes, _grads, _part_of_an_array, _no_elements,
    _with_one_memo, _parameters_stand_alone,
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__.strip("_"))
def test_deepcopy_keeps_what_is_shared(torch: Any, case: Callable[[Any], Any]) -> None:
    for mine, theirs in zip(case(mt), case(torch), strict=True):
        if isinstance(theirs, torch.Tensor):
            np.testing.assert_array_equal(mine.detach().numpy(), theirs.detach().numpy())
        else:
            assert str(mine) == str(theirs)


KINDS: dict[str, Callable[[], Any]] = {
    "tensor": lambda: mt.ones(3),
    "tensor that requires grad": lambda: mt.ones(3, requires_grad=True),
    "parameter": lambda: mt.nn.Parameter(mt.ones(3)),
    "frozen parameter": lambda: mt.nn.Parameter(mt.ones(3), requires_grad=False),
    "buffer": lambda: mt.nn.Buffer(mt.ones(3), persistent=False),
}
WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda x: pickle.loads(pickle.dumps(x)),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_attributes_come_along(kind: Callable[[], Any], way: Callable[[Any], Any]) -> None:
    """Also those of a deep-copied parameter, which PyTorch forgets."""
    x = kind()
    x.tag, x.names = 1, ["a"]
    module = mt.nn.Module()
    module.x = x
    for twin in (way(x), way(module).x, way([x])[0]):
        assert type(twin) is type(x)
        assert (twin.tag, twin.names) == (1, ["a"])
        assert twin.requires_grad == x.requires_grad
        assert getattr(twin, "persistent", None) == getattr(x, "persistent", None)
    assert (way(x).names is x.names) == (way is copy.copy)
    assert (way(x).data_ptr() == x.data_ptr()) == (way is copy.copy)


def test_attributes_may_lead_back() -> None:
    x = mt.nn.Parameter(mt.ones(2))
    x.me = x
    twin = copy.deepcopy(x)
    assert twin.me is twin
    assert twin is not x
