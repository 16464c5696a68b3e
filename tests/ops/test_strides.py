"""Results lie in memory as PyTorch's do, so that ``view`` works on them where it does there."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.autograd.op import Op
from tests.support.op_calls import all_ops, call, good_samples


def _sliced(x: Any) -> Any:
    return np.pad(x, [(0, 1)] * x.ndim)[(slice(-1),) * x.ndim] if x.ndim else x


def _stepped(x: Any) -> Any:
    return np.repeat(x[..., None], 2, axis=-1)[..., 0] if x.ndim else x


def _channels_last(x: Any) -> Any:
    if x.ndim < 3:
        return x
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)


def _expanded(x: Any) -> Any:
    return np.broadcast_to(x[:1], x.shape) if x.ndim and x.size else x


def _expanded_last(x: Any) -> Any:
    return np.broadcast_to(x[..., :1], x.shape) if x.ndim and x.size else x


LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "contiguous": lambda x: np.array(x, order="C"),
    "transposed": lambda x: np.array(x, order="F"),
    "sliced": _sliced,
    "stepped": _stepped,
    "expanded": _expanded,
    "expanded last": _expanded_last,
    "channels last": _channels_last,
}

CONVERTED = "layers make contiguous images of any images, and no memory format is kept"
RARE = "NumPy's choice where two inputs disagree, C order: to look costs more than it is worth"
OTHER_CALL = "what PyTorch is asked for it is index_put(); the function of this name is as here"

# Op -> the layouts of which its results differ in PyTorch, and why.
DIFFERENCES: dict[str, tuple[set[str], str]] = {
    **dict.fromkeys(
        ["AdaptiveAvgPool", "AvgPool", "BatchNorm", "BatchNormInference", "ChannelShuffle",
         "Convolution", "ConvolutionInputGrad", "ConvolutionTranspose", "ConvolutionWeightGrad",
         "GroupNorm", "MaxPool", "MaxPool3d", "PixelShuffle", "PixelUnshuffle",
         "ReflectionPad3d", "ReplicationPad3d", "RmsNorm"],
        ({"channels last"}, CONVERTED),
    ),
    **dict.fromkeys(
        ["BinaryCrossEntropy", "Rsub", "SigmoidGrad", "SoftMarginLoss", "TanhGrad",
         "ThresholdGrad"],
        ({"transposed"}, RARE),
    ),
    **dict.fromkeys(["IndexAdd", "IndexCopy"], ({"transposed"}, OTHER_CALL)),
}  # fmt: skip


@pytest.mark.parametrize(
    "op", [op for op in all_ops() if op.parity is not None], ids=lambda op: op.__name__
)
@pytest.mark.filterwarnings("ignore:The given NumPy array is not writable")
def test_of_ops(torch: Any, op: type[Op]) -> None:
    found = set()
    for sample in good_samples(op):
        for name, layout in LAYOUTS.items():
            for inputs in _laid_out(sample.inputs, layout):
                try:
                    expected = _outputs(op.parity(torch, *_in(torch, inputs), **sample.params))
                except Exception:  # elements that were repeated are out of the domain
                    continue
                _, got = call(op, inputs, sample.params)
                if any(_strides(a) != _strides(b) for a, b in zip(got, expected, strict=False)):
                    found.add(name)
    assert found == DIFFERENCES.get(op.__name__, (set(),))[0]


def _laid_out(inputs: Any, layout: Callable[[Any], Any]) -> Any:
    """The inputs with all arrays laid out in a way, and with each of them alone."""
    arrays = [i for i, x in enumerate(inputs) if isinstance(x, np.ndarray)]
    for which in [arrays, *([i] for i in arrays[: len(arrays) > 1 and None])]:
        yield [layout(x) if i in which else x for i, x in enumerate(inputs)]


def _in(torch: Any, inputs: Any) -> list[Any]:
    return [torch.from_numpy(x) if isinstance(x, np.ndarray) else x for x in inputs]


def _outputs(result: Any) -> tuple[Any, ...]:
    return tuple(result) if isinstance(result, tuple | list) else (result,)


def _strides(x: Any) -> Any:
    """What ``view`` goes by: the steps along dimensions that have several elements."""
    if 0 in x.shape:
        return tuple(x.shape)
    return tuple(x.shape), [s for s, n in zip(x.stride(), x.shape, strict=True) if n > 1]


# Functions of several ops, or of none: (library, tensor (4, 2, 3), tensor (4, 2, 3)) -> a tensor.
FUNCTIONS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "add of other dtypes": lambda T, x, y: x + y.double(),
    "addcdiv": lambda T, x, y: T.addcdiv(y, x, y),
    "addmm": lambda T, x, y: T.addmm(x[0], x[0] @ y[0].t(), y[0]),
    "angles of integers": lambda T, x, y: T.atan2(x.int(), y.int()),
    "attention": lambda T, x, y: T.nn.functional.scaled_dot_product_attention(
        x[None], y[None], y[None]
    ),
    "batches of products": lambda T, x, y: x[:, None] @ y.mT[None],
    "bernoulli": lambda T, x, y: T.bernoulli(x, 0.5),
    "bernoulli of probabilities": lambda T, x, y: T.bernoulli(x.sigmoid()),
    "bool": lambda T, x, y: x.bool(),
    "cholesky": lambda T, x, y: T.linalg.cholesky(x @ x.mT + T.eye(2)),
    "clone().normal_()": lambda T, x, y: x.clone().normal_(),
    "double": lambda T, x, y: x.double(),
    "dropout": lambda T, x, y: T.nn.functional.dropout(x, 0.5),
    "einsum of a matrix product": lambda T, x, y: T.einsum("bij,bkj->bki", x, y),
    "einsum of an outer product": lambda T, x, y: T.einsum("bij,bik->bijk", x, y),
    "einsum of other rows first": lambda T, x, y: T.einsum("ij,kj->ki", x[0], y[0]),
    "einsum of products": lambda T, x, y: T.einsum("bij,bij->bji", x, y),
    "einsum of three": lambda T, x, y: T.einsum("bij,bik,b->bjk", x, y, x[:, 0, 0]),
    "eigenvectors": lambda T, x, y: T.linalg.eigh(x @ x.mT)[1].abs(),
    "empty_like": lambda T, x, y: T.empty_like(x).fill_(1),
    "full_like": lambda T, x, y: T.full_like(x, 2),
    "index": lambda T, x, y: x[T.tensor([3, 0, 3])],
    "index_add": lambda T, x, y: x.index_add(0, T.tensor([0]), y[:1]),
    "index_fill": lambda T, x, y: x.index_fill(0, T.tensor([0]), 1),
    "index_select": lambda T, x, y: x.index_select(1, T.tensor([0, 0, 1])),
    "inv": lambda T, x, y: T.linalg.inv(x @ y.mT + 9 * T.eye(2)),
    "integers divided": lambda T, x, y: (x * 9).int() / 2,
    "integers rounded": lambda T, x, y: (x * 9).int().floor(),
    "like integers": lambda T, x, y: T.randint_like(x, 9),
    "lu": lambda T, x, y: T.linalg.lu(x)[2],
    "lu_factor": lambda T, x, y: T.linalg.lu_factor_ex(x)[0],
    "masked_scatter": lambda T, x, y: x.masked_scatter(T.tensor([True, False, True]), y),
    "multinomial": lambda T, x, y: T.multinomial(x.abs().exp()[0], 3),
    "new tensor": lambda T, x, y: x.detach().clone().requires_grad_(),
    "nonzero": lambda T, x, y: (x > 0).nonzero(),
    "one_hot": lambda T, x, y: T.nn.functional.one_hot((x > 0).long(), 3),
    "ones_like": lambda T, x, y: T.ones_like(x, dtype=T.int64),
    "pinv": lambda T, x, y: T.linalg.pinv(x.double()),
    "rand_like": lambda T, x, y: T.rand_like(x),
    "randn_like": lambda T, x, y: T.randn_like(x),
    "renorm": lambda T, x, y: x.renorm(2, 0, 1),
    "scatter_reduce of nothing": lambda T, x, y: x.scatter_reduce(
        0, T.zeros(0, 2, 3, dtype=T.int64), y, "amax"
    ),
    "sign of bools": lambda T, x, y: (x > 0).sign(),
    "solve_triangular": lambda T, x, y: T.linalg.solve_triangular(
        x[..., :2] + 9 * T.eye(2), y, upper=False
    ),
    "ldexp": lambda T, x, y: T.ldexp(x.transpose(0, 2), y.transpose(0, 2).int().contiguous()),
    "sum_to_size": lambda T, x, y: x.sum_to_size(4, 2, 3),
    # Of the shape alone: what is expanded has a rank of 1, and most of its vectors are open.
    "svd": lambda T, x, y: T.zeros_like(T.linalg.svd(x)[2]),
    "take_along_dim": lambda T, x, y: x.take_along_dim((x > 0).long(), 1),
    "tensor": lambda T, x, y: x.new_tensor(x),
    "tensordot": lambda T, x, y: T.tensordot(x, y, dims=([0], [0])),
    "to": lambda T, x, y: x.to(T.float16),
    "where": lambda T, x, y: T.where(x > 0, x, y),
    "xlogy": lambda T, x, y: T.xlogy(
        x.transpose(0, 2), y.transpose(0, 2)[:1].contiguous().expand(3, 2, 4)
    ),
    "zeros_like": lambda T, x, y: T.zeros_like(x),
}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
@pytest.mark.filterwarnings("ignore:The given NumPy array is not writable")
@pytest.mark.filterwarnings("ignore:To copy construct from a tensor")
def test_of_functions(torch: Any, function: Callable[[Any, Any, Any], Any]) -> None:
    """And random numbers, which fill memory from front to back, are the same."""
    random = np.random.default_rng(0)
    whole = [random.standard_normal((4, 2, 3)).astype(np.float32) for _ in "xy"]
    for name, layout in LAYOUTS.items():
        for inputs in _laid_out(whole, layout):
            mt.manual_seed(7), torch.manual_seed(7)
            got = function(mt, *[mt.from_numpy(x) for x in inputs])
            expected = function(torch, *_in(torch, inputs))
            assert _strides(got) == _strides(expected), name
            np.testing.assert_allclose(
                got.detach().numpy(), expected.detach().numpy(), 1e-3, 1e-5, err_msg=name
            )


def test_of_what_is_turned_and_expanded_between(torch: Any) -> None:
    """A difference that stays: where a step says nothing, NumPy sorts the others in another way."""
    x, y = (library.ones(3, 1, 3).permute(2, 1, 0).expand(3, 3, 3) for library in (mt, torch))
    assert _strides(mt.clone(x)) == _strides(torch.clone(y))
    assert _strides(mt.neg(x)) != _strides(torch.neg(y))


# What may be asked for in a memory format: (library, a tensor, the format) -> a tensor, or a bool.
FORMATTED: dict[str, Callable[[Any, Any, Any], Any]] = {
    "clone": lambda T, x, f: x.clone(memory_format=f),
    "contiguous": lambda T, x, f: x.contiguous(memory_format=f),
    "is_contiguous": lambda T, x, f: x.is_contiguous(memory_format=f),
    "to": lambda T, x, f: x.to(memory_format=f),
    "to itself": lambda T, x, f: x.to(memory_format=f) is x,
    "to a copy": lambda T, x, f: x.to("cpu", T.float32, False, True, memory_format=f),
    "to another dtype": lambda T, x, f: x.to(T.float64, memory_format=f),
    "cpu": lambda T, x, f: x.cpu(memory_format=f),
    "empty": lambda T, x, f: T.empty(x.shape, memory_format=f).fill_(1),
    "empty_like": lambda T, x, f: T.empty_like(x, memory_format=f).fill_(1),
    "full_like": lambda T, x, f: T.full_like(x, 2, memory_format=f),
    "ones_like": lambda T, x, f: T.ones_like(x, dtype=T.int64, memory_format=f),
    "rand_like": lambda T, x, f: T.rand_like(x, memory_format=f),
    "randint_like": lambda T, x, f: T.randint_like(x, 9, memory_format=f),
    "randn_like": lambda T, x, f: T.randn_like(x, memory_format=f),
    "zeros_like": lambda T, x, f: T.zeros_like(x, memory_format=f),
    "module": lambda T, x, f: T.nn.Conv3d(2, 2, 2).to(memory_format=f).weight,
}
SHAPES = [(2, 3, 4, 5), (1, 3, 1, 1), (2, 1, 3, 3), (3, 2), (2, 3, 2, 2, 2)]


@pytest.mark.parametrize("name", ["preserve", "contiguous", "channels_last", "channels_last_3d"])
@pytest.mark.parametrize("function", FORMATTED.values(), ids=FORMATTED)
def test_of_what_is_asked_for_in_a_memory_format(
    torch: Any, function: Callable[[Any, Any, Any], Any], name: str
) -> None:
    name += "" if "last" in name else "_format"
    for shape in SHAPES:
        plain = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
        for layout in LAYOUTS.values():
            found = []
            for library in (mt, torch):
                library.manual_seed(0)
                x = library.from_numpy(layout(plain).copy("K"))
                found.append(_formatted(lambda f, T=library, x=x: function(T, x, f), library, name))
            assert found[0] == found[1]


def _formatted(call: Callable[[Any], Any], library: Any, name: str) -> Any:
    try:
        result = call(getattr(library, name))
    except RuntimeError as error:
        return str(error)[:34]
    return result if isinstance(result, bool) else (_strides(result), result.tolist())


@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (2, 3, 2, 2, 2)])
def test_of_images_joined(torch: Any, shape: tuple[int, ...]) -> None:
    """They stay channels last where all of them are."""

    def joined(library: Any) -> list[Any]:
        plain = library.arange(float(np.prod(shape))).reshape(shape)
        last = library.channels_last if len(shape) == 4 else library.channels_last_3d
        x = plain.to(memory_format=last)
        pairs = [(x, x), (x, plain), (plain, x), (x[:, :1], x.double()), (x[..., ::2], x[..., ::2])]
        found = [*[library.cat(pair, 1) for pair in pairs], library.cat([x, x[:1]])]
        return [(_strides(out), out.tolist()) for out in found]

    assert joined(mt) == joined(torch)


def test_what_is_no_memory_format_is_refused() -> None:
    x = mt.ones(1, 2, 2, 2)
    calls = [x.clone, x.contiguous, x.is_contiguous, x.to, lambda **f: mt.zeros_like(x, **f)]
    calls += [mt.nn.Linear(1, 1).to]
    for function in calls:
        with pytest.raises(TypeError, match=r"must be torch\.memory_format, not str"):
            function(memory_format="channels_last")
    with pytest.raises(RuntimeError, match=r"required rank 4 tensor .* but got 3 dimensions"):
        x[0].to(memory_format=mt.channels_last)
    assert repr(mt.channels_last) == "torch.channels_last"
    assert not isinstance(mt.channels_last, mt.layout)
