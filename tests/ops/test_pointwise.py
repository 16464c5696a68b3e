"""Functions of each element beside PyTorch's: dtypes, ends of the domain, forms, derivatives."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.tensor.rare import RareMethods
from tests.support.parity import DTYPES, assert_same, tensor_of

ONE = """acosh asinh atanh deg2rad rad2deg frac sgn signbit isposinf isneginf isreal angle
conj_physical logit nan_to_num erfc erfinv lgamma digamma i0 sinc frexp positive real conj
special.entr special.ndtr special.ndtri special.log_ndtr special.erfcx special.i0e special.i1
special.i1e special.expit special.psi special.gammaln"""
TWO = """atan2 hypot logaddexp logaddexp2 xlogy copysign nextafter ldexp fmax fmin heaviside fmod
float_power gcd lcm igamma igammac special.xlog1py special.zeta special.gammaincc"""
ENDS = [0.0, -0.0, 0.25, 0.5, 1.0, -1.0, 1.5, -2.25, 30.0, np.inf, -np.inf, np.nan]
# PyTorch has these in single and double precision alone.
NO_HALF = {"special.erfcx", "special.ndtri", "special.log_ndtr", "special.zeta"}
# Where PyTorch makes NaN of infinity, or a number of NaN, and we do not.
FINITE = {"i0", "special.i1", "special.zeta", "igamma", "igammac", "special.gammaincc"}


def function(library: Any, name: str) -> Callable[..., Any]:
    for part in name.split("."):
        library = getattr(library, part)
    found: Callable[..., Any] = library
    return found


def ends_of(name: str, dtype: str) -> Any:
    """Points to try; of float16 PyTorch makes NaN of infinite results that others have."""
    if "float" not in dtype:
        return np.array([1, 2, 3, 100], dtype)
    count = 7 if dtype == "float16" else 9 if name in FINITE else len(ENDS)
    return np.array(ENDS[:count], dtype)


def same(torch: Any, name: str, arrays: Any, note: Any) -> None:
    """As `assert_same`, allowing for what is 0 but for rounding."""

    half = {"float16", "bfloat16"} & set(note)

    def call(lib: Any) -> Any:
        out = function(lib, name)(*[tensor_of(lib, np.array(x)) for x in arrays])
        if isinstance(out, tuple) or not out.is_floating_point():
            return out
        return out + (4 if half else 1)

    if name not in NO_HALF or not half:
        assert_same(torch, call, 16e-3 if "bfloat16" in half else 4e-3 if half else 2e-5, note)


@pytest.mark.parametrize("name", ONE.split())
def test_of_one_tensor(torch: Any, name: str) -> None:
    for dtype in DTYPES:
        same(torch, name, [ends_of(name, dtype)], (dtype,))


@pytest.mark.parametrize("name", TWO.split())
def test_of_two_tensors(torch: Any, name: str) -> None:
    """Each end with each, of one dtype; a few of two; and a number where there may be one."""
    for dtype in DTYPES:
        ends = ends_of(name, dtype)
        same(torch, name, [np.repeat(ends, ends.size), np.tile(ends, ends.size)], (dtype,))
    few = np.array([1.0, 2.0, 3.0])
    for a in DTYPES:
        for b in DTYPES:
            same(torch, name, [few.astype(a), few[::-1].astype(b)], (a, b))
            same(torch, name, [few.astype(a), np.array(2, b)], (a, b))
    assert_same(torch, lambda lib: function(lib, name)(lib.ones(2), 2.5), 1e-6)
    assert_same(torch, lambda lib: function(lib, name)(2, lib.ones(2)), 1e-6)


IN_PLACE = sorted(n for n in vars(RareMethods) if n.endswith("_") and not n.startswith("_"))
ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "mvlgamma_": (1,),
    "polygamma_": (1,),
    "renorm_": (2, 0, 1),
}
# In place PyTorch has no derivative of them.
CONSTANT = {"heaviside_"} | {f"{arc}{f}_" for arc in ("a", "arc") for f in ("cosh", "sinh", "tanh")}
OF_TWO = {f"{name}_" for name in TWO.split()} | {"arctan2_"}


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(torch: Any, name: str) -> None:
    """The very tensor comes back, with the result in its memory, and a history."""

    def call(lib: Any) -> Any:
        whole = name in ("gcd_", "lcm_")
        dtype = lib.int64 if whole else lib.float64
        leaf = lib.tensor([[1.5, 2.5], [3.0, 0.5]]).to(dtype)
        other = (lib.tensor([2.0, 3.0]).to(dtype),) if name in OF_TWO else ()
        constant = whole or name in CONSTANT
        x = leaf.clone() if constant else leaf.requires_grad_() * 1
        before = x.data_ptr()
        out = getattr(x, name)(*other, *ARGUMENTS.get(name, ()))
        assert out is x
        assert x.data_ptr() == before
        assert x._version == 1
        if constant:
            return x
        return x, lib.autograd.grad(x.sum(), leaf)[0] + 0

    assert_same(torch, call, 1e-9)


def matrix(lib: Any) -> Any:
    return lib.tensor([[0.3, 1.7, 0.9], [2.2, 0.6, 1.1]], dtype=lib.float64)


# Functions made of ops, each of one tensor.
MADE: dict[str, Callable[[Any, Any], Any]] = {
    "corrcoef": lambda lib, x: x.corrcoef(),
    "cov": lambda lib, x: x.cov(aweights=lib.tensor([1.0, 2.0, 3.0], dtype=lib.float64)),
    "cumulative_trapezoid": lambda lib, x: lib.cumulative_trapezoid(x, x * x),
    "deg2rad": lambda lib, x: lib.deg2rad(x),
    "diff": lambda lib, x: x.diff(2, prepend=x[:, :1]),
    "dist": lambda lib, x: x.dist(x.flip(0), 3),
    "float_power": lambda lib, x: x.float_power(x),
    "fmax": lambda lib, x: x.fmax(x.flip(0)),
    "fmin": lambda lib, x: x.fmin(x.flip(0)),
    "gradient": lambda lib, x: lib.gradient(x * x, spacing=0.5)[1],
    "ldexp": lambda lib, x: x.ldexp(x),
    "mvlgamma": lambda lib, x: (x + 1).mvlgamma(2),
    "nan_to_num": lambda lib, x: x.nan_to_num() * x,
    "ndtr": lambda lib, x: lib.special.ndtr(x),
    "renorm": lambda lib, x: x.renorm(2, 0, 1.5),
    "trapezoid": lambda lib, x: lib.trapezoid(x, x * x),
}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:There is a performance drop")
def test_derivatives_of_what_is_made_of_ops(torch: Any, name: str) -> None:
    def call(lib: Any) -> Any:
        return MADE[name](lib, matrix(lib))

    def value(lib: Any) -> Callable[[Any], Any]:
        return lambda x: (MADE[name](lib, x) ** 2).sum()

    assert_same(torch, call, 1e-9)
    assert_same(torch, lambda lib: 1 + lib.func.grad(value(lib))(matrix(lib)), 1e-8)
    assert_same(torch, lambda lib: 1 + lib.func.hessian(value(lib))(matrix(lib)).sum((0, 1)), 1e-7)
    direction = lambda lib: matrix(lib).flip(1)  # noqa: E731
    assert_same(
        torch,
        lambda lib: lib.func.jvp(lambda x: MADE[name](lib, x), (matrix(lib),), (direction(lib),)),
        1e-8,
    )
    batch = lambda lib: lib.stack([matrix(lib), direction(lib)])  # noqa: E731
    assert_same(torch, lambda lib: lib.vmap(lambda x: MADE[name](lib, x))(batch(lib)), 1e-9)


def test_slopes_where_they_are_a_choice(torch: Any) -> None:
    """At ties, zeros and infinities, PyTorch's."""
    pairs = {
        "fmax": ([1.0, 2.0, np.nan], [1.0, 3.0, 1.0]),
        "fmin": ([1.0, 2.0, 1.0], [1.0, 3.0, np.nan]),
        "copysign": ([0.0, -0.0, 2.0], [1.0, -1.0, -0.0]),
        "atan2": ([0.0, 0.0, 1.0], [0.0, 1.0, 0.0]),
        "hypot": ([0.0, 3.0], [0.0, 4.0]),
        "nextafter": ([1.0, 1.0], [1.0, 2.0]),
        "xlogy": ([0.0, 0.0, 1.0], [0.0, 2.0, 1.0]),
        "fmod": ([5.0, -5.0], [3.0, 3.0]),
    }
    ones = {
        "nan_to_num": [np.nan, np.inf, -np.inf, 1.0],
        "angle": [-1.0, 0.0, 1.0],
        "sinc": [0.0, 1.0, 0.5],
        "frac": [1.5, -1.5],
        "logit": [0.0, 1.0, 2.0, 0.5],
        "sgn": [0.0, 1.0],
        "special.i1": [0.0, 1.0],
        "special.i1e": [0.0, -1.0],
        "special.i0e": [0.0, 1.0],
        "special.entr": [0.5, 1.0],
    }
    for name, points in (pairs | {n: (x,) for n, x in ones.items()}).items():

        def call(lib: Any, name: str = name, points: Any = points) -> Any:
            leaves = [lib.tensor(x, dtype=lib.float64, requires_grad=True) for x in points]
            return [g + 0 for g in lib.autograd.grad(function(lib, name)(*leaves).sum(), leaves)]

        assert_same(torch, call, 1e-12, name)


