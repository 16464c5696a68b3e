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
COMPILED = (NATIVE / "_native.abi3.so", Path("minitorch", "core", "_hot.abi3.so"))
needs_c = pytest.mark.skipif(
    sys.implementation.name != "cpython" or bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    reason="nothing is compiled here",
)


def build(place: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Compile in a copy of what that takes."""
    for sources in (NATIVE / "src", Path("minitorch", "autograd", "src")):
        shutil.copytree(REPOSITORY / sources, place / sources, dirs_exist_ok=True)
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
@pytest.mark.parametrize("is_new", [False, True])
@pytest.mark.parametrize("compiler", ["false", "there-is-no-such-compiler"])
def test_without_a_compiler_a_line_says_who_does_the_work(tmp_path, compiler, is_new):
    """What was compiled of these sources stays, of others not, neither here nor for a wheel."""
    library = f"build/lib.{sysconfig.get_platform()}-{sys.implementation.cache_tag}"
    places = [tmp_path] if is_new else [tmp_path, tmp_path / library]
    compiled = [place / name for place in places for name in COMPILED]
    for old in compiled:
        old.parent.mkdir(parents=True, exist_ok=True)
        old.touch()
        os.utime(old, (0, 1e10 if is_new else 0))
    run = build(tmp_path, CC=compiler)
    assert run.returncode == 0, run.stderr
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("minitorch:")]
    rest = "what was compiled before" if is_new else "those in NumPy"
    assert "no kernels in C (" in line and f"{rest} will do the work" in line
    assert "Traceback" not in run.stdout + run.stderr
    assert [old.exists() for old in compiled] == [is_new] * len(compiled)


@needs_c
def test_what_is_not_wanted_is_not_compiled(tmp_path):
    run = build(tmp_path, CC="false", MINITORCH_PURE="1")
    assert (run.returncode, "minitorch:" in run.stdout) == (0, False), run.stdout + run.stderr
