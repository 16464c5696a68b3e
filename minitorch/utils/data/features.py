"""``CachedFeatures``: what a frozen trunk makes of a data set, computed once."""

import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.sites import warn_user
from minitorch.core.dtypes import Array, finfo, is_complex, is_differentiable
from minitorch.tensor import Tensor
from minitorch.utils.data import records, seeding
from minitorch.utils.data.collate import default_collate
from minitorch.utils.data.dataloader import DataLoader
from minitorch.utils.data.dataset import Dataset, IterableDataset
from minitorch.utils.data.fingerprint import Trunk, origin_of, steady_samples
from minitorch.utils.data.records import FIRST, Columns, Layout, Stale, Structure, flatten


class CachedFeatures(Dataset[Any]):
    """What a frozen trunk makes of each sample of a data set, computed once.

    A sample of the data set is an input, or a tuple of an input and targets. Here it is the same
    with the output of the trunk in place of the input, and tensors for numbers, so that batches
    are the same too. The trunk runs in evaluation mode and without gradients; the modes of its
    modules are put back. With ``path`` the features go to a file, batch by batch, and are mapped
    from there, also by workers and by the next run of the program. What makes a file stale is told
    in Note [Stale features].

    Shapes: trunk (N, *) -> (N, *out), of any dtype; a tuple, list or dict of such will do. A sample
    is out. Indices may also be slices: ``features[:]`` is all there is, as tensors.

    Args:
        trunk: a module none of whose parameters requires grad.
        dataset: map-style; the same each time it is read: no random transforms. Its samples are
            taken together by ``default_collate``.
        path: the file, such as "features/resnet18.npy"; its folder is made. None: in memory.
        batch_size: samples that the trunk is given at once.
        num_workers: processes that read samples for the trunk.
        progress: what the batches go through while features are computed, such as ``tqdm.tqdm``.

    Raises:
        ValueError: the trunk is not frozen, is random, or computes a sample by its batch; a sample
            is random; shapes differ; there are no samples.
        TypeError: the trunk is no module, the data set has no indices; what is neither tensor nor
            number would have to be kept.
        FileExistsError: a file is at ``path`` that holds no features; it is left alone.

    Warns of a file whose features are stale, with the reason, and computes anew.

    Source: fine-tuning as practised ("feature extraction"); PyTorch has no such class.

    Example:
        >>> trunk.freeze()
        >>> features = CachedFeatures(trunk, images, path="features/resnet18.npy")
        >>> for x, y in DataLoader(features, batch_size=128, shuffle=True):
        ...     loss = criterion(head(x), y)
    """

    # Note [Stale features]
    # ~~~~~~~~~~~~~~~~~~~~~
    # A file says what its features were made of: digests of the trunk's parameters and buffers, of
    # how it is printed, of the data set's length, transforms and, of a Subset, indices; of targets
    # and names of files where data sets keep them under torchvision's names (`targets`, `labels`,
    # `samples`) or in a TensorDataset; and of eight samples spread over the data set. These samples
    # are read, and run through the trunk, each time, and what comes is compared with the records:
    # so a `forward` that was rewritten is noticed, too. A change that leaves all this alone, such
    # as another picture in a file of the same name, is not: then delete the file.
    #
    # In the same way what cannot be cached is found before the work begins. Each of the eight is
    # read under two seeds, and some run twice, in batches of two sizes: batch norm that keeps no
    # statistics, for one, gives each batch other features.

    def __init__(
        self,
        trunk: Trunk,
        dataset: Dataset[Any],
        path: str | os.PathLike[str] | None = None,
        *,
        batch_size: int = 256,
        num_workers: int = 0,
        progress: Callable[[Iterable[Any]], Iterable[Any]] = iter,
    ) -> None:
        self._length = _checked_length(trunk, dataset)
        loader = DataLoader(dataset, batch_size, num_workers=num_workers)
        self.path = None if path is None else os.path.abspath(os.fsdecode(path))
        # What training draws does not depend on what had to be computed.
        with _evaluating(trunk), seeding.batch_seeds(0, 0):
            samples = steady_samples(dataset)
            self._layout, expected = _try(trunk, list(samples.values()))
            self._origin = origin_of(trunk, dataset, samples.values(), self._layout)
            parts = self._compute(trunk, loader, progress)
            if self.path is None:
                self._records = self._gather(parts)
            elif not self._find(list(samples), expected):
                records.save(self.path, self._layout, self._length, parts, self._origin)
                self._records = self._map()

    def _compute(
        self, trunk: Trunk, loader: DataLoader[Any], progress: Callable[..., Any]
    ) -> Iterator[Array]:
        """Yield the records of one batch after the other."""
        first = 0
        for batch in progress(loader):
            count = min(loader.batch_size or 1, self._length - first)
            yield self._layout.pack(*_run(trunk, batch), first, count)
            first += count
        if first < self._length:
            raise ValueError(
                f"progress gave batches of {first} samples in all, expected are {self._length}: it "
                "is to hand on each batch that it is given"
            )

    def _gather(self, parts: Iterable[Array]) -> Array:
        gathered, first = np.empty(self._length, self._layout.record), 0
        for part in parts:
            gathered[first : first + len(part)] = part
            first += len(part)
        return gathered

    def _find(self, places: list[int], expected: Array) -> bool:
        """Map the file if it is there and, by Note [Stale features], right."""
        assert self.path is not None
        try:
            found = records.load(self.path, self._layout, self._length, self._origin)
            if not _agree(found[places], expected):
                raise Stale("differs in what the trunk computes")
        except FileNotFoundError:
            return False
        except Stale as why:
            warn_user(f"{self.path} {why}. Its features are not used, they are computed anew.")
            return False
        self._records = found
        return True

    def _map(self) -> Array:
        """Map the file, which had the right records when this was made.

        Raises:
            RuntimeError: it has others now.
        """
        assert self.path is not None
        try:
            return records.load(self.path, self._layout, self._length, self._origin)
        except Stale as why:
            raise RuntimeError(
                f"{self.path} {why}: something else has been written there meanwhile. Give each "
                "trunk and data set a path of its own."
            ) from None

    def __getitem__(self, index: Any) -> Any:
        return self._layout.unpack(self._records[index])

    def __len__(self) -> int:
        return self._length

    def __repr__(self) -> str:
        where = "memory" if self.path is None else self.path
        return f"CachedFeatures({self._length} samples of {self._layout}; in {where})"

    def _take(self, rows: Array) -> Any:
        """Make a batch of these samples, by Note [Whole batches at once]."""
        return self._layout.unpack(self._records.take(rows), list)

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled: of a file the path, not the records."""
        return {k: v for k, v in vars(self).items() if self.path is None or k != "_records"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        if self.path is not None:
            self._records = self._map()


def _checked_length(trunk: Any, dataset: Any) -> int:
    """Return how many samples there are, after checking that features of them can be cached."""
    if not isinstance(trunk, Trunk):
        raise TypeError(f"a trunk is an nn.Module, got {type(trunk).__name__}")
    training = [name for name, p in trunk.named_parameters() if p.requires_grad]
    if training:
        names = ", ".join(training[:3]) + (", ..." if len(training) > 3 else "")
        raise ValueError(
            f"the trunk is not frozen: {names} require grad, and features that are computed once "
            "would not follow what they learn. Call trunk.freeze() first."
        )
    if isinstance(dataset, IterableDataset) or not hasattr(dataset, "__len__"):
        raise TypeError(
            f"features are cached of data sets with indices and a length, not of a stream: got "
            f"{type(dataset).__name__}"
        )
    if len(dataset) == 0:
        raise ValueError("the data set is empty: there is nothing to compute features of")
    return len(dataset)


@contextmanager
def _evaluating(trunk: Trunk) -> Iterator[None]:
    """Have every module in evaluation mode; what ``freeze`` remembers of them stays."""
    modes = [(module, module.training) for module in trunk.modules()]
    try:
        for module, _ in modes:
            module.training = False
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def _run(trunk: Trunk, batch: Any) -> tuple[Structure, Columns]:
    """Return the batch with the trunk's output in place of the input."""
    if isinstance(batch, Mapping):
        raise TypeError(
            "samples are dicts: which entry is the input? Let the data set give tuples of the "
            "input and the rest"
        )
    is_alone = isinstance(batch, Tensor)
    with no_grad():
        structure, columns = flatten(trunk(batch if is_alone else batch[0]), FIRST)
    if not columns:
        raise TypeError("the trunk gives no tensor: there is nothing to be kept")
    if is_alone:
        return structure, columns
    parts = [structure]
    for place, target in enumerate(batch[1:], 1):
        part, more = flatten(target, str(place))
        parts.append(part)
        columns |= more
    return parts, columns


