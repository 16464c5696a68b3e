"""Indexing, gathering, scattering and masks: as in PyTorch, reading and writing."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

import minitorch as mt
from tests.support.both import Refusal, compare, refused

X = np.arange(60.0, dtype=np.float32).reshape(3, 4, 5)
M = np.arange(12.0, dtype=np.float32).reshape(3, 4)

VIEWS = {
    "int": lambda t, x: x[1],
    "negative": lambda t, x: x[-1],
    "ints": lambda t, x: x[1, 2],
    "number": lambda t, x: x[1, 2, 3],
    "slice": lambda t, x: x[1:],
    "slice_all": lambda t, x: x[:],
    "slices": lambda t, x: x[:2, 1:3],
    "step": lambda t, x: x[::2, 1::2, :: t.tensor(3)],
    "empty": lambda t, x: x[2:1],
    "beyond": lambda t, x: x[1:99, -99:2],
    "mixed": lambda t, x: x[0, 1:, 2],
    "none": lambda t, x: x[None],
    "none_inside": lambda t, x: x[:, None, 1],
    "none_last": lambda t, x: x[..., None],
    "ellipsis": lambda t, x: x[..., 1],
    "ellipsis_inside": lambda t, x: x[1, ..., 2:],
    "ellipsis_for_nothing": lambda t, x: x[0, 1, 2, ...],
    "nothing": lambda t, x: x[()],
    "all": lambda t, x: x[...],
    "numpy_int": lambda t, x: x[np.int64(1)],
    "tensor_int": lambda t, x: x[t.tensor(1), :, t.tensor(-1)],
    "row_of_row": lambda t, x: x[1][2][1:3],
}
PICKS = {
    "tensor": lambda t, x: x[t.tensor([2, 0, 2])],
    "int32": lambda t, x: x[t.tensor([2, 0], dtype=t.int32)],
    "negative": lambda t, x: x[t.tensor([-1, -3])],
    "list": lambda t, x: x[[0, 2]],
    "list_inside": lambda t, x: x[:, [3, 0]],
    "array": lambda t, x: x[np.array([1, 1])],
    "range": lambda t, x: x[range(2)],
    "empty_list": lambda t, x: x[[]],
    "matrix": lambda t, x: x[t.tensor([[0, 1], [2, 0]])],
    "nested_array": lambda t, x: x[np.array([[0, 1], [2, 0]])],
    "many_lists": lambda t, x: x[[[0, 1]] * 32],
    "pair": lambda t, x: x[[0, 1], [2, 3]],
    "broadcast": lambda t, x: x[t.tensor([[0], [1]]), t.tensor([2, 3])],
    "triple": lambda t, x: x[[0, 1], [2, 3], [4, 0]],
    "middle": lambda t, x: x[:, t.tensor([0, 1]), t.tensor([1, 2])],
    "apart": lambda t, x: x[t.tensor([0, 1]), :, t.tensor([1, 2])],
    "apart_by_none": lambda t, x: x[:, t.tensor([0, 1]), None, t.tensor([1, 2])],
    "int_before": lambda t, x: x[0, :, t.tensor([0, 1])],
    "int_beside": lambda t, x: x[:, 0, t.tensor([0, 1])],
    "int_tensor_apart": lambda t, x: x[t.tensor(1), :, t.tensor([0, 1])],
    "slice_and_tensor": lambda t, x: x[1:, t.tensor([3, 3, 0]), ::2],
    "ellipsis": lambda t, x: x[..., t.tensor([4, 0])],
    "none_first": lambda t, x: x[None, t.tensor([1, 2])],
    "mask": lambda t, x: x[x > 20],
    "mask_rows": lambda t, x: x[t.tensor([True, False, True])],
    "mask_list": lambda t, x: x[[False, True, True]],
    "mask_inside": lambda t, x: x[:, t.tensor([True, False, True, False])],
    "mask_two_dims": lambda t, x: x[x[..., 0] > 10],
    "mask_and_int": lambda t, x: x[x[:, :, 0] > 10, 2],
    "mask_and_tensor": lambda t, x: x[t.tensor([True, False, True]), t.tensor([1, 2])],
    "mask_of_nothing": lambda t, x: x[x < 0],
    "true": lambda t, x: x[True],
    "false": lambda t, x: x[False],
    "true_tensor": lambda t, x: x[t.tensor(True), 0],
    "int_and_true": lambda t, x: x[0, True],
    "of_expanded": lambda t, x: x[:1].expand(4, 4, 5)[t.tensor([0, 3])],
}
# PyTorch takes these lists for tuples, and warns.
NESTED = {
    "slice": lambda t, x: x[[slice(0, 2), 1]],
    "none": lambda t, x: x[[1, None]],
    "numbers": lambda t, x: x[[t.tensor(0), t.tensor(1)]],
    "tensors": lambda t, x: x[[t.tensor([0, 2]), t.tensor([1, 1])]],
    "lists": lambda t, x: x[[[0, 1], [2, 0]]],
    "list": lambda t, x: x[[[0, 1]]],
    "written": lambda t, x: (y := x * 1).__setitem__([[0, 1], [2, 0]], x[0, :2]) or y,
}
FUNCTIONS = {
    "picked_from_transposed": lambda t, x: x.transpose(0, 2)[t.tensor([1, 1, 4])],
    "index_select": lambda t, x: x.index_select(1, t.tensor([3, 0, 3])),
    "index_select_number": lambda t, x: t.index_select(x, 0, t.tensor(1)),
    "index_select_of_a_number": lambda t, x: x[0, 0, 0].index_select(0, t.tensor([0])),
    "where_of_a_number": lambda t, x: t.where(x[0, 0, 0] == 0),
    "gather": lambda t, x: x.gather(1, t.tensor([[[0, 1], [3, 3]]])),
    "gather_last": lambda t, x: t.gather(x, -1, x.argmax(-1, keepdim=True)),
    "scatter": lambda t, x: x.scatter(0, t.tensor([[[2, 0, 1]]]), x[:1, :1, :3] * 2),
    "scatter_part": lambda t, x: x.detach().scatter(2, t.tensor([[[1, 2]]]), x.detach() * 2),
    "scatter_number": lambda t, x: t.scatter(x, 1, t.tensor([[[2], [0]]]), 7),
    "scatter_add": lambda t, x: x.scatter_add(0, t.tensor([[[1, 1]], [[1, 0]]]), x[1:, :1, :2]),
    "masked_fill": lambda t, x: x.masked_fill(x > 20, -1.0),
    "masked_fill_broadcast": lambda t, x: x.masked_fill(
        t.tensor([True, False, True, False, False]), 0
    ),
    "masked_fill_tensor": lambda t, x: t.masked_fill(x.detach(), x > 20, t.tensor(2.5)),
    "masked_select": lambda t, x: x.masked_select(x > 20),
    "masked_select_broadcast": lambda t, x: t.masked_select(x, t.tensor([[True], [False]] * 2)),
    "nonzero": lambda t, x: (x > 50).nonzero(),
    "nonzero_tuple": lambda t, x: t.nonzero(x > 50, as_tuple=True),
    "nonzero_number": lambda t, x: t.tensor(3.0).nonzero(),
    "where": lambda t, x: t.where(x > 50),
    "take_along_dim": lambda t, x: t.take_along_dim(x, t.tensor([[[1], [0]]]), 1),
    "take_along_flat": lambda t, x: x.take_along_dim(t.tensor([5, 0])),
    "index_add": lambda t, x: x.index_add(0, t.tensor([1, 1]), x[1:], alpha=2),
    "index_copy": lambda t, x: x.index_copy(1, t.tensor([2, 0]), x[:, 1:3]),
    "index_fill": lambda t, x: x.index_fill(2, t.tensor([0, 4]), 1.5),
    "index_put": lambda t, x: x.index_put((t.tensor([0, 2]),), x[1:, :1] * 3),
    "contains": lambda t, x: (5 in x, 500 in x, x[0, 0, 1] in x),
}

# Writes into x from s, which has its shape; t is the module.
WRITES = {
    "row": lambda t, x, s: x.__setitem__(0, s[1] * 2),
    "number": lambda t, x, s: x.__setitem__((1, 2), 7),
    "broadcast": lambda t, x, s: x.__setitem__((slice(None), 1), s[2, 3]),
    "leading_ones": lambda t, x, s: x.__setitem__(0, s[:1, None]),
    "everything": lambda t, x, s: x.__setitem__(Ellipsis, s + 1),
    "all_slices": lambda t, x, s: x.__setitem__(slice(None), s),
    "step": lambda t, x, s: x.__setitem__((slice(None, None, 2), slice(None), 1), s[:2, :, 0]),
    "other_dtype": lambda t, x, s: x.__setitem__((0, 0), t.arange(5)),
    "picked_rows": lambda t, x, s: x.__setitem__(t.tensor([2, 0]), s[1:] * s[:2]),
    "picked_number": lambda t, x, s: x.__setitem__(([0, 1], [2, 3]), 4),
    "picked_broadcast": lambda t, x, s: x.__setitem__(([0, 1], [2, 3]), s[0, 0]),
    "picked_from_part": lambda t, x, s: x.__setitem__((1, t.tensor([0, 3])), s[0, 1:3]),
    "mask": lambda t, x, s: x.__setitem__(x > 2, 0.5),
    "mask_of_tensor": lambda t, x, s: x.__setitem__(t.arange(60).view(3, 4, 5) > 54, s[0, 0]),
    "mask_of_zero_d": lambda t, x, s: x.__setitem__(x > 2, s[0, 0, 3]),
    "mask_rows": lambda t, x, s: x.__setitem__(t.tensor([True, False, False]), s[1:2]),
    "mask_in_part": lambda t, x, s: x.__setitem__((1, t.tensor([True] * 3 + [False])), s[2, :3]),
    "through_a_view": lambda t, x, s: x.view(12, 5)[3:].__setitem__((0, slice(3)), s[0, 0, :3]),
    "augmented": lambda t, x, s: x.__setitem__(1, x[1].mul_(s[0])),
    "index_put_add": lambda t, x, s: x.index_put_((t.tensor([1, 1, 0]),), s * 2, accumulate=True),
    "index_add_": lambda t, x, s: x.index_add_(1, t.tensor([1, 1]), s[:, :2]),
    "masked_fill_": lambda t, x, s: x.masked_fill_(x > 2, 0.5),
    "masked_fill_tensor_": lambda t, x, s: x.masked_fill_(x.detach() > 2, s[0, 0, 1]),
    "scatter_": lambda t, x, s: x.scatter_(0, t.tensor([[[2, 0]]]), s[1:2, :1, :2] * 1),
    "scatter_number_": lambda t, x, s: x.scatter_(1, t.tensor([[[2], [0]]]), -1),
    "scatter_add_": lambda t, x, s: x.scatter_add_(2, t.tensor([[[1, 1]]]), s[1:2, :1, :2] * 1),
}

NAMES = {
    "SelectBackward0": [np.s_[0], np.s_[0, 0], np.s_[0, :], np.s_[:, 0], np.s_[..., 0]],
    "SliceBackward0": [np.s_[0:1], np.s_[:], np.s_[1:2, :], np.s_[0, 1:2], np.s_[:, 1:]],
    "UnsqueezeBackward0": [None, np.s_[..., None], np.s_[:, None], np.s_[0, None]],
    "AliasBackward0": [..., np.s_[:, :], ()],
    "IndexBackward0": [[0, 1], np.s_[:, [0]], True, np.s_[0, [1]]],
}

REFUSALS = {
    "int": Refusal(
        lambda t, x: x[5], IndexError, "index 5 is out of bounds for dimension 0 with size 3"
    ),
    "negative": Refusal(
        lambda t, x: x[-4], IndexError, "index -4 is out of bounds for dimension 0 with size 3"
    ),
    "second": Refusal(
        lambda t, x: x[0, 5], IndexError, "index 5 is out of bounds for dimension 1 with size 4"
    ),
    "too_many": Refusal(
        lambda t, x: x[0, 0, 0], IndexError, "too many indices for tensor of dimension 2"
    ),
    "zero_d": Refusal(
        lambda t, x: x[0, 0][0],
        IndexError,
        "invalid index of a 0-dim tensor. Use `tensor.item()` in Python",
    ),
    "negative_step": Refusal(lambda t, x: x[::-1], ValueError, "step must be greater than zero"),
    "float": Refusal(
        lambda t, x: x[1.5],
        IndexError,
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid "
        "indices (got float)",
    ),
    "float_slice": Refusal(lambda t, x: x[1.0:], TypeError, ""),
    "float_tensor": Refusal(
        lambda t, x: x[t.tensor([1.0])],
        IndexError,
        "tensors used as indices must be long, int, byte or bool tensors",
    ),
    "tensor": Refusal(
        lambda t, x: x[t.tensor([5])],
        IndexError,
        "index 5 is out of bounds for dimension 0 with size 3",
    ),
    "list": Refusal(
        lambda t, x: x[:, [0, -5]],
        IndexError,
        "index -5 is out of bounds for dimension",
    ),
    "shapes": Refusal(
        lambda t, x: x[[0, 1], [0, 1, 2]],
        IndexError,
        "shape mismatch: indexing tensors could not be broadcast together with shapes [2], [3]",
    ),
    "mask": Refusal(
        lambda t, x: x[x[0] > 0],
        IndexError,
        "The shape of the mask [4] at index 0 does not match the shape of the indexed tensor "
        "[3, 4] at index 0",
    ),
    "mask_second": Refusal(
        lambda t, x: x[x[:, :2] > 0],
        IndexError,
        "The shape of the mask [3, 2] at index 1 does not match the shape of the indexed tensor "
        "[3, 4] at index 1",
    ),
    "write_size": Refusal(
        lambda t, x: (x * 1).__setitem__(0, t.zeros(3)),
        RuntimeError,
        "The expanded size of the tensor (4) must match the existing size (3) at non-singleton "
        "dimension 0.  Target sizes: [4].  Tensor sizes: [3]",
    ),
    "write_list": Refusal(
        lambda t, x: (x * 1).__setitem__(0, [1, 2, 3, 4]),
        TypeError,
        "can't assign a list to a torch.FloatTensor",
    ),
    "write_mask": Refusal(
        lambda t, x: (x * 1).__setitem__(x > 3, t.zeros(3)),
        RuntimeError,
        "shape mismatch: value tensor of shape [3] cannot be broadcast to indexing result of shape "
        "[8]",
    ),
    "write_dtype": Refusal(
        lambda t, x: (x * 1).__setitem__([0, 1], t.zeros(2, 4, dtype=t.float64)),
        RuntimeError,
        "Index put requires the source and destination dtypes match, got Float for the destination "
        "and Double for the source.",
    ),
    "write_leaf": Refusal(
        lambda t, x: x.__setitem__(0, 1.0),
        RuntimeError,
        "a view of a leaf Variable that requires grad is being used in an in-place operation.",
    ),
    "write_leaf_picked": Refusal(
        lambda t, x: x.__setitem__([0, 1], 1.0),
        RuntimeError,
        "a leaf Variable that requires grad is being used in an in-place operation.",
    ),
    "write_expanded": Refusal(
        lambda t, x: x.detach()[:1].expand(3, 4).add_(1),
        RuntimeError,
        "unsupported operation: more than one element of the written-to tensor refers to a single "
        "memory location",
    ),
    "index_select": Refusal(
        lambda t, x: x.index_select(0, t.tensor([5])), IndexError, "index out of range in self"
    ),
    "index_select_matrix": Refusal(
        lambda t, x: x.index_select(0, t.tensor([[0]])),
        IndexError,
        "index_select(): Index is supposed to be a vector",
    ),
    "gather_dimensions": Refusal(
        lambda t, x: x.gather(0, t.tensor([0])),
        RuntimeError,
        "Index tensor must have the same number of dimensions as input tensor",
    ),
    "gather_bounds": Refusal(
        lambda t, x: x.gather(0, t.tensor([[5]])),
        RuntimeError,
        "index 5 is out of bounds for dimension 0 with size 3",
    ),
    "gather_size": Refusal(
        lambda t, x: x.gather(0, t.tensor([[0, 1, 2, 0, 1]])),
        RuntimeError,
        "Size does not match at dimension 1 expected index [1, 5] to be no larger than self [3, 4] "
        "apart from dimension 0",
    ),
    "gather_dtype": Refusal(
        lambda t, x: x.gather(0, t.tensor([[0.0]])),
        RuntimeError,
        "gather(): Expected dtype int32/int64 for index",
    ),
    "scatter_dtype": Refusal(
        lambda t, x: x.scatter(0, t.tensor([[0]]), t.tensor([[1]])),
        RuntimeError,
        "scatter(): Expected self.dtype to be equal to src.dtype",
    ),
    "masked_fill_mask": Refusal(
        lambda t, x: x.masked_fill(x.long(), 0),
        RuntimeError,
        "masked_fill_ only supports boolean masks, but got mask with dtype",
    ),
    "masked_fill_value": Refusal(
        lambda t, x: x.masked_fill(x > 3, t.zeros(2)),
        RuntimeError,
        "only supports a 0-dimensional value tensor, but got tensor with 1 dimension",
    ),
    "masked_select": Refusal(
        lambda t, x: x.masked_select(x.long()),
        RuntimeError,
        "masked_select: expected BoolTensor for mask",
    ),
    "masked_fill_range": Refusal(
        lambda t, x: x.byte().masked_fill(x > 3, 300),
        RuntimeError,
        "value cannot be converted to type uint8_t without overflow",
    ),
    "write_range": Refusal(
        lambda t, x: x.byte().__setitem__([0], 300),
        RuntimeError,
        "value cannot be converted to type uint8_t without overflow",
    ),
    "index_add_dtype": Refusal(
        lambda t, x: x.index_add(0, t.tensor([0]), t.ones(1, 4, dtype=t.int64)),
        RuntimeError,
        "self (Float) and source (Long) must have the same scalar type",
    ),
    "index_add_count": Refusal(
        lambda t, x: x.index_add(0, t.tensor([0, 1]), t.ones(1, 4)),
        RuntimeError,
        "Number of indices (2) should be equal to source.size(dim): (1), for dim: 0",
    ),
    "index_add_shape": Refusal(
        lambda t, x: x.index_add(0, t.tensor([0, 1]), t.ones(2, 1)),
        RuntimeError,
        "source tensor shape must match self tensor shape, excluding the specified dimension",
    ),
    "index_copy_dtype": Refusal(
        lambda t, x: x.index_copy(0, t.tensor([0]), t.ones(1, 4, dtype=t.int64)),
        RuntimeError,
        "self and source expected to have the same dtype, but got (self) Float and (source) Long",
    ),
    "index_copy_count": Refusal(
        lambda t, x: x.index_copy(0, t.tensor([0, 1]), t.ones(1, 4)),
        IndexError,
        "Number of indices (2) should be equal to source.size(dim) (1)",
    ),
    "index_select_number": Refusal(
        lambda t, x: x[0, 0].index_select(0, t.tensor([0, 0])),
        RuntimeError,
        "Index to scalar can have only 1 value, got 2 value(s)",
    ),
    "contains": Refusal(
        lambda t, x: "a" in x,
        RuntimeError,
        "Tensor.__contains__ only supports Tensor or scalar, but you passed in a <class 'str'>.",
    ),
}


@pytest.mark.parametrize("call", VIEWS.values(), ids=VIEWS)
def test_basic_indices_are_pytorchs_views(torch, call):
    compare(torch, call, X, memory=True)


@pytest.mark.parametrize("call", PICKS.values(), ids=PICKS)
def test_picked_elements_are_pytorchs(torch, call):
    compare(torch, call, X, memory=True)


@pytest.mark.filterwarnings("ignore:Using a non-tuple sequence")
@pytest.mark.parametrize("call", NESTED.values(), ids=NESTED)
def test_nested_lists_stand_for_tuples_as_in_pytorch(torch, call):
    compare(torch, call, X, memory=True)


def test_nested_lists_warn():
    with pytest.warns(UserWarning, match="Using a non-tuple sequence") as caught:
        picked = mt.tensor([[1, 2], [3, 4]])[[[0, 1], [1, 0]]]
    assert picked.tolist() == [2, 3]
    assert caught[0].filename == __file__


@pytest.mark.parametrize("call", FUNCTIONS.values(), ids=FUNCTIONS)
def test_functions_are_pytorchs(torch, call):
    compare(torch, call, X)


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_writing_and_its_gradient_are_pytorchs(torch, write):
    def recorded(t, x, s):
        y = x * 1
        before = y * 2
        write(t, y, s)
        return y, before, y[1] * 3

    def unrecorded(t, x, s):
        y = x.detach().clone()
        write(t, y, s.detach())
        return y, y._version

    compare(torch, recorded, X / 10, X / 20)
    compare(torch, unrecorded, X / 10, X / 20)


@pytest.mark.parametrize(
    ("name", "index"), [(name, index) for name, indices in NAMES.items() for index in indices]
)
def test_nodes_have_pytorchs_names(torch, name, index):
    for module in (mt, torch):
        x = module.ones(2, 3, 4, requires_grad=True)
        assert x[index].grad_fn.name() == name


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals(refusal):
    refused(mt, refusal, M)


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals_are_pytorchs(torch, refusal):
    refused(torch, refusal, M)


def test_uint8_masks_warn():
    with pytest.warns(UserWarning, match="indexing with dtype torch.uint8 is now deprecated"):
        picked = mt.arange(3)[mt.tensor([1, 0, 1], dtype=mt.uint8)]
    assert picked.tolist() == [0, 2]


def test_one_hot(torch):
    from minitorch.ops.index.gather import one_hot

    labels = np.array([[0, 2], [1, 1]])
    expected = torch.nn.functional.one_hot(torch.from_numpy(labels), 4)
    assert one_hot(mt.from_numpy(labels), 4).tolist() == expected.tolist()
    assert one_hot(mt.tensor([1, 0])).tolist() == [[0, 1], [1, 0]]
    with pytest.raises(RuntimeError, match="Class values must be smaller than num_classes"):
        one_hot(mt.tensor([3]), 3)
    with pytest.raises(RuntimeError, match="Class values must be non-negative"):
        one_hot(mt.tensor([-1]))
    with pytest.raises(RuntimeError, match="only applicable to index tensor of type LongTensor"):
        one_hot(mt.tensor([1.0]))


def test_writing_counts_once_in_the_version():
    x = mt.zeros(3, 4)
    x[0] = 1
    x[[0, 1]] = 2
    x[x > 1] = 3
    assert x._version == 3


def test_golden_numbers_without_pytorch():
    x = mt.arange(12.0).view(3, 4).requires_grad_()
    x[mt.tensor([0, 2, 0]), 1:3].sum().backward()
    assert x.grad.tolist() == [[0, 2, 2, 0], [0, 0, 0, 0], [0, 1, 1, 0]]
    with mt.no_grad():
        x[x > 9] = 0
        x[0, 1:3] = mt.tensor([7.0, 8.0])
    assert x.tolist() == [[0, 7, 8, 3], [4, 5, 6, 7], [8, 9, 0, 0]]
    assert x[0, :, None].shape == (4, 1)
    assert mt.zeros(2, 3, 4, 5)[0, :, [0, 1]].shape == (3, 2, 5)
    assert mt.zeros(2, 3, 4, 5)[:, [0, 1], :, [0, 1]].shape == (2, 2, 4)
    y = x * 1
    y[1] = 10
    assert y.grad_fn.name() == "CopySlices"
    assert y[1].tolist() == [10] * 4


SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


@st.composite
def indices(draw, shape):
    """An index into this shape, as a list of items: ints, slices, None, Ellipsis, lists, masks."""
    items, dim = [], 0
    picked = draw(st.lists(st.integers(1, 3), max_size=1))  # one shape for all lists of ints
    dots = draw(st.integers(-1, len(shape)))
    while dim < len(shape) and draw(st.integers(0, 5)):
        if dim == dots:
            items.append(Ellipsis)
            break
        size = shape[dim]
        kind = draw(st.sampled_from(["int", "slice", "none", "list", "mask", "number"]))
        if kind == "int":
            items.append(draw(st.integers(-size, size - 1)))
        elif kind == "slice":
            bound = st.none() | st.integers(-size - 1, size + 1)
            items.append(slice(draw(bound), draw(bound), draw(st.none() | st.integers(1, 3))))
        elif kind == "none":
            items.append(None)
            dim -= 1
        elif kind == "number":
            items.append(np.array(draw(st.integers(-size, size - 1))))
        elif kind == "list" or picked:
            values = st.integers(-size, size - 1)
            items.append(
                np.array(draw(st.lists(values, min_size=2, max_size=2))).reshape(picked * 0 + [2])
            )
        else:
            items.append(np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size))))
        dim += 1
    return items


def in_module(t, items):
    return tuple(t.from_numpy(i) if isinstance(i, np.ndarray) else i for i in items)


@given(data=st.data())
def test_any_index_reads_as_in_pytorch(torch, data):
    shape = data.draw(SHAPES)
    items = data.draw(indices(shape))
    array = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    try:
        torch.from_numpy(array)[in_module(torch, items)]
    except IndexError:
        with pytest.raises(IndexError):
            mt.from_numpy(array)[in_module(mt, items)]
        return
    compare(torch, lambda t, x: x[in_module(t, items)], array, memory=True)


@given(data=st.data())
def test_any_index_writes_as_in_pytorch(torch, data):
    shape = data.draw(SHAPES)
    items = data.draw(indices(shape))
    if any(isinstance(i, np.ndarray) and i.ndim and i.dtype != bool for i in items):
        items = items[:0]  # places named twice: which value stays is nobody's promise
    array = np.arange(np.prod(shape), dtype=np.float64).reshape(shape)
    try:
        picked = torch.from_numpy(array)[in_module(torch, items)]
    except IndexError:
        return

    def write(t, x, values):
        y = x * 1
        y[in_module(t, items)] = values
        return y

    compare(torch, write, array, np.asarray(picked.numpy() + 100))
    compare(torch, write, array, np.float64(7))
