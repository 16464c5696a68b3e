"""The record of kernels and how one is chosen."""

import dataclasses
import threading
from pathlib import Path

import pytest

from minitorch import kernels
from minitorch.kernels.reference import REFERENCE
from tests.kernels.check import fields_of, kernel_of

ROOMS = Path(kernels.__file__).parent


def test_numpy_is_active_by_default():
    assert kernels.active() is kernels.NUMPY
    assert kernels.NUMPY.name == "numpy"


def test_both_back_ends_fill_every_field():
    fields = list(fields_of(REFERENCE))
    assert list(fields_of(kernels.NUMPY)) == fields
    assert {"conv.forward", "pool.max", "update.sgd_"} <= set(fields)
    assert all(kernel_of(kernels.NUMPY, field) for field in fields)


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
    assert kernels.active() is kernels.NUMPY


def test_using_restores_after_an_error():
    with pytest.raises(KeyError), kernels.using(REFERENCE):
        raise KeyError
    assert kernels.active() is kernels.NUMPY


def test_another_thread_keeps_its_own_choice():
    seen = []
    with kernels.using(REFERENCE):
        thread = threading.Thread(target=lambda: seen.append(kernels.active()))
        thread.start()
        thread.join()
    assert seen == [kernels.NUMPY]


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
