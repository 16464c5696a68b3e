"""Elements by place, rank and number: as in PyTorch, with gradients, batches and errors."""

from typing import Any

import numpy as np
import pytest

import minitorch as mt
from tests.ops.orders import assert_all_orders
from tests.support.both import Refusal, compare, refused

X = np.random.default_rng(0).permutation(24).reshape(2, 3, 4) / 4 - 2.9
N = np.where(X > 2, np.nan, X)  # with NaN
I = np.array([[3, 0, 3, 1], [5, 5, 2, 0]])  # noqa: E741 - integers


def places(t: Any) -> Any:
    return t.tensor([[[0, 2, 1, 0], [1, 1, 0, 2]], [[2, 2, 2, 2], [0, 1, 2, 0]]])


OF_ALL_ORDERS = {
    "take": lambda t, x: x.take(t.tensor([[0, -1], [5, 5]])),
    "put": lambda t, x: x.put(t.tensor([3, -1]), x[0, 0, :2] * 2),
    "put_accumulates": lambda t, x: t.put(x, t.tensor([3, 3]), x[0, 0, :2] * 2, True),
    **{
        f"scatter_reduce_{how}_{'with' if own else 'without'}_self": (
            lambda t, x, how=how, own=own: x.scatter_reduce(
                1, places(t), x[:, 1:] * 3, how, include_self=own
            )
        )
        for how in ("sum", "mean", "prod", "amax", "amin")
        for own in (True, False)
    },
    **{
        f"index_reduce_{how}": (
            lambda t, x, how=how: x.index_reduce(2, t.tensor([1, 1, 3]), x[:, :, 1:] * 3, how)
        )
        for how in ("mean", "prod", "amax", "amin")
    },
    "index_reduce_without_self": lambda t, x: x.index_reduce(
        2, t.tensor([1, 1, 3]), x[:, :, 1:] * 3, "amin", include_self=False
    ),
    "quantile": lambda t, x: x.quantile(0.3),
    "quantiles": lambda t, x: t.quantile(x, t.tensor([0.1, 0.75], dtype=x.dtype), 1, True),
    "nanquantile": lambda t, x: x.nanquantile(0.6, 2, interpolation="midpoint"),
    "nansum": lambda t, x: t.where(x > 2, float("nan"), x).nansum((0, 2)),
    "nanmean": lambda t, x: t.nanmean(x, 1, True),
    "aminmax": lambda t, x: t.aminmax(x, dim=1)[0] + t.aminmax(x, dim=1)[1],
    "msort": lambda t, x: t.msort(x),
    "cumprod_": lambda t, x: (x * 1).cumprod_(1),
    "scatter_reduce_": lambda t, x: (x * 1).scatter_reduce_(1, places(t), x[:, 1:] * 3, "prod"),
    "fill_diagonal_": lambda t, x: (x * 1).view(8, 3).t().fill_diagonal_(2.0),
    "fill_diagonal_wraps": lambda t, x: (x * 1).view(12, 2).fill_diagonal_(2.0, wrap=True),
    "fill_diagonal_of_a_cube": lambda t, x: (x * 1).view(-1)[:8].view(2, 2, 2).fill_diagonal_(2.0),
    "put_": lambda t, x: (x * 1).put_(t.tensor([2]), x[0, 0, 0]),
}


@pytest.mark.filterwarnings("ignore:index_reduce.. is in beta")
@pytest.mark.parametrize("call", OF_ALL_ORDERS.values(), ids=OF_ALL_ORDERS)
def test_of_all_orders(torch: Any, call: Any) -> None:
    assert_all_orders(torch, call, X)


@pytest.mark.parametrize("call", OF_ALL_ORDERS.values(), ids=OF_ALL_ORDERS)
def test_of_a_batch_and_of_tangents(call: Any) -> None:
    """vmap gives what a loop does, and forward mode what a gradient of a gradient does."""
    x, v = mt.from_numpy(X), mt.from_numpy(X[::-1, ::-1].copy())
    batch = mt.stack([x, v])
    whole = mt.func.vmap(lambda x: call(mt, x))(batch)
    each = mt.stack([call(mt, x), call(mt, v)])
    np.testing.assert_allclose(whole.numpy(), each.numpy())
    _, tangent = mt.func.jvp(lambda x: call(mt, x), (x,), (v,))
    out, pull = mt.func.vjp(lambda x: call(mt, x), x)
    _, push = mt.func.vjp(lambda w: pull(w)[0], mt.zeros_like(out))
    np.testing.assert_allclose(tangent.numpy(), push(v)[0].numpy(), 1e-9, 1e-9)


