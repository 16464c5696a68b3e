"""Loads files that were changed at random, in processes that may die of them.

    python -m tests.serialization.fuzz_load 1000000

A child loads a batch of them, and then uses what came out, with little memory and few seconds. A
file that kills it, stops it, takes too much memory, or raises what `load` does not promise is a
finding: its number is printed, from which `mutate` makes it again; one that kills or stops is also
written to fuzz-<number>.pt.
"""

import io
import json
import mmap
import os
import random
import resource
import signal
import struct
import sys
import zipfile
from collections import Counter, OrderedDict
from collections.abc import Iterator
from pickle import UnpicklingError
from typing import Any

import numpy as np

import minitorch as mt
from minitorch.serialization.pickles.writer import Writer
from minitorch.serialization.pytorch_legacy import MAGIC
from minitorch.storage import TypedStorage, UntypedStorage
from tests.serialization.checkpoints import saved
from tests.serialization.first_format import saved_first

BATCH = 2_000
SECONDS = 10  # for one file; they take less than a millisecond
MEMORY = 64 << 20  # more than the child has at its start; files have a few kilobytes


def seeds() -> list[bytes]:
    """Small checkpoints that hold all there is between them."""
    base = np.arange(24, dtype=np.float32).reshape(4, 6)
    views = [base[1], base[:, 2:4], base.T, base[::2], base[:0]]
    state = OrderedDict(w=mt.randn(2, 3), b=mt.zeros(3, requires_grad=True))
    state._metadata = {"": {"version": 1}}  # type: ignore[attr-defined]
    objects: list[Any] = [
        {"model": state, "epoch": 3, "lr": 0.1, "inf": float("inf"), "none": None},
        [mt.from_numpy(view) for view in views],
        [mt.ones(1).expand(1000, 1000), mt.ones(3, dtype=mt.bool), mt.ones(2, dtype=mt.float16)],
        {(1, None): mt.Size([2, 3]), 2.5: mt.int64, "b": b"\xff\0", "c": Counter([3, 3, 5])},
        [np.array(["a", "bc"]), np.array(3 + 4j), np.array([1], "M8[s]"), np.array([1, 2], ">i4")],
        [np.array([(1, 2.0)], [("a", "<i4"), ("b", "<f8")]), np.float32(0.1), np.bool_(True)],
        [[[[[(((1,),),)]]]]],
    ]
    net = mt.nn.Sequential(mt.nn.Linear(2, 2), mt.nn.BatchNorm1d(2))
    more = [
        [net, {1, "a"}, 1j, mt.nn.Parameter(mt.ones(2)), mt.ones(2).storage(), mt.device("cpu")]
    ]
    return [
        *map(saved_first, objects),
        *map(saved, objects + more),
        *map(saved_legacy, objects[:1] + more),
        saved_npz(w=base, t=base.T, n=np.array(["a"])),
    ]


def saved_legacy(obj: Any) -> bytes:
    """PyTorch's old format: the pickle is the same, but that ids of storages have one part more."""
    writer = Writer()
    pickled = writer.write(obj).replace(b"tQ", b"NtQ")
    storages = writer.storages.contents
    parts = [Writer().write(x) for x in (MAGIC, 1001, {"little_endian": True})]
    parts += [pickled, Writer().write(list(storages))]
    for array in storages.values():
        parts += [struct.pack("<q", array.size), array.tobytes()]
    return b"".join(parts)


def saved_npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


# --- what is changed

