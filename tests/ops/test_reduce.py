"""Reductions, extremes and sorting: as in PyTorch, in values, gradients, dtypes and errors."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

import minitorch as mt
from tests.support.both import Refusal, compare, is_tensor, refused
from tests.support.growth import peak, seconds, steps

X = np.random.default_rng(0).standard_normal((2, 3, 4)).astype(np.float32)
TIES = np.array([[1, 3, 3, 0], [2, 2, 2, 2], [-1, -1, 5, 5]], np.float32)
N = np.arange(12).reshape(3, 4)
NAN = np.array([[1, math.nan, 3], [math.nan, 2, 5]], np.float32)

CALLS = {
    "sum": lambda t, x: x.sum(),
    "sum_dim": lambda t, x: x.sum(1),
    "sum_negative": lambda t, x: x.sum(-1, True),
    "sum_tuple": lambda t, x: t.sum(x, (0, 2)),
    "sum_list_keepdim": lambda t, x: x.sum([1, 2], keepdim=True),
    "sum_none": lambda t, x: x.sum(()),
    "sum_keepdim": lambda t, x: x.sum(None, True),
    "sum_dtype": lambda t, x: x.sum(1, dtype=t.float64),
    "sum_of_transposed": lambda t, x: x.transpose(0, 2).sum(1),
    "sum_of_expanded": lambda t, x: x[:1].expand(5, 3, 4).sum(0),
    "sum_axis": lambda t, x: x.sum(axis=1),
    "mean": lambda t, x: x.mean(),
    "mean_dim": lambda t, x: x.mean((0, -1)),
    "mean_keepdim": lambda t, x: t.mean(x, 1, keepdim=True),
    "mean_axis": lambda t, x: x.mean(axis=-1, keepdims=True),
    "var": lambda t, x: x.var(),
    "var_dim": lambda t, x: x.var(1),
    "var_biased": lambda t, x: x.var(dim=(0, 1), unbiased=False, keepdim=True),
    "var_correction": lambda t, x: t.var(x, 2, correction=2),
    "var_positional": lambda t, x: x.var(False),
    "std": lambda t, x: x.std(0),
    "std_positional": lambda t, x: x.std(1, True, True),
    "std_correction": lambda t, x: t.std(x, correction=0),
    "var_mean": lambda t, x: t.var_mean(x, 1),
    "std_mean": lambda t, x: t.std_mean(x, dim=(0, 1), keepdim=True),
    "prod": lambda t, x: x.prod(),
    "prod_dim": lambda t, x: x.prod(1, True),
    "cumsum": lambda t, x: x.cumsum(1),
    "cumsum_of_transposed": lambda t, x: x.mT.cumsum(-1),
    "logsumexp": lambda t, x: x.logsumexp(1),
    "logsumexp_several": lambda t, x: t.logsumexp(x, (0, 2), True),
    "norm": lambda t, x: x.norm(),
    "norm_dim": lambda t, x: x.norm(dim=1),
    "norm_1": lambda t, x: t.norm(x, 1, 0, True),
    "norm_inf": lambda t, x: x.norm(math.inf, dim=(0, 1)),
    "norm_3": lambda t, x: x.norm(3, -1),
    "max": lambda t, x: x.max(),
    "max_dim": lambda t, x: x.max(1),
    "max_keepdim": lambda t, x: t.max(x, dim=-1, keepdim=True),
    "max_of_two": lambda t, x: t.max(x, x.flip(0)),
    "max_axis": lambda t, x: x.max(axis=0)[0],
    "min": lambda t, x: x.min(),
    "min_dim": lambda t, x: x.min(2, True),
    "min_of_two": lambda t, x: x.min(-x),
    "amax": lambda t, x: x.amax(),
    "amax_dims": lambda t, x: x.amax((0, 2)),
    "amin": lambda t, x: x.amin(1, True),
    "argmax": lambda t, x: x.argmax(),
    "argmax_dim": lambda t, x: x.argmax(-1, keepdim=True),
    "argmax_keepdim": lambda t, x: x.argmax(keepdim=True),
    "argmax_axis": lambda t, x: x.argmax(axis=1),
    "argmin": lambda t, x: t.argmin(x, 0),
    "any": lambda t, x: (x > 2).any(),
    "any_dims": lambda t, x: t.any(x > 1, (0, 1)),
    "all": lambda t, x: (x > -3).all(2, True),
    "count_nonzero": lambda t, x: (x > 0).count_nonzero(1),
    "sort": lambda t, x: x.sort(),
    "sort_descending": lambda t, x: t.sort(x, 0, descending=True),
    "argsort": lambda t, x: x.argsort(1),
    "topk": lambda t, x: x.topk(2),
    "topk_of_many": lambda t, x: x.flatten().topk(3),
    "topk_of_many_smallest": lambda t, x: x.flatten(1).topk(2, largest=False),
    "topk_smallest": lambda t, x: t.topk(x, 2, dim=1, largest=False),
}
# What has a rule of its own for ties, and for elements that are zero.
TIED = {
    "max": lambda t, x: x.max(),
    "min": lambda t, x: x.min(),
    "amax": lambda t, x: x.amax(1),
    "amin_dims": lambda t, x: x.amin((0, 1)),
    "maximum": lambda t, x: t.maximum(x, x.flip(1)),
    "norm_inf": lambda t, x: x.norm(math.inf, 1),
    "norm_of_zeros": lambda t, x: (x * 0).norm(dim=0),
    "norm_1": lambda t, x: x.norm(1, 0),
    "prod": lambda t, x: x.prod(1),
    "prod_of_zeros": lambda t, x: (x * x[0]).prod(0),
    "prod_all": lambda t, x: x.prod(),
    "std_of_equal": lambda t, x: (x - x + 1).std(1),
    "max_dim": lambda t, x: x.max(1),
    "sort_stable": lambda t, x: x.sort(dim=1, stable=True),
    "sort_stable_descending": lambda t, x: t.sort(x, dim=1, descending=True, stable=True),
}
WHOLE_NUMBERS = {
    "sum": lambda t, x: x.sum(),
    "sum_int32": lambda t, x: x.int().sum(0),
    "sum_uint8": lambda t, x: (x + 40).byte().sum(),
    "sum_bool": lambda t, x: (x > 3).sum(1),
    "sum_to_float": lambda t, x: x.sum(dtype=t.float32),
    "mean_to_float": lambda t, x: x.mean(0, dtype=t.float32),
    "prod": lambda t, x: (x[:, :2] + 1).prod(),
    "prod_bool": lambda t, x: (x > 3).prod(),
    "cumsum": lambda t, x: x.int().cumsum(0),
    "cumsum_bool": lambda t, x: (x > 3).cumsum(1),
    "cumsum_in_place": lambda t, x: (x * 20).to(t.int8).cumsum_(0),
    "sum_to_size": lambda t, x: x.int().sum_to_size(1, 4),
    "sum_to_the_same_size": lambda t, x: x.int().sum_to_size(3, 4),
    "logsumexp": lambda t, x: x.logsumexp(0),
    "max": lambda t, x: x.max(),
    "max_dim": lambda t, x: x.max(0),
    "max_bool": lambda t, x: (x > 3).max(0),
    "argmax": lambda t, x: x.argmax(1),
    "any_uint8": lambda t, x: x.byte().any(1),
    "all": lambda t, x: x.all(1),
    "sort": lambda t, x: x.flip(0).sort(0),
    "unique": lambda t, x: t.unique(x % 5),
    "unique_all": lambda t, x: (x % 5).unique(return_inverse=True, return_counts=True),
    "unique_counts": lambda t, x: (x % 5).unique(return_counts=True),
}
IN_DTYPE = {
    "sum": lambda x, dtype: x.sum(dtype=dtype),
    "sum_dim": lambda x, dtype: x.sum(0, dtype=dtype),
    "prod": lambda x, dtype: x.prod(dtype=dtype),
    "prod_dim": lambda x, dtype: x.prod(1, True, dtype=dtype),
    "cumsum": lambda x, dtype: x.cumsum(1, dtype=dtype),
}
EMPTY = {
    "sum": lambda t, x: x.sum(),
    "sum_dim": lambda t, x: x.sum(0),
    "mean": lambda t, x: x.mean(),
    "mean_dim": lambda t, x: x.mean(0),
    "prod": lambda t, x: x.prod(),
    "max_dim": lambda t, x: x.max(1),
    "amax_dim": lambda t, x: x.amax(1),
    "argmax_dim": lambda t, x: x.argmax(1),
    "logsumexp": lambda t, x: x.logsumexp(0),
    "norm": lambda t, x: x.norm(),
    "cumsum": lambda t, x: x.cumsum(0),
    "any": lambda t, x: (x > 0).any(),
    "all": lambda t, x: (x > 0).all(0),
    "sort": lambda t, x: x.sort(0),
}
ZERO_D = {
    "sum": lambda t, x: x.sum(0),
    "sum_keepdim": lambda t, x: x.sum(-1, keepdim=True),
    "mean": lambda t, x: x.mean(()),
    "max": lambda t, x: x.max(0),
    "argmax": lambda t, x: x.argmax(),
    "prod": lambda t, x: x.prod(0),
    "cumsum": lambda t, x: x.cumsum(0),
    "logsumexp": lambda t, x: x.logsumexp(0),
    "norm": lambda t, x: x.norm(),
    "sort": lambda t, x: x.sort(),
    "topk": lambda t, x: x.topk(1),
}
NAMES = {
    "SumBackward0": lambda t, x: x.sum(),
    "SumBackward1": lambda t, x: x.sum(0),
    "MeanBackward0": lambda t, x: x.mean(),
    "MeanBackward1": lambda t, x: x.mean(0),
    "VarBackward0": lambda t, x: x.var(),
    "StdBackward0": lambda t, x: x.std(0),
    "ProdBackward0": lambda t, x: x.prod(),
    "ProdBackward1": lambda t, x: x.prod(0),
    "MaxBackward0": lambda t, x: x.max(0).values,
    "MaxBackward1": lambda t, x: x.max(),
    "MinBackward0": lambda t, x: x.min(0).values,
    "MinBackward1": lambda t, x: x.min(),
    "AmaxBackward0": lambda t, x: x.amax(),
    "AminBackward0": lambda t, x: x.amin(1),
    "LogsumexpBackward0": lambda t, x: x.logsumexp(0),
    "CumsumBackward0": lambda t, x: x.cumsum(0),
    "LinalgVectorNormBackward0": lambda t, x: x.norm(),
    "NansumBackward0": lambda t, x: x.nansum(),
    "SortBackward0": lambda t, x: x.sort().values,
    "TopkBackward0": lambda t, x: x.topk(1).values,
}
REFUSALS = {
    "sum": Refusal(
        lambda t, x: x.sum(3),
        IndexError,
        "Dimension out of range (expected to be in range of [-2, 1], but got 3)",
    ),
    "sum_twice": Refusal(
        lambda t, x: x.sum((0, 0)), RuntimeError, "dim 0 appears multiple times in the list of dims"
    ),
    "sum_zero_d": Refusal(
        lambda t, x: x[0, 0].sum(1),
        IndexError,
        "Dimension out of range (expected to be in range of [-1, 0], but got 1)",
    ),
    "sum_float": Refusal(lambda t, x: x.sum(1.0), TypeError, ""),
    "sum_word": Refusal(lambda t, x: x.sum("a"), TypeError, ""),
    "mean_of_ints": Refusal(
        lambda t, x: x.long().mean(),
        RuntimeError,
        "mean(): could not infer output dtype. Input dtype must be either a floating point or "
        "complex dtype. Got: Long",
    ),
    "var_of_ints": Refusal(
        lambda t, x: x.long().var(),
        RuntimeError,
        "std and var only support floating point and complex dtypes",
    ),
    "norm_of_ints": Refusal(
        lambda t, x: x.long().norm(),
        RuntimeError,
        "linalg.vector_norm: Expected a floating point or complex tensor as input. Got Long",
    ),
    "norm_inf_of_nothing": Refusal(
        lambda t, x: x[:0].norm(math.inf),
        RuntimeError,
        "the operation does not have an identity",
    ),
    "norm_inf_empty_dim": Refusal(
        lambda t, x: x[:0].norm(-math.inf, 0),
        RuntimeError,
        "the operation does not have an identity",
    ),
    "norm_negative_empty_dim": Refusal(
        lambda t, x: x[:0].norm(-1, 0),
        RuntimeError,
        "the operation does not have an identity",
    ),
    "max_of_nothing": Refusal(
        lambda t, x: x[:0].max(),
        RuntimeError,
        "max(): Expected reduction dim to be specified for input.numel() == 0.",
    ),
    "max_empty_dim": Refusal(
        lambda t, x: x[:0].max(0),
        IndexError,
        "max(): Expected reduction dim 0 to have non-zero size.",
    ),
    "amax_empty_dim": Refusal(
        lambda t, x: x[:0].amax(0),
        IndexError,
        "amax(): Expected reduction dim 0 to have non-zero size.",
    ),
    "argmax_of_nothing": Refusal(
        lambda t, x: x[:0].argmax(),
        IndexError,
        "argmax(): Expected reduction dim to be specified for input.numel() == 0.",
    ),
    "argmax_of_bool": Refusal(
        lambda t, x: (x > 0).argmax(), RuntimeError, "argmax(): does not support bool input"
    ),
    "max_of_dims": Refusal(
        lambda t, x: x.max(dim=(0, 1)),
        TypeError,
        "max() received an invalid combination of arguments",
    ),
    "sum_in_a_word": Refusal(lambda t, x: x.sum(dtype="cpu"), TypeError, ""),
    "running_sum_of_bools": Refusal(
        lambda t, x: x.cumsum(0, dtype=t.bool),
        NotImplementedError,
        "\"cumsum_out_cpu\" not implemented for 'Bool'",
    ),
    "running_sum_in_place": Refusal(
        lambda t, x: x.detach().cumsum_(0, dtype=t.float64),
        RuntimeError,
        "Bad in-place call: input tensor",
    ),
    "norm_in_integers": Refusal(
        lambda t, x: x.norm(dtype=t.int64),
        RuntimeError,
        "linalg.vector_norm: dtype should be floating point or complex, but got Long",
    ),
    "norm_in_fewer_digits": Refusal(
        lambda t, x: x.norm(dtype=t.float16),
        RuntimeError,
        "the dtype of the input (Float) should be convertible without narrowing to the specified "
        "dtype (Half)",
    ),
    "topk": Refusal(lambda t, x: x.topk(5), RuntimeError, "selected index k out of range"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_values_and_gradients(torch, call):
    compare(torch, call, X, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("call", TIED.values(), ids=TIED)
def test_ties_and_zeros(torch, call):
    compare(torch, call, TIES)


@pytest.mark.parametrize("call", WHOLE_NUMBERS.values(), ids=WHOLE_NUMBERS)
@pytest.mark.filterwarnings("ignore:indexing with dtype")
def test_whole_numbers(torch, call):
    compare(torch, call, N)


@pytest.mark.parametrize("call", IN_DTYPE.values(), ids=IN_DTYPE)
@pytest.mark.parametrize("name", ["bool", "uint8", "int8", "int16", "int32", "int64", "float64"])
def test_dtypes_to_compute_in(torch, call, name):
    if name == "bool" and call is IN_DTYPE["cumsum"]:
        return  # refused
    for x in (N * 100 + 3, N > 3, (N + 90).astype(np.int8), N * 40.5, np.zeros((0, 3), np.int16)):
        compare(torch, lambda t, x: call(x.detach(), getattr(t, name)), x)


@pytest.mark.parametrize("call", EMPTY.values(), ids=EMPTY)
def test_no_elements(torch, call):
    compare(torch, call, np.zeros((0, 3), np.float32))


@pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated:DeprecationWarning")
def test_the_mean_of_nothing_is_nan_and_the_gradient_of_its_gradient_is_not(torch):
    for library in (mt, torch):
        for call in (lambda x: x.mean(1, True), lambda x: x.mean()):
            x = library.zeros(2, 0).requires_grad_()
            weights = library.ones_like(call(x)).requires_grad_()
            (grad,) = library.autograd.grad(call(x), x, weights, create_graph=True)
            second = library.autograd.grad(grad, weights, library.ones_like(grad))[0]
            assert not second.any()
            moved = library.func.jvp(call, (x.detach(),), (x.detach(),))[1]
            assert moved.isnan().all()


@pytest.mark.parametrize("call", ZERO_D.values(), ids=ZERO_D)
def test_no_dimensions(torch, call):
    compare(torch, call, np.float32(1.5))


@pytest.mark.parametrize(
    "call",
    [
        lambda t, x: x.max(),
        lambda t, x: x.max(0),
        lambda t, x: x.amin(1),
        lambda t, x: x.argmax(1),
        lambda t, x: x.sort(1),
        lambda t, x: x.sort(1, descending=True),
        lambda t, x: x.topk(1),
        lambda t, x: x.sum(0),
    ],
)
def test_nan_is_the_largest(torch, call):
    compare(torch, call, NAN)


@pytest.mark.parametrize(("name", "call"), NAMES.items(), ids=NAMES)
def test_nodes_have_pytorchs_names(torch, name, call):
    for module in (mt, torch):
        assert call(module, module.ones(2, 3, requires_grad=True)).grad_fn.name() == name


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals(refusal):
    refused(mt, refusal, TIES)


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals_are_pytorchs(torch, refusal):
    refused(torch, refusal, TIES)


@given(
    array=hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=1, max_dims=4, max_side=4),
        elements=st.integers(-3, 3).map(float),
    ),
    data=st.data(),
)
def test_any_dims(torch, array, data):
    ndim = array.ndim
    dims = data.draw(st.lists(st.integers(0, ndim - 1), unique=True, max_size=ndim))
    dims = tuple(d - ndim if data.draw(st.booleans()) else d for d in dims)
    keepdim = data.draw(st.booleans())
    names = ["sum", "mean", "amax", "amin", "logsumexp"]
    name = data.draw(st.sampled_from(names if dims else names[:4]))
    compare(
        torch,
        lambda t, x: getattr(t, name)(x, dims, keepdim=keepdim),
        array,
        rtol=1e-12,
        atol=1e-12,
    )


CONTIGUOUS = {
    "sum": lambda t, x: x.sum(1),
    "sum_keepdim": lambda t, x: x.sum(1, keepdim=True),
    "mean": lambda t, x: x.mean(1),
    "var": lambda t, x: x.var(1),
    "prod": lambda t, x: x.prod(1),
    "logsumexp": lambda t, x: x.logsumexp(1),
    "max": lambda t, x: x.max(1),
    "amin": lambda t, x: x.amin(1),
    "argmax": lambda t, x: x.argmax(1),
    "norm": lambda t, x: x.norm(dim=1),
    "any": lambda t, x: (x > 0).any(1),
    "cumsum": lambda t, x: x.cumsum(1),
    "masked_fill": lambda t, x: x.masked_fill(x > 0, 1.0),
    "tril": lambda t, x: x.tril(),
    "repeat": lambda t, x: x.repeat(1, 1, 1),
}


@pytest.mark.parametrize("call", CONTIGUOUS.values(), ids=CONTIGUOUS)
def test_results_are_contiguous_whatever_the_input(torch, call):
    """So ``view`` works on them, as it does in PyTorch."""
    compare(torch, lambda t, x: call(t, x.transpose(0, 2)), X, memory=True)


@pytest.mark.parametrize("dim", range(3))
@pytest.mark.parametrize("size", [3, 10, 64])
def test_short_dimensions_of_large_tensors(torch, dim, size):
    shape = [30, 30, 30]
    shape[dim] = size
    x = np.random.default_rng(0).standard_normal(shape)
    compare(torch, lambda t, x: x.sum(dim), x, rtol=1e-12, atol=1e-12)
    compare(torch, lambda t, x: x.transpose(0, 1).mean(dim, True), x, memory=True, rtol=1e-12)


@pytest.mark.parametrize("keepdim", [True, False])
def test_norm_of_large_tensors(torch, keepdim):
    x = np.random.default_rng(0).standard_normal((70, 3, 83)).astype(np.float32)
    compare(torch, lambda t, x: x.norm(2, dim=(0, 1, 2), keepdim=keepdim), x)


def test_gradient_of_a_product_with_a_zero_takes_memory_for_each_element_once():
    def work(n):
        x = mt.ones(n)
        x[3] = 0
        x.requires_grad_().prod().backward()
        assert x.grad.sum() == x.grad[3] == 1

    assert peak(lambda: work(4000)) < 16 * peak(lambda: work(500))  # 64 times for each pair


def test_float16_is_summed_in_float32():
    ones = mt.ones(5000, dtype=mt.float16)
    assert ones.sum().item() == 5000  # sums kept in float16 stop at 2048
    assert ones.view(-1, 2).sum(0).tolist() == [2500, 2500]
    assert (ones * 10).mean().item() == 10  # the sum, 50,000, is near the largest float16
    assert ones.sum().dtype == mt.float16
    assert ones.view(5000, 1).cumsum(0)[-1].item() == 5000


def test_gradients_of_short_float16_vectors_are_unit_vectors():
    """The slope of the norm by its square, 1 / norm, is beyond float16."""
    for p, expected in ((2, [0.6, 0.8]), (0.5, [1 + (4 / 3) ** 0.5, 1 + (3 / 4) ** 0.5])):
        x = mt.tensor([3e-6, 4e-6], dtype=mt.float16, requires_grad=True)
        x.norm(p).backward()
        np.testing.assert_allclose(x.grad.numpy(), expected, rtol=0.05)


def test_results_have_names_and_print_them():
    result = mt.tensor([[1.0, 3.0], [4.0, 2.0]]).max(1)
    assert result.values.tolist() == [3, 4]
    assert result.indices.tolist() == [1, 0]
    values, indices = result
    assert values is result.values and indices is result[1]
    assert isinstance(result, mt.return_types.max)
    assert repr(result) == (
        "torch.return_types.max(\nvalues=tensor([3., 4.]),\nindices=tensor([1, 0]))"
    )


def test_names_print_as_pytorchs(torch):
    for call in (
        lambda t, x: x.min(0),
        lambda t, x: x.sort(),
        lambda t, x: x.topk(1),
    ):
        ours, theirs = [call(t, t.tensor([[1.0, 3.0], [4.0, 2.0]])) for t in (mt, torch)]
        assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("largest", [True, False])
def test_topk_names_the_first_of_equal_elements(largest):
    x = mt.zeros(2, 50)
    x[1, 30:34] = 1.0 if largest else -1.0
    x[0, 7] = math.nan
    places = x.topk(3, largest=largest).indices
    assert places.tolist() == [[7, 0, 1] if largest else [0, 1, 2], [30, 31, 32]]
    assert x[1].topk(6, largest=largest).indices.tolist() == [30, 31, 32, 33, 0, 1]
    assert x.t().topk(3, dim=0, largest=largest).indices.t().tolist() == places.tolist()
    assert mt.full((40,), math.nan).topk(2, largest=largest).indices.tolist() == [0, 1]


@pytest.mark.parametrize("size", [1e20, 1e-21, 1e-25])
def test_deviation_of_numbers_whose_squares_no_float32_holds(size):
    x = mt.tensor([[size, 2 * size]], requires_grad=True)
    for dtype in (mt.float32, mt.bfloat16):
        for deviation in (x.to(dtype).std(), x.to(dtype).std(1), mt.std_mean(x.to(dtype))[0]):
            (grad,) = mt.autograd.grad(deviation.sum(), x)
            assert deviation.item() / size == pytest.approx(0.5**0.5, rel=1e-2)
            assert grad.tolist()[0] == pytest.approx([-(0.5**0.5), 0.5**0.5], rel=2e-2)


def test_too_few_degrees_of_freedom_warn():
    with pytest.warns(UserWarning, match=r"std\(\): degrees of freedom is <= 0"):
        assert math.isnan(mt.ones(1).std().item())
    with pytest.warns(UserWarning, match=r"var\(\): degrees of freedom is <= 0"):
        assert math.isnan(mt.tensor(3.0).var().item())


def test_golden_numbers_without_pytorch():
    x = mt.tensor([[1.0, 2.0, 2.0], [3.0, 0.0, 5.0]], requires_grad=True)
    assert x.var(1).tolist() == pytest.approx([1 / 3, 19 / 3])
    assert x.std(unbiased=False).item() == pytest.approx(1.5723301)
    assert x.logsumexp(0).tolist() == pytest.approx([3.126928, 2.126928, 5.048587])
    assert x.norm().item() == pytest.approx(6.5574386)
    x.max(1).values.sum().backward()
    assert x.grad.tolist() == [[0, 1, 0], [0, 0, 1]]  # the first of the tied
    x.grad = None
    x.amax(1).sum().backward()
    assert x.grad.tolist() == [[0, 0.5, 0.5], [0, 0, 1]]  # shared among the tied
    x.grad = None
    x.prod(1).sum().backward()
    assert x.grad.tolist() == [[4, 2, 2], [0, 15, 0]]  # also at a zero
    assert mt.tensor([True, True]).sum().dtype == mt.int64


def test_sum_of_a_view_gives_the_gradient_to_what_it_shows():
    x = mt.zeros(2, 3, requires_grad=True)
    x[:, 1:].sum().backward()
    assert x.grad.tolist() == [[0, 1, 1], [0, 1, 1]]


def test_gradients_of_reductions_can_be_written_to():
    """A repeated view of one number is never handed out as ``grad``."""
    x = mt.zeros(2, 3, requires_grad=True)
    x.sum().backward()
    x.grad[0, 0] = 7
    assert x.grad.tolist() == [[7, 1, 1], [1, 1, 1]]
    assert is_tensor(x.grad) and x.grad.is_contiguous()


# Functions whose `dim` may be called `axis`, as NumPy has it; those with `keepdims`, too.
REDUCE_BY_AXIS = "all amax amin any argmax argmin logsumexp max mean min prod std sum var"
BY_AXIS = "argsort count_nonzero cumsum log_softmax softmax sort"
AT_THE_ROOT = "std_mean var_mean"


@pytest.mark.parametrize("library", ["minitorch", "pytorch"])
@pytest.mark.parametrize("name", f"{REDUCE_BY_AXIS} {BY_AXIS} {AT_THE_ROOT}".split())
def test_axis_and_keepdims_stand_for_dim_and_keepdim(name, library, request):
    lib = mt if library == "minitorch" else request.getfixturevalue("torch")
    x = lib.tensor([[0.5, 2.0, 1.0], [4.0, 3.0, 0.25]])
    keeps = name not in BY_AXIS.split()
    ours = {"axis": 1, "keepdims": True} if keeps else {"axis": 1}
    usual = {"dim": 1, "keepdim": True} if keeps else {"dim": 1}
    expected = getattr(lib, name)(x, **usual)
    results = [getattr(lib, name)(x, **ours)]
    if name not in AT_THE_ROOT.split():
        results.append(getattr(x, name)(**ours))
    for result in results:
        for got, want in zip(_several(result), _several(expected), strict=True):
            assert got.tolist() == want.tolist()


def _several(result):
    return result if isinstance(result, tuple) else (result,)


@pytest.mark.parametrize("library", ["minitorch", "pytorch"])
def test_topk_and_running_sums_in_place_take_axis(library, request):
    lib = mt if library == "minitorch" else request.getfixturevalue("torch")
    x = lib.tensor([[0.5, 2.0], [4.0, 3.0]])
    assert lib.topk(x, 1, axis=0).values.tolist() == [[4.0, 3.0]]
    assert x.cumsum_(axis=0).tolist() == [[0.5, 2.0], [4.5, 5.0]]


def test_unique_elements_cost_less_than_with_their_places():
    x = mt.randint(0, 2**40, (2**19,), generator=mt.Generator().manual_seed(0))
    assert seconds(x.unique) < 2 * seconds(lambda: x.unique(return_inverse=True))


def test_unique_slices_take_no_step_per_element():
    short, long = (steps(lambda n=n: mt.ones(3, n).unique(dim=0)) for n in (500, 4000))
    assert long < 2 * short
