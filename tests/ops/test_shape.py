"""Shapes, views and their memory, joining and repeating: as in PyTorch."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

import minitorch as mt
from tests.support.both import Refusal, compare, refused

X = np.arange(24.0, dtype=np.float32).reshape(2, 3, 4)
M = np.arange(12.0, dtype=np.float32).reshape(3, 4)
S = np.float32(3.0)

VIEWS = {
    "view": lambda t, x: x.view(6, 4),
    "view_inferred": lambda t, x: x.view(-1),
    "view_tuple": lambda t, x: x.view((2, 1, -1)),
    "view_size": lambda t, x: x.view(x.shape),
    "view_as": lambda t, x: x.view_as(x.reshape(6, 4)),
    "view_of_transposed": lambda t, x: x.transpose(0, 1).view(3, 2, 2, 2),
    "view_of_slice": lambda t, x: x[:, 1:].view(2, 8),
    "view_of_expanded": lambda t, x: x[:1].expand(5, 3, 4).view(5, 12),
    "reshape_viewable": lambda t, x: x.reshape(4, 6),
    "reshape_copies": lambda t, x: x.transpose(0, 2).reshape(-1),
    "reshape_same": lambda t, x: x.reshape(2, 3, 4),
    "flatten": lambda t, x: x.flatten(),
    "flatten_some": lambda t, x: x.flatten(1),
    "flatten_none": lambda t, x: x.flatten(1, 1),
    "flatten_empty": lambda t, x: x[:0].flatten(1),
    "flatten_copies": lambda t, x: x.transpose(1, 2).flatten(1),
    "unflatten": lambda t, x: x.unflatten(2, (2, -1)),
    "ravel": lambda t, x: t.ravel(x),
    "transpose": lambda t, x: x.transpose(0, -1),
    "swapaxes": lambda t, x: x.swapaxes(0, 1),
    "t": lambda t, x: x[0].t(),
    "T": lambda t, x: x[0].T,
    "mT": lambda t, x: x.mT,
    "permute": lambda t, x: x.permute(2, 0, 1),
    "permute_tuple": lambda t, x: t.permute(x, (-1, 1, 0)),
    "movedim": lambda t, x: x.movedim(0, -1),
    "movedim_several": lambda t, x: t.movedim(x, (0, 2), (1, 0)),
    "squeeze_nothing": lambda t, x: x.squeeze(),
    "squeeze": lambda t, x: x[:, None, :1].squeeze(),
    "squeeze_dim": lambda t, x: x[:, :1].squeeze(1),
    "squeeze_dim_kept": lambda t, x: x.squeeze(1),
    "squeeze_dims": lambda t, x: x[:1, :1].squeeze((0, 1, 2)),
    "unsqueeze": lambda t, x: x.unsqueeze(1),
    "unsqueeze_last": lambda t, x: x.unsqueeze(-1),
    "unsqueeze_transposed": lambda t, x: x.transpose(0, 1).unsqueeze(1),
    "expand": lambda t, x: x[:, :1].expand(2, 5, 4),
    "expand_new": lambda t, x: x.expand(3, -1, -1, -1),
    "expand_same": lambda t, x: x.expand(2, 3, 4),
    "expand_as": lambda t, x: x[0].expand_as(x),
    "broadcast_to": lambda t, x: t.broadcast_to(x, (1, 2, 3, 4)),
    "split": lambda t, x: x.split(2, 1),
    "split_lengths": lambda t, x: t.split(x, [1, 0, 3], dim=-1),
    "split_of_transposed": lambda t, x: x.transpose(0, 2).split(3),
    "chunk": lambda t, x: x.chunk(3, -1),
    "chunk_too_many": lambda t, x: x.chunk(5),
    "chunk_of_nothing": lambda t, x: x[:0].chunk(3),
    "unbind": lambda t, x: x.unbind(1),
    "iteration": lambda t, x: list(x),
    "narrow": lambda t, x: x.narrow(1, -2, 2),
    "select": lambda t, x: x.select(1, -1),
    "diagonal": lambda t, x: x.diagonal(),
    "diagonal_moved": lambda t, x: x.diagonal(-1, 2, 1),
    "diagonal_above": lambda t, x: x[0].diagonal(1),
    "zero_size": lambda t, x: x[:0].view(0, 12),
    "zero_d": lambda t, x: x[1, 2, 3].view(1, 1),
    "to_zero_d": lambda t, x: x[1, 2, 3:].reshape(()),
    "chain": lambda t, x: x[1].t()[1:, ::2].unsqueeze(0).transpose(1, 2)[..., -1],
    "meshgrid_ij": lambda t, x: t.meshgrid(x[0, 0], x[0, :, 0], indexing="ij"),
    "meshgrid_xy": lambda t, x: t.meshgrid(x[0, 0], x[0, :, 0], indexing="xy"),
    "alias": lambda t, x: x[...],
}

COPIES = {
    "cat": lambda t, x: t.cat([x, x[:1], x * 2]),
    "cat_last": lambda t, x: t.cat((x[..., :1], x), dim=-1),
    "cat_with_legacy_empty": lambda t, x: t.cat([t.tensor([]), x[0]], 1),
    "cat_with_empties_of_other_dtypes": lambda t, x: [
        t.cat([t.tensor([]), x[0].long()]),
        t.cat([x[0, 0].half(), t.tensor([], dtype=t.double)]),
        t.cat([t.tensor([]), x[0].bool()], 1),
        t.cat([t.tensor([], requires_grad=True), x.long()], 2),
    ],
    "cat_promotes": lambda t, x: t.cat([x, x.long()]),
    "cat_transposed": lambda t, x: t.cat([x[0].t(), x[1].t()], 1),
    "concat": lambda t, x: t.concat([x, x], 1),
    "stack": lambda t, x: t.stack([x[0], x[1]], 1),
    "stack_last": lambda t, x: t.stack([x, x], -1),
    "stack_transposed": lambda t, x: t.stack([x[0].t(), x[1].t()]),
    "stack_numbers": lambda t, x: t.stack([x[0, 0, 1], x[1, 1, 1]]),
    "hstack": lambda t, x: t.hstack([x[0, 0], x[0, 1, :2]]),
    "vstack": lambda t, x: t.vstack([x[0, 0], x[1]]),
    "repeat": lambda t, x: x.repeat(2, 1, 3),
    "repeat_new": lambda t, x: x[0].repeat(2, 2, 1),
    "tile": lambda t, x: x.tile(2),
    "tile_more": lambda t, x: t.tile(x[0], (2, 1, 1)),
    "repeat_interleave": lambda t, x: x.repeat_interleave(2),
    "repeat_interleave_dim": lambda t, x: x.repeat_interleave(3, 1),
    "repeat_interleave_each": lambda t, x: t.repeat_interleave(x, t.tensor([0, 2, 1]), dim=1),
    "flip": lambda t, x: x.flip(0, 2),
    "flip_of_transposed": lambda t, x: x.transpose(0, 1).flip((1,)),
    "roll": lambda t, x: x.roll(2, -1),
    "roll_flat": lambda t, x: t.roll(x, -5),
    "roll_several": lambda t, x: x.roll((1, -1), (0, 2)),
    "tril": lambda t, x: x.tril(-1),
    "triu_of_transposed": lambda t, x: t.triu(x.mT, 1),
    "diag": lambda t, x: t.diag(x[0], 1),
    "diag_of_vector": lambda t, x: x[0, 0].diag(-1),
    "contiguous": lambda t, x: x.transpose(0, 1).contiguous(),
}

NAMES = {
    "ViewBackward0": lambda t, x: x.view(-1),
    "UnsafeViewBackward0": lambda t, x: x.mT.reshape(-1),
    "TransposeBackward0": lambda t, x: x.transpose(0, 1),
    "TBackward0": lambda t, x: x[0].t(),
    "PermuteBackward0": lambda t, x: x[0].T,
    "SqueezeBackward0": lambda t, x: x.squeeze(),
    "SqueezeBackward1": lambda t, x: x.squeeze(0),
    "SqueezeBackward2": lambda t, x: x.squeeze((0, 1)),
    "UnsqueezeBackward0": lambda t, x: x.unsqueeze(0),
    "ExpandBackward0": lambda t, x: x.expand(1, 2, 3, 4),
    "SplitBackward0": lambda t, x: x.chunk(2)[0],
    "SplitWithSizesBackward0": lambda t, x: x.split([1, 1])[0],
    "UnbindBackward0": lambda t, x: next(iter(x)),
    "SliceBackward0": lambda t, x: x.narrow(0, 0, 1),
    "SelectBackward0": lambda t, x: x.select(0, 0),
    "DiagonalBackward0": lambda t, x: x.diagonal(),
    "CatBackward0": lambda t, x: t.cat([x, x]),
    "StackBackward0": lambda t, x: t.stack([x, x]),
    "RepeatBackward0": lambda t, x: x.repeat(1, 1, 1),
    "FlipBackward0": lambda t, x: x.flip(0),
    "RollBackward0": lambda t, x: x.roll(1, 0),
    "TrilBackward0": lambda t, x: x.tril(),
    "TriuBackward0": lambda t, x: x.triu(),
}

REFUSALS = {
    "view_strides": Refusal(
        lambda t, x: x.t().view(-1),
        RuntimeError,
        "view size is not compatible with input tensor's size and stride (at least one dimension "
        "spans across two contiguous subspaces). Use .reshape(...) instead.",
    ),
    "view_size": Refusal(
        lambda t, x: x.view(3, 5), RuntimeError, "shape '[3, 5]' is invalid for input of size 12"
    ),
    "view_inferred": Refusal(
        lambda t, x: x.view(-1, 5), RuntimeError, "shape '[-1, 5]' is invalid for input of size 12"
    ),
    "view_two_unknown": Refusal(
        lambda t, x: x.view(-1, -1), RuntimeError, "only one dimension can be inferred"
    ),
    "view_negative": Refusal(
        lambda t, x: x.view(-2, 6),
        RuntimeError,
        "invalid shape dimension -2 at index 0",
    ),
    "view_ambiguous": Refusal(
        lambda t, x: x[:0].reshape(0, -1),
        RuntimeError,
        "cannot reshape tensor of 0 elements into shape [0, -1] because the unspecified dimension "
        "size -1 can be any value and is ambiguous",
    ),
    "reshape_size": Refusal(
        lambda t, x: x.reshape(7), RuntimeError, "shape '[7]' is invalid for input of size 12"
    ),
    "flatten_order": Refusal(
        lambda t, x: x.flatten(1, 0),
        RuntimeError,
        "flatten() has invalid args: start_dim cannot come after end_dim",
    ),
    "unflatten": Refusal(
        lambda t, x: x.unflatten(1, (2, 3)),
        RuntimeError,
        "unflatten: Provided sizes [2, 3] don't multiply up to the size of dim 1 (4) in the input",
    ),
    "transpose": Refusal(
        lambda t, x: x.transpose(0, 2),
        IndexError,
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
    ),
    "t_of_three": Refusal(
        lambda t, x: x[None].t(),
        RuntimeError,
        "t() expects a tensor with <= 2 dimensions, but self is 3D",
    ),
    "mT_of_vector": Refusal(
        lambda t, x: x[0].mT,
        RuntimeError,
        "tensor.mT is only supported on matrices or batches of matrices. Got 1-D tensor.",
    ),
    "permute_count": Refusal(
        lambda t, x: x.permute(0), RuntimeError, "input.dim() = 2 is not equal to len(dims) = 1"
    ),
    "permute_twice": Refusal(
        lambda t, x: x.permute(0, 0), RuntimeError, "permute(): duplicate dims are not allowed."
    ),
    "unsqueeze": Refusal(
        lambda t, x: x.unsqueeze(4),
        IndexError,
        "Dimension out of range (expected to be in range of [-3, 2], but got 4)",
    ),
    "expand": Refusal(
        lambda t, x: x.expand(3, 5),
        RuntimeError,
        "The expanded size of the tensor (5) must match the existing size (4) at non-singleton "
        "dimension 1.  Target sizes: [3, 5].  Tensor sizes: [3, 4]",
    ),
    "expand_fewer": Refusal(
        lambda t, x: x.expand(4),
        RuntimeError,
        "expand(torch.FloatTensor{[3, 4]}, size=[4]): the number of sizes provided (1) must be "
        "greater or equal to the number of dimensions in the tensor (2)",
    ),
    "expand_unknown": Refusal(
        lambda t, x: x.expand(-1, 3, 4),
        RuntimeError,
        "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension 0",
    ),
    "cat_nothing": Refusal(
        lambda t, x: t.cat([]), ValueError, "expected a non-empty list of Tensors"
    ),
    "cat_dimensions": Refusal(
        lambda t, x: t.cat([x, x[0]]),
        RuntimeError,
        "Tensors must have same number of dimensions: got 2 and 1",
    ),
    "cat_sizes": Refusal(
        lambda t, x: t.cat([x, x[:, :2]]),
        RuntimeError,
        "Sizes of tensors must match except in dimension 0. Expected size 4 but got size 2 for "
        "tensor number 1 in the list.",
    ),
    "cat_zero_d": Refusal(
        lambda t, x: t.cat([x[0, 0], x[0, 0]]),
        RuntimeError,
        "zero-dimensional tensor (at position 0) cannot be concatenated",
    ),
    "cat_zero_d_later": Refusal(
        lambda t, x: t.cat([x[0], x[0, 0]]),
        RuntimeError,
        "zero-dimensional tensor (at position 1) cannot be concatenated",
    ),
    "cat_numbers": Refusal(
        lambda t, x: t.cat([x, [1]]),
        TypeError,
        "expected Tensor as element 1 in argument 0",
    ),
    "cat_tensor": Refusal(
        lambda t, x: t.cat(x),
        TypeError,
        "argument 'tensors' (position 1) must be tuple of Tensors, not Tensor",
    ),
    "stack_nothing": Refusal(
        lambda t, x: t.stack([]), RuntimeError, "stack expects a non-empty TensorList"
    ),
    "stack_sizes": Refusal(
        lambda t, x: t.stack([x, x[0]]),
        RuntimeError,
        "stack expects each tensor to be equal size, but got [3, 4] at entry 0 and [4] at entry 1",
    ),
    "split_zero": Refusal(
        lambda t, x: x.split(0),
        RuntimeError,
        "split_size can only be 0 if dimension size is 0, but got dimension size of 3",
    ),
    "split_negative": Refusal(
        lambda t, x: x.split(-1),
        RuntimeError,
        "split expects split_size be non-negative, but got split_size=-1",
    ),
    "split_lengths": Refusal(
        lambda t, x: x.split([1, 1]),
        RuntimeError,
        "split_with_sizes expects split_sizes to sum exactly to 3 (input tensor's size at "
        "dimension 0), but got split_sizes=[1, 1]",
    ),
    "chunk": Refusal(
        lambda t, x: x.chunk(0),
        RuntimeError,
        "chunk expects `chunks` to be greater than 0, got: 0",
    ),
    "narrow_end": Refusal(
        lambda t, x: x.narrow(0, 1, 5),
        RuntimeError,
        "start (1) + length (5) exceeds dimension size (3).",
    ),
    "narrow_start": Refusal(
        lambda t, x: x.narrow(0, 4, 0),
        IndexError,
        "start out of range (expected to be in range of [-3, 3], but got 4)",
    ),
    "select": Refusal(
        lambda t, x: x.select(0, 5),
        IndexError,
        "select(): index 5 out of range for tensor of size [3, 4] at dimension 0",
    ),
    "cat_generator": Refusal(
        lambda t, x: t.cat(row for row in [x, x]),
        TypeError,
        "argument 'tensors' (position 1) must be tuple of Tensors, not generator",
    ),
    "view_float": Refusal(lambda t, x: x.view(2.0, 6), TypeError, ""),
    "transpose_float": Refusal(lambda t, x: x.transpose(0.0, 1), TypeError, ""),
    "unsqueeze_word": Refusal(lambda t, x: x.unsqueeze("a"), TypeError, ""),
    "select_zero_d": Refusal(
        lambda t, x: x[0, 0].select(0, 0),
        IndexError,
        "select() cannot be applied to a 0-dim tensor.",
    ),
    "repeat": Refusal(
        lambda t, x: x.repeat(2),
        RuntimeError,
        "Number of dimensions of repeat dims can not be smaller than number of dimensions of",
    ),
    "flip_twice": Refusal(
        lambda t, x: x.flip(0, 0), RuntimeError, "dim 0 appears multiple times in the list of dims"
    ),
    "roll": Refusal(
        lambda t, x: x.roll((1, 2), 0),
        RuntimeError,
        "shifts and dimensions must align. shifts: 2, dims:1",
    ),
    "tril": Refusal(
        lambda t, x: x[0].tril(), RuntimeError, "tril: input tensor must have at least 2 dimensions"
    ),
    "diag": Refusal(
        lambda t, x: t.diag(x[None]), RuntimeError, "diag(): Supports 1D or 2D tensors. Got 3D"
    ),
    "meshgrid_indexing": Refusal(
        lambda t, x: t.meshgrid(x[0], x[0], indexing="zz"),
        RuntimeError,
        'indexing must be one of "xy" or "ij", but received: zz',
    ),
    "iteration_zero_d": Refusal(
        lambda t, x: list(x[0, 0]), TypeError, "iteration over a 0-d tensor"
    ),
}


@pytest.mark.parametrize("call", VIEWS.values(), ids=VIEWS)
def test_views_are_pytorchs(torch, call):
    compare(torch, call, X, memory=True)


@pytest.mark.parametrize("call", COPIES.values(), ids=COPIES)
def test_copies_are_pytorchs(torch, call):
    compare(torch, call, X, memory=call not in (COPIES["flip_of_transposed"],))


@pytest.mark.parametrize(("name", "call"), NAMES.items(), ids=NAMES)
def test_nodes_have_pytorchs_names(torch, name, call):
    for module in (mt, torch):
        x = module.ones(2, 3, 4, requires_grad=True)
        assert call(module, x).grad_fn.name() == name


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals(refusal):
    refused(mt, refusal, M)


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals_are_pytorchs(torch, refusal):
    refused(torch, refusal, M)


def test_a_view_shares_memory_and_version():
    x = mt.zeros(3, 4)
    row, column, flat = x[1], x[:, 2], x.view(-1)
    row[2] = 5
    assert column.tolist() == [0, 5, 0]
    assert flat[6].item() == 5
    assert x.storage().data_ptr() == column.storage().data_ptr()
    assert x._version == flat._version == 1
    assert (column.storage_offset(), column.stride()) == (2, (4,))


def test_a_reshape_that_copies_shares_nothing():
    x = mt.arange(6.0).view(2, 3)
    y = x.t().reshape(-1)
    y[0] = 9
    assert y.tolist() == [9, 3, 1, 4, 2, 5]
    assert x[0, 0].item() == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda t, x: x.roll(1),
        lambda t, x: x.repeat(()),
        lambda t, x: x.repeat(3),
        lambda t, x: x.tile(2, 2),
        lambda t, x: x.flip(()),
        lambda t, x: x.flatten(),
        lambda t, x: x.t(),
        lambda t, x: x.transpose(0, -1),
        lambda t, x: x.squeeze(0),
        lambda t, x: x.expand(()),
        lambda t, x: x.permute(()),
    ],
)
def test_zero_d(torch, call):
    compare(torch, call, S)


def test_flatten_of_one_dimension_is_the_tensor_itself():
    x = mt.arange(3.0)
    assert x.flatten() is x


@pytest.mark.parametrize(
    "write",
    [
        lambda x: x[1].add_(2),
        lambda x: x.view(-1)[::2].mul_(3),
        lambda x: x.t()[0].zero_(),
        lambda x: x.diagonal().exp_(),
        lambda x: x.t().triu_(1),
        lambda x: x[1:].tril_(),
        lambda x: x.unsqueeze(0).squeeze(0)[:, 1:].mul_(x[:, :1].detach() + 1),
        lambda x: x.expand(3, 4)[2].mul_(5),
        lambda x: x.permute(1, 0).narrow(0, 1, 2).sub_(1),
    ],
)
def test_writing_through_a_view_rewrites_the_base(torch, write):
    def call(t, x):
        y = x * 1
        write(y)
        return y, y[0] * y[1]

    compare(torch, call, M / 10)


def test_the_parts_of_a_split_are_written_to_where_nothing_is_recorded():
    y = mt.ones(4, requires_grad=True) * 2
    with pytest.raises(RuntimeError, match="is the output of a function that returns multiple"):
        y.split(2)[1].mul_(3)
    with mt.no_grad():
        y.split(2)[1].mul_(3)
    x = mt.ones(4)
    x.unbind()[0].zero_()
    assert y.tolist() == [2, 2, 6, 6]
    assert x.tolist() == [0, 1, 1, 1]


def test_x_T_of_other_dimensions_warns():
    with pytest.warns(UserWarning, match="The use of `x.T` on tensors of dimension other than 2"):
        y = mt.zeros(2, 3, 4).T
    assert y.shape == (4, 3, 2)


def test_meshgrid_asks_for_indexing():
    with pytest.warns(UserWarning, match="it will be required to pass the indexing argument"):
        a, b = mt.meshgrid(mt.arange(2), mt.arange(3))
    assert a.tolist() == [[0, 0, 0], [1, 1, 1]]
    assert b.tolist() == [[0, 1, 2], [0, 1, 2]]


def test_golden_numbers_without_pytorch():
    x = mt.arange(6).view(2, 3)
    assert x.t().tolist() == [[0, 3], [1, 4], [2, 5]]
    assert mt.cat([x, x[:1]]).tolist() == [[0, 1, 2], [3, 4, 5], [0, 1, 2]]
    assert mt.stack([x[0], x[1]], 1).tolist() == [[0, 3], [1, 4], [2, 5]]
    assert [y.tolist() for y in x.split(2, 1)] == [[[0, 1], [3, 4]], [[2], [5]]]
    assert x.flip(1).tolist() == [[2, 1, 0], [5, 4, 3]]
    assert x.roll(1).tolist() == [[5, 0, 1], [2, 3, 4]]
    assert x.repeat(1, 2).tolist() == [[0, 1, 2, 0, 1, 2], [3, 4, 5, 3, 4, 5]]
    assert x.unsqueeze(1).stride() == (3, 3, 1)
    assert x[:, :1].expand(2, 4).stride() == (3, 0)


# A walk of random view operations, as PyTorch goes it.
def steps(draw, shape):
    """Draw one view operation for a tensor of this shape, as a function of it."""
    ndim = len(shape)
    kinds = ["unsqueeze", "squeeze", "flip_strides", "reshape"]
    if ndim:
        kinds += ["transpose", "slice", "select", "permute"]
    kind = draw(st.sampled_from(kinds))
    dim = draw(st.integers(-ndim, ndim - 1)) if ndim else 0
    if kind == "unsqueeze":
        place = draw(st.integers(-ndim - 1, ndim))
        return lambda x: x.unsqueeze(place)
    if kind == "squeeze":
        return lambda x: x.squeeze()
    if kind == "flip_strides":
        return lambda x: x.permute(tuple(range(x.dim() - 1, -1, -1)))
    if kind == "transpose":
        other = draw(st.integers(-ndim, ndim - 1))
        return lambda x: x.transpose(dim, other)
    if kind == "permute":
        order = draw(st.permutations(range(ndim)))
        return lambda x: x.permute(order)
    if kind == "slice":
        bound = st.none() | st.integers(-6, 6)
        part = slice(draw(bound), draw(bound), draw(st.none() | st.integers(1, 3)))
        return lambda x: x.transpose(0, dim)[part].transpose(0, dim)
    if kind == "select" and shape[dim]:
        place = draw(st.integers(0, shape[dim] - 1))
        return lambda x: x.select(dim, place)
    size = int(np.prod(shape))
    factors = [n for n in range(1, size + 1) if size % n == 0] or [0]
    rows = draw(st.sampled_from(factors))
    return lambda x: x.reshape(rows, size // rows if rows else 3)


@given(data=st.data())
def test_any_walk_of_views_is_pytorchs(torch, data):
    shape = tuple(data.draw(st.lists(st.integers(0, 4), max_size=4)))
    array = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    ours = mt.from_numpy(array.copy()).requires_grad_()
    theirs = torch.from_numpy(array.copy()).requires_grad_()
    a, b = ours, theirs
    for _ in range(data.draw(st.integers(1, 5))):
        step = steps(data.draw, tuple(b.shape))
        a, b = step(a), step(b)
        assert tuple(a.shape) == tuple(b.shape)
        assert a.is_contiguous() == b.is_contiguous()
        np.testing.assert_array_equal(a.detach().numpy(), b.detach().numpy())
        if b.numel():
            used = [i for i, n in enumerate(b.shape) if n != 1]
            assert [a.stride()[i] for i in used] == [b.stride()[i] for i in used]
    (a * a).sum().backward()
    (b * b).sum().backward()
    np.testing.assert_array_equal(ours.grad.numpy(), theirs.grad.numpy())
