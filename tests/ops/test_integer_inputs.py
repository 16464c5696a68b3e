"""Every op on integers and truth values: dtypes, values and refusals are those of PyTorch.

An op's `parity` is a call of the public API, so the same call is made here of both libraries, with
the op's samples cast. `integer_inputs.toml` has what PyTorch 2.13 made of it, a line for each op:
an outcome for int64, int32, uint8 and bool inputs, or one for each sample where they differ. An
outcome is the dtype of the result, or of each of several, or the class of the error. A `Unary`
needs no line: it gives float32.
"""

import itertools
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import minitorch as mt
from minitorch.ops.elementwise.unary import Unary
from minitorch.ops.samples import Sample
from tests.support.op_calls import (
    OpClass,
    all_ops,
    as_integers,
    call_public,
    good_samples,
    is_float_array,
)

DTYPES = {"int64": np.int64, "int32": np.int32, "uint8": np.uint8, "bool": np.bool_}
FILE = Path(__file__).with_name("integer_inputs.toml")
TABLE: dict[str, list[str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))

# Their `parity` is no call of the public API: most are gradients, which only floats have.
INTERNAL = """
    AdaptiveAvgPoolGrad AdaptiveMaxPool AdaptiveMaxPool3d AsStrided AsStridedGrad Attention
    AttentionGrad AvgPoolGrad BatchNormGrad Bernoulli BernoulliBy
    BernoulliLike BernoulliOf BinaryCrossEntropyGrad Binomial BorderPadGrad
    Cauchy CdistGrad ConvolutionInputGrad ConvolutionWeightGrad CopySlices CtcLossGrad
    DiagonalGrad Draw Eigh Eigvalsh EmbeddingGrad EqOver Exponential FractionalMaxPool
    FractionalMaxPool3d GatherPlaces GatherWindows GeOver GeluGrad Geometric GridPlaces
    GroupNormGrad GruGrad GtOver HardswishGrad HuberGrad IndexGrad IndexPutGrad InsideGrad
    LayerNormGrad LeOver LeakyReluGrad LogCumSumExpGrad LogNormal LogSoftmaxGrad LogitGrad
    LstmGrad LtOver MatrixExpSlope MaxUnpool MaxUnpool3d MoveAverage MoveVariance MovedInside
    NeOver NllLossGrad Normal OtherKind OutsideGrad PReluGrad PartGrad Poisson RRelu Random
    Resample RmsNormGrad RnnGrad ScatterGrad ScatterPlaces ScatterWindows SigmoidGrad
    SiluGrad SoftMarginGrad SoftmaxGrad Svd TanhGrad ThresholdGrad ToCopy UnfoldGrad Uniform
"""


class Difference(NamedTuple):
    """Where minitorch differs from PyTorch: an op or one of its samples, and for which dtypes."""

    what: str
    dtypes: str
    pytorch: str  # the outcome there; "input" for the dtype that came
    ours: str
    why: str


ALL = " ".join(DTYPES)
REFUSED = "NotImplementedError"
EMPTY = "PyTorch looks at the dtype where it computes: of no elements it computes nothing"
KEPT = "decimals=0 is as if it were not said: integers stay as they are, as in round(x) there"
DIFFERENCES = [
    Difference("AdaptiveAvgPool", ALL, "input", REFUSED, EMPTY),
    Difference("BatchNormInference", ALL, "input", REFUSED, EMPTY),
    Difference("Bmm", "bool", "input", REFUSED, EMPTY),
    Difference("Convolution", "bool", "input", REFUSED, EMPTY),
    Difference("ConvolutionTranspose", "int32 uint8 bool", "input", REFUSED, EMPTY),
    Difference("Linear", "bool", "input", REFUSED, EMPTY),
    Difference("LinearFlattened", "bool", "input", REFUSED, EMPTY),
    Difference("LinearNoBias", "bool", "input", REFUSED, EMPTY),
    Difference("LinearNoBiasFlattened", "bool", "input", REFUSED, EMPTY),
    Difference("LogSoftmax", ALL, "input", REFUSED, EMPTY),
    Difference("MatMul", "bool", "input", REFUSED, EMPTY),
    Difference("Mm", "bool", "input", REFUSED, EMPTY),
    Difference("Mv", "bool", "input", REFUSED, EMPTY),
    Difference("Round-0", "int64 int32 uint8", REFUSED, "input", KEPT),
    Difference("Softmax", ALL, "input", REFUSED, EMPTY),
]


