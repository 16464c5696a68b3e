"""``MultiheadAttention``."""

from __future__ import annotations

from typing import Any

from minitorch.creation import empty
from minitorch.nn import functional as F, init
from minitorch.nn.modules.linear import NonDynamicallyQuantizableLinear
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.tensor import Tensor


class MultiheadAttention(Module):
    """Attention with several heads, each on projections of its own, joined by another projection.

    Shapes: (L, N, E), (S, N, E_k), (S, N, E_v) -> (L, N, E) and the weights (N, L, S); with
        ``batch_first`` the examples come first; N may be left out.

    Args:
        embed_dim: E, shared out among the heads.
        num_heads: number of heads.
        dropout: probability with which a weight is set to zero in training.
        bias: whether the projections add a bias.
        add_bias_kv: add a learnt key and value for all.
        add_zero_attn: add a key and value of zeros.
        kdim: E_k, E if left out.
        vdim: E_v, E if left out.
        batch_first: inputs and result are (N, L, E) instead of (L, N, E).
        device: the CPU.
        dtype: of the parameters; the default dtype if left out.

    Raises:
        ValueError: if a number is not positive.
        AssertionError: if the heads cannot share E.

    Source: https://arxiv.org/abs/1706.03762, section 3.2.2; https://docs.pytorch.org/docs/stable/
        generated/torch.nn.MultiheadAttention.html, but a query that may look nowhere sees zeros
        also where PyTorch's shortcut for inference gives NaN.

    Example:
        >>> x = torch.randn(5, 2, 8)
        >>> nn.MultiheadAttention(8, 2)(x, x, x)[0].shape
        torch.Size([5, 2, 8])
    """

    bias_k: Parameter | None
    bias_v: Parameter | None
    in_proj_weight: Parameter | None
    in_proj_bias: Parameter | None
    q_proj_weight: Parameter | None
    k_proj_weight: Parameter | None
    v_proj_weight: Parameter | None

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and "
                f"num_heads={num_heads} instead"
            )
        super().__init__()
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == embed_dim == self.vdim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")

        def parameter(*size: int) -> Parameter:
            return Parameter(empty(size, device=device, dtype=dtype))

        if self._qkv_same_embed_dim:
            self.in_proj_weight = parameter(3 * embed_dim, embed_dim)
            for name in ("q_proj_weight", "k_proj_weight", "v_proj_weight"):
                self.register_parameter(name, None)
        else:
            self.q_proj_weight = parameter(embed_dim, embed_dim)
            self.k_proj_weight = parameter(embed_dim, self.kdim)
            self.v_proj_weight = parameter(embed_dim, self.vdim)
            self.register_parameter("in_proj_weight", None)
        if bias:
            self.in_proj_bias = parameter(3 * embed_dim)
        else:
            self.register_parameter("in_proj_bias", None)
        self.out_proj = NonDynamicallyQuantizableLinear(
            embed_dim, embed_dim, bias=bias, device=device, dtype=dtype
        )
        self.bias_k = parameter(1, 1, embed_dim) if add_bias_kv else None
        self.bias_v = parameter(1, 1, embed_dim) if add_bias_kv else None
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        weights = (
            *(self.in_proj_weight, self.q_proj_weight),
            *(self.k_proj_weight, self.v_proj_weight),
        )
        for weight in weights:
            if weight is not None:
                init.xavier_uniform_(weight)
        if self.in_proj_bias is not None and self.out_proj.bias is not None:
            init.zeros_(self.in_proj_bias)
            init.zeros_(self.out_proj.bias)
        for bias in (self.bias_k, self.bias_v):
            if bias is not None:
                init.xavier_normal_(bias)

    def __setstate__(self, fields: dict[str, Any]) -> None:
        fields.setdefault("_qkv_same_embed_dim", True)  # files of PyTorch 1.1
        super().__setstate__(fields)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        turned = self.batch_first and query.dim() == 3
        if turned:  # what is one tensor stays one: it is projected once
            key_is_value, query_is_key = key is value, query is key
            query = query.transpose(1, 0)
            key = query if query_is_key else key.transpose(1, 0)
            value = key if key_is_value else value.transpose(1, 0)
        out, weights = F.multi_head_attention_forward(
            *(query, key, value, self.embed_dim, self.num_heads),
            *(self.in_proj_weight, self.in_proj_bias, self.bias_k, self.bias_v),
            *(self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias),
            training=self.training,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim,
            q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )
        return out.transpose(1, 0) if turned else out, weights

    def merge_masks(
        self, attn_mask: Tensor | None, key_padding_mask: Tensor | None, query: Tensor
    ) -> tuple[Tensor | None, int | None]:
        """Join both masks: (N, L) -> (N, L) and 1, (L, L), (N, L) -> (N, heads, L, L) and 2."""
        if attn_mask is None:
            return key_padding_mask, None if key_padding_mask is None else 1
        n, length, _ = query.shape
        if attn_mask.dim() == 3:
            merged = attn_mask.view(n, -1, length, length)
        else:
            merged = attn_mask.view(1, 1, length, length).expand(n, self.num_heads, -1, -1)
        if key_padding_mask is not None:
            padding = key_padding_mask.view(n, 1, 1, length)
            merged = merged + padding.expand(-1, self.num_heads, -1, -1)
        return merged, 2
