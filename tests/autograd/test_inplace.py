"""Views, in-place operations and version checks."""

import copy
from typing import Any

import numpy as np
import pytest

import minitorch as mt


def test_version_counts_writes_and_is_shared() -> None:
    a = mt.zeros(4)
    view, detached, data = a.view(2, 2), a.detach(), a.data
    a.add_(1)
    view.mul_(2)
    detached.add_(1)
    assert a._version == view._version == detached._version == 3
    assert data._version == 0
    data.add_(1)
    assert a._version == 3
    assert a.tolist() == [4.0] * 4


def test_a_saved_tensor_that_was_written_is_refused() -> None:
    a = mt.ones(3, requires_grad=True)
    b = a * 2
    c = b * b
    b.add_(1)
    with pytest.raises(
        RuntimeError,
        match=r"modified by an inplace operation: \[torch.FloatTensor \[3\]\], which is output 0 "
        r"of AddBackward0, is at version 1; expected version 0 instead",
    ):
        c.sum().backward()


def test_a_saved_output_that_was_written_is_refused() -> None:
    a = mt.tensor([1.0, 2.0, 3.0], requires_grad=True)
    out = a.exp()
    out.detach().zero_()
    with pytest.raises(RuntimeError, match="which is output 0 of ExpBackward0, is at version 1"):
        out.sum().backward()


def test_writing_what_nobody_saved_is_fine() -> None:
    a = mt.ones(3, requires_grad=True)
    b = a + 1
    c = b + 1
    b.add_(5)
    (c + b).sum().backward()
    assert a.grad.tolist() == [2.0, 2.0, 2.0]


def test_in_place_on_a_non_leaf_takes_part_in_history() -> None:
    a = mt.tensor([2.0, 3.0], requires_grad=True)
    b = a * 1
    b.mul_(a)
    b.add_(1)
    assert b.grad_fn.name() == "AddBackward0"
    b.sum().backward()
    assert a.grad.tolist() == [4.0, 6.0]


def test_in_place_functions_that_need_their_output() -> None:
    a = mt.tensor([0.5, 1.0], requires_grad=True)
    b = a * 1
    b.exp_()
    b.sum().backward()
    np.testing.assert_allclose(a.grad.numpy(), np.exp([0.5, 1.0]), rtol=1e-6)
    c = a * 1
    c.exp_()
    c.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        c.sum().backward()


def test_writing_through_a_view_changes_the_base_and_its_other_views() -> None:
    a = mt.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    base = a * 1
    first, rest = base[:2], base[1:]
    first.mul_(10)
    assert base.tolist() == [10.0, 20.0, 3.0, 4.0]
    assert rest.tolist() == [20.0, 3.0, 4.0]
    assert base.grad_fn.name() == "CopySlices"
    rest.sum().backward(retain_graph=True)
    assert a.grad.tolist() == [0.0, 10.0, 1.0, 1.0]
    a.grad = None
    base.sum().backward()
    assert a.grad.tolist() == [10.0, 10.0, 1.0, 1.0]


def test_writing_the_base_changes_its_views() -> None:
    a = mt.tensor([1.0, 2.0], requires_grad=True)
    base = a * 1
    view = base[0]
    base.mul_(3)
    view.backward()
    assert a.grad.tolist() == [3.0, 0.0]


