"""Calling the rows of `tests/nn/cases`, here and in PyTorch."""

import inspect
import re
from typing import Any

import numpy as np

from tests.nn.cases.rows import FunctionCase, LayerCase


def make(torch: Any, call: str, seed: int = 0, dtype: str = "float64") -> Any:
    """The module that a case describes, with weights from the seed."""
    torch.manual_seed(seed)
    module = eval(f"torch.nn.{call}", {"torch": torch}).to(getattr(torch, dtype))
    for name, parameter in module.named_parameters():
        if parameter.ndim == 1 and "weight" in name:  # a norm's scale, so that it shows
            torch.nn.init.uniform_(parameter, 0.5, 2.0)
    return module


def draw(torch: Any, drawn: Any, dtype: str = "float64", seed: int = 7) -> list[Any]:
    """Tensors of random numbers; those that say so require grad."""
    random = np.random.default_rng(seed)
    return [
        torch.from_numpy(d.array(random, dtype)).requires_grad_(d.grad and not d.integer)
        for d in drawn
    ]


def fed(inputs: list[Any]) -> list[Any]:
    """The inputs as results, into which a layer may write."""
    return [x.clone() if x.requires_grad else x for x in inputs]


def flat(outputs: Any) -> list[Any]:
    """The tensors in outputs, which may be nested: those of an LSTM are out, (h, c)."""
    if isinstance(outputs, tuple | list):
        return [x for output in outputs for x in flat(output)]
    return [] if outputs is None else [outputs]


def gradients(torch: Any, outputs: Any, leaves: list[Any], create_graph: bool = False) -> list[Any]:
    """Gradients of a weighted sum of all results; None where there is none."""
    random = np.random.default_rng(5)
    results = [x for x in flat(outputs) if x.requires_grad]
    wanted = [x for x in leaves if x.requires_grad]
    if not results or not wanted:
        return []
    weights = [
        torch.from_numpy(np.asarray(random.standard_normal(tuple(x.shape)))).to(x.dtype)
        for x in results
    ]
    found = torch.autograd.grad(
        results, wanted, weights, create_graph=create_graph, allow_unused=True
    )
    return [g if g is None else g.clone() for g in found]  # PyTorch's zeros may have no memory


def run_layer(
    torch: Any, case: LayerCase, dtype: str = "float64", training: bool = True
) -> list[Any]:
    """All that a user sees of a step: results, gradients, and the state that it leaves.

    Buffers are moved by another step before.
    """
    module = make(torch, case.call, dtype=dtype).train()
    if any(True for _ in module.buffers()):
        module(*draw(torch, case.inputs, dtype, seed=3))
    module.train(training)
    inputs = draw(torch, case.inputs, dtype)
    outputs = module(*fed(inputs))
    leaves = [*inputs, *module.parameters()]
    return [flat(outputs), gradients(torch, outputs, leaves), dict(module.state_dict())]


def call_function(torch: Any, case: FunctionCase, inputs: list[Any]) -> Any:
    names = dict(zip(case.inputs, inputs, strict=True))
    torch.manual_seed(0)
    return eval(f"torch.nn.functional.{case.call}", {"torch": torch, **names})


def run_function(torch: Any, case: FunctionCase, dtype: str = "float64") -> list[Any]:
    """Results, gradients, and gradients of a weighted sum of those."""
    inputs = draw(torch, case.inputs.values(), dtype)
    outputs = flat(call_function(torch, case, fed(inputs)))
    first = gradients(torch, outputs, inputs, create_graph=True)
    steep = [g for g in first if g is not None] if case.orders == 2 else []
    second = gradients(torch, steep, inputs)
    return [outputs, first, second]


def layer_value(torch: Any, case: LayerCase) -> float:
    """One number for a step in training: results, gradients and buffers, weighted."""
    outputs, grads, state = run_layer(torch, case)
    return weighted([*outputs, *grads, *state.values()])


def function_value(torch: Any, case: FunctionCase) -> float:
    """One number for results, first and second gradients, weighted."""
    return weighted([x for part in run_function(torch, case) for x in part])


def weighted(tensors: list[Any]) -> float:
    random = np.random.default_rng(9)
    total = 0.0
    for x in tensors:
        if x is not None:
            numbers = x.detach().numpy()
            total += float((numbers * random.uniform(0.5, 1.5, numbers.shape)).sum())
    return total


def signature(function: Any) -> str:
    """The arguments of a Python function, without types: "(input, p=0.5)"."""
    plain = [
        p.replace(annotation=inspect.Parameter.empty)
        for name, p in inspect.signature(function).parameters.items()
        if name != "self"
    ]
    text = str(inspect.Signature(plain))
    return re.sub(r"<function (\w+) at 0x\w+>", r"\1", text)
