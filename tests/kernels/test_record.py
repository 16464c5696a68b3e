"""The record of kernels and how one is chosen."""

import dataclasses
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from minitorch import kernels
from minitorch.kernels.reference import REFERENCE
from tests.kernels.back_ends import BACK_ENDS
from tests.kernels.check import fields_of, kernel_of

ROOMS = Path(kernels.__file__).parent


AT_FIRST = kernels.active()


@pytest.mark.parametrize("compiled", [None, REFERENCE], ids=["not compiled", "compiled"])
@pytest.mark.parametrize("name", [None, "numpy", "native", "", "cuda"])
def test_the_environment_says_which_is_active_at_first(monkeypatch, name, compiled):
    """Asked for nothing: the compiled one where it is there."""
    monkeypatch.setattr(kernels, "NATIVE", compiled)
    if name is None:
        monkeypatch.delenv("MINITORCH_KERNELS", raising=False)
        assert kernels._from_environment() is (compiled or kernels.NUMPY)
        return
    monkeypatch.setenv("MINITORCH_KERNELS", name)
    if not name:
        assert kernels._from_environment() is (compiled or kernels.NUMPY)
    elif name == "numpy":
        assert kernels._from_environment() is kernels.NUMPY
    elif name == "native" and compiled:
        assert kernels._from_environment() is compiled
    elif name == "native":
        with pytest.raises(ImportError, match="install a C compiler"):
            kernels._from_environment()
    else:
        with pytest.raises(ValueError, match=f"must be 'native' or 'numpy', but it is '{name}'"):
            kernels._from_environment()


def test_without_the_extension_numpy_does_the_work():
    script = (
        "import sys; sys.modules['minitorch.kernels.native._native'] = None\n"
        "from minitorch import kernels; print(kernels.active().name, kernels.NATIVE)"
    )
    environment = {k: v for k, v in os.environ.items() if k != "MINITORCH_KERNELS"}
    run = [sys.executable, "-W", "error", "-c", script]
    assert subprocess.check_output(run, env=environment, text=True) == "numpy None\n"


def test_every_back_end_fills_every_field():
    fields = list(fields_of(REFERENCE))
    assert {"conv.forward", "pool.max", "update.sgd_"} <= set(fields)
    for record in BACK_ENDS:
        assert list(fields_of(record)) == fields
        assert all(kernel_of(record, field) for field in fields)
    assert [record.name for record in BACK_ENDS] == ["numpy", "native"][: len(BACK_ENDS)]


def test_every_family_has_its_file_in_every_room():
    families = [f.name for f in dataclasses.fields(kernels.Kernels) if f.name != "name"]
    for room in ("contract", "reference", "numpy"):
        files = {path.stem for path in ROOMS.joinpath(room).glob("*.py")}
        assert set(families) <= files, room


def test_using_switches_and_restores_when_nested():
    with kernels.using(REFERENCE) as chosen:
        assert chosen is kernels.active() is REFERENCE
        with kernels.using(kernels.NUMPY):
            assert kernels.active() is kernels.NUMPY
        assert kernels.active() is REFERENCE
    assert kernels.active() is AT_FIRST


def test_using_restores_after_an_error():
    with pytest.raises(KeyError), kernels.using(REFERENCE):
        raise KeyError
    assert kernels.active() is AT_FIRST


def test_another_thread_keeps_its_own_choice():
    seen = []
    with kernels.using(REFERENCE):
        thread = threading.Thread(target=lambda: seen.append(kernels.active()))
        thread.start()
        thread.join()
    assert seen == [AT_FIRST]


def test_a_back_end_is_a_record_with_some_kernels_or_families_replaced():
    conv = dataclasses.replace(kernels.NUMPY.conv, forward=REFERENCE.conv.forward)
    mixed = dataclasses.replace(kernels.NUMPY, name="mixed", softmax=REFERENCE.softmax, conv=conv)
    with kernels.using(mixed):
        active = kernels.active()
        assert active.softmax.log is REFERENCE.softmax.log
        assert active.conv.forward is REFERENCE.conv.forward
        assert active.conv.input_grad is kernels.NUMPY.conv.input_grad
        assert active.pool is kernels.NUMPY.pool
    with pytest.raises(dataclasses.FrozenInstanceError):
        mixed.softmax = kernels.NUMPY.softmax
    with pytest.raises(dataclasses.FrozenInstanceError):
        mixed.conv.forward = kernels.NUMPY.conv.forward