def test_writing_a_tensor_with_history_into_a_view_of_plain_zeros() -> None:
    a = mt.tensor([1.0, 2.0], requires_grad=True)
    base = mt.zeros(2, 2)
    other = base[:, 0]
    base[1].copy_(a * 2)
    assert base.requires_grad
    assert other.requires_grad
    (base * mt.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
    assert a.grad.tolist() == [6.0, 8.0]


def test_writing_through_a_transposed_view() -> None:
    a = mt.arange(6.0).reshape(2, 3).requires_grad_()
    base = a * 1
    base.t()[0].mul_(mt.tensor([2.0, 3.0]))
    base.sum().backward()
    assert a.grad.tolist() == [[2.0, 1.0, 1.0], [3.0, 1.0, 1.0]]


def test_leaves_that_require_grad_are_not_written() -> None:
    a = mt.ones(3, requires_grad=True)
    with pytest.raises(
        RuntimeError,
        match=r"a leaf Variable that requires grad is being used in an in-place operation\.",
    ):
        a.add_(1)
    with pytest.raises(RuntimeError, match="a view of a leaf Variable that requires grad"):
        a[0].add_(1)
    with mt.no_grad():
        a.add_(1)
        a[0].add_(1)
    assert a.tolist() == [3.0, 2.0, 2.0]
    assert a.is_leaf


def test_views_made_without_recording_are_not_written_while_recording() -> None:
    a = mt.ones(2, 2, requires_grad=True)
    b = a * 3
    with mt.no_grad():
        view = b[0]
    for write in (
        lambda: view.mul_(2),
        lambda: view.__setitem__(0, 1.0),
        lambda: view.__setitem__([0], 1.0),
        view.uniform_,
    ):
        with pytest.raises(RuntimeError, match=r"(was|which was) created in no_grad mode and is"):
            write()
    assert b.tolist() == [[3.0, 3.0], [3.0, 3.0]]
    with mt.no_grad():
        view.mul_(2)
    assert b.tolist() == [[6.0, 6.0], [3.0, 3.0]]


def test_shapes_and_dtypes_are_kept() -> None:
    with pytest.raises(
        RuntimeError, match=r"output with shape \[1, 3\] doesn't match the broadcast shape \[2, 3\]"
    ):
        mt.ones(1, 3).add_(mt.ones(2, 1))
    with pytest.raises(
        RuntimeError, match="result type Float can't be cast to the desired output type Long"
    ):
        mt.ones(3, dtype=mt.int64).add_(0.5)
    assert mt.ones(3).add_(mt.ones(3, dtype=mt.float64)).dtype == mt.float32


def test_expanded_memory_is_not_written() -> None:
    with pytest.raises(
        RuntimeError,
        match="more than one element of the written-to tensor refers to a single memory",
    ):
        mt.ones(1).expand(3).add_(1)


def test_detach_shares_memory_and_cuts() -> None:
    a = mt.tensor([1.0, 2.0, 3.0], requires_grad=True)
    out = a.sigmoid()
    c = out.detach()
    assert not c.requires_grad
    assert c.data_ptr() == out.data_ptr()
    out.sum().backward()
    np.testing.assert_allclose(a.grad.numpy(), [0.1966, 0.1050, 0.0452], atol=5e-5)


def test_detach_in_place() -> None:
    a = mt.ones(2, requires_grad=True)
    b = a * 2
    b.detach_()
    assert b.is_leaf
    assert not b.requires_grad
    (b * a).sum().backward()
    assert a.grad.tolist() == [2.0, 2.0]
    with pytest.raises(RuntimeError, match="Can't detach views in-place"):
        (a * 1)[0].detach_()


def test_requires_grad_flags() -> None:
    a = mt.ones(2, requires_grad=True)
    with pytest.raises(
        RuntimeError, match="you can only change requires_grad flags of leaf variables"
    ):
        (a * 2).requires_grad = False
    with pytest.raises(
        RuntimeError, match="only Tensors of floating point and complex dtype can require gradients"
    ):
        mt.ones(2, dtype=mt.int64).requires_grad = True
    assert not a.detach().requires_grad


def test_reading_the_grad_of_a_non_leaf_warns() -> None:
    b = mt.ones(2, requires_grad=True) * 2
    with pytest.warns(UserWarning, match="not a leaf Tensor is being accessed"):
        assert b.grad is None


@pytest.mark.parametrize(
    ("value", "error", "match"),
    [
        (3, TypeError, "assigned grad expected to be a Tensor or None"),
        (mt.ones(3), RuntimeError, "attempting to assign a gradient of size"),
        (mt.ones(2, dtype=mt.float64), RuntimeError, "attempting to assign a gradient with dtype"),
    ],
)
def test_grads_that_do_not_fit(value: Any, error: type[Exception], match: str) -> None:
    a = mt.ones(2, requires_grad=True)
    with pytest.raises(error, match=match):
        a.grad = value


def test_deepcopy() -> None:
    a = mt.ones(2, requires_grad=True)
    a.sum().backward()
    b = copy.deepcopy(a)
    assert b.requires_grad
    assert b.grad.tolist() == [1.0, 1.0]
    assert b.data_ptr() != a.data_ptr()
    a.names = ["weight"]  # users' own
    c, d = copy.deepcopy(a), copy.copy(a)
    assert c.names == d.names == ["weight"]
    assert c.names is not a.names
    with pytest.raises(RuntimeError, match="support the deepcopy protocol"):
        copy.deepcopy(a * 2)


SCRIPTS = [
    "b = a * 2; b[0].mul_(3); (b * b).sum().backward()",
    "b = a * 2; v = b.view(4); v[1:3].mul_(a.view(4)[1:3]); (v * v).sum().backward()",
    "b = a * 2; b.t()[0].add_(a[1]); (b * a).sum().backward()",
    "b = a.exp(); v = b[:, 0]; b = b * 1; v2 = b[0]; b.mul_(2); (v2 * v).sum().backward()",
    "b = torch.zeros(2, 2).double(); v = b[0]; b[0, 1] = a[1, 1] * 2; (b + v).sum().backward()",
    "b = a * 1; b[0] = a[1]; b[1] = b[0] * 2; b.sum().backward()",
    "b = a * 1; c = b[0][1:]; b[0].mul_(5); (c * c).sum().backward()",
    "b = a * 1; b += a; b *= a; b -= 1; b /= a; b.sum().backward()",
    "b = a * 1; v = b[0]; w = v[0]; w.mul_(a[1, 1]); (v * b).sum().backward()",
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_histories_agree_with_pytorch(torch: Any, script: str) -> None:
    grads = []
    for lib in (mt, torch):
        a = lib.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=lib.float64, requires_grad=True)
        exec(script, {"torch": lib, "a": a})
        grads.append(a.grad.numpy())
    np.testing.assert_allclose(*grads)
