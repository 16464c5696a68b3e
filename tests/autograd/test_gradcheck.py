"""gradcheck and gradgradcheck: right rules pass, wrong ones fail and are told what is wrong."""

from typing import Any

import pytest

import minitorch as mt
from tests.support.table import Complaint, complaint, refused, row, warned

fast = pytest.mark.parametrize("fast_mode", [False, True], ids=["slow", "fast"])


def points(torch: Any) -> Any:
    return torch.linspace(0.5, 1.5, 3, dtype=torch.float64).requires_grad_()


def test_its_error_can_be_imported_from_where_pytorch_has_it(torch: Any) -> None:
    from torch.autograd.gradcheck import GradcheckError as theirs

    from minitorch.autograd.gradcheck import GradcheckError

    assert GradcheckError.__name__ == theirs.__name__ and GradcheckError.__base__ is theirs.__base__


def function(torch: Any, forward: Any, backward: Any) -> Any:
    """A custom function of one tensor, which it saves."""

    class Rule(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, a: Any) -> Any:
            ctx.save_for_backward(a)
            return forward(a)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return backward(g, *ctx.saved_tensors)

    return Rule.apply


def square(torch: Any, backward: Any) -> Any:
    return function(torch, lambda a: a * a, backward)


def flip_first(torch: Any) -> Any:
    """Ones, but for the first element."""
    signs = torch.ones(3, dtype=torch.float64)
    signs[0] = -1
    return signs


# Right rules


@row([True] * 10)
def test_right_rules_pass(torch: Any) -> Any:
    x, check = points(torch), torch.autograd.gradcheck
    y = torch.linspace(-1, 1, 3, dtype=torch.float64).requires_grad_()
    everything = {
        "check_forward_ad": True,
        "check_batched_grad": True,
        "check_batched_forward_grad": True,
        "check_grad_dtypes": True,
    }
    return [
        check(f, inputs, fast_mode=fast_mode, **options)
        for fast_mode in (False, True)
        for f, inputs, options in (
            (lambda a: a * a, x, {}),
            (lambda a, b: (a * b, a.sum()), (x, y), {}),
            (lambda a, k: a * k, (x, 3), {}),
            (lambda a: a * a, y[0].detach().requires_grad_(), everything),
            (lambda a: (a.sin() * a).cumsum(0), x, everything),
        )
    ]


@row([True] * 4)
def test_right_rules_pass_to_second_order(torch: Any) -> Any:
    x, check = points(torch), torch.autograd.gradgradcheck
    start = torch.ones(3, dtype=torch.float64, requires_grad=True)
    return [
        check(lambda a: a**3, x),
        check(lambda a: a**3, x, fast_mode=True, gen_non_contig_grad_outputs=True),
        check(lambda a: a**3, x, start),
        check(lambda a: a**3, x, check_fwd_over_rev=True, check_batched_grad=True),
    ]


@row((False, True))  # the second derivative is that of the first, wrong as that is
def test_failure_may_be_returned(torch: Any) -> Any:
    wrong = square(torch, lambda g, a: g * a)
    x = points(torch)
    return (
        torch.autograd.gradcheck(wrong, x, raise_exception=False),
        torch.autograd.gradgradcheck(wrong, x, raise_exception=False),
    )


@row(True)
def test_rules_wrong_within_the_tolerance_pass(torch: Any) -> Any:
    wrong = square(torch, lambda g, a: g * a * 2.001)
    return torch.autograd.gradcheck(wrong, points(torch), rtol=1e-2)


@row([1.5, 1.0, 0.5])
def test_inputs_are_as_they_were(torch: Any) -> Any:
    x = torch.tensor([1.5, 1.0, 0.5], dtype=torch.float64, requires_grad=True)
    torch.autograd.gradcheck(lambda a: a * a, x)
    torch.autograd.gradcheck(lambda a: a * a, x, fast_mode=True)
    return x.tolist()


# Wrong rules. The error classes' names are compared, and PyTorch's words.

MISMATCH = Complaint("GradcheckError", "Jacobian mismatch for output 0 with respect to input 0")


@row([MISMATCH] * 6)
def test_a_wrong_factor_a_wrong_sign_and_a_gradient_that_is_missing(torch: Any) -> Any:
    rules = (
        lambda g, a: g * a * 3,
        lambda g, a: g * a * 2 * flip_first(torch),
        lambda g, a: None,
    )
    return [
        complaint(
            lambda rule=rule, mode=mode: torch.autograd.gradcheck(
                square(torch, rule), points(torch), fast_mode=mode
            )
        )
        for rule in rules
        for mode in (False, True)
    ]


@row(Complaint("GradcheckError", "Jacobian mismatch for output 1 with respect to input 1"))
def test_which_output_and_which_input(torch: Any) -> Any:
    wrong = square(torch, lambda g, a: g * a)
    x = points(torch)
    torch.autograd.gradcheck(
        lambda a, b: (a * b, a * wrong(b)), (x, x.detach().clone().requires_grad_())
    )


