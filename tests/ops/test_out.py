"""`out=`: results written into a tensor that is there already."""

import inspect
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from tests.support.our_forms import takers_of_out
from tests.support.parity import Complaint, assert_equal, outcome, written
from tests.support.table import complaint, plain, refused, row, warned

REFUSED = refused(
    RuntimeError,
    "functions with out=... arguments don't support automatic differentiation, but one of the "
    "arguments requires grad.",
)

REDUCE = "sum mean prod amax amin std var argmax argmin logsumexp norm nansum nanmean"
COPIES = "alias_copy detach_copy diagonal_copy squeeze_copy t_copy"
JOIN = "cat column_stack concat concatenate dstack hstack row_stack stack vstack"


def of(torch: Any, name: str, *args: Any, **named: Any) -> tuple[str, Callable[..., Any]]:
    """The name, and a call of the function, which takes `out`."""
    return name, lambda **out: getattr(torch, name)(*args, **named, **out)


def by_signature(torch: Any) -> list[Any]:
    """Functions of each element that ask for one tensor or two; the bitwise ones for integers."""
    x, y, i = torch.tensor([0.25, 0.5, 1.0]), torch.tensor([0.5, 0.25, 0.75]), torch.arange(4, 7)
    found = []
    for name in takers_of_out(mt):
        function = inspect.unwrap(getattr(mt, name))
        parameters = inspect.signature(function).parameters.values()
        asked = [p for p in parameters if p.default is p.empty and p.kind is not p.VAR_POSITIONAL]
        home, tensors = Path(function.__code__.co_filename).parent.name, (x, y)
        if name in ("gcd", "lcm") or name.startswith("bitwise_"):
            tensors = (i, i % 3)
        if home in ("elementwise", "special") and asked[0].name == "input" and len(asked) < 3:
            found.append(of(torch, name, *tensors[: len(asked)]))
    return found


def by_element(torch: Any) -> list[Any]:
    x, y = torch.tensor([0.25, 0.5, 1.0]), torch.tensor([0.5, 0.25, 0.75])
    m = torch.arange(6.0).view(2, 3) / 4
    return [
        *[of(torch, name, m, dim=1) for name in REDUCE.split()],
        of(torch, "any", m > 1, dim=1),
        of(torch, "all", m > 1, dim=1),
        of(torch, "mvlgamma", x + 2, 2),
        *[of(torch, name, x, y) for name in ("complex", "polar")],
        of(torch, "polygamma", 1, x),
        of(torch, "addcmul", x, x, y),
        of(torch, "addcdiv", x, x, y),
        *[of(torch, name, x, 0.3, 0.6) for name in ("clamp", "clip")],
        *[of(torch, name, x, y) for name in ("dot", "inner", "kron", "outer", "vdot")],
        *[of(torch, name, x, y) for name in ("complex", "polar")],
        of(torch, "lerp", x, y, 0.25),
        of(torch, "threshold", x, 0.3, 7.0),
        of(torch, "where", x > y, x, y),
        of(torch, "tril", m),
        of(torch, "triu", m),
    ]


