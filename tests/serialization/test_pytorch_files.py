"""PyTorch's files are read, ours are read by PyTorch, and neither can do anything else."""

import collections
import contextlib
import enum
import io
import os
import pickle
import tracemalloc
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest

import minitorch as mt
from minitorch import nn
from minitorch.core import dtypes
from minitorch.serialization.pytorch_legacy import MAGIC
from tests.serialization.checkpoints import assert_equal, saved, there_and_back


def from_pytorch(torch: ModuleType, obj: Any, legacy: bool = False, **options: Any) -> Any:
    file = io.BytesIO()
    torch.save(obj, file, _use_new_zipfile_serialization=not legacy, **options)
    file.seek(0)
    return mt.load(file)


def in_pytorch(torch: ModuleType, obj: Any) -> Any:
    return torch.load(io.BytesIO(saved(obj)), weights_only=True)


both_formats = pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])


@both_formats
@pytest.mark.parametrize("dtype", dtypes.ALL, ids=repr)
def test_every_dtype_both_ways(dtype: Any, legacy: bool, torch: ModuleType) -> None:
    if legacy and dtype in (mt.uint16, mt.uint32, mt.uint64):
        pytest.skip("PyTorch has no storages of it in the old format")
    theirs = torch.tensor([[0, 1], [1, 0]], dtype=getattr(torch, dtype.name))
    ours = mt.tensor([[0, 1], [1, 0]], dtype=dtype)
    assert_equal(from_pytorch(torch, [theirs, theirs[:0]], legacy), [ours, ours[:0]])
    back = in_pytorch(torch, [ours, ours[:0]])
    assert back[0].dtype == theirs.dtype and torch.equal(back[0], theirs)
    assert back[1].shape == (0, 2)


@both_formats
def test_an_empty_view_may_begin_behind_the_end(legacy: bool, torch: ModuleType) -> None:
    views = [torch.zeros(3, 0, 4)[1:], torch.ones(2)[2:]]
    assert [x.shape for x in from_pytorch(torch, views, legacy)] == [(2, 0, 4), (0,)]


@both_formats
def test_views_share_their_storage_both_ways(legacy: bool, torch: ModuleType) -> None:
    base = torch.arange(24.0).reshape(4, 6)
    views = [base.T, base[1], base[:, 2:4], base[::2], base[3, 5], base[0].expand(3, 6)]
    back = from_pytorch(torch, views, legacy)
    for mine, theirs in zip(back, views, strict=True):
        assert mine.stride() == theirs.stride() and mine.tolist() == theirs.tolist()
        assert mine.storage_offset() == theirs.storage_offset()
    back[1].fill_(-1)
    assert back[0][:, 1].tolist() == [-1] * 6
    again = in_pytorch(torch, back)
    for mine, theirs in zip(again, back, strict=True):
        assert mine.stride() == theirs.stride() and mine.tolist() == theirs.tolist()
    again[1].fill_(-2)
    assert again[0][:, 1].tolist() == [-2] * 6


def test_one_memory_as_two_dtypes_in_pytorch(torch: ModuleType) -> None:
    numbers = mt.tensor([1.0, 2.0])
    back = in_pytorch(torch, [numbers, numbers.view(mt.int32)[1:]])
    assert back[0].dtype == torch.float32 and back[1].dtype == torch.int32
    back[0].fill_(0.0)
    assert back[1].tolist() == [0]


