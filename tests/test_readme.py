"""What README.md shows is true: its programs run and print that, and its links lead somewhere."""

import os
import re
import subprocess
import sys
import textwrap
from collections import OrderedDict

import numpy as np
import pytest

import minitorch as mt
from tests.support.source import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
BLOCKS = [textwrap.dedent(b) for b in re.findall(r"^ *```python\n(.*?)```", README, re.M | re.S)]
PROGRAM = BLOCKS[0]
PRINTED = re.search(r"print\(loss\)  # (.*)", PROGRAM).group(1)


def output_of(program: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def test_the_program_prints_what_is_shown():
    assert output_of(PROGRAM) == PRINTED


def test_pytorch_prints_the_same(torch):
    assert output_of(PROGRAM.replace("minitorch", "torch")) == PRINTED


def test_the_picture_is_the_one_shown(tmp_path):
    (program,) = [block for block in BLOCKS if "torch.draw(" in block]
    (tmp_path / "train.py").write_text(program)
    run = [sys.executable, str(tmp_path / "train.py")]
    path = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    shown = subprocess.run(run, env=path, capture_output=True, text=True, check=True).stdout
    assert textwrap.indent(shown, "  ", lambda line: True) in README


def run_block(words: str, **names):
    """Run the only block that has these words; returns the names that there are then."""
    (block,) = [block for block in BLOCKS if words in block]
    exec(block, names)
    return names


@pytest.mark.parametrize("library", ["minitorch", "torch"])
def test_a_library_predicts_from_what_either_has_saved(library, request, tmp_path, monkeypatch):
    saving = mt if library == "minitorch" else request.getfixturevalue("torch")
    nn = saving.nn
    fitted = nn.Sequential(nn.Linear(5, 64), nn.Tanh(), nn.Linear(64, 2))
    saving.save(fitted.state_dict(), tmp_path / "weights.pth")
    monkeypatch.chdir(tmp_path)
    predict = run_block("def predict", torch=mt, nn=mt.nn)["predict"]
    x = np.linspace(-1, 1, 15, dtype=np.float32).reshape(3, 5)
    expected = fitted(saving.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(predict(x), expected, rtol=1e-5, atol=1e-6)


def test_layers_are_unfrozen_one_after_the_other():
    layers = {name: mt.nn.Linear(1, 1) for name in ("conv1", "layer3", "layer4", "fc")}
    model = mt.nn.Sequential(OrderedDict(layers))
    model.freeze()
    trained = []

    def train_one_epoch(model, optimizer):
        trained.append([name for name, layer in layers.items() if layer.weight.requires_grad])

    run_block("unfreeze", model=model, optimizer=None, train_one_epoch=train_one_epoch)
    assert trained == [["fc"], ["layer4", "fc"], ["layer3", "layer4", "fc"]]
