"""``import torch`` means minitorch, in a process of its own: this one has PyTorch in it."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source import REPOSITORY

PROGRAMS = Path(__file__).parent / "programs"
HAS_TORCH = importlib.util.find_spec("torch") is not None
FORCE = ["--force"] if HAS_TORCH else []


def run(*words: str | Path, cwd: Path = REPOSITORY, fails: bool = False) -> str:
    """What Python prints; what it says of an error, if it shall fail."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONWARNINGS": "ignore"}
    environment["TORCH_COMPILE_DISABLE"] = "1"  # the same numbers, 20 s sooner
    command = [sys.executable, *map(str, words)]
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stderr if fails else done.stdout


def shim(*words: str | Path, cwd: Path = REPOSITORY) -> str:
    return run("-m", "minitorch.shim", *FORCE, *words, cwd=cwd)


def code(text: str) -> str:
    """What a program prints that begins by installing the shim."""
    start = "import minitorch.shim, sys, importlib, importlib.util, pickle, minitorch\n"
    return run("-c", f"{start}minitorch.shim.install(force={HAS_TORCH})\n{text}").strip()


PRINTS = [
    (["mnist_cnn.py", "--epochs", "1"], r"Train Epoch: 1 \[128/256 \(50%\)\]\tLoss: 2\.\d+"),
    (["seeds_amp.py", "--amp"], r"epoch 2: loss 0\.\d+ acc 0\.[89]\d* lr 0\.00000"),
    (["char_rnn.py"], r"loss \d\.\d+ ppl \d+\.\d+"),
    (["jit_export.py"], r"cell of 3 True \[\]"),
    (["iterable_workers.py"], re.escape(str(list(range(3, 12))))),
]


@pytest.mark.parametrize(("words", "expected"), PRINTS, ids=lambda x: str(x[0]))
def test_a_program_for_pytorch_runs(words: list[str], expected: str) -> None:
    assert re.search(expected, shim(PROGRAMS / words[0], *words[1:]))


@pytest.mark.slow
@pytest.mark.parametrize(("words", "expected"), PRINTS, ids=lambda x: str(x[0]))
def test_pytorch_prints_the_same(torch: object, words: list[str], expected: str) -> None:
    assert run(PROGRAMS / words[0], *words[1:]) == shim(PROGRAMS / words[0], *words[1:])


def test_a_program_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    program, file = PROGRAMS / "seeds_amp.py", tmp_path / "last.pt"
    shim(program, "--epochs", "2", "--checkpoint", file)
    assert shim(program, "--resume", file).startswith("epoch 2: ")


WITH_WORKERS = """
import os
import sys
import torch
from torch.utils.data import DataLoader, Dataset

class Numbers(Dataset):
    def __len__(self):
        return 4
    def __getitem__(self, i):
        return torch.tensor(i), torch.__name__, __name__

if __name__ == "__main__":
    os.chdir("/")
    for how in ("fork", "spawn"):
        for x, names, main in DataLoader(Numbers(), 4, num_workers=1, multiprocessing_context=how):
            print(x.tolist(), set(names), set(main), sys.argv[1:])
"""


@pytest.mark.parametrize("way", ["file", "module"])
def test_processes_that_a_program_starts_have_the_shim_too(tmp_path: Path, way: str) -> None:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "__init__.py").touch()
    (tmp_path / "pack" / "other.py").touch()
    more = "from . import other\n" if way == "module" else ""
    (tmp_path / "pack" / "train.py").write_text(more + WITH_WORKERS)
    words = ["-m", "pack.train"] if way == "module" else ["pack/train.py"]
    lines = shim(*words, "--epochs=3", cwd=tmp_path).splitlines()
    asked = "[0, 1, 2, 3] {'minitorch'} "
    assert lines == [
        asked + "{'__main__'} ['--epochs=3']",
        asked + "{'__mp_main__'} ['--epochs=3']",
    ]