@both_formats
def test_what_training_leaves_behind(legacy: bool, torch: ModuleType) -> None:
    """Networks, optimizers and schedules go on in the other framework as if nothing had been."""

    def parts(t: Any) -> tuple[Any, Any, Any]:
        t.manual_seed(0)
        net = t.nn.Sequential(
            t.nn.Conv2d(1, 2, 3), t.nn.BatchNorm2d(2), t.nn.Flatten(), t.nn.Linear(32, 3)
        )
        optimizer = t.optim.AdamW(net.parameters(), lr=0.1, amsgrad=True)
        return net, optimizer, t.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)

    def steps(t: Any, net: Any, optimizer: Any, schedule: Any) -> list[float]:
        x = t.linspace(-1, 1, 144).reshape(4, 1, 6, 6)
        losses = []
        for _ in range(3):
            optimizer.zero_grad()
            loss = net(x).square().mean()
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        return losses

    def states(*objects: Any) -> list[Any]:
        return [x.state_dict() for x in objects]

    def restored(t: Any, content: list[Any]) -> tuple[Any, Any, Any]:
        made = parts(t)
        for x, state in zip(made, content, strict=True):
            x.load_state_dict(state)
        return made

    theirs = parts(torch)
    steps(torch, *theirs)
    ours = restored(mt, from_pytorch(torch, states(*theirs), legacy))
    expected = steps(torch, *theirs)
    assert steps(mt, *ours) == pytest.approx(expected, rel=1e-5)
    once_more = restored(torch, in_pytorch(torch, states(*ours)))
    assert steps(torch, *once_more) == pytest.approx(steps(mt, *ours), rel=1e-5)
    assert states(ours[0])[0]._metadata == states(theirs[0])[0]._metadata


OBJECTS: dict[str, Any] = {
    "numbers": lambda t: [0, -1, 255, 256, 2**31, -(2**63), 10**40, 0.1, float("inf"), True, None],
    "text": lambda t: ["", "é\n", "a" * 300, b"a\xff", b"", bytearray(b"xy")],
    "containers": lambda t: {"a": [(1,), (1, 2, 3, 4)], 1: {}, (1, "b"): set(), 2.5: [[]]},
    "ordered": lambda t: collections.OrderedDict(b=1, a=collections.Counter("aab")),
    "dtypes": lambda t: [t.float32, t.int64, t.bool, t.uint16, t.device("cpu"), t.Size([2, 3])],
    "complex": lambda t: 1 - 2j,
    "shared": lambda t: (lambda x: [x, x, {"x": x}])([1]),
}


@both_formats
@pytest.mark.parametrize("case", OBJECTS)
def test_plain_objects_both_ways(case: str, legacy: bool, torch: ModuleType) -> None:
    make = OBJECTS[case]
    assert_equal(from_pytorch(torch, make(torch), legacy), make(mt))
    back = in_pytorch(torch, make(mt))
    assert repr(back) == repr(make(torch))


@both_formats
def test_parameters_buffers_and_attributes_both_ways(legacy: bool, torch: ModuleType) -> None:
    def things(t: Any) -> list[Any]:
        tagged = t.ones(2)
        tagged.tag = "x"
        frozen = t.nn.Parameter(t.ones(1), requires_grad=False)
        frozen.note = [1]
        return [t.nn.Parameter(t.zeros(2)), frozen, t.ones(1, requires_grad=True), tagged]

    for back in (from_pytorch(torch, things(torch), legacy), in_pytorch(torch, things(mt))):
        assert [type(x).__name__ for x in back] == ["Parameter", "Parameter", "Tensor", "Tensor"]
        assert [x.requires_grad for x in back] == [True, False, True, False]
        assert back[1].note == [1] and back[3].tag == "x"
    buffer = there_and_back(nn.Buffer(mt.ones(2), persistent=False))
    assert type(buffer) is nn.Buffer and not buffer.persistent
    assert isinstance(in_pytorch(torch, nn.Buffer(mt.ones(2))), torch.nn.Buffer)