@row((True, MISMATCH, MISMATCH))
def test_a_wrong_second_derivative_shows_to_second_order_only(torch: Any) -> Any:
    wrong = function(torch, lambda a: a**3, lambda g, a: g * (a * a).detach() * 3)
    x = points(torch)
    return (
        torch.autograd.gradcheck(wrong, x),
        complaint(lambda: torch.autograd.gradgradcheck(wrong, x)),
        complaint(lambda: torch.autograd.gradgradcheck(wrong, x, fast_mode=True)),
    )


@row(Complaint("GradcheckError", "Backward is not reentrant"))
def test_a_rule_that_gives_something_else_each_time(torch: Any) -> Any:
    calls = [0]

    def drifting(g: Any, a: Any) -> Any:
        calls[0] += 1
        return g * a * (2 + 1e-9 * calls[0])

    torch.autograd.gradcheck(square(torch, drifting), points(torch))


@row(True)
def test_a_little_drift_may_be_allowed(torch: Any) -> Any:
    calls = [0]

    def drifting(g: Any, a: Any) -> Any:
        calls[0] += 1
        return g * a * (2 + 1e-9 * calls[0])

    return torch.autograd.gradcheck(square(torch, drifting), points(torch), nondet_tol=1e-5)


@row(Complaint("GradcheckError", "Numerical gradient for function expected to be zero"))
def test_a_result_cut_off_from_what_it_depends_on(torch: Any) -> Any:
    torch.autograd.gradcheck(lambda a: a.detach() * 2, points(torch))


@row(Complaint("GradcheckError", "backward not multiplied by grad_output"))
def test_a_rule_that_ignores_the_gradient(torch: Any) -> Any:
    constant = function(torch, lambda a: a.sum() * 2, lambda g, a: torch.full_like(a, 2.0))
    torch.autograd.gradcheck(constant, points(torch), check_undefined_grad=False)


class Careless:
    """A rule that cannot stand None, where it asks to get it."""

    def __init__(self, torch: Any) -> None:
        class Rule(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, a: Any) -> Any:
                ctx.set_materialize_grads(False)
                return a * 2

            @staticmethod
            def backward(ctx: Any, g: Any) -> Any:
                return g * 2

        self.apply = Rule.apply


# PyTorch lets the rule's own error through.
@row(
    refused(TypeError, "unsupported operand"),
    ours=Complaint("GradcheckError", "Expected backward function to handle undefined output grads"),
)
def test_a_rule_that_fails_without_gradients(torch: Any) -> Any:
    torch.autograd.gradcheck(Careless(torch).apply, points(torch))


@row(True)
def test_that_check_may_be_left_out(torch: Any) -> Any:
    return torch.autograd.gradcheck(
        Careless(torch).apply, points(torch), check_undefined_grad=False
    )


@fast
def test_the_error_says_how_far_off_and_where(fast_mode: bool) -> None:
    wrong = square(mt, lambda g, a: g * a * 2 * (1 + 0.5 * (a > 1.2).double()))
    with pytest.raises(RuntimeError) as caught:
        mt.autograd.gradcheck(wrong, points(mt), fast_mode=fast_mode)
    message = str(caught.value)
    assert (
        "output[2] by input[2], numerical 3, analytical 4.5: off by 1.5 (relative 0.5)" in message
    )
    assert "at 1 of 9 places" in message


def test_the_error_names_a_common_factor() -> None:
    with pytest.raises(RuntimeError, match=r"1\.5 times what it should be"):
        mt.autograd.gradcheck(square(mt, lambda g, a: g * a * 3), points(mt))


# What goes in


@row(refused(ValueError, "at least one input tensor to require gradient"))
def test_something_must_require_grad(torch: Any) -> Any:
    torch.autograd.gradcheck(lambda a: a * 2, points(torch).detach())


@row(refused(AssertionError, "Expected at least one of check_forward_ad or check_backward_ad"))
def test_something_must_be_checked(torch: Any) -> Any:
    torch.autograd.gradcheck(lambda a: a * 2, points(torch), check_backward_ad=False)


@row(refused(RuntimeError, "The 0th input has a dimension with stride 0"))
def test_inputs_may_not_overlap_themselves(torch: Any) -> Any:
    x = torch.ones(1, dtype=torch.float64).expand(3).detach().requires_grad_()
    torch.autograd.gradcheck(lambda a: a * 2, x)


@row(Complaint("UserWarning", "Input #0 requires gradient and is not a double precision"))
def test_single_precision_is_warned_of(torch: Any) -> Any:
    return warned(
        lambda: torch.autograd.gradcheck(
            lambda a: a * 2, torch.ones(2, requires_grad=True), eps=1e-2, atol=1e-2
        )
    )[0]


def test_fast_mode_walks_back_once_per_output_and_once_to_be_sure():
    calls = []

    class Doubled(mt.autograd.Function):
        @staticmethod
        def forward(ctx, *xs):
            return tuple([x * 2 for x in xs])

        @staticmethod
        def backward(ctx, *grads):
            calls.append(grads)
            return tuple([g * 2 for g in grads])

    inputs = [mt.ones(2, dtype=mt.float64, requires_grad=True) for _ in range(5)]
    options = {"fast_mode": True, "check_undefined_grad": False}
    assert mt.autograd.gradcheck(Doubled.apply, inputs, **options)
    assert len(calls) == 2 * 5 + 1  # and once with zeros
