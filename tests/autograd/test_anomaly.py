"""Anomaly detection: the first node that makes a NaN, and the line of its forward call."""

from typing import Any

from tests.support.table import complaint, leaf, refused, row, warned


def zero_times_infinity(torch: Any) -> Any:
    """A result whose gradient is NaN: 0 · ∞, because the square root is vertical at 0."""
    return (leaf(torch, 0.0).sqrt() * 0).sum()


@row([refused(RuntimeError, "Function 'SqrtBackward0' returned nan values in its 0th output.")])
def test_a_nan_is_found_where_it_is_made(torch: Any) -> Any:
    errors = []

    def work() -> None:
        with torch.autograd.detect_anomaly():
            errors.append(complaint(zero_times_infinity(torch).backward))

    warned(work)
    return errors


@row(
    (
        refused(UserWarning, "Anomaly Detection has been enabled"),
        refused(
            UserWarning,
            "Error detected in SqrtBackward0. Traceback of forward call that caused the",
        ),
        True,
    )
)
def test_the_warning_shows_the_line_of_the_forward_call(torch: Any) -> Any:
    def work() -> None:
        with torch.autograd.detect_anomaly():
            complaint(zero_times_infinity(torch).backward)

    first, second = warned(work)
    return first, second, "in zero_times_infinity" in second.message


@row([refused(UserWarning, "Anomaly Detection has been enabled")])
def test_entering_warns_that_it_is_slow(torch: Any) -> Any:
    def enter() -> None:
        with torch.autograd.detect_anomaly():
            pass

    return warned(enter)


@row([])
def test_setting_it_does_not_warn(torch: Any) -> Any:
    def enter() -> None:
        with torch.autograd.set_detect_anomaly(True):
            pass

    return warned(enter)


@row((False, (True, True), False))
def test_it_is_asked_for_by_name(torch: Any) -> Any:
    before = torch.is_anomaly_enabled()
    with torch.autograd.set_detect_anomaly(True):
        inside = torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()
    return before, inside, torch.is_anomaly_enabled()


@row((True, False))
def test_set_detect_anomaly_as_a_function(torch: Any) -> Any:
    torch.autograd.set_detect_anomaly(True)
    inside = torch.is_anomaly_enabled()
    torch.autograd.set_detect_anomaly(False)
    return inside, torch.is_anomaly_enabled()


@row((False, True, False))
def test_it_may_be_switched_off_for_a_block(torch: Any) -> Any:
    with torch.autograd.set_detect_anomaly(True):
        with torch.autograd.set_detect_anomaly(False):
            inside = torch.is_anomaly_enabled()
        after = torch.is_anomaly_enabled()
    return inside, after, torch.is_anomaly_enabled()


@row([float("nan")])
def test_without_it_a_nan_passes(torch: Any) -> Any:
    x = leaf(torch, 0.0)
    (x.sqrt() * 0).sum().backward()
    return x.grad


@row((False, None))
def test_nans_may_be_let_pass(torch: Any) -> Any:
    with torch.autograd.set_detect_anomaly(True, check_nan=False):
        inside = torch.is_anomaly_check_nan_enabled()
        return inside, complaint(zero_times_infinity(torch).backward)


@row([float("inf")])
def test_infinity_is_no_anomaly(torch: Any) -> Any:
    x = leaf(torch, 0.0)
    with torch.autograd.set_detect_anomaly(True):
        x.sqrt().sum().backward()
    return x.grad


@row([refused(RuntimeError, "Function 'MulBackward0' returned nan values in its 0th output.")])
def test_a_nan_that_came_with_the_gradient_is_blamed_on_the_first_node(torch: Any) -> Any:
    errors, x = [], leaf(torch, 1.0)

    def work() -> None:
        with torch.autograd.set_detect_anomaly(True):
            errors.append(complaint(lambda: (x * 2).backward(torch.tensor([float("nan")]))))

    warned(work)
    return errors


@row([refused(RuntimeError, "Function 'MulBackward0' returned nan values in its 1th output.")])
def test_the_output_that_is_nan_is_numbered(torch: Any) -> Any:
    errors = []

    def work() -> None:
        with torch.autograd.set_detect_anomaly(True):
            y = leaf(torch, float("nan")) * leaf(torch, 1.0)
            errors.append(complaint(y.backward))

    warned(work)
    return errors


@row(
    [refused(UserWarning, "Error detected in SqrtBackward0. No forward pass information available")]
)
def test_a_forward_outside_leaves_no_line(torch: Any) -> Any:
    y = zero_times_infinity(torch)

    def work() -> None:
        with torch.autograd.set_detect_anomaly(True):
            complaint(y.backward)

    return warned(work)


@row(
    (
        [refused(LookupError, "in my rule")],
        [refused(UserWarning, "Error detected in FailsBackward")],
    )
)
def test_an_error_in_a_function_shows_its_forward_too(torch: Any) -> Any:
    class Fails(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * 2

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            raise LookupError("in my rule")

    errors = []

    def work() -> None:
        with torch.autograd.set_detect_anomaly(True):
            errors.append(complaint(Fails.apply(leaf(torch, 1.0)).backward))

    warnings = warned(work)
    return errors, warnings


@row(
    [
        refused(
            UserWarning,
            "Error detected in MulBackward0. Traceback of forward call that caused the error:",
        )
    ]
)
def test_a_written_value_shows_its_forward(torch: Any) -> Any:
    def work() -> None:
        with torch.autograd.set_detect_anomaly(True):
            a = leaf(torch, 1.0) * 1
            y = a * a
            a.add_(1)
            complaint(y.backward)

    return warned(work)


@row((2, [False, True]))
def test_a_nan_of_the_second_order_names_the_first(torch: Any) -> Any:
    def work() -> None:
        with torch.autograd.set_detect_anomaly(True):
            x = leaf(torch, 0.0)
            (first,) = torch.autograd.grad((x**1.5).sum(), x, create_graph=True)
            complaint((first * 0).sum().backward)

    messages = [w.message for w in warned(work)]
    return len(messages), ["Previous calculation was induced by" in m for m in messages]
