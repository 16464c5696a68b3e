"""A sample of PyTorch's `module_db` on both sides: what differs."""

from __future__ import annotations

import copy
import io
import pickle
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import minitorch
from tests.conformance.translate import arrays, ours, tensors
from tests.support.oracles import import_from_tests, import_torch

# Relative and absolute: sums come in another order, and norms of four numbers that are nearly equal
# make much of a last bit.
CLOSE = {"float64": (1e-7, 1e-7), "float32": (2e-4, 3e-4)}


@dataclass(frozen=True)
class Outcome:
    """What became of one sample."""

    module: str
    sample: str
    differences: tuple[str, ...]
    kind: str = ""


def database() -> list[Any]:
    """PyTorch's list of modules, with functions that make samples of them."""
    return list(import_from_tests("common_modules").module_db)


def name_of(info: Any) -> str:
    return str(info.name).removeprefix("nn.")


def samples(info: Any, dtype: str, training: bool) -> list[Any]:
    torch = import_torch()
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = info.module_inputs_func(
            info,
            device="cpu",
            dtype=getattr(torch, dtype),
            requires_grad=True,
            training=training,
        )
        return list(found)


def run(info: Any, dtype: str, training: bool, most: int | None = None) -> Iterator[Outcome]:
    """Compare each sample of a module; ``most`` takes the first few."""
    mode = "train" if training else "eval"
    for number, sample in enumerate(samples(info, dtype, training)[:most]):
        label = f"{mode} {dtype} {number} {sample.desc}".strip()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            differences = tuple(compare(info, sample, dtype, training))
        yield Outcome(name_of(info), label, differences)


def compare(info: Any, sample: Any, dtype: str, training: bool) -> list[str]:
    """Return what differs, a line each."""
    differences: list[str] = []
    try:
        _compare(info, sample, dtype, training, differences)
    except Exception as error:
        differences.append(f"{type(error).__name__}: {str(error).splitlines()[:1]}")
    return differences


def _compare(info: Any, sample: Any, dtype: str, training: bool, differences: list[str]) -> None:
    torch = import_torch()
    theirs, mine = built(torch, info, sample)
    expect_same(differences, "repr", repr(theirs), repr(mine))
    expect_same(
        differences, "state_dict keys", *map(list, (theirs.state_dict(), mine.state_dict()))
    )
    theirs.to(getattr(torch, dtype)).train(training)
    mine.to(getattr(minitorch, dtype)).train(training)
    if not info.is_lazy:
        close(differences, "initial values", theirs.state_dict(), mine.state_dict(), 0, 0)
        mine.load_state_dict(ours(dict(theirs.state_dict())))
    # In pieces, which options ask for, PyTorch's loss has no second derivative; here it has one.
    twice = info.supports_gradgrad and sample.constructor_input.kwargs.get("options") is None
    if not called(differences, sample, theirs, mine, twice, dtype):
        return
    close(differences, "state", theirs.state_dict(), mine.state_dict(), *CLOSE[dtype])
    for way, clone in (("deepcopy", copy.deepcopy(mine)), ("pickle", _pickled(mine))):
        expect_same(differences, way, repr(mine), repr(clone))
        close(differences, way, theirs.state_dict(), clone.state_dict(), *CLOSE[dtype])


def built(torch: Any, info: Any, sample: Any) -> tuple[Any, Any]:
    """The module of both sides, each from the same seed."""
    arguments = sample.constructor_input
    mine_args, mine_kwargs = ours(tuple(arguments.args)), ours(dict(arguments.kwargs))
    torch.manual_seed(0)
    theirs = info.module_cls(*arguments.args, **arguments.kwargs)
    minitorch.manual_seed(0)
    mine = getattr(minitorch.nn, info.module_cls.__name__)(*mine_args, **mine_kwargs)
    return theirs, mine


def _pickled(module: Any) -> Any:
    return pickle.load(io.BytesIO(pickle.dumps(module)))


def called(
    differences: list[str], sample: Any, theirs: Any, mine: Any, twice: bool, dtype: str
) -> bool:
    """Run forward, backward and backward of that; False where PyTorch itself refuses."""
    torch = import_torch()
    args, kwargs = sample.forward_input.args, sample.forward_input.kwargs
    mine_args, mine_kwargs = ours((tuple(args), dict(kwargs)))
    torch.manual_seed(1)
    minitorch.manual_seed(1)
    try:
        result = theirs(*args, **kwargs)
    except Exception as error:
        expect_raised(differences, type(error), lambda: mine(*mine_args, **mine_kwargs))
        return False
    mine_result = mine(*mine_args, **mine_kwargs)
    tolerance = CLOSE[dtype]
    close(differences, "output", result, mine_result, *tolerance)
    sides = (
        (torch, theirs, tensors((args, kwargs)), result),
        (minitorch, mine, tensors((mine_args, mine_kwargs)), mine_result),
    )
    leaves, grads = zip(*[_gradients(*side, twice) for side in sides], strict=True)
    close(differences, "gradients", *grads, *tolerance)
    if twice:
        try:
            expected = second_order(torch, leaves[0], grads[0])
        except RuntimeError:  # PyTorch has none
            return True
        close(
            differences,
            "second order",
            expected,
            second_order(minitorch, leaves[1], grads[1]),
            *tolerance,
        )
    return True


