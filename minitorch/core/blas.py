"""The BLAS that NumPy multiplies with: found without a dependency, and held to one thread.

Note [Held BLAS]
    The threads of a BLAS spin while they wait for each other. Beside another program that has a
    core, the one that waits burns what the one that is waited for needs: a training step takes
    twice as long, and thirty times at a lower priority. So kernels hold BLAS to one thread, and
    hand out tiles themselves (Note [Tiles], threads.py), where those that wait sleep.

    OpenBLAS has one number for the whole process. It is set to one by the first Python thread that
    comes in and restored by the last that goes out, in a microsecond; meanwhile products that
    the user's own threads start run on one thread. Whatever is found there on the way out is the
    user's: a number set meanwhile stays.
"""

import ctypes
import os
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

# Up to these numbers of multiplications OpenBLAS takes one thread by itself, for matrices and for
# a matrix with a vector. Holding it would cost more than it saves.
ALONE, ALONE_BY_VECTOR = 1 << 18, 9216


class Blas(NamedTuple):
    """The functions of a loaded library that have to do with threads."""

    get_threads: Callable[[], int]
    set_threads: Callable[[int], None]
    core: str  # which kernels it chose for this processor; "" where it does not tell


@lru_cache(maxsize=1)
def find() -> Blas | None:
    """Look up the BLAS that NumPy uses; None where its number of threads cannot be set.

    OpenBLAS under the names that NumPy's wheels, conda and Linux distributions give it, and MKL.
    Apple's Accelerate does not spin, and needs nothing.
    """
    for path in loaded_files():
        try:
            library = ctypes.PyDLL(path)  # calls keep the GIL: 0.05 us instead of 0.1, and atomic
        except OSError:
            continue
        for prefix, suffix in (("scipy_", "64_"), ("scipy_", ""), ("", "64_"), ("", "")):
            name = f"{prefix}openblas_{{}}{suffix}".format
            blas = _functions(library, name("get_num_threads"), name("set_num_threads"))
            if blas:
                core = _function(library, name("get_corename"), ctypes.c_char_p)
                return blas._replace(core=core().decode() if core else "")
        blas = _functions(library, "MKL_Get_Max_Threads", "MKL_Set_Num_Threads")
        if blas:
            return blas
    return None


def loaded_files() -> list[str]:
    """Files that may be NumPy's BLAS: those mapped, or those its wheel brought; its own first."""
    maps = Path("/proc/self/maps")
    if maps.exists():
        words = maps.read_text(encoding="utf-8", errors="replace").split()
        files = [w for w in words if "openblas" in w.lower() or "mkl_rt" in w]
        return sorted(dict.fromkeys(files), key=lambda file: "scipy.libs" in file)
    package = Path(np.__file__).parent
    folders = [package.parent / "numpy.libs", package / ".dylibs"]
    return [str(path) for folder in folders for path in sorted(folder.glob("*openblas*"))]


def _functions(library: ctypes.PyDLL, get: str, set_: str) -> Blas | None:
    get_threads = _function(library, get, ctypes.c_int)
    set_threads = _function(library, set_, None, ctypes.c_int)
    return Blas(get_threads, set_threads, "") if get_threads and set_threads else None


def _function(library: ctypes.PyDLL, name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(library, name, None)
    if function is not None:
        function.restype, function.argtypes = result, arguments
    return function


class _Hold:
    """A block in which BLAS has one thread, entered by any number of threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._before = 1

    def __enter__(self) -> None:
        blas = find()
        if blas is None:
            return
        with self._lock:
            if not self._inside:
                self._before = blas.get_threads()
                if self._before != 1:
                    blas.set_threads(1)
            self._inside += 1

    def __exit__(self, *exc_info: object) -> None:
        blas = find()
        if blas is None:
            return
        with self._lock:
            self._inside -= 1
            if not self._inside and self._before != 1 and blas.get_threads() == 1:
                blas.set_threads(self._before)

    def threads_outside(self) -> int | None:
        """Return how many threads BLAS has when nobody holds it; None where it does not tell."""
        blas = find()
        if blas is None:
            return None
        with self._lock:
            return self._before if self._inside else blas.get_threads()

    def after_fork(self) -> None:
        """In the child: whoever held BLAS in another thread is not there to let it go."""
        self._lock = threading.Lock()
        if self._inside:
            self._inside = 1
            self.__exit__()


held = _Hold()

if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=held.after_fork)
