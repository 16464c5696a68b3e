"""What a type checker sees of the package from outside, under ``mypy --strict``."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.source import REPOSITORY

pytest.importorskip("mypy", reason="the dev extra brings mypy")

USER = """
from typing import assert_type

import minitorch as torch
from minitorch import nn
from minitorch.utils.data import DataLoader, TensorDataset


def forward(x: torch.Tensor) -> torch.Tensor:
    return x.reshape(-1).t()[0]


def kind(x: torch.Tensor) -> tuple[torch.dtype, torch.Size, torch.device]:
    return x.dtype, x.shape, x.device


@torch.no_grad()
def frozen(x: torch.Tensor, times: int = 2) -> torch.Tensor:
    return x * times


@torch.inference_mode
def count(x: torch.Tensor) -> int:
    return x.numel()


x = torch.randn(2, 3, requires_grad=True)
assert_type(x, torch.Tensor)
assert_type(frozen(x, times=3), torch.Tensor)
assert_type(count(x), int)
assert_type(torch.exp(x.detach(), out=torch.empty(0)), torch.Tensor)
assert_type(forward(x), torch.Tensor)
assert_type(torch.zeros(2, dtype=torch.int64), torch.Tensor)
assert_type(torch.arange(3, out=torch.empty(3)), torch.Tensor)
assert_type(torch.cat([x, x], dim=1), torch.Tensor)
assert_type(torch.exp(x), torch.Tensor)
assert_type(torch.detach(x), torch.Tensor)
assert_type(torch.numel(x), int)
assert_type(torch.split(x, 1), tuple[torch.Tensor, ...])
assert_type(torch.bernoulli(x), torch.Tensor)
assert_type(x.exp_(), torch.Tensor)
assert_type(x.fill_(1), torch.Tensor)
assert_type(x.permute(dims=(1, 0)), torch.Tensor)
assert_type(x.gather(0, torch.zeros(1, 3, dtype=torch.int64)), torch.Tensor)
assert_type(x.masked_fill(x == 0, 1.0), torch.Tensor)
assert_type(x.T, torch.Tensor)
assert_type(x.is_floating_point(), bool)
assert_type(x.grad, torch.Tensor | None)

torch.manual_seed(0)
with torch.no_grad():
    values = x.max(1).values
torch.save({"values": values}, "x.pt")
loader = DataLoader(TensorDataset(x), batch_size=2)
network = nn.Linear(3, 1)
"""

WRONG = [
    ("torch.enable_grad()(torch.numel)(3)", 'has incompatible type "int"'),
    ("torch.sigmiod(torch.ones(2))", 'Module has no attribute "sigmiod"'),
    ("torch.cat(torch.ones(2), dim=0, dam=1)", "No overload variant"),
    ("torch.ones(2).permute(0, dam=1)", 'Unexpected keyword argument "dam"'),
    ("x: torch.Tensor = torch.numel(torch.ones(2))", "Incompatible types in assignment"),
]


def complaints(source: str, place: Path) -> list[str]:
    """What mypy says of a user's file; the package's own types are another check's affair."""
    (place / "user.py").write_text(source)
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "user.py"],
        cwd=place,
        env={"MYPYPATH": str(REPOSITORY), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in (0, 1), run.stdout + run.stderr
    return [line for line in run.stdout.splitlines() if ": error: " in line]


@pytest.mark.slow
def test_a_users_file_has_types(tmp_path: Path) -> None:
    assert complaints(USER, tmp_path) == []


@pytest.mark.slow
def test_mistakes_are_seen(tmp_path: Path) -> None:
    lines = "\n".join(line for line, _ in WRONG)
    found = complaints(f"import minitorch as torch\n{lines}\n", tmp_path)
    for number, (_, message) in enumerate(WRONG, start=2):
        assert any(f"user.py:{number}: " in line and message in line for line in found), found


def hidden(source: str) -> list[str]:
    """The imports of a package's ``__init__`` that type checkers take for its own affair."""
    return [
        f"{node.module}.{name.name}: import it `as {name.name}`"
        for node in ast.parse(source).body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if name.asname is None and node.module != "typing"
    ]


def test_names_of_the_root_are_exported() -> None:
    assert hidden("from minitorch.core.size import Size") != []
    assert hidden((REPOSITORY / "minitorch" / "__init__.py").read_text()) == []


STARRED = [
    "autograd",
    "autograd.forward_ad",
    "autograd.function",
    "autograd.profiler",
    "func",
    "nn",
    "nn.functional",
    "nn.utils",
    "optim",
    "optim.lr_scheduler",
    "utils.data",
]


@pytest.mark.parametrize("name", STARRED)
def test_a_star_takes_what_is_exported_and_no_files(name: str) -> None:
    package = importlib.import_module(f"minitorch.{name}")
    exported = {
        item.asname
        for node in ast.parse(Path(package.__file__ or "").read_text()).body
        if isinstance(node, ast.ImportFrom)
        for item in node.names
        if item.asname == item.name
    }
    assert exported <= set(package.__all__)
    public = {"functional", "init", "parameter", "utils", "lr_scheduler", "modules"}
    public |= {"forward_ad", "function", "graph", "profiler", "stateless"}
    files = {n for n in package.__all__ if isinstance(getattr(package, n), ModuleType)}
    assert files <= public
