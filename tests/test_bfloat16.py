"""bfloat16: what is made, cast, printed, moved and computed is PyTorch's, to the bit."""

import copy
import pickle
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch import nn
from tests.support.parity import array_of, assert_same, tensor_of, written

EXPRESSIONS = """
a * 0.1 ;; a + 0.1 ;; a - 1001 ;; 1001 - a ;; a / 3 ;; 5.5 / a ;; a // 0.3 ;; a % 0.3
2.2222 ** a ;; a > 2.1 ;; a == 1001 ;; a.clamp(0.1, 2.3) ;; a ** 0.3333 ;; a.lerp(b, 0.333)
a.fmod(0.333) ;; v.add(v / 7, alpha=0.333) ;; a.addcmul(a, b, value=0.3)
a.addcdiv(a, b + 1, value=0.3) ;; a + a.half() ;; a + a.double().sum() ;; a.int() * a.sum()
torch.where(a > 2, a, 0.1) ;; torch.where(a > 2, a, a.half())
torch.addmm(a @ b.t(), a, b.t(), beta=0.7, alpha=0.3) ;; a @ b.t()
torch.einsum('ij,kj->ik', a, b) ;; torch.full((100000,), 0.01, dtype=a.dtype).sum()
torch.full((300,), 0.01, dtype=a.dtype).cumsum(0) ;; a.mean() ;; a.var() ;; a.norm() ;; a.prod()
a.softmax(1) ;; a.logsumexp(1) ;; a.sum(dtype=torch.float32)
torch.tensor([1.0, torch.nan, -1.0, torch.inf, -0.0], dtype=a.dtype).sort() ;; a.max(1)
a.median() ;; torch.nextafter(a, b) ;; a.frexp() ;; torch.nan_to_num(a / 0) ;; a.round()
a.unique() ;; a.topk(2) ;; a.clone().add_(torch.ones(3)) ;; torch.ones(3).add_(a[0])
a.clone().mul_(0.1) ;; a.int().add_(a) ;; a.clone().addcmul_(a, b, value=0.3)
torch.ones(3).copy_(a[0]) ;; a.clone().copy_(torch.full((3,), 0.1)) ;; a.view(torch.int16)
a.view(torch.float32) ;; a.t().contiguous() ;; a.as_strided((2, 2), (1, 1))
a.expand(2, 2, 3) * 1 ;; a.unfold(1, 2, 1) ;; a[:, ::2] ;; a[a > 2]
torch.cat([a, b, a.float()]) ;; a.type() ;; a.type(torch.float64)
torch.ones(2).type('torch.BFloat16Tensor') ;; torch.BFloat16Tensor([1, 2])
isinstance(a, torch.BFloat16Tensor) ;; a.untyped_storage().nbytes() ;; a.tolist()
a[0, 1].item() ;; float(a.sum()) ;; str(a / 3) ;; repr(a * 1e5) ;; f'{a[1, 1] / 3:.3f}'
torch.tensor([1e40, -1e40, 3.4e38, 1 + 2**-9 + 2**-20, 1 + 3 * 2**-9], dtype=a.dtype)
torch.full((2,), 1e39, dtype=a.dtype) ;; a.numpy() ;; a & a ;; torch.cdist(a, a)
torch.linalg.inv(a[:, :2]) ;; torch.func.vmap(lambda x: x * 0.1 + x.sum())(a)
torch.func.grad(lambda x: (x * 0.1).sin().sum())(a)
torch.func.grad(lambda e: (v[2:5:2] ** e).sum())(torch.ones(2))
torch.func.vmap(lambda x: (x.expand(2, 3) + 1).sum(0))(a)
torch.nn.functional.layer_norm(a, (3,), torch.ones(3), torch.ones(3))
torch.nn.functional.gelu(a)
torch.nn.functional.batch_norm(a, torch.zeros(3), torch.ones(3), training=True) ;; a.sigmoid()
torch.nn.functional.conv1d(a[None], b[None].transpose(0, 1)[:, :, :2].expand(2, 2, 2))
torch.poisson(a) ;; torch.binomial(a, a) ;; torch.bernoulli(a / 9) ;; torch.multinomial(a, 2)
a.exponential_() ;; torch.nn.functional.dropout(a, 0.3) ;; torch.randperm(9, dtype=a.dtype)
torch.nn.init.orthogonal_(a) ;; a.untyped_storage().tolist()[:6] ;; torch.sub(v, v / 7, alpha=0.333)
torch.rsub(v, v / 7, alpha=0.333) ;; v.clone().sub_(v / 7, alpha=0.333)
"""


def _names(lib: Any) -> dict[str, Any]:
    lib.manual_seed(0)
    a = lib.arange(6, dtype=lib.bfloat16).view(2, 3)
    return {"a": a, "b": a * 1.7 + 0.3, "v": lib.arange(64, dtype=lib.bfloat16)}


@pytest.mark.parametrize("expression", re.split(r" ;; |\n", EXPRESSIONS.strip()))
def test_expressions_agree_with_pytorch_to_the_bit(torch: Any, expression: str) -> None:
    assert_same(torch, written(expression, _names))


