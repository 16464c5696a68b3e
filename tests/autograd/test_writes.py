"""In-place writes with gradients to both sides: what was written, and what was written over."""

from typing import Any

import pytest

import minitorch as mt
from tests.support.table import check, complaint, leaf, refused, row


def written(torch: Any, write: Any, *values: float) -> Any:
    """A tensor after `write(tensor, a, b)`, its node, and the gradients of both sources."""
    a, b = leaf(torch, 1.0, 2.0, 3.0), leaf(torch, *(values or (4.0, 5.0)))
    y = a * 2
    write(y, a, b)
    (y * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    return [y, y.grad_fn.name().rpartition("::")[2], a.grad, b.grad]


# Each call writes into y, which is a * 2; PyTorch's answer is beside it.
WRITES: dict[str, tuple[Any, Any]] = {
    "zero_": (
        lambda torch, y, a, b: y.zero_(),
        [[0.0, 0.0, 0.0], "ZeroBackward0", [0.0, 0.0, 0.0], None],
    ),
    "fill_": (
        lambda torch, y, a, b: y.fill_(3),
        [[3.0, 3.0, 3.0], "FillBackward2", [0.0, 0.0, 0.0], None],
    ),
    "fill_ with a tensor": (
        lambda torch, y, a, b: y.fill_(b[0]),
        [[4.0, 4.0, 4.0], "FillBackward3", [0.0, 0.0, 0.0], [111.0, 0.0]],
    ),
    "copy_": (
        lambda torch, y, a, b: y.copy_(b[0] * torch.ones(3)),
        [[4.0, 4.0, 4.0], "CopyBackwards", [0.0, 0.0, 0.0], [111.0, 0.0]],
    ),
    "copy_ that broadcasts": (
        lambda torch, y, a, b: y.copy_(b[:1]),
        [[4.0, 4.0, 4.0], "CopyBackwards", [0.0, 0.0, 0.0], [111.0, 0.0]],
    ),
    "copy_ without history": (
        lambda torch, y, a, b: y.copy_(torch.ones(3)),
        [[1.0, 1.0, 1.0], "CopyBackwards", [0.0, 0.0, 0.0], None],
    ),
    "all of it": (
        lambda torch, y, a, b: y.__setitem__(slice(None), 7.0),
        [[7.0, 7.0, 7.0], "FillBackward3", [0.0, 0.0, 0.0], None],
    ),
    "all of it by dots": (
        lambda torch, y, a, b: y.__setitem__(..., b[0]),
        [[4.0, 4.0, 4.0], "FillBackward3", [0.0, 0.0, 0.0], [111.0, 0.0]],
    ),
    "one element": (
        lambda torch, y, a, b: y.__setitem__(1, b[0]),
        [[2.0, 4.0, 6.0], "CopySlices", [2.0, 0.0, 200.0], [10.0, 0.0]],
    ),
    "a slice": (
        lambda torch, y, a, b: y.__setitem__(slice(1, None), b),
        [[2.0, 4.0, 5.0], "CopySlices", [2.0, 0.0, 0.0], [10.0, 100.0]],
    ),
    "a slice with a number": (
        lambda torch, y, a, b: y.__setitem__(slice(1, None), 7),
        [[2.0, 7.0, 7.0], "CopySlices", [2.0, 0.0, 0.0], None],
    ),
    "a mask": (
        lambda torch, y, a, b: y.__setitem__(y > 2, b),
        [[2.0, 4.0, 5.0], "IndexPutBackward0", [2.0, 0.0, 0.0], [10.0, 100.0]],
    ),
    "a mask with a number": (
        lambda torch, y, a, b: y.__setitem__(y > 2, 0.0),
        [[2.0, 0.0, 0.0], "IndexPutBackward0", [2.0, 0.0, 0.0], None],
    ),
    "a mask with one value": (
        lambda torch, y, a, b: y.__setitem__(y > 2, b[0]),
        [[2.0, 4.0, 4.0], "IndexPutBackward0", [2.0, 0.0, 0.0], [110.0, 0.0]],
    ),
    "an index": (
        lambda torch, y, a, b: y.__setitem__(torch.tensor([2, 0]), b),
        [[5.0, 4.0, 4.0], "IndexPutBackward0", [0.0, 20.0, 0.0], [100.0, 1.0]],
    ),
    "a list": (
        lambda torch, y, a, b: y.__setitem__([2, 0], b),
        [[5.0, 4.0, 4.0], "IndexPutBackward0", [0.0, 20.0, 0.0], [100.0, 1.0]],
    ),
    "rows and columns": (
        lambda torch, y, a, b: y.view(1, 3).__setitem__((0, torch.tensor([2, 0])), b),
        [[5.0, 4.0, 4.0], "CopySlices", [0.0, 20.0, 0.0], [100.0, 1.0]],
    ),
    "index_put_": (
        lambda torch, y, a, b: y.index_put_((torch.tensor([2, 0]),), b),
        [[5.0, 4.0, 4.0], "IndexPutBackward0", [0.0, 20.0, 0.0], [100.0, 1.0]],
    ),
    "index_put_ that adds": (
        lambda torch, y, a, b: y.index_put_((torch.tensor([2, 2]),), b, accumulate=True),
        [[2.0, 4.0, 15.0], "IndexPutBackward0", [2.0, 20.0, 200.0], [100.0, 100.0]],
    ),
    "masked_fill_": (
        lambda torch, y, a, b: y.masked_fill_(y > 2, 7),
        [[2.0, 7.0, 7.0], "MaskedFillBackward0", [2.0, 0.0, 0.0], None],
    ),
    "masked_fill_ with a tensor": (
        lambda torch, y, a, b: y.masked_fill_(y > 2, b[0]),
        [[2.0, 4.0, 4.0], "MaskedFillBackward1", [2.0, 0.0, 0.0], [110.0, 0.0]],
    ),
    "scatter_": (
        lambda torch, y, a, b: y.scatter_(0, torch.tensor([2, 0]), b),
        [[5.0, 4.0, 4.0], "ScatterBackward0", [0.0, 20.0, 0.0], [100.0, 1.0]],
    ),
    "scatter_ of a number": (
        lambda torch, y, a, b: y.scatter_(0, torch.tensor([2, 0]), 7.0),
        [[7.0, 4.0, 7.0], "ScatterBackward1", [0.0, 20.0, 0.0], None],
    ),
    "scatter_add_": (
        lambda torch, y, a, b: y.scatter_add_(0, torch.tensor([2, 2]), b),
        [[2.0, 4.0, 15.0], "ScatterAddBackward0", [2.0, 20.0, 200.0], [100.0, 100.0]],
    ),
    "index_add_": (
        lambda torch, y, a, b: y.index_add_(0, torch.tensor([2, 2]), b, alpha=3),
        [[2.0, 4.0, 33.0], "IndexAddBackward0", [2.0, 20.0, 200.0], [300.0, 300.0]],
    ),
    "index_copy_": (
        lambda torch, y, a, b: y.index_copy_(0, torch.tensor([2, 0]), b),
        [[5.0, 4.0, 4.0], "IndexCopyBackward0", [0.0, 20.0, 0.0], [100.0, 1.0]],
    ),
    "index_fill_": (
        lambda torch, y, a, b: y.index_fill_(0, torch.tensor([2, 0]), 7),
        [[7.0, 4.0, 7.0], "IndexFillBackward0", [0.0, 20.0, 0.0], None],
    ),
    "add_": (
        lambda torch, y, a, b: y.add_(b[0], alpha=2),
        [[10.0, 12.0, 14.0], "AddBackward0", [2.0, 20.0, 200.0], [222.0, 0.0]],
    ),
    "sub_": (
        lambda torch, y, a, b: y.sub_(b[1]),
        [[-3.0, -1.0, 1.0], "SubBackward0", [2.0, 20.0, 200.0], [0.0, -111.0]],
    ),
    "mul_": (
        lambda torch, y, a, b: y.mul_(b[0]),
        [[8.0, 16.0, 24.0], "MulBackward0", [8.0, 80.0, 800.0], [642.0, 0.0]],
    ),
    "div_": (
        lambda torch, y, a, b: y.div_(b[0]),
        [[0.5, 1.0, 1.5], "DivBackward0", [0.5, 5.0, 50.0], [-40.125, 0.0]],
    ),
    "pow_": (
        lambda torch, y, a, b: y.pow_(2),
        [[4.0, 16.0, 36.0], "PowBackward0", [8.0, 160.0, 2400.0], None],
    ),
    "pow_ of a tensor": (
        lambda torch, y, a, b: y.pow_(b[0]),
        [[16.0, 256.0, 1296.0], "PowBackward1", [64.0, 5120.0, 172800.0], [235772.0, 0.0]],
    ),
    "mul_ by a source": (
        lambda torch, y, a, b: y.mul_(a),
        [[2.0, 8.0, 18.0], "MulBackward0", [4.0, 80.0, 1200.0], None],
    ),
    "add_ of itself": (
        lambda torch, y, a, b: y.add_(y),
        [[4.0, 8.0, 12.0], "AddBackward0", [4.0, 40.0, 400.0], None],
    ),
    "exp_": (
        lambda torch, y, a, b: y.exp_(),
        [[7.38906, 54.5981, 403.429], "ExpBackward0", [14.7781, 1091.96, 80685.8], None],
    ),
    "sqrt_": (
        lambda torch, y, a, b: y.sqrt_(),
        [[1.41421, 2.0, 2.44949], "SqrtBackward0", [0.707107, 5.0, 40.8248], None],
    ),
    "sigmoid_": (
        lambda torch, y, a, b: y.sigmoid_(),
        [[0.880797, 0.982014, 0.997527], "SigmoidBackward0", [0.209987, 0.353255, 0.493293], None],
    ),
    "tanh_": (
        lambda torch, y, a, b: y.div_(4).tanh_(),
        [[0.462117, 0.761594, 0.905148], "TanhBackward0", [0.393224, 2.09987, 9.03533], None],
    ),
    "relu_": (
        lambda torch, y, a, b: y.sub_(3).relu_(),
        [[0.0, 1.0, 3.0], "ReluBackward0", [0.0, 20.0, 200.0], None],
    ),
    "log_": (
        lambda torch, y, a, b: y.log_(),
        [[0.693147, 1.38629, 1.79176], "LogBackward0", [1.0, 5.0, 33.3333], None],
    ),
    "sin_": (
        lambda torch, y, a, b: y.sin_(),
        [[0.909297, -0.756802, -0.279415], "SinBackward0", [-0.832294, -13.0729, 192.034], None],
    ),
    "tan_": (
        lambda torch, y, a, b: y.tan_(),
        [[-2.18504, 1.15782, -0.291006], "TanBackward0", [11.5488, 46.811, 216.937], None],
    ),
    "clamp_": (
        lambda torch, y, a, b: y.clamp_(3, 5),
        [[3.0, 4.0, 5.0], "ClampBackward1", [0.0, 20.0, 0.0], None],
    ),
    "floor_": (
        lambda torch, y, a, b: y.floor_(),
        [[2.0, 4.0, 6.0], "FloorBackward0", [0.0, 0.0, 0.0], None],
    ),
    "neg_": (
        lambda torch, y, a, b: y.neg_(),
        [[-2.0, -4.0, -6.0], "NegBackward0", [-2.0, -20.0, -200.0], None],
    ),
    "addcmul_": (
        lambda torch, y, a, b: y.addcmul_(b[0], b[1], value=2).mul_(1),
        [[42.0, 44.0, 46.0], "MulBackward0", [2.0, 20.0, 200.0], [1110.0, 888.0]],
    ),
    "lerp_": (
        lambda torch, y, a, b: y.lerp_(b[0], 0.5),
        [[3.0, 4.0, 5.0], "LerpBackward0", [1.0, 10.0, 100.0], [55.5, 0.0]],
    ),
    "cumsum_": (
        lambda torch, y, a, b: y.cumsum_(0),
        [[2.0, 6.0, 12.0], "CumsumBackward0", [222.0, 220.0, 200.0], None],
    ),
    "eq_": (
        lambda torch, y, a, b: y.eq_(4),
        [[0.0, 1.0, 0.0], "EqBackward0", [0.0, 0.0, 0.0], None],
    ),
    "ge_": (
        lambda torch, y, a, b: y.ge_(a).mul_(1),
        [[1.0, 1.0, 1.0], "MulBackward0", [0.0, 0.0, 0.0], None],
    ),
    "lt_ of a source": (
        lambda torch, y, a, b: y.lt_(b[0]).mul_(1),
        [[1.0, 0.0, 0.0], "MulBackward0", [0.0, 0.0, 0.0], [0.0, 0.0]],
    ),
    "uniform_ and mul_": (
        lambda torch, y, a, b: y.uniform_(0, 0).mul_(b[0]),
        [[0.0, 0.0, 0.0], "MulBackward0", [0.0, 0.0, 0.0], [0.0, 0.0]],
    ),
    "masked_scatter_": (
        lambda torch, y, a, b: y.masked_scatter_(y > 2, b).mul_(1),
        [[2.0, 4.0, 5.0], "MulBackward0", [2.0, 0.0, 0.0], [10.0, 100.0]],
    ),
    "addmm_": (
        lambda torch, y, a, b: y.view(1, 3).addmm_(b.view(1, 2), torch.ones(2, 3), beta=2, alpha=3),
        [[31.0, 35.0, 39.0], "CopySlices", [4.0, 40.0, 400.0], [333.0, 333.0]],
    ),
    "fill_diagonal_": (
        lambda torch, y, a, b: y.view(1, 3).fill_diagonal_(7),
        [[7.0, 4.0, 6.0], "CopySlices", [0.0, 20.0, 200.0], None],
    ),
    "tril_": (
        lambda torch, y, a, b: y.view(1, 3).tril_(),
        [[2.0, 0.0, 0.0], "CopySlices", [2.0, 0.0, 0.0], None],
    ),
}


@pytest.mark.parametrize("library", ["minitorch", "pytorch"])
@pytest.mark.parametrize("name", WRITES)
def test_writes(name: str, library: str, request: pytest.FixtureRequest) -> None:
    write, expected = WRITES[name]
    lib = mt if library == "minitorch" else request.getfixturevalue("torch")
    check(lambda torch: written(torch, lambda y, a, b: write(torch, y, a, b)), lib, expected)


@row([True, [1.0, 1.0], [1, -2], False, [True, True]])
def test_writes_into_other_dtypes(torch: Any) -> Any:
    a = leaf(torch, 1.6, -2.6)
    doubles = torch.zeros(2, dtype=torch.float64).copy_(a)
    doubles.sum().backward()
    whole = torch.zeros(2, dtype=torch.int64).copy_(a)
    truth = torch.zeros(2, dtype=torch.bool).fill_(3)
    return [doubles.dtype is torch.float64, a.grad, whole, whole.requires_grad, truth]


@row(
    [
        refused(
            RuntimeError, "The size of tensor a (3) must match the size of tensor b (4) at non-si"
        ),
        refused(RuntimeError, "output with shape [3] doesn't match the broadcast shape [2, 3]"),
        refused(
            RuntimeError, "The size of tensor a (3) must match the size of tensor b (2) at non-si"
        ),
        refused(
            RuntimeError,
            "fill_ only supports 0-dimension value tensor but got tensor with 1 dimensions",
        ),
        refused(RuntimeError, "result type Float can't be cast to the desired output type Long"),
        refused(RuntimeError, "result type Float can't be cast to the desired output type Long"),
        refused(RuntimeError, "result type Float can't be cast to the desired output type Long"),
        refused(RuntimeError, "result type Long can't be cast to the desired output type Bool"),
        refused(RuntimeError, "masked_fill_ only supports boolean masks, but got mask with dtype"),
        refused(RuntimeError, "Number of elements of source < number of ones in mask"),
        refused(RuntimeError, "expand(torch.FloatTensor{[3]},"),
        refused(TypeError, "can't assign a list to a torch.FloatTensor"),
    ]
)
def test_writes_that_do_not_fit(torch: Any) -> Any:
    x, n = torch.ones(3), torch.ones(3, dtype=torch.int64)
    return [
        complaint(lambda: x.copy_(torch.ones(4))),
        complaint(lambda: x.copy_(torch.ones(2, 3))),
        complaint(lambda: x.add_(torch.ones(2))),
        complaint(lambda: x.fill_(torch.ones(2))),
        complaint(lambda: n.add_(1.5)),
        complaint(lambda: n.div_(2)),
        complaint(lambda: n.exp_()),
        complaint(lambda: n.bool().add_(1)),
        complaint(lambda: x.masked_fill_(n, 1)),
        complaint(lambda: x.masked_scatter_(x > 0, torch.ones(2))),
        complaint(lambda: x.__setitem__(0, torch.ones(3))),
        complaint(lambda: x.__setitem__(0, [1.0])),
    ]


@row([True, [1.0, 1.0], [[3.0, 3.0]], [6.0, 6.0]])
def test_retained_gradients_and_hooks_after_a_write(torch: Any) -> Any:
    """What is retained is the gradient of the tensor as it is, hooks see that of the old one."""
    a, seen = leaf(torch, 1.0, 2.0), []
    y = a * 2
    y.retain_grad()
    y.register_hook(lambda grad: seen.append(grad.tolist()))
    y.mul_(3)
    y.sum().backward()
    return [y.retains_grad, y.grad, seen, a.grad]


@row([[12.0, 8.0], [72.0, 16.0]])
def test_retained_gradients_of_a_base_written_through_a_view(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    y = a * 2
    y.retain_grad()
    y[:1].mul_(3)
    (y * y).sum().backward()
    return [y.grad, a.grad]


@row([[26.0, 56.0, 38.0], [25.0, 51.99998092651367, 36.9999885559082]])
def test_second_derivatives_through_writes(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0, 3.0)
    y = a * 1
    y[0] = a[1] * a[2]
    y[1:].mul_(a[:2])
    y.exp_()
    (grad,) = torch.autograd.grad(y.log().sum() * a.sum(), a, create_graph=True)
    grad.sum().backward()
    return [grad, a.grad]


@row(
    refused(RuntimeError, "one of the variables needed for gradient computation has been modified"),
    ours=[[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]],
)
def test_an_index_that_is_changed_later(torch: Any) -> Any:
    """PyTorch refuses to go back (a version error); here it was copied."""
    x, index = torch.ones(2, 3, requires_grad=True), torch.tensor([0, 1])
    y = x[index]
    index.zero_()
    y.sum().backward()
    return x.grad
