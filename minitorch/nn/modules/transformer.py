"""The Transformer and its parts."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable
from typing import Any

from minitorch.autograd.grad_mode import is_grad_enabled
from minitorch.creation import full
from minitorch.nn import functional as F, init
from minitorch.nn.functional.multi_head import _canonical_mask
from minitorch.nn.modules.activation import GELU, ReLU
from minitorch.nn.modules.container import ModuleList
from minitorch.nn.modules.dropout import Dropout
from minitorch.nn.modules.linear import Linear
from minitorch.nn.modules.module import Module
from minitorch.nn.modules.multihead import MultiheadAttention
from minitorch.nn.modules.normalization import LayerNorm
from minitorch.tensor import Tensor

Activation = str | Callable[[Tensor], Tensor]


class _Layer(Module):
    """What the layers of encoder and decoder share: attention to themselves, and a small MLP."""

    self_attn: MultiheadAttention
    norm1: LayerNorm
    norm2: LayerNorm
    activation: Any

    def _build(
        self,
        attentions: tuple[str, ...],
        d_model: int,
        nhead: int,
        dim_feedforward: int,
        dropout: float,
        layer_norm_eps: float,
        batch_first: bool,
        norm_first: bool,
        bias: bool,
        device: Any,
        dtype: Any,
    ) -> None:
        """Make the parts, one norm and one dropout for each attention and one for the MLP."""
        made: dict[str, Any] = {"device": device, "dtype": dtype, "bias": bias}
        for name in attentions:
            attention = MultiheadAttention(
                d_model, nhead, dropout=dropout, batch_first=batch_first, **made
            )
            setattr(self, name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, **made)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, **made)
        self.norm_first = norm_first
        numbers = range(1, len(attentions) + 2)
        for i in numbers:
            setattr(self, f"norm{i}", LayerNorm(d_model, eps=layer_norm_eps, **made))
        for i in numbers:
            setattr(self, f"dropout{i}", Dropout(dropout))

    def __setstate__(self, fields: dict[str, Any]) -> None:
        super().__setstate__(fields)
        if not hasattr(self, "activation"):  # files of old versions of PyTorch
            self.activation = F.relu

    def _around(self, block: Callable[[Tensor], Tensor], norm: Module, x: Tensor) -> Tensor:
        """Add what a block makes of x, with the norm before or behind; figure 1 of the source."""
        if self.norm_first:
            return x + block(norm(x))
        out: Tensor = norm(x + block(x))
        return out

    def _sa_block(
        self,
        x: Tensor,
        attn_mask: Tensor | None,
        key_padding_mask: Tensor | None,
        is_causal: bool = False,
    ) -> Tensor:
        out: Tensor = self.dropout1(
            self.self_attn(x, x, x, key_padding_mask, False, attn_mask, is_causal=is_causal)[0]
        )
        return out

    def _feed(self, x: Tensor) -> Tensor:
        out: Tensor = self.linear2(self.dropout(self.activation(self.linear1(x))))
        return out


class TransformerEncoderLayer(_Layer):
    """Attention of a sequence to itself, and a small MLP, each with a norm and added to its input.

    Shapes: (L, N, E) -> (L, N, E), or (N, L, E) with ``batch_first``; N may be left out.

    Args:
        d_model: E.
        nhead: number of heads.
        dim_feedforward: width of the MLP.
        dropout: probability of a zero in training.
        activation: of the MLP: "relu", "gelu" or a function.
        layer_norm_eps: added to variances.
        batch_first: whether N comes first.
        norm_first: norms before attention and MLP, instead of after what they are added to.
        bias: whether linear maps and norms add a bias.
        device: the CPU.
        dtype: of the parameters; the default dtype if left out.

    Raises:
        RuntimeError: for another name of an activation.

    Source: https://arxiv.org/abs/1706.03762, https://arxiv.org/abs/2002.04745;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoderLayer.html, but
        masks of numbers are added also where PyTorch's shortcut for inference reads them as bools.
    """

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self._build(
            *(("self_attn",), d_model, nhead, dim_feedforward, dropout, layer_norm_eps),
            *(batch_first, norm_first, bias, device, dtype),
        )
        function = _activation(activation)
        is_relu = function is F.relu or isinstance(function, ReLU)
        is_gelu = function is F.gelu or isinstance(function, GELU)
        self.activation_relu_or_gelu = 1 if is_relu else 2 if is_gelu else 0
        self.activation = function

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        padding = _canonical_mask(
            src_key_padding_mask, "src_key_padding_mask", src.dtype, src_mask, "src_mask"
        )
        mask = _canonical_mask(src_mask, "src_mask", src.dtype)
        x = self._around(
            lambda x: self._sa_block(x, mask, padding, is_causal=is_causal), self.norm1, src
        )
        return self._around(self._ff_block, self.norm2, x)

    def _ff_block(self, x: Tensor) -> Tensor:
        out: Tensor = self.dropout2(self._feed(x))
        return out


class TransformerDecoderLayer(_Layer):
    """As :class:`TransformerEncoderLayer`, with attention to what an encoder made in between.

    Shapes: (L, N, E), (S, N, E) -> (L, N, E), or N first with ``batch_first``; it may be left out.

    Args:
        d_model: E.
        nhead: number of heads.
        dim_feedforward: width of the MLP.
        dropout: probability of a zero in training.
        activation: of the MLP: "relu", "gelu" or a function.
        layer_norm_eps: added to variances.
        batch_first: whether N comes first.
        norm_first: norms before attention and MLP, instead of after what they are added to.
        bias: whether linear maps and norms add a bias.
        device: the CPU.
        dtype: of the parameters; the default dtype if left out.

    Raises:
        RuntimeError: for another name of an activation.

    Source: https://arxiv.org/abs/1706.03762;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoderLayer.html
    """

    multihead_attn: MultiheadAttention
    norm3: LayerNorm

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        attentions = ("self_attn", "multihead_attn")
        self._build(
            *(attentions, d_model, nhead, dim_feedforward, dropout, layer_norm_eps),
            *(batch_first, norm_first, bias, device, dtype),
        )
        self.activation = _activation(activation)

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        own = (tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        other = (memory_mask, memory_key_padding_mask, memory_is_causal)
        x = self._around(lambda x: self._sa_block(x, *own), self.norm1, tgt)
        x = self._around(lambda x: self._mha_block(x, memory, *other), self.norm2, x)
        return self._around(self._ff_block, self.norm3, x)

    def _mha_block(
        self,
        x: Tensor,
        mem: Tensor,
        attn_mask: Tensor | None,
        key_padding_mask: Tensor | None,
        is_causal: bool = False,
    ) -> Tensor:
        attend = self.multihead_attn
        out: Tensor = self.dropout2(
            attend(x, mem, mem, key_padding_mask, False, attn_mask, is_causal=is_causal)[0]
        )
        return out

    def _ff_block(self, x: Tensor) -> Tensor:
        out: Tensor = self.dropout3(self._feed(x))
        return out


class TransformerEncoder(Module):
    """Copies of a layer, one after the other: (L, N, E) -> (L, N, E).

    Args:
        encoder_layer: what is copied.
        num_layers: how often.
        norm: applied at the end, if given.
        enable_nested_tensor: at inference with padding alone, where PyTorch leaves padded places
            out, give zeros there (before ``norm``), as it does.
        mask_check: only where padding is at the end of each sequence.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerEncoder.html
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(encoder_layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.mask_check = mask_check
        why_not = _why_padded_places_count(encoder_layer)
        if enable_nested_tensor and why_not:
            warnings.warn(
                "enable_nested_tensor is True, but self.use_nested_tensor is False because "
                f"{why_not}",
                stacklevel=2,
            )
        self.use_nested_tensor = enable_nested_tensor and not why_not

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        padding = _canonical_mask(
            src_key_padding_mask, "src_key_padding_mask", src.dtype, mask, "mask"
        )
        mask = _canonical_mask(mask, "mask", src.dtype)
        left_out = None
        if mask is None and padding is not None and self._leaves_out(src, padding):
            left_out = padding.bool()
            padding = _canonical_mask(left_out, "src_key_padding_mask", src.dtype)
        first: Any = self.layers[0]
        is_causal = _is_causal(mask, is_causal, _length(src, first.self_attn.batch_first))
        out = src
        for layer in self.layers:
            out = layer(out, src_mask=mask, is_causal=is_causal, src_key_padding_mask=padding)
        if left_out is not None:
            out = out.masked_fill(left_out.unsqueeze(-1), 0.0)
        return out if self.norm is None else self.norm(out)

    def _leaves_out(self, src: Tensor, padding: Tensor) -> bool:
        """Whether PyTorch would compute the places that are not padded alone."""
        first = self.layers[0]
        if not getattr(self, "use_nested_tensor", False) or first.training or src.dim() != 3:
            return False
        tensors = (src, *first.parameters())
        if is_grad_enabled() and any(x.requires_grad for x in tensors):
            return False
        padded = padding.bool()
        resumes = padded[:, :-1] & padded[:, 1:].logical_not()
        return not (getattr(self, "mask_check", True) and bool(resumes.any()))


class TransformerDecoder(Module):
    """Copies of a layer, one after the other: (L, N, E), (S, N, E) -> (L, N, E).

    Args:
        decoder_layer: what is copied.
        num_layers: how often.
        norm: applied at the end, if given.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.TransformerDecoder.html
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = ModuleList([copy.deepcopy(decoder_layer) for _ in range(num_layers)])
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        first: Any = self.layers[0]
        length = _length(tgt, first.self_attn.batch_first)
        tgt_is_causal = _is_causal(tgt_mask, tgt_is_causal, length)
        out = tgt
        for layer in self.layers:
            out = layer(
                out,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=tgt_is_causal,
                memory_is_causal=memory_is_causal,
            )
        return out if self.norm is None else self.norm(out)


class Transformer(Module):
    """An encoder, and a decoder that looks at what it made: (S, N, E), (L, N, E) -> (L, N, E).

    Args:
        d_model: E.
        nhead: number of heads.
        num_encoder_layers: layers of the encoder.
        num_decoder_layers: layers of the decoder.
        dim_feedforward: width of the MLPs.
        dropout: probability of a zero in training.
        activation: of the MLPs: "relu", "gelu" or a function.
        custom_encoder: taken as the encoder.
        custom_decoder: taken as the decoder.
        layer_norm_eps: added to variances.
        batch_first: whether N comes first.
        norm_first: norms before attention and MLP, instead of after what they are added to.
        bias: whether linear maps and norms add a bias.
        device: the CPU.
        dtype: of the parameters; the default dtype if left out.

    Raises:
        RuntimeError: at the call, for sizes that do not fit.

    Source: https://arxiv.org/abs/1706.03762;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.Transformer.html
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        options: Any = (
            *(d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps),
            *(batch_first, norm_first, bias, device, dtype),
        )
        for_norm: Any = {"eps": layer_norm_eps, "bias": bias, "device": device, "dtype": dtype}
        if custom_encoder is None:
            layer: Module = TransformerEncoderLayer(*options)
            norm = LayerNorm(d_model, **for_norm)
            custom_encoder = TransformerEncoder(layer, num_encoder_layers, norm)
        self.encoder = custom_encoder
        if custom_decoder is None:
            layer = TransformerDecoderLayer(*options)
            norm = LayerNorm(d_model, **for_norm)
            custom_decoder = TransformerDecoder(layer, num_decoder_layers, norm)
        self.decoder = custom_decoder
        self._reset_parameters()
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def _reset_parameters(self) -> None:
        for parameter in self.parameters():
            if parameter.dim() > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        batch = 0 if self.batch_first else 1
        if src.dim() == 3 and src.size(batch) != tgt.size(batch):
            raise RuntimeError("the batch number of src and tgt must be equal")
        if src.size(-1) != self.d_model or tgt.size(-1) != self.d_model:
            raise RuntimeError("the feature number of src and tgt must be equal to d_model")
        memory = self.encoder(
            src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal
        )
        out: Tensor = self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )
        return out

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """Return a mask to be added, with -inf for what comes later: (L, L)."""
        return full((sz, sz), -math.inf, dtype=dtype, device=device).triu(1)