def test_storages_both_ways(torch: ModuleType) -> None:
    back = from_pytorch(torch, [torch.arange(3.0).untyped_storage(), torch.arange(3)])
    assert isinstance(back[0], mt.UntypedStorage) and back[0].nbytes() == 12
    tensor = mt.arange(3.0)
    same, storage = there_and_back([tensor, tensor.untyped_storage()])
    assert isinstance(storage, mt.UntypedStorage)
    assert storage.data_ptr() == same.data_ptr()


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_every_protocol(protocol: int, torch: ModuleType) -> None:
    obj = {"w": torch.ones(2), "b": b"abc" * 100, "s": {1, "a"}, "n": 2**70, "t": "é" * 300}
    back = from_pytorch(torch, obj, pickle_protocol=protocol)
    assert back["w"].tolist() == [1, 1]
    assert {k: v for k, v in back.items() if k != "w"} == {k: v for k, v in obj.items() if k != "w"}


def test_arrays_of_numpy_both_ways(torch: ModuleType) -> None:
    obj = {"a": np.arange(3), "f": np.asfortranarray(np.ones((2, 3))), "best": np.float64(0.5)}
    assert_equal(from_pytorch(torch, obj), obj)
    back = torch.load(io.BytesIO(saved(obj)), weights_only=False)
    assert back["best"] == 0.5 and back["f"].flags.f_contiguous


def test_the_other_byte_order(torch: ModuleType, tmp_path: Path) -> None:
    content = io.BytesIO()
    torch.save({"w": torch.tensor([1, 2], dtype=torch.int32)}, content)
    path = tmp_path / "big.pt"
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            data = b"big" if name.endswith("byteorder") else data
            data = np.frombuffer(data, "<i4").astype(">i4").tobytes() if "data/0" in name else data
            new.writestr(name, data)
    assert mt.load(path)["w"].tolist() == [1, 2]


# --- mapped files


def test_a_mapped_file_is_not_copied_and_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    mt.save({"w": mt.arange(4.0), "b": mt.ones(3, dtype=mt.float64)}, path)
    content = path.read_bytes()
    state = mt.load(path, mmap=True)
    assert state["w"].tolist() == [0, 1, 2, 3]
    assert not state["w"].numpy().flags.owndata and state["w"].numpy().flags.aligned
    state["w"].add_(1)
    assert state["w"].tolist() == [1, 2, 3, 4]
    assert path.read_bytes() == content
    assert state["w"].storage_offset() == 0
    state["w"].untyped_storage().fill_(0)  # of this tensor alone
    assert state["b"].tolist() == [1, 1, 1]


def test_storages_are_aligned_for_mapping() -> None:
    content = saved([mt.ones(n + 1) for n in range(5)])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            start = content.index(b"PK\3\4", info.header_offset)
            lengths = np.frombuffer(content[start + 26 : start + 30], "<u2")
            assert (start + 30 + int(lengths.sum())) % 64 == 0


