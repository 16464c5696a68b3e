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


def build(place: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Compile in a copy of what that takes."""
    for sources in (NATIVE / "src", Path("minitorch", "autograd", "src")):
        shutil.copytree(REPOSITORY / sources, place / sources, dirs_exist_ok=True)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, place)
    return subprocess.run(
        [sys.executable, "setup.py", *(command or ("build_ext", "--inplace"))],
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
def test_a_second_extra_is_installed_without_compiling(tmp_path):
    """What is there is used if it is newer than its sources, and for this machine."""
    compiled = [tmp_path / name for name in COMPILED]
    if not all((REPOSITORY / name).exists() for name in COMPILED):
        pytest.skip("nothing is compiled in this checkout")
    for name, copy in zip(COMPILED, compiled, strict=True):
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / name, copy)
        os.utime(copy, (0, 1e10))
    install = ("editable_wheel", "--dist-dir", str(tmp_path / "wheel"))

    def is_compiled(number: int) -> bool:
        run = build(tmp_path, *install, CC=f"there-is-no-compiler-{number}")
        assert run.returncode == 0, run.stderr
        return "minitorch: no kernels in C (" in run.stdout

    before = [copy.read_bytes() for copy in compiled]
    assert not is_compiled(1)
    assert [copy.read_bytes() for copy in compiled] == before
    compiled[0].write_bytes(b"of another machine")
    os.utime(compiled[0], (0, 1e10))
    assert is_compiled(2)
    shutil.copyfile(REPOSITORY / COMPILED[0], compiled[0])
    os.utime(compiled[0], (0, 0))
    assert is_compiled(3), "older than its sources"


@needs_c
def test_what_is_not_wanted_is_not_compiled(tmp_path):
    run = build(tmp_path, CC="false", MINITORCH_PURE="1")
    assert (run.returncode, "minitorch:" in run.stdout) == (0, False), run.stdout + run.stderr
