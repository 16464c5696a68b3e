"""Views: what they say of themselves, and what writes through them and under them do."""

from typing import Any

import pytest

import minitorch as mt
from tests.support.table import complaint, leaf, refused, row, warned

_OF_LEAF = "a view of a leaf Variable that requires grad is being used in an in-place operation."
_LEAF = "a leaf Variable that requires grad is being used in an in-place operation."
_SEVERAL = (
    "This view is the output of a function that returns multiple views. Such functions do not "
    "allow the output views to be modified inplace. You should replace the inplace operation by "
    "an out-of-place one"
)
_UNRECORDED = (
    "A view was created in no_grad mode and is being modified inplace with grad mode enabled. "
    "Given that this use case is ambiguous and error-prone, it is forbidden."
)
_OF_VIEW = (
    "is a view of a view which was created in no_grad mode and is being modified inplace with grad "
    "mode enabled."
)
_INDIRECT = (
    "A view was created in no_grad mode and its base or another view of its base has been modified "
    "inplace with grad mode enabled."
)
_OVERLAP = (
    "unsupported operation: some elements of the input tensor and the written-to tensor refer to "
    "a single memory location. Please clone() the tensor before performing the operation."
)
_REPEATS = (
    "unsupported operation: more than one element of the written-to tensor refers to a single "
    "memory location. Please clone() the tensor before performing the operation."
)

# What a view says of itself.


@row([True, True, True, True, False])
def test_the_base_of_a_view_of_a_view_is_the_root(torch: Any) -> Any:
    x = torch.ones(2, 3)
    view = x[0]
    return [x._base is None, view._base is x, view[1:]._base is x, view._is_view(), x._is_view()]


