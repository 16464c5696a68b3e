"""What is read from CIFAR's pickles, and what is refused."""

import os
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from minitorch.vision.datasets.pickled import read_batch, read_entries

IMAGES = np.arange(2 * 3072, dtype=np.uint64).astype(np.uint8).reshape(2, 3072)


def python2_pickle(images=IMAGES, labels=(3, 9)):
    """A batch as the published files hold it: protocol 2, text as bytes, NumPy's old names."""
    rows, columns = images.shape
    return b"".join(
        (
            b"\x80\x02}(U\x0bbatch_labelU\x15training batch 1 of 5",
            b"U\x06labels](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e",
            b"U\x04datacnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R",
            b"(K\x01M" + struct.pack("<H", rows) + b"M" + struct.pack("<H", columns) + b"\x86",
            b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R",
            b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb",
            b"\x89T" + struct.pack("<i", images.size) + images.tobytes() + b"tbu.",
        )
    )


def refusal(tmp_path, content):
    """What is said about a file with this content."""
    path = tmp_path / "data_batch_1"
    path.write_bytes(content if isinstance(content, bytes) else pickle.dumps(content, protocol=4))
    with pytest.raises(RuntimeError) as caught:
        read_batch(path)
    assert str(path) in str(caught.value)
    return str(caught.value)