def _samples(op: OpClass) -> list[tuple[str, Sample]]:
    named = [(f"{op.__name__}-{i}", sample) for i, sample in enumerate(good_samples(op))]
    return [(name, sample) for name, sample in named if any(map(is_float_array, sample.inputs))]


def _is_public(op: OpClass) -> bool:
    if op.parity is None:
        return False
    sample = good_samples(op)[0]
    try:
        call_public(op, mt, sample.inputs, sample.params)
    except AttributeError:
        return False
    return True


WITH_FLOATS = [op for op in all_ops() if _samples(op)]
PUBLIC = [op for op in WITH_FLOATS if op.__name__ not in INTERNAL.split()]
every_op = pytest.mark.parametrize("op", PUBLIC, ids=lambda op: op.__name__)


def _outcome(result: Any) -> str:
    if isinstance(result, Exception):
        return type(result).__name__
    return ",".join([str(x.dtype).rpartition(".")[2] for x in result])


def _walk(op: OpClass, library: Any) -> dict[tuple[str, str], Any]:
    """What each sample gives for inputs of each dtype: outputs, or an error."""
    return {
        (name, dtype): call_public(op, library, as_integers(sample.inputs, kind), sample.params)
        for dtype, kind in DTYPES.items()
        for name, sample in _samples(op)
    }


def _line(op: OpClass, results: dict[tuple[str, str], Any]) -> str:
    """The line of the table that says so."""
    cells = []
    for dtype in DTYPES:
        outcomes = [_outcome(result) for (_, kind), result in results.items() if kind == dtype]
        cells.append(" ".join(outcomes if len(set(outcomes)) > 1 else outcomes[:1]))
    return f"{op.__name__} = {cells}".replace("'", '"')


def _cells(op: OpClass) -> list[str] | None:
    """The line of an op: for each dtype an outcome, or one for each sample."""
    return TABLE.get(op.__name__, ["float32"] * len(DTYPES) if issubclass(op, Unary) else None)


def _golden(op: OpClass) -> dict[tuple[str, str], str]:
    """The outcomes that the table has, by sample and dtype."""
    names = [name for name, _ in _samples(op)]
    golden: dict[tuple[str, str], str] = {}
    for dtype, cell in zip(DTYPES, _cells(op) or (), strict=True):
        outcomes = cell.split()
        outcomes = outcomes * len(names) if len(outcomes) == 1 else outcomes
        golden |= {(n, dtype): o for n, o in zip(names, outcomes, strict=True)}
    return golden


def _applies(row: Difference, case: tuple[str, str], golden: str) -> bool:
    name, dtype = case
    return (
        row.what in (name, name.rpartition("-")[0])
        and dtype in row.dtypes.split()
        and golden == (dtype if row.pytorch == "input" else row.pytorch)
    )


def _expected(case: tuple[str, str], golden: str) -> str:
    for row in DIFFERENCES:
        if _applies(row, case, golden):
            return case[1] if row.ours == "input" else row.ours
    return golden


@every_op
def test_dtypes_and_refusals(op: OpClass) -> None:
    if _cells(op) is None:
        pytest.fail(f"{FILE.name} has no line for it: {_line(op, _walk(op, mt))} is what we give")
    golden = _golden(op)
    got = {case: _outcome(result) for case, result in _walk(op, mt).items()}
    assert got == {case: _expected(case, outcome) for case, outcome in golden.items()}


