"""What type checkers see of the package from outside, of the wheel that users install.

``mypy --strict`` comes with the dev extra; pyright, which needs Node.js, is asked where it is.
"""

import ast
import importlib
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import minitorch as mt
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
assert_type(x.max(), torch.Tensor)
assert_type(x.max(x), torch.Tensor)
assert_type(torch.min(x), torch.Tensor)
assert_type(x.max(1).values, torch.Tensor)
assert_type(x.min(dim=1, keepdim=True).indices, torch.Tensor)
assert_type(torch.max(x, 1)[0], torch.Tensor)
assert_type(torch.max(x, axis=1).indices, torch.Tensor)
assert_type(x.sort(1, descending=True).values, torch.Tensor)
assert_type(torch.sort(x).indices, torch.Tensor)
assert_type(x.topk(2).values, torch.Tensor)
assert_type(torch.topk(x, 2, dim=1).indices, torch.Tensor)

torch.manual_seed(0)
with torch.no_grad():
    values = x.max(1).values
torch.save({"values": values}, "x.pt")
loader = DataLoader(TensorDataset(x), batch_size=2)
network = nn.Linear(3, 1)
"""

# What programs use most, the most used first; some of it is not here.
USED = """
nn.Module nn.Linear nn.Sequential cat randn nn.GELU nn.Conv2d nn.ModuleList nn.Parameter
nn.LayerNorm nn.Dropout nn.Identity arange nn.Softmax nn.BatchNorm2d no_grad tensor zeros matmul
stack save manual_seed float32 nn.functional.relu device nn.ReLU meshgrid ones load
accelerator.current_accelerator optim.SGD utils.data.DataLoader einsum nn.MaxPool2d
nn.functional.pad accelerator.is_available nn.Embedding randint optim.Adam Tensor
nn.functional.avg_pool2d long rand nn.CrossEntropyLoss nn.functional.cross_entropy randperm
utils.data.Dataset channels_last empty nn.init.dirac_ where nn.init.zeros_
nn.functional.scaled_dot_product_attention sqrt nn.functional.softmax float mean
nn.functional.normalize nn.functional.log_softmax optim.AdamW var linalg.eigh from_numpy
nn.Sigmoid nn.AvgPool2d LongTensor optim.Optimizer float16 linspace half FloatTensor eye
accelerator.device_count bool exp sin cos nn.MSELoss log bfloat16 nn.init.normal_ finfo
optim.lr_scheduler.LambdaLR nn.functional.dropout optim.lr_scheduler.StepLR
nn.functional.max_pool2d nn.functional.nll_loss tril nn.utils.clip_grad_norm_ multinomial full
nn.ModuleDict sum add flatten nn.init.kaiming_normal_ nn.AdaptiveAvgPool2d zeros_like topk nn.SiLU
nn.functional.l1_loss __version__ nn.LeakyReLU nn.NLLLoss mm int64 max tanh nn.functional.gelu
nn.functional.conv2d is_tensor pow nn.ParameterList nn.functional.mse_loss ones_like diag neg
nn.BatchNorm1d
"""

_SCRIPTS = sysconfig.get_path("scripts")

WRONG = [
    ("torch.enable_grad()(torch.numel)(3)", 'has incompatible type "int"'),
    ("torch.sigmiod(torch.ones(2))", 'Module has no attribute "sigmiod"'),
    ("torch.nn.Linaer(1, 1)", 'Module has no attribute "Linaer"'),
    ("torch.backends.cudm", 'Module has no attribute "cudm"'),
    ("torch.cat(torch.ones(2), dim=0, dam=1)", "No overload variant"),
    ("torch.ones(2).permute(0, dam=1)", 'Unexpected keyword argument "dam"'),
    ("x: torch.Tensor = torch.numel(torch.ones(2))", "Incompatible types in assignment"),
]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel in it, and with what the tests run on."""
    pytest.importorskip("setuptools", reason="the dev extra brings setuptools")
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"  # setuptools leaves files beside what it builds
    source.mkdir()
    shutil.copytree(REPOSITORY / "minitorch", source / "minitorch")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, source)
    build = "from setuptools.build_meta import build_wheel; build_wheel('..')"
    run = subprocess.run(
        [sys.executable, "-c", build],
        cwd=source,
        env=os.environ | {"MINITORCH_PURE": "1"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    (wheel,) = place.glob("*-py3-none-any.whl")
    kinds = {
        Path(name).suffix for name in zipfile.ZipFile(wheel).namelist() if "-info/" not in name
    }
    assert kinds == {".py", ".pyi", ".typed", ".txt", ".md"}  # and nothing of C
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place / "venv"], check=True)
    (packages,) = place.glob("venv/lib/python*/site-packages")
    zipfile.ZipFile(wheel).extractall(packages)
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"))
    return place / "venv" / "bin" / "python"