def by_dimension(torch: Any) -> list[Any]:
    x, m = torch.tensor([0.25, 0.5, 1.0]), torch.arange(6.0).view(2, 3) / 4
    return [
        *[of(torch, name, [x, x]) for name in JOIN.split()],
        of(torch, "addbmm", torch.ones(2, 2), m[None], m.t()[None]),
        of(torch, "addmm", torch.ones(2, 2), m, m.t()),
        of(torch, "addmv", torch.ones(2), m, x),
        of(torch, "addr", torch.ones(3, 3), x, x),
        of(torch, "baddbmm", torch.ones(2, 2), m[None], m.t()[None]),
        of(torch, "bmm", m[None], m.t()[None]),
        of(torch, "aminmax", m, dim=1),
        of(torch, "cummax", m, 1),
        of(torch, "cummin", m, 1),
        of(torch, "cumprod", m, 1),
        of(torch, "cumsum", m, 1),
        of(torch, "diag", x),
        of(torch, "diff", m),
        of(torch, "renorm", m, 2, 0, 0.5),
        *[of(torch, name, m) for name in COPIES.split()],
        of(torch, "as_strided_copy", m, (3, 2), (1, 3)),
        of(torch, "expand_copy", m, (4, 2, 3)),
        of(torch, "narrow_copy", m, 1, 1, 2),
        of(torch, "permute_copy", m, (1, 0)),
        of(torch, "select_copy", m, 1, 2),
        of(torch, "split_copy", m, 1),
        of(torch, "split_with_sizes_copy", m, [1, 1]),
        of(torch, "unbind_copy", m),
        of(torch, "slice_copy", m, 1, 1),
        of(torch, "transpose_copy", m, 0, 1),
        of(torch, "unfold_copy", m, 1, 2, 1),
        of(torch, "unsqueeze_copy", m, 1),
        of(torch, "view_copy", m, (3, 2)),
        of(torch, "histc", m, 3),
        of(torch, "histogram", m, 3),
        of(torch, "kthvalue", m, 2),
        of(torch, "log_softmax", m, 1),
        of(torch, "logcumsumexp", m, 1),
        of(torch, "matmul", m, x),
        of(torch, "max", m, 1),
        of(torch, "min", m, 1),
        of(torch, "median", m, 1),
        of(torch, "mm", m, m.t()),
        of(torch, "mode", m, 1),
        of(torch, "msort", m),
        of(torch, "mv", m, x),
        of(torch, "nanmedian", m, 1),
        of(torch, "nanquantile", m, 0.25, 1),
        of(torch, "quantile", m, 0.25, 1),
        of(torch, "slice_scatter", m, torch.ones(1, 3), 0, 1),
        of(torch, "softmax", m, 1),
        of(torch, "sort", m, 1, descending=True),
        of(torch, "tensordot", m, m, dims=([1], [1])),
        of(torch, "topk", m, 2),
    ]


def of_matrices(torch: Any) -> list[Any]:
    m = torch.tensor([[4.0, 1.0], [1.0, 3.0]])
    packed, pivots = torch.linalg.lu_factor(m)
    reflections, tau = torch.geqrf(m)
    square = "cholesky cholesky_inverse geqrf inverse qr slogdet svd"
    return [
        *[of(torch, name, m) for name in square.split()],
        of(torch, "chain_matmul", m, m),
        of(torch, "cholesky_solve", m, m),
        of(torch, "cross", torch.ones(3), torch.arange(3.0), 0),
        of(torch, "lu", m),
        of(torch, "lu_solve", m, packed, pivots),
        of(torch, "lu_unpack", packed, pivots),
        of(torch, "matrix_power", m, 3),
        of(torch, "orgqr", reflections, tau),
        of(torch, "ormqr", reflections, tau, m),
        of(torch, "triangular_solve", m, m),
    ]


def by_place(torch: Any) -> list[Any]:
    x, m = torch.tensor([0.25, 0.5, 1.0]), torch.arange(6.0).view(2, 3) / 4
    places, one = torch.tensor([[0, 1], [1, 0]]), torch.tensor([1])
    return [
        of(torch, "bucketize", m, x),
        of(torch, "gather", m, 1, places),
        of(torch, "index_add", m, 0, one, torch.ones(1, 3)),
        of(torch, "index_copy", m, 0, one, torch.ones(1, 3)),
        of(torch, "index_reduce", m, 0, one, torch.ones(1, 3), "amax"),
        of(torch, "index_select", m, 1, torch.tensor([2, 0])),
        of(torch, "isin", m, x),
        of(torch, "masked_select", x, x > 0.3),
        of(torch, "nonzero", x > 0.3),
        of(torch, "nonzero_static", x > 0.3, size=3),
        of(torch, "scatter", m, 1, places, 7.0),
        of(torch, "scatter_add", m, 1, places, torch.ones(2, 2)),
        of(torch, "scatter_reduce", m, 1, places, torch.ones(2, 2), "prod"),
        of(torch, "searchsorted", x, m),
        of(torch, "take", m, places),
        of(torch, "take_along_dim", m, places, 1),
    ]


def of_nothing(torch: Any) -> list[Any]:
    chances = torch.tensor([0.25, 0.5, 1.0])
    return [
        of(torch, "arange", 3),
        of(torch, "empty", 0),
        of(torch, "eye", 2),
        of(torch, "full", (2,), 3.0),
        of(torch, "linspace", 0, 1, 3),
        of(torch, "logspace", 0, 1, 3),
        of(torch, "ones", 2, 3),
        of(torch, "range", 0, 3),
        of(torch, "zeros", 2, 3),
        of(torch, "rand", 3),
        of(torch, "randn", 3),
        of(torch, "randint", 10, (3,)),
        of(torch, "randperm", 5),
        of(torch, "bernoulli", chances),
        of(torch, "multinomial", chances, 2),
        of(torch, "normal", 1.0, 2.0, (3,)),
    ]


