"""Shapes in place, memory read as another dtype, memory exchanged."""

from typing import Any

from tests.support.table import complaint, leaf, refused, row

_LEAF = "a leaf Variable that requires grad is being used in an in-place operation."


# Shapes in place.


@row(
    [
        [[3, 2], [3, 2], [3, 2], [3, 2], [3, 2], [3, 2], [3, 2], [3, 2]],
        [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]],
        8,
        False,
        (1, 3),
    ]
)
def test_shapes_change_in_place(torch: Any) -> Any:
    x = torch.arange(6.0).view(2, 3).clone()
    shapes = [
        list(y.shape)
        for y in (
            x.t_(), x.unsqueeze_(0), x.transpose_(0, 1), x.squeeze_(), x.swapaxes_(0, 1),
            x.swapdims_(0, 1), x.unsqueeze_(-1), x.squeeze_(2),
        )
    ]  # fmt: skip
    return [shapes, x, x._version, x._is_view(), x.stride()]


@row([[3, 2], "AsStridedBackward0", [[2.0, 6.0, 10.0], [2.0, 6.0, 10.0]]])
def test_shapes_of_results_change_in_place_with_their_history(torch: Any) -> Any:
    a = torch.ones(2, 3, requires_grad=True)
    b = a * 2
    row_before = b[0]
    b.t_()
    ((b * torch.arange(6.0).view(3, 2)).sum() + row_before.sum()).backward()
    return [list(b.shape), row_before.grad_fn.name(), a.grad]


@row(
    [[3, 2], [2, 3], True, [[0.0, 4.0, 8.0], [2.0, 6.0, 10.0]], [[0.0, 4.0, 8.0], [2.0, 6.0, 10.0]]]
)
def test_shapes_of_views_change_in_place_and_leave_their_base(torch: Any) -> Any:
    a = torch.ones(2, 3, requires_grad=True)
    b = a * 2
    view = b[:]
    view.t_()
    view.mul_(torch.arange(6.0).view(3, 2))
    b.sum().backward()
    return [list(view.shape), list(b.shape), view._is_view(), b, a.grad]


@row([[3, 2], [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]])
def test_new_shapes_of_leaves_only_under_no_grad(torch: Any) -> Any:
    a = torch.ones(2, 3, requires_grad=True)
    with torch.no_grad():
        a.t_()
    (a * torch.arange(6.0).view(3, 2)).sum().backward()
    return [list(a.shape), a.grad]


@row(
    [
        [1065353216, 1073741824, 1077936128, 1082130432],
        False,
        False,
        [8],
        True,
        [16],
        1065353216,
        (1, 3),
    ]
)
def test_memory_read_as_another_dtype(torch: Any) -> Any:
    x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    bits = x.view(torch.int32)
    halves = x.view(torch.int16)
    return [
        bits, bits.requires_grad, bits._is_view(), list(halves.shape),
        x.view(torch.float64).dtype is torch.float64, list(x.view(dtype=torch.uint8).shape),
        torch.ones(()).view(torch.int32), torch.ones(2, 3).t().view(torch.int32).stride(),
    ]  # fmt: skip


@row(
    [
        refused(
            RuntimeError, "self.size(-1) must be divisible by 2 to view Float as Double (differen"
        ),
        refused(
            RuntimeError, "self.dim() cannot be 0 to view Float as Short (different element sizes)"
        ),
        refused(
            RuntimeError, "self.stride(-1) must be 1 to view Float as Short (different element si"
        ),
    ]
)
def test_memory_that_cannot_be_read_as_another_dtype(torch: Any) -> Any:
    return [
        complaint(lambda: torch.ones(3).view(torch.float64)),
        complaint(lambda: torch.ones(()).view(torch.int16)),
        complaint(lambda: torch.ones(2, 3).t().view(torch.int16)),
    ]


# Memory exchanged.


@row([[1.0, 1.0], 1, 1, [0]])
def test_set_takes_over_memory(torch: Any) -> Any:
    x, y = torch.ones(3), torch.zeros(2)
    x.set_(y)
    y.add_(1)
    return [x, x._version, y._version, list(torch.ones(3).set_().shape)]


