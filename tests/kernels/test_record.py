"""The record of kernels and how one is chosen."""

import dataclasses
import threading

import pytest

from minitorch import kernels
from minitorch.kernels.reference import REFERENCE


def test_numpy_is_active_by_default():
    assert kernels.active() is kernels.NUMPY
    assert kernels.NUMPY.name == "numpy"


def test_both_back_ends_fill_every_field():
    for field in dataclasses.fields(kernels.Kernels):
        for back_end in (kernels.NUMPY, REFERENCE):
            assert getattr(back_end, field.name), field.name


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


def test_a_back_end_is_a_record_with_some_fields_replaced():
    mixed = dataclasses.replace(kernels.NUMPY, name="mixed", softmax=REFERENCE.softmax)
    with kernels.using(mixed):
        assert kernels.active().softmax is REFERENCE.softmax
        assert kernels.active().conv2d is kernels.NUMPY.conv2d
    with pytest.raises(dataclasses.FrozenInstanceError):
        mixed.softmax = kernels.NUMPY.softmax