def test_files_beside_the_program_are_found(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("import torch.nn as nn\nlayer = nn.Linear(1, 1)\n")
    text = "import sys\nfrom helper import layer\nprint(layer, __file__, sys.argv)\n"
    (tmp_path / "run.py").write_text(text)
    layer = "Linear(in_features=1, out_features=1, bias=True)"
    for name in (tmp_path / "run.py", "run.py"):
        out = shim(name, "3", cwd=tmp_path)
        assert out == f"{layer} {tmp_path / 'run.py'} {[str(name), '3']}\n"
    assert not list(tmp_path.glob("__pycache__/run*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "which program"),
        (["--zork"], "unknown option --zork"),
        (["absent.py"], "can't open 'absent.py'"),
        (["-m", "absent"], "no module 'absent'"),
    ],
)
def test_what_cannot_be_run_is_said(words: list[str], said: str) -> None:
    assert said in run("-m", "minitorch.shim", *FORCE, *words, fails=True)


def test_modules_are_the_same_by_both_names() -> None:
    found = code(
        "import torch, torch.nn.functional as F, torch.optim.lr_scheduler\n"
        "from torch.utils.data import DataLoader\n"
        "from torch.autograd.gradcheck import gradcheck\n"
        "import torch.func.vmap\n"
        "assert torch is minitorch and F is minitorch.nn.functional\n"
        "from torch.optim.adamw import AdamW; assert AdamW is torch.optim.AdamW\n"
        "from torch.utils.data._utils.collate import default_collate\n"
        "assert default_collate is torch.utils.data._utils.collate.default_collate\n"
        "assert default_collate is torch.utils.data.default_collate\n"
        "import torch.utils.model_zoo as model_zoo; assert callable(model_zoo.load_url)\n"
        "assert importlib.import_module('torch.nn.modules.linear') is minitorch.nn.modules.linear\n"
        "assert minitorch.autograd.gradcheck is gradcheck and callable(torch.func.vmap)\n"
        "assert minitorch.nn.__spec__.name == 'minitorch.nn' and callable(torch.tensor)\n"
        "assert importlib.util.find_spec('torch.optim.sgd') and importlib.util.find_spec('torch')\n"
        "assert importlib.util.find_spec('torch.sparse') is None\n"
        "layer = pickle.loads(pickle.dumps(torch.nn.Linear(1, 1)))\n"
        "assert isinstance(layer, minitorch.nn.Linear)\n"
        "print(torch.__version__, torch.version.__version__)"
    )
    assert re.fullmatch(r"(2\.13\.0\+minitorch\.0\.1\.0) \1", found)


ABSENT = [
    ("import torch.sparse", "ModuleNotFoundError: No module named 'torch.sparse'"),
    ("import torch.utils.dat", "'torch.utils.dat'. Did you mean 'data'?"),
    ("import torch; torch.gelu", "no attribute 'gelu'. There is 'minitorch.nn.functional.gelu'."),
    ("import torch; torch.sigmiod", "'sigmiod'. Did you mean 'sigmoid'?"),
    ("import torch._C", "No module named 'torch._C'"),
]


@pytest.mark.parametrize(("line", "said"), ABSENT)
def test_what_is_absent_is_named_with_what_is_near(line: str, said: str) -> None:
    attempt = (
        f"try:\n    exec({line!r})\nexcept Exception as e:\n    print(type(e).__name__ + ':', e)"
    )
    assert said in code(attempt)


def test_uninstalling_gives_the_name_back() -> None:
    found = code(
        "import torch.nn\n"
        "minitorch.shim.install()  # again\n"
        "minitorch.shim.uninstall(); minitorch.shim.uninstall()\n"
        "print([n for n in sys.modules if n.split('.')[0] == 'torch'], minitorch.__version__)\n"
        "fake = sys.modules['torch'] = type(sys)('torch')\n"
        "minitorch.shim.install(force=True)\n"
        "import torch; assert torch is minitorch\n"
        "minitorch.shim.uninstall()\n"
        "assert sys.modules['torch'] is fake"
    )
    assert found == "[] 0.1.0"


def test_an_installed_pytorch_is_not_shadowed_unasked(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("kind = 'the other'\n")
    (tmp_path / "run.py").write_text("import torch\nprint(torch.__name__)\n")
    said = run("-m", "minitorch.shim", "run.py", cwd=tmp_path, fails=True)
    assert "PyTorch is installed" in said and "--force" in said
    assert run("-m", "minitorch.shim", "--force", "run.py", cwd=tmp_path) == "minitorch\n"
