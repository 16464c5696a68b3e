"""What indexing, gathering, scattering and masks refuse, in PyTorch's words."""

import numpy as np
import pytest

import minitorch as mt
from tests.support.both import Refusal, refused

M = np.arange(12.0, dtype=np.float32).reshape(3, 4)

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
    "gather_negative": Refusal(
        lambda t, x: x.gather(0, t.tensor([[-1]])),
        RuntimeError,
        "index -1 is out of bounds for dimension 0 with size 3",
    ),
    "take_along_dims": Refusal(
        lambda t, x: t.take_along_dim(x, t.tensor([0]), 1),
        RuntimeError,
        "torch.take_along_dim(): input and indices should have the same number of dimensions, but "
        "got 2 dimensions for input, and 1 dimensions for indices",
    ),
    "take_along_dtype": Refusal(
        lambda t, x: t.take_along_dim(x, t.tensor([[0.0]]), 1),
        RuntimeError,
        "torch.take_along_dim(): dtype of indices should be Long but got Float",
    ),
    "take_along_broadcast": Refusal(
        lambda t, x: t.take_along_dim(x, t.zeros(2, 1).long(), 1),
        RuntimeError,
        "must match the",
    ),
    "masked_scatter_broadcast": Refusal(
        lambda t, x: x.masked_scatter(t.ones(3, 2).bool(), x.detach()),
        RuntimeError,
        "must match the size of tensor b",
    ),
    "masked_scatter_size": Refusal(
        lambda t, x: x.detach().masked_scatter_(t.ones(2, 3, 4).bool(), x),
        RuntimeError,
        "the number of sizes provided (2) must be greater or equal to the number of dimensions in "
        "the tensor (3)",
    ),
    "index_add_vector": Refusal(
        lambda t, x: x.index_add(0, t.tensor([[0]]), t.ones(1, 4)),
        IndexError,
        "index_add_(): Index is supposed to be a vector, but got dim: 2 with type: Long",
    ),
    "index_add_index": Refusal(
        lambda t, x: x.index_add(0, t.tensor([0.0]), t.ones(1, 4)),
        RuntimeError,
        "index_add_(): Expected dtype int32/int64 for index but got: Float",
    ),
    "index_add_to_a_number": Refusal(
        lambda t, x: x[0, 0].index_add(0, t.tensor([0]), t.ones(1)),
        RuntimeError,
        "source tensor shape must match self tensor shape, excluding the specified dimension. Got "
        "self.shape = [] source.shape = [1]",
    ),
    "index_copy_scalar": Refusal(
        lambda t, x: x.index_copy(0, t.tensor([0, 1]), t.tensor(1.0)),
        IndexError,
        "index_copy_(): When source is scalar, index should have one element (got 2)",
    ),
    "index_copy_slices": Refusal(
        lambda t, x: x.index_copy(0, t.tensor([0]), t.ones(1, 3)),
        RuntimeError,
        "index_copy_(): Source/destination tensor must have same slice shapes. Destination slice "
        "shape:",
    ),
    "index_fill_bounds": Refusal(
        lambda t, x: x.index_fill(0, t.tensor([-4]), 1),
        IndexError,
        "index -4 is out of bounds for dimension 0 with size 3",
    ),
    "index_fill_value": Refusal(
        lambda t, x: x.index_fill(0, t.tensor([0]), t.zeros(1)),
        RuntimeError,
        "index_fill_ only supports a 0-dimensional value tensor, but got tensor with 1 dimension",
    ),
    "own_numbers": Refusal(
        lambda t, x: (y := x.detach()).__setitem__(t.tensor([0, 1]), y[2]),
        RuntimeError,
        "some elements of the input tensor and the written-to tensor refer to a single memory "
        "location",
    ),
    "contains": Refusal(
        lambda t, x: "a" in x,
        RuntimeError,
        "Tensor.__contains__ only supports Tensor or scalar, but you passed in a <class 'str'>.",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals(refusal):
    refused(mt, refusal, M)


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_refusals_are_pytorchs(torch, refusal):
    refused(torch, refusal, M)