@both_formats
def test_only_the_zip_format_is_mapped(legacy: bool, torch: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    torch.save([torch.ones(2)], path, _use_new_zipfile_serialization=not legacy)
    if legacy:
        with pytest.raises(RuntimeError, match="mmap can only be used with files saved with"):
            mt.load(path, mmap=True)
    else:
        assert mt.load(path, mmap=True)[0].tolist() == [1, 1]


def test_files_without_checksums(torch: ModuleType) -> None:
    before = torch.serialization.get_crc32_options()
    torch.serialization.set_crc32_options(False)
    try:
        assert from_pytorch(torch, [torch.ones(2)])[0].tolist() == [1, 1]
    finally:
        torch.serialization.set_crc32_options(before)


# --- classes of one's own


class Net(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.fc = nn.Linear(2, width)
        self.act = nn.ReLU()

    def forward(self, x: Any) -> Any:
        return self.act(self.fc(x))


class Settings:
    def __init__(self, rate: float) -> None:
        self.rate = rate


def test_a_whole_model_asks_for_its_class(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    net = Net(3)
    net.fc.register_buffer("scale", mt.ones(1))
    net.freeze("fc")
    mt.save(net, path)
    with pytest.raises(pickle.UnpicklingError, match=r"net.pt: .*Net was not.*classes=\[Net\]"):
        mt.load(path)
    back = mt.load(path, classes=[Net])
    assert type(back) is Net and back.width == 3 and repr(back) == repr(net)
    x = mt.ones(1, 2)
    assert back(x).tolist() == net(x).tolist()
    back.train()
    assert not back.fc.training
    with mt.serialization.safe_globals([Net]):
        assert type(mt.load(path)) is Net
    assert list(mt.load(path, classes=[(Net, f"{__name__}.Net")]).state_dict()) == [
        "fc.weight", "fc.bias", "fc.scale",
    ]  # fmt: skip


def test_a_model_saved_in_a_script_is_found_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Net, "__module__", "__main__")
    content = saved(Net(2))
    assert type(mt.load(io.BytesIO(content), classes=[Net])) is Net
    monkeypatch.undo()
    assert type(mt.load(io.BytesIO(content), classes=[Net])) is Net


def test_layers_of_pytorch_come_as_ours(torch: ModuleType) -> None:
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3), torch.nn.Tanh())
    back = from_pytorch(torch, net)
    assert type(back) is nn.Sequential and repr(back) == repr(net)
    x = [[1.0, 2.0], [-1.0, 0.5], [0.0, 3.0]]
    np.testing.assert_allclose(
        back(mt.tensor(x)).detach().numpy(), net(torch.tensor(x)).detach().numpy(), atol=1e-6
    )
    attention = from_pytorch(torch, torch.nn.MultiheadAttention(4, 2))
    assert type(attention.out_proj) is nn.Linear


def test_objects_of_admitted_classes_can_be_saved() -> None:
    with pytest.raises(TypeError, match=r"obj, a .*Settings: .*add_safe_globals\(\[Class\]\)"):
        saved(Settings(0.1))
    with mt.serialization.safe_globals([Settings]):
        content = saved([Settings(0.1)])
        assert mt.load(io.BytesIO(content))[0].rate == 0.1
    with pytest.raises(pickle.UnpicklingError, match="Settings was not an allowed global"):
        mt.load(io.BytesIO(content))
    assert mt.load(io.BytesIO(content), classes=[Settings])[0].rate == 0.1


class Point(NamedTuple):
    x: int
    y: list[int]


class Phase(enum.Enum):
    TRAIN = "train"


class Name(str):
    pass


class Names(set[str]):
    pass


class Fresh(nn.Module):
    """Has a state of its own making, which is nothing."""

    def __getstate__(self) -> dict[str, Any]:
        return {}

    def __setstate__(self, fields: dict[str, Any]) -> None:
        nn.Module.__init__(self)


def test_objects_of_admitted_classes_are_made_as_their_classes_say() -> None:
    objects = [Point(1, [2]), Phase.TRAIN, Phase.TRAIN, Name("a"), Names("b")]
    with mt.serialization.safe_globals([Point, Phase, Name, Names, Fresh]):
        back = mt.load(io.BytesIO(saved(objects)))
        assert isinstance(mt.load(io.BytesIO(saved(Fresh()))), Fresh)
    assert back == objects and [type(x) for x in back] == [type(x) for x in objects]


class Table(dict[str, int]):
    pass


class Stack(list[int]):
    pass


@pytest.mark.parametrize("obj", [Table(a=1), Stack([1])], ids=["Table", "Stack"])
def test_containers_of_admitted_classes_are_not_saved_without_their_content(obj: Any) -> None:
    with (
        mt.serialization.safe_globals([type(obj)]),
        pytest.raises(TypeError, match=r"obj, a \w+: convert it with (dict|list)\(\) first"),
    ):
        saved(obj)


# --- what files try


