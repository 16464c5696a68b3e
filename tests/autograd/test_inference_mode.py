"""inference_mode and the rules of the tensors made in it."""

from typing import Any

import numpy as np
import pytest

import minitorch as mt
from tests.support.table import complaint, leaf, refused, row


def inference_tensor(torch: Any, *values: float) -> Any:
    with torch.inference_mode():
        return torch.tensor(list(values))


# The mode


@row((True, False))
def test_it_is_asked_for_by_name(torch: Any) -> Any:
    with torch.inference_mode():
        inside = torch.is_inference_mode_enabled()
    return inside, torch.is_inference_mode_enabled()


@row((False, None, False))
def test_it_records_nothing(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    with torch.inference_mode():
        y = x * 2
        return y.requires_grad, y.grad_fn, torch.is_grad_enabled()


@row((True, False, True))
def test_it_may_be_switched_off_again(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    with torch.inference_mode(), torch.inference_mode(False):
        y = x * 2
        return y.requires_grad, y.is_inference(), torch.is_grad_enabled()


@row(True)
def test_switched_off_it_records_also_below_no_grad(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    with torch.no_grad(), torch.inference_mode(mode=False):
        return (x * 2).requires_grad


@row((True, True, True))
def test_enable_grad_inside_does_not_switch_it_off(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    with torch.inference_mode(), torch.enable_grad():
        y = x * 2
        return y.is_inference(), torch.is_inference_mode_enabled(), torch.is_grad_enabled()


@row((False, True))
def test_what_it_records_with_enable_grad_inside(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    with torch.inference_mode(), torch.enable_grad():
        y = x * 2
        return y.requires_grad, y.grad_fn is None


@row((True, True, False, False))
def test_decorators_with_and_without_parentheses(torch: Any) -> Any:
    @torch.inference_mode
    def bare() -> bool:
        return torch.ones(1).is_inference()

    @torch.inference_mode()
    def called() -> bool:
        return torch.ones(1).is_inference()

    @torch.inference_mode(False)
    def off() -> bool:
        return torch.ones(1).is_inference()

    return bare(), called(), off(), torch.ones(1).is_inference()


@row([(True, False)])
def test_a_decorated_generator(torch: Any) -> Any:
    @torch.inference_mode()
    def items() -> Any:
        yield torch.is_inference_mode_enabled()

    return [(item, torch.is_inference_mode_enabled()) for item in items()]


@row((refused(LookupError, "inside"), False, True))
def test_an_exception_restores_the_mode(torch: Any) -> Any:
    def fail() -> None:
        with torch.inference_mode():
            raise LookupError("inside")

    return complaint(fail), torch.is_inference_mode_enabled(), torch.is_grad_enabled()


# Which tensors are inference tensors


@row([True, True, True, True, True])
def test_what_is_made_inside_is_one(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    with torch.inference_mode():
        made = [torch.ones(1), x * 2, x.clone(), x.detach().clone(), torch.tensor([1])]
    return [t.is_inference() for t in made]


@row((False, False))
def test_what_was_made_outside_is_none(torch: Any) -> Any:
    x = torch.ones(1)
    with torch.inference_mode():
        return x.is_inference(), torch.is_inference(x)


@row((False, False, False))
def test_views_of_normal_tensors_are_normal(torch: Any) -> Any:
    x = torch.ones(2)
    with torch.inference_mode():
        return x[0].is_inference(), x.view(2, 1).is_inference(), x.detach().is_inference()


@row((False, [2.0, 2.0]))
def test_in_place_results_are_what_they_were(torch: Any) -> Any:
    x = torch.ones(2)
    with torch.inference_mode():
        return x.add_(1).is_inference(), x


@row((True, True, True))
def test_views_of_inference_tensors_are_inference_tensors(torch: Any) -> Any:
    x = inference_tensor(torch, 1.0, 2.0)
    return x[0].is_inference(), x.view(2, 1).is_inference(), x.detach().is_inference()


@row((False, False, 0))
def test_results_outside_are_normal(torch: Any) -> Any:
    x = inference_tensor(torch, 1.0, 2.0)
    return (x * 2).is_inference(), x.clone().is_inference(), (x * 2)._version


@row((True, True, False))
def test_leaves_made_inside(torch: Any) -> Any:
    with torch.inference_mode():
        x = torch.ones(1, requires_grad=True)
        return x.requires_grad, x.is_inference(), (x * 2).requires_grad


@row((True, False))
def test_to_a_dtype_it_has_already(torch: Any) -> Any:
    x = inference_tensor(torch, 1.0)
    return x.float() is x, x.double().is_inference()


# What they refuse


@row(refused(RuntimeError, "Inference tensors do not track version counter."))
def test_they_count_no_versions(torch: Any) -> Any:
    return inference_tensor(torch, 1.0)._version


@row([2.0])
def test_they_are_written_inside(torch: Any) -> Any:
    x = inference_tensor(torch, 1.0)
    with torch.inference_mode():
        return x.add_(1)


@row(
    refused(RuntimeError, "Inplace update to inference tensor outside InferenceMode is not allowed")
)
def test_they_are_not_written_outside(torch: Any) -> Any:
    inference_tensor(torch, 1.0).add_(1)


@row(
    refused(RuntimeError, "Inplace update to inference tensor outside InferenceMode is not allowed")
)
def test_they_are_not_written_outside_under_no_grad_either(torch: Any) -> Any:
    x = inference_tensor(torch, 1.0)
    with torch.no_grad():
        x.add_(1)


@row(
    refused(RuntimeError, "Inplace update to inference tensor outside InferenceMode is not allowed")
)
def test_their_views_are_not_written_outside(torch: Any) -> Any:
    inference_tensor(torch, 1.0, 2.0)[0].mul_(2)


@row(refused(RuntimeError, "Inference tensors cannot be saved for backward"))
def test_they_are_not_saved_for_backward(torch: Any) -> Any:
    return leaf(torch, 1.0) * inference_tensor(torch, 2.0)


@row((True, [1.0]))
def test_ops_that_save_nothing_of_them_are_fine(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x + inference_tensor(torch, 2.0)
    y.backward()
    return y.requires_grad, x.grad


@row([2.0])
def test_a_clone_of_them_is_saved(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    (x * inference_tensor(torch, 2.0).clone()).backward()
    return x.grad


@row([2.0])
def test_they_are_used_under_no_grad(torch: Any) -> Any:
    with torch.no_grad():
        return leaf(torch, 1.0) * inference_tensor(torch, 2.0)


@row(
    refused(
        RuntimeError, "Setting requires_grad=True on inference tensor outside InferenceMode is not"
    )
)
def test_requires_grad_cannot_be_set_outside(torch: Any) -> Any:
    inference_tensor(torch, 1.0).requires_grad_()


@row(True)
def test_requires_grad_can_be_set_inside(torch: Any) -> Any:
    with torch.inference_mode():
        return torch.ones(1).requires_grad_().requires_grad


@row(([5.0], 1))
def test_normal_tensors_are_written_inside(torch: Any) -> Any:
    x = torch.ones(1)
    before = x._version
    with torch.inference_mode():
        x.mul_(5)
    return x, x._version - before


@row([5.0])
def test_leaves_that_require_grad_are_written_inside(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    with torch.inference_mode():
        x.mul_(5)
    return x


@row(
    refused(
        RuntimeError, "one of the variables needed for gradient computation has been modified by"
    )
)
def test_a_saved_normal_tensor_that_is_written_inside_is_noticed(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    a = x * 1
    y = a * a
    with torch.inference_mode():
        a.mul_(5)
    return complaint(y.backward)


@row(
    (
        refused(
            RuntimeError,
            "A view was created in inference mode and is being modified inplace in normal",
        ),
        True,
    )
)
def test_views_of_normal_tensors_made_inside_are_not_written_outside(torch: Any) -> Any:
    x = leaf(torch, 1.0, 2.0)
    y = x * 1
    with torch.inference_mode():
        view = y[0]
    return complaint(lambda: view.mul_(2)), view.requires_grad


@row([2.0, 1.0])
def test_views_of_plain_tensors_made_inside_may_be_written_outside(torch: Any) -> Any:
    x = torch.ones(2)
    with torch.inference_mode():
        view = x[0]
    view.mul_(2)
    return x


@row(([1.0, 2.0], False))
def test_an_inference_tensor_goes_into_a_normal_one(torch: Any) -> Any:
    x = torch.zeros(2)
    x.copy_(inference_tensor(torch, 1.0, 2.0))
    return x, x.is_inference()


@row((None, [6.0]))
def test_backward_inside(torch: Any) -> Any:
    x = leaf(torch, 3.0)
    y = x * x
    with torch.inference_mode():
        return complaint(y.backward), x.grad


@row(True)
def test_a_grad_made_inside_is(torch: Any) -> Any:
    x = leaf(torch, 3.0)
    y = x * x
    with torch.inference_mode():
        y.backward()
    return x.grad.is_inference()


@row(([1.0], 1.0, [1.0], 1.0))
def test_they_may_be_data(torch: Any) -> Any:
    x = inference_tensor(torch, 1.0)
    return x.tolist(), x.item(), x.numpy().tolist(), x.sum()


@pytest.mark.parametrize("name", ["std", "softmax", "sort"])
def test_forward_mode_within_inference_mode(name: str) -> None:
    """The rules that tangents come out of may save what the mode made."""

    def f(x: Any) -> Any:
        return {"std": x.std, "softmax": lambda: x.softmax(0), "sort": lambda: x.sort()[0]}[name]()

    x = mt.tensor([0.3, 0.5, 0.9, 0.2])
    expected = mt.func.jacfwd(f)(x)
    with mt.inference_mode():
        got = mt.func.jacfwd(f)(x)
    inside = mt.func.jacfwd(mt.inference_mode(f))(x)
    for result in (got, inside):
        np.testing.assert_allclose(result.numpy(), expected.numpy(), rtol=1e-6)


def test_tangents_are_not_left_behind_by_views_without_a_base() -> None:
    def g(x: Any) -> Any:
        y = x.clone()
        y.view(-1)[:2].mul_(x[:2])
        return y.sum()

    with mt.inference_mode(), pytest.raises(RuntimeError, match="Cannot set version_counter"):
        mt.func.jvp(g, (mt.ones(3),), (mt.ones(3),))
