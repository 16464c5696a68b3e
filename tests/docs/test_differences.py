"""Each row of docs/differences.md says what happens, in PyTorch and here."""

import re
import warnings

import numpy as np
import pytest

import minitorch as mt
from tests.support.source import REPOSITORY

PAGE = (REPOSITORY / "docs" / "differences.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| .* \| (`.*`) \| `(.*)` \| `(.*)` \|$", re.M)
ROWS = [match.groups() for match in ROW.finditer(PAGE)]


def outcomes(program, torch):
    """What the last part of it gives or raises, and what was warned of."""
    *before, last = re.split(r"; |`<br>`", program.strip("`"))
    names = {"torch": torch, "nn": torch.nn, "np": np, "m": torch.eye(2)}
    names["x"] = torch.ones(2, requires_grad=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            for part in before:
                exec(part, names)
            try:
                found = repr(eval(last, names))
            except SyntaxError:
                exec(last, names)
                found = "None"
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
    said = [found, *(f"{w.category.__name__}: {w.message}" for w in caught)]
    return [" ".join(text.split()) for text in said]


def fits(cell, said):
    start, dots, _ = cell.partition("…")
    return any(text.startswith(start) if dots else text == cell for text in said)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("program", "there", "here"), ROWS, ids=[row[0] for row in ROWS])
def test_minitorch_gives_what_is_said(program, there, here):
    said = outcomes(program, mt)
    assert fits(here, said), said


@pytest.mark.parametrize(("program", "there", "here"), ROWS, ids=[row[0] for row in ROWS])
def test_pytorch_gives_what_is_said(program, there, here, torch):
    if there == "…":
        pytest.skip("PyTorch needs a compiler for it, or files that are not there")
    said = outcomes(program, torch)
    assert fits(there, said), said


def test_every_row_is_read():
    tables = PAGE.split("## What is ours alone")[0]
    rows = [line for line in tables.splitlines() if re.match("[|] (?!what [|])", line)]
    assert len(rows) == len(ROWS) > 30


def test_a_wrong_cell_fails():
    assert not fits("True", outcomes("x.is_leaf is False", mt))
    assert not fits("ValueError: …", outcomes("torch.sigmiod", mt))
