"""The names of the old articles: Variable, volatile, grad_variables, .data."""

from typing import Any

import pytest

import minitorch as mt
from tests.support.table import complaint, leaf, refused, row, warned

# Variable


@row((True, True, True, False))
def test_variable_gives_a_plain_tensor(torch: Any) -> Any:
    x = torch.ones(2)
    v = torch.autograd.Variable(x, requires_grad=True)
    return isinstance(v, torch.Tensor), v.requires_grad, v.is_leaf, x.requires_grad


@row(False)
def test_variable_requires_no_grad_unless_asked(torch: Any) -> Any:
    return torch.autograd.Variable(torch.ones(1)).requires_grad


@row(([2.0, 2.0], False, True))
def test_variable_shares_the_memory(torch: Any) -> Any:
    x = torch.ones(2)
    v = torch.autograd.Variable(x)
    v.data.add_(1)
    return x, v is x, v.data_ptr() == x.data_ptr()


@row((True, [12.0], None))
def test_variable_of_a_result_starts_a_new_graph(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    v = torch.autograd.Variable(x * 3, requires_grad=True)
    (v * v).backward()
    return v.is_leaf, v.grad, x.grad


@row(True)
def test_variable_takes_the_flag_by_position(torch: Any) -> Any:
    return torch.autograd.Variable(torch.ones(1), True).requires_grad


# Here it is a base class: there is no metaclass that answers for it.
@row((True, False, False), ours=(True, False, True))
def test_a_tensor_is_a_variable(torch: Any) -> Any:
    kind = torch.autograd.Variable
    return isinstance(torch.ones(1), kind), isinstance(3, kind), issubclass(torch.Tensor, kind)


@row(True)
def test_a_parameter_is_a_variable(torch: Any) -> Any:
    return isinstance(torch.nn.Parameter(torch.ones(1)), torch.autograd.Variable)


@row(
    (
        refused(
            RuntimeError, "Only Tensors of floating point and complex dtype can require gradients"
        ),
        "torch.int64",
    )
)
def test_variable_of_integers_requires_no_grad(torch: Any) -> Any:
    return complaint(lambda: torch.autograd.Variable(torch.tensor([1]), requires_grad=True)), str(
        torch.autograd.Variable(torch.tensor([1])).dtype
    )


@row("tensor([1., 1.], requires_grad=True)")
def test_variable_prints_as_a_tensor(torch: Any) -> Any:
    return repr(torch.autograd.Variable(torch.ones(2), requires_grad=True))


@row(True)
def test_the_module_of_variable(torch: Any) -> Any:
    return torch.autograd.variable.Variable is torch.autograd.Variable


# volatile


# PyTorch warns that it has no effect any more; here it has.
@row([refused(UserWarning, "volatile was removed")], ours=[refused(UserWarning, "no_grad()")])
def test_setting_volatile_warns(torch: Any) -> Any:
    x = torch.ones(1)

    def work() -> None:
        x.volatile = True

    return warned(work)


def _volatile(*values: float) -> Any:
    with pytest.warns(UserWarning, match=r"volatile.*no_grad\(\)"):
        return mt.autograd.Variable(mt.tensor(list(values)), volatile=True)


def test_volatile_is_contagious() -> None:
    x = mt.ones(1, requires_grad=True)
    y = _volatile(1.0) * x
    z = (y + x).exp()
    assert (y.requires_grad, z.requires_grad) == (False, False)
    assert (y.grad_fn, z.grad_fn) == (None, None)


def test_volatile_wins_against_every_other_input() -> None:
    x, v = mt.ones(2, requires_grad=True), _volatile(1.0, 2.0)
    assert not mt.cat([x, v]).requires_grad
    assert not mt.stack([x * 2, v]).requires_grad
    assert not mt.where(v > 1, x, v).requires_grad


def test_volatile_works_its_effect_through_modules() -> None:
    out = mt.nn.Linear(2, 1)(_volatile(1.0, 2.0))
    assert not out.requires_grad
    assert out.grad_fn is None


def test_nothing_volatile_is_walked() -> None:
    out = _volatile(1.0) * mt.ones(1, requires_grad=True)
    with pytest.raises(RuntimeError, match="does not require grad and does not have a grad_fn"):
        out.backward()


@row(([], True))
def test_volatile_false_says_and_does_nothing(torch: Any) -> Any:
    made = []
    warnings = warned(lambda: made.append(torch.autograd.Variable(torch.ones(1), volatile=False)))
    return warnings, (made[0] * leaf(torch, 1.0)).requires_grad


def test_volatile_set_on_a_tensor_has_its_effect() -> None:
    x = mt.ones(1)
    with pytest.warns(UserWarning, match="volatile"):
        x.volatile = True
    assert not (x * mt.ones(1, requires_grad=True)).requires_grad


@row([refused(ValueError, "Variable can't be volatile and require_grad at the same time!")])
def test_volatile_and_requires_grad_exclude_each_other(torch: Any) -> Any:
    errors = []

    def work() -> None:
        errors.append(
            complaint(
                lambda: torch.autograd.Variable(torch.ones(1), requires_grad=True, volatile=True)
            )
        )

    warned(work)
    return errors


@row([refused(UserWarning, "volatile was removed")], ours=[refused(UserWarning, "no_grad()")])
def test_making_a_volatile_variable_warns(torch: Any) -> Any:
    return warned(lambda: torch.autograd.Variable(torch.ones(1), volatile=True))


def test_data_of_a_volatile_tensor_is_free_again() -> None:
    x = mt.ones(1, requires_grad=True)
    assert (_volatile(1.0).data * x).requires_grad


# grad_variables


@row(([refused(FutureWarning, "`grad_variables` is deprecated")], [15.0]))
def test_grad_variables_of_backward_warn(torch: Any) -> Any:
    x = leaf(torch, 2.0)
    y = x * 3
    warnings = warned(lambda: torch.autograd.backward([y], grad_variables=[torch.tensor([5.0])]))
    return warnings, x.grad


@row(
    [
        refused(
            RuntimeError,
            "`grad_tensors` and `grad_variables` (deprecated) arguments both passed to",
        )
    ]
)
def test_not_both_names(torch: Any) -> Any:
    y = leaf(torch, 2.0) * 3
    errors = []
    warned(
        lambda: errors.append(
            complaint(
                lambda: torch.autograd.backward(
                    [y], grad_tensors=[torch.ones(1)], grad_variables=[torch.ones(1)]
                )
            )
        )
    )
    return errors


@row("TypeError")
def test_the_method_knows_them_not(torch: Any) -> Any:
    y = leaf(torch, 2.0) * 3
    return complaint(lambda: y.backward(grad_variables=torch.ones(1))).kind


# .data


@row((False, None, True, [12.0]))
def test_data_is_cut_off_and_shares_memory(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    y = x * 2
    d = y.data
    d.add_(10)
    return d.requires_grad, d.grad_fn, d.is_leaf, y


@row((0, [2.0]))
def test_data_counts_its_own_versions(torch: Any) -> Any:
    x = leaf(torch, 1.0)
    x.data.add_(1)
    return x._version, x


@row([0.0])
def test_writes_through_data_are_not_noticed(torch: Any) -> Any:
    x = leaf(torch, 3.0)
    y = x * x
    x.data.zero_()
    y.backward()
    return x.grad


@row([0.504])
def test_a_step_by_hand(torch: Any) -> Any:
    w = leaf(torch, 1.0)
    for _ in range(3):
        loss = (w * 2 - 1) ** 2
        loss.backward()
        w.data -= 0.1 * w.grad.data
        w.grad.data.zero_()
    return w


@row(([5.0, 6.0], [10.0, 12.0], True, True))
def test_data_may_be_replaced(torch: Any) -> Any:
    w = leaf(torch, 1.0)
    w.data = torch.tensor([5.0, 6.0])
    (w * w).sum().backward()
    return w, w.grad, w.is_leaf, w.requires_grad


@row(
    refused(
        RuntimeError,
        "data set to a tensor that requires gradients must be floating point or complex",
    )
)
def test_data_of_another_dtype_may_not_replace_it(torch: Any) -> Any:
    w = leaf(torch, 1.0)
    w.data = torch.tensor([1])


@row(refused(TypeError, "Variable data has to be a tensor, but got float"))
def test_data_must_be_a_tensor(torch: Any) -> Any:
    w = leaf(torch, 1.0)
    w.data = 3.0


@row((1.5, [1.5]))
def test_data_index_of_the_old_articles(torch: Any) -> Any:
    return leaf(torch, 1.5).data[0].item(), leaf(torch, 1.5).data.numpy().tolist()


@row([60.0])
def test_grad_data(torch: Any) -> Any:
    x = leaf(torch, 3.0)
    (x * x).backward()
    x.grad.data.mul_(10)
    return x.grad


def test_a_write_of_a_volatile_tensor_ends_the_history_of_the_target() -> None:
    w = mt.ones(3, requires_grad=True)
    for write in ("mul_", "copy_", "add_"):
        q, base = w * 1, w * 1
        getattr(q, write)(_volatile(3.0, 3.0, 3.0))
        getattr(base[:], write)(_volatile(3.0, 3.0, 3.0))
        for x in (q, base):
            assert not x.requires_grad and x.grad_fn is None and x.volatile


def test_a_tensor_made_volatile_has_no_history() -> None:
    w = mt.ones(3, requires_grad=True)
    q = w * 1
    with pytest.warns(UserWarning, match="volatile"):
        q.volatile = True
    assert not q.requires_grad and not (q * w).requires_grad and not q[0].requires_grad
