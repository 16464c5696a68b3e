"""What was built with what: NumPy and what it says of itself, and the kernels in C."""

from typing import Any

from minitorch import kernels
from minitorch.core.threads import get_num_interop_threads, get_num_threads
from minitorch.kernels import native


def show() -> str:
    """Return in words what computes; ``python -m minitorch`` says more."""
    import numpy as np

    config: Any = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    lines = [
        "minitorch computes with:",
        f"NumPy {np.__version__}",
        f"BLAS: {blas.get('name', 'unknown')} {blas.get('version', '')}".rstrip(),
        f"kernels: {kernels_in_use()}",
        "USE_CUDA=0, USE_MPS=0, USE_DISTRIBUTED=0",
    ]
    return "\n  - ".join(lines) + "\n"


def kernels_in_use() -> str:
    """The back end, and the instruction set of compiled kernels or why there are none."""
    name = kernels.active().name
    if kernels.NATIVE is None:
        return f"{name}; none in C: {native.why_not}"
    return f"{name}, {native._native.instruction_set()}" if name == "native" else name


def parallel_info() -> str:
    """Return in words how many threads compute."""
    return (
        f"get_num_threads() : {get_num_threads()}\n"
        f"get_num_interop_threads() : {get_num_interop_threads()}\n"
    )
