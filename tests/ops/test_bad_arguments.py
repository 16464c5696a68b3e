"""What cannot be computed is refused in PyTorch's words, not NumPy's; what can, is computed."""

import re

import pytest

from tests.support.parity import assert_same, written

EXPRESSIONS = """
int(x) ;; float(x) ;; complex(x) ;; int(x[:0]) ;; float(s) ;; int(s) ;; bool(x[:0]) ;; x.item()
reversed(x) ;; reversed(i) ;; reversed(s) ;; list(reversed(i))
s.chunk(2) ;; i.chunk(2.0) ;; i.chunk(0) ;; s.split(1) ;; s.split([1]) ;; i.split([4, -1])
i.split([1, 1]) ;; i.split(2.0) ;; s.unbind() ;; i.unbind(1)
x.repeat(-2, 1) ;; x.repeat(2) ;; x.repeat(2, 2.5) ;; i.tile(-2) ;; i.tile(2.0)
i.roll(1, ()) ;; x.roll(2, dims=()) ;; x.roll((2,), ()) ;; x.roll((), ()) ;; x.roll((1, 2), ())
x.roll((1, 2)) ;; s.roll(1) ;; s.roll(1, 0) ;; x.roll(1.5) ;; x.roll(1, 2)
i.repeat_interleave(-1) ;; i.repeat_interleave(i - 2) ;; i.repeat_interleave(i[:2])
i.repeat_interleave(i[1]) ;; i.repeat_interleave(i[1:2]) ;; i.repeat_interleave(i[None])
i.repeat_interleave(x[0]) ;; i.repeat_interleave([1, 2, 3]) ;; x.repeat_interleave(i, 1)
x.repeat_interleave(2, 2) ;; s.repeat_interleave(2) ;; s.repeat_interleave(i[:1], 0)
i.repeat_interleave(2, output_size=6) ;; i.repeat_interleave(2, output_size=5)
i.repeat_interleave(i, output_size=6) ;; i.repeat_interleave(i, output_size=5)
torch.repeat_interleave(i) ;; torch.repeat_interleave(i, output_size=6)
torch.repeat_interleave(i, output_size=5) ;; torch.repeat_interleave(x[0])
torch.exp(3) ;; torch.exp_(3) ;; torch.sum([1]) ;; torch.relu(3)
torch.reshape([1], (1,)) ;; torch.permute(3, ()) ;; torch.flatten(3) ;; torch.diagonal(3)
torch.clone(3) ;; torch.detach(3) ;; torch.numel(3) ;; torch.flip(3, (0,)) ;; torch.tile(3, (2,))
torch.unique(3) ;; torch.trace(3) ;; torch.chunk(3, 2) ;; torch.cat([x, 3]) ;; torch.softmax(3, 0)
torch.bernoulli(3) ;; torch.multinomial(3, 1) ;; x.bernoulli_('a') ;; x.normal_('a')
x.bernoulli_(i[:2] > 1)
x.mm(3) ;; x.mv(3) ;; i.dot(3) ;; x.matmul(3) ;; x @ 3 ;; x.addmm(3, x) ;; x.gather(0, 3)
x.index_select(0, [1]) ;; x.masked_fill(3, 0) ;; x.masked_select(3) ;; x.masked_scatter(3, x)
x.inner(3) ;; x.where(3, x) ;; x.equal(3) ;; x.allclose(3) ;; x.isclose(3) ;; x.expand_as(3)
x.view_as(3) ;; x.type_as(3)
leaf.cumsum_(0) ;; leaf[0].cumprod_(0) ;; leaf.deg2rad_() ;; leaf.addr_(leaf[0], leaf[0])
leaf.put_(i, x[0]) ;; leaf.detach().clone().renorm_(2, 0, 1.0) ;; i.rad2deg_() ;; i.cumsum_(0)
torch.zeros(o).amax(0) ;; torch.randn(o).aminmax(dim=0) ;; s.reshape(o).sum(0) ;; s.expand(o).any(0)
s.repeat(o).std(0) ;; torch.zeros(o[1:])[None].sum(0) ;; torch.stack([s.view(o[1:])]).prod(0)
torch.narrow_copy(x, -3, 0, 1) ;; torch.narrow_copy(s, 0, 0, 1)
torch.narrow_copy(x, -1, -1, 1)
torch.Tensor.__radd__(2, x) ;; torch.Tensor.__rmul__(2, x) ;; torch.Tensor.__radd__(2, 3)
torch.Tensor.__rand__(2, i) ;; torch.Tensor.__ror__(2, i) ;; torch.Tensor.__rxor__(2, 3)
torch.Tensor.__rsub__(2, x) ;; torch.Tensor.__rsub__(2, 3) ;; torch.Tensor.__rmod__(2, 3)
torch.Tensor.__rpow__(2, 3) ;; torch.Tensor.__rlshift__(2, 3) ;; torch.Tensor.__rmatmul__(2, x)
torch.Tensor.__radd__(x, 'a') ;; torch.Tensor.__rand__(i, None) ;; torch.Tensor.__rsub__(x, 'a')
torch.eq(2, x) ;; torch.rsub(2, x) ;; torch.lt(2.5, x) ;; torch.max(2, x) ;; torch.clamp_min(2, x)
torch.maximum(x, 2) ;; x.minimum(2) ;; torch.logical_and(2, x) ;; x.logical_or(2)
x.clone().logical_xor_(2) ;; torch.linspace(i, i, 2) ;; x.narrow(0, i, 1) ;; x.narrow(0, s, 1)
x.copy_('a') ;; torch.promote_types(3, torch.int8) ;; torch.can_cast(torch.int8, 'a')
torch.promote_types(float, int) ;; torch.can_cast(torch.float32, int)
x.sum(True) ;; x.sum(2.5) ;; x.max(True) ;; x.max(2.5) ;; x.argmax(()) ;; x.argmax((0,))
x.sum(2**70) ;; x.tril(2**70) ;; x.tril(2.5) ;; x.diag(2**70) ;; x.diagonal(2.5) ;; x.topk(True)
x.topk(2**70) ;; x.topk(i) ;; x.narrow(0, 1.5, 1) ;; x.narrow(0, 2**70, 1) ;; x.select(0, 1.5)
x.chunk(2**70) ;; torch.eye(i) ;; torch.eye(2**70) ;; torch.zeros(2**70) ;; torch.zeros(2**62)
x.all(()) ;; x.any([]) ;; i[:0].all(()) ;; x.all((), keepdim=True) ;; s.unflatten(0, (1,))
torch.hstack([]) ;; torch.vstack([]) ;; torch.meshgrid() ;; torch.meshgrid(3)
torch.meshgrid(x, indexing='ij') ;; torch.meshgrid([i, i], i)
torch.tensordot(x, i) ;; torch.tensordot(x, x, -1) ;; torch.tensordot(x, x, 3)
torch.tensordot(x, x, ([0, 1], [0])) ;; torch.tensordot(x, x, ([0], [1]))
torch.tensordot(x, x, ([0, 0], [0, 0])) ;; torch.tensordot(x, x, ([0], [5]))
torch.tensordot(x, x, 'a') ;; torch.tensordot(x, x, torch.tensor(2))
torch.tensordot(x, x, torch.tensor([[0], [0]]))
torch.einsum('ij') ;; torch.einsum(x) ;; torch.einsum('ij', 3) ;; torch.einsum(x, [0, 1])
torch.einsum(x, [0, 1], [1, 0]) ;; torch.einsum(x, [0, 51], x, [2, 51], [0, 2])
torch.einsum(x, [..., 0], [0, ...]) ;; torch.einsum(x, [0, 52])
i.round() ;; i.round(decimals=1) ;; (x > 1).round() ;; (x > 1).floor_() ;; i.int().ceil()
x.lerp(x.double(), 0.5) ;; x.lerp(x, x.double()) ;; x.lerp(i, 0.5) ;; i.lerp(i, 1) ;; i.lerp(i, i)
x.lerp(x, torch.tensor(2)) ;; x.lerp(x, s.double()) ;; x.clone().lerp_(x.double(), 0.5)
i.int().sum_to_size(()) ;; i.int().sum_to_size(1) ;; i.int().sum_to_size(3)
(i > 1).sum_to_size(1)
F.elu(x, 'a') ;; F.elu(x[:0], None) ;; F.leaky_relu(x, 'a') ;; F.softplus(x, ()) ;; F.one_hot(3)
F.pad(x, x) ;; F.pad(x, 'a') ;; F.pad(x, (1.5, 1))
F.adaptive_avg_pool2d(s, 1) ;; F.adaptive_avg_pool2d(s, 2)
F.cross_entropy(i[:0] * s, i[:0] * s)
x.sum_to_size(2) ;; x.sum_to_size(1, 2, 3) ;; x.half().sum_to_size(1, 3) ;; x.sum_to_size('a')
"""


def things(lib):
    x, i, s = lib.arange(6.0).reshape(2, 3), lib.tensor([1, 2, 3]), lib.tensor(2.5)
    leaf = lib.ones(2, 2, requires_grad=True)
    return {"x": x, "i": i, "s": s, "o": [1] * 65, "leaf": leaf, "F": lib.nn.functional}


@pytest.mark.parametrize("expression", re.split(r" ;; |\n", EXPRESSIONS.strip()))
def test_is_as_in_pytorch(torch, expression):
    assert_same(torch, written(expression, things))
