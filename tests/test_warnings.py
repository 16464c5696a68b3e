"""Warnings name the line of the user's program that led to them, whichever way it took."""

import warnings
from collections.abc import Callable
from typing import Any

import pytest

import minitorch as mt

nn, functional = mt.nn, mt.nn.functional

WARN: dict[str, Callable[[], Any]] = {
    "var": lambda: mt.var(mt.ones(1)),
    "var of a dimension": lambda: mt.var(mt.ones(1), 0),
    "var, method": lambda: mt.ones(1).var(),
    "var, NumPy's names": lambda: mt.var(mt.ones(1), axis=0),
    "var, out": lambda: mt.var(mt.ones(1), 0, out=mt.empty(())),
    "std": lambda: mt.std(mt.ones(1)),
    "std, method": lambda: mt.ones(1).std(0),
    "var_mean": lambda: mt.var_mean(mt.ones(1)),
    "std_mean": lambda: mt.std_mean(mt.ones(1)),
    "var inside vmap": lambda: mt.func.vmap(lambda x: x.var())(mt.ones(2, 1)),
    "resized out": lambda: mt.exp(mt.ones(2), out=mt.empty(3)),
    "resized out of cat": lambda: mt.cat([mt.ones(2)], out=mt.empty(3)),
    "list as index": lambda: mt.ones(2, 2)[[slice(None), 0]],
    "list as index, set": lambda: mt.ones(2, 2).__setitem__([slice(None), 0], 1),
    "bytes as mask": lambda: mt.ones(2)[mt.ones(2, dtype=mt.uint8)],
    "meshgrid": lambda: mt.meshgrid(mt.ones(2), mt.ones(2)),
    "x.T": lambda: mt.ones(1, 1, 1).T,
    "write into expanded": lambda: mt.ones(1).expand(2).index_put_((mt.tensor([0]),), mt.ones(1)),
    "mse_loss": lambda: functional.mse_loss(mt.ones(2), mt.ones(1)),
    "MSELoss": lambda: nn.MSELoss()(mt.ones(2), mt.ones(1)),
    "size_average": lambda: functional.mse_loss(mt.ones(1), mt.ones(1), size_average=True),
    "size_average of a module": lambda: nn.MSELoss(size_average=True),
    "softmax": lambda: functional.softmax(mt.ones(1)),
    "log_softmax": lambda: functional.log_softmax(mt.ones(1)),
    "Softmax": lambda: nn.Softmax()(mt.ones(1)),
}


@pytest.mark.parametrize("call", WARN.values(), ids=WARN)
def test_a_warning_names_the_users_line(call: Callable[[], Any]) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    assert [(w.filename, w.lineno) for w in caught] == [
        (__file__, call.__code__.co_firstlineno)  # type: ignore[attr-defined]
    ]
