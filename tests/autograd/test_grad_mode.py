"""no_grad, enable_grad, set_grad_enabled, inference_mode."""

import threading
from collections.abc import Iterator

import pytest

import minitorch as mt


def test_no_grad_records_nothing_and_restores() -> None:
    x = mt.ones(1, requires_grad=True)
    with mt.no_grad():
        assert not mt.is_grad_enabled()
        y = x * 2
        with mt.enable_grad():
            z = x * 2
    assert mt.is_grad_enabled()
    assert (y.requires_grad, z.requires_grad) == (False, True)
    assert y.is_leaf


def test_an_exception_restores_the_mode() -> None:
    with pytest.raises(KeyError), mt.no_grad():
        raise KeyError
    assert mt.is_grad_enabled()


def test_one_instance_may_be_entered_twice() -> None:
    mode = mt.no_grad()
    with mode:
        with mode:
            assert not mt.is_grad_enabled()
        assert not mt.is_grad_enabled()
    assert mt.is_grad_enabled()


def test_as_decorator_with_and_without_parentheses() -> None:
    @mt.no_grad()
    def called() -> bool:
        return mt.is_grad_enabled()

    @mt.no_grad
    def bare() -> bool:
        return mt.is_grad_enabled()

    assert (called(), bare(), mt.is_grad_enabled()) == (False, False, True)


def test_generators_run_in_the_mode_and_their_callers_do_not() -> None:
    @mt.no_grad()
    def items() -> Iterator[bool]:
        yield mt.is_grad_enabled()
        try:
            yield mt.is_grad_enabled()
        except ValueError:
            yield mt.is_grad_enabled()

    generator = items()
    seen = [next(generator), mt.is_grad_enabled(), next(generator)]
    seen += [generator.throw(ValueError()), mt.is_grad_enabled()]  # type: ignore[attr-defined]
    assert seen == [False, True, False, False, True]
    assert list(items()) == [False, False]


def test_set_grad_enabled_as_function_and_context() -> None:
    mt.set_grad_enabled(False)
    assert not mt.is_grad_enabled()
    mt.set_grad_enabled(True)
    with mt.set_grad_enabled(False):
        assert not mt.is_grad_enabled()
    assert mt.is_grad_enabled()

    @mt.set_grad_enabled(False)
    def decorated() -> bool:
        return mt.is_grad_enabled()

    assert mt.is_grad_enabled()
    assert not decorated()


def test_inference_mode() -> None:
    x = mt.ones(1, requires_grad=True)
    with mt.inference_mode():
        assert not (x * 2).requires_grad
    with mt.inference_mode(False):
        assert (x * 2).requires_grad

    @mt.inference_mode
    def infer() -> bool:
        return (x * 2).requires_grad

    assert not infer()


def test_each_thread_has_its_own_mode() -> None:
    seen = []
    with mt.no_grad():
        thread = threading.Thread(target=lambda: seen.append(mt.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]
