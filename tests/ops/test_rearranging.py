"""Views, joins and copies made of others: as in PyTorch, with its gradients, memory and errors."""

from typing import Any

import numpy as np
import pytest

import minitorch as mt
from tests.support.both import Refusal, compare, refused

X = np.arange(24.0, dtype=np.float32).reshape(2, 3, 4)
M = np.arange(16.0, dtype=np.float32).reshape(4, 4)

VIEWS = {
    "unfold": lambda t, x: x.unfold(2, 2, 1),
    "unfold_with_gaps": lambda t, x: x.unfold(-1, 1, 3),
    "unfold_whole": lambda t, x: x.unfold(1, 3, 5),
    "unfold_twice": lambda t, x: x.unfold(1, 2, 1).unfold(2, 2, 2),
    "unfold_of_transposed": lambda t, x: x.transpose(0, 2).unfold(0, 2, 1),
    "as_strided": lambda t, x: x.as_strided((3, 2), (1, 4), 5),
    "as_strided_overlaps": lambda t, x: t.as_strided(x, (3, 3), (2, 1)),
    "as_strided_of_view": lambda t, x: x[1, :, 1:].as_strided((2, 2), (4, 2)),
    "as_strided_of_transposed": lambda t, x: x.transpose(0, 2).as_strided((2, 4), (3, 1), 2),
    "as_strided_outside": lambda t, x: x[1].as_strided((4,), (1,), 0),
    "as_strided_of_expanded": lambda t, x: x[0, :, :1].expand(3, 4).as_strided((2,), (4,)),
    "split_with_sizes": lambda t, x: x.split_with_sizes([1, 2], 1),
    "tensor_split": lambda t, x: x.tensor_split(3, -1),
    "tensor_split_at": lambda t, x: t.tensor_split(x, (1, 3, 9), dim=2),
    "tensor_split_by": lambda t, x: t.tensor_split(x, t.tensor([2, 1]), 1),
    "tensor_split_into": lambda t, x: x.tensor_split(t.tensor(2), 1),
    "hsplit": lambda t, x: x.hsplit(3),
    "hsplit_of_vector": lambda t, x: t.hsplit(x[0, 0], [1, 2]),
    "vsplit": lambda t, x: x.vsplit(1, 1),
    "dsplit": lambda t, x: t.dsplit(x, 2),
    "unsafe_split": lambda t, x: t.unsafe_split(x, 2, 1),
    "unsafe_chunk": lambda t, x: x.unsafe_chunk(2, -1),
    "unsafe_split_with_sizes": lambda t, x: x.unsafe_split_with_sizes([1, 3], 2),
    "atleast": lambda t, x: t.atleast_1d(x[0, 0, 0], x),
    "atleast_2d": lambda t, x: t.atleast_2d([x[0, 0], x[0]]),
    "atleast_3d": lambda t, x: t.atleast_3d(x[0, 0], x[0], x, x[0, 0, 0]),
    "broadcast_tensors": lambda t, x: t.broadcast_tensors(x, x[0, :, :1]),
}

