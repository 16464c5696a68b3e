"""`python -m minitorch`, the report for bug reports."""

import os
import platform
import subprocess
import sys

import numpy as np
import pytest

import minitorch as mt
from minitorch import __config__ as config, __main__ as command
from minitorch.core import blas


def test_the_command_prints_one_fact_a_line():
    run = subprocess.run(
        [sys.executable, "-m", "minitorch"], capture_output=True, text=True, check=True
    )
    facts = dict(line.split(":", 1) for line in run.stdout.splitlines())
    assert facts["minitorch"].split()[0] == mt.__version__
    assert facts["Python"].split()[0] == platform.python_version()
    assert facts["NumPy"].strip() == np.__version__
    assert facts["kernels"].strip() == config.kernels_in_use()
    assert facts["threads"].split(",")[0].strip() == str(mt.get_num_threads())
    assert "torchvision" in facts["optional"]
    assert run.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_who_reads_a_few_lines_gets_no_traceback():
    ours, theirs = os.pipe()
    os.close(ours)  # as `| head` does when it has enough
    run = subprocess.run(
        [sys.executable, "-m", "minitorch", "explain"],
        stdout=theirs, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    os.close(theirs)
    assert run.stderr == b""


def test_a_terminal_without_the_signs_shows_others():
    run = subprocess.run(
        [sys.executable, "-m", "minitorch", "explain", "--all"],
        env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (0, b"")
    assert b"?" in run.stdout


def test_the_report_says_which_kernels_work_and_why_none_are_compiled(monkeypatch):
    monkeypatch.setattr(mt.kernels.native, "why_not", ImportError("no such file"))
    with monkeypatch.context() as bare, mt.kernels.using(mt.kernels.NUMPY):
        bare.setattr(mt.kernels, "NATIVE", None)
        assert config.kernels_in_use() == "numpy; none in C: no such file"
    if mt.kernels.NATIVE is not None:
        with mt.kernels.using(mt.kernels.NUMPY):
            assert config.kernels_in_use() == "numpy"
        with mt.kernels.using(mt.kernels.NATIVE):
            name, instruction_set = config.kernels_in_use().split(", ")
            assert name == "native" and instruction_set in ("avx512", "avx2", "baseline")


def test_settings_that_steer_blas_are_shown(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    assert "OPENBLAS_CORETYPE=Haswell" in command.report()["settings"]


def test_the_report_survives_a_machine_that_tells_nothing(monkeypatch):
    monkeypatch.setattr(blas, "loaded_files", lambda: ["/nowhere/libopenblas.so"])
    monkeypatch.setattr(blas, "find", blas.find.__wrapped__)
    monkeypatch.setattr(np, "show_config", lambda mode: {})
    assert command.blas_in_use() == ("unknown, kernels unknown", "unknown")
    assert "products on those of BLAS" in command.threads_in_use()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the mapped libraries")
def test_openblas_names_its_kernels():
    config = np.show_config(mode="dicts")
    if "openblas" not in config["Build Dependencies"]["blas"]["name"]:
        pytest.skip("this NumPy uses another BLAS")
    blas, threads = command.blas_in_use()
    assert "kernels unknown" not in blas
    assert int(threads) >= 1


def test_a_distribution_with_the_same_import_name_is_reported(monkeypatch, capsys):
    monkeypatch.setattr(command, "version_of", lambda name: "0.1" if name == "minitorch" else None)
    command.main()
    assert "pip uninstall minitorch" in capsys.readouterr().out
