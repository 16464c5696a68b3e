"""Runs the programs of the live page as a browser has them: `python -m tests.live.restricted`.

WebAssembly starts no threads; some builds of Python for it lack modules; there is nothing in C but
NumPy. Prints what the programs print, as JSON.
"""

import importlib.abc
import json
import os
import sys
import threading
from typing import Any

import numpy as np

from tests.live.stored import outcome, programs

# No parts of NumPy's: what those need they have by now.
MISSING = {
    "_multiprocessing",
    "_posixshmem",
    "_posixsubprocess",
    "_ssl",
    "fcntl",
    "minitorch.core._hot",
    "minitorch.kernels.native._native",
    "mmap",
    "multiprocessing",
    "resource",
    "ssl",
}


class Missing(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: Any, target: Any = None) -> None:
        if name in MISSING:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def refuse(*args: object, **kwargs: object) -> None:
    raise RuntimeError("can't start new thread")


def restrict() -> None:
    """Take away what is not there in a browser."""
    for name in MISSING:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, Missing())
    for name in ("_start_new_thread", "_start_joinable_thread"):  # up to Python 3.12, and since
        if hasattr(threading, name):
            setattr(threading, name, refuse)
    os.cpu_count = lambda: 1
    for name in ("sched_getaffinity", "fork"):
        if hasattr(os, name):
            delattr(os, name)
    sys.platform = "emscripten"


def what_else_works() -> dict[str, Any]:
    """Parts of minitorch that look for threads, processes and shared memory elsewhere."""
    import minitorch as torch
    from minitorch import nn
    from minitorch.core import threads
    from minitorch.utils.data import DataLoader, TensorDataset

    torch.set_num_threads(4)  # asks for three that do not come
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2))
    model(torch.randn(64, 3, 32, 32)).sum().backward()
    torch.save(model.state_dict(), "weights.pth")
    model.load_state_dict(torch.load("weights.pth"))
    torch.draw(model, torch.randn(1, 3, 32, 32)).save("graph.svg")
    batches = list(DataLoader(TensorDataset(torch.arange(10)), batch_size=5, shuffle=True))
    return {
        "cores": threads.usable_cores(),
        "gradients": [float(np.abs(p.grad.numpy()).sum()) > 0 for p in model.parameters()],
        "files": sorted(os.listdir()),
        "elements": sorted(int(x) for (batch,) in batches for x in batch),
        "storage": model[0].weight.storage().data_ptr() == model[0].weight.data_ptr(),
    }


if __name__ == "__main__":
    written = programs()
    restrict()
    outcomes = [outcome(program.code) for program in written]
    print(json.dumps([outcomes, what_else_works()]))