@row(
    [
        refused(RuntimeError, _LEAF),
        refused(RuntimeError, "Could not set tensor of type"),
        [0.0, 0.0, 0.0],
    ]
)
def test_set_is_refused(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    other = torch.zeros(2, dtype=torch.int64)
    refusals = [complaint(lambda: a.set_(torch.zeros(2))), complaint(lambda: a.data.set_(other))]
    with torch.no_grad():
        a.set_(torch.zeros(3))
    return [*refusals, a]


@row([[[2], [3]], [[0.0, 1.0], [2.0, 3.0]], 3, [3, 4], [1.0, 1.0]])
def test_resize(torch: Any) -> Any:
    x = torch.arange(4.0)
    sizes = [list(x.resize_(n).shape) for n in (2, 3)]
    x.resize_(2, 2)
    bigger = torch.ones(2).resize_as_(torch.ones(3, 4))
    return [sizes, x, x._version, list(bigger.shape), bigger[0, :2]]


@row(
    [
        refused(RuntimeError, "cannot resize variables that require grad"),
        refused(RuntimeError, "cannot resize variables that require grad"),
    ]
)
def test_resize_is_refused_where_gradients_are_asked(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    return [complaint(lambda: a.resize_(1)), complaint(lambda: (a * 2).resize_(1))]


@row([[4.0, 4.0, 4.0], True, True, 0, 1, [1.0, 1.0], "MulBackward0"])
def test_data_takes_over_memory_and_keeps_the_flags(torch: Any) -> Any:
    a, z = leaf(torch, 1.0, 2.0), torch.zeros(3)
    a.data = z
    z.add_(4)
    b = a * 2
    b.data = torch.ones(2)
    return [a, a.requires_grad, a.is_leaf, a._version, z._version, b, b.grad_fn.name()]


@row([True, True])
def test_data_of_a_parameter_gone_to_another_dtype(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    a.data = a.data.double()
    (a * 2).sum().backward()
    return [a.dtype is torch.float64, a.grad.dtype is torch.float64]


@row(
    [
        refused(TypeError, "Variable data has to be a tensor, but got int"),
        refused(
            RuntimeError, "data set to a tensor that requires gradients must be floating point or"
        ),
        refused(RuntimeError, "Deleting tensor data is not allowed. Delete tensor instead!"),
    ]
)
def test_data_is_refused(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)

    def assign(value: Any) -> Any:
        return complaint(lambda: setattr(a, "data", value))

    return [
        assign(3),
        assign(torch.zeros(2, dtype=torch.int64)),
        complaint(lambda: delattr(a, "data")),
    ]


@row(
    [
        refused(
            TypeError, "assigned grad expected to be a Tensor or None but got grad of type int"
        ),
        refused(
            RuntimeError, "attempting to assign a gradient of size '[3]' to a tensor of size '[2]"
        ),
        refused(RuntimeError, "attempting to assign a gradient of size '[2,"),
        refused(RuntimeError, "can't assign Variable as its own grad"),
        refused(RuntimeError, "attempting to assign a gradient with dtype"),
        [3.0, 3.0],
        None,
    ]
)
def test_grads_that_are_assigned(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)

    def assign(value: Any) -> Any:
        return complaint(lambda: setattr(a, "grad", value))

    refusals = [assign(3), assign(torch.ones(3)), assign(torch.ones(2, 1)), assign(a)]
    refusals.append(assign(torch.ones(2, dtype=torch.float64)))
    a.grad = torch.ones(2)
    (a * 2).sum().backward()
    seen = a.grad
    del a.grad
    return [*refusals, seen, a.grad]


@row(
    [
        refused(RuntimeError, "you can only change requires_grad flags of leaf variables."),
        refused(RuntimeError, "only Tensors of floating point dtype can require gradients"),
        refused(RuntimeError, "requires_grad must be a bool"),
        refused(
            TypeError,
            "requires_grad_(): argument 'requires_grad' (position 1) must be bool, not str",
        ),
        True,
        [2.0],
    ]
)
def test_flags_that_are_set(torch: Any) -> Any:
    a, whole = leaf(torch, 1.0), torch.ones(2, dtype=torch.int64)
    b = a * 2
    whole.requires_grad_(False)
    return [
        complaint(lambda: b.requires_grad_(False)),
        complaint(lambda: whole.requires_grad_()),
        complaint(lambda: setattr(a, "requires_grad", 1)),
        complaint(lambda: a.requires_grad_("yes")),
        b.requires_grad_() is b,
        a.requires_grad_(False).add_(1),
    ]


@row([True, False, True, [2.0, 4.0]])
def test_detach_in_place(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    b = a * 2
    same = b.detach_() is b
    (b * a).sum().backward()
    return [same, b.requires_grad, b.is_leaf, a.grad]


@row(
    [
        [1.0, 2.0],
        [1.0],
        refused(RuntimeError, "Can't call numpy() on Tensor that requires grad."),
        refused(RuntimeError, "Can't call numpy() on Tensor that requires grad."),
    ]
)
def test_numpy_under_no_grad(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    with torch.no_grad():
        view = a[:1]
        seen = [a.numpy().tolist(), view.numpy().tolist()]
    return [*seen, complaint(lambda: view.numpy()), complaint(lambda: a.numpy())]
