"""Attention with several heads: projections around scaled dot-product attention."""

from __future__ import annotations

import math
import warnings
from typing import Any

from minitorch.core.dtypes import dtype as DType, is_bool
from minitorch.nn.functional.activation import softmax
from minitorch.nn.functional.affine import linear
from minitorch.nn.functional.attention import scaled_dot_product_attention
from minitorch.nn.functional.noise import dropout
from minitorch.nn.functional.padding import pad
from minitorch.ops.shape.joining import cat
from minitorch.tensor import Tensor


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Project queries, keys and values, let each head attend on its own, and project the results.

    The arguments are those of :class:`minitorch.nn.MultiheadAttention` and its forward; static keys
    and values, (N · heads, S, E / heads), are taken in the place of projected ones.

    Shapes: (L, N, E), (S, N, E_k), (S, N, E_v) -> (L, N, E), (N, L, S); N may be left out.

    Raises:
        AssertionError or RuntimeError: for sizes that do not fit, or a hint without a mask.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
    """
    is_batched = _is_batched(query, key, value, key_padding_mask, attn_mask, num_heads)
    if not is_batched:
        query, key, value = (x.unsqueeze(1) for x in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    masks = _masks(query, key_padding_mask, attn_mask, is_causal)
    is_causal = is_causal and key_padding_mask is None and not need_weights
    separate = (q_proj_weight, k_proj_weight, v_proj_weight)
    weights = separate if use_separate_proj_weight else in_proj_weight
    _check_sizes(query, key, value, embed_dim_to_check, num_heads, weights)
    attn_mask = None if is_causal else _with_examples(masks[1], query, key, num_heads)
    q, k, v = _projected(query, key, value, weights, in_proj_bias, num_heads)
    k, v = _static("key", static_k, k, bias_k), _static("value", static_v, v, bias_v)
    k, v, further = _extended(k, v, bias_k, bias_v, add_zero_attn)
    mask = _merged(_widened(attn_mask, further), _widened(masks[0], further), k)
    dropout_p = dropout_p if training else 0.0
    if need_weights:
        out, looks = _attend(q, k, v, mask, dropout_p, average_attn_weights)
    else:
        out, looks = scaled_dot_product_attention(q, k, v, mask, dropout_p, is_causal), None
    out = out.permute(2, 0, 1, 3).reshape(query.shape)
    return _one_or_all(linear(out, out_proj_weight, out_proj_bias), looks, is_batched)


def _masks(
    query: Tensor, key_padding_mask: Tensor | None, attn_mask: Tensor | None, is_causal: bool
) -> tuple[Tensor | None, Tensor | None]:
    """Return both masks as numbers to be added."""
    padding = _canonical_mask(
        key_padding_mask, "key_padding_mask", query.dtype, attn_mask, "attn_mask"
    )
    if is_causal and attn_mask is None:
        raise RuntimeError(
            "Need attn_mask if specifying the is_causal hint. You may use the Transformer module "
            "method `generate_square_subsequent_mask` to create this mask."
        )
    return padding, _canonical_mask(attn_mask, "attn_mask", query.dtype)


def _canonical_mask(
    mask: Tensor | None,
    name: str,
    dtype: DType,
    other: Tensor | None = None,
    other_name: str = "",
) -> Tensor | None:
    """Return a mask as numbers to be added: -inf where a bool one is true.

    Args:
        mask: bool or floating-point, or None.
        name: of the argument.
        dtype: of the numbers.
        other: a mask that should be of the same dtype.
        other_name: of that argument.

    Raises:
        AssertionError: for masks of integers.
    """
    if mask is None:
        return None
    of_truths = is_bool(mask._array.dtype)
    _require(
        of_truths or mask.is_floating_point(),
        f"only bool and floating types of {name} are supported",
    )
    if other is not None and other.dtype != mask.dtype:
        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both "
            "instead.",
            stacklevel=3,
        )
    if not of_truths:
        return mask
    return mask.new_zeros(mask.shape, dtype=dtype).masked_fill(mask, -math.inf)


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)


def _is_batched(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    key_padding_mask: Tensor | None,
    attn_mask: Tensor | None,
    num_heads: int,
) -> bool:
    """Check the numbers of dimensions, and return whether there is one for examples."""
    ndim = query._array.ndim
    _require(
        ndim in (2, 3),
        f"query should be unbatched 2D or batched 3D tensor but received {ndim}-D query tensor",
    )
    batched = "batched (3-D)" if ndim == 3 else "unbatched (2-D)"
    of_key, of_value = key._array.ndim, value._array.ndim
    _require(
        of_key == of_value == ndim,
        f"For {batched} `query`, expected `key` and `value` to be {ndim}-D but found "
        f"{of_key}-D and {of_value}-D tensors respectively",
    )
    if key_padding_mask is not None:
        own = key_padding_mask._array.ndim
        _require(
            own == ndim - 1,
            f"For {batched} `query`, expected `key_padding_mask` to be `None` or {ndim - 1}-D but "
            f"found {own}-D tensor instead",
        )
    if attn_mask is not None:
        own = attn_mask._array.ndim
        _require(
            own in (2, 3),
            f"For {batched} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found "
            f"{own}-D tensor instead",
        )
        sizes = (num_heads, query.shape[0], key.shape[0])
        _require(
            ndim == 3 or own == 2 or tuple(attn_mask.shape) == sizes,
            f"Expected `attn_mask` shape to be {sizes} but got {attn_mask.shape}",
        )
    return ndim == 3


def _check_sizes(
    query: Tensor, key: Tensor, value: Tensor, embed_dim: int, num_heads: int, weights: Any
) -> None:
    own = query.shape[-1]
    _require(own == embed_dim, f"was expecting embedding dimension of {embed_dim}, but got {own}")
    _require(own % num_heads == 0, f"embed_dim {own} not divisible by num_heads {num_heads}")
    if not isinstance(weights, tuple):
        _require(
            key.shape == value.shape,
            f"key shape {key.shape} does not match value shape {value.shape}",
        )
        _require(
            weights is not None, "use_separate_proj_weight is False but in_proj_weight is None"
        )
        return
    _require(
        key.shape[:2] == value.shape[:2],
        f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}",
    )
    named = zip(("query", "key", "value"), (query, key, value), weights, strict=True)
    for name, x, weight in named:
        _require(
            weight is not None,
            f"use_separate_proj_weight is True but {name[0]}_proj_weight is None",
        )
        sizes = (own, x.shape[-1])
        _require(
            tuple(weight.shape) == sizes,
            f"expecting {name} weights shape of {sizes}, but got {weight.shape}",
        )


def _projected(
    query: Tensor, key: Tensor, value: Tensor, weights: Any, bias: Tensor | None, num_heads: int
) -> list[Tensor]:
    """Return query, key and value of each head: (L, N, E), ... -> (N, heads, L, E / heads), ...

    What is the same tensor is multiplied once, by all its weights side by side.
    """
    if not isinstance(weights, tuple) and query is key is value:
        projected = linear(query, weights, bias).chunk(3, -1)
    elif not isinstance(weights, tuple) and key is value:
        sizes = [query.shape[-1], 2 * query.shape[-1]]
        b_q, b_kv = (None, None) if bias is None else bias.split(sizes)
        w_q, w_kv = weights.split(sizes)
        projected = linear(query, w_q, b_q), *linear(key, w_kv, b_kv).chunk(2, -1)
    else:
        parts = weights if isinstance(weights, tuple) else weights.chunk(3)
        biases = (None,) * 3 if bias is None else bias.chunk(3)
        inputs = (query, key, value)
        projected = tuple(linear(*given) for given in zip(inputs, parts, biases, strict=True))
    return [_heads(x, num_heads) for x in projected]


def _heads(x: Tensor, num_heads: int) -> Tensor:
    """View the numbers of each head by themselves: (L, N, E) -> (N, heads, L, E / heads)."""
    return x.unflatten(-1, (num_heads, x.shape[-1] // num_heads)).permute(1, 2, 0, 3)


def _static(name: str, static: Tensor | None, own: Tensor, bias: Tensor | None) -> Tensor:
    """Return what is given in the place of projected keys or values, if so: (N, heads, S, *)."""
    if static is None:
        return own
    _require(bias is None, f"bias cannot be added to static {name}.")
    n, heads, _, width = own.shape
    for dim, size in ((0, n * heads), (2, width)):
        found = static.shape[dim]
        _require(
            found == size, f"expecting static_{name[0]}.size({dim}) of {size}, but got {found}"
        )
    return static.unflatten(0, (n, heads))


def _extended(
    k: Tensor, v: Tensor, bias_k: Tensor | None, bias_v: Tensor | None, add_zero_attn: bool
) -> tuple[Tensor, Tensor, int]:
    """Return keys and values with those that everybody may look at, and how many these are."""
    n, heads, _, width = k.shape
    further = []
    if bias_k is not None and bias_v is not None:
        further.append(
            [_heads(b.reshape(1, 1, -1), heads).expand(n, -1, -1, -1) for b in (bias_k, bias_v)]
        )
    else:
        _require(bias_k is None, "bias_k is set but bias_v is None")
        _require(bias_v is None, "bias_v is set but bias_k is None")
    if add_zero_attn:
        further.append([x.new_zeros((n, heads, 1, width)) for x in (k, v)])
    if not further:
        return k, v, 0
    keys, values = zip(*further, strict=True)
    return cat([k, *keys], dim=2), cat([v, *values], dim=2), len(further)


def _widened(mask: Tensor | None, further: int) -> Tensor | None:
    """Let everybody look at further keys."""
    return pad(mask, (0, further)) if mask is not None and further else mask


def _with_examples(
    mask: Tensor | None, query: Tensor, key: Tensor, num_heads: int
) -> Tensor | None:
    """Return a mask of scores as (1, 1, L, S) or (N, heads, L, S)."""
    if mask is None:
        return None
    (rows, n), columns = query.shape[:2], key.shape[0]
    ndim = mask._array.ndim
    sizes = (rows, columns) if ndim == 2 else (n * num_heads, rows, columns)
    if tuple(mask.shape) != sizes:
        raise RuntimeError(
            f"The shape of the {ndim}D attn_mask is {mask.shape}, but should be {sizes}."
        )
    return mask[None, None] if ndim == 2 else mask.unflatten(0, (n, num_heads))


def _merged(attn_mask: Tensor | None, padding: Tensor | None, key: Tensor) -> Tensor | None:
    """Return one mask for both."""
    if padding is None:
        return attn_mask
    n, _, keys, _ = key.shape
    for dim, size in enumerate((n, keys)):
        own = padding.shape[dim]
        _require(own == size, f"Expected key_padded_mask.shape[{dim}] to be {size}, but got {own}")
    padding = padding[:, None, None, :]
    return padding if attn_mask is None else attn_mask + padding


def _attend(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, dropout_p: float, average: bool
) -> tuple[Tensor, Tensor]:
    """Return what attention sees, and the weights it sees it with."""
    scores = q * math.sqrt(1.0 / q.shape[-1]) @ k.mT
    weights = softmax(scores if mask is None else scores + mask, dim=-1)
    if dropout_p > 0.0:
        weights = dropout(weights, p=dropout_p)
    return weights @ v, weights.mean(1) if average else weights


def _one_or_all(
    out: Tensor, looks: Tensor | None, is_batched: bool
) -> tuple[Tensor, Tensor | None]:
    """Take out the dimension for examples where there was none."""
    if is_batched:
        return out, looks
    return out.squeeze(1), None if looks is None else looks.squeeze(0)
