"""What ``vmap`` refuses, in PyTorch's words."""

from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.func import vmap

X = np.random.default_rng(1).standard_normal((4, 3))

# Calls that PyTorch refuses; the message begins as its own.
REFUSED: list[tuple[str, Any, type[Exception], str]] = [
    (
        "list",
        lambda f, x: f(lambda a: a, in_dims=[0])(x),
        ValueError,
        "expected `in_dims` to be int or a (potentially nested) tuple matching the "
        "structure of inputs, got: <class 'list'>",
    ),
    (
        "none",
        lambda f, x: f(lambda a: a, in_dims=None)(x),
        ValueError,
        "expected `in_dims` to be int",
    ),
    (
        "no inputs",
        lambda f, x: f(lambda: 1)(),
        ValueError,
        "got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over a "
        "function with no inputs. The latter is unsupported.",
    ),
    (
        "too many dims",
        lambda f, x: f(lambda a: a, in_dims=(0, 0))(x),
        ValueError,
        "in_dims is not compatible with the structure of `inputs`. in_dims has structure",
    ),
    (
        "other dict",
        lambda f, x: f(lambda a: a, in_dims=({"a": 0},))({"a": x, "b": x}),
        ValueError,
        "in_dims is not compatible with the structure of `inputs`.",
    ),
    (
        "float",
        lambda f, x: f(lambda a: a, in_dims=(0.5,))(x),
        ValueError,
        "Got in_dim=0.5 for an input but in_dim must be either an integer dimension or None.",
    ),
    (
        "no tensor",
        lambda f, x: f(lambda a, b: a)(x, 3.0),
        ValueError,
        "Got in_dim=0 for an input but the input is of type <class 'float'>. We cannot "
        "vmap over non-Tensor arguments, please use None as the respective in_dim",
    ),
    (
        "no such dim",
        lambda f, x: f(lambda a: a, in_dims=2)(x),
        ValueError,
        "Got in_dim=2 for some input, but that input is a Tensor of dimensionality 2 so "
        "expected in_dim to satisfy -2 <= in_dim < 2.",
    ),
    (
        "0-d",
        lambda f, x: f(lambda a: a)(x.sum()),
        ValueError,
        "Got in_dim=0 for some input, but that input is a Tensor of dimensionality 0 so "
        "expected in_dim to satisfy -0 <= in_dim < 0.",
    ),
    (
        "sizes",
        lambda f, x: f(lambda a, b: a)(x, x.t()),
        ValueError,
        "vmap: Expected all tensors to have the same size in the mapped dimension, got "
        "sizes [4, 3] for the mapped dimension",
    ),
    (
        "all None",
        lambda f, x: f(lambda a: a, in_dims=(None,))(x),
        ValueError,
        "vmap: Expected at least one Tensor to vmap over",
    ),
    (
        "returns None",
        lambda f, x: f(_returns(None))(x),
        ValueError,
        "vmap(function, ...): `function` must only return Tensors, got type <class "
        "'NoneType'>. Did you mean to set out_dims= to None for output?",
    ),
    (
        "returns a number",
        lambda f, x: f(_returns(3.0))(x),
        ValueError,
        "`function` must only return Tensors, got type <class 'float'>.",
    ),
    (
        "out of range",
        lambda f, x: f(lambda a: a, out_dims=2)(x),
        IndexError,
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
    ),
    (
        "many out_dims",
        lambda f, x: f(lambda a: (a, a), out_dims=(0, 1, 0))(x),
        ValueError,
        "out_dims is not compatible with the structure of `outputs`. out_dims has structure",
    ),
    (
        "out_dims of one",
        lambda f, x: f(lambda a: a, out_dims=(0, 1))(x),
        ValueError,
        "out_dims is not compatible with the structure of `outputs`. out_dims has structure",
    ),
    (
        "out_dims no int",
        lambda f, x: f(lambda a: a, out_dims="a")(x),
        ValueError,
        "`out_dims` must be an int, None or a python collection of ints representing "
        "where in the outputs the vmapped dimension should appear.",
    ),
    (
        "out None",
        lambda f, x: f(lambda a: a, out_dims=None)(x),
        ValueError,
        "can not return a BatchedTensor when out_dim is None",
    ),
    (
        "randomness",
        lambda f, x: f(lambda a: a, randomness="foo"),
        RuntimeError,
        "Only allowed values for randomness are 'error', 'different', or 'same'. Got foo",
    ),
    (
        "chunks",
        lambda f, x: f(lambda a: a, chunk_size=0),
        ValueError,
        "vmap: chunk_size should be None or greater than 0. (got 0)",
    ),
    (
        "item",
        lambda f, x: f(lambda a: a.sum().item())(x),
        RuntimeError,
        "vmap: It looks like you're calling .item() on a Tensor. We don't support vmap "
        "over calling .item() on a Tensor, please try to rewrite what you're doing with "
        "other operations.",
    ),
    (
        "float()",
        lambda f, x: f(lambda a: float(a.sum()))(x),
        RuntimeError,
        "vmap: It looks like you're calling .item() on a Tensor.",
    ),
    (
        "int()",
        lambda f, x: f(lambda a: int(a.sum()))(x),
        RuntimeError,
        "vmap: It looks like you're calling .item() on a Tensor.",
    ),
    (
        "format",
        lambda f, x: f(lambda a: f"{a.sum():.3f}")(x),
        RuntimeError,
        "vmap: It looks like you're calling .item() on a Tensor.",
    ),
    (
        "in",
        lambda f, x: f(lambda a: 1.0 in a)(x),
        RuntimeError,
        "vmap: It looks like you're calling .item() on a Tensor.",
    ),
    (
        "branch",
        lambda f, x: f(lambda a: a if a.sum() > 0 else -a)(x),
        RuntimeError,
        "vmap: It looks like you're attempting to use a Tensor in some data-dependent "
        "control flow. We don't support that yet",
    ),
    (
        "is_nonzero",
        lambda f, x: f(lambda a: a.sum().is_nonzero())(x),
        RuntimeError,
        "vmap: It looks like you're attempting to use a Tensor in some data-dependent "
        "control flow.",
    ),
    (
        "tolist",
        lambda f, x: f(lambda a: a.tolist())(x),
        RuntimeError,
        "Cannot access data pointer of Tensor that doesn't have storage",
    ),
    (
        "numpy",
        lambda f, x: f(lambda a: a.numpy())(x),
        RuntimeError,
        "Cannot access data pointer of Tensor that doesn't have storage",
    ),
    (
        "asarray",
        lambda f, x: f(lambda a: np.asarray(a))(x),
        RuntimeError,
        "Cannot access data pointer of Tensor that doesn't have storage",
    ),
    (
        "data_ptr",
        lambda f, x: f(lambda a: a.data_ptr())(x),
        RuntimeError,
        "Cannot access data pointer of Tensor that doesn't have storage",
    ),
    (
        "nonzero",
        lambda f, x: f(lambda a: a.nonzero())(x),
        RuntimeError,
        "vmap: We do not support batching operators that can output dynamic shape. "
        "Attempted to vmap over aten::nonzero.",
    ),
    (
        "where",
        lambda f, x: f(lambda a: _of(a).where(a > 0))(x),
        RuntimeError,
        "vmap: We do not support batching operators that can output dynamic shape. "
        "Attempted to vmap over aten::where.",
    ),
    (
        "unique",
        lambda f, x: f(lambda a: a.unique())(x),
        RuntimeError,
        "vmap: We do not support batching operators that can output dynamic shape. "
        "Attempted to vmap over aten::_unique2.",
    ),
    (
        "masked_select",
        lambda f, x: f(lambda a: a.masked_select(a > 0))(x),
        RuntimeError,
        "vmap: Attempted to vmap over `mask` in torch.masked_select(self, mask) We "
        "cannot support this because for each batch this would return a differently "
        "shaped Tensor.",
    ),
    (
        "x[mask]",
        lambda f, x: f(lambda a: a[a > 0])(x),
        RuntimeError,
        "vmap: We do not support batching operators that can support dynamic shape. "
        "Attempting to batch over indexing with a boolean mask",
    ),
    (
        "x[mask] = 0",
        lambda f, x: f(_write_mask)(x),
        RuntimeError,
        "vmap: We do not support batching operators that can support dynamic shape. "
        "Attempting to batch over indexing with a boolean mask",
    ),
    (
        "allclose",
        lambda f, x: f(lambda a: _of(a).allclose(a, a))(x),
        RuntimeError,
        "vmap over torch.allclose isn't supported yet",
    ),
    (
        "one_hot",
        lambda f, x: f(lambda a: _of(a).nn.functional.one_hot(a))(x.abs().long()),
        RuntimeError,
        "When vmap-ing torch.nn.functional.one_hot, please provide an explicit positive "
        "num_classes argument",
    ),
    (
        "write to what is shared",
        lambda f, x: f(lambda a, b: b.copy_(a), (0, None))(x, x[0].clone()),
        RuntimeError,
        "vmap: inplace arithmetic(self, *extra_args) is not possible because there "
        "exists a Tensor `other` in extra_args that has more elements than `self`. This "
        "happened due to `other` being vmapped over but `self` not being vmapped over in "
        "a vmap. Please try to use out-of-place operators instead of inplace arithmetic",
    ),
    (
        "backward",
        lambda f, x: f(lambda a: a.backward())(x),
        RuntimeError,
        "backward() called inside a functorch transform. This is not supported",
    ),
    (
        "rand",
        lambda f, x: f(lambda a: a + _of(a).rand(3))(x),
        RuntimeError,
        "vmap: called random operation while in randomness error mode. Please either use "
        "the 'same' or 'different' randomness flags on vmap or perform the randomness "
        "operation out of vmap",
    ),
    (
        "index out of range",
        lambda f, x: f(lambda a, i: a[i])(x, _of(x).tensor([0, 1, 2, 5])),
        IndexError,
        "index 5 is out of bounds for dimension",
    ),
    (
        "gather out of range",
        lambda f, x: f(lambda a, i: a.gather(0, i))(x, _of(x).tensor([[0], [1], [2], [5]])),
        RuntimeError,
        "index 5 is out of bounds for dimension",
    ),
]


def _returns(value: Any) -> Any:
    def function(a: Any) -> Any:
        return value

    return function


def _of(x: Any) -> Any:
    """The library that a tensor is of."""
    return mt if isinstance(x, mt.Tensor) else pytest.importorskip("torch")


def _write_mask(a: Any) -> Any:
    a = a.clone()
    a[a > 0] = 0.0
    return a


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row[0])
def test_refused(row: Any) -> None:
    _, call, error, message = row
    with pytest.raises(error) as caught:
        call(vmap, mt.tensor(X))
    assert message in str(caught.value)


@pytest.mark.parametrize("row", REFUSED, ids=lambda row: row[0])
def test_refused_in_the_same_words(torch: Any, row: Any) -> None:
    _, call, error, message = row
    with pytest.raises(error) as caught:
        call(torch.func.vmap, torch.tensor(X))
    assert message.rstrip(".") in str(caught.value)
