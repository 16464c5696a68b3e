"""Forms that one function has beside its plainest: other words, sizes one by one, a second tensor.

What is observed is what PyTorch gives, as golden values.
"""

import warnings
from typing import Any

import pytest

import minitorch as mt
from tests.support.table import Complaint, complaint, plain, refused, row, warned


def matrix(torch: Any) -> Any:
    return torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@row([[[1.0], [4.0]], [1.0, 4.0], [[2.0], [5.0]], [1.0, 4.0], [2, 3, 1], [[1.0, 1.0], [4.0, 4.0]]])
def test_shapes_take_axis(torch: Any) -> Any:
    x = matrix(torch)
    return [
        x.chunk(3, axis=1)[0],
        torch.select(x, axis=1, index=0),
        x.narrow(axis=1, start=1, length=1),
        torch.unbind(x, axis=1)[0],
        list(torch.unflatten(x, axis=1, sizes=(3, 1)).shape),
        torch.repeat_interleave(x, 2, axis=1)[:, :2],
    ]


@row([[1, 2, 3], [2, 3], 3, 1, 3])
def test_views_in_place_and_sizes_take_axis(torch: Any) -> Any:
    x = matrix(torch)
    wide = list(x.unsqueeze_(axis=0).shape)
    return [wide, list(x.squeeze_(axis=0).shape), x.size(axis=1), x.stride(axis=1), x.size(dim=-1)]


@row(
    [
        [[1.0, 5.0, 3.0]],
        [[1.0, 5.0, 3.0]],
        [[9.0, 2.0, 9.0], [4.0, 9.0, 6.0]],
        [[2.0, 2.0, 4.0], [4.0, 6.0, 6.0]],
        [[4.0, 5.0, 6.0]],
        [[1.0, 2.0, 3.0], [5.0, 6.0, 7.0]],
        [[1.0, 2.0, 3.0], [1.0, 1.0, 1.0]],
        [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]],
    ]
)
def test_positions_take_axis(torch: Any) -> Any:
    x, places, row = matrix(torch), torch.tensor([[0, 1, 0]]), torch.tensor([1])
    ones = torch.ones(1, 3)
    return [
        torch.gather(x, axis=0, index=places),
        x.take_along_dim(places, axis=0),
        x.clone().scatter_(axis=0, index=places, value=9.0),
        torch.scatter_add(x, axis=0, index=places, src=ones),
        x.index_select(axis=0, index=row),
        x.clone().index_add_(axis=0, index=row, source=ones),
        torch.index_copy(x, axis=0, index=row, source=ones),
        x.index_fill(axis=0, index=row, value=0.0),
    ]


@row([[2], [2], [2, 1], 6, [2, 2, 2], 6, [2, 2, 3], [2, 2, 3], [[5.0, 7.0, 9.0]]])
def test_sizes_and_dimensions_come_one_by_one(torch: Any) -> Any:
    x = matrix(torch)
    thin = x[None, :, :1]
    return [
        list(thin.squeeze(0, 2).shape),
        list(thin.clone().squeeze_(0, 2).shape),
        list(thin.squeeze(0).shape),
        x.count_nonzero(0, 1),
        x.count_nonzero(0)[:1].tolist() + x.count_nonzero(axis=0)[1:].tolist(),
        torch.count_nonzero(x),
        list(x.broadcast_to(2, 2, 3).shape),
        list(torch.broadcast_to(x, size=(2, 2, 3)).shape),
        x.sum_to_size(size=(1, 3)),
    ]


def test_dimensions_given_twice_are_refused() -> None:
    x = mt.ones(1, 1)
    for call in (x.squeeze, x.squeeze_, x.count_nonzero):
        with pytest.raises(TypeError, match="by position and"):
            call(0, dim=1)


@row([[3, 2], [3, 2], [3, 2], [3, 2]])
def test_swapped_dimensions_have_the_words_of_their_function(torch: Any) -> Any:
    x = matrix(torch)
    swapped = [
        torch.swapaxes(x, axis0=0, axis1=1),
        x.swapaxes(axis0=0, axis1=1),
        x.swapdims(dim0=0, dim1=1),
        x.clone().swapaxes_(axis0=0, axis1=1),
    ]
    return [list(y.shape) for y in swapped]


@row([Complaint("TypeError", ""), Complaint("TypeError", ""), Complaint("TypeError", "")])
def test_words_of_the_other_function_are_refused(torch: Any) -> Any:
    x = matrix(torch)
    return [
        complaint(lambda: torch.swapaxes(x, dim0=0, dim1=1)),
        complaint(lambda: torch.transpose(x, axis0=0, axis1=1)),
        complaint(lambda: torch.result_type(input=x, other=x)),
    ]


