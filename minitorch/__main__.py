"""`python -m minitorch`: what a bug report needs, one fact a line, on any machine."""

import ctypes
import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

import minitorch
from minitorch import kernels

OPTIONAL = ("tqdm", "matplotlib", "pooch", "scipy", "torch", "torchvision", "cupy")
SETTINGS = ("OPENBLAS_CORETYPE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def main() -> None:
    """Print the report, and a warning where another package shares the import name."""
    for name, value in report().items():
        print(f"{name + ':':<15}{value}")
    if version_of("minitorch"):
        print(
            "warning:       a distribution called minitorch is installed too. It is another "
            "package; pip uninstall minitorch, then install minitorch-numpy again."
        )


def report() -> dict[str, str]:
    """Name to value, in the order printed."""
    blas, threads = blas_in_use()
    return {
        "minitorch": f"{minitorch.__version__} ({Path(minitorch.__file__).parent})",
        "Python": f"{platform.python_version()} ({platform.python_implementation()})",
        "NumPy": np.__version__,
        "system": platform.platform(),
        "processor": f"{processor()}, {usable_cores()} of {os.cpu_count()} cores usable",
        "BLAS": blas,
        "BLAS threads": threads,
        "settings": ", ".join(f"{k}={os.environ[k]}" for k in SETTINGS if k in os.environ)
        or "none",
        "kernels": kernels.active().name,
        "optional": ", ".join(f"{name} {version_of(name) or 'absent'}" for name in OPTIONAL),
    }


def version_of(distribution: str) -> str | None:
    """The version that is installed, read without importing the package."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def processor() -> str:
    """The processor as its maker calls it, where the system tells."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine() or "unknown"


def usable_cores() -> int | None:
    """Cores this process may run on: a container or `taskset` may leave it fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def blas_in_use() -> tuple[str, str]:
    """The BLAS NumPy was built with, the kernels it chose for this processor, and its threads.

    The choice decides the speed: OpenBLAS leaves AVX-512 unused on processors it does not know,
    and `OPENBLAS_CORETYPE=SkylakeX` corrects that.
    """
    config: Any = np.show_config(mode="dicts")
    blas = config.get("Build Dependencies", {}).get("blas", {})
    built = f"{blas.get('name', 'unknown')} {blas.get('version', '')}".strip()
    for path in loaded_openblas():
        try:
            library = ctypes.CDLL(path)
        except OSError:
            continue
        core = openblas_call(library, "get_corename", ctypes.c_char_p)
        threads = openblas_call(library, "get_num_threads", ctypes.c_int)
        if core:
            return f"{built}, kernels {core.decode()}", str(threads)
    return f"{built}, kernels unknown", "unknown"


def loaded_openblas() -> list[str]:
    """Files of the OpenBLAS that NumPy uses: those mapped, or those its wheel brought."""
    maps = Path("/proc/self/maps")
    if maps.exists():
        words = maps.read_text(encoding="utf-8", errors="replace").split()
        return list(dict.fromkeys(word for word in words if "openblas" in word.lower()))
    package = Path(np.__file__).parent
    folders = [package.parent / "numpy.libs", package / ".dylibs"]
    return [str(path) for folder in folders for path in sorted(folder.glob("*openblas*"))]


def openblas_call(library: ctypes.CDLL, name: str, result: Any) -> Any:
    """Call `openblas_<name>()` under whichever prefix and suffix this build gave it, or None."""
    for prefix in ("scipy_", ""):
        for suffix in ("64_", ""):
            function = getattr(library, f"{prefix}openblas_{name}{suffix}", None)
            if function is not None:
                function.restype = result
                return function()
    return None


if __name__ == "__main__":
    main()
