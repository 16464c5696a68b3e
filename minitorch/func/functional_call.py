"""Modules as functions of their parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from minitorch.nn import Module
from minitorch.nn.utils import stateless
from minitorch.ops.shape.joining import stack
from minitorch.tensor import Tensor

Tensors = dict[str, Any]  # by dotted name


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: Tensors | Sequence[Tensors],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call a module with other parameters and buffers, in the place of its own.

    Args:
        module: is as before when the call is over.
        parameter_and_buffer_dicts: tensors by dotted name, or several such dicts; what is left out
            stays the module's own. Buffers that the module replaces are replaced in the dict.
        args: positional arguments; what is no tuple is the only one.
        kwargs: keyword arguments.
        tie_weights: a tensor for one name of what has several stands for all of them.
        strict: refuse names that are missing or unknown.

    Raises:
        ValueError: if it is not clear which tensor is meant: names in two dicts, or different ones
            for what is tied.
        RuntimeError: if ``strict`` and names do not match.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.functional_call.html

    Example:
        >>> def loss(params, x, y):
        ...     return F.mse_loss(functional_call(model, params, x), y)
        >>> gradients = grad(loss)(dict(model.named_parameters()), x, y)
    """
    tensors = _joined(parameter_and_buffer_dicts)
    return stateless.call(module, tensors, args, kwargs, tie_weights, strict)


def _joined(dicts: Any) -> Tensors:
    if isinstance(dicts, dict):
        return dicts
    if not isinstance(dicts, Sequence):
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
            f"{type(dicts)}"
        )
    if not all([isinstance(d, dict) for d in dicts]):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    counts = Counter(name for d in dicts for name in d)
    repeated = [name for name, count in counts.items() if count > 1]
    if repeated:
        raise ValueError(
            f"{repeated} appeared in multiple dictionaries; behavior of functional call is "
            "ambiguous. Give each tensor in one of them."
        )
    return {name: tensor for d in dicts for name, tensor in d.items()}


def stack_module_state(models: Sequence[Module]) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Stack the parameters and the buffers of models that are alike, for a ``vmap`` over them.

    Args:
        models: of one class, all in training mode or none.

    Returns:
        Parameters and buffers by dotted name, with a new first dimension. They are leaves of their
        own, unrelated to the models' tensors.

    Raises:
        RuntimeError: if the models are not alike.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.func.stack_module_state.html

    Example:
        >>> params, buffers = stack_module_state(models)
        >>> def call(params, buffers, x):
        ...     return functional_call(models[0], (params, buffers), x)
        >>> outputs = vmap(call, (0, 0, None))(params, buffers, x)
    """
    if len(models) == 0:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({model.training for model in models}) > 1:
        raise RuntimeError(
            "stack_module_state: Expected all models to have the same training/eval mode."
        )
    kinds = {type(model) for model in models}
    if len(kinds) > 1:
        names = sorted(kind.__name__ for kind in kinds)
        raise RuntimeError(
            f"stack_module_state: Expected all models to be of the same class. These are {names}."
        )
    return (
        _stacked([dict(model.named_parameters()) for model in models]),
        _stacked([dict(model.named_buffers()) for model in models]),
    )


def _stacked(dicts: list[dict[str, Any]]) -> dict[str, Tensor]:
    return {name: _stacked_leaf(name, [d[name] for d in dicts]) for name in dicts[0]}


def _stacked_leaf(name: str, tensors: list[Tensor]) -> Tensor:
    flags = {tensor.requires_grad for tensor in tensors}
    if len(flags) > 1:
        raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
    stacked: Tensor = stack(tensors)
    return stacked.detach().requires_grad_() if flags == {True} else stacked
