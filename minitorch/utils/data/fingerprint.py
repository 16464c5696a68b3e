"""What cached features depend on, told by digests: a trunk, a data set, and some samples of it."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, Protocol, runtime_checkable

import numpy as np

from minitorch.tensor import Tensor
from minitorch.utils.data import seeding
from minitorch.utils.data.collate import default_collate
from minitorch.utils.data.dataset import Subset, TensorDataset, fetch_samples
from minitorch.utils.data.records import Layout, Origin, flatten

_LOOKED_AT = 8  # samples: the first, the last, and some between


@runtime_checkable
class Trunk(Protocol):
    """What is asked of a trunk: any ``nn.Module`` has it."""

    def __call__(self, *inputs: Any) -> Any: ...
    def modules(self) -> Iterator[Any]: ...
    def named_parameters(self) -> Iterator[tuple[str, Any]]: ...
    def named_buffers(self) -> Iterator[tuple[str, Any]]: ...
    def state_dict(self) -> dict[str, Any]: ...


def steady_samples(dataset: Any) -> dict[int, Any]:
    """Return some samples of a data set, spread over it, by their indices.

    Raises:
        ValueError: a sample is not the same each time, or random numbers are drawn for it.
    """
    last = len(dataset) - 1
    places = sorted({round(last * i / (_LOOKED_AT - 1)) for i in range(_LOOKED_AT)})
    return {index: _steady_sample(dataset, index) for index in places}


def _steady_sample(dataset: Any, index: int) -> Any:
    """Read a sample under two seeds.

    What it draws shows in the states of the generators, however seldom it changes the sample. A
    data set that seeds them itself, by the index, leaves them in the same state each time.
    """
    samples, before, after = [], [], []
    for number in range(2):
        with seeding.batch_seeds(0, number):
            before.append(seeding.states())
            samples += fetch_samples(dataset, [index])
            after.append(seeding.states())
    # Of each generator: it has moved, and to where it had been before matters.
    draws = any(b != a != other for b, a, other in zip(before[0], *after, strict=True))
    if draws or _digest_of_sample(samples[0]) != _digest_of_sample(samples[1]):
        why = "random numbers are drawn for it" if draws else "it is another each time it is read"
        raise ValueError(
            f"sample {index} of the data set cannot be cached: {why}. Features are computed once: "
            "give them the data set without its random transforms, or, where augmentation is "
            "wanted, keep the trunk in the loop."
        )
    return samples[0]


def origin_of(trunk: Trunk, dataset: Any, samples: Iterable[Any], layout: Layout) -> Origin:
    """Return a digest of each thing that features depend on, by its name in a warning."""
    state = {**dict(trunk.named_buffers()), **trunk.state_dict()}  # which lacks some buffers
    described = [*_described(dataset)]

    def told(what: str) -> str:
        return digest(pair for pair in described if pair[0] == what)

    return {
        "the trunk's weights": digest(state.items()),
        "the trunk's structure": digest([("", trunk)]),
        "the number of samples": str(len(dataset)),
        "the transforms": told("transform"),
        "the indices of subsets": told("index"),
        "the targets": told("target"),
        "the files": told("file"),
        "the samples": digest(("", _digest_of_sample(sample)) for sample in samples),
        "what a sample is made of": f"{layout.structure}: {layout}",
    }


def digest(named: Iterable[tuple[str, Any]]) -> str:
    """Return SHA-256 of names and what bears them: tensors' elements, else how it is printed."""
    sha = hashlib.sha256()
    for name, entry in named:
        array = entry._array if isinstance(entry, Tensor) else entry
        if isinstance(array, np.ndarray) and not array.dtype.hasobject:
            sha.update(f"{name} {array.dtype.name} {array.shape}\n".encode())
            sha.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        else:
            # Without places in memory, which are others in each process.
            sha.update(f"{name} {re.sub(' at 0x[0-9A-Fa-f]+', '', repr(entry))}\n".encode())
    return sha.hexdigest()


def _digest_of_sample(sample: Any) -> str:
    structure, columns = flatten(default_collate([sample]), "sample")
    return digest([("", structure), *columns.items()])


def _described(dataset: Any) -> Iterator[tuple[str, Any]]:
    """Yield what data sets tell of all their samples, by what it is, however nested they are."""
    todo, seen = [dataset], dict[int, Any]()
    while todo:
        found = todo.pop()
        if id(found) in seen:
            continue
        seen[id(found)] = found
        for name in ("transform", "target_transform", "transforms"):
            if hasattr(found, name):
                yield "transform", (name, getattr(found, name))
        if isinstance(found, Subset):
            yield "index", list(found.indices)
        yield from (("target", part) for part in _targets(found))
        yield from (("file", names) for names in _files(found))
        parts = getattr(found, "datasets", ())
        parts = parts.values() if isinstance(parts, dict) else parts
        todo += [*(parts if isinstance(parts, Iterable) else ()), getattr(found, "dataset", None)]


def _targets(dataset: Any) -> Iterator[Any]:
    """Yield what is kept in memory beside the inputs: it gets corrected, and costs little."""
    if isinstance(dataset, TensorDataset):
        yield from dataset.tensors[1:]
    kept = getattr(dataset, "__dict__", {})  # and no properties, which may read files
    for targets in (kept[name] for name in ("targets", "labels") if name in kept):
        is_list = isinstance(targets, list | tuple)
        has_arrays = is_list and any(isinstance(x, Tensor | np.ndarray) for x in targets)
        yield from targets if has_arrays else [targets]


def _files(dataset: Any) -> Iterator[list[str]]:
    """Yield the names of the files of a folder, which may have been moved."""
    kept = getattr(dataset, "__dict__", {})
    samples, root = kept.get("samples"), str(kept.get("root", ""))
    if isinstance(samples, list) and all(_names_file(sample) for sample in samples):
        yield [sample[0].removeprefix(root) for sample in samples]


def _names_file(sample: Any) -> bool:
    return isinstance(sample, tuple) and len(sample) > 0 and isinstance(sample[0], str)