@row([True, True, False, False])
def test_views_of_leaves_and_of_results_have_bases(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    b = a * 2
    return [a[0]._base is a, b[0]._base is b, a[0].is_leaf, a.view(2, 1).is_leaf]


@row([False, True, False, True])
def test_detached_tensors_are_no_views(torch: Any) -> Any:
    x = torch.ones(3)
    d = x.detach()
    return [d._is_view(), d._base is None, x.data._is_view(), d[0]._base is d]


@row([True, False])
def test_which_calls_give_views(torch: Any) -> Any:
    x = torch.ones(2, 3)
    views = [
        x.reshape(6), x.view(6), x.flatten(), x.expand(2, 3), x[...], x[:], x.unbind()[0],
        x.split(1)[0], x.chunk(2)[0], x.squeeze(), x.unsqueeze(0), x.T, x.t(), x.transpose(0, 1),
        x.permute(1, 0), x.diagonal(), x.narrow(0, 0, 1), x.select(0, 1),
    ]  # fmt: skip
    others = [
        x.t().reshape(6), x.clone(), x.contiguous(), x.float(), x[torch.tensor([0])], x[x > 0],
        x.detach(), x.data,
    ]  # fmt: skip
    return [all(y._base is x for y in views), any(y._is_view() for y in others)]


@row([True, True, None])
def test_a_view_of_plain_memory_requires_grad_once_its_base_does(torch: Any) -> Any:
    base = torch.zeros(3)
    view = base[:2]
    base.requires_grad_()
    return [view.requires_grad, view.is_leaf, view.grad_fn]


@row([None, None])
def test_but_no_path_leads_from_it_to_the_base(torch: Any) -> Any:
    base = torch.zeros(3)
    view = base[:2]
    base.requires_grad_()
    (view * 2).sum().backward()
    return [view.grad, base.grad]


@row([False, [1.0, 1.0, 0.0]])
def test_until_it_is_written_and_read_anew(torch: Any) -> Any:
    base = torch.zeros(3)
    view = base[:2]
    base.requires_grad_()
    with torch.no_grad():
        view.add_(1)
    view.sum().backward()
    return [view.is_leaf, base.grad]


@row([True, False, [1.0, 1.0], None])
def test_a_view_may_be_a_leaf_of_its_own(torch: Any) -> Any:
    base = torch.zeros(3)
    view = base[:2].requires_grad_()
    view.sum().backward()
    return [view.requires_grad, base.requires_grad, view.grad, base.grad]


@row([True, False, "AsStridedBackward0", [2.0, 2.0, 0.0]])
def test_a_leaf_of_its_own_joins_its_base_when_that_is_written(torch: Any) -> Any:
    base, a = torch.zeros(3), leaf(torch, 1.0, 2.0, 3.0)
    view = base[:2].requires_grad_()
    before = view.is_leaf
    base.add_(a * 2)
    view.sum().backward()
    return [before, view.is_leaf, view.grad_fn.name(), a.grad]


@row([True, None, True, True, False])
def test_a_view_made_without_recording_requires_grad_as_its_base_does(torch: Any) -> Any:
    b = leaf(torch, 1.0, 2.0) * 2
    with torch.no_grad():
        view = b[0]
    return [view.requires_grad, view.grad_fn, view.is_leaf, view._is_view(), (view * 2).is_leaf]


@row([False, "SelectBackward0", [2.0, 0.0]])
def test_a_view_outlives_detach_in_place_of_its_base(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    b = a * 2
    view = b[0]
    b.detach_()
    view.backward()
    return [b.requires_grad, view.grad_fn.name(), a.grad]


@row([True, [2.0], None])
def test_a_view_made_without_recording_may_become_a_leaf_of_its_own(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    with torch.no_grad():
        view = a[:1]
    view.requires_grad_()
    (view * 2).sum().backward()
    return [view.is_leaf, view.grad, a.grad]


@row([True, False])
def test_its_flag_follows_its_base(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    with torch.no_grad():
        view = a[:1]
    complaint(lambda: view * 2)
    before = view.requires_grad
    a.requires_grad_(False)
    return [before, view.requires_grad]


@row([None, [1.0]])
def test_a_leaf_that_was_frozen_since_gets_no_gradient(torch: Any) -> Any:
    a, b = leaf(torch, 1.0), leaf(torch, 2.0)
    out = (a * b).sum()
    a.requires_grad_(False)
    out.backward()
    return [a.grad, b.grad]


@row([[3.0, 0.0], [0.0, 0.0]])
def test_views_of_a_base_detached_in_place_lead_nowhere_once_it_is_written(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    b = a * 3
    first, second = b[:1], b[1:]
    first.sum().backward(retain_graph=True)
    b.detach_()
    b.zero_()
    second.sum().backward()
    return [a.grad, b]


# Writes through views and under them.


@row(
    [
        [10.0, 20.0, 3.0, 4.0],
        [20.0, 3.0, 4.0],
        [0.0, 10.0, 2.0, 3.0],
        "AsStridedBackward0",
        "AsStridedBackward0",
    ]
)
def test_a_write_through_a_view_changes_the_base_and_its_other_views(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0, 3.0, 4.0)
    b = a * 1
    first, rest = b[:2], b[1:]
    first.mul_(10)
    (rest * torch.tensor([1.0, 2.0, 3.0])).sum().backward()
    return [b, rest, a.grad, first.grad_fn.name(), rest.grad_fn.name()]


@row([[2.0, 10.0, 3.0, 3.0], [[2.0, 10.0], [3.0, 3.0]], [2.0, 13.0, 4.0, 6.0]])
def test_writes_through_views_of_views(torch: Any) -> Any:
    a = leaf(torch, 1.0, 1.0, 1.0, 1.0)
    b = a * 2
    matrix = b.view(2, 2)
    matrix[0][1:].mul_(5)
    matrix[1].add_(a[:2])
    (b * torch.arange(4.0)).sum().backward()
    return [b, matrix, a.grad]


@row([3.0, [3.0, 0.0]])
def test_a_write_of_the_base_changes_its_views(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    b = a * 1
    view = b[0]
    b.mul_(3)
    view.backward()
    return [view, a.grad]


@row([True, True, False, [4.0, 6.0]])
def test_a_write_with_history_into_a_view_of_plain_memory(torch: Any) -> Any:
    a, base = leaf(torch, 1.0, 2.0), torch.zeros(2, 2)
    column = base[:, 0]
    base[1].copy_(a * 2)
    (base * torch.arange(4.0).view(2, 2)).sum().backward()
    return [base.requires_grad, column.requires_grad, column.is_leaf, a.grad]


@row([[[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]], [3.0, 3.0]])
def test_rows_written_one_by_one(torch: Any) -> Any:
    a, out = leaf(torch, 1.0, 2.0), torch.zeros(3, 2)
    for i in range(3):
        out[i] = a * i
    out.sum().backward()
    return [out, a.grad]


@row([[[9.0, 8.0], [2.0, 3.0], [2.0, 2.0]], [[8.0, 13.0, 18.0], [8.0, 6.0, 10.0]]])
def test_writes_through_transposed_and_diagonal_views(torch: Any) -> Any:
    a = torch.ones(2, 3, requires_grad=True)
    b = (a * 2).t().clone()  # whose memory is not in the order of its indices
    b[0].mul_(4)
    b.diagonal().add_(1)
    b.t()[1].mul_(a[0])
    (b * torch.arange(6.0).view(3, 2)).sum().backward()
    return [b, a.grad]


@row([[[5.0, 5.0, 5.0], [1.0, 1.0, 1.0]], [[0.0], [1.0]]])
def test_a_write_of_one_element_of_expanded_memory(torch: Any) -> Any:
    a = torch.ones(2, 1, requires_grad=True)
    b = a * 1
    view = b.expand(2, 3)
    view[0, 0] = 5
    b.sum().backward()
    return [view, a.grad]


@row([[2.0, 12.0, 3.0], [1.0, 6.0, 5.0]])
def test_numbers_written_by_plus_equals_through_an_index(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0, 3.0)
    b = a * 1
    b[0] += 1
    b[1] *= a[2]
    b[b > 5] *= 2
    b.sum().backward()
    return [b, a.grad]


@row([[7.0, 7.0], "MulBackward0", 2, [3.0, 3.0]])
def test_in_place_under_no_grad_leaves_history_alone(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    b = a * 3
    view = b[:1]
    with torch.no_grad():
        view.mul_(2)
        b.add_(1)
    b.sum().backward()
    return [b, b.grad_fn.name(), b._version, a.grad]


@row([[5.0, 7.0], 1, 0, [3.0, 3.0]])
def test_in_place_on_detached_and_data(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    b = a * 3
    b.detach()[0] = 5
    b.data[1] = 7
    b.sum().backward()
    return [b, b._version, b.data._version, a.grad]


@row([True, True, [3.0, 8.0]])
def test_a_detached_tensor_may_take_on_a_history_of_its_own(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0)
    d = a.detach()
    d.mul_(leaf(torch, 3.0, 4.0))
    return [d.requires_grad, a.is_leaf, a]


# Views that may not be written.


@row(
    [
        refused(RuntimeError, _LEAF),
        refused(RuntimeError, _OF_LEAF),
        refused(RuntimeError, _OF_LEAF),
        refused(RuntimeError, _OF_LEAF),
        refused(RuntimeError, _LEAF),
        refused(RuntimeError, _LEAF),
        refused(RuntimeError, _LEAF),
        refused(RuntimeError, _LEAF),
        refused(RuntimeError, _OF_LEAF),
    ]
)
def test_leaves_and_their_views_are_not_written(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0, 3.0)
    return [
        complaint(lambda: a.add_(1)),
        complaint(lambda: a[0].add_(1)),
        complaint(lambda: a.view(3, 1)[0].zero_()),
        complaint(lambda: a.__setitem__(0, 1.0)),
        complaint(lambda: a.__setitem__(slice(None), 1.0)),
        complaint(lambda: a.__setitem__([0], 1.0)),
        complaint(lambda: a.t_()),
        complaint(lambda: a.eq_(1)),
        complaint(lambda: torch.zeros(2)[:1].requires_grad_().add_(1)),
    ]


@row([1.0, 0.0])
def test_what_has_no_gradient_is_written_into_leaves(torch: Any) -> Any:
    a = leaf(torch, 0.0, 2.0)
    a.logical_not_()
    return a


@row(
    [
        refused(RuntimeError, _SEVERAL),
        refused(RuntimeError, _SEVERAL),
        refused(RuntimeError, _SEVERAL),
        refused(RuntimeError, _SEVERAL),
        refused(RuntimeError, _SEVERAL),
        refused(RuntimeError, _SEVERAL),
        refused(RuntimeError, _SEVERAL),
        refused(RuntimeError, _SEVERAL),
        refused(RuntimeError, _SEVERAL),
    ]
)
def test_one_of_several_views_is_not_written(torch: Any) -> Any:
    a = leaf(torch, 1.0, 2.0, 3.0, 4.0)
    b = a * 2
    return [
        complaint(lambda: b.split(2)[0].mul_(2)),
        complaint(lambda: b.split([1, 3])[0].mul_(2)),
        complaint(lambda: b.chunk(2)[1].zero_()),
        complaint(lambda: b.unbind()[1].add_(1)),
        complaint(lambda: b.split(4)[0].add_(1)),
        complaint(lambda: b.split(2)[0][:1].mul_(2)),
        complaint(lambda: a.split(2)[0].mul_(2)),
        complaint(lambda: b.view(2, 2).split(1)[0].squeeze_(0)),
        complaint(lambda: [part.add_(1) for part in b]),
    ]


@row(
    [
        refused(RuntimeError, _SEVERAL),
        refused(RuntimeError, _SEVERAL),
        refused(RuntimeError, _SEVERAL),
    ]
)
def test_nor_used_once_its_base_was_written(torch: Any) -> Any:
    def after(write: Any) -> Any:
        b = leaf(torch, 1.0, 2.0) * 2
        part = b.split(1)[1]
        write(b)
        return complaint(lambda: part.sum())

    def unrecorded(b: Any) -> None:
        with torch.no_grad():
            b.mul_(2)

    return [after(lambda b: b.mul_(2)), after(unrecorded), after(lambda b: b.detach().mul_(2))]


@row([[2.0, 2.0, 1.0, 1.0], [2.0, 0.0]])
def test_several_views_are_written_where_nothing_is_recorded(torch: Any) -> Any:
    x = torch.ones(4)
    x.split(2)[0].mul_(2)
    b = leaf(torch, 1.0, 2.0) * 2
    with torch.no_grad():
        b.unbind()[1].zero_()
    return [x, b]


@row(
    [
        refused(RuntimeError, _UNRECORDED),
        refused(RuntimeError, _UNRECORDED),
        refused(RuntimeError, _UNRECORDED),
        refused(RuntimeError, _OF_VIEW),
        None,
        [2.0, 4.0],
    ]
)
def test_a_view_made_without_recording_is_not_written_while_recording(torch: Any) -> Any:
    b, base, a = leaf(torch, 1.0, 2.0) * 2, torch.zeros(2), leaf(torch, 3.0)
    with torch.no_grad():
        view, plain, of_leaf = b[:1], base[:1], a[:1]
    return [
        complaint(lambda: view.mul_(2)),
        complaint(lambda: plain.copy_(a)),
        complaint(lambda: of_leaf.add_(1)),
        complaint(lambda: view[0].mul_(2)),
        complaint(lambda: plain.mul_(2)),
        b,
    ]


@row([True, refused(RuntimeError, _INDIRECT), refused(RuntimeError, _INDIRECT)])
def test_nor_asked_for_its_history_once_its_base_was_written(torch: Any) -> Any:
    b = leaf(torch, 1.0, 2.0) * 2
    with torch.no_grad():
        view = b[:1]
    b.mul_(2)
    return [view.requires_grad, complaint(lambda: view.grad_fn), complaint(lambda: view * 2)]


@row(
    [
        refused(RuntimeError, "Can't detach views in-place."),
        refused(RuntimeError, "Can't detach views in-place."),
        refused(RuntimeError, "Can't detach views in-place."),
        refused(RuntimeError, "Can't detach views in-place."),
    ]
)
def test_detach_in_place_is_refused_on_views(torch: Any) -> Any:
    b = leaf(torch, 1.0, 2.0) * 2
    views = [b[0], leaf(torch, 1.0).view(1), torch.ones(2)[0], b.split(1)[0]]
    return [complaint(view.detach_) for view in views]


# Memory that overlaps.


@row(
    [
        refused(RuntimeError, _OVERLAP),
        refused(RuntimeError, _OVERLAP),
        refused(RuntimeError, _OVERLAP),
        refused(RuntimeError, _OVERLAP),
        refused(RuntimeError, _OVERLAP),
        refused(RuntimeError, _OVERLAP),
        refused(RuntimeError, _OVERLAP),
        refused(RuntimeError, _OVERLAP),
        refused(RuntimeError, _OVERLAP),
        [0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
        [[0.0, 1.0], [2.0, 3.0]],
    ]
)
def test_writes_from_memory_that_overlaps_in_part_are_refused(torch: Any) -> Any:
    x, m = torch.arange(6.0), torch.arange(4.0).view(2, 2)
    return [
        complaint(lambda: x[1:].copy_(x[:-1])),
        complaint(lambda: x[1:].add_(x[:-1])),
        complaint(lambda: x[1:].__setitem__(slice(None), x[:-1])),
        complaint(lambda: x.sub_(x[2])),
        complaint(lambda: x.clamp_(min=x[2])),
        complaint(lambda: m.add_(m.t())),
        complaint(lambda: m.copy_(m.t())),
        complaint(lambda: m.add_(m[0])),
        complaint(lambda: x.__setitem__(torch.tensor([0, 1]), x[1:3])),
        x,
        m,
    ]


WRITES: dict[str, Any] = {
    "add_": lambda x, own: x[2::2].add_(own(x[:-2:2])),
    "copy_": lambda x, own: x.view(3, 4)[:, 1:].copy_(own(x.view(3, 4)[:, :-1])),
    "addcmul_": lambda x, own: x[2::2].addcmul_(own(x[:-2:2]), own(x[:-2:2])),
    "sub_ of a column": lambda x, own: x.view(3, 4).sub_(own(x.view(3, 4)[:, :1])),
    "slice assigned": lambda x, own: x[2::2].__setitem__(slice(None), own(x[:-2:2])),
    "baddbmm_": lambda x, own: x.view(3, 2, 2).baddbmm_(own(x.view(3, 2, 2)), x.view(3, 2, 2)),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_what_overlaps_with_gaps_is_read_before_it_is_written(write: Any) -> None:
    """There PyTorch does not look, and what comes out depends on its loops."""
    x, y = mt.arange(12.0), mt.arange(12.0)
    write(x, lambda part: part)
    write(y, lambda part: part.clone())
    assert x.tolist() == y.tolist()


@row([0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
def test_the_same_memory_and_neighbours_are_fine(torch: Any) -> Any:
    x = torch.arange(6.0)
    x.add_(x)
    x[:2].mul_(x[:2])
    x[2:4] += x[4:6]
    x[::2].mul_(x[1::2])
    x.masked_fill_(x > 30, x[1])
    x[1:] = x[0]
    return x


@row(
    [
        refused(RuntimeError, _REPEATS),
        refused(RuntimeError, _REPEATS),
        refused(RuntimeError, _REPEATS),
        refused(RuntimeError, _REPEATS),
        refused(RuntimeError, _REPEATS),
        refused(RuntimeError, _REPEATS),
        refused(RuntimeError, _REPEATS),
        refused(RuntimeError, _REPEATS),
        refused(RuntimeError, _REPEATS),
    ]
)
def test_elements_that_share_memory_are_not_written(torch: Any) -> Any:
    def expanded() -> Any:
        return torch.ones(1).expand(3)

    return [
        complaint(lambda: expanded().add_(1)),
        complaint(lambda: expanded().copy_(torch.ones(3))),
        complaint(lambda: expanded().fill_(torch.tensor(2.0))),
        complaint(lambda: expanded().__setitem__(slice(None), 1)),
        complaint(lambda: expanded().normal_()),
        complaint(lambda: expanded().eq_(1)),
        complaint(lambda: expanded().scatter_(0, torch.tensor([0]), 5.0)),
        complaint(lambda: expanded().index_add_(0, torch.tensor([0]), torch.ones(1))),
        complaint(lambda: expanded().index_copy_(0, torch.tensor([0]), torch.ones(1))),
    ]


@row([[0.0, 0.0, 0.0], [[2.0, 2.0], [2.0, 2.0], [2.0, 2.0]], [5.0, 5.0, 5.0]])
def test_but_one_number_is_written_into_all_of_them(torch: Any) -> Any:
    x = torch.ones(1).expand(3)
    first = x.zero_().tolist()
    second = torch.ones(2, 1).t().expand(3, 2).fill_(2).tolist()
    x[0] = 5
    return [first, second, x]


@row(
    [
        [refused(UserWarning, "Use of index_put_ on expanded tensors is deprecated.")],
        [refused(UserWarning, "Use of masked_fill_ on expanded tensors is deprecated.")],
        [refused(UserWarning, "Use of index_fill_ on expanded tensors is deprecated.")],
        [4.0, 4.0, 4.0],
    ]
)
def test_index_writes_into_shared_memory_warn(torch: Any) -> Any:
    x, index = torch.ones(1).expand(3), torch.tensor([0])
    mask = torch.tensor([True, False, False])
    return [
        warned(lambda: x.index_put_((index,), torch.tensor([2.0]))),
        warned(lambda: x.masked_fill_(mask, 3)),
        warned(lambda: x.index_fill_(0, index, 4)),
        x,
    ]