LAYERS: dict[str, tuple[Callable[[Any], Any], tuple[int, ...]]] = {
    "Linear": (lambda m: m.nn.Linear(5, 3), (4, 5)),
    "Conv2d": (lambda m: m.nn.Conv2d(3, 4, 3, padding=1), (2, 3, 6, 6)),
    "BatchNorm2d": (lambda m: m.nn.BatchNorm2d(3), (4, 3, 5, 5)),
    "LayerNorm": (lambda m: m.nn.LayerNorm(6), (4, 6)),
    "LSTM": (lambda m: m.nn.LSTM(4, 5), (3, 2, 4)),
    "transformer": (lambda m: m.nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0), (3, 2, 8)),
    "pooling": (lambda m: m.nn.AvgPool2d(2), (2, 3, 6, 6)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_and_their_gradients_are_pytorchs_but_for_rounding(torch: Any, name: str) -> None:
    make, shape = LAYERS[name]
    numbers = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    sides = []
    for m in (mt, torch):
        m.manual_seed(0)
        layer = make(m).bfloat16()
        x = m.from_numpy(numbers).bfloat16().requires_grad_()
        out = layer(x)
        out = out[0] if isinstance(out, tuple) else out
        out.float().sin().sum().backward()
        sides.append([out, x.grad, *[p.grad for p in layer.parameters()], *layer.buffers()])
    for ours, theirs in zip(*sides, strict=True):
        assert str(ours.dtype) == str(theirs.dtype)
        a, b = array_of(ours), array_of(theirs)
        np.testing.assert_allclose(a, b, rtol=0, atol=0.016 * np.abs(b).max())


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
def test_optimizers_step_in_bfloat16(torch: Any, name: str) -> None:
    sides = []
    for m in (mt, torch):
        w = m.nn.Parameter(m.linspace(-1, 1, 7, dtype=m.bfloat16))
        optimizer = getattr(m.optim, name)([w], lr=0.1)
        for _ in range(5):
            optimizer.zero_grad()
            (w * w).sum().backward()
            optimizer.step()
        state = {str(s.dtype) for s in optimizer.state[w].values() if isinstance(s, m.Tensor)}
        sides.append((array_of(w), state))
    np.testing.assert_allclose(sides[0][0], sides[1][0], atol=0.01)
    assert sides[0][1] == sides[1][1]


def test_memory_is_shared_with_other_libraries(torch: Any) -> None:
    for theirs in (torch.ones(2, dtype=torch.bfloat16), np.ones(2, mt.bfloat16.numpy)):
        take = mt.from_numpy if isinstance(theirs, np.ndarray) else mt.from_dlpack
        take(theirs).add_(0.5)
        assert theirs.tolist() == [1.5, 1.5]
    ours = mt.ones(3, dtype=mt.bfloat16)
    torch.from_dlpack(ours[1:]).fill_(0.1)
    assert ours.tolist() == [1.0, 0.10009765625, 0.10009765625]
    assert mt.from_dlpack(mt.to_dlpack(ours)).dtype is mt.bfloat16
    assert mt.as_tensor(torch.ones(2, dtype=torch.bfloat16)).dtype is mt.bfloat16
    assert mt.from_dlpack(torch.ones(2, dtype=torch.int16)).dtype is mt.int16


def test_copies_and_pickles_keep_what_is_shared() -> None:
    whole = mt.arange(6, dtype=mt.bfloat16).view(2, 3)
    for again in (copy.deepcopy([whole, whole[1]]), pickle.loads(pickle.dumps([whole, whole[1]]))):
        assert (again[0] == whole).all() and again[1].dtype is mt.bfloat16
    again = copy.deepcopy([whole, whole[1]])
    again[1].zero_()
    assert again[0].sum() == 3
    grown = mt.ones(2, dtype=mt.bfloat16).resize_(3)
    assert grown.share_memory_().is_shared()


def test_casts_are_pytorchs_for_every_number(torch: Any) -> None:
    """All of bfloat16 to float32, and of each neighbourhood of float32 to bfloat16."""
    every = np.arange(2**16, dtype=np.uint16).view(mt.bfloat16.numpy)
    assert_same(torch, lambda lib: tensor_of(lib, every).float())
    halves = np.concatenate(
        [every.view(np.uint16) * np.uint32(2**16) + n for n in (0x7FFF, 0x8000, 0x8001)]
    )
    numbers = halves.astype(np.uint32).view(np.float32)
    assert_same(torch, lambda lib: lib.from_numpy(numbers).bfloat16())
    assert_same(torch, lambda lib: lib.from_numpy(numbers.astype(np.float64)).bfloat16())


def test_a_module_is_converted_where_it_has_floats() -> None:
    layer = nn.BatchNorm1d(3).bfloat16()
    assert {b.dtype for b in layer.buffers()} == {mt.bfloat16, mt.int64}
    assert all(p.dtype is mt.bfloat16 for p in layer.parameters())
