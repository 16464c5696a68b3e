"""Compiles kernels and the core of autograd where there is a compiler; without one, Python does it.

``MINITORCH_PURE=1`` in the environment leaves the C out: the wheel is then `py3-none-any`, for
every machine. So it is where one binary cannot serve all versions: without a GIL, and beside
CPython.
"""

import hashlib
import os
import shutil
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from glob import glob
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import BaseError, CCompilerError


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


FLAGS = ("CPPFLAGS", "CFLAGS", "LDFLAGS", "ARCHFLAGS")


def digest_of(ext: Extension) -> str:
    """What an extension is compiled of, in short: sources with their names, flags, Python, NumPy.

    Not which compiler it is, nor the times of files: a checkout and a copy have new ones.
    """
    parts = [
        *[f"{name} {Path(name).read_text(encoding='utf-8')}" for name in ext.sources + ext.depends],
        *[f"{name} {os.environ.get(name)}" for name in FLAGS],
        *[f"{name} {sysconfig.get_config_var(name)}" for name in (*FLAGS, "SOABI")],
        *[sysconfig.get_platform(), numpy.__version__, str(ext.define_macros)],
        *[str(ext.extra_compile_args), str(ext.extra_link_args)],
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def is_of(name: str, digest: str) -> bool:
    """Whether a file is there that was compiled of this: the module's docstring says of what."""
    try:
        return digest.encode() in Path(name).read_bytes()
    except OSError:
        return False


class BuildOrDoWithout(build_ext):
    """Builds what is in C; where that fails, says so in a line and goes on.

    What was compiled before of the same is taken as it is: compiling takes a minute, and setuptools
    would do it anew for each extra that is installed into a checkout. What is of something else is
    removed from where it is compiled to. ``--force`` compiles it anyway. ``--debug`` leaves most of
    the optimizing away: with sanitizers it takes many minutes.
    """

    def run(self) -> None:
        if self.debug:
            for ext in self.extensions:
                ext.extra_compile_args.append("-O1")
        self.digests = {ext.name: digest_of(ext) for ext in self.extensions}
        for ext in self.extensions:
            # First, as compiling may fail; and nothing looks at the time of a file that is gone.
            for place in self._places(ext)[: 1 + bool(self.inplace)]:
                if self.force or not is_of(place, self.digests[ext.name]):
                    with suppress(FileNotFoundError):
                        os.remove(place)
        try:
            super().run()
        except (BaseError, CCompilerError, OSError) as error:
            self.extensions = []
            reason = shorten(str(error), 100, placeholder=" ...")
            print(f"minitorch: no kernels in C ({reason}); those in NumPy will do the work")

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
        digest = self.digests[ext.name]
        place = self.get_ext_fullpath(ext.name)
        made = [name for name in self._places(ext) if not self.force and is_of(name, digest)]
        if not made:
            ext.define_macros.append(("COMPILED_OF", f"digest_{digest}"))
            super().build_extension(ext)
        elif place not in made:
            self.mkpath(os.path.dirname(place))
            shutil.copyfile(made[0], place)

    def _places(self, ext: Extension) -> list[str]:
        """Where it is compiled to, and where a copy of that is in place."""
        name = self.get_ext_filename(self.get_ext_fullname(ext.name))
        return [os.path.join(self.build_lib, name), name]


if is_pure():
    setup()
else:
    setup(
        ext_modules=EXTENSIONS,
        cmdclass={"build_ext": BuildOrDoWithout},
        options={"bdist_wheel": {"py_limited_api": "cp311"}},
    )
