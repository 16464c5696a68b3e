"""Anomaly detection beyond PyTorch's: the error itself names the forward line; what it costs."""

import gc
import weakref
from typing import Any

import pytest

import minitorch as torch


def square_root_at_zero() -> Any:
    x = torch.zeros(1, requires_grad=True)
    return (x.sqrt() * 0).sum()  # the line to be found


def test_the_error_names_the_forward_line() -> None:
    with torch.autograd.set_detect_anomaly(True):
        y = square_root_at_zero()
        with (
            pytest.warns(UserWarning, match="Error detected in SqrtBackward0"),
            pytest.raises(RuntimeError) as caught,
        ):
            y.backward()
    message = str(caught.value)
    assert message.startswith("Function 'SqrtBackward0' returned nan values in its 0th output.")
    assert "test_anomaly_lines.py" in message
    assert "in square_root_at_zero" in message
    assert "return (x.sqrt() * 0).sum()  # the line to be found" in message


def test_nodes_that_save_nothing_have_their_line_too() -> None:
    with torch.autograd.set_detect_anomaly(True):
        y = torch.ones(1, requires_grad=True) + 1
        with pytest.warns(UserWarning), pytest.raises(RuntimeError, match="requires_grad=True"):
            y.backward(torch.tensor([float("nan")]))


def test_the_warning_shows_no_line_of_the_package() -> None:
    with torch.autograd.set_detect_anomaly(True):
        y = square_root_at_zero()
        with pytest.warns(UserWarning) as caught, pytest.raises(RuntimeError):
            y.backward()
    text = str(caught[0].message)
    assert "minitorch/" not in text.replace("minitorch/tests", "")
    assert caught[0].filename == __file__


def test_nothing_is_kept_when_it_is_over() -> None:
    gc.disable()
    try:
        with torch.autograd.set_detect_anomaly(True):
            y = square_root_at_zero()
            node = weakref.ref(y.grad_fn)
        del y
        assert node() is None
    finally:
        gc.enable()


def test_nodes_remember_nothing_without_it() -> None:
    y = square_root_at_zero()
    assert "traceback_" not in y.grad_fn.metadata
    assert y.grad_fn.metadata == {}


def test_threads_have_their_own() -> None:
    import threading

    seen = []
    with torch.autograd.set_detect_anomaly(True):
        thread = threading.Thread(target=lambda: seen.append(torch.is_anomaly_enabled()))
        thread.start()
        thread.join()
    assert seen == [False]