@every_op
def test_values_are_those_of_the_reference(op: OpClass) -> None:
    """The numbers are those of floats of the same value, brought to the dtype of the result."""
    for name, sample in _samples(op) if op.__name__ not in OF_FRACTIONS else ():
        for dtype in DTYPES.values():
            inputs = as_integers(sample.inputs, dtype)
            got = call_public(op, mt, inputs, sample.params)
            if isinstance(got, Exception):
                continue
            floats = [
                x.astype(np.float64) if is_float_array(own) else x
                for x, own in zip(inputs, sample.inputs, strict=True)
            ]
            expected = _reference(op, floats, sample.params)[: len(got)]
            for out, want in zip(got, expected, strict=True):
                want = _brought_to(np.asarray(want), out.numpy().dtype)
                np.testing.assert_allclose(out.numpy(), want, 1e-5, 1e-5, err_msg=name)


# Integers are their poles, or beyond their domain: PyTorch alone is compared.
OF_FRACTIONS = {"Digamma", "Erfinv", "Lgamma", "NamedFunction", "Ndtri", "Polygamma", "Polynomial"}

# Python's functions, which the references call, refuse what is outside of their domain.
NAN_OUTSIDE: dict[str, Any] = {
    "Acos": np.arccos,
    "Acosh": np.arccosh,
    "Asin": np.arcsin,
    "Atanh": np.arctanh,
    "Entr": lambda x: np.where(x < 0, -np.inf, np.where(x == 0, 0, -x * np.log(x))),
    "Logit": lambda x, eps: np.log(1 / (1 / (x if eps is None else x.clip(eps, 1 - eps)) - 1)),
    "Xlog1py": lambda a, b: np.where(np.equal(a, 0), 0, a * np.log1p(b)),
    "Xlogy": lambda a, b: np.where(np.equal(a, 0), 0, a * np.log(b)),
}


def _reference(op: OpClass, floats: list[Any], params: Any) -> tuple[Any, ...]:
    with np.errstate(invalid="ignore", divide="ignore"):
        want = NAN_OUTSIDE.get(op.__name__, op.reference)(*floats, **params)
    return want if isinstance(want, tuple) else (want,)


def _brought_to(want: Any, dtype: Any) -> Any:
    if dtype.kind in "iu":
        return want.astype(np.int64).astype(dtype)  # wraps around
    return want.astype(dtype)


@every_op
def test_pytorch(torch: Any, op: OpClass) -> None:
    """The table is PyTorch's, and so are the values."""
    theirs = _walk(op, torch)
    assert _line(op, theirs) == f"{op.__name__} = {_cells(op)}".replace("'", '"')
    for case, ours in _walk(op, mt).items():
        want = theirs[case]
        if isinstance(ours, Exception) or _outcome(ours) != _outcome(want):
            continue
        for a, b in zip(ours, want, strict=True):
            np.testing.assert_allclose(a.numpy(), b.numpy(), 2e-5, 1e-5, err_msg=str(case))


def test_the_table_has_no_line_too_many() -> None:
    assert set(TABLE) <= {op.__name__ for op in PUBLIC}


def test_internal_ops_have_no_public_call() -> None:
    assert {op.__name__ for op in WITH_FLOATS if not _is_public(op)} == set(INTERNAL.split())


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: f"{row.what}-{row.ours}")
def test_a_difference_is_one(row: Difference) -> None:
    """Each row, for each of its dtypes, is of some sample; that we differ there is tested above."""
    assert row.ours != row.pytorch
    assert row.why
    goldens = [_golden(op) for op in PUBLIC if _cells(op)]
    cases = itertools.chain.from_iterable(golden.items() for golden in goldens)
    seen = {case[1] for case, outcome in cases if _applies(row, case, outcome)}
    assert seen == set(row.dtypes.split())
