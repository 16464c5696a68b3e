"""Scaled dot-product attention."""

from __future__ import annotations

import math

from minitorch.core.dtypes import bool_, c_type_name, is_bool, is_float, scalar_name
from minitorch.core.size import broadcast_shape
from minitorch.nn.functional.checks import require_numbers, require_tensors
from minitorch.nn.functional.noise import dropout
from minitorch.ops.half import wide_of
from minitorch.ops.layers.attention import Attention, attention_weights
from minitorch.ops.shape.repeat import repeat_interleave
from minitorch.tensor import Tensor


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Return softmax(query · keyᵀ · scale + mask) · value.

    Without dropout the weights are never kept: they are computed again on the way back.

    Shapes: (*, L, E), (*, S, E), (*, S, V) -> (*, L, V), the mask broadcasts to (*, L, S).

    Args:
        query, key, value: what looks, what is looked at, and what is seen there.
        attn_mask: true where a query may look, or numbers that are added to the scores.
        dropout_p: probability with which a weight is set to zero; it does not ask for a mode.
        is_causal: query i looks at keys up to i.
        scale: of the products; 1/√E if left out.
        enable_gqa: fewer heads (dimension -3) of keys and values, each for several of the queries.

    Raises:
        RuntimeError: for dtypes or sizes that do not fit, or a mask beside ``is_causal``.

    Source: https://arxiv.org/abs/1706.03762, equation 1; https://docs.pytorch.org/docs/stable/
        generated/torch.nn.functional.scaled_dot_product_attention.html
    """
    require_tensors(
        "scaled_dot_product_attention(query, key, value, attn_mask)",
        *(query, key, value, attn_mask),
        required=3,
    )
    require_numbers(
        "scaled_dot_product_attention", dropout_p=dropout_p, scale=1.0 if scale is None else scale
    )
    _check_attention(query, key, value, attn_mask, is_causal)
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p}")
    if enable_gqa:
        key, value = _repeated(query, key), _repeated(query, value)
    sizes = (query.shape[-2], key.shape[-2])
    lead = broadcast_shape(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    mask = attn_mask
    if mask is not None:
        lead = broadcast_shape((*lead, *sizes), tuple(mask.shape))[:-2]
        mask = _stacked(mask if mask.dtype == bool_ else mask.to(query.dtype), lead, *sizes)
    q, k, v = (_stacked(x, lead, *x.shape[-2:]) for x in (query, key, value))
    scale = 1 / math.sqrt(query.shape[-1] or 1) if scale is None else scale
    if dropout_p:
        q, k, v, mask = map(wide_of, (q, k, v, mask))
        weights = attention_weights(q, k, mask, causal=is_causal, scale=scale)
        out = (dropout(weights, dropout_p) @ v).to(query.dtype)
    else:
        out, _ = Attention.apply(q, k, v, mask, causal=bool(is_causal), scale=float(scale))
    if len(lead) != 2:
        out = out.reshape(*lead, *out.shape[-2:])
    return out if _is_fused(query, key, value, attn_mask) else out.contiguous()


def _is_fused(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> bool:
    """Whether PyTorch's result lies as the query does: else it is one of products, contiguous."""
    if query.shape[:2] != key.shape[:2] or query.shape[-1] != value.shape[-1]:
        return False
    if any(x.stride(-1) != 1 for x in (query, key, value)):
        return False
    ndim = query._array.ndim
    return ndim == 4 and (mask is None or (mask._array.ndim in (2, 4) and not mask.requires_grad))


def _check_attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, is_causal: bool) -> None:
    arrays = q._array, k._array, v._array
    if min([x.ndim for x in arrays]) < 2:
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: "
            "{} key.dim: {} and value.dim: {} instead.".format(*[x.ndim for x in arrays])
        )
    if not q.dtype == k.dtype == v.dtype:
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got query.dtype: "
            "{} key.dtype: {} and value.dtype: {} instead."
            " [explain: dtype-mismatch]".format(*map(c_type_name, arrays))
        )
    if not is_float(arrays[0].dtype):
        raise RuntimeError(
            f"expected scalar type Float but found {scalar_name(arrays[0])}: convert query, key "
            "and value with .float()"
        )
    if k.shape[-1] != q.shape[-1] or v.shape[-2] != k.shape[-2]:
        raise RuntimeError(
            "Expected size for first two dimensions of batch2 tensor to fit: query (*, L, E), key "
            f"(*, S, E) and value (*, S, V), but got: {list(q.shape)}, {list(k.shape)} and "
            f"{list(v.shape)}"
        )
    if mask is None:
        return
    if is_causal:
        raise RuntimeError(
            "_scaled_dot_product_attention: Explicit attn_mask should not be set when "
            "is_causal=True: leave one of them out"
        )
    if (
        not is_bool(mask._array.dtype)
        and mask.dtype != q.dtype
        and scalar_name(mask._array) != "Float"
    ):
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got "
            f"attn_mask.dtype: {c_type_name(mask._array)} and  query.dtype: "
            f"{c_type_name(arrays[0])} instead."
        )


def _repeated(query: Tensor, x: Tensor) -> Tensor:
    """Repeat each head of keys or values for the query's heads that share it."""
    if query._array.ndim < 3 or x._array.ndim < 3:
        raise IndexError(
            "Dimension out of range (expected to be in range of [-2, 1], but got -3): enable_gqa "
            "needs heads, (*, H, L, E)"
        )
    heads, own = query.shape[-3], x.shape[-3]
    if heads == own:
        return x
    if own == 0 or heads % own:
        raise RuntimeError(
            "Number of heads in key and value must divide the number of heads in query, but got "
            f"{own} and {heads}"
        )
    return repeat_interleave(x, heads // own, -3)


def _stacked(x: Tensor, lead: tuple[int, ...], rows: int, columns: int) -> Tensor:
    """Return matrices, those of a mask perhaps of size 1, as (N, H, rows, columns)."""
    sizes = (*lead, rows, columns)
    if tuple(x.shape) != sizes:
        x = x.expand(sizes)
    if len(lead) == 2:
        return x
    heads = lead[-1] if lead else 1
    return x.reshape(math.prod(lead[:-1]), heads, rows, columns)