def test_second_slopes(torch: Any) -> None:
    """Where the first is a quotient or a difference of what is huge, tiny or nearly equal."""
    for name, points in {
        "special.log_ndtr": [-30.0, -1.0, 0.0, 1.0, 30.0, 200.0],
        "special.i1": [0.0, 1e-20, -1e-18, 1.0],
        "special.i1e": [0.0, 1e-20, -1e-18, 1.0],
    }.items():

        def call(lib: Any, name: str = name, points: Any = points) -> Any:
            x = lib.tensor(points, dtype=lib.float64, requires_grad=True)
            (slope,) = lib.autograd.grad(function(lib, name)(x).sum(), x, create_graph=True)
            return lib.autograd.grad(slope.sum(), x)[0] + 0

        assert_same(torch, call, 1e-8, name)


def test_slope_of_a_mantissa_whose_exponent_is_beyond_float32() -> None:
    x = mt.tensor([1e300, 1e-300], dtype=mt.float64, requires_grad=True)
    mantissa, exponent = x.frexp()
    (slope,) = mt.autograd.grad(mantissa.sum(), x)
    assert slope.tolist() == [2.0**-n for n in exponent.tolist()]


@pytest.mark.parametrize(
    ("name", "phrase"),
    [
        ("heaviside", "derivative for aten::heaviside is not implemented"),
        ("igamma", "the derivative for 'igamma: input' is not implemented."),
        ("igammac", "the derivative for 'igammac: input' is not implemented."),
        ("special.zeta", "the derivative for 'zeta' is not implemented."),
    ],
)
def test_what_has_no_derivative(torch: Any, name: str, phrase: str) -> None:
    def call(lib: Any) -> Any:
        x = lib.tensor([1.5, 2.5], requires_grad=True)
        function(lib, name)(x, lib.ones(2)).sum().backward()

    assert_same(torch, call)
    with pytest.raises((RuntimeError, NotImplementedError), match=phrase):
        call(mt)


def test_real_and_imag(torch: Any) -> None:
    def parts(lib: Any) -> Any:
        x = lib.tensor([1.0, 2.0])
        x.real = lib.tensor([3.0, 4.0])
        return x, x.real is x, lib.is_conj(x), lib.is_neg(x), x.resolve_conj() is x

    assert_same(torch, parts)
    assert_same(torch, lambda lib: lib.ones(2).imag)
    assert_same(torch, lambda lib: lib.imag(lib.ones(2)))
