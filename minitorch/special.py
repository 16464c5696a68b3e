"""``torch.special``: functions that mathematics has names for; many are at the root, too."""

from minitorch.ops.elementwise.activation import erf as erf, sigmoid as _sigmoid
from minitorch.ops.elementwise.angles import sinc as sinc
from minitorch.ops.elementwise.exponential import exp2 as exp2, expm1 as expm1, log1p as log1p
from minitorch.ops.elementwise.logarithms import (
    entr as entr,
    logit as logit,
    xlog1py as xlog1py,
    xlogy as xlogy,
)
from minitorch.ops.elementwise.rounding import round as round
from minitorch.ops.layers.softmax import log_softmax as log_softmax, softmax as softmax
from minitorch.ops.reduce.sums import logsumexp as logsumexp
from minitorch.ops.special.bessel import (
    airy_ai as airy_ai,
    bessel_j0 as bessel_j0,
    bessel_j1 as bessel_j1,
    bessel_y0 as bessel_y0,
    bessel_y1 as bessel_y1,
    i0 as i0,
    i0e as i0e,
    i1 as i1,
    i1e as i1e,
    modified_bessel_i0 as modified_bessel_i0,
    modified_bessel_i1 as modified_bessel_i1,
    modified_bessel_k0 as modified_bessel_k0,
    modified_bessel_k1 as modified_bessel_k1,
    scaled_modified_bessel_k0 as scaled_modified_bessel_k0,
    scaled_modified_bessel_k1 as scaled_modified_bessel_k1,
    spherical_bessel_j0 as spherical_bessel_j0,
)
from minitorch.ops.special.error import (
    erfc as erfc,
    erfcx as erfcx,
    erfinv as erfinv,
    log_ndtr as log_ndtr,
    ndtr as ndtr,
    ndtri as ndtri,
)
from minitorch.ops.special.gamma import (
    digamma as digamma,
    igamma as _igamma,
    igammac as _igammac,
    lgamma as _lgamma,
    mvlgamma as _mvlgamma,
    polygamma as polygamma,
    zeta as zeta,
)
from minitorch.ops.special.orthogonal import (
    chebyshev_polynomial_t as chebyshev_polynomial_t,
    chebyshev_polynomial_u as chebyshev_polynomial_u,
    chebyshev_polynomial_v as chebyshev_polynomial_v,
    chebyshev_polynomial_w as chebyshev_polynomial_w,
    hermite_polynomial_h as hermite_polynomial_h,
    hermite_polynomial_he as hermite_polynomial_he,
    laguerre_polynomial_l as laguerre_polynomial_l,
    legendre_polynomial_p as legendre_polynomial_p,
    shifted_chebyshev_polynomial_t as shifted_chebyshev_polynomial_t,
    shifted_chebyshev_polynomial_u as shifted_chebyshev_polynomial_u,
    shifted_chebyshev_polynomial_v as shifted_chebyshev_polynomial_v,
    shifted_chebyshev_polynomial_w as shifted_chebyshev_polynomial_w,
)

# Second names.
expit = _sigmoid
gammainc, gammaincc = _igamma, _igammac
gammaln, multigammaln, psi = _lgamma, _mvlgamma, digamma
