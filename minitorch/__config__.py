"""What was built with what: here NumPy, and what NumPy says of itself."""

from typing import Any

from minitorch.core.threads import get_num_interop_threads, get_num_threads


def show() -> str:
    """Return in words what computes; ``python -m minitorch`` says more."""
    import numpy as np

    config: Any = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    lines = [
        "minitorch computes with:",
        f"NumPy {np.__version__}",
        f"BLAS: {blas.get('name', 'unknown')} {blas.get('version', '')}".rstrip(),
        "USE_CUDA=0, USE_MPS=0, USE_DISTRIBUTED=0",
    ]
    return "\n  - ".join(lines) + "\n"


def parallel_info() -> str:
    """Return in words how many threads compute."""
    return (
        f"get_num_threads() : {get_num_threads()}\n"
        f"get_num_interop_threads() : {get_num_interop_threads()}\n"
    )
