"""Custom functions: ``autograd.Function`` and what its context can do."""

from minitorch.autograd.function.function import (
    BackwardCFunction as BackwardCFunction,
    Function as Function,
    InplaceFunction as InplaceFunction,
    NestedIOFunction as NestedIOFunction,
    once_differentiable as once_differentiable,
)
from minitorch.autograd.function.node import FunctionCtx as FunctionCtx

__all__ = [  # what `import *` takes: no files of the package
    "BackwardCFunction",
    "Function",
    "FunctionCtx",
    "InplaceFunction",
    "NestedIOFunction",
    "once_differentiable",
]
