"""Loading with worker processes: PyTorch's batches, and nothing left behind."""

import os
import pickle
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import chain
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.utils.data import (
    DataLoader,
    Dataset,
    IterableDataset,
    TensorDataset,
    dataloader,
    get_worker_info,
    transport,
)

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.skipif(os.name != "posix", reason="the tests fork"),
]
FORK: dict[str, Any] = {"num_workers": 2, "multiprocessing_context": "fork"}


@pytest.fixture(autouse=True)
def many_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """More workers than cores would warn."""
    monkeypatch.setattr(dataloader, "usable_cores", lambda: 8)


class Draws(Dataset[Any]):
    """Index and one number of each generator."""

    def __len__(self) -> int:
        return 11

    def __getitem__(self, index: int) -> Any:
        return index, mt.rand(1).item(), float(np.random.rand()), random.random()


class Broken(Dataset[Any]):
    """Sample 3 is what a function returns, or raises."""

    def __init__(self, make: Any) -> None:
        self.make = make

    def __len__(self) -> int:
        return 6

    def __getitem__(self, index: int) -> Any:
        return self.make() if index == 3 else index


def plain(batch: Any) -> Any:
    if isinstance(batch, list | tuple):
        return [plain(b) for b in batch]
    return batch.tolist() if hasattr(batch, "tolist") else batch


def is_running(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for_end(pids: list[int], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while any(map(is_running, pids)):
        assert time.monotonic() < end, f"still running: {pids}"
        time.sleep(0.01)


def worker_pids(iterator: Any) -> list[int]:
    return [process.pid for process in iterator._pool._processes]


# --- the same batches


def program(library: Any, kind: str, options: dict[str, Any]) -> Any:
    class Mapped(library.utils.data.Dataset):  # type: ignore[misc]
        def __len__(self) -> int:
            return 11

        def __getitem__(self, index: int) -> Any:
            info = library.utils.data.get_worker_info()
            drawn = library.rand(1).item(), float(np.random.rand()), random.random()
            return index, *drawn, info.id, info.seed % 1000

    class Stream(library.utils.data.IterableDataset):  # type: ignore[misc]
        def __iter__(self) -> Iterator[int]:
            info = library.utils.data.get_worker_info()
            return iter(range(info.id, 17 - 6 * info.id, info.num_workers))

    class Eager(library.utils.data.Sampler):  # type: ignore[misc]
        def __iter__(self) -> Iterator[int]:  # draws when it is asked for an iterator
            return iter(library.randperm(11).tolist())

    library.manual_seed(5)
    sampler = {"sampler": Eager()} if kind == "eager" else {}
    data = Stream() if kind == "stream" else Mapped()
    loader = library.utils.data.DataLoader(data, **sampler, **options)
    passes = [[plain(batch) for batch in loader] for _ in range(2)]
    return passes, library.rand(2).tolist()


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("mapped", {"batch_size": 3, "shuffle": True}),
        ("mapped", {"batch_size": 2, "persistent_workers": True, "prefetch_factor": 1}),
        ("eager", {"batch_size": None}),
        ("stream", {"batch_size": 2}),
        ("stream", {"batch_size": 2, "drop_last": True, "persistent_workers": True}),
    ],
)
def test_pytorch_has_the_same_streams(kind: str, options: Any, torch: ModuleType) -> None:
    ours = program(mt, kind, {**options, **FORK, "seed_batches": False})
    assert ours == program(torch, kind, {**options, **FORK})


def test_nothing_depends_on_the_number_of_workers() -> None:
    seen = []
    for workers in (0, 1, 2, 3):
        mt.manual_seed(0)
        loader = DataLoader(Draws(), 2, shuffle=True, num_workers=workers, seed_batches=True)
        state = random.getstate()
        seen.append(([plain(batch) for batch in loader], mt.rand(1).item()))
        assert random.getstate() == state
    assert seen[0] == seen[1] == seen[2] == seen[3]
    drawn = [set(chain(*column)) for column in zip(*(b[1:] for b in seen[0][0]), strict=True)]
    assert [len(numbers) for numbers in drawn] == [11, 11, 11]  # apart in every batch
    assert not drawn[1] & drawn[2]


def test_without_workers_the_dataset_draws_from_the_main_streams() -> None:
    mt.manual_seed(0)
    list(DataLoader(Draws(), 11))
    after = mt.rand(1).item()
    mt.manual_seed(0)
    mt.generator.default_generator.random_int64()
    mt.rand(11)
    assert after == mt.rand(1).item()


def test_each_pass_of_workers_that_persist_has_its_own_numbers() -> None:
    loader = DataLoader(Draws(), 4, persistent_workers=True, **FORK)
    first, second = ([plain(batch) for batch in loader] for _ in range(2))
    assert [b[0] for b in first] == [b[0] for b in second]
    assert not set(first[0][1]) & set(second[0][1])


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_start_methods(method: str) -> None:
    images = mt.arange(12 * 30_000, dtype=mt.float32).reshape(12, 30_000)
    data = TensorDataset(images, mt.arange(12))
    loader = DataLoader(data, 4, num_workers=1, multiprocessing_context=method)
    for number, (batch, labels) in enumerate(loader):
        assert labels.tolist() == [4 * number + i for i in range(4)]
        assert batch.equal(images[4 * number : 4 * number + 4])
        batch.zero_()
    assert number == 2 and images.sum() > 0


