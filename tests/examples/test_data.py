"""Where the images are looked for, and what stands in for them."""

import pickle
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import numpy as np
import pytest

from examples.cifar10 import download as downloading
from examples.cifar10.augment import CHANNEL_DEVIATIONS, CHANNEL_MEANS
from examples.cifar10.data import find_folder, first_images, load_data, read_folder
from examples.cifar10.errors import DataError
from examples.cifar10.files import BATCH_FILES, FOLDER, META_FILE, Batch
from examples.cifar10.synthetic import draw_images, write_synthetic
from minitorch.vision.datasets import CIFAR10
from minitorch.vision.datasets.utils import calculate_md5


def few(root):
    """A set of sixty images."""
    return write_synthetic(Path(root), images_per_file=10)


def test_the_real_images(cifar10_root):
    data = load_data(cifar10_root, say=lambda text: None)
    assert not data.is_synthetic
    assert data.note == ""
    assert data.classes[0] == "airplane"
    assert data.train.images.shape == (50_000, 3, 32, 32)
    np.testing.assert_array_equal(np.bincount(data.train.labels), [5_000] * 10)
    np.testing.assert_array_equal(np.bincount(data.test.labels), [1_000] * 10)
    assert data.test.labels[:5].tolist() == [3, 8, 8, 0, 6]
    some = data.train.images[::20] / np.float32(255)
    np.testing.assert_allclose(some.mean(axis=(0, 2, 3)), CHANNEL_MEANS, atol=1e-2)
    np.testing.assert_allclose(some.std(axis=(0, 2, 3)), CHANNEL_DEVIATIONS, atol=1e-2)


def test_the_order_of_places(monkeypatch, tmp_path):
    for place in ("option", "environment", "data"):
        few(place)
    monkeypatch.setenv("CIFAR10_ROOT", "environment")
    assert find_folder(Path("option"), synthetic=False) == Path("option", FOLDER)
    assert find_folder(Path("option", FOLDER), synthetic=False) == Path("option", FOLDER)
    assert find_folder(None, synthetic=False) == Path("environment", FOLDER)
    monkeypatch.delenv("CIFAR10_ROOT")
    assert find_folder(None, synthetic=False) == Path("data", FOLDER)


def test_a_place_that_was_named_must_hold_the_data(monkeypatch):
    few("data")
    with pytest.raises(DataError, match=r"no CIFAR-10 in --data-root \(elsewhere\)"):
        find_folder(Path("elsewhere"), synthetic=False)
    monkeypatch.setenv("CIFAR10_ROOT", "elsewhere")
    with pytest.raises(DataError, match=r"no CIFAR-10 in \$CIFAR10_ROOT \(elsewhere\)"):
        find_folder(None, synthetic=False)


def test_missing_files_are_named():
    folder = few("data")
    (folder / "data_batch_3").unlink()
    (folder / "test_batch").unlink()
    with pytest.raises(DataError, match="lacks data_batch_3, test_batch"):
        load_data(say=print)


def test_without_file_and_network_the_drawn_images_stand_in(monkeypatch):
    monkeypatch.setattr("examples.cifar10.data.write_synthetic", few)
    lines = []
    data = load_data(say=lines.append)
    said = "\n".join(lines)
    assert data.is_synthetic
    assert "not CIFAR-10" in data.note
    assert "the network is off in the tests" in said
    assert "drawings made by the program, not CIFAR-10" in said
    lines.clear()
    again = load_data(say=lines.append)
    np.testing.assert_array_equal(again.train.images, data.train.images)
    assert not any("Drawing" in line for line in lines), "drawn once"


def test_drawn_images_cannot_pass_for_the_real_ones():
    folder = few("data")
    assert read_folder(folder).is_synthetic
    meta = pickle.loads((folder / META_FILE).read_bytes())
    del meta["synthetic"]
    (folder / META_FILE).write_bytes(pickle.dumps(meta))
    with pytest.raises(DataError, match="not the published file"):
        read_folder(folder)


def test_a_damaged_synthetic_file_is_found():
    folder = few("data")
    content = bytearray((folder / "data_batch_2").read_bytes())
    content[5_000] ^= 1
    (folder / "data_batch_2").write_bytes(bytes(content))
    with pytest.raises(DataError, match="data_batch_2 is damaged"):
        read_folder(folder)