def answers(source: str, place: Path, python: Path) -> list[str]:
    """What mypy says of a user's file; the package's own types are another check's affair."""
    (place / "user.py").write_text(source)
    options = ["--strict", "--follow-imports=silent", "--python-executable", python]
    run = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "user.py"],
        cwd=place,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in (0, 1), run.stdout + run.stderr
    return run.stdout.splitlines()


def complaints(source: str, place: Path, python: Path) -> list[str]:
    return [line for line in answers(source, place, python) if ": error: " in line]


@pytest.mark.slow
def test_a_users_file_has_types(tmp_path: Path, installed: Path) -> None:
    assert complaints(USER, tmp_path, installed) == []


def _is_there(name: str) -> bool:
    """Whether a name of PyTorch's is here, too."""
    owner: Any = mt
    for part in name.split("."):
        if not hasattr(owner, part):
            return False
        owner = getattr(owner, part)
    return True


@pytest.mark.slow
def test_the_names_that_programs_use_have_types(tmp_path: Path, installed: Path) -> None:
    """Each is there for a type checker, and is no ``Any``."""
    names = [name for name in USED.split() if _is_there(name)]
    assert len(names) > 80
    lines = ["import minitorch as torch", "import minitorch.utils.data", "import minitorch.nn.init"]
    lines += [f"reveal_type(torch.{name})" for name in names]
    said = answers("\n".join(lines), tmp_path, installed)
    assert [line for line in said if ": error: " in line] == []
    untyped = [line for line in said if 'is "Any"' in line or line.endswith('-> Any"')]
    line = lines.index("reveal_type(torch.load)") + 1  # whatever was saved
    assert [text for text in untyped if not text.startswith(f"user.py:{line}:")] == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pyright", path=_SCRIPTS) is None, reason="needs pyright")
def test_a_users_file_has_types_for_pyright(tmp_path: Path, installed: Path) -> None:
    (tmp_path / "user.py").write_text(USER)
    pyright = shutil.which("pyright", path=_SCRIPTS)
    assert pyright is not None
    run = subprocess.run(
        [pyright, "--pythonpath", installed, "user.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.slow
def test_mistakes_are_seen(tmp_path: Path, installed: Path) -> None:
    lines = "\n".join(line for line, _ in WRONG)
    found = complaints(f"import minitorch as torch\n{lines}\n", tmp_path, installed)
    for number, (_, message) in enumerate(WRONG, start=2):
        assert any(f"user.py:{number}: " in line and message in line for line in found), found


def hidden(source: str) -> list[str]:
    """The imports of a package's ``__init__`` that type checkers take for its own affair."""
    return [
        f"{node.module}.{name.name}: import it `as {name.name}`"
        for node in ast.parse(source).body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
        if node.module != "typing" and name.asname != name.name and (name.asname or "?")[0] != "_"
    ]


def test_names_of_the_root_are_exported() -> None:
    assert hidden("from minitorch.core.size import Size") != []
    assert hidden("from minitorch.core.dtypes import int64 as long") != []
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
    """What type checkers see and what is loaded when asked for are two lists; they say the same."""
    package = importlib.import_module(f"minitorch.{name}")
    exported = {
        item.asname
        for node in ast.walk(ast.parse(Path(package.__file__ or "").read_text()))
        if isinstance(node, ast.ImportFrom)
        for item in node.names
        if item.asname == item.name and not item.name.startswith("_")
    }
    assert exported <= set(package.__all__)
    if hasattr(package, "_FILES"):
        assert exported == set(package.__all__)
        # A file without names stands for itself.
        own = [file.rpartition(".") for file, found in package._FILES.items() if found]
        files_here = {file for home, _, file in own if home == package.__name__}
        assert not files_here & exported  # a file that is imported would hide the name
    public = {"attention", "functional", "init", "parameter", "utils", "lr_scheduler", "modules"}
    public |= {"forward_ad", "function", "graph", "profiler", "rnn", "stateless", "swa_utils"}
    public |= {"common_types", "parametrizations", "parametrize", "prune"}
    files = {n for n in package.__all__ if isinstance(getattr(package, n), ModuleType)}
    assert files <= public


def test_a_star_takes_all_of_the_root_but_modules() -> None:
    """PyTorch's brings none either: `random` and `types` stay the standard library's."""
    text = Path(mt.__file__).read_text()
    exported = {
        item.asname
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.module != "typing"
        for item in node.names
        if item.asname == item.name and not item.name.startswith("_")
    }
    modules = {name for name in exported if isinstance(getattr(mt, name), ModuleType)}
    assert {"nn", "random", "types", "backends"} <= modules
    assert exported - modules <= set(mt.__all__)
    assert not modules & set(mt.__all__)
    assert {name for name in mt.__all__ if not hasattr(mt, name)} == set()
    for name, file in ((n, f) for f, found in mt._FILES.items() for n in found.split()):
        assert getattr(mt, name) is getattr(importlib.import_module(file), name)
