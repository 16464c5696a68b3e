"""Exceptions and message parts that every layer shares.

Messages start with PyTorch's class and key phrase, so that code and searches which know PyTorch's
find them, and go on with what came, what was expected and what to do.
"""

import sys
from collections.abc import Iterable

# What to say of a name that nothing is near.
_INSTEAD = {
    "minitorch": "minitorch has no such part; dir(minitorch) lists what it has.",
    "minitorch.multiprocessing": (
        "minitorch computes in one process, in several threads; Process and Pool start others."
    ),
    "minitorch.nn": (
        "minitorch has no such layer: dir(minitorch.nn) lists those it has, and a Module of your "
        "own may be made of them."
    ),
    "minitorch.nn.functional": (
        "minitorch has no such function; dir(minitorch.nn.functional) lists those it has."
    ),
    "minitorch.optim": (
        "minitorch has no such rule: use Adam or SGD, or write a Rule (minitorch/optim/README.md)."
    ),
    "minitorch.optim.lr_scheduler": (
        "minitorch has no such schedule: use LambdaLR, or write it as an LRScheduler."
    ),
    "minitorch.utils.data": (
        "Of torch.utils.data, DataPipes and their graphs are left out: an IterableDataset does "
        "what an IterDataPipe did, and a Dataset what a MapDataPipe did."
    ),
    "minitorch.vision.datasets": (
        "minitorch has no such data set; dir(minitorch.vision.datasets) lists those it has, and a "
        "Dataset of your own may read any file."
    ),
    "minitorch.vision.transforms": (
        "minitorch has no such transform; dir(minitorch.vision.transforms) lists those it has, and "
        "Lambda makes one of a function."
    ),
}


def near(name: str, known: Iterable[str]) -> str:
    """Return " Did you mean 'x'?" for the known name closest to ``name``, or "".

    Near is what up to three slips of the fingers make of it, one to six letters of both names, and
    not in the first one: 'jit' is no misspelt 'int', and 'linalg' no 'long'.
    """
    written = name.lower()
    best, least = "", 4
    for x in known:
        other = x.lower()
        longer = len(written) + len(other)
        if abs(len(written) - len(other)) < least and _begin_alike(written, other):
            slips = _slips(written, other)
            if slips < least and 6 * slips <= longer:
                best, least = x, slips
    return f" Did you mean '{best}'?" if best else ""


def _begin_alike(a: str, b: str) -> bool:
    """Whether two names have the same first letter, or have exchanged it with the second."""
    return a[:1] == b[:1] or (a[:1] in b[:2] and b[:1] in a[:2])


def _slips(a: str, b: str) -> int:
    """Count letters dropped, added, or exchanged with a neighbour; another letter is two slips."""
    before: list[int] = []
    row = list(range(len(b) + 1))  # from the beginning of a to each beginning of b
    for i, x in enumerate(a):
        earlier, before, row = before, row, [i + 1]
        for j, y in enumerate(b):
            ways = [before[j + 1] + 1, row[j] + 1]
            if x == y:
                ways.append(before[j])
            if i and j and x == b[j - 1] and a[i - 1] == y:
                ways.append(earlier[j - 1] + 1)
            row.append(min(ways))
    return row[-1]


# Where PyTorch has most names, and so where a name may be that another module of its has, too.
_PLACES = ("minitorch", "minitorch.nn", "minitorch.nn.functional", "minitorch.nn.utils")


def _elsewhere(name: str) -> str:
    """Return " There is 'minitorch.x'." for a name that another module has, or ""."""
    for place in _PLACES:
        if name in getattr(sys.modules.get(place), "__all__", ()):
            return f" There is '{place}.{name}'."
    return ""


def missing_attribute(module: str, name: str) -> AttributeError:
    """Build the error for a name of PyTorch's that a module of this package does not have."""
    advice = ""
    if not name.startswith("__"):  # Python itself asks for those
        known = [n for n in dir(sys.modules[module]) if not n.startswith("_")]
        same = [n for n in known if n.lower() == name.lower()]
        advice = near(name, same) or _elsewhere(name) or near(name, known) or _instead(module)
    return AttributeError(f"module '{module}' has no attribute '{name}'.{advice}")


def _instead(module: str) -> str:
    return f" {_INSTEAD[module]}" if module in _INSTEAD else ""


def missing_module(asked: str, ours: str) -> ModuleNotFoundError:
    """Build the error for a module of PyTorch's, by the name it was asked for and that of ours."""
    package, _, name = ours.rpartition(".")
    found = dir(sys.modules[package])
    advice = _instead(ours) or near(name, found) or _instead("minitorch")
    return ModuleNotFoundError(f"No module named '{asked}'.{advice}", name=asked)


class LinAlgError(RuntimeError):
    """A matrix for which there is no result: ``linalg.LinAlgError``."""
