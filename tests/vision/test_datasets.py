"""Sets of pictures: torchvision's files, samples, printed forms and errors."""

import gzip
import hashlib
import io
import pickle
import struct
import sys
import tarfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import URLError

import numpy as np
import pytest

import minitorch as mt
from minitorch.utils.data import DataLoader
from minitorch.vision import datasets, transforms
from minitorch.vision.datasets import folder as folders, idx as idx_files
from minitorch.vision.datasets.utils import calculate_md5

RNG = np.random.default_rng(0)
CIFARS = ["CIFAR10", "CIFAR100"]
MNISTS = ["MNIST", "FashionMNIST", "KMNIST"]
COUNT = 7  # of pictures in a file


def patch(name: str, modules: Any, monkeypatch: pytest.MonkeyPatch, **fields: Any) -> None:
    """Give classes of both libraries other tables."""
    for module in modules:
        for field, value in fields.items():
            monkeypatch.setattr(getattr(module, name), field, value)


def write_cifar(root: Path, name: str, modules: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a small set as it is published, and have both libraries expect its MD5s."""
    cls = getattr(datasets, name)
    folder = root / cls.base_folder
    folder.mkdir(parents=True)
    count = 10 if name == "CIFAR10" else 100
    key = "labels" if name == "CIFAR10" else "fine_labels"
    names = [f"class {number}" for number in range(count)]
    tables: dict[str, Any] = {"train_list": [], "test_list": []}
    for table, files in tables.items():
        for file, _ in getattr(cls, table):
            entries = {
                "data": RNG.integers(0, 256, (COUNT, 3072)).astype(np.uint8),
                key: RNG.integers(0, count, COUNT).tolist(),
                "filenames": [f"{number}.png" for number in range(COUNT)],
            }
            (folder / file).write_bytes(pickle.dumps(entries, protocol=2))
            files.append([file, calculate_md5(folder / file)])
    meta = folder / cls.meta["filename"]
    meta.write_bytes(pickle.dumps({cls.meta["key"]: names}, protocol=2))
    tables["meta"] = {**cls.meta, "md5": calculate_md5(meta)}
    patch(name, modules, monkeypatch, **tables)
    return folder


def idx(array: Any, code: int = 8) -> bytes:
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, code, array.ndim]) + sizes + array.tobytes()


def write_mnist(folder: Path, name: str, modules: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the four files as they are published, and have both libraries expect their MD5s."""
    folder.mkdir(parents=True)
    resources = []
    for file, _ in getattr(datasets, name).resources:
        shape = (COUNT, 28, 28) if "images" in file else (COUNT,)
        array = RNG.integers(0, 256 if "images" in file else 10, shape).astype(np.uint8)
        (folder / file).write_bytes(gzip.compress(idx(array)))
        resources.append((file, calculate_md5(folder / file)))
    patch(name, modules, monkeypatch, resources=resources, mirrors=[folder.as_uri() + "/"])


def unpack(source: Path, target: Path) -> None:
    target.mkdir(parents=True)
    for path in source.iterdir():
        (target / path.stem).write_bytes(gzip.decompress(path.read_bytes()))


def same(ours: Any, theirs: Any) -> None:
    """Compare two data sets whole; theirs has Pillow images."""
    assert len(ours) == len(theirs)
    assert repr(ours) == repr(theirs)
    for name in ("classes", "class_to_idx", "samples", "imgs"):
        assert getattr(ours, name, None) == getattr(theirs, name, None)
    if hasattr(theirs, "targets"):
        assert list(map(int, ours.targets)) == list(map(int, theirs.targets))
    for index in (*range(min(len(ours), 20)), -1):
        (picture, target), (expected, same_target) = ours[index], theirs[index]
        assert picture.dtype == np.uint8
        np.testing.assert_array_equal(picture, np.array(expected))
        assert target == same_target and type(target) is type(same_target)
    with pytest.raises(IndexError):
        ours[len(ours)]


@pytest.fixture
def both(torchvision: ModuleType) -> tuple[Any, Any]:
    return datasets, torchvision.datasets


@pytest.mark.parametrize("train", [True, False])
def test_the_real_images(train: bool, both: Any, cifar10_root: Path) -> None:
    ours, theirs = (module.CIFAR10(str(cifar10_root), train) for module in both)
    same(ours, theirs)
    np.testing.assert_array_equal(ours.data[::50], theirs.data[::50])
    assert ours.data.strides == theirs.data.strides


@pytest.mark.parametrize("name", CIFARS)
def test_cifars_files(
    name: str, both: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cifar(tmp_path, name, both, monkeypatch)
    for train in (True, False):
        same(*(getattr(module, name)(tmp_path, train) for module in both))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for root in ("~", Path("~")):
        assert len(getattr(datasets, name)(root)) > 0


@pytest.mark.parametrize("name", MNISTS)
@pytest.mark.parametrize("packed", [True, False])
def test_mnists_files(
    name: str, packed: bool, both: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "theirs" / name / "raw"
    write_mnist(tmp_path / "source", name, both, monkeypatch)
    unpack(tmp_path / "source", raw)
    monkeypatch.chdir(tmp_path / "theirs")
    theirs = [getattr(both[1], name)(".", train) for train in (True, False)]
    if packed:  # which torchvision does not read
        (tmp_path / "ours" / name).mkdir(parents=True)
        (tmp_path / "source").rename(tmp_path / "ours" / name / "raw")
        monkeypatch.chdir(tmp_path / "ours")
    for train, expected in zip((True, False), theirs, strict=True):
        ours = getattr(datasets, name)(".", train=train)
        same(ours, expected)
        assert ours.data.dtype is mt.uint8 and ours.targets.dtype is mt.int64
        assert ours.data.tolist() == expected.data.tolist()
        with pytest.warns(UserWarning, match="train_labels has been renamed targets") as caught:
            assert ours.train_labels is ours.targets
        assert caught[0].filename == __file__


def test_tensors_of_old_versions_are_read(both: Any, tmp_path: Path, torch: ModuleType) -> None:
    (tmp_path / "MNIST" / "processed").mkdir(parents=True)
    for file in ("training.pt", "test.pt"):
        data = torch.randint(0, 256, (3, 28, 28), dtype=torch.uint8), torch.tensor([3, 1, 4])
        torch.save(data, tmp_path / "MNIST" / "processed" / file)
    same(*(module.MNIST(tmp_path) for module in both))


SHAPES = [(3, 8, 9), (1, 5, 6), (4, 3, 2), (2, 3, 3)]


@pytest.mark.parametrize("size", SHAPES)
def test_fake_pictures_are_those_of_torchvision(size: Any, both: Any) -> None:
    before = mt.get_rng_state()
    same(*(module.FakeData(30, size, 7, random_offset=3) for module in both))
    assert mt.equal(mt.get_rng_state(), before)
    doubled = datasets.FakeData(2, size, 7, target_transform=lambda target: int(target) * 2)
    assert doubled[0][1] == 2 * datasets.FakeData(2, size, 7)[0][1]
    for module in both:
        with pytest.raises(ValueError, match="pic should not have > 4 channels"):
            module.FakeData(1, (5, 2, 2))[0]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of two classes, with all that may lie around in it."""
    image = pytest.importorskip("PIL.Image")
    places = ["dog/b.png", "dog/a.JPG", "dog/deep/er/c.bmp", "cat/x.png", "cat/y.tiff"]
    for number, place in enumerate(places):
        path = tmp_path / "pictures" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        array = RNG.integers(0, 256, (5 + number, 6, 3)).astype(np.uint8)
        made = image.fromarray(array)
        made.convert("L" if number == 3 else "RGB").save(path)
    (tmp_path / "pictures" / "dog" / "notes.txt").write_text("no picture")
    (tmp_path / "pictures" / "list.png").write_text("no folder")
    (tmp_path / "pictures" / "linked").symlink_to(tmp_path / "pictures" / "cat")
    return tmp_path / "pictures"


def test_a_folder_of_pictures(pictures: Path, both: Any) -> None:
    same(*(module.ImageFolder(str(pictures)) for module in both))
    same(*(m.ImageFolder(pictures, is_valid_file=lambda p: p.endswith("png")) for m in both))
    (pictures / "empty").mkdir()
    same(*(module.ImageFolder(pictures, allow_empty=True) for module in both))
    (ours, _), _ = (m.ImageFolder(pictures, loader=len, allow_empty=True)[0] for m in both)
    assert ours == len(str(pictures / "cat" / "x.png"))
    texts = [m.DatasetFolder(pictures, str, ".txt", allow_empty=True) for m in both]
    assert texts[0].samples == texts[1].samples and texts[0].extensions == ".txt"
    assert repr(texts[0]) == repr(texts[1])


FOLDER_ERRORS: dict[str, Any] = {
    "no root": lambda m, p: m.ImageFolder(p / "nowhere"),
    "no class": lambda m, p: m.ImageFolder(p / "dog" / "deep" / "er"),
    "a file": lambda m, p: m.ImageFolder(p / "list.png"),
    "an empty class": lambda m, p: ((p / "empty").mkdir(exist_ok=True), m.ImageFolder(p)),
    "no extension": lambda m, p: m.DatasetFolder(p, len, (".txt", ".csv")),
    "one extension": lambda m, p: m.DatasetFolder(p, len, ".csv"),
    "nothing valid": lambda m, p: m.ImageFolder(p, is_valid_file=lambda path: "dog" in path),
    "neither": lambda m, p: m.DatasetFolder(p, len),
    "both": lambda m, p: m.DatasetFolder(p, len, ".txt", is_valid_file=len),
    "no classes": lambda m, p: m.DatasetFolder.make_dataset(p, None),
    "empty classes": lambda m, p: m.DatasetFolder.make_dataset(p, {}, ".txt"),
    "two ways": lambda m, p: m.VisionDataset(p, transforms=len, transform=len),
}


@pytest.mark.parametrize("case", FOLDER_ERRORS)
def test_what_a_folder_lacks_is_said_in_torchvisions_words(
    case: str, pictures: Path, both: Any
) -> None:
    said = []
    for module in both:
        with pytest.raises(Exception) as caught:
            FOLDER_ERRORS[case](module, pictures)
        said.append((caught.type, str(caught.value)))
    assert said[0] == said[1]


def test_a_damaged_picture_is_named(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (b"", b"no picture", (pictures / "dog" / "b.png").read_bytes()[:-40]):
        path = pictures / "cat" / "x.png"
        path.write_bytes(content)
        with pytest.raises((OSError, SyntaxError)) as caught:
            datasets.ImageFolder(pictures)[0]
        assert f"while reading {path}" in caught.value.__notes__
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match=r"needs Pillow: .*minitorch-numpy\[images\]"):
        datasets.ImageFolder(pictures)[0]
    assert folders.is_image_file("X.PNG") and not folders.is_image_file("x.png.txt")


# What is done to a sound set, and whether it is the meta file that is complained of.
MISSING: dict[str, Any] = {
    "nothing there": lambda folder: folder.rename(folder.parent / "elsewhere"),
    "a file less": lambda folder: (folder / "data_batch_3").unlink(),
    "a damaged file": lambda folder: (folder / "test_batch").write_bytes(b""),
    "no meta": lambda folder: (folder / "batches.meta").unlink(),
}


@pytest.mark.parametrize("case", MISSING)
def test_what_is_not_there_is_said_in_torchvisions_words(
    case: str, both: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    MISSING[case](write_cifar(tmp_path, "CIFAR10", both, monkeypatch))
    said = []
    for module in both:
        with pytest.raises(RuntimeError) as caught:
            module.CIFAR10(tmp_path)
        said.append(str(caught.value))
    assert said[0].startswith(said[1])
    for name in MNISTS:
        for module in both:
            with pytest.raises(
                RuntimeError, match=r"Dataset not found\. You can use download=True"
            ):
                getattr(module, name)(tmp_path)


def archive(path: Path, folder: Path, leave_out: str = "", **fields: Any) -> str:
    """Write an archive with more in it than is wanted, and return its MD5."""
    with tarfile.open(path, "w:gz") as tar:
        for file in sorted(folder.iterdir()):
            if file.name != leave_out:
                tar.add(file, f"{folder.name}/{file.name}")
        for name in ("../outside", f"{folder.name}/extra", "/absolute"):
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
        link = tarfile.TarInfo(f"{folder.name}/{leave_out}")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    return calculate_md5(path)


@pytest.mark.parametrize("name", CIFARS)
def test_cifar_is_downloaded_once(
    name: str, both: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_cifar(tmp_path / "source", name, both, monkeypatch)
    packed = tmp_path / "archive"
    md5 = archive(packed, folder)
    patch(name, both, monkeypatch, url=packed.as_uri(), tgz_md5=md5)
    root = tmp_path / "deep" / "ours"
    cls = getattr(datasets, name)
    ours = cls(str(root), download=True)
    same(ours, getattr(both[1], name)(str(root), download=True))
    kept = {path.name for path in root.rglob("*")}
    assert kept == {cls.filename, folder.name, *(path.name for path in folder.iterdir())}
    packed.unlink()
    cls(root, download=True)
    (root / cls.base_folder / cls.meta["filename"]).unlink()
    cls(root, download=True)  # the archive is there
    (root / cls.filename).unlink()
    (root / cls.base_folder / cls.meta["filename"]).unlink()
    with pytest.raises(URLError, match="No such file"):
        cls(root, download=True)


def test_an_archive_that_is_not_the_published_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_cifar(tmp_path / "source", "CIFAR10", [datasets], monkeypatch)
    packed, root = tmp_path / "archive", tmp_path / "root"
    patch("CIFAR10", [datasets], monkeypatch, url=packed.as_uri())

    def refusal(**fields: Any) -> str:
        patch("CIFAR10", [datasets], monkeypatch, **fields)
        with pytest.raises(RuntimeError) as caught:
            datasets.CIFAR10(root, download=True)
        return str(caught.value)

    md5 = archive(packed, folder, leave_out="data_batch_4")
    assert refusal(tgz_md5=md5[::-1]).startswith("File not found or corrupted. invalid hash value")
    assert list(root.iterdir()) == []
    assert "it lacks cifar-10-batches-py/data_batch_4" in refusal(tgz_md5=md5)
    assert not (root / folder.name / "data_batch_4").exists()
    whole = packed.read_bytes()
    for content in (whole[: len(whole) // 2], whole[:-100] + bytes(100), b"no archive", b""):
        packed.write_bytes(content)
        said = refusal(tgz_md5=hashlib.md5(content).hexdigest())
        assert "cifar-10-python.tar.gz" in said
    monkeypatch.setattr("minitorch.vision.datasets.utils.MAX_BYTES", 1000)
    packed.write_bytes(whole)
    assert "at most 1,000 are taken" in refusal(tgz_md5=md5)


def test_mnist_is_downloaded_from_the_first_mirror_that_has_it(
    both: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    write_mnist(source, "MNIST", both, monkeypatch)
    (tmp_path / "damaged").mkdir()
    for path in source.iterdir():
        (tmp_path / "damaged" / path.name).write_bytes(path.read_bytes() + b"x")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    monkeypatch.setattr(SimpleHTTPRequestHandler, "log_message", lambda *args: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        site = f"http://127.0.0.1:{server.server_port}"
        mirrors = [f"{site}/{place}/" for place in ("nowhere", "damaged", "source")]
        patch("MNIST", both[:1], monkeypatch, mirrors=mirrors)
        patch("MNIST", both[1:], monkeypatch, mirrors=mirrors[2:])
        ours, theirs = (
            module.MNIST(tmp_path / place, download=True)
            for module, place in zip(both, ("x", "y"), strict=True)
        )
        server.shutdown()
    assert ours.data.tolist() == theirs.data.tolist()
    left = [{p.name for p in Path(x.raw_folder).iterdir()} for x in (ours, theirs)]
    assert left[0] == left[1] and len(left[0]) == 8
    patch("MNIST", [datasets], monkeypatch, mirrors=mirrors[:2])
    first, _ = datasets.MNIST.resources[0]
    with pytest.raises(
        RuntimeError, match=f"Error downloading {first}:\nTried {mirrors[0]}, got:\n"
    ):
        datasets.MNIST(tmp_path / "z", download=True)
    assert [path for path in (tmp_path / "z").rglob("*") if path.is_file()] == []


SOUND = idx(np.zeros((2, 3, 4), np.uint8))
DAMAGED = {
    "empty": b"",
    "a page": b"<html>404</html>",
    "another magic": b"\0\1" + SOUND[2:],
    "no such dtype": b"\0\0\x0a" + SOUND[3:],
    "no sizes": SOUND[:3] + b"\0" + SOUND[4:],
    "many sizes": SOUND[:3] + b"\xff" * 2000,
    "half of the sizes": SOUND[:10],
    "a byte less": SOUND[:-1],
    "a byte more": SOUND + b"x",
    "sizes without bytes": SOUND[:4] + b"\xff" * 12,
    "no bytes are left": SOUND[:4] + b"\x00\x00\x00\x01" * 3,
}


@pytest.mark.parametrize("case", DAMAGED)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_damaged_idx_file_is_refused(case: str, pack: Any, tmp_path: Path) -> None:
    path = tmp_path / ("images.gz" if pack is gzip.compress else "images")
    path.write_bytes(pack(DAMAGED[case]))
    with pytest.raises(RuntimeError, match=f"{path} is truncated, or not in MNIST's format"):
        idx_files.read_image_file(str(tmp_path / "images"))


def test_a_damaged_gz_file_is_refused(tmp_path: Path) -> None:
    content = gzip.compress(SOUND)
    for damaged in (content[:-9], content[:12] + b"\xff" + content[13:], SOUND, b""):
        (tmp_path / "images.gz").write_bytes(damaged)
        with pytest.raises(RuntimeError, match="is truncated, or not in MNIST's format"):
            idx_files.read_image_file(str(tmp_path / "images"))


def test_a_packed_idx_file_may_have_so_many_bytes_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, pack in (("packed.gz", gzip.compress), ("plain", bytes)):
        (tmp_path / name).write_bytes(pack(SOUND))
    monkeypatch.setattr(idx_files, "MAX_BYTES", 24)
    assert idx_files.read_image_file(str(tmp_path / "packed")).shape == (2, 3, 4)
    monkeypatch.setattr(idx_files, "MAX_BYTES", 23)
    assert idx_files.read_image_file(str(tmp_path / "plain")).shape == (2, 3, 4)
    with pytest.raises(RuntimeError, match=r"24 bytes for the sizes \[2, 3, 4\]; at most 23 are"):
        idx_files.read_image_file(str(tmp_path / "packed"))


@pytest.mark.parametrize(("code", "dtype"), idx_files._DTYPES.items())
def test_idx_files_of_every_dtype(
    code: int, dtype: str, torchvision: ModuleType, tmp_path: Path
) -> None:
    both = idx_files, torchvision.datasets.mnist
    array = np.arange(-3, 21).reshape(2, 3, 4).astype(np.int64).astype(dtype)
    (tmp_path / "x").write_bytes(idx(array, code))
    found = [m.read_sn3_pascalvincent_tensor(str(tmp_path / "x")) for m in both]
    assert str(found[0].dtype) == str(found[1].dtype)
    assert found[0].tolist() == found[1].tolist() == array.tolist()
    said = []
    for module in both:
        for read in (module.read_label_file, module.read_image_file):
            if code != 8 or read is module.read_label_file:
                with pytest.raises((TypeError, ValueError)) as caught:
                    read(str(tmp_path / "x"))
                said.append((caught.type, str(caught.value)))
    assert said[: len(said) // 2] == said[len(said) // 2 :]


def test_as_many_labels_as_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tmp_path / "MNIST" / "raw"
    write_mnist(raw, "MNIST", [datasets], monkeypatch)
    labels = raw / "t10k-labels-idx1-ubyte"
    labels.write_bytes(idx(np.zeros(COUNT + 1, np.uint8)))
    with pytest.raises(RuntimeError, match="has 8 labels for 7 images"):
        datasets.MNIST(tmp_path, train=False)


def test_transforms_are_printed_as_torchvision_does(
    both: Any, torchvision: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cifar(tmp_path, "CIFAR10", both, monkeypatch)
    printed = []
    for module, T in zip(both, (transforms, torchvision.transforms), strict=True):
        many = T.Compose([T.RandomCrop(32, padding=4), T.ToTensor()])
        options = [{"transform": many}, {"target_transform": many, "transform": T.ToTensor()}]
        printed.append([repr(module.CIFAR10(tmp_path, **option)) for option in options])
        printed[-1].append(repr(module.FakeData(3, transform=T.ToTensor())))
        printed[-1].append(module.vision.StandardTransform(len, abs)([1], -2))
    assert printed[0] == printed[1]


@pytest.mark.timeout(60)
def test_loaders_with_and_without_workers(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cifar(tmp_path, "CIFAR10", [datasets], monkeypatch)
    write_mnist(tmp_path / "MNIST" / "raw", "MNIST", [datasets], monkeypatch)
    augment = transforms.Compose(
        [transforms.RandomHorizontalFlip(), transforms.Resize((8, 8)), transforms.ToTensor()]
    )
    for dataset in (
        datasets.CIFAR10(tmp_path, transform=augment),
        datasets.MNIST(tmp_path, transform=augment),
        datasets.ImageFolder(pictures, augment),
        datasets.FakeData(9, (3, 9, 9), transform=augment),
    ):
        seen = []
        for workers in (0, 2):
            mt.manual_seed(0)
            loader = DataLoader(dataset, 4, True, num_workers=workers, seed_batches=True)
            seen.append([(x.shape, x.tolist(), y.tolist()) for x, y in loader])
        assert seen[0] == seen[1]
        assert seen[0][0][0][1:] == (1 if isinstance(dataset, datasets.MNIST) else 3, 8, 8)


def test_a_transform_may_write_into_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_cifar(tmp_path, "CIFAR10", [datasets], monkeypatch)
    write_mnist(tmp_path / "MNIST" / "raw", "MNIST", [datasets], monkeypatch)
    for dataset in (datasets.CIFAR10(tmp_path), datasets.MNIST(tmp_path)):
        before = dataset[0][0].copy()
        dataset[0][0][:] = 0
        np.testing.assert_array_equal(dataset[0][0], before)


def test_what_there_is_not(torchvision: ModuleType) -> None:
    with pytest.raises(AttributeError, match="has no such data set"):
        _ = datasets.Kinetics
    for name in datasets.__all__:
        assert hasattr(torchvision.datasets, name)
