"""The back ends that every test of a kernel runs on, beside the reference."""

from minitorch.kernels import NATIVE, NUMPY, Kernels

BACK_ENDS: list[Kernels] = [NUMPY, *([NATIVE] if NATIVE is not None else [])]