COPIES = {
    "unsafe_may_be_written": lambda t, x: t.unsafe_split(x * 1, 2, 1)[0].mul_(2),
    "diag_embed": lambda t, x: x.diag_embed(-1, 0, 2),
    "diagflat": lambda t, x: x[0].diagflat(1),
    "select_scatter": lambda t, x: x.select_scatter(x[:, :, 0] * 2, 2, -1),
    "slice_scatter": lambda t, x: x.slice_scatter(x[:, :, :2] * 2, 2, 1, step=2),
    "diagonal_scatter": lambda t, x: x.diagonal_scatter(x[:, 0, :3] * 2, 1, 1, 2),
    "as_strided_scatter": lambda t, x: x.detach().as_strided_scatter(
        x[0, :2, :2] * 2, (2, 2), (9, 1)
    ),
    "fliplr": lambda t, x: x.fliplr(),
    "flipud": lambda t, x: t.flipud(x),
    "rot90": lambda t, x: x.rot90(),
    "rot90_back": lambda t, x: t.rot90(x, -1, (2, 0)),
    "rot90_half": lambda t, x: t.rot90(x, 2, [0, 1]),
    "rot90_not": lambda t, x: t.rot90(x, 4),
    "dstack": lambda t, x: t.dstack((x[0], x[0] * 2)),
    "dstack_of_vectors": lambda t, x: t.dstack([x[0, 0], x[1, 0]]),
    "column_stack": lambda t, x: t.column_stack((x[0, :, 0], x[1], x[0, :, 1])),
    "cartesian_prod": lambda t, x: t.cartesian_prod(x[0, 0], x[1, :, 0]),
    "cartesian_prod_of_one": lambda t, x: t.cartesian_prod(x[0, 0]),
    "combinations": lambda t, x: t.combinations(x[0, 0]),
    "combinations_of_three": lambda t, x: t.combinations(x[0, 0], 3),
    "combinations_with_replacement": lambda t, x: t.combinations(x[0, 0], 3, True),
    "combinations_of_none": lambda t, x: t.combinations(x[0, 0], 0).detach(),
    "combinations_of_too_many": lambda t, x: t.combinations(x[0, 0], 5),
    "alias_copy": lambda t, x: t.alias_copy(x),
    "as_strided_copy": lambda t, x: t.as_strided_copy(x, (3, 2), (1, 4)),
    "detach_copy": lambda t, x: t.detach_copy(x.detach()),
    "diagonal_copy": lambda t, x: t.diagonal_copy(x, 1, 0, 2),
    "expand_copy": lambda t, x: t.expand_copy(x[:, :1], (2, 3, 4)),
    "narrow_copy": lambda t, x: x.narrow_copy(2, 1, 2),
    "permute_copy": lambda t, x: t.permute_copy(x, (2, 0, 1)),
    "select_copy": lambda t, x: t.select_copy(x, 1, -1),
    "slice_copy": lambda t, x: t.slice_copy(x, 2, 1, 9, 2),
    "split_copy": lambda t, x: t.split_copy(x, 2, 2),
    "split_with_sizes_copy": lambda t, x: t.split_with_sizes_copy(x, [1, 2], 1),
    "squeeze_copy": lambda t, x: t.squeeze_copy(x[:1], 0),
    "t_copy": lambda t, x: t.t_copy(x[0]),
    "transpose_copy": lambda t, x: t.transpose_copy(x, 0, 2),
    "unbind_copy": lambda t, x: t.unbind_copy(x, 1),
    "unfold_copy": lambda t, x: t.unfold_copy(x, 2, 2, 1),
    "unsqueeze_copy": lambda t, x: t.unsqueeze_copy(x, 1),
    "view_copy": lambda t, x: t.view_copy(x, (4, 6)),
    "view_copy_of_transposed": lambda t, x: t.view_copy(x.mT, (4, 6)),
    "view_copy_of_the_memory": lambda t, x: t.view_copy(x.detach().int(), t.int16),
}


@pytest.mark.parametrize("call", [*VIEWS.values(), *COPIES.values()], ids=[*VIEWS, *COPIES])
def test_as_in_pytorch(torch: Any, call: Any) -> None:
    compare(torch, call, X, memory=True)


@pytest.mark.parametrize("call", VIEWS.values(), ids=VIEWS)
def test_views_share_memory(call: Any) -> None:
    x = mt.from_numpy(X.copy())
    parts = call(mt, x)
    for part in parts if isinstance(parts, tuple | list) else [parts]:
        assert np.may_share_memory(part.numpy(), x.numpy()) or not part.numel()


@pytest.mark.parametrize("dtype", ["int64", "bool", "float16"])
@pytest.mark.parametrize("call", COPIES.values(), ids=COPIES)
def test_of_other_dtypes(torch: Any, call: Any, dtype: str) -> None:
    def converted(library: Any, x: Any) -> Any:
        with library.no_grad():
            return call(library, x.to(getattr(library, dtype)))

    compare(torch, converted, X - 3)