@row([[2.0, 5.0], [0.0, 2.0], [2.0, 5.0], Complaint("TypeError", "invalid combination of arg")])
def test_extremes_of_two_tensors(torch: Any) -> Any:
    x, y = torch.tensor([0.0, 5.0]), torch.tensor([2.0, 2.0])
    return [
        torch.max(x, other=y),
        x.min(other=y),
        torch.max(x, other=y, out=torch.empty(2)),
        complaint(lambda: torch.max(x, 0, other=y)),
    ]


@row([[[1.0, 2.0], [2.0, 4.0]], [[1.0, 2.0], [2.0, 4.0]], [[1.0, 2.0], [1.0, 2.0]]])
def test_old_names(torch: Any) -> Any:
    x = torch.tensor([1.0, 2.0])
    with warnings.catch_warnings():  # PyTorch says of them, once, that they will go
        warnings.simplefilter("ignore")
        return [
            plain(x.ger(x)),
            plain(torch.ger(x, vec2=x, out=torch.empty(2, 2))),
            plain(torch.row_stack((x, x))),
        ]


def scattered(torch: Any, x: Any, src: Any, reduce: str) -> Any:
    """`scatter` with `reduce`, of which PyTorch says that it goes for a tensor `src`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.scatter(x, 0, torch.tensor([0, 1, 0]), src, reduce=reduce)


@row(
    [
        [5.0, 4.0],
        [3.0, 4.0],
        [5.0, 4.0],
        [4.0, 4.0],
        [3, 3],
        [4.0, 4.0],
        refused(RuntimeError, "reduce argument must be either add or multiply"),
        refused(RuntimeError, "Expected self.dtype to be equal to src.dtype"),
    ]
)
def test_scatter_onto_what_is_there(torch: Any) -> Any:
    x, src = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0, 3.0])
    index = torch.tensor([0, 1, 0])
    return [
        scattered(torch, x, src, "add"),
        scattered(torch, x, src, "multiply"),
        x.scatter(0, index, 2.0, reduce="add"),
        x.clone().scatter_(0, index, value=2, reduce="multiply"),
        x.int().scatter(0, index, 1.5, reduce="add"),
        torch.scatter(x, 0, index, 2, reduce="multiply", out=torch.empty(2)),
        complaint(lambda: scattered(torch, x, src, "mean")),
        complaint(lambda: scattered(torch, x, src.int(), "add")),
    ]


@row([True, "NotImplemented", refused(RuntimeError, "derivative for aten::scatter is not impl")])
def test_scatter_onto_what_is_there_has_no_derivative(torch: Any) -> Any:
    x = torch.ones(2, requires_grad=True)
    y = x.scatter(0, torch.tensor([0]), 2.0, reduce="add")
    name = "NotImplemented" if "NotImplemented" in repr(y.grad_fn) else repr(y.grad_fn)
    return [y.requires_grad, name, complaint(lambda: y.sum().backward())]


@row(
    [
        ("Unique2Backward0", "NotImplementedError: the derivative for '_unique2' is n"),
        ("UniqueDimBackward0", "NotImplementedError: the derivative for 'unique_dim' is"),
        ("UniqueConsecutiveBackward0", "NotImplementedError: the derivative for 'unique_consecu"),
        ("NotImplemented", "RuntimeError: derivative for aten::bernoulli is not imp"),
        ("NotImplemented", "RuntimeError: derivative for aten::binomial is not impl"),
        ("BernoulliBackward0", [0.0, 0.0]),
        ("BernoulliBackward1", [0.0, 0.0]),
    ]
)
def test_what_has_no_derivative_is_recorded(torch: Any) -> Any:
    def recorded(call: Any) -> tuple[str, Any]:
        x = torch.tensor([0.5, 0.25], requires_grad=True)
        y = call(x)
        try:
            y.sum().backward()
        except Exception as error:
            found: Any = f"{type(error).__name__}: {error}"[:55]
        else:
            found = x.grad.tolist()
        with torch.no_grad():
            assert not call(x).requires_grad
        assert not call(x.detach()).requires_grad
        return y.grad_fn.name().split(":")[-1], found

    return [
        recorded(lambda x: x.unique()),
        recorded(lambda x: torch.unique(x, return_counts=True, dim=0)[0]),
        recorded(lambda x: torch.unique_consecutive(x, True)[0]),
        recorded(lambda x: x.bernoulli(0.5)),
        recorded(lambda x: torch.binomial(torch.ones(2), x)),
        recorded(torch.bernoulli),
        recorded(lambda x: torch.zeros(2).bernoulli_(x)),
    ]


@row(
    [
        [[1, 2], [3, 1]],
        ([[1, 2], [3, 1]], [1, 0, 1], [1, 2]),
        ([[1, 3], [2, 1], [1, 3]], [1, 0], [1, 1]),
        [2, 2],
        [[False, True]],
        ([0, 2], [2, 0]),
    ]
)
def test_unique_slices(torch: Any) -> Any:
    x = torch.tensor([[3, 1], [1, 2], [3, 1]])
    nan = torch.tensor([[float("nan"), 1.0], [float("nan"), 1.0]])
    empty = (torch.zeros(0, 2), torch.zeros(2, 0))
    return [
        torch.unique(x, dim=0),
        x.unique(return_inverse=True, return_counts=True, dim=0),
        x.unique(True, True, True, -1),
        list(nan.unique(dim=0).shape),
        torch.tensor([[False, True], [False, True]]).unique(dim=0),
        tuple(list(torch.unique(e, dim=d).shape) for d, e in enumerate(empty)),
    ]


@row(
    [
        refused(IndexError, "Dimension specified as 0 but tensor has no dimensions"),
        refused(IndexError, "Dimension out of range"),
        refused(RuntimeError, "There are 0 sized dimensions, and they aren't selected"),
    ]
)
def test_unique_slices_that_are_not_there(torch: Any) -> Any:
    return [
        complaint(lambda: torch.unique(torch.tensor(3), dim=0)),
        complaint(lambda: torch.ones(2, 3).unique(dim=2)),
        complaint(lambda: torch.zeros(2, 0).unique(dim=0)),
    ]


@row(
    [
        [0, 1, 1],
        [0, 2],
        "torch.int32",
        refused(NotImplementedError, "\"repeat_interleave_cpu\" not implemented for 'Float'"),
        refused(RuntimeError, "repeat_interleave only accept 1D vector as repeat"),
        refused(RuntimeError, "repeats can not be negative"),
    ]
)
def test_positions_repeated(torch: Any) -> Any:
    return [
        torch.repeat_interleave(torch.tensor([1, 2])),
        torch.repeat_interleave(repeats=torch.tensor([1, 0, 1]), output_size=2),
        str(torch.repeat_interleave(torch.tensor([2], dtype=torch.int32)).dtype),
        complaint(lambda: torch.repeat_interleave(torch.tensor([1.0]))),
        complaint(lambda: torch.repeat_interleave(torch.tensor([[1]]))),
        complaint(lambda: torch.repeat_interleave(torch.tensor([-1]))),
    ]


@row(["torch.float32", "torch.float32", "torch.float64", "torch.float32", "torch.float32"])
def test_result_type_has_words(torch: Any) -> Any:
    x, i = torch.ones(2), torch.tensor([1, 2])
    found = [
        torch.result_type(tensor=i, other=1.5),
        torch.result_type(scalar=1.5, tensor=i),
        torch.result_type(x, other=x.double()),
        torch.result_type(scalar1=1, scalar2=2.0),
        torch.result_type(1, x),
    ]
    return [str(dtype) for dtype in found]


@pytest.mark.parametrize("operands", [(), (1,), (1, 2, 3)])
def test_result_type_is_of_two(operands: Any) -> None:
    with pytest.raises(TypeError, match="takes two"):
        mt.result_type(*operands)


@row([False, False, True, [2, 2], [3, 2], [3, 2]])
def test_functions_of_the_root_that_were_methods(torch: Any) -> Any:
    x = torch.ones(2, requires_grad=True)
    y = x * 2
    return [
        torch.detach(input=x).requires_grad,
        torch.detach_(input=y).requires_grad,
        y.is_leaf,
        list(torch.ones(1).resize_(size=(2, 2)).shape),
        list(torch.resize_as_(torch.ones(1), torch.ones(3, 2)).shape),
        list(torch.resize_as_(input=torch.ones(1), the_template=torch.ones(3, 2)).shape),
    ]


@row(
    [
        [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
        [3, 2],
        [Complaint("UserWarning", "non-inplace resize is deprecated")],
        [Complaint("UserWarning", "non-inplace resize_as is deprecated")],
        refused(RuntimeError, "requested resize to 2x2 (4 elements in total), but the given"),
        refused(RuntimeError, "requested resize to"),
    ]
)
def test_resized_copies(torch: Any) -> Any:
    x = matrix(torch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [
            plain(x.resize(3, 2)),
            list(x.resize_as(torch.ones(3, 2)).shape),
            warned(lambda: x.resize(3, 2)),
            warned(lambda: x.resize_as(x)),
            complaint(lambda: x.resize(2, 2)),
            complaint(lambda: x.resize((3, 2))),
        ]


@row([[2, 3], [1.0, 2.0], False, True, False, *["torch.int32"] * 3, [7.0, 7.0]])
def test_conversions_and_news(torch: Any) -> Any:
    x, y = torch.ones(2), torch.tensor([1.0, 2.0])
    return [
        list(x.new(size=(2, 3)).shape),
        x.new(other=y),
        x.to(torch.float32, False, True) is x,
        x.to(torch.float32, True) is x,
        x.to("cpu", torch.float32, False, True) is x,
        str(x.type(torch.int32, non_blocking=True).dtype),
        str(x.to(device="cpu", dtype=torch.int32, non_blocking=True, copy=True).dtype),
        str(x.to(tensor=x.int(), copy=True).dtype),
        x.clone().copy_(other=torch.full((2,), 7.0)),
    ]


@row([True, True, True])
def test_random_numbers_below_a_bound(torch: Any) -> Any:
    def drawn(*args: Any, **named: Any) -> Any:
        torch.manual_seed(0)
        return torch.zeros(20).random_(*args, **named).tolist()

    def normal(**out: Any) -> Any:
        torch.manual_seed(0)
        return torch.normal(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0]), **out).tolist()

    return [
        drawn(to=3) == drawn(3),
        drawn(1, to=3) == drawn(1, 3),
        normal(out=torch.empty(2)) == normal(),
    ]


@pytest.mark.filterwarnings("ignore:This overload of")
@row(
    [
        *[[1.5, 3.5], [0.5, 0.5], [2.0, 5.0], [0.0, 1.0]] * 2,
        refused(TypeError, "invalid combination of arguments"),
        refused(TypeError, "invalid combination of arguments"),
    ]
)
def test_factors_came_first_once(torch: Any) -> Any:
    """``p.data.add_(-lr, grad)``, as optimizers from before PyTorch 1.5 write it."""
    x, y, two = torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]), torch.full((2,), 2.0)
    return [
        x.clone().add_(0.5, y),
        x.clone().sub_(0.5, y),
        x.clone().addcmul_(0.5, y, two),
        x.clone().addcdiv_(-1, y, y),
        torch.add(x, torch.tensor(0.5), y),
        x.sub(0.5, y),
        torch.addcmul(x, 0.5, y, two),
        x.addcdiv(-1, y, y),
        complaint(lambda: x.add(1, 2, 3)),
        complaint(lambda: x.add_(2, y, alpha=3)),
    ]


ADDED = [[2.0, 5.0], [10.0, 17.0]], [[6.0, 11.0], [22.0, 39.0]]


@pytest.mark.filterwarnings("ignore:This overload of")
@row(
    [
        *[[*ADDED] * 2 + [ADDED[1]]] * 3,
        [refused(TypeError, "addmm() "), refused(TypeError, "addmm() ")],
        *[[[8.0, 28.0], [4.0, 12.0]], [[[3.0, 8.0], [10.0, 18.0]], [[1.0, 4.0], [6.0, 10.0]]]],
    ]
)
def test_factors_of_products_came_first_once(torch: Any) -> Any:
    m, v = torch.arange(4.0).reshape(2, 2), torch.tensor([1.0, 2.0])

    def forms(name: str, x: Any, a: Any) -> list[Any]:
        function, method = getattr(torch, name), getattr(x, name)
        got = [function(2, x, a, a), function(2, x, 3, a, a), method(2, a, a), method(2, 3, a, a)]
        got.append(getattr(x.clone(), f"{name}_")(2, 3, a, a))
        return [y.reshape(2, 2) for y in got]

    return [
        forms("addmm", m, m),
        forms("addbmm", m, m[None]),
        forms("baddbmm", m[None], m[None]),
        [
            complaint(lambda: m.addmm(2, m, m, alpha=3)),
            complaint(lambda: torch.addmm(m, 2, 3, m, m, m)),
        ],
        [torch.addmv(2, v, 3, m, v), v.addmv(2, m, v)],
        [torch.addr(2, m, 3, v, v), m.addr_(2, v, v)],
    ]


@row([[1, 2, 3], [2, 6, 12], [3, 10, 21], [2, 6, 12], [1.5, 4.0, 7.5], [-0.0, -2.0, -6.0]])
def test_addcmul_of_integers_takes_the_whole_part_of_its_factor(torch: Any) -> Any:
    x = torch.tensor([1, 2, 3])
    return [
        x.addcmul(x, x, value=0.5),
        torch.addcmul(x.int(), x.int(), x.int(), value=1.5),
        torch.addcmul(x, x, x.int(), value=2.0),
        x.clone().addcmul_(x, x, value=1.5),
        x.float().addcmul_(x, x, value=0.5),
        torch.addcmul(x, x, x, value=-1.5, out=torch.empty(3)),
    ]


def test_factors_that_come_first_are_warned_of() -> None:
    """PyTorch says so once per process."""
    x = mt.ones(2)
    said = warned(lambda: x.sub_(2, x)) + warned(lambda: x.addcdiv(2, x, x))
    assert [w.kind for w in said] == ["UserWarning"] * 2
    assert "Write sub_(other, alpha=alpha)" in said[0].message
    assert "Write addcdiv(tensor1, tensor2, value=value)" in said[1].message


GRAD = "on Variable that requires grad. Use var.detach()."


@row(
    [
        [[1.0, 4.0, 9.0], [16.0, 25.0, 36.0]],
        [[0.0, 2.0, 4.0]] * 2,
        [0.0, 0.0, 0.0],
        [2, 2],
        [True, False],
        [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        refused(RuntimeError, f"Can't call apply_() {GRAD}apply_() instead."),
        refused(RuntimeError, f"Can't call map_() {GRAD}map_() instead."),
        refused(TypeError, "map_: expected torch.FloatTensor"),
    ]
)
def test_functions_of_python_write_each_element(torch: Any) -> Any:
    m = matrix(torch)
    x, seen = torch.tensor([1.0, 2.0, 3.0]), []
    m.clone().t().contiguous().t().apply_(lambda v: seen.append(v) or v)
    return [
        m.clone().apply_(lambda v: v * v),
        torch.ones(2, 3).map_(x, lambda a, b: 2 * b - 2 * a),
        x.clone().map2_(x, 2 * x, lambda a, b, c: a + b - c),
        torch.ones(2, dtype=torch.int64).apply_(lambda v: v + 1.7),
        torch.tensor([False, True]).apply_(lambda v: not v),
        seen,
        complaint(lambda: x.clone().requires_grad_().apply_(abs)),
        complaint(lambda: x.map_(x.clone().requires_grad_(), max)),
        complaint(lambda: x.map_(x.long(), max)),
    ]


@row([True, False, False, True, False, refused(TypeError, "must be Tensor, not int")])
def test_whether_a_tensor_is_set_to_the_same_memory(torch: Any) -> Any:
    x = torch.ones(2)
    return [
        *[x.is_set_to(y) for y in (x.view(2), x[:1], x.clone(), x.view(torch.int32), x.flip(0))],
        complaint(lambda: x.is_set_to(3)),
    ]


@row(["torch.FloatTensor", "torch.LongTensor", "int", "list", "len", None, [2, 1]])
def test_names_of_types_and_new_axes(torch: Any) -> Any:
    x = torch.ones(2)
    values = torch.nn.Parameter(x), x.long(), 3, [1], len
    return [*map(torch.typename, values), torch.newaxis, list(x[:, torch.newaxis].shape)]


def test_writes_of_python_functions_are_counted() -> None:
    x = mt.ones(2)
    version = x._version
    x.apply_(abs)
    assert x._version == version + 1


@row([[0, 1, 1, 0], [0, 0, 1, 3], [1, -1, 1]])
def test_integers_to_the_least_integer(torch: Any) -> Any:
    least = -(2**63)
    return [
        torch.tensor([2, 1, -1, 0]) ** torch.tensor(least),
        3 ** torch.tensor([least, -1, 0, 1]),
        (-1) ** torch.tensor([least, -1, -2]),
    ]


@row(["RoundBackward0", "RoundBackward1", "RoundBackward1", [1.2, 2.3]])
def test_rounding_to_decimals_has_a_name_of_its_own(torch: Any) -> Any:
    x = torch.tensor([1.23, 2.34], requires_grad=True)
    written = x.clone().round_(decimals=1)
    nodes = [y.grad_fn.name().split(":")[-1] for y in (x.round(), x.round(decimals=1), written)]
    return [*nodes, written.detach()]