def test_batches_may_come_as_they_are_ready() -> None:
    reader, writer = os.pipe()

    class FirstWaits(Dataset[int]):
        def __getitem__(self, index: int) -> int:
            if index == 0:
                os.read(reader, 1)
            return index

        def __len__(self) -> int:
            return 5

    iterator = iter(DataLoader(FirstWaits(), None, in_order=False, **FORK))
    came = [next(iterator)]
    assert came == [1]
    os.write(writer, b"0")
    assert sorted([*came, *iterator]) == [0, 1, 2, 3, 4]
    os.write(writer, b"0")
    assert list(DataLoader(FirstWaits(), None, **FORK)) == [0, 1, 2, 3, 4]
    os.close(reader)
    os.close(writer)


def test_a_worker_knows_itself() -> None:
    seen: list[int] = []

    class Who(Dataset[Any]):
        def __len__(self) -> int:
            return 4

        def __getitem__(self, index: int) -> Any:
            info = get_worker_info()
            assert info is not None and info.dataset is self
            return info.id, info.num_workers, mt.get_num_threads(), *seen

    loader = DataLoader(Who(), None, worker_init_fn=seen.append, **FORK)
    assert list(loader) == [[0, 2, 1, 0], [1, 2, 1, 1], [0, 2, 1, 0], [1, 2, 1, 1]]
    assert get_worker_info() is None and seen == []


# --- what arrives


def test_blocks_are_given_back() -> None:
    data = TensorDataset(mt.zeros(12, 20_000), mt.arange(12))
    kept = [labels for _, labels in DataLoader(data, 4, **FORK)]
    assert len(kept) == 3 and not transport._mapped  # labels do not keep their images
    batches = list(DataLoader(data, 4, **FORK))
    assert len(transport._mapped) == 3
    del batches
    assert not transport._mapped


def test_more_batches_than_mappings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_MAPPINGS", 1)
    images = mt.rand(6, 20_000)
    batches = [b for (b,) in DataLoader(TensorDataset(images), 2, **FORK)]
    assert len(transport._mapped) == 1
    assert mt.cat(batches).equal(images)
    for batch in batches:
        batch.zero_()


def test_no_descriptors_are_left() -> None:
    data = TensorDataset(mt.zeros(12, 20_000))
    list(DataLoader(data, 4, **FORK))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        list(DataLoader(data, 4, **FORK))
    assert len(os.listdir("/proc/self/fd")) == before


# --- what goes wrong


def no_such_label() -> None:
    raise KeyError("label 7")


def other_arguments() -> None:
    raise UnicodeDecodeError("ascii", b"x", 0, 1, "no text")


def local_class() -> None:
    class OfItsOwn(Exception):
        pass

    raise OfItsOwn("strange")


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (no_such_label, KeyError, r"(?s)^Caught KeyError in DataLoader worker process 1\.\n"
         r"Original Traceback \(most recent.*in no_such_label.*KeyError: 'label 7'"),
        (other_arguments, RuntimeError, "(?s)Caught UnicodeDecodeError in.*in other_arguments"),
        (local_class, RuntimeError, "(?s)Caught OfItsOwn in.*OfItsOwn: strange"),
        (lambda: lambda: 0, RuntimeError, "(?s)Caught .*pickle"),
        (lambda: mt.ones(2, requires_grad=True) * 2, RuntimeError, "Cowardly refusing to serial"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), RuntimeError,
         r"DataLoader worker \(pid \d+\) is killed by signal: Killed"),
        (lambda: os._exit(3), RuntimeError,
         r"DataLoader worker \(pid \d+\) exited unexpectedly with exit code 3"),
    ],
)  # fmt: skip
def test_trouble_in_a_worker(make: Any, error: type[Exception], text: str) -> None:
    iterator = iter(DataLoader(Broken(make), None, **FORK))
    pids = worker_pids(iterator)
    with pytest.raises(error, match=text):
        list(iterator)
    del iterator
    wait_for_end(pids)


def test_after_an_exception_it_goes_on() -> None:
    loader = DataLoader(Broken(no_such_label), None, persistent_workers=True, **FORK)
    for _ in range(2):
        iterator, came = iter(loader), []
        for _ in range(6):
            try:
                came.append(next(iterator))
            except KeyError:
                came.append("error")
        assert came == [0, 1, 2, "error", 4, 5]


def test_workers_that_persist_are_replaced_when_one_died() -> None:
    loader = DataLoader(Broken(lambda: 3), None, persistent_workers=True, **FORK)
    os.kill(worker_pids(iter(loader))[0], signal.SIGKILL)
    with pytest.raises(RuntimeError, match="is killed by signal"):
        list(loader)
        list(loader)
    assert list(loader) == list(range(6))


