"""NumPy's ufuncs and our functions of the same meaning."""

from __future__ import annotations

_SAME = """
absolute arccos arccosh arcsin arcsinh arctan arctan2 arctanh bitwise_and bitwise_or bitwise_xor
ceil copysign cos cosh deg2rad divide exp exp2 expm1 floor floor_divide float_power fmax fmin fmod
frexp gcd greater greater_equal hypot isfinite isinf isnan lcm ldexp less less_equal log
log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor matmul maximum
minimum multiply negative nextafter not_equal positive rad2deg reciprocal remainder signbit sin
sinh sqrt square subtract add tan tanh trunc
"""

# By the name that the ufunc itself has (np.abs.__name__ is "absolute"); looked up when called.
UFUNCS = {name: name for name in _SAME.split()} | {
    "conjugate": "conj",
    "degrees": "rad2deg",
    "equal": "eq",
    "fabs": "abs",
    "invert": "bitwise_not",
    "left_shift": "bitwise_left_shift",
    "power": "pow",
    "radians": "deg2rad",
    "right_shift": "bitwise_right_shift",
    "rint": "round",
    "sign": "array_api.sign",  # NaN of NaN
    "vecdot": "linalg.vecdot",
}

# Those of our functions of two tensors that take no number as the second.
OF_TENSORS = (
    *("arctan2", "fmax", "fmin", "gcd", "hypot", "lcm", "logaddexp", "logaddexp2"),
    *("logical_and", "logical_or", "logical_xor", "matmul", "maximum", "minimum", "nextafter"),
    "vecdot",
)

# Methods of ufuncs that are functions of NumPy's, too.
OF_METHODS = {
    ("add", "reduce"): "sum",
    ("multiply", "reduce"): "prod",
    ("maximum", "reduce"): "amax",
    ("minimum", "reduce"): "amin",
    ("logical_and", "reduce"): "all",
    ("logical_or", "reduce"): "any",
    ("add", "accumulate"): "cumsum",
    ("multiply", "accumulate"): "cumprod",
}