VALUES = {
    "median": lambda t, x, n, i: [x.median(), n.median(), n.nanmedian(), i.median()],
    "median_dim": lambda t, x, n, i: [*x.median(1), *n.median(2), *n.nanmedian(-1, True)],
    "kthvalue": lambda t, x, n, i: [*x.kthvalue(2), *n.kthvalue(2, 0, True)],
    "mode": lambda t, x, n, i: [*i.mode(), *i.mode(0, True), *n.mode(1)],
    "cummax": lambda t, x, n, i: [*n.cummax(2), *i.cummin(1), *n.cummin(0)],
    "logcumsumexp": lambda t, x, n, i: [n.logcumsumexp(2), (x * 900).logcumsumexp(1)],
    "unique_consecutive": lambda t, x, n, i: i.unique_consecutive(True, True),
    "unique_consecutive_rows": lambda t, x, n, i: t.unique_consecutive(i[:, :1], dim=1),
    "bincount": lambda t, x, n, i: [t.bincount(i[0]), i[1].bincount(x[0, 0], 8)],
    "histc": lambda t, x, n, i: [x.histc(5), t.histc(n, 4, -1, 1)],
    "histogram": lambda t, x, n, i: [*x.histogram(3), *t.histogram(n, 4, range=(-1.0, 1.0))],
    "histogram_edges": lambda t, x, n, i: t.histogram(
        x, t.tensor([-1, 0, 0.5, 1], dtype=x.dtype), weight=x.exp(), density=True
    ),
    "histogramdd": lambda t, x, n, i: t.histogramdd(x[:, :, :2], [2, 3])[0],
    "searchsorted": lambda t, x, n, i: [
        t.searchsorted(x.sort(-1).values.float(), x),
        t.searchsorted(i[0].sort().values, 2.5),
        t.searchsorted(x.sort(-1).values, n),
        t.searchsorted(n[0, 0].sort().values, n, right=True),
        t.searchsorted(x, x, sorter=x.argsort(-1), side="right"),
        t.searchsorted(x[0, 0].sort().values, 0.3, out_int32=True),
    ],
    "searchsorted_of_bools": lambda t, x, n, i: [
        t.searchsorted(t.tensor([False, True]), value) for value in (0.5, 1, i)
    ],
    "bucketize": lambda t, x, n, i: [t.bucketize(n, x[0, 0].sort().values), t.bucketize(2, i[0])],
    "isin": lambda t, x, n, i: [t.isin(i, i[0]), t.isin(i, 5, invert=True), t.isin(3, i[1])],
    "argwhere": lambda t, x, n, i: [i.argwhere(), t.nonzero_static(i, size=9), i[0, 0].argwhere()],
    "nonzero_static": lambda t, x, n, i: i.nonzero_static(size=2, fill_value=7),
    "unravel_index": lambda t, x, n, i: t.unravel_index(i, (2, 3)),
    "take_integers": lambda t, x, n, i: [i.take(i), i.put(i[0, :2], i[1, :2])],
    "mean_of_integers": lambda t, x, n, i: i.scatter_reduce(1, i % 4, -i, "mean"),
    "amax_of_integers": lambda t, x, n, i: i.scatter_reduce(
        1, i % 2, -i, "amax", include_self=False
    ),
}


@pytest.mark.parametrize("call", VALUES.values(), ids=VALUES)
def test_values(torch: Any, call: Any) -> None:
    def without_history(t: Any, *tensors: Any) -> Any:
        return call(t, *[x.detach() for x in tensors])

    compare(torch, without_history, X, N, I)


def test_named_results_print_as_in_pytorch(torch: Any) -> None:
    def printed(t: Any) -> list[str]:
        x = t.tensor([[1.0, 3.0], [2.0, 0.0]])
        return [repr(r) for r in (x.aminmax(), x.median(0), x.cummax(1), x.histogram(2))]

    assert printed(mt) == printed(torch)


def test_the_gradient_where_the_index_is_smaller() -> None:
    """There PyTorch has none."""
    x = mt.from_numpy(X).requires_grad_()
    for how in ("prod", "amax", "mean"):
        assert mt.autograd.gradcheck(
            lambda x, how=how: x.scatter_reduce(1, places(mt)[:1, :, :2], x * 3, how), x
        )