def calls(torch: Any) -> dict[str, Callable[..., Any]]:
    """A call of each function, which takes `out`."""
    # What a signature does not say a later room does.
    rooms = by_signature, by_element, by_dimension, by_place, of_matrices, of_nothing
    return dict([call for room in rooms for call in room(torch)])


NAMES = sorted(calls(mt))


def test_every_function_with_out_is_called() -> None:
    """Under one of its names: an alias may be the same function."""
    takers = takers_of_out(mt)
    called = [getattr(mt, name) for name in NAMES]
    missing = [name for name in takers if getattr(mt, name) not in called]
    assert missing == [], "add a call of each to one of the rooms above"
    assert set(NAMES) <= set(takers)


@pytest.mark.parametrize("library", ["minitorch", "pytorch"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore:torch.* is deprecated")
@pytest.mark.filterwarnings("ignore:index_reduce.. is in beta")
def test_the_result_is_in_out(name: str, library: str, request: pytest.FixtureRequest) -> None:
    lib = mt if library == "minitorch" else request.getfixturevalue("torch")
    call = calls(lib)[name]
    lib.manual_seed(0)
    expected = call()
    several = isinstance(expected, tuple | list)
    fixed = several and not hasattr(expected, "_fields")  # lists stay as large as they are
    out = tuple(
        lib.empty(x.shape if fixed else 0, dtype=x.dtype)
        for x in (expected if several else (expected,))
    )
    lib.manual_seed(0)
    result = call(out=out if several else out[0])
    if result is None:  # what PyTorch returns instead of a list
        result = out
    for x, y, z in zip(
        result if several else (result,), out, expected if several else (expected,), strict=True
    ):
        assert x is y
        np.testing.assert_array_equal(plain(y), plain(z))
    if several:
        assert [plain(x) for x in result] == [plain(x) for x in expected]


@row([[2.0, 2.0], True, 1, True, [7.389056, 7.389056]])
def test_out_is_returned_and_counted(torch: Any) -> Any:
    x = torch.zeros(2)
    result = torch.add(torch.ones(2), 1, out=x)
    return [result.tolist(), result is x, x._version, torch.exp(x, out=x) is x, x]


@row([REFUSED, REFUSED, REFUSED, [2.0]])
def test_out_has_no_gradient(torch: Any) -> Any:
    a, x = torch.ones(1, requires_grad=True), torch.ones(1)
    with torch.no_grad():
        torch.add(a, 1, out=a)
    return [
        complaint(lambda: torch.add(a, 1, out=x)),
        complaint(lambda: torch.add(x, 1, out=a)),
        complaint(lambda: torch.cat([x, a], out=torch.empty(2))),
        a,
    ]


RESIZED = refused(UserWarning, "An output with one or more elements was resized since it had shape")


@row([[], [[2.0, 2.0]], [RESIZED], [[2.0, 2.0]], [RESIZED], [[2.0, 2.0]]])
def test_out_takes_on_the_shape_of_the_result(torch: Any) -> Any:
    seen: list[Any] = []
    for x in (torch.empty(0), torch.empty(5), torch.empty(1)):
        seen.append(warned(lambda x=x: torch.add(torch.ones(1, 2), 1, out=x)))
        seen.append(x)
    return seen


@row([[2.0, 2.0], [2.0, 0.0, 2.0, 0.0]])
def test_out_may_be_a_view(torch: Any) -> Any:
    base = torch.zeros(4)
    view = torch.add(torch.ones(2), 1, out=base[::2])
    return [view, base]


@row([[2.0, 2.0], True, [1.0, 1.0], [0, 1, 2]])
def test_out_may_be_of_a_wider_dtype(torch: Any) -> Any:
    x = torch.add(torch.ones(2), 1, out=torch.empty(2, dtype=torch.float64))
    truth = torch.eq(torch.ones(2), 1, out=torch.empty(2))
    numbers = torch.arange(3, out=torch.empty(3, dtype=torch.int64))
    return [x, x.dtype is torch.float64, truth, numbers]


def _wide(library: Any, dtype: Any = None) -> Any:
    return library.empty(0, dtype=dtype or library.float64)


OF_ONE_DTYPE: dict[str, Any] = {
    "bucketize": lambda T, x, wide: T.bucketize(x, x[0], out=wide()),
    "histc": lambda T, x, wide: T.histc(x, 2, out=wide()),
    "histogram": lambda T, x, wide: T.histogram(x, 2, out=(wide(), wide())),
    "isin": lambda T, x, wide: T.isin(x, x, out=wide()),
    "kthvalue": lambda T, x, wide: T.kthvalue(x, 1, out=(wide(), wide(T.int64))),
    "median": lambda T, x, wide: T.median(x, 0, out=(wide(), wide(T.int64))),
    "mode": lambda T, x, wide: T.mode(x, 0, out=(wide(), wide(T.int64))),
    "nanquantile": lambda T, x, wide: T.nanquantile(x, 0.5, out=wide()),
    "quantile": lambda T, x, wide: T.quantile(x, 0.5, out=wide()),
    "searchsorted": lambda T, x, wide: T.searchsorted(x[0], x, out=wide()),
    "take": lambda T, x, wide: T.take(x, T.tensor([0]), out=wide()),
}


@pytest.mark.parametrize("call", OF_ONE_DTYPE.values(), ids=OF_ONE_DTYPE)
def test_outs_that_must_have_the_dtype_of_the_result(torch: Any, call: Any) -> None:
    for library in (mt, torch):
        with pytest.raises(RuntimeError):
            call(library, library.ones(2, 2), partial(_wide, library))


@row(
    [
        refused(RuntimeError, "result type Float can't be cast to the desired output type Long"),
        refused(RuntimeError, "more than one element of the written-to tensor refers to a single"),
        refused(RuntimeError, "some elements of the input tensor and the written-to tensor refer"),
        refused(RuntimeError, "Expected out tensor to have dtype double, but got float instead"),
        refused(RuntimeError, "Expected out tensor to have dtype signed char, but got long int"),
        refused(RuntimeError, "isposinf does not support non-boolean outputs"),
    ]
)
def test_outs_that_do_not_fit(torch: Any) -> Any:
    x = torch.arange(6.0)
    return [
        complaint(lambda: torch.add(x, 1, out=torch.empty(6, dtype=torch.int64))),
        complaint(lambda: torch.add(torch.ones(2), 1, out=torch.zeros(1).expand(2))),
        complaint(lambda: torch.add(x[:5], 1, out=x[1:])),
        complaint(lambda: torch.mean(x, 0, dtype=torch.float64, out=torch.empty(()))),
        complaint(lambda: torch.cumsum(x, 0, dtype=torch.int8, out=torch.empty(6).long())),
        complaint(lambda: torch.isposinf(x, out=torch.empty(6))),
    ]


@row(
    [
        refused(TypeError, "can't be cast to the desired output type Long"),
        refused(TypeError, "can't be cast to the desired output type Long"),
        refused(RuntimeError, ""),
        refused(RuntimeError, ""),
        refused(RuntimeError, ""),
        refused(RuntimeError, ""),
        refused(RuntimeError, "unsupported operation"),
        refused(RuntimeError, "unsupported operation"),
        refused(RuntimeError, "unsupported operation"),
        [3, 6],
        6,
        [1, 1],
    ]
)
def test_outs_of_which_more_is_asked(torch: Any) -> Any:
    x, i, longs = torch.tensor([3.5, 3.5]), torch.tensor([1, 0]), torch.zeros(2).long()
    return [
        complaint(lambda: torch.cat([x], out=longs)),
        complaint(lambda: torch.hstack([x], out=longs)),
        complaint(lambda: torch.any(x, out=longs[0])),
        complaint(lambda: torch.nonzero(x, out=torch.zeros(2, 1))),
        complaint(lambda: torch.multinomial(x, 2, out=torch.zeros(2))),
        complaint(lambda: torch.gather(x, 0, i, out=x.double())),
        complaint(lambda: torch.gather(x, 0, i, out=x)),
        complaint(lambda: torch.cat([x], out=x)),
        complaint(lambda: torch.index_select(x, 0, i[:1], out=x[:1].expand(4))),
        torch.cumsum(x, 0, out=longs).tolist(),
        torch.sum(x, 0, out=torch.tensor(0)),
        torch.bernoulli(torch.ones(2), out=longs),
    ]


# Each of `x`, `i` of integers, `b` of half precision, and `out`, made of a dtype.
EXACT = """
torch.max(x, 0, out=(out(), out(int))) ;; torch.max(x, 0, out=(x[0] * 1, out(torch.int32)))
torch.sort(x, 0, out=(out(), out(int))) ;; torch.cummin(x, 0, out=(out(), out(int)))
torch.aminmax(x, dim=0, out=(x[0] * 1, out())) ;; torch.linalg.slogdet(x, out=(out(), out()))
torch.frexp(x, out=(x * 1, out(int))) ;; torch.unbind_copy(x, out=(out(), out()))
torch.lu(x, out=(out(int), out(int)))
torch.amax(x, 0, out=out()) ;; torch.argmin(x, 0, out=out(torch.int32))
torch.t_copy(x, out=out())
torch.bucketize(x, x[0], out_int32=True, out=out(int)) ;; torch.isin(x, x, out=out(int))
torch.searchsorted(x, x, out=out(torch.int32)) ;; torch.take(x, i, out=out())
torch.signbit(x, out=out()) ;; torch.all(x, 0, out=out(int))
torch.all(x, 0, out=out(torch.uint8))
torch.nansum(x, 0, out=out(int)) ;; torch.nanmean(x, 0, out=out(bool))
torch.nansum(b, 0, out=out())
torch.nansum(i, 0, out=out(int)) ;; torch.nanmean(b, 0, out=out()) ;; torch.nansum(x, out=out())
torch.kthvalue(x, 1, 0, out=(x[0], out(int))) ;; torch.mode(x, 0, out=(x, out(int)))
torch.take(x, i, out=x[0]) ;; torch.take(i, i[1:], out=i[:1])
torch.take_along_dim(x, i, 0, out=x)
torch.gather(i * 1, 0, i[1:], out=i[:1]) ;; torch.gather(x[0], 0, i[::2], out=torch.ones(4)[::2])
torch.cat([x, x], out=x) ;; torch.add(x[0], 1, out=x[1])
torch.narrow_copy(x, 2, 0, 1, out=out()) ;; torch.nonzero(x, as_tuple=True, out=out(int))
torch.nonzero(x, as_tuple=True, out=(out(int), out(int))) ;; torch.nonzero(x, out=out())
"""


@pytest.mark.parametrize("expression", re.split(r" ;; |\n", EXACT.strip()))
@pytest.mark.filterwarnings("ignore:.*deprecated")
def test_outs_are_taken_as_in_pytorch(torch: Any, expression: str) -> None:
    def things(lib: Any) -> dict[str, Any]:
        dtypes = {int: lib.int64, bool: lib.bool}
        x = lib.tensor([[1.0, 2.5], [3.0, -1.0]])
        return {
            "x": x,
            "i": lib.tensor([1, 0, 1]),
            "b": lib.full((2, 2), 6e4, dtype=lib.float16),
            "out": lambda of=lib.float64: lib.empty(0, dtype=dtypes.get(of, of)),
        }

    ours, theirs = (outcome(written(expression, things), lib) for lib in (mt, torch))
    if isinstance(theirs, Complaint):  # of each function in words of its own
        assert isinstance(ours, Complaint) and ours.kind is theirs.kind
    else:
        assert_equal(torch, ours, theirs)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mt.exp(mt.ones(2), out=[1.0]), "argument 'out' must be Tensor, not float"),
        (lambda: mt.max(mt.ones(2, 2), 1, out=mt.ones(2)), "expected out to be 2 tensor"),
        (lambda: mt.zeros(2, out=3), "argument 'out' must be Tensor, not int"),
    ],
)
def test_out_must_be_a_tensor_for_each_result(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


@row([[0.5, 0.0], [[0.0, 1.0]], [-0.5, 2.0]])
def test_functions_in_place_by_name(torch: Any) -> Any:
    x, m = torch.tensor([0.5, -1.0]), torch.arange(2.0)
    relu = torch.relu_(x).tolist()
    swapped = torch.swapaxes(m.view(2, 1), 0, 1).tolist()
    torch.clamp_min_(torch.neg_(torch.add(x, torch.tensor([0.0, -2.0]), out=x)), -0.5)
    return [relu, swapped, x]


@row([[1.0, 2.0], True, [[-1.0], [1.0]], [3.0, 0.0], [1.0, 0.0]])
def test_layers_by_name_at_the_root(torch: Any) -> Any:
    x = torch.tensor([1.0, 2.0])
    norm = torch.batch_norm(
        torch.tensor([[1.0], [3.0]]), None, None, None, None, True, 0.1, 1e-6, False
    )
    filled = torch.zeros(2)
    torch.index_put_(filled, (torch.tensor([0]),), torch.tensor([3.0]))
    less = torch.less(x, 2).float()
    return [torch.dropout(x, 0.5, False), torch.detach(x) is not x, norm, filled, less]
