"""The experiments of examples/autograd: what they print and draw, here and with PyTorch.

`python -m tests.examples.test_autograd_examples` writes anew what they print.
"""

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from examples.autograd import __main__ as program, telling
from examples.autograd.__main__ import EXPERIMENTS, module, question
from tests.support.source import REPOSITORY

GOLDEN = Path(__file__).parent / "golden" / "autograd"
FOLDER = REPOSITORY / "examples" / "autograd"
HELPERS = {"__init__", "__main__", "telling", "curves"}
# Notes that a picture has to show.
LABELS = {
    "leaves": ["x2", "y2", "leaf, requires grad", "PowBackward1", "has .grad"],
    "two_networks": ["net1", "net2", "inputs", "requires no grad"],
    "freezing": ["1.weight", "frozen", "AddmmBackward0"],
    "freezing_trunk": ["features", "frozen", "no gradient"],
    "fine_tuning": ["layer4", "fc", "51,300 parameters"],
    "requires_grad": ["plain", "total", "AddBackward0"],
    "hooks": ["1 hook"],
    "grad_of_non_leaf": ["retain_grad, has .grad"],
    "freed_graph": ["saved tensors freed"],
    "several_losses_shared": ["out", "a", "b"],
    "detach": ["c", "gradient is cut off"],
    "shared_memory": ["v3", "v4", "gradient is cut off"],
    "grad_modes": ["no_grad()"],
    "custom_function": ["MultiplyAddBackward"],
    "storage": ["CopySlices"],
    "training": ["cell", "StackBackward0"],
}
# Where PyTorch prints something else, and why.
DIFFERENT = {
    "variable": "PyTorch accepts volatile=True and ignores it: (v * x).requires_grad is True there",
}

every = pytest.mark.parametrize("name", EXPERIMENTS)


def printed(experiment, folder=None) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        telling.run(experiment, folder)
    return out.getvalue()


def test_each_script_is_an_experiment():
    assert {path.stem for path in FOLDER.glob("*.py")} - HELPERS == set(EXPERIMENTS)
    assert len(EXPERIMENTS) == 28
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(EXPERIMENTS)


@every
def test_what_is_printed_and_drawn(name, tmp_path):
    text = printed(module(name).main, tmp_path / "graphs")
    assert text == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    pictures = {path.stem: path for path in (tmp_path / "graphs").glob("*.svg")}
    assert name in pictures
    for stem, path in pictures.items():
        root = ElementTree.parse(path).getroot()
        width, height = (float(root.get(k).removesuffix("pt")) for k in ("width", "height"))
        assert 100 < width < 1500, stem
        assert 80 < height < 1500, stem
        assert set(LABELS.get(stem, ())) <= words_of(root)


def words_of(root) -> set[str]:
    """What stands in the boxes and below the lines of a picture, note by note."""
    lines = [
        "".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")
    ]
    return {note for line in lines for note in line.split(" · ")}


def test_every_picture_that_is_looked_at_is_drawn():
    drawn = re.findall(
        r'save\(.*, "(\w+)"\)', "".join(p.read_text("utf-8") for p in FOLDER.glob("*.py"))
    )
    assert set(LABELS) <= set(drawn)
    assert len(drawn) == len(set(drawn))


@every
def test_scripts_are_short_and_narrow(name):
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    assert text.count("\n") <= 95
    assert len(question(name)) <= 80 - 24
    lines = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 90] == []


def first_words(error) -> str:
    """What both libraries say: the remedies behind it are each one's own."""
    return re.split(r"[.,:;](?=\s|$)| \(", str(error))[0].strip()


def printed_by(source: str, **names) -> str:
    space = {"__name__": "pasted", **names}
    exec(compile(source, "<pasted>", "exec"), space)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        space["main"](lambda picture, name: None)
    return out.getvalue()


@every
def test_pytorch_prints_the_same(name, request, monkeypatch):
    """The script, pasted under `import torch`; errors by their first words."""
    request.getfixturevalue("torch")
    if name == "fine_tuning":
        request.getfixturevalue("torchvision")
    monkeypatch.setattr(telling, "message", first_words)
    ours = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    theirs = ours.replace("import minitorch as torch", "import torch")
    theirs = theirs.replace("from minitorch.models", "from torchvision.models")
    theirs = re.sub(r"^from minitorch import draw$", "", theirs, flags=re.M)
    theirs = theirs.replace("import Tensor, draw", "import Tensor").replace(
        "import draw, ", "import "
    )
    theirs = re.sub(r"^(from|import) minitorch", r"\1 torch", theirs, flags=re.M)
    stub = {"draw": lambda *args, **options: SimpleNamespace()}
    same = printed_by(theirs, **stub) == printed_by(ours)
    assert same == (name not in DIFFERENT)


def test_the_list_and_all_of_them(capsys, monkeypatch, tmp_path):
    assert program.main([]) == 0
    out = capsys.readouterr().out
    for number, name in enumerate(EXPERIMENTS, start=1):
        assert f"{number:2}  {name:18} {question(name)}\n" in out
    assert all(len(line) <= 80 for line in out.splitlines())
    monkeypatch.setattr(program, "EXPERIMENTS", ("leaves", "detach"))
    assert program.main(["--all", "--draw", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert f"1  {question('leaves')}\n" in out
    assert f"2  {question('detach')}\n" in out
    assert {path.name for path in tmp_path.iterdir()} == {"leaves.svg", "detach.svg"}


def ran(*options, **environment):
    return subprocess.run(
        [sys.executable, "-m", "examples.autograd.leaves", *options],
        cwd=REPOSITORY, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_terminal_without_the_signs_shows_others():
    run = ran(PYTHONIOENCODING="ascii")
    assert (run.returncode, run.stderr) == (0, "")
    assert "2 ? w2 ? x2" in run.stdout


def test_where_no_pictures_can_be_written_is_said_before_anything_runs(tmp_path):
    (tmp_path / "file").touch()
    run = ran("--draw", str(tmp_path / "file"))
    assert (run.returncode, run.stdout) == (2, "")
    assert "error: argument --draw: " in run.stderr and "Traceback" not in run.stderr


def test_the_readme_lists_them():
    rows = re.findall(
        r"^\| (\d+) \| \[`(\w+)`\]\(\2\.py\) \| (.*?) \| .+ \|$",
        (FOLDER / "README.md").read_text(encoding="utf-8"),
        re.M,
    )
    assert rows == [
        (str(number), name, question(name)) for number, name in enumerate(EXPERIMENTS, start=1)
    ]


def write_golden() -> None:
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name in EXPERIMENTS:
        (GOLDEN / f"{name}.txt").write_text(printed(module(name).main), encoding="utf-8")


if __name__ == "__main__":
    write_golden()