def test_a_failing_init_fn() -> None:
    def fail(worker: int) -> None:
        raise OSError(f"no room for {worker}")

    with pytest.raises(OSError, match=r"(?s)Caught OSError in DataLoader worker process 0.*room"):
        list(DataLoader(Broken(int), None, worker_init_fn=fail, **FORK))


def test_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("minitorch.utils.data.worker.GRACE", 0.1)
    iterator = iter(DataLoader(Broken(lambda: time.sleep(50)), None, timeout=0.3, **FORK))
    pids = worker_pids(iterator)
    with pytest.raises(RuntimeError, match=r"DataLoader timed out after 0\.3 seconds"):
        list(iterator)
    del iterator
    wait_for_end(pids)


def test_what_cannot_be_pickled_is_said_at_the_start() -> None:
    loader = DataLoader(
        Broken(int), collate_fn=lambda b: b, num_workers=1, multiprocessing_context="spawn"
    )
    with (
        pytest.warns(UserWarning, match="Got pickle error when attempting to start") as caught,
        pytest.raises((AttributeError, pickle.PicklingError)),
    ):
        iter(loader)
    assert caught[0].filename == __file__


# --- the end


@pytest.mark.parametrize("persistent", [False, True])
def test_a_loop_that_is_left_early(persistent: bool) -> None:
    loader = DataLoader(Draws(), None, persistent_workers=persistent, **FORK)
    iterator = iter(loader)
    next(iterator)
    pids = worker_pids(iterator)
    if persistent:  # they wait for the next pass
        assert len(list(loader)) == 11 and worker_pids(iter(loader)) == pids
        assert all(map(is_running, pids))
    del iterator, loader
    wait_for_end(pids)


def test_a_pass_that_is_over() -> None:
    iterator = iter(DataLoader(Draws(), None, **FORK))
    assert len(list(iterator)) == 11
    wait_for_end(worker_pids(iterator))
    assert list(iterator) == []
    with pytest.raises(NotImplementedError, match="cannot be pickled"):
        pickle.dumps(iterator)


SCRIPT = """
import minitorch as mt
from minitorch.utils.data import DataLoader, TensorDataset
data = TensorDataset(mt.zeros(5000, 20_000))
options = {"num_workers": 1, "multiprocessing_context": "fork"}
first = iter(DataLoader(data, 4, persistent_workers=True, **options))
second = iter(DataLoader(data, 4, **options))
print(*[p.pid for i in (first, second) for p in i._pool._processes], flush=True)
while True:
    next(first), next(second)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_end_of_the_main_process_is_theirs(number: signal.Signals) -> None:
    main = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    assert main.stdout is not None
    pids = [int(pid) for pid in main.stdout.readline().split()]
    assert len(pids) == 2
    if number == signal.SIGINT:  # Ctrl-C: to all of the terminal
        os.killpg(main.pid, number)
    else:
        main.kill()
    _, errors = main.communicate(timeout=20)
    wait_for_end(pids)
    # The main process says where it was interrupted, and nobody says anything else.
    assert errors.count("Traceback") == (number == signal.SIGINT)
    assert "resource_tracker" not in errors


# --- arguments


def test_wrong_arguments(torch: ModuleType) -> None:
    for library in (mt, torch):
        loader = library.utils.data.DataLoader
        with pytest.raises(ValueError, match="should specify a valid start method in"):
            loader([1], num_workers=1, multiprocessing_context="thread")
        with pytest.raises(TypeError, match="should be a valid context object or a string"):
            loader([1], num_workers=1, multiprocessing_context=3)
        with pytest.raises(ValueError, match="prefetch_factor option should be non-negative"):
            loader([1], num_workers=1, prefetch_factor=-1)
    with pytest.raises(AssertionError, match="prefetch_factor must be greater than 0"):
        iter(DataLoader([1], num_workers=1, prefetch_factor=0))


def test_the_default_of_prefetch_factor() -> None:
    assert DataLoader([1]).prefetch_factor is None
    assert DataLoader([1], num_workers=1).prefetch_factor == 2


def test_streams_have_no_batches_to_seed() -> None:
    class Stream(IterableDataset[int]):
        def __iter__(self) -> Iterator[int]:
            return iter(range(3))

    with pytest.raises(ValueError, match="expected unspecified seed_batches option"):
        DataLoader(Stream(), seed_batches=True)


def test_too_many_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataloader, "usable_cores", lambda: 1)
    with pytest.warns(
        UserWarning, match="This DataLoader will create 2 worker processes"
    ) as caught:
        DataLoader([1], num_workers=2)
    assert caught[0].filename == __file__


def test_the_package_does_not_import_multiprocessing() -> None:
    code = "import minitorch, sys; sys.exit('multiprocessing' in sys.modules)"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    assert subprocess.run([sys.executable, "-c", code], env=env).returncode == 0
