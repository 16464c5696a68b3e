"""Installing from source: with a compiler, without one, and for machines that are not this one."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
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
        if not (place / sources).exists():
            shutil.copytree(REPOSITORY / sources, place / sources)
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


# Compiling writes what it is told to compile of, and linking puts that together: in no time.
COMPILER = """#!/bin/sh
for word; do
    case $before$word in
        -o*) out=$word ;;
        -DCOMPILED_OF=*) of=${word#*=} ;;
        *.o) of="$of $(cat "$word")" ;;
    esac
    before=; [ "$word" = -o ] && before=-o
done
echo "$of" > "$out"
echo "$out" >> "$0.log"
"""
EDITABLE = ("editable_wheel", "--dist-dir", "wheel")


def is_compiled(place: Path, *command: str, **environment: str) -> bool:
    """Whether anything is compiled anew."""
    log = place / "cc.log"
    log.unlink(missing_ok=True)
    run = build(place, *command, CC=str(place / "cc"), **environment)
    assert run.returncode == 0, run.stderr
    assert "minitorch: no kernels in C (" not in run.stdout
    return log.exists()


@pytest.fixture
def checkout(tmp_path):
    """A folder in which all has been compiled."""
    (tmp_path / "cc").write_text(COMPILER)
    (tmp_path / "cc").chmod(0o755)
    for name in COMPILED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    assert is_compiled(tmp_path)
    return tmp_path


@needs_c
@pytest.mark.parametrize("compiler", ["false", "there-is-no-such-compiler"])
def test_without_a_compiler_a_line_says_who_does_the_work(checkout, compiler):
    """What was compiled of other sources goes, here and for a wheel; of these sources it stays."""
    library = checkout / f"build/lib.{sysconfig.get_platform()}-{sys.implementation.cache_tag}"
    shutil.copytree(checkout / "minitorch", library / "minitorch", dirs_exist_ok=True)
    other, same = ([place / name for place in (checkout, library)] for name in COMPILED)
    for old in other:
        old.write_text("digest_of_something_else")
    for command in (EDITABLE, ("build_ext", "--inplace")):
        run = build(checkout, *command, CC=compiler)
        assert run.returncode == 0, run.stderr
        (line,) = [line for line in run.stdout.splitlines() if line.startswith("minitorch:")]
        assert "no kernels in C (" in line and "those in NumPy will do the work" in line
        assert "Traceback" not in run.stdout + run.stderr
    assert not any(old.exists() for old in other)
    assert all(old.exists() for old in same)


@needs_c
def test_what_fails_for_another_folder_leaves_what_is_in_place(checkout):
    """As `make sanitize` does, where the compiler has no sanitizers."""
    place = ("--build-base", "other", "--build-lib", "other/lib")
    run = build(checkout, "build", *place, CC="false", CFLAGS="-fsanitize=address")
    assert "minitorch: no kernels in C (" in run.stdout
    assert all((checkout / name).exists() for name in COMPILED)


@needs_c
def test_what_is_compiled_of_the_same_is_taken_as_it_is(checkout):
    """One more extra, a wheel, other times of files, another compiler: nothing of that changes."""
    assert not is_compiled(checkout)
    for name in (*COMPILED, NATIVE / "src" / "call.h"):
        os.utime(checkout / name, (0, 0 if name in COMPILED else 1e10))
    assert not is_compiled(checkout, *EDITABLE)
    run = build(checkout, "bdist_wheel", "--dist-dir", "new", CC="there-is-no-such-compiler")
    assert run.returncode == 0 and "minitorch:" not in run.stdout, run.stdout + run.stderr
    (wheel,) = (checkout / "new").glob("*-cp311-abi3-*.whl")
    with zipfile.ZipFile(wheel) as file:
        assert {str(name) for name in COMPILED} <= set(file.namelist())


@needs_c
def test_what_is_compiled_of_something_else_is_compiled_anew(checkout):
    """In this folder setuptools itself goes by the times of files alone."""
    sources = checkout / NATIVE / "src"
    assert is_compiled(checkout, CFLAGS="-fsanitize=address")
    assert is_compiled(checkout, LDFLAGS="-fsanitize=address")
    assert is_compiled(checkout, "build_ext", "--inplace", "--debug")
    assert is_compiled(checkout), "without --debug again"
    assert is_compiled(checkout, "build_ext", "--inplace", "--force")
    (compiled,) = checkout.glob(f"build/lib.*/{COMPILED[0]}")
    before = compiled.read_text()
    os.utime(compiled, (0, 1e10))
    os.utime(checkout / COMPILED[0], (0, 1e10))
    (sources / "call.h").write_text("")
    assert is_compiled(checkout)
    assert before != compiled.read_text() == (checkout / COMPILED[0]).read_text()
    (sources / "zz.c").touch()
    assert is_compiled(checkout), "a source more"
    (sources / "zz.c").rename(sources / "zzz.c")
    assert is_compiled(checkout), "its name"
    (sources / "zzz.c").unlink()
    assert is_compiled(checkout), "a source less"
    shutil.rmtree(checkout / "build")
    (checkout / COMPILED[0]).write_text("of another machine")
    assert is_compiled(checkout)
    (checkout / COMPILED[0]).write_text("of another machine")
    assert not is_compiled(checkout), "it is in build/ yet"
    assert "digest_" in (checkout / COMPILED[0]).read_text()


@needs_c
def test_what_is_not_wanted_is_not_compiled(tmp_path):
    run = build(tmp_path, CC="false", MINITORCH_PURE="1")
    assert (run.returncode, "minitorch:" in run.stdout) == (0, False), run.stdout + run.stderr
