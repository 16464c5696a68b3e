"""The notebooks run from their top to their end, and say what is stored in them."""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.source import REPOSITORY, module_of

FOLDER = REPOSITORY / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def stored(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def execute() -> ModuleType:
    """The program that `make notebooks` runs."""
    for name in ("nbformat", "nbclient", "ipykernel", "matplotlib"):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed; the extra `notebooks` brings it")
    return module_of(FOLDER / "execute.py")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_says_what_is_stored(path: Path, execute: ModuleType) -> None:
    run = subprocess.run(
        [sys.executable, FOLDER / "execute.py", "--check", path.stem],
        env=os.environ | {"PYDEVD_DISABLE_FILE_VALIDATION": "1"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_with_its_outputs_and_nothing_of_a_machine(path: Path) -> None:
    notebook = stored(path)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert all(set(cell["metadata"]) <= {"tags"} for cell in notebook["cells"])
    kinds = {kind for cell in code for output in cell["outputs"] for kind in output.get("data", ())}
    assert {"image/png", "image/svg+xml"} <= kinds
    text = path.read_text(encoding="utf-8")
    machine = r"/(tmp|home|root|Users|site-packages)/|ipykernel_|[A-Z]:\\\\Users|\.venv"
    assert re.search(machine, text) is None
    for place in re.findall(r"file &quot;(\S+)&quot;|file \\\"(\S+?)\\\"", text):
        assert not "".join(place).startswith(("/", "\\"))


def notebook_of(execute: ModuleType, text: str, *, tags: tuple[str, ...] = ()) -> Any:
    v4 = execute.nbformat.v4
    cell = v4.new_code_cell("print()", metadata={"tags": list(tags)})
    cell.outputs = [v4.new_output("stream", name="stdout", text=text)]
    return v4.new_notebook(cells=[cell])


def test_other_outputs_are_seen(execute: ModuleType) -> None:
    old = notebook_of(execute, "loss 1.2345 at models.py:66")
    same = notebook_of(execute, "loss 1.2346 at models.py:67")
    assert list(execute.differences(same, old)) == []
    for text in ("loss 1.3345 at models.py:66", "loss 1.2345 at model.py:66", "loss nan"):
        assert len(list(execute.differences(notebook_of(execute, text), old))) == 1
    varied = notebook_of(execute, "loss 9.9", tags=("varies",))
    assert list(execute.differences(varied, old)) == []


def test_what_is_written_does_not_depend_on_the_run(execute: ModuleType) -> None:
    notebook = notebook_of(execute, "one, ")
    new_output = execute.nbformat.v4.new_output
    cell = notebook.cells[0]
    cell.metadata["execution"] = {"started": "today"}
    cell.outputs.append(new_output("stream", name="stdout", text="two"))
    cell.outputs.append(new_output("stream", name="stderr", text="builds the font cache"))
    path = {"image/svg+xml": f'file "{execute.HERE}examples/a.py"'}
    cell.outputs.append(new_output("display_data", data=path))
    cleaned = execute.cleaned(notebook)
    assert cleaned.cells[0].metadata == {}
    assert [output.get("text") for output in cleaned.cells[0].outputs] == ["one, two", None]
    assert cleaned.cells[0].outputs[1].data["image/svg+xml"] == 'file "examples/a.py"'