def _gradients(
    framework: Any, module: Any, inputs: list[Any], result: Any, create_graph: bool
) -> tuple[list[Any], list[Any]]:
    """What requires gradients, and those of a weighted sum of the results."""
    leaves = [t for t in (*inputs, *module.parameters()) if t.requires_grad]
    return leaves, first_order(framework, leaves, tensors(result), create_graph)


def first_order(
    framework: Any, leaves: list[Any], results: list[Any], create_graph: bool
) -> list[Any]:
    """Gradients of a weighted sum of the results; none where nothing requires them."""
    outputs = [t for t in results if t.requires_grad]
    if not leaves or not outputs:
        return []
    total = weighted(framework, outputs)
    return list(
        framework.autograd.grad(total, leaves, create_graph=create_graph, allow_unused=True)
    )


def second_order(framework: Any, leaves: list[Any], grads: list[Any]) -> list[Any]:
    """Gradients of the gradients; none and one that is zero are the same."""
    again = [g for g in grads if g is not None and g.requires_grad]
    seconds: Any = [None] * len(leaves)
    if again:
        total = weighted(framework, again)
        seconds = framework.autograd.grad(total, leaves, retain_graph=True, allow_unused=True)
    pairs = zip(leaves, seconds, strict=True)
    return [framework.zeros_like(leaf) if g is None else g for leaf, g in pairs]


def weighted(framework: Any, outputs: list[Any]) -> Any:
    """Sum of the elements, each with a weight of its own: a plain sum hides what is exchanged."""
    total = 0
    for output in outputs:
        if output.is_complex():
            output = framework.view_as_real(output.resolve_conj())
        weights = np.cos(np.arange(output.numel(), dtype="f8")).reshape(tuple(output.shape))
        total = total + (output * framework.from_numpy(weights).to(output.dtype)).sum()
    return total


def expect_same(differences: list[str], what: str, expected: Any, actual: Any) -> None:
    if expected != actual:
        differences.append(f"{what}: {expected!r}, but here {actual!r}"[:400])


def expect_raised(differences: list[str], expected: type, call: Callable[[], Any]) -> None:
    """PyTorch refuses: so must we, with the same class."""
    try:
        call()
    except Exception as error:
        if not isinstance(error, expected):
            differences.append(f"raises {expected.__name__}, but here {type(error).__name__}")
    else:
        differences.append(f"raises {expected.__name__}, but here nothing")


def close(
    differences: list[str], what: str, expected: Any, actual: Any, rtol: float, atol: float
) -> None:
    """Note where arrays differ: how many, shapes, dtypes, values."""
    theirs, mine = arrays(expected), arrays(actual)
    if len(theirs) != len(mine):
        differences.append(f"{what}: {len(theirs)} of them, but here {len(mine)}")
        return
    for number, (x, y) in enumerate(zip(theirs, mine, strict=True)):
        if not isinstance(x, np.ndarray) or not isinstance(y, np.ndarray):
            expect_same(differences, f"{what} {number}", x, y)
        elif x.shape != y.shape or x.dtype != y.dtype:
            expect_same(differences, f"{what} {number}", (x.shape, x.dtype), (y.shape, y.dtype))
        elif not _allclose(x, y, rtol, atol):
            worst = np.nanmax(np.abs(x.astype("f8") - y.astype("f8")), initial=0)
            differences.append(f"{what} {number}: differs by {worst:.1e}")


def _allclose(x: Any, y: Any, rtol: float, atol: float) -> bool:
    if x.dtype.kind in "biu":
        return bool(np.array_equal(x, y))
    return np.allclose(x, y, rtol=rtol, atol=atol, equal_nan=True)


def run_errors(info: Any) -> Iterator[Outcome]:
    """Compare what is raised for each error input of a module."""
    torch = import_torch()
    if info.module_error_inputs_func is None:
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = info.module_error_inputs_func(
            info, device="cpu", dtype=torch.float64, requires_grad=True, training=True
        )
        for number, error in enumerate(found):
            differences: list[str] = []
            expected = raised_by(lambda e=error: _call_theirs(info, e.module_error_input))
            if expected is None:
                continue  # PyTorch does not refuse it
            expect_raised(differences, expected, lambda e=error: _call_ours(info, e))
            yield Outcome(name_of(info), f"error {number}", tuple(differences))


def raised_by(call: Callable[[], Any]) -> type | None:
    try:
        call()
    except Exception as error:
        return type(error)
    return None


def _call_theirs(info: Any, sample: Any) -> None:
    torch = import_torch()
    module = info.module_cls(*sample.constructor_input.args, **sample.constructor_input.kwargs)
    if sample.forward_input is not None:
        module.to(torch.float64)(*sample.forward_input.args, **sample.forward_input.kwargs)


def _call_ours(info: Any, error: Any) -> None:
    sample = error.module_error_input
    arguments = sample.constructor_input
    layer = getattr(minitorch.nn, info.module_cls.__name__)
    module = layer(*ours(tuple(arguments.args)), **ours(dict(arguments.kwargs)))
    if sample.forward_input is not None:
        inputs = sample.forward_input
        module.to(minitorch.float64)(*ours(tuple(inputs.args)), **ours(dict(inputs.kwargs)))