def _try(trunk: Trunk, samples: list[Any]) -> tuple[Layout, Array]:
    """Return the layout of records, and those of some samples.

    Raises:
        ValueError: they are others in a smaller batch.
    """
    structure, columns = _run(trunk, default_collate(samples))
    layout = Layout.of(structure, columns)
    packed = layout.pack(structure, columns, 0, len(samples))
    fewer = samples[: math.ceil(len(samples) / 2)]
    again = layout.pack(*_run(trunk, default_collate(fewer)), 0, len(fewer))
    if not _agree(packed[: len(fewer)], again):
        raise ValueError(
            "the trunk gives a sample other features in another batch, or at another time: it "
            "draws random numbers in evaluation mode, or normalises by statistics of the batch "
            "(track_running_stats=False). Such features cannot be cached."
        )
    return layout, packed


def _agree(a: Array, b: Array) -> bool:
    """Whether records are equal but for rounding: another batch, another machine."""
    return all(_are_close(a[name], b[name]) for name in a.dtype.fields or ())


def _are_close(a: Array, b: Array) -> bool:
    if not is_differentiable(a.dtype):
        return np.array_equal(a, b)
    tolerance = math.sqrt(finfo(a.dtype).eps)
    wide = complex if is_complex(a.dtype) else float
    a, b = a.astype(wide), b.astype(wide)
    scale = np.abs(a[np.isfinite(a)]).max(initial=0)
    return np.allclose(a, b, tolerance, tolerance * scale, equal_nan=True)
