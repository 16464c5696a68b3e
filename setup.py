"""Compiles kernels and the core of autograd where there is a compiler; without one, Python does it.

``MINITORCH_PURE=1`` in the environment leaves the C out: the wheel is then `py3-none-any`, for
every machine. So it is where one binary cannot serve all versions: without a GIL, and beside
CPython.
"""

import ctypes
import os
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from glob import glob
from textwrap import shorten
from typing import Any

import numpy
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError
from setuptools.modified import newer_group


def extension(name: str, sources: str, headers: list[str]) -> Extension:
    """What is compiled of a folder."""
    return Extension(
        name,
        sorted(glob(f"{sources}/*.c")),
        depends=[*sorted(glob(f"{sources}/*.h") + glob(f"{sources}/*.inc")), "setup.py"],
        include_dirs=headers,
        define_macros=[("Py_LIMITED_API", "0x030B0000")],
        # Without errno a square root is one instruction, and loops with it become vectors.
        # Python's own flags let numbers wrap, which takes loops of products a quarter longer.
        # Hidden names: those of other libraries never take their place.
        extra_compile_args=[
            "-std=gnu11",
            "-O3",
            "-fno-math-errno",
            "-fno-wrapv",
            "-fvisibility=hidden",
            "-pthread",
            "-Wfatal-errors",
        ],
        extra_link_args=["-pthread"],
        libraries=[] if sys.platform == "win32" else ["m"],
        py_limited_api=True,  # one binary for Python 3.11 and newer
    )


EXTENSIONS = [
    extension("minitorch.kernels.native._native", "minitorch/kernels/native/src", []),
    # Reads the fields of arrays, by NumPy's headers.
    extension("minitorch.core._hot", "minitorch/autograd/src", [numpy.get_include()]),
]


def is_pure() -> bool:
    """Whether the C is left out."""
    asked = os.environ.get("MINITORCH_PURE", "0") not in ("", "0")
    without_gil = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    return asked or without_gil or sys.implementation.name != "cpython"


def loads(name: str) -> bool:
    """Whether a file is there that was compiled for this machine."""
    try:
        ctypes.CDLL(os.path.abspath(name))
    except OSError:
        return False
    return True


class BuildOrDoWithout(build_ext):
    """Builds what is in C; where that fails, says so in a line and goes on.

    What was compiled before stays then, unless its sources have changed since. Nor is it compiled
    anew, which takes a minute, where one more extra is installed into a checkout. ``--debug``
    leaves most of the optimizing away: with sanitizers it takes many minutes.
    """

    def run(self) -> None:
        try:
            super().run()
        except (BaseError, CCompilerError, OSError) as error:
            stays = [self._is_left(extension) for extension in self.extensions]
            self.extensions = []
            reason = shorten(str(error), 100, placeholder=" ...")
            rest = "what was compiled before" if all(stays) else "those in NumPy"
            print(f"minitorch: no kernels in C ({reason}); {rest} will do the work")

    def build_extensions(self) -> None:
        """Compile several files at a time, of one extension too."""
        compile_in_turn = self.compiler.compile

        def compile_at_once(sources: list[str], **options: Any) -> list[str]:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                made = pool.map(lambda source: compile_in_turn([source], **options), sources)
                return [name for names in made for name in names]

        self.compiler.compile = compile_at_once
        super().build_extensions()

    def build_extension(self, ext: Extension) -> None:
        if self.debug:
            ext.extra_compile_args.append("-O1")
        name = self._name_in_place(ext)
        if self.editable_mode and loads(name):
            # Setuptools compiles in a new folder each time; what is there and new is left alone.
            place = self.get_ext_fullpath(ext.name)
            self.mkpath(os.path.dirname(place))
            self.copy_file(name, place)  # with its time
        super().build_extension(ext)

    def _name_in_place(self, ext: Extension) -> str:
        return self.get_ext_filename(self.get_ext_fullname(ext.name))

    def _is_left(self, ext: Extension) -> bool:
        """Remove what was compiled of other sources; return whether it can be used as it is."""
        name = self._name_in_place(ext)
        for place in (os.path.join(self.build_lib, name), name):
            if newer_group([*ext.sources, *ext.depends], place):
                with suppress(FileNotFoundError):
                    os.remove(place)
        return os.path.exists(name)


if is_pure():
    setup()
else:
    setup(
        ext_modules=EXTENSIONS,
        cmdclass={"build_ext": BuildOrDoWithout},
        options={"bdist_wheel": {"py_limited_api": "cp311"}},
    )