def zipped(data: bytes, **entries: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        for name, content in entries.items():
            archive.writestr(f"archive/data/{name.lstrip('_')}", content)
    file.seek(0)
    return file


def of_names(*paths: str) -> list[bytes]:
    """Pickles that name something, call it, make an object of it, and build one."""
    texts = [path.rpartition(".") for path in paths]
    named = [f"c{module}\n{name}\n".encode() for module, _, name in texts]
    return [b"\x80\x02" + name + rest for name in named for rest in (b".", b")R.", b")\x81.")]


NAMES = [
    "os.system", "posix.system", "nt.system", "builtins.eval", "__builtin__.eval",
    "builtins.getattr", "builtins.__import__", "sys.exit", "subprocess.Popen", "pickle.loads",
    "torch.load", "torch.hub.load", "minitorch.load", "minitorch.serialization.load",
    "numpy.load", "numpy.core.multiarray.fromfile", "numpy._core.records.fromfile",
    "operator.attrgetter", "functools.partial", "collections.OrderedDict.__class__",
    "torch.nn.modules.module.Module.apply", "torch.nn.modules.os",
    "torch.nn.modules.module.__builtins__", "torch.nn.modules.x.init",
    "torch._utils.import_module", "torch.storage._load_from_bytes", "copyreg._reconstructor",
    "builtins.open", "builtins.type", "builtins.object", "torch.float33",
    "torch.PyObjectStorage",
]  # fmt: skip


@pytest.mark.parametrize("path", NAMES)
def test_what_is_not_on_the_list_is_not_named(path: str) -> None:
    for content in of_names(path):
        with pytest.raises(pickle.UnpicklingError, match="Weights only load failed"):
            mt.load(zipped(content))


def test_no_name_on_the_list_reaches_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names call their makers alone, with whatever arguments."""
    from minitorch.serialization.pickles.names import _LIST

    monkeypatch.chdir(tmp_path)
    arguments = [b")", b"X\4\0\0\0ab()\x85", b"K\1K\2\x86", b"]}N\x87", b"(K\1K\2K\3K\4K\5t"]
    for path in _LIST:
        for name in of_names(path)[:1]:
            for args in arguments:
                for code in (b"R", b"\x81", b"R}b", b"R(K\1K\2K\3K\4K\5tb"):
                    try:
                        mt.load(zipped(name[:-1] + args + code + b"."))
                    except (pickle.UnpicklingError, RuntimeError):
                        continue
    assert not list(tmp_path.iterdir())


_DOUBLED = b")" + b"\x94h%c\x86" * 99 % tuple(range(99))  # a tuple of it twice, and so on
WRONG = {
    "a list called": b"])R.",
    "a tensor on no storage": b"ctorch._utils\n_rebuild_tensor_v2\n(K\0K\0)))tR.",
    "a key that is a list": b"}]K\1s.",
    "a key that is too deep": b"}(" + b"K\1\x85" + b"\x85" * 200 + b"K\1u.",
    "an extension": b"\x82\1.",
    "a persistent name": b"Pabc\n.",
    "text without an end": b"X\xff\xff\xff\x7fabc",
    "bytes without an end": b"\x8e" + b"\xff" * 7 + b"\x7f.",
    "nothing at the top": b".",
    "a mark without a start": b"t.",
    "no such memo": b"h\7.",
    "items that are none": b"K\1(K\1u.",
    "a name without an end": b"c" + b"a" * 5000,
    "bytes out of rot13": b"c_codecs\nencode\nX\1\0\0\0aX\5\0\0\0rot13\x86R.",
    "an array of objects": (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\0\x85X\1\0\0\0btR"
        b"(K\1K\1\x85cnumpy\ndtype\nX\2\0\0\0O8\x85R\x89]tb."
    ),
    "state for a list": b"]}b.",
    "state that is no dict": b"ccollections\nOrderedDict\n)R](K\1K\2\x86eb.",
    "state for a dtype": b"ctorch\nfloat32\nN}X\4\0\0\0nameX\1\0\0\0as\x86b.",
    "state for a layout": (
        b"ctorch.serialization\n_get_layout\nX\x0d\0\0\0torch.strided\x85R"
        b"N}X\4\0\0\0nameX\1\0\0\0as\x86b."
    ),
    "a name alone": b"ctorch\nTensor\n.",
    "a name in a list": b"]ctorch.nn.modules.linear\nLinear\na.",
    "a name in tuples in a dict": b"}K\1ctorch\nTensor\n\x85\x85s.",
    "a parameter of what has its method": (
        b"ctorch._utils\n_rebuild_parameter\nccollections\nOrderedDict\n)R}"
        b"X\6\0\0\0detachctorch.nn.modules.linear\nIdentity\n)\x81sb\x89N\x87R."
    ),
    "an array of a shape without end": (
        b"cnumpy._core.numeric\n_frombuffer\n(C\1acnumpy\ndtype\nX\2\0\0\0u1\x85R"
        b"cbuiltins\nrange\nK\0\x8a\6\0\0\0\0\0\1\x86RX\1\0\0\0CtR."
    ),
    "no list, twice as long at each level": _DOUBLED + b"Na.",
    "no function, twice as long at each level": _DOUBLED + b")R.",
    "no storage, twice as long at each level": b"(" + _DOUBLED + b"NNNNtQ.",
    "a memo of many gigabytes": b"Nr\xff\xff\xff\xff0j\0\0\0\0.",
}


@pytest.mark.parametrize("case", WRONG)
def test_pickles_that_make_no_sense_are_refused(case: str) -> None:
    with pytest.raises((pickle.UnpicklingError, RuntimeError), match="BytesIO: "):
        mt.load(zipped(b"\x80\x02" + WRONG[case]))


@pytest.mark.parametrize(
    ("obj", "keys"),
    [
        (b"(X\7\0\0\0storagectorch\nFloatStorage\n" + _DOUBLED + b"X\3\0\0\0cpuK\0NtQ", b"]"),
        (b"N", b"]" + _DOUBLED + b"a"),
    ],
    ids=["of a storage", "in the list"],
)
def test_keys_of_storages_in_the_old_format_are_text(obj: bytes, keys: bytes) -> None:
    """To hash a tuple that is twice as long at each level would take years."""
    magic = b"\x8a\x0a" + MAGIC.to_bytes(10, "little")
    parts = (magic, b"M\xe9\3", b"}", obj, keys)
    content = b"".join(b"\x80\2" + part + b"." for part in parts)
    with pytest.raises(pickle.UnpicklingError, match=r"the key of a storage|the storages are not"):
        mt.load(io.BytesIO(content))


def test_what_is_copied_again_and_again_is_refused() -> None:
    """A few bytes that each make a megabyte of one that is there."""
    text = b"X" + (10**6).to_bytes(4, "little") + b"a" * 10**6
    again = b"c_codecs\nencode\nh\0X\6\0\0\0latin1\x86R"
    for copies in (b"(" + again * 100 + b"l.", b"(" + b"cbuiltins\nset\n(h\0h\0l\x85R" * 9 + b"l."):
        content = b"\x80\x02" + text + b"q\x000" + copies
        if b"set" in copies:
            mt.load(zipped(content))
        else:
            with pytest.raises(pickle.UnpicklingError, match="copied again and again"):
                mt.load(zipped(content))


def test_keys_that_collide_are_refused_in_linear_time() -> None:
    """Tuples of numbers can be chosen to have one hash; compared they would take minutes."""
    for count, form in ((1000, b"%sK\0"), (100_000, b"%sK\0"), (100_000, b"%s\x85K\0")):
        numbers = (((2**61 - 1) * i).to_bytes(16, "little") for i in range(count))
        keys = b"".join(form % (b"\x8a\x10" + number) for number in numbers)
        file = zipped(b"\x80\x02}(" + keys + b"u.")
        if count == 1000:
            assert len(mt.load(file)) == count
        else:
            with pytest.raises(pickle.UnpicklingError, match="than 1000 keys have the same hash"):
                mt.load(file)


GREEDY = {
    "lists": b"(" + b"]" * 50_000 + b"t.",
    "sets": b"(" + b"\x8f" * 50_000 + b"t.",
    "dicts of one": b"(" + b"}\x88Ns" * 10_000 + b"t.",
    "what is kept": b"N" + b"\x94" * 50_000 + b".",
    "copies of a dict": (
        b"ccollections\nOrderedDict\n\x94)R("
        + b"".join(b"\x8c\2%dN" % n for n in range(10, 99))
        + b"u\x85\x940(" + b"h\0h\1R" * 5_000 + b"t."
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", GREEDY)
def test_structure_takes_no_more_memory_than_load_says(case: str) -> None:
    file = zipped(b"\x80\x02" + GREEDY[case])
    tracemalloc.start()
    with contextlib.suppress(pickle.UnpicklingError):
        mt.load(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 250 * file.getbuffer().nbytes


def test_dtypes_of_numpy_are_completed_in_linear_time() -> None:
    """Going through all that is kept, for each, would take minutes."""
    text, tuple_of_state = b"X\2\0\0\0f8", b"(K\3X\1\0\0\0<NNNKaKaK\0t"
    dtype = b"cnumpy\ndtype\n" + text + b"\x85R\x94" + tuple_of_state + b"\x940"
    kept, built = b"N" + b"\x94" * 200_000, b"h\0h\1b0" * 100_000
    assert mt.load(zipped(b"\x80\x02" + dtype + kept + built + b".")) is None


@pytest.mark.parametrize(
    "args",
    [
        "K\0K\5\x85K\1\x85", "K\4K\1\x85K\1\x85", "K\0K\2\x85K\4\x85", "K\0K\2\x85)", "K\0)K\1\x85",
        "J\xff\xff\xff\xffK\1\x85K\1\x85", "K\0K\2\x85J\xff\xff\xff\xff\x85", "K\0N\x85K\1\x85",
        "K\0cbuiltins\nrange\nK\0\x8a\x06\0\0\0\0\0\1\x86RK\1\x85",  # would be a list of 2**40
        "K\0\x8a\x08\0\0\0\0\0\0\0\x40\x85K\0\x85", "G\0\0\0\0\0\0\0\0K\1\x85K\1\x85",
    ],
)  # fmt: skip
def test_a_tensor_stays_in_its_storage(args: str) -> None:
    storage = b"(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\x000X\3\0\0\0cpuK\4tQ"
    start, end = b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n(" + storage, b"\x89}tR."
    good = start + b"K\1K\3\x85K\1\x85" + end
    assert mt.load(zipped(good, _0=np.arange(4, dtype="f4").tobytes())).tolist() == [1, 2, 3]
    bad = start + args.encode("latin-1") + end
    with pytest.raises((pickle.UnpicklingError, RuntimeError), match="BytesIO: "):
        mt.load(zipped(bad, _0=bytes(16)))


def test_a_storage_ends_with_its_entry() -> None:
    storage = b"\x80\x02(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\x000X\3\0\0\0cpuK\5tQ."
    with pytest.raises(pickle.UnpicklingError, match="a storage of 5 elements in 16 bytes"):
        mt.load(zipped(storage, _0=bytes(16)))


def test_entries_lie_one_after_the_other() -> None:
    file = io.BytesIO(saved([mt.zeros(1000)]))
    with zipfile.ZipFile(file, "a") as archive:
        archive.getinfo("archive/data/0").header_offset -= 64
        archive.comment = b"changed"  # so that the directory is written anew
    file.seek(0)
    with pytest.raises(RuntimeError, match="corrupt"):
        mt.load(file)


@pytest.mark.skipif(os.name == "nt", reason="compares bytes of the disk")
def test_equal_content_gives_equal_files(tmp_path: Path) -> None:
    for name in "ab":
        mt.save({"w": mt.ones(3), "s": ["x", "x"]}, tmp_path / f"{name}.pt")
    assert (tmp_path / "a.pt").read_bytes() == (tmp_path / "b.pt").read_bytes()