def _activation(activation: Activation) -> Callable[[Tensor], Tensor]:
    if not isinstance(activation, str):
        return activation
    if activation not in ("relu", "gelu"):
        raise RuntimeError(f"activation should be relu/gelu, not {activation}")
    return F.relu if activation == "relu" else F.gelu


def _length(x: Tensor, batch_first: bool) -> int:
    return x.size(1 if x.dim() == 3 and batch_first else 0)


def _is_causal(mask: Tensor | None, is_causal: bool | None, length: int) -> bool:
    """Whether a mask is causal: as is said, else by its numbers."""
    if is_causal is not None or mask is None:
        return is_causal is True
    if tuple(mask.shape) != (length, length):
        return False
    causal = Transformer.generate_square_subsequent_mask(length, mask.device, mask.dtype)
    return bool((mask == causal).all())


def _why_padded_places_count(layer: Module) -> str:
    """Why PyTorch computes padded places, too: its shortcut for inference is not for all layers."""
    name = "encoder_layer"
    if not isinstance(layer, TransformerEncoderLayer):
        return f"{name} was not TransformerEncoderLayer"
    if layer.norm_first:
        return f"{name}.norm_first was True"
    if not layer.self_attn.batch_first:
        return (
            f"{name}.self_attn.batch_first was not True"
            "(use batch_first for better inference performance)"
        )
    if not layer.self_attn._qkv_same_embed_dim:
        return f"{name}.self_attn._qkv_same_embed_dim was not True"
    if layer.self_attn.in_proj_bias is None:
        return f"{name}.self_attn was passed bias=False"
    if not layer.activation_relu_or_gelu:
        return f"{name}.activation_relu_or_gelu was not True"
    if layer.norm1.eps != layer.norm2.eps:
        return f"{name}.norm1.eps was not equal to {name}.norm2.eps"
    if layer.self_attn.num_heads % 2:
        return f"{name}.self_attn.num_heads is odd"
    return ""
