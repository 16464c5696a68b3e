"""Indexing, gathering, scattering and masks: as in PyTorch, reading and writing."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

import minitorch as mt
from tests.support.both import compare

X = np.arange(60.0, dtype=np.float32).reshape(3, 4, 5)

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
    "tensor_int16": lambda t, x: x[t.tensor(1, dtype=t.int16), t.tensor(2, dtype=t.uint16)],
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
    # A 0-d tensor counts as one element along dimension 0.
    "gather_of_a_number": lambda t, x: x[0, 0, 1].gather(0, t.tensor([0, 0])),
    "gather_number": lambda t, x: x[0, 0].gather(0, t.tensor(2)),
    "scatter_into_a_number": lambda t, x: x[0, 0, 1].scatter(-1, t.tensor([0]), x[0, 0, 2:3]),
    "scatter_number_into_a_number": lambda t, x: x[0, 0, 1].scatter(0, t.tensor(0), 2),
    "scatter_at_a_number": lambda t, x: x[0, 0].scatter(0, t.tensor(1), x[0, 0, 4]),
    "scatter_add_to_a_number": lambda t, x: x[0, 0, 1].scatter_add(0, t.tensor([0]), x[0, 0, :1]),
    "scatter_reduce_a_number": lambda t, x: x.detach()[0, 0, 1].scatter(
        0, t.tensor([0, 0]), 3, reduce="multiply"
    ),
    "index_add_to_a_number": lambda t, x: x[0, 0, 1].index_add(0, t.tensor([0]), x[0, 0, 2]),
    "index_copy_to_a_number": lambda t, x: x[0, 0, 1].index_copy(0, t.tensor([0]), x[0, 0, 2:3]),
    "index_copy_a_number": lambda t, x: x[0, 0].index_copy(0, t.tensor([3]), x[0, 1, 2]),
    "index_fill_a_number": lambda t, x: x[0, 0, 1].index_fill(0, t.tensor([0, -1]), 7),
    # An index of no elements reads nothing, whatever its dtype and shape.
    "gather_nothing": lambda t, x: x.gather(1, t.zeros(2, 0)),
    "scatter_nothing": lambda t, x: x.scatter(1, t.zeros(0, dtype=t.uint8), x.detach()[0]),
    "scatter_add_nothing": lambda t, x: x.scatter_add(-1, t.zeros(9, 0), x.detach()[0]),
    # Negative positions.
    "take_along_negative": lambda t, x: t.take_along_dim(x, t.tensor([[[-1], [0], [-4]]]), 1),
    "index_fill_negative": lambda t, x: x.index_fill(1, t.tensor([-1, 3, -4]), 7),
    # A mask and what it is for broadcast against each other.
    "masked_scatter": lambda t, x: x.masked_scatter(x > 20, x.flip(0)),
    "masked_scatter_broadcast": lambda t, x: x[0, 0].masked_scatter(x[0] > 5, x[1:]),
    "masked_scatter_both": lambda t, x: x[:, :1, 0].masked_scatter(x[0, 0] > 2, x.flatten()),
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
    "index_put_at_number": lambda t, x, s: x.index_put_((t.tensor(1),), s[0] * 2),
    "index_put_at_numbers": lambda t, x, s: x.index_put_(
        (t.tensor(1), t.tensor(-1), t.tensor([3, 0])), s[0, 0, :2] * 2
    ),
    "index_put_add_at_number": lambda t, x, s: x.index_put_(
        (t.tensor(2), t.tensor([1, 1])), s[0, 0] * 2, accumulate=True
    ),
    "index_add_": lambda t, x, s: x.index_add_(1, t.tensor([1, 1]), s[:, :2]),
    "mask_and_own_number": lambda t, x, s: x.__setitem__(x > 2, x[0, 0, 3]),
    "mask_and_own_row": lambda t, x, s: x.__setitem__(
        (slice(None), t.tensor([True, False, True, True])), x[:1, :1, :1]
    ),
    "own_number_everywhere": lambda t, x, s: x.__setitem__(True, x[0, 0, 3]),
    "itself_everywhere": lambda t, x, s: x.__setitem__(True, x),
    "number_nowhere": lambda t, x, s: x.__setitem__(False, s[0]),
    "index_put_own_number": lambda t, x, s: x.index_put_((x > 2,), x[0, 0, 3]),
    "masked_scatter_": lambda t, x, s: x.masked_scatter_(s[0] > 0.2, s * 2),
    "masked_scatter_own": lambda t, x, s: x.masked_scatter_(x > 5, x),
    "index_fill_repeated_": lambda t, x, s: x.index_fill_(0, t.tensor([2, 0, 2]), s[0, 0, 1]),
    "scatter_into_a_number_": lambda t, x, s: x[0, 0, 1].scatter_(0, t.tensor([0]), s[0, 0, :1]),
    "index_add_to_a_number_": lambda t, x, s: x[0, 0, 1].index_add_(0, t.tensor([0]), s[0, 0, 1]),
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


ONE_WINNER = {
    "index_copy": lambda x, v: x.index_copy(0, mt.tensor([2, 0, 2]), v),
    "index_put": lambda x, v: x.index_put((mt.tensor([2, 0, 2]),), v),
    "scatter": lambda x, v: x.scatter(0, mt.tensor([2, 0, 2]), v),
    "setitem": lambda x, v: (y := x * 1).__setitem__(mt.tensor([2, 0, 2]), v) or y,
    "scatter_": lambda x, v: (x * 1).scatter_(0, mt.tensor([2, 0, 2]), v),
}


@pytest.mark.parametrize("write", ONE_WINNER.values(), ids=ONE_WINNER)
def test_of_values_for_one_place_the_last_has_the_derivative(write):
    """PyTorch's tangents agree; its gradients, it says, are incorrect where an index repeats."""
    x, v, t = mt.zeros(4), mt.tensor([1.0, 2.0, 3.0]), mt.tensor([4.0, 5.0, 6.0])
    assert write(x, v).tolist() == [2, 0, 3, 0]
    assert mt.func.jvp(lambda v: write(x, v), (v,), (t,))[1].tolist() == [5, 0, 6, 0]
    assert mt.func.jacrev(write, 1)(x, v).sum(0).tolist() == [0, 1, 1]
    of_batch = mt.func.vmap(lambda x, v: mt.func.jacrev(write, 1)(x, v).sum(0))
    assert of_batch(x[None], v[None]).tolist() == [[0, 1, 1]]


def test_masks_scatter_what_was_there_before():
    x = mt.tensor([1.0, 2.0, 3.0])
    assert x.masked_scatter_(mt.tensor([False, True, True]), x[:2]).tolist() == [1, 1, 2]


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
