"""Methods that work element by element, by name; operators have their own file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from minitorch.autograd.variable import TensorBase
from minitorch.ops.arguments import takes_tensors
from minitorch.ops.elementwise import (
    activation,
    arithmetic,
    bitwise,
    clamping,
    closeness,
    comparison,
    division,
    exponential,
    finite,
    logical,
    piecewise,
    power,
    rounding,
    selection,
    signs,
    trigonometry,
    weighted_sum,
)
from minitorch.ops.out import method

if TYPE_CHECKING:
    from minitorch.tensor import Tensor


class ElementwiseMethods(TensorBase):
    """The functions of :mod:`minitorch.ops.elementwise`, as they are defined there."""

    add, add_ = method(arithmetic.add), arithmetic.add_
    sub, sub_ = method(arithmetic.sub), arithmetic.sub_
    mul, mul_ = method(arithmetic.mul), arithmetic.mul_
    neg, neg_ = method(arithmetic.neg), arithmetic.neg_
    subtract, subtract_ = sub, sub_
    multiply, multiply_ = mul, mul_
    negative, negative_ = neg, neg_

    abs, abs_ = method(signs.abs), signs.abs_
    absolute, absolute_ = abs, abs_
    sign, sign_ = method(signs.sign), signs.sign_
    sgn, sgn_ = method(signs.sgn), signs.sgn_
    positive = signs.positive

    div, div_ = method(division.div), division.div_
    divide, divide_ = div, div_
    true_divide, true_divide_ = method(division.true_divide), division.true_divide_
    floor_divide, floor_divide_ = method(division.floor_divide), division.floor_divide_
    remainder, remainder_ = method(division.remainder), division.remainder_
    fmod, fmod_ = method(division.fmod), division.fmod_
    reciprocal, reciprocal_ = method(division.reciprocal), division.reciprocal_

    pow, pow_ = method(power.pow), power.pow_
    square, square_ = method(power.square), power.square_
    float_power, float_power_ = method(power.float_power), power.float_power_

    exp, exp_ = method(exponential.exp), exponential.exp_
    log, log_ = method(exponential.log), exponential.log_
    sqrt, sqrt_ = method(exponential.sqrt), exponential.sqrt_
    log1p, log1p_ = method(exponential.log1p), exponential.log1p_
    log2, log2_ = method(exponential.log2), exponential.log2_
    log10, log10_ = method(exponential.log10), exponential.log10_
    expm1, expm1_ = method(exponential.expm1), exponential.expm1_
    exp2, exp2_ = method(exponential.exp2), exponential.exp2_
    rsqrt, rsqrt_ = method(exponential.rsqrt), exponential.rsqrt_

    sin, sin_ = method(trigonometry.sin), trigonometry.sin_
    cos, cos_ = method(trigonometry.cos), trigonometry.cos_
    tan, tan_ = method(trigonometry.tan), trigonometry.tan_
    asin, asin_ = method(trigonometry.asin), trigonometry.asin_
    acos, acos_ = method(trigonometry.acos), trigonometry.acos_
    atan, atan_ = method(trigonometry.atan), trigonometry.atan_
    sinh, sinh_ = method(trigonometry.sinh), trigonometry.sinh_
    cosh, cosh_ = method(trigonometry.cosh), trigonometry.cosh_
    arcsin, arccos, arctan = asin, acos, atan
    arcsin_, arccos_, arctan_ = asin_, acos_, atan_

    floor, floor_ = method(rounding.floor), rounding.floor_
    ceil, ceil_ = method(rounding.ceil), rounding.ceil_
    trunc, trunc_ = method(rounding.trunc), rounding.trunc_
    fix, fix_ = trunc, trunc_
    round, round_ = method(rounding.round), rounding.round_
    frac, frac_ = method(rounding.frac), rounding.frac_

    relu, relu_ = method(activation.relu), activation.relu_
    sigmoid, sigmoid_ = method(activation.sigmoid), activation.sigmoid_
    tanh, tanh_ = method(activation.tanh), activation.tanh_
    erf, erf_ = method(activation.erf), activation.erf_
    prelu, hardshrink = piecewise.prelu, method(piecewise.hardshrink)

    clamp, clamp_ = method(clamping.clamp), clamping.clamp_
    clamp_min, clamp_min_ = method(clamping.clamp_min), clamping.clamp_min_
    clamp_max, clamp_max_ = method(clamping.clamp_max), clamping.clamp_max_
    clip, clip_ = clamp, clamp_

    maximum, minimum = method(selection.maximum), method(selection.minimum)

    @takes_tensors
    def where(self, condition: Tensor, other: Any) -> Tensor:
        """Return this tensor where the condition holds, else ``other``, with broadcasting.

        Shapes: (*A), condition (*C), other (*B) or a number -> (*broadcast(A, B, C)).
        """
        return selection.Where.apply(condition, self, other)

    lerp, lerp_ = method(weighted_sum.lerp), weighted_sum.lerp_
    addcmul, addcmul_ = method(weighted_sum.addcmul), weighted_sum.addcmul_
    addcdiv, addcdiv_ = method(weighted_sum.addcdiv), weighted_sum.addcdiv_

    eq, eq_ = method(comparison.eq), comparison.eq_
    ne, ne_ = method(comparison.ne), comparison.ne_
    lt, lt_ = method(comparison.lt), comparison.lt_
    le, le_ = method(comparison.le), comparison.le_
    gt, gt_ = method(comparison.gt), comparison.gt_
    ge, ge_ = method(comparison.ge), comparison.ge_
    not_equal, not_equal_ = ne, ne_
    less, less_, less_equal, less_equal_ = lt, lt_, le, le_
    greater, greater_, greater_equal, greater_equal_ = gt, gt_, ge, ge_

    isclose, allclose, equal = closeness.isclose, closeness.allclose, closeness.equal
    isnan, isinf, isfinite = finite.isnan, finite.isinf, finite.isfinite
    isposinf, isneginf = method(finite.isposinf), method(finite.isneginf)

    logical_not, logical_not_ = method(logical.logical_not), logical.logical_not_
    logical_and, logical_and_ = method(logical.logical_and), logical.logical_and_
    logical_or, logical_or_ = method(logical.logical_or), logical.logical_or_
    logical_xor, logical_xor_ = method(logical.logical_xor), logical.logical_xor_

    bitwise_not, bitwise_not_ = method(bitwise.bitwise_not), bitwise.bitwise_not_
    bitwise_and, bitwise_and_ = method(bitwise.bitwise_and), bitwise.bitwise_and_
    bitwise_or, bitwise_or_ = method(bitwise.bitwise_or), bitwise.bitwise_or_
    bitwise_xor, bitwise_xor_ = method(bitwise.bitwise_xor), bitwise.bitwise_xor_
    bitwise_left_shift = method(bitwise.bitwise_left_shift)
    bitwise_left_shift_ = bitwise.bitwise_left_shift_
    bitwise_right_shift = method(bitwise.bitwise_right_shift)
    bitwise_right_shift_ = bitwise.bitwise_right_shift_
