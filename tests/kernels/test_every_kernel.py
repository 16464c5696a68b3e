"""Every kernel of every back end beside the reference and PyTorch, on its row of cases."""

import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from minitorch.kernels import NUMPY, Kernels
from minitorch.kernels.reference import REFERENCE
from tests.kernels.back_ends import dtype_of
from tests.kernels.cases import ROWS
from tests.kernels.check import (
    DTYPES,
    LAYOUTS,
    Row,
    case,
    check,
    check_close,
    fields_of,
    run,
)

CASES = [(field, name) for field, row in ROWS.items() for name in row.cases]
LAST_DIGITS = 1e-14


def complaints(record: Any, rows: dict[str, Row]) -> list[str]:
    """Kernels that nothing is tried on, and rows of kernels that are not there."""
    fields = list(fields_of(record))
    missing = [
        f"{field} has no cases: add the row {field!r} to tests/kernels/cases/"
        f"{field.split('.')[0]}.py"
        for field in fields
        if field not in rows or not rows[field].cases
    ]
    return missing + [f"there is no kernel {field}" for field in rows if field not in fields]


def test_every_kernel_has_cases(back_end: Kernels) -> None:
    for record in (REFERENCE, back_end):
        assert not complaints(record, ROWS)


def test_a_kernel_without_cases_is_named() -> None:
    @dataclasses.dataclass(frozen=True)
    class Wider:
        name: str
        conv: Any
        gone: Any

    record = Wider("wider", NUMPY.conv, SimpleNamespace)
    rows = {"conv.forward": ROWS["conv.forward"], "conv.input_grad": Row({}), "conv.old": Row({})}
    row = "add the row {0!r} to tests/kernels/cases/conv.py"
    assert complaints(record, rows) == [
        f"{field} has no cases: {row.format(field)}"
        for field in ("conv.input_grad", "conv.weight_grad")
    ] + [
        "gone has no cases: add the row 'gone' to tests/kernels/cases/gone.py",
        "there is no kernel conv.old",
    ]


@pytest.mark.parametrize(("field", "name"), CASES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_agrees_with_the_reference(back_end: Kernels, field: str, name: str, dtype: Any) -> None:
    row = ROWS[field]
    check(back_end, field, row, case(row.cases[name], dtype))


@pytest.mark.parametrize(("field", "name"), CASES)
def test_any_strides(back_end: Kernels, field: str, name: str) -> None:
    row = ROWS[field]
    arguments = case(row.cases[name], dtype_of(back_end))
    expected = run(REFERENCE, field, row, arguments, "contiguous")
    for layout in LAYOUTS[1:]:
        check(back_end, field, row, arguments, layout, expected)


def broken(how: Any) -> Kernels:
    """The NumPy back end with a softmax that is not quite right."""
    softmax = dataclasses.replace(NUMPY.softmax, forward=how)
    return dataclasses.replace(NUMPY, softmax=softmax)


BROKEN = {
    "a wrong value": lambda x, dim: NUMPY.softmax.forward(x, dim) * x.dtype.type(1.01),
    "another dtype": lambda x, dim: NUMPY.softmax.forward(x, dim).astype(np.longdouble),
    "a view": lambda x, dim: NUMPY.softmax.forward(x, dim)[...],
    "Fortran order": lambda x, dim: np.asfortranarray(NUMPY.softmax.forward(x, dim)),
    "writes its input": lambda x, dim: NUMPY.softmax.forward(np.exp(x, out=x), dim),
}


@pytest.mark.parametrize("how", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_kernel_is_found(how: Any) -> None:
    row = ROWS["softmax.forward"]
    arguments = case(row.cases["(3, 4, 5) along 1"], np.float64)
    with pytest.raises((AssertionError, ValueError)):
        check(broken(how), "softmax.forward", row, arguments)


@pytest.mark.parametrize(
    ("field", "name"),
    [(f, n) for f, n in CASES if ROWS[f].parity and n not in ROWS[f].refused],
)
def test_agrees_with_pytorch(torch: Any, back_end: Kernels, field: str, name: str) -> None:
    row = ROWS[field]
    arguments = case(row.cases[name], np.float64)
    assert row.parity is not None
    expected = row.parity(torch, *arguments)
    got = run(back_end, field, row, arguments, "contiguous")
    if not isinstance(expected, tuple | list):
        got, expected = (got,), (expected,)
    for ours, theirs in zip(got, expected, strict=True):
        if theirs is not None:
            check_close(ours, theirs.detach().numpy(), LAST_DIGITS)