NUMBERS = [0, 1, 2, 7, 8, 64, 127, 255, 2**15, 2**16, 2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1]
VALUES: list[Any] = [
    *NUMBERS, -1, -4, -(2**63), 2**62, 2**61 - 1, 10**18, 10**40, 0.5, 1e400, None, True, [],
    {}, "", "x", [-1], [0], [0, 0, 0], [2**62], [5], [2**32, 2**32], {"tensor": 0}, {"array": 1},
    {"tuple": []}, {"dict": [[0, 1], [0, 2]]}, {"size": [1]}, {"scalar": ["float32", 1]},
    "|V0", "|V4", "|O", "<f4", "<f8", "|i1", ">i8", "<U2", "|S1", "<U0", "M8[0s]", "float64", "nan",
    [["a", "<f4"]], [],
]  # fmt: skip
PIECES = [
    b"|V0", b"<f4", b"<f8", b"|O", b">i8", b"<U9", b"(-1,)", b"(0,)", b"()", b"(4294967296,)",
    b"True", b"False", b"(2, 2)", b"M8[s]", b"[('a', '<f4')]", b"PK\x01\x02", b"PK\x05\x06",
    # of pickles
    b"R", b"b", b"\x81", b"Q", b"h\0", b"q\0", b")R", b"}b", b"tR", b"(", b"t", b"e", b"u", b"0",
    b"h\1h\1\x86R", b"J\xff\xff\xff\xff", b"X\xff\xff\xff\x7f", b"\x8b\xff\xff\xff\x7f", b"\x8e",
    b"ctorch\nSize\n", b"c_codecs\nencode\n", b"cnumpy\ndtype\n", b"ccollections\nOrderedDict\n",
    b"ctorch\nDoubleStorage\n", b"ctorch.storage\nUntypedStorage\n", b"cbuiltins\nset\n",
    b"ctorch._utils\n_rebuild_tensor_v3\n", b"ctorch._utils\n_rebuild_parameter\n",
    b"cnumpy._core.multiarray\n_reconstruct\n", b"cnumpy._core.multiarray\nscalar\n",
]  # fmt: skip


def mutate(draw: random.Random, files: list[bytes]) -> bytes:
    """One of the files, changed in one to four places."""
    content = draw.choice(files)
    if draw.random() < 0.3 or not content.startswith(b"PK"):
        return _change_bytes(draw, content, files)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(draw.choice([1, 1, 1, 2, 4])):
        main = next((n for n in ("minitorch.json", "archive/data.pkl") if n in entries), "")
        name = draw.choice([main or draw.choice(list(entries)), draw.choice(list(entries))])
        if name == "minitorch.json" and draw.random() < 0.8:
            entries[name] = _change_json(draw, entries[name])
        else:
            entries[name] = _change_bytes(draw, entries[name], files)
    return _zipped(draw, entries)


def _zipped(draw: random.Random, entries: dict[str, bytes]) -> bytes:
    """With the right checksums, which otherwise would stop nearly everything; at times moved."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data)
        if draw.random() < 0.2:
            info = draw.choice(archive.filelist)
            field = draw.choice(["header_offset", "file_size", "compress_size", "flag_bits"])
            setattr(info, field, draw.choice([draw.choice(NUMBERS[:-5]), draw.randrange(2000)]))
    return file.getvalue()


def _change_json(draw: random.Random, text: bytes) -> bytes:
    """Put another value in the place of one."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return text
    places = list(_places(tree))
    if not places:
        return text
    holder, key = draw.choice(places)
    other, other_key = draw.choice(places)
    holder[key] = draw.choice([draw.choice(VALUES), other[other_key]])
    try:
        return json.dumps(tree).encode()
    except (ValueError, RecursionError):  # it now holds itself
        return text


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, dict | list):
            for key in node if isinstance(node, dict) else range(len(node)):
                yield node, key
                todo.append(node[key])


def _change_bytes(draw: random.Random, content: bytes, files: list[bytes]) -> bytes:
    data = bytearray(content)
    for _ in range(draw.choice([1, 1, 1, 2, 4])):
        at, length = draw.randrange(len(data) + 1), draw.choice([1, 2, 4, 8, 100])
        end = at + length
        match draw.randrange(7):
            case 0 if at < len(data):
                data[at] ^= 1 << draw.randrange(8)
            case 1:
                data[at:end] = draw.randbytes(length)
            case 2:
                data[at:end] = struct.pack("<Q", draw.choice(NUMBERS))[:length]
            case 3:
                del data[at:end]
            case 4:
                data[at:at] = data[at - length : at] * draw.choice([1, 3, 100])
            case 5:
                other = draw.choice(files)
                data[at:end] = other[draw.randrange(len(other)) :][:length]
            case 6:
                piece = draw.choice(PIECES)
                data[at : at + len(piece)] = piece
    return bytes(data)


