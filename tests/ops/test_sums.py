"""Every place that sums keeps float32's digits over many rows, forward and backward.

NumPy adds the rows of a matrix one after the other: each call here is wrong by more than is
allowed where a place sums so.
"""

import numpy as np
import pytest

import minitorch as mt
import minitorch.nn.functional as F

N = 200_000


def rows(*shape):
    return np.random.default_rng(1).random(shape) + 0.5


def labels(*shape):
    return np.random.default_rng(2).integers(0, 3, shape)


PLANES = rows(3, N, 2).transpose(2, 0, 1)
X, XY = rows(N, 2), rows(N, 2, 3)


def written_to(x, y):
    own = x * 1
    repeated = own.expand(N, 2)
    own.mul_(2)  # now what was expanded hangs on the write
    return repeated * y


def smoothed(x, y):
    return F.cross_entropy(x, y, label_smoothing=0.1)


def white(x, *weights):
    return F.batch_norm(x, None, None, *weights, training=True)


LAYOUTS = {  # an array, and the dimensions to reduce
    "rows": (X, 0),
    "transposed": (X.T, 1),
    "columns_of_transposed": (np.ascontiguousarray(X.T).T, 0),
    "part": (rows(N, 4)[:, :2], 0),
    "whole_part": (rows(N, 4)[:, :2], (0, 1)),
    "every_second": (rows(2 * N, 2)[::2], 0),
    "middle": (rows(2, N, 3), 1),
    "first_two": (XY, (0, 1)),
    "first_and_last": (XY, (0, 2)),
    "first_and_middle_of_permuted": (XY.transpose(1, 0, 2), (0, 1)),
    "last_two": (rows(2, 3, N), (1, 2)),
}
REDUCTIONS = {
    "sum": lambda x, dims: x.sum(dims),
    "mean": lambda x, dims: x.mean(dims),
    "var": lambda x, dims: x.var(dims),
    "std": lambda x, dims: x.std(dims),
    "norm": lambda x, dims: x.norm(2, dims),
    "norm_1": lambda x, dims: x.norm(1, dims),
    "norm_3": lambda x, dims: x.norm(3, dims),
    "logsumexp": lambda x, dims: x.logsumexp(dims).exp(),
}
PLACES = {
    "softmax": (lambda x: F.softmax(x, 0) * x.log(), X),
    "log_softmax": (lambda x: F.log_softmax(x, 0) * x, X),
    "cumsum": (lambda x: x.cumsum(0), X),
    "cumsum_middle": (lambda x: x.cumsum(1), rows(2, N, 3)),
    "sum_to_size": (lambda x: x.sum_to_size(1, 2), X),
    "broadcast": (lambda x, y: x * y, X, rows(2)),
    "broadcast_in_the_middle": (lambda x, y: x + y, rows(2, N, 3), rows(2, 1, 3)),
    "expand": (lambda x, y: x.expand(N, 2) * y, rows(2), X),
    "expand_alone": (lambda x: x.expand(N, 2), rows(2)),
    "expand_written_to": (written_to, rows(2), X),
    "repeat": (lambda x: x.repeat(N, 1), rows(2)),
    "einsum_one": (lambda x: mt.einsum("ij->j", x), X),
    "einsum_products": (lambda x, y: mt.einsum("ij,ij->j", x, y), X, rows(N, 2)),
    "einsum_of_batches": (lambda x, y: mt.einsum("bij,bi->bj", x, y), rows(3, N, 2), rows(3, N)),
    "einsum_several": (lambda x, y: mt.einsum("ijk,il->jl", x, y), XY, X),
    "tensordot": (lambda x, y: mt.tensordot(x, y, ([0], [0])), X, XY),
    "linear": (F.linear, rows(N, 1), rows(2, 1), rows(2)),
    "linear_of_one": (F.linear, rows(N, 1), rows(1, 1), rows(1)),
    "linear_of_sequences": (F.linear, rows(4, N // 4, 3), rows(2, 3), rows(2)),
    "expanded_vector": (lambda x, y: x.T @ y.expand(N), X, rows(1)),
    "expanded_matrix": (lambda x, y: y.expand(3, N) @ x, X, rows(3, 1)),
    "conv": (F.conv2d, rows(N // 16, 2, 4, 4), rows(2, 2, 3, 3), rows(2)),
    "conv_of_points": (F.conv2d, rows(N, 1, 1, 1), rows(2, 1, 1, 1), rows(2)),
    "conv_of_a_large_image": (F.conv2d, rows(1, 1, N, 1), rows(2, 1, 1, 1), rows(2)),
    "batch_norm": (lambda x, w, b: white(x, w, b) * x, X, rows(2), rows(2)),
    "batch_norm_of_planes": (lambda x: white(x) * x, rows(1, 2, N)),
    "mse_loss": (F.mse_loss, X, rows(N, 2) - 0.3),
    "mse_loss_of_parts": (F.mse_loss, rows(N, 4)[:, :2], rows(N, 2) - 0.3),
    "l1_loss": (F.l1_loss, X, rows(N, 2) - 2),
    "bce": (F.binary_cross_entropy_with_logits, X, rows(N, 2) - 0.5),
    "cross_entropy": (F.cross_entropy, rows(N, 3), labels(N)),
    "cross_entropy_of_planes": (F.cross_entropy, PLANES, labels(2, N)),
    "cross_entropy_smoothed": (smoothed, rows(N, 3), labels(N)),
    "adaptive_pool": (lambda x: F.adaptive_avg_pool2d(x, (1, 2)), rows(1, 1, N, 4)),
    "vmap": (mt.vmap(lambda row: row.sum(0)), rows(3, N, 2)),
    "vmap_of_rows": (lambda x, w: mt.vmap(lambda row: row * w)(x), X, rows(2)),
    "vmap_loss": (mt.vmap(lambda x, y: F.mse_loss(x, y)), rows(2, N, 2), rows(2, N, 2) - 0.3),
}  # fmt: skip


def values(call, arrays, dtype):
    """Results and gradients of a call, computed in a dtype from what float32 holds."""
    tensors = [
        mt.from_numpy(np.asarray(a, np.float32, order="K").astype(dtype)).requires_grad_()
        if a.dtype.kind == "f"
        else mt.from_numpy(a)
        for a in arrays
    ]
    out = call(*tensors)
    leaves = [x for x in tensors if x.requires_grad]
    grads = mt.autograd.grad(out.sum(), leaves)
    return [x.detach().numpy() for x in (out, *grads)]


def check(call, *arrays):
    got, want = values(call, arrays, np.float32), values(call, arrays, np.float64)
    for a, b in zip(got, want, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=3e-6 * np.abs(b).max())


@pytest.mark.parametrize("reduce", REDUCTIONS.values(), ids=REDUCTIONS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_reductions_along_every_axis(layout, reduce):
    x, dims = LAYOUTS[layout]
    check(lambda x: reduce(x, dims), x)


@pytest.mark.parametrize("place", PLACES)
def test_every_place_that_sums(place):
    check(*PLACES[place])


def test_more_rows_than_float32_counts():
    rows = 20_000_000  # an even number, as those that float32 has up there
    layer = mt.nn.Linear(1, 2)
    layer(mt.ones(1, 1).expand(rows, 1)).sum().backward()
    assert layer.bias.grad.tolist() == [rows] * 2
    assert layer.weight.grad.tolist() == [[rows]] * 2
    ones = mt.ones(1, requires_grad=True)
    ones.expand(rows, 2).sum().backward()
    assert ones.grad.item() == 2 * rows
    assert mt.ones(1).expand(rows, 1).norm(0).item() == rows


def test_running_sums_are_kept_in_double(torch):
    x = np.full(300_000, 0.7, np.float32)
    for module in (mt, torch):
        x_ = module.from_numpy(x).requires_grad_()
        sums = x_.cumsum(0)
        assert sums[-1].item() == np.float32(x.sum(dtype=np.float64))
        sums.backward(module.from_numpy(x))
        assert x_.grad[0].item() == np.float32(x.sum(dtype=np.float64))
    halves = [m.ones(70_000, 1, dtype=m.float16).mul(0.5).cumsum(0).flatten() for m in (mt, torch)]
    np.testing.assert_array_equal(*[x.numpy() for x in halves])
