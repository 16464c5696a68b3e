"""The back ends that every test of a kernel runs on, beside the reference."""

from minitorch.kernels import NUMPY, Kernels

BACK_ENDS: list[Kernels] = [NUMPY]