# --- what is done with it


def use(obj: Any) -> None:
    """Read all that was loaded: a view that leaves its memory shows here."""
    todo, seen = [obj], {}
    while todo:
        node = todo.pop()
        if id(node) in seen:  # what is there many times, or in itself
            continue
        seen[id(node)] = node
        if isinstance(node, dict):
            todo.extend([*node, *node.values()])
        elif isinstance(node, list | tuple | set | frozenset):
            todo.extend(node)
        elif isinstance(node, mt.nn.Module):
            todo.append(vars(node))
        elif isinstance(node, TypedStorage | UntypedStorage):
            node.tolist()
        elif isinstance(node, mt.Tensor | np.ndarray):
            array = node.detach().numpy() if isinstance(node, mt.Tensor) else node
            if array.size <= 1 << 16:
                array.tobytes()
            elif array.size:
                for index in (0, -1):
                    array[(index,) * array.ndim].tobytes()


def load_one(number: int, files: list[bytes]) -> str:
    """What became of the mutation of this number, in a word."""
    content = mutate(random.Random(number), files)
    try:
        use(mt.load(io.BytesIO(content)))
    except (RuntimeError, UnpicklingError):
        return "refused"
    except MemoryError:
        return "too much memory"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "loaded"


def run_batch(first: int, last: int, shared: mmap.mmap) -> Counter[str]:
    """In a child: results, and how many; `shared` holds the number of the file under way."""
    files = seeds()
    with open("/proc/self/statm") as statm:
        limit = int(statm.read().split()[0]) * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    results: Counter[str] = Counter()
    for number in range(first, last):
        shared[:8] = struct.pack("<Q", number)
        signal.setitimer(signal.ITIMER_REAL, SECONDS)  # its signal kills
        result = load_one(number, files)
        if result not in ("refused", "loaded"):
            result = f"file {number}: {result}"
        results[result] += 1
    return results


def in_child(first: int, last: int, shared: mmap.mmap) -> tuple[int, dict[str, int], int]:
    """How a child ended, what it says, and by how many bytes its memory grew."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        results = run_batch(first, last, shared)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        os.write(writing, json.dumps([results, grown * 1024]).encode()[:60_000])
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    results, grown = json.loads(said) if said else ({}, 0)
    return status, results, grown


def run(count: int, start: int = 0) -> int:
    """Load `count` files and say what became of them; returns the number of findings."""
    shared = mmap.mmap(-1, 8)
    results: Counter[str] = Counter()
    largest, number, end = 0, start, start + count
    while number < end:
        last = min(number + BATCH, end)
        status, said, grown = in_child(number, last, shared)
        results.update(said)
        largest = max(largest, grown)
        if status:  # go on behind the file that did it; the ones before it are not counted again
            (number,) = struct.unpack("<Q", shared[:8])
            results["hangs" if status == signal.SIGALRM else "deaths"] += 1
            print(f"file {number}: ended by {status}", flush=True)
            with open(f"fuzz-{number}.pt", "wb") as file:
                file.write(mutate(random.Random(number), seeds()))
            last = number + 1
        number = last
    deaths, hangs = results.pop("deaths", 0), results.pop("hangs", 0)
    loaded, refused = results.pop("loaded", 0), results.pop("refused", 0)
    for finding in results:
        print(finding)
    print(
        f"{count:,} files: {deaths} deaths, {hangs} hangs, {len(results)} other findings; "
        f"{loaded:,} loaded, {refused:,} refused; memory grew by {largest / 1e6:.1f} MB at most"
    )
    return deaths + hangs + len(results)


if __name__ == "__main__":
    sys.exit(min(1, run(*map(int, sys.argv[1:]))))
