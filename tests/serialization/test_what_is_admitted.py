"""What a user may let a file hold, and what the refusal of the rest says."""

import io
import os
import pickle
import zipfile

import pytest

import minitorch as mt


def file_of(pickled: bytes) -> io.BytesIO:
    """A checkpoint that has this pickle."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("checkpoint/data.pkl", pickled)
        archive.writestr("checkpoint/version", "3")
    file.seek(0)
    return file


def named(word: str) -> io.BytesIO:
    """A file that wants a function called."""
    module, name = word.rsplit(".", 1)
    return file_of(f"c{module}\n{name}\n(tR.".encode())


def test_a_function_is_no_class_to_be_admitted() -> None:
    with pytest.raises(TypeError, match=r"classes are to be classes, got .*getcwd.*add_safe_glob"):
        mt.load(named("os.getcwd"), classes=[os.getcwd])  # type: ignore[list-item]


def test_the_refusal_says_what_trust_means() -> None:
    with pytest.raises(pickle.UnpicklingError, match=r"os.getcwd was not .*can be called with any"):
        mt.load(named("os.getcwd"))


@pytest.mark.parametrize("name", ["_utils._rebuild_sparse_tensor", "float8_e4m3fn", "fx.Graph"])
def test_parts_of_pytorch_that_are_absent_are_not_to_be_imported(name: str) -> None:
    with pytest.raises(pickle.UnpicklingError) as caught:
        mt.load(named(f"torch.{name}"))
    assert f"torch.{name} was not an allowed global" in str(caught.value)
    assert "a part of PyTorch that minitorch does not have" in str(caught.value)
    assert "import it" not in str(caught.value)
