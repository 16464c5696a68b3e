"""What is read from CIFAR-10's files, and what is said of those that are not."""

import pickle

import numpy as np
import pytest

from examples.cifar10.errors import DataError
from examples.cifar10.files import PUBLISHED_MD5, TEST_FILE, read_batch, read_meta

IMAGES = np.arange(2 * 3072, dtype=np.uint64).astype(np.uint8).reshape(2, 3072)


def written(tmp_path, entries):
    path = tmp_path / "data_batch_1"
    path.write_bytes(pickle.dumps(entries, protocol=4))
    return path


def test_a_batch_is_read(tmp_path):
    images, labels = read_batch(written(tmp_path, {"data": IMAGES, "labels": [3, 9]}))
    np.testing.assert_array_equal(images, IMAGES.reshape(2, 3, 32, 32))
    np.testing.assert_array_equal(labels, [3, 9])
    assert labels.dtype == np.int64


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"cannot read .*data_batch_1: No such file"):
        read_batch(tmp_path / "data_batch_1")


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ([], "not a CIFAR-10 file"),
        ({"data": IMAGES}, "expected the entries 'data'"),
        ({"data": IMAGES, "labels": [3, 10]}, "label out of range: image 1 has the label 10"),
    ],
)
def test_a_file_that_is_refused_is_named_with_what_to_do(tmp_path, entries, said):
    path = written(tmp_path, entries)
    with pytest.raises(DataError, match=f"{path}.*{said}.*Delete the folder"):
        read_batch(path)


def test_a_damaged_file_is_found_by_its_checksum(tmp_path):
    path = written(tmp_path, {"data": IMAGES, "labels": [3, 9]})
    expected = PUBLISHED_MD5["data_batch_1"]
    with pytest.raises(DataError, match=f"data_batch_1 is damaged .* expected {expected}"):
        read_batch(path, expected)


@pytest.mark.parametrize(
    "entries",
    [
        {},
        {"label_names": ["cat"]},
        {"label_names": ["cat"] * 10, "synthetic": 1},
        {"label_names": ["cat"] * 10, "md5": "abc"},
    ],
)
def test_a_senseless_meta_file_is_refused(tmp_path, entries):
    (tmp_path / "batches.meta").write_bytes(pickle.dumps(entries))
    with pytest.raises(DataError, match=r"batches\.meta"):
        read_meta(tmp_path)


def test_the_published_files_are_read_as_torchvision_reads_them(cifar10_root, torchvision):
    theirs = torchvision.datasets.CIFAR10(root=cifar10_root, train=False, download=False)
    images, labels = read_batch(
        cifar10_root / "cifar-10-batches-py" / TEST_FILE, PUBLISHED_MD5[TEST_FILE]
    )
    np.testing.assert_array_equal(images.transpose(0, 2, 3, 1), theirs.data)
    assert labels.tolist() == theirs.targets
