"""Methods that few programs call: their files are imported when one is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.ops.elementwise import copies
from minitorch.ops.out import late_method

if TYPE_CHECKING:
    from minitorch.tensor import Tensor

_OPS, _SPECIAL = "minitorch.ops.elementwise", "minitorch.ops.special"
_ANGLES, _CHOICES, _DIVISORS = f"{_OPS}.angles", f"{_OPS}.choices", f"{_OPS}.divisors"
_FLOATS, _HYPERBOLIC = f"{_OPS}.floats", f"{_OPS}.hyperbolic"
_BESSEL, _ERROR, _GAMMA = f"{_SPECIAL}.bessel", f"{_SPECIAL}.error", f"{_SPECIAL}.gamma"
_REDUCE, _PYTHON = "minitorch.ops.reduce", "minitorch.tensor.by_python"
_CALCULUS, _COVARIANCE = f"{_REDUCE}.calculus", f"{_REDUCE}.covariance"
_LENGTHS = f"{_REDUCE}.lengths"
_LOGARITHMS, _PARTS = f"{_OPS}.logarithms", f"{_OPS}.parts"


class RareMethods(TensorBase):
    """Functions of the rooms of ops, as they are defined there."""

    asinh, asinh_ = late_method(_HYPERBOLIC), late_method(_HYPERBOLIC)
    acosh, acosh_ = late_method(_HYPERBOLIC), late_method(_HYPERBOLIC)
    atanh, atanh_ = late_method(_HYPERBOLIC), late_method(_HYPERBOLIC)
    arcsinh, arcsinh_ = late_method(_HYPERBOLIC), late_method(_HYPERBOLIC)
    arccosh, arccosh_ = late_method(_HYPERBOLIC), late_method(_HYPERBOLIC)
    arctanh, arctanh_ = late_method(_HYPERBOLIC), late_method(_HYPERBOLIC)

    atan2, atan2_ = late_method(_ANGLES), late_method(_ANGLES)
    arctan2, arctan2_ = late_method(_ANGLES), late_method(_ANGLES)
    hypot, hypot_ = late_method(_ANGLES), late_method(_ANGLES)
    deg2rad, deg2rad_ = late_method(_ANGLES), late_method(_ANGLES)
    rad2deg, rad2deg_ = late_method(_ANGLES), late_method(_ANGLES)
    sinc, sinc_ = late_method(_ANGLES), late_method(_ANGLES)

    logaddexp, logaddexp2 = late_method(_LOGARITHMS), late_method(_LOGARITHMS)
    xlogy, xlogy_ = late_method(_LOGARITHMS), late_method(_LOGARITHMS)
    logit, logit_ = late_method(_LOGARITHMS), late_method(_LOGARITHMS)

    signbit = late_method(_FLOATS)
    copysign, copysign_ = late_method(_FLOATS), late_method(_FLOATS)
    nextafter, nextafter_ = late_method(_FLOATS), late_method(_FLOATS)
    frexp = late_method(_FLOATS)
    ldexp, ldexp_ = late_method(_FLOATS), late_method(_FLOATS)

    apply_, map_, map2_ = late_method(_PYTHON), late_method(_PYTHON), late_method(_PYTHON)

    fmax, fmin = late_method(_CHOICES), late_method(_CHOICES)
    nan_to_num, nan_to_num_ = late_method(_CHOICES), late_method(_CHOICES)
    heaviside, heaviside_ = late_method(_CHOICES), late_method(_CHOICES)

    gcd, gcd_ = late_method(_DIVISORS), late_method(_DIVISORS)
    lcm, lcm_ = late_method(_DIVISORS), late_method(_DIVISORS)

    conj, resolve_conj, is_conj = late_method(_PARTS), late_method(_PARTS), late_method(_PARTS)
    conj_physical, conj_physical_ = late_method(_PARTS), late_method(_PARTS)
    resolve_neg, is_neg = late_method(_PARTS), late_method(_PARTS)
    stft, istft = late_method("minitorch.spectra"), late_method("minitorch.spectra")
    isreal, angle = late_method(_PARTS), late_method(_PARTS)

    erfc, erfc_ = late_method(_ERROR), late_method(_ERROR)
    erfinv, erfinv_ = late_method(_ERROR), late_method(_ERROR)

    lgamma, lgamma_ = late_method(_GAMMA), late_method(_GAMMA)
    digamma, digamma_ = late_method(_GAMMA), late_method(_GAMMA)
    mvlgamma, mvlgamma_ = late_method(_GAMMA), late_method(_GAMMA)
    igamma, igamma_ = late_method(_GAMMA), late_method(_GAMMA)
    igammac, igammac_ = late_method(_GAMMA), late_method(_GAMMA)
    polygamma_ = late_method(_GAMMA)

    def polygamma(self, n: int) -> Tensor:
        """Return the n-th derivative of :meth:`digamma`: (*) -> (*).

        Raises:
            RuntimeError: for a negative n.
        """
        from minitorch.ops.special.gamma import polygamma

        return polygamma(n, self)

    i0, i0_ = late_method(_BESSEL), late_method(_BESSEL)

    diff = late_method(_CALCULUS)
    cov, corrcoef = late_method(_COVARIANCE), late_method(_COVARIANCE)
    dist = late_method(_LENGTHS)
    renorm, renorm_ = late_method(_LENGTHS), late_method(_LENGTHS)

    @property
    def real(self) -> Tensor:
        """A view of the real parts, of real numbers the tensor itself; it may be assigned to."""
        from minitorch.ops.elementwise.parts import real

        return real(self)

    @real.setter
    def real(self, values: Any) -> None:
        copies.copy_(self.real, values)

    @property
    def imag(self) -> Tensor:
        """A view of the imaginary parts; it may be assigned to.

        Raises:
            RuntimeError: for real numbers, which have none.
        """
        from minitorch.ops.elementwise.parts import imag

        return imag(self)

    @imag.setter
    def imag(self, values: Any) -> None:
        copies.copy_(self.imag, values)
