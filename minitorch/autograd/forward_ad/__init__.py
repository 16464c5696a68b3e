"""Forward mode: dual tensors, which carry a tangent (Note [Tangents])."""

from minitorch.autograd.forward_ad.dual import (
    UnpackedDualTensor as UnpackedDualTensor,
    dual_level as dual_level,
    enter_dual_level as enter_dual_level,
    exit_dual_level as exit_dual_level,
    make_dual as make_dual,
    unpack_dual as unpack_dual,
)

__all__ = [  # what `import *` takes: no files of the package
    "UnpackedDualTensor",
    "dual_level",
    "enter_dual_level",
    "exit_dual_level",
    "make_dual",
    "unpack_dual",
]
