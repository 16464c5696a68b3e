"""Arguments of PyTorch's samples, rebuilt as ours."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any

import minitorch
from tests.conformance.counterparts import at, counterpart
from tests.support.oracles import import_torch


def ours(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """Return the same for minitorch: tensors, parameters, dtypes, functions and layers in it.

    What is one tensor there is one here, within a call.

    Raises:
        Absent: for a dtype or a function that does not exist here.
    """
    torch = import_torch()
    memo = {} if memo is None else memo
    if isinstance(value, torch.nn.utils.rnn.PackedSequence):
        return minitorch.nn.utils.rnn.PackedSequence(*[ours(item, memo) for item in value])
    if isinstance(value, torch.Tensor):
        if id(value) not in memo:
            memo[id(value)] = _tensor(torch, value, memo)
        return memo[id(value)]
    if isinstance(value, torch.dtype):
        return at(str(value).removeprefix("torch."))
    if isinstance(value, torch.layout | torch.memory_format):
        return at(str(value).removeprefix("torch."))
    if isinstance(value, torch.device):
        return minitorch.device(str(value))
    if isinstance(value, torch.Size):
        return minitorch.Size(value)
    if isinstance(value, torch.nn.TransformerEncoderLayer):
        return _encoder_layer(value)
    if isinstance(value, torch.nn.Module):
        return _layer(value)
    if isinstance(value, torch.nn.LinearCrossEntropyOptions):
        fields = {name: ours(getattr(value, name)) for name in value.__slots__}
        return minitorch.nn.LinearCrossEntropyOptions(**fields)
    if isinstance(value, functools.partial):
        return functools.partial(ours(value.func), *ours(value.args), **ours(value.keywords))
    if isinstance(value, slice):
        return slice(*[ours(end, memo) for end in (value.start, value.stop, value.step)])
    if isinstance(value, tuple | list):
        return type(value)(ours(item, memo) for item in value)
    if isinstance(value, dict):
        return {key: ours(item, memo) for key, item in value.items()}
    if callable(value):
        return counterpart(value)
    return value


def _tensor(torch: ModuleType, value: Any, memo: dict[int, Any]) -> Any:
    """Numbers in the same order of memory; what shares memory there shares it here."""
    if value.is_meta:
        return minitorch.empty(value.shape, device="meta")  # which is refused
    whole = torch.empty(0, dtype=value.dtype).set_(value.untyped_storage())
    key = hash(("memory", value.untyped_storage().data_ptr(), value.dtype))
    if key not in memo:  # a copy: what shows its memory cannot grow
        array = whole.clone().view(torch.uint8).numpy().view(ours(value.dtype).numpy)
        memo[key] = minitorch.from_numpy(array)
    tensor = memo[key].as_strided(value.shape, value.stride(), value.storage_offset()).data
    if isinstance(value, torch.nn.Parameter):
        return minitorch.nn.Parameter(tensor, value.requires_grad)
    return tensor.requires_grad_(value.requires_grad) if value.requires_grad else tensor


def _layer(theirs: Any) -> Any:
    """A layer without arguments."""
    mine = getattr(minitorch.nn, type(theirs).__name__)()
    if repr(mine) != repr(theirs):
        raise NotImplementedError(f"rebuilding {theirs!r}")
    return mine


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
    if not hasattr(value, "detach"):
        return [value]
    if str(value.dtype) == "torch.bfloat16":  # NumPy has none
        return ["bfloat16", *arrays(value.float())]
    return [value.detach().numpy(force=True)]


def tensors(value: Any) -> list[Any]:
    """Flatten arguments or results into the tensors among them, in order."""
    if isinstance(value, tuple | list):
        return [tensor for item in value for tensor in tensors(item)]
    if isinstance(value, dict):
        return tensors(list(value.values()))
    return [value] if hasattr(value, "requires_grad") and hasattr(value, "detach") else []