REFUSED = {
    "take_floats": Refusal(
        lambda t, x: x.take(t.tensor([1.0])),
        RuntimeError,
        "take(): Expected a long tensor for index, but got Float",
    ),
    "take_outside": Refusal(
        lambda t, x: x.take(t.tensor([24])),
        IndexError,
        "out of range: tried to access index 24 on a tensor of 24",
    ),
    "take_from_nothing": Refusal(
        lambda t, x: x[:0].take(t.tensor([0])),
        IndexError,
        "take(): tried to take from an empty tensor",
    ),
    "put_dtypes": Refusal(
        lambda t, x: x.put(t.tensor([0]), x[0, 0, 0].float()),
        RuntimeError,
        "put_(): self and source expected to have the same dtype,",
    ),
    **{
        f"{name}_on_a_leaf": Refusal(write, RuntimeError, "a leaf Variable that requires grad")
        for name, write in {
            "put_": lambda t, x: x.put_(t.tensor([0]), x.detach()[0, 0, :1]),
            "cumsum_": lambda t, x: x.cumsum_(0),
            "cumprod_": lambda t, x: x.cumprod_(0),
            "scatter_reduce_": lambda t, x: x.scatter_reduce_(0, x.long() * 0, x.detach(), "sum"),
            "index_reduce_": lambda t, x: x.index_reduce_(0, t.tensor([0]), x.detach()[:1], "amax"),
        }.items()
    },
    "scatter_reduce_word": Refusal(
        lambda t, x: x.scatter_reduce(1, x.long(), x, "median"),
        RuntimeError,
        "reduce argument must be either sum, prod, mean, amax or",
    ),
    "scatter_reduce_outside": Refusal(
        lambda t, x: x.scatter_reduce(1, x.long() + 9, x, "sum"),
        RuntimeError,
        "index 10 is out of bounds for dimension 1 with size 3",
    ),
    "index_reduce_sum": Refusal(
        lambda t, x: x.index_reduce(1, t.tensor([0]), x[:, :1], "sum"),
        RuntimeError,
        "index_reduce(): Expected reduce to be one of prod, mean,",
    ),
    "index_reduce_count": Refusal(
        lambda t, x: x.index_reduce(1, t.tensor([0]), x, "amax"),
        RuntimeError,
        "Number of indices (1) should be equal to source.size(dim):",
    ),
    "kthvalue_outside": Refusal(
        lambda t, x: x.kthvalue(5),
        RuntimeError,
        "kthvalue(): selected number k out of range for dimension 2",
    ),
    "kthvalue_of_nothing": Refusal(
        lambda t, x: x[:0].kthvalue(1, 0),
        IndexError,
        "kthvalue(): Expected reduction dim 0 to have non-zero size.",
    ),
    "median_of_bools": Refusal(
        lambda t, x: (x > 0).median(),
        NotImplementedError,
        "\"median_cpu\" not implemented for 'Bool'",
    ),
    "median_of_nothing": Refusal(
        lambda t, x: x[:0].median(0),
        IndexError,
        "median(): Expected reduction dim 0 to have non-zero size.",
    ),
    "mode_of_nothing": Refusal(
        lambda t, x: x[:0].mode(0),
        IndexError,
        "mode(): Expected reduction dim 0 to have non-zero size.",
    ),
    "aminmax_of_nothing": Refusal(
        lambda t, x: x[:0].aminmax(),
        RuntimeError,
        "aminmax(): cannot compute aminmax over an empty dimension",
    ),
    "quantile_share": Refusal(
        lambda t, x: x.quantile(1.5),
        RuntimeError,
        "quantile() q must be in the range [0, 1] but got 1.5",
    ),
    "quantile_shares": Refusal(
        lambda t, x: x.quantile(t.tensor([0.5, -0.5], dtype=x.dtype)),
        RuntimeError,
        "quantile() q values must be in the range [0, 1]",
    ),
    "quantile_of_integers": Refusal(
        lambda t, x: x.long().quantile(0.5),
        RuntimeError,
        "quantile() input tensor must be either float or double dtype",
    ),
    "quantile_word": Refusal(
        lambda t, x: x.quantile(0.5, interpolation="cubic"),
        RuntimeError,
        "quantile() interpolation must be one of linear, lower,",
    ),
    "quantile_dtype": Refusal(
        lambda t, x: x.quantile(t.tensor(0.5, dtype=t.float32)),
        RuntimeError,
        "quantile() q tensor must be same dtype as the input tensor",
    ),
    "nanmean_of_integers": Refusal(
        lambda t, x: x.long().nanmean(),
        RuntimeError,
        "nanmean(): expected input to have floating point or complex",
    ),
    "nanmean_in_integers": Refusal(
        lambda t, x: x.nanmean(dtype=t.int64),
        RuntimeError,
        "Optional dtype must be either a floating point or complex dtype. Got: Long",
    ),
    "searchsorted_of_bools_alone": Refusal(
        lambda t, x: t.searchsorted(t.tensor([False, True]), True),
        NotImplementedError,
        "\"searchsorted_out_cpu\" not implemented for 'Bool'",
    ),
    "histogram_weight": Refusal(
        lambda t, x: t.histogram(x.detach(), 3, weight=x.detach().float()),
        RuntimeError,
        "should have the same dtype, but got input(double), and weight(float)",
    ),
    "histogramdd_weight": Refusal(
        lambda t, x: t.histogramdd(x.detach(), [1] * 4, weight=x.detach()[..., 0].float()),
        RuntimeError,
        "should have the same dtype, but got input(double), and weight(float)",
    ),
    "logcumsumexp_of_integers": Refusal(
        lambda t, x: x.long().logcumsumexp(0),
        NotImplementedError,
        "\"logcumsumexp_out_cpu\" not implemented for 'Long'",
    ),
    "bincount_of_floats": Refusal(
        lambda t, x: x[0, 0].bincount(),
        NotImplementedError,
        "\"bincount_cpu\" not implemented for 'Double'",
    ),
    "bincount_negative": Refusal(
        lambda t, x: t.tensor([-1]).bincount(),
        RuntimeError,
        "bincount only supports 1-d non-negative integral inputs.",
    ),
    "histc_backwards": Refusal(
        lambda t, x: x.histc(3, 2, 1), RuntimeError, "torch.histc: max must be larger than min"
    ),
    "histc_of_nan": Refusal(
        lambda t, x: (x * float("nan")).histc(3), RuntimeError, "torch.histc: range of"
    ),
    "histogram_without_bins": Refusal(
        lambda t, x: x.detach().histogram(0),
        RuntimeError,
        "torch.histogram(): bins must be > 0, but got 0 for",
    ),
    "histogramdd_of_a_vector": Refusal(
        lambda t, x: t.histogramdd(x[0, 0], [2]),
        RuntimeError,
        "torch.histogramdd: input tensor should have at least 2",
    ),
    "searchsorted_shapes": Refusal(
        lambda t, x: t.searchsorted(x, x[0]),
        RuntimeError,
        "torch.searchsorted(): boundaries tensor should be 1",
    ),
    "searchsorted_sides": Refusal(
        lambda t, x: t.searchsorted(x, x, side="left", right=True),
        RuntimeError,
        "torch.searchsorted(): side and right can't be set to",
    ),
    "bucketize_by_rows": Refusal(
        lambda t, x: t.bucketize(x, x),
        RuntimeError,
        "boundaries tensor must be 1 dimension, but got dim(3)",
    ),
    "isin_of_bools": Refusal(
        lambda t, x: t.isin(x > 0, t.tensor([1])),
        RuntimeError,
        "Unsupported input type encountered",
    ),
    "put_sizes": Refusal(
        lambda t, x: x.put(t.tensor([0, 1]), x[0, 0, 0]), IndexError, "put_(): Expected source and"
    ),
    "unravel_floats": Refusal(
        lambda t, x: t.unravel_index(x, (2, 3)), TypeError, "expected 'indices' to be integer dtype"
    ),
    "nonzero_static_negative": Refusal(
        lambda t, x: x.nonzero_static(size=-1),
        RuntimeError,
        "nonzero_static: 'size' must be an non-negative integer",
    ),
}


@pytest.mark.parametrize("refusal", REFUSED.values(), ids=REFUSED)
def test_refusals(refusal: Refusal) -> None:
    refused(mt, refusal, X)


@pytest.mark.parametrize("refusal", REFUSED.values(), ids=REFUSED)
def test_pytorch_refuses_the_same(torch: Any, refusal: Refusal) -> None:
    refused(torch, refusal, X)