@pytest.fixture(autouse=True)
def alone(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


class Malicious:
    """Unpickled the ordinary way, it makes a folder."""

    def __reduce__(self):
        return os.mkdir, ("harm",)


@pytest.mark.parametrize(
    "content",
    [
        python2_pickle(),
        python2_pickle().replace(b"\x06labels", b"\x0bfine_labels"),
        *(pickle.dumps({"data": IMAGES, "labels": [3, 9]}, protocol=p) for p in (2, 3, 4, 5)),
        pickle.dumps({"data": np.asfortranarray(IMAGES), "labels": [3, 9]}, protocol=4),
    ],
    ids=["as published", "of CIFAR-100", *"2345", "in column order"],
)
def test_a_batch_is_read(tmp_path, content):
    path = tmp_path / "data_batch_1"
    path.write_bytes(content)
    images, labels = read_batch(path)
    np.testing.assert_array_equal(images, IMAGES.reshape(2, 3, 32, 32))
    assert labels == [3, 9] and images.dtype == np.uint8


def test_a_truncated_file_says_how_long_it_is(tmp_path):
    content = python2_pickle()
    assert f"reading its {len(content) - 100:,} bytes" in refusal(tmp_path, content[:-100])
    assert "truncated" in refusal(tmp_path, b"")


@pytest.mark.parametrize("content", [b"PK\x03\x04 a zip", b"<html>404</html>", bytes(range(256))])
def test_a_foreign_file_is_refused(tmp_path, content):
    assert "not a CIFAR-10 file" in refusal(tmp_path, content)


@pytest.mark.parametrize("label", [10, -1, 255, "cat", None, True, 3.0])
def test_a_label_out_of_range_is_refused(tmp_path, label):
    said = refusal(tmp_path, {"data": IMAGES, "labels": [3, label]})
    assert f"label out of range: image 1 has the label {label!r}" in said


@pytest.mark.parametrize("shape", [(2, 3071), (3, 2048), (2, 3, 32, 32), (6144,), (1, 6144)])
def test_a_wrong_image_shape_is_refused(tmp_path, shape):
    said = refusal(tmp_path, {"data": np.zeros(shape, np.uint8), "labels": [0, 0]})
    if np.prod(shape) == 6144 or len(shape) == 2:
        assert "wrong image shape: expected data of shape (2, 3072)" in said
        assert f"got {shape}" in said


def test_other_entries_are_refused(tmp_path):
    assert "expected the entries 'data'" in refusal(tmp_path, {"data": IMAGES})
    assert "expected the entries 'data'" in refusal(tmp_path, {"data": [1, 2], "labels": [1, 2]})
    assert "expected a dict, got list" in refusal(tmp_path, [1, 2])
    assert "its entry 3 is 4" in refusal(tmp_path, {3: 4})
    for value in ((), [[]], [()], {"x": []}, {(): 1}, {1}):
        said = f"its entry 'more' is a {type(value).__name__}"
        assert said in refusal(tmp_path, {"data": IMAGES, "labels": [3, 9], "more": value})


def test_elements_other_than_bytes_are_refused(tmp_path):
    said = refusal(tmp_path, {"data": IMAGES.astype(np.float32), "labels": [3, 9]})
    assert "elements are not uint8" in said
    objects = np.array([[Malicious()]], dtype=object)
    refusal(tmp_path, {"data": objects, "labels": [3]})


@pytest.mark.parametrize("protocol", [2, 4])
def test_nothing_in_a_file_can_run(tmp_path, protocol):
    content = pickle.dumps({"data": Malicious(), "labels": []}, protocol=protocol)
    said = refusal(tmp_path, content)
    assert "it asks for posix.mkdir" in said or "it asks for nt.mkdir" in said
    assert not os.path.exists("harm")
    pickle.loads(content)  # so it would have
    assert os.path.exists("harm")


@pytest.mark.parametrize(
    "content",
    [
        b"cnumpy\nload\n.",
        b"cbuiltins\neval\n(S'1'\ntR.",
        b"(inumpy\nndarray\n.",  # INST: names a class in another way
        b"\x80\x02P0\n.",
        b"\x80\x02cnumpy\ndtype\n}U\x08__call__cbuiltins\neval\nsb.",
    ],
)
def test_a_name_by_any_other_opcode_is_refused_too(tmp_path, content):
    refusal(tmp_path, content)


def test_a_file_cannot_change_the_reader(tmp_path):
    """BUILD sets attributes of whatever stands on the stack: here of the stand-in for dtype."""
    refusal(tmp_path, b"\x80\x02cnumpy\ndtype\n}U\x04codeU\x02f8sb.")
    path = tmp_path / "data_batch_1"
    path.write_bytes(python2_pickle())
    assert read_batch(path)[1] == [3, 9]


def deep_tuple(levels):
    return b")" + b"\x85" * levels


def nested(levels, sharing=b"\x94h%c\x86"):
    """A tuple that holds itself twice, level by level: its hash looks at 2 ** levels of them."""
    return b"".join([b")", *(sharing % level for level in range(levels))])


GREEDY = {
    "memo of 64 GB": b"\x80\x02]r\xff\xff\xff\xff.",
    "bytes that are not there": b"\x80\x02B\xff\xff\xff\xff.",
    "bytearray that is not there": b"\x80\x05\x96" + b"\xff" * 7 + b"\x0f.",
    "exponential key": b"\x80\x04}" + nested(60) + b"Ks.",
    "exponential value": b"\x80\x04}U\x0blabel_names" + nested(60) + b"s.",
    "wide exponential key": b"\x80\x04}"
    + nested(9, b"\x94(h%c" + b"h\x00" * 1000 + b"t")
    + b"Ks.",
    "twice by DUP": b"\x80\x02})" + b"2\x86" * 60 + b"Ks.",
    "deep key": b"\x80\x02}" + deep_tuple(200_000) + b"Ks.",
    "deep value": b"\x80\x02}U\x06labels" + deep_tuple(200_000) + b"s.",
    "deep lists": b"\x80\x02" + b"]" * 200_000 + b"a" * 199_999 + b".",
    "colliding keys": b"\x80\x02}("
    + b"".join(
        b"\x8a\x0a" + ((2**61 - 1) * n).to_bytes(10, "little") + b"N" for n in range(100_000)
    )
    + b"u.",
    "many values": b"\x80\x02(" + b"N" * 10**6 + b"l.",
}  # fmt: skip


@pytest.mark.parametrize("case", GREEDY)
def test_a_greedy_file_is_refused_at_once(tmp_path, case):
    assert "not a CIFAR-10 file" in refusal(tmp_path, GREEDY[case])
    (tmp_path / "batches.meta").write_bytes(GREEDY[case])
    with pytest.raises(RuntimeError, match="not a CIFAR-10 file"):
        read_entries(tmp_path / "batches.meta")


def test_a_shape_is_a_few_integers(tmp_path):
    """The product of b"…" and a number is that many bytes."""
    content = python2_pickle()
    two = b"M" + struct.pack("<H", 2) + b"M" + struct.pack("<H", 3072) + b"\x86"
    assert two in content
    for shape in (b"U\x01aJ\xff\xff\xff\x7f\x86", b"(" + b"J\xff\xff\xff\x7f" * 100_000 + b"t"):
        assert "a shape or strides" in refusal(tmp_path, content.replace(two, shape))


def test_what_is_no_file_or_too_large_is_refused(tmp_path):
    (tmp_path / "large").touch()
    os.truncate(tmp_path / "large", 10**10)
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "large", tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(RuntimeError, match="expected a file of at most 268,435,456 bytes, got"):
            read_batch(path)


@given(position=st.integers(0, len(python2_pickle()) - 1), value=st.integers(0, 255))
def test_one_wrong_byte_is_harmless_or_an_error_of_ours(tmp_path_factory, position, value):
    content = bytearray(python2_pickle())
    content[position] = value
    path = tmp_path_factory.getbasetemp() / "fuzzed"
    path.write_bytes(bytes(content))
    try:
        images, labels = read_batch(path)
    except RuntimeError:
        return
    assert images.shape[1:] == (3, 32, 32)
    assert len(labels) == len(images)


@given(length=st.integers(0, len(python2_pickle()) - 1))
def test_a_file_cut_anywhere_is_an_error_of_ours(tmp_path_factory, length):
    path = tmp_path_factory.getbasetemp() / "cut"
    path.write_bytes(python2_pickle()[:length])
    with pytest.raises(RuntimeError):
        read_batch(path)
