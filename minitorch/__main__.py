"""`python -m minitorch`: what a bug report needs, one fact a line, on any machine.

`python -m minitorch explain NAME` shows the page of an error (minitorch/explanations/).
"""

import io
import os
import platform
import signal
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

import minitorch
from minitorch import explanations
from minitorch.__config__ import kernels_in_use
from minitorch.core import blas
from minitorch.core.threads import get_num_threads, usable_cores

OPTIONAL = ("tqdm", "matplotlib", "pillow", "scipy", "torch", "torchvision", "cupy")
SETTINGS = (
    "MINITORCH_KERNELS",
    "MINITORCH_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
)


USAGE = """python -m minitorch                 what a bug report needs
python -m minitorch explain         the names of the errors that are explained
python -m minitorch explain NAME    the page of one: [explain: NAME] ends its message
python -m minitorch explain --all   all pages, in Markdown"""


def main(arguments: Sequence[str] = ()) -> str | None:
    """Do what is asked for; return what is wrong with that, if anything is."""
    match arguments:
        case []:
            print_report()
        case ["explain"]:
            print(explanations.contents())
        case ["explain", "--all"]:
            print(explanations.document(), end="")
        case ["explain", *words]:
            try:
                print(explanations.explained(" ".join(words)))
            except LookupError as error:
                return str(error)
        case ["-h" | "--help"]:
            print(USAGE)
        case _:
            return USAGE
    return None


def print_report() -> None:
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
        "threads": threads_in_use(),
        "settings": ", ".join(f"{k}={os.environ[k]}" for k in SETTINGS if k in os.environ)
        or "none",
        "kernels": kernels_in_use(),
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


def blas_in_use() -> tuple[str, str]:
    """The BLAS NumPy was built with, the kernels it chose for this processor, and its threads.

    The choice decides the speed: OpenBLAS leaves AVX-512 unused on processors it does not know,
    and `OPENBLAS_CORETYPE=SkylakeX` corrects that.
    """
    config: Any = np.show_config(mode="dicts")
    build = config.get("Build Dependencies", {}).get("blas", {})
    built = f"{build.get('name', 'unknown')} {build.get('version', '')}".strip()
    found = blas.find()
    if found is None:
        return f"{built}, kernels unknown", "unknown"
    return f"{built}, kernels {found.core or 'unknown'}", str(found.get_threads())


def threads_in_use() -> str:
    """How many threads kernels share their work out to, and what BLAS does meanwhile."""
    if blas.find():
        return f"{get_num_threads()}, BLAS on one within each"
    return f"{get_num_threads()}, products on those of BLAS: nothing is known to set their number"


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal may lack a sign: "?" then
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` is no error
    sys.exit(main(sys.argv[1:]))
