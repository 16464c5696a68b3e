"""Arguments of PyTorch's samples, rebuilt as ours."""

from __future__ import annotations

import functools
import importlib
from types import ModuleType
from typing import Any

import numpy as np

import minitorch
from tests.support.oracles import import_torch


def ours(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """Return the same for minitorch: tensors, parameters, dtypes, functions and layers in it.

    What is one tensor there is one here, within a call.
    """
    torch = import_torch()
    memo = {} if memo is None else memo
    if isinstance(value, torch.nn.utils.rnn.PackedSequence):
        return minitorch.nn.utils.rnn.PackedSequence(*[ours(item, memo) for item in value])
    if isinstance(value, torch.Tensor):
        if id(value) not in memo:
            memo[id(value)] = _tensor(torch, value)
        return memo[id(value)]
    if isinstance(value, torch.dtype):
        return getattr(minitorch, str(value).removeprefix("torch."))
    if isinstance(value, torch.device):
        return minitorch.device(str(value))
    if isinstance(value, torch.Size):
        return minitorch.Size(value)
    if isinstance(value, torch.nn.TransformerEncoderLayer):
        return _encoder_layer(value)
    if isinstance(value, torch.nn.LinearCrossEntropyOptions):
        fields = {name: ours(getattr(value, name)) for name in value.__slots__}
        return minitorch.nn.LinearCrossEntropyOptions(**fields)
    if isinstance(value, functools.partial):
        return functools.partial(ours(value.func), *ours(value.args), **ours(value.keywords))
    if isinstance(value, tuple | list):
        return type(value)(ours(item, memo) for item in value)
    if isinstance(value, dict):
        return {key: ours(item, memo) for key, item in value.items()}
    if callable(value):
        return _named_alike(torch, value)
    return value


def _tensor(torch: ModuleType, value: Any) -> Any:
    # Copies keep expanded and transposed layouts out of it; the suite's own tests try those.
    array = value.detach().numpy().copy()
    if isinstance(value, torch.nn.Parameter):
        return minitorch.nn.Parameter(minitorch.from_numpy(array), value.requires_grad)
    tensor = minitorch.from_numpy(np.asarray(array))
    return tensor.requires_grad_(value.requires_grad) if value.requires_grad else tensor


def _named_alike(torch: ModuleType, value: Any) -> Any:
    """Find a function or class of PyTorch's under the same name here; others stay."""
    name = getattr(value, "__name__", "")
    for path in ("nn.functional", "nn", ""):
        theirs = functools.reduce(getattr, path.split("."), torch) if path else torch
        if getattr(theirs, name, None) is value:
            return getattr(importlib.import_module(f"minitorch.{path}".rstrip(".")), name)
    return value


def _encoder_layer(theirs: Any) -> Any:
    layer = minitorch.nn.TransformerEncoderLayer(
        theirs.self_attn.embed_dim,
        theirs.self_attn.num_heads,
        theirs.linear1.out_features,
        theirs.dropout.p,
        ours(theirs.activation),
        theirs.norm1.eps,
        theirs.self_attn.batch_first,
        theirs.norm_first,
        theirs.linear1.bias is not None,
        dtype=ours(theirs.linear1.weight.dtype),
    )
    layer.load_state_dict(ours(dict(theirs.state_dict())))
    return layer


def arrays(value: Any) -> list[Any]:
    """Flatten a result of either side into arrays, numbers and None, in order."""
    if isinstance(value, tuple | list):
        return [array for item in value for array in arrays(item)]
    if isinstance(value, dict):
        return arrays(list(value.values()))
    return [value.detach().numpy(force=True) if hasattr(value, "detach") else value]


def tensors(value: Any) -> list[Any]:
    """Flatten arguments or results into the tensors among them, in order."""
    if isinstance(value, tuple | list):
        return [tensor for item in value for tensor in tensors(item)]
    if isinstance(value, dict):
        return tensors(list(value.values()))
    return [value] if hasattr(value, "requires_grad") and hasattr(value, "detach") else []
