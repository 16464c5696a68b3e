"""The programs of the live page print what stands below them, in a browser's Python as well."""

import json
import os
import re
import subprocess
import sys
import zipfile
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from tests.live import stored
from tests.live.stored import Program, name_of, outcome, programs
from tests.support.source import REPOSITORY, module_of

NUMBER = re.compile(r"-?\d+\.\d+(?:e[-+]\d+)?")


def assert_same(found: str, expected: str) -> None:
    """The same words; numbers may differ in their last digit, as they do between BLASes."""
    assert NUMBER.sub("#", found) == NUMBER.sub("#", expected)
    numbers = [[float(x) for x in NUMBER.findall(text)] for text in (found, expected)]
    np.testing.assert_allclose(*numbers, rtol=1e-3, atol=2e-3)


@pytest.mark.parametrize("program", programs(), ids=lambda program: name_of(program.title))
def test_what_stands_below_a_program_is_what_it_shows(program: Program) -> None:
    text, pictures = outcome(program.code)
    assert_same(text, program.text)
    for number, picture in enumerate(pictures):
        name = f"{name_of(program.title)}{number or ''}.svg"
        assert program.pictures[number] == f"pictures/{name}"
        assert (stored.PICTURES / name).read_text(encoding="utf-8") == picture + "\n"
    assert len(pictures) == len(program.pictures)


def test_no_picture_is_left_over() -> None:
    shown = {Path(picture).name for program in programs() for picture in program.pictures}
    assert {path.name for path in stored.PICTURES.iterdir()} == shown


def test_other_words_or_numbers_are_seen() -> None:
    assert_same("loss 1.2345 of x", "loss 1.2346 of x")
    for other in ("loss 1.3345 of x", "loss 1.2345 of y", "loss nan of x"):
        with pytest.raises(AssertionError):
            assert_same("loss 1.2345 of x", other)


@pytest.fixture(scope="module")
def restricted(tmp_path_factory: pytest.TempPathFactory) -> Any:
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    environment.pop("MINITORCH_KERNELS", None)  # a browser names none
    run = subprocess.run(
        [sys.executable, "-m", "tests.live.restricted"],
        cwd=tmp_path_factory.mktemp("restricted"),
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_they_run_without_threads_and_modules_that_browsers_lack(restricted: Any) -> None:
    outcomes, _ = restricted
    for program, (text, pictures) in zip(programs(), outcomes, strict=True):
        assert_same(text, program.text)
        assert len(pictures) == len(program.pictures)


def test_so_does_what_looks_for_threads_and_shared_memory(restricted: Any) -> None:
    _, seen = restricted
    assert seen["cores"] == 1
    assert seen["gradients"] == [True] * 4
    assert seen["files"] == ["graph.svg", "weights.pth"]
    assert seen["elements"] == list(range(10))
    assert seen["storage"]


def shown(code: str) -> list[tuple[str, str]]:
    events: list[tuple[str, str]] = []
    stored.runner()(code, lambda kind, content, alt: events.append((kind, content)))
    return events


def test_a_program_that_prints_without_end_is_cut_short() -> None:
    events = shown("for i in range(30_000): print(i, 'and so on')")
    text = "".join(content for _, content in events)
    assert len(text) < 101_000
    assert text.endswith("(no more than 100,000 characters are shown)\n")
    assert len(events) < 100  # messages are collected


def test_text_and_pictures_come_in_their_order() -> None:
    code = "import minitorch\nx = minitorch.ones(1)\nprint(1)\nshow(minitorch.draw(x))\nprint(2)"
    kinds = [kind for kind, _ in shown(code)]
    assert [kind for kind, _ in groupby(kinds)] == ["text", "picture", "text"]


def test_an_error_names_its_causes_and_no_line_of_the_runner() -> None:
    code = "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('so') from e"
    ((kind, text),) = shown(code)
    assert kind == "error"
    assert text.count('File "experiment.py"') == text.count("File ") == 2
    assert text.index("ZeroDivisionError") < text.index("ValueError: so")
    assert shown("raise SystemExit(3)")[0][1].endswith("SystemExit: 3\n")


def extension() -> ModuleType:
    return module_of(REPOSITORY / "docs" / "live_wheel.py")


@pytest.mark.slow
def test_the_wheel_of_the_page_is_pure_python(tmp_path: Path) -> None:
    pytest.importorskip("setuptools", minversion="77", reason="the dev extra brings setuptools")
    name = extension().build_wheel(tmp_path)
    assert name.endswith("-py3-none-any.whl")
    assert [path.name for path in tmp_path.iterdir()] == [name]
    files = zipfile.ZipFile(tmp_path / name).namelist()
    assert "minitorch/__init__.py" in files
    assert [file for file in files if file.endswith((".so", ".c", ".h"))] == []