def writes(t: Any, x: Any) -> list[Any]:
    """Writes through views reach what they are of, with their gradients."""
    y = x * 1
    y.unfold(0, 2, 3).mul_(2)
    z = x * 1
    z.as_strided((2, 2), (5, 1), 1).mul_(x[0, 1])
    w = x * 1
    w.as_strided_((2, 8), (8, 1)).mul_(3)
    return [y, z, w]


def test_writes_through_views(torch: Any) -> None:
    compare(torch, writes, M)


def test_strides_of_ones_own_in_memory_with_gaps(torch: Any) -> None:
    """That of an array of NumPy's, from its first element to its last."""
    for gaps in (M[:, ::2], M[1:, 1:3], M[::2].T, M[:2, 3:]):
        for library in (mt, torch):
            x = library.from_numpy(gaps)
            found = x.as_strided((2, 2), (1, 2))
            at = x.data_ptr() - M.ctypes.data
            flat = M.reshape(-1)[at // M.itemsize :]
            assert found.tolist() == [[flat[0], flat[2]], [flat[1], flat[3]]]
            with pytest.raises(RuntimeError, match="out of bounds for storage of size"):
                x.as_strided((2, 2), (1, 16))


REFUSED = {
    "unfold_too_large": Refusal(
        lambda t, x: x.unfold(0, 3, 1),
        RuntimeError,
        "maximum size for tensor at dimension 0 is 2 but size is 3",
    ),
    "unfold_negative": Refusal(
        lambda t, x: x.unfold(0, -1, 1), RuntimeError, "size is -1 but must be >= 0"
    ),
    "unfold_in_place": Refusal(
        lambda t, x: x.unfold(0, 1, 0), RuntimeError, "step is 0 but must be > 0"
    ),
    "as_strided_outside": Refusal(
        lambda t, x: x.as_strided((5,), (9,)),
        RuntimeError,
        "setStorage: sizes [5], strides [9], storage offset 0, and",
    ),
    "as_strided_backwards": Refusal(
        lambda t, x: x.as_strided((2,), (-1,)),
        RuntimeError,
        "as_strided: Negative strides are not supported at the",
    ),
    "as_strided_lengths": Refusal(
        lambda t, x: x.as_strided((2, 2), (1,)),
        RuntimeError,
        "mismatch in length of strides and shape",
    ),
    "as_strided_before": Refusal(
        lambda t, x: x.as_strided((2,), (1,), -1), RuntimeError, "Tensor: invalid storage offset -1"
    ),
    "tensor_split_into_none": Refusal(
        lambda t, x: x.tensor_split(0),
        RuntimeError,
        "number of sections must be larger than 0, got 0",
    ),
    "tensor_split_of_0d": Refusal(
        lambda t, x: x[0, 0, 0].tensor_split(2),
        RuntimeError,
        "tensor_split expected at least a 1-dimensional tensor, but",
    ),
    "tensor_split_by_floats": Refusal(
        lambda t, x: x.tensor_split(t.tensor([1.0])),
        RuntimeError,
        "tensor_split expected tensor_indices_or_sections to",
    ),
    "hsplit_unevenly": Refusal(
        lambda t, x: x.hsplit(2),
        RuntimeError,
        "torch.hsplit attempted to split along dimension 1, but the",
    ),
    "vsplit_of_vector": Refusal(
        lambda t, x: x[0, 0].vsplit(2),
        RuntimeError,
        "torch.vsplit requires a tensor with at least 2",
    ),
    "dsplit_of_matrix": Refusal(
        lambda t, x: x[0].dsplit(2), RuntimeError, "torch.dsplit requires a tensor with at least 3"
    ),
    "split_with_sizes_short": Refusal(
        lambda t, x: x.split_with_sizes([1], 1),
        RuntimeError,
        "split_with_sizes expects split_sizes to sum exactly to 3",
    ),
    "diag_embed_twice": Refusal(
        lambda t, x: x.diag_embed(0, 1, 1),
        RuntimeError,
        "diagonal dimensions cannot be identical 1, 1",
    ),
    "select_scatter_shape": Refusal(
        lambda t, x: x.select_scatter(x[0], 1, 0),
        RuntimeError,
        "expected src to have a size equal to the slice of",
    ),
    "slice_scatter_shape": Refusal(
        lambda t, x: x.slice_scatter(x[0], 0),
        RuntimeError,
        "expected src to have a size equal to the slice of",
    ),
    "slice_scatter_back": Refusal(
        lambda t, x: x.slice_scatter(x, 0, step=-1), RuntimeError, "slice step must be positive"
    ),
    "diagonal_scatter_shape": Refusal(
        lambda t, x: x.diagonal_scatter(x[0]),
        RuntimeError,
        "expected src to have a size equal to the slice of",
    ),
    "fliplr_of_vector": Refusal(
        lambda t, x: x[0, 0].fliplr(), RuntimeError, "Input must be >= 2-d."
    ),
    "flipud_of_0d": Refusal(
        lambda t, x: x[0, 0, 0].flipud(), RuntimeError, "Input must be >= 1-d."
    ),
    "rot90_dims": Refusal(
        lambda t, x: x.rot90(1, (0,)),
        RuntimeError,
        "expected total rotation dims == 2, but got dims = 1",
    ),
    "rot90_outside": Refusal(
        lambda t, x: x.rot90(1, (0, 5)),
        IndexError,
        "Dimension out of range (expected to be in range of",
    ),
    "rot90_same": Refusal(
        lambda t, x: x.rot90(1, (1, 1)),
        RuntimeError,
        "expected rotation dims to be different, but got dim0 = 1",
    ),
    "column_stack_of_none": Refusal(
        lambda t, x: t.column_stack([]), RuntimeError, "column_stack expects a non-empty TensorList"
    ),
    "dstack_shapes": Refusal(
        lambda t, x: t.dstack([x, x[0]]),
        RuntimeError,
        "Sizes of tensors must match except in dimension 2. Expected",
    ),
    "broadcast_tensors": Refusal(
        lambda t, x: t.broadcast_tensors(x, x[0, :2]),
        RuntimeError,
        "The size of tensor a (3) must match the size of tensor b",
    ),
    "broadcast_shapes": Refusal(
        lambda t, x: t.broadcast_shapes((2, 3), (2,)), RuntimeError, "broadcast"
    ),
    "cartesian_prod_of_matrix": Refusal(
        lambda t, x: t.cartesian_prod(x[0], x[0, 0]),
        RuntimeError,
        "Expect a 1D vector, but got shape [3, 4]",
    ),
    "combinations_of_matrix": Refusal(
        lambda t, x: t.combinations(x[0]), RuntimeError, "Expect a 1D vector, but got shape [3, 4]"
    ),
    "combinations_negative": Refusal(
        lambda t, x: t.combinations(x[0, 0], -1),
        RuntimeError,
        "Expect a non-negative number, but got -1",
    ),
    "tril_indices": Refusal(
        lambda t, x: t.tril_indices(-1, 2), RuntimeError, "row must be non-negative, got-1"
    ),
    "triu_indices_of_floats": Refusal(
        lambda t, x: t.triu_indices(2, 2, dtype=t.float32),
        NotImplementedError,
        "\"triu_indices\" not implemented for 'Float'",
    ),
    "empty_strided": Refusal(
        lambda t, x: t.empty_strided((2, 3), (1,)),
        RuntimeError,
        "dimensionality of sizes (2) must match dimensionality of",
    ),
    "empty_permuted": Refusal(
        lambda t, x: t.empty_permuted((2, 3), (1, 1)), RuntimeError, "Duplicate dim not allowed"
    ),
    "logspace": Refusal(
        lambda t, x: t.logspace(0, 1, -1), RuntimeError, "number of steps must be non-negative"
    ),
}


@pytest.mark.parametrize("refusal", REFUSED.values(), ids=REFUSED)
def test_refusals(refusal: Refusal) -> None:
    refused(mt, refusal, X)


@pytest.mark.parametrize("refusal", REFUSED.values(), ids=REFUSED)
def test_pytorch_refuses_the_same(torch: Any, refusal: Refusal) -> None:
    refused(torch, refusal, X)
