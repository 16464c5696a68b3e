"""Installing from source: with a compiler, without one, and for machines that are not this one."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.support.source import REPOSITORY

pytest.importorskip("setuptools", reason="the dev extra brings setuptools")

NATIVE = Path("minitorch", "kernels", "native")
needs_c = pytest.mark.skipif(
    sys.implementation.name != "cpython" or bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    reason="nothing is compiled here",
)


def build(place: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Compile in a copy of what that takes."""
    shutil.copytree(REPOSITORY / NATIVE / "src", place / NATIVE / "src", dirs_exist_ok=True)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, place)
    return subprocess.run(
        [sys.executable, "setup.py", "build_ext", "--inplace"],
        cwd=place,
        env=os.environ | {"MINITORCH_PURE": ""} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@needs_c
@pytest.mark.parametrize("compiler", ["false", "there-is-no-such-compiler"])
def test_without_a_compiler_a_line_says_who_does_the_work(tmp_path, compiler):
    (tmp_path / NATIVE).mkdir(parents=True)
    old = tmp_path / NATIVE / "_native.abi3.so"
    old.touch()
    run = build(tmp_path, CC=compiler)
    assert run.returncode == 0, run.stderr
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("minitorch:")]
    assert "no kernels in C (" in line and "those in NumPy will do the work" in line
    assert "Traceback" not in run.stdout + run.stderr
    assert not old.exists()


@needs_c
def test_what_is_not_wanted_is_not_compiled(tmp_path):
    run = build(tmp_path, CC="false", MINITORCH_PURE="1")
    assert (run.returncode, "minitorch:" in run.stdout) == (0, False), run.stdout + run.stderr
