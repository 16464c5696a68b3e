"""Compiles the kernels in C where there is a compiler; without one, those in NumPy do the work."""

import sys
from glob import glob

from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension(
            "minitorch.kernels.native._native",
            sorted(glob("minitorch/kernels/native/src/*.c")),
            depends=sorted(glob("minitorch/kernels/native/src/*.[hi]*")),
            define_macros=[("Py_LIMITED_API", "0x030B0000")],
            extra_compile_args=["-std=gnu11", "-O3"],
            libraries=[] if sys.platform == "win32" else ["m"],
            py_limited_api=True,  # one binary for Python 3.11 and newer
            optional=True,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
