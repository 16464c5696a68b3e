"""``Unary``: the base of functions of each element."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minitorch.autograd.op import Array, Grads, Op
from minitorch.core.dtypes import promote_to_float
from minitorch.ops.in_place import function_name

if TYPE_CHECKING:
    from minitorch.ops.samples import Sampler, Samples
    from minitorch.tensor import Tensor


class Unary(Op):
    """A function of each element, (*) -> (*); integers become floats, or ``promotion`` is None.

    A subclass states ``forward``, most often NumPy's function itself, what it saves and ``slope``,
    and for the tests the function of one Python number and where it is smooth. PyTorch has it under
    the name of the class in small letters, at the root or in ``special``.
    """

    elementwise = True
    promotion: ClassVar[Any] = staticmethod(promote_to_float)
    slope: ClassVar[Any]  # gradient, *saved -> gradient of x; hot ops write ``backward`` instead
    scalar: ClassVar[Any]  # float -> float
    domain: ClassVar[str] = "real"  # which numbers of ``Sampler`` to try

    @classmethod
    def backward(cls, ctx: Any, grad: Tensor) -> Grads:
        return cls.slope(grad, *ctx.unpack())

    @classmethod
    def parity(cls, torch: Any, x: Any, **params: Any) -> Any:
        name = function_name(cls)
        return getattr(torch if hasattr(torch, name) else torch.special, name)(x, **params)

    @classmethod
    def reference(cls, x: Array, **params: Any) -> Any:
        return np.vectorize(partial(cls.scalar, **params), otypes=[float])(x)

    @classmethod
    def samples(cls, s: Sampler) -> Samples:
        return s.unary(getattr(s, cls.domain))