def test_drawing_is_all_or_nothing(monkeypatch):
    def full_disk(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        few("data")
    assert list(Path("data").iterdir()) == []
    with pytest.raises(DataError, match=r"could not write the synthetic images .*No space left"):
        load_data(synthetic=True, say=lambda text: None)


def test_the_drawn_images_are_the_same_everywhere():
    """Golden: with other images, accuracies on them could not be compared."""
    labels = np.arange(10)
    images = draw_images(labels, np.random.RandomState(0))
    assert images.shape == (10, 3, 32, 32)
    assert images.dtype == np.uint8
    corner = images[:, 0, 0, 0].astype(int)
    golden = [114, 115, 147, 238, 160, 36, 208, 182, 103, 133]
    np.testing.assert_allclose(corner, golden, atol=1)  # sin and cos may differ in the last bit


def test_the_classes_are_balanced_and_mixed():
    data = read_folder(few("data"))
    assert np.bincount(data.train.labels).tolist() == [5] * 10
    assert (np.diff(data.train.labels) != 1).any()


def test_more_images_than_there_are():
    split = Batch(np.zeros((5, 3, 32, 32), np.uint8), np.zeros(5, np.int64))
    assert len(first_images(split, 3, "train_images").labels) == 3
    with pytest.raises(DataError, match="only 5 images: --set train_images=5"):
        first_images(split, 6, "train_images")


@pytest.fixture
def online(monkeypatch):
    """The network answers, torchvision is not there, and the archive holds a synthetic set."""
    source = few("source")
    monkeypatch.setattr(downloading, "_check_reachable", lambda: None)
    monkeypatch.setattr(downloading, "_fetch_with_torchvision", lambda root, say: False)
    monkeypatch.setattr(CIFAR10, "url", Path("archive").resolve().as_uri())
    for table in ("train_list", "test_list"):
        files = [[name, calculate_md5(source / name)] for name, _ in getattr(CIFAR10, table)]
        monkeypatch.setattr(CIFAR10, table, files)
    meta = {**CIFAR10.meta, "md5": calculate_md5(source / META_FILE)}
    monkeypatch.setattr(CIFAR10, "meta", meta)
    return source


def archive(source, *, leave_out=""):
    """The file at the address, and its MD5."""
    with tarfile.open("archive", "w:gz") as tar:
        for name in {*BATCH_FILES, META_FILE} - {leave_out}:
            tar.add(source / name, f"{FOLDER}/{name}")
    return calculate_md5("archive")


def test_a_download_is_unpacked(monkeypatch, online):
    monkeypatch.setattr(CIFAR10, "tgz_md5", archive(online))
    data = load_data(say=lambda text: None)
    assert data.folder == Path("data", FOLDER)
    assert {path.name for path in data.folder.iterdir()} == {*BATCH_FILES, META_FILE}
    assert [path.name for path in Path("data").iterdir()] == [FOLDER]


@pytest.mark.parametrize(
    ("leave_out", "said"), [("", "invalid hash value"), ("data_batch_4", "data_batch_4")]
)
def test_a_broken_archive_leaves_nothing_and_the_drawn_images_stand_in(
    monkeypatch, online, leave_out, said
):
    monkeypatch.setattr("examples.cifar10.data.write_synthetic", few)
    md5 = archive(online, leave_out=leave_out)
    monkeypatch.setattr(CIFAR10, "tgz_md5", md5 if leave_out else md5[::-1])
    lines = []
    assert load_data(say=lines.append).is_synthetic
    assert re.search(f"the download failed: .*{said}", "\n".join(lines))
    assert [path.name for path in Path("data").iterdir()] == ["synthetic"]


@pytest.mark.parametrize(("code", "worked"), [(0, True), (1, False)])
def test_torchvision_downloads_in_a_process_of_its_own(monkeypatch, tmp_path, code, worked):
    commands = []

    def run(command, **options):
        commands.append(command)
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    assert downloading._fetch_with_torchvision(tmp_path, lambda text: None) is worked
    assert "torchvision.datasets.CIFAR10" in commands[0][2]
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert downloading._fetch_with_torchvision(tmp_path, lambda text: None) is False
    assert len(commands) == 1


def test_synthetic_images_on_request(monkeypatch, synthetic_root):
    shutil.copytree(synthetic_root, "somewhere/synthetic")
    data = load_data(Path("somewhere"), synthetic=True, say=lambda text: None)
    assert data.folder == Path("somewhere/synthetic", FOLDER)
