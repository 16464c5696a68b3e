"""Swin Transformer: attention within windows, which every other block moves.

Sources: "Swin Transformer: Hierarchical Vision Transformer using Shifted Windows", Liu et al. 2021,
https://arxiv.org/abs/2103.14030; "Swin Transformer V2: Scaling Up Capacity and Resolution", Liu et
al. 2021, https://arxiv.org/abs/2111.09883. Names and initial weights are torchvision's.
"""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from minitorch import nn
from minitorch.creation import full, zeros
from minitorch.models.layers import MLP, Layer, Permute, StochasticDepth, initialise_mlp
from minitorch.models.registry import register_model
from minitorch.models.weights import WeightsEnum, imagenet
from minitorch.nn import functional as F
from minitorch.ops.shape.joining import cat, stack
from minitorch.sequences import arange
from minitorch.tensor import Tensor
from minitorch.vision.transforms import InterpolationMode


def _merged(x: Tensor) -> Tensor:
    """Make one pixel of four: (*, H, W, C) -> (*, H / 2, W / 2, 4 C), of an odd size rounded up."""
    H, W = x.shape[-3:-1]
    x = F.pad(x, (0, 0, 0, W % 2, 0, H % 2))
    return cat([x[..., i::2, j::2, :] for j in (0, 1) for i in (0, 1)], -1)


class PatchMerging(nn.Module):
    """Halves height and width, doubles channels: (*, H, W, dim) -> (*, H / 2, W / 2, 2 dim).

    Args:
        dim: channels in.
        norm_layer: called with the number of channels that the norm is of: of four pixels.
    """

    def __init__(self, dim: int, norm_layer: Layer = nn.LayerNorm) -> None:
        super().__init__()
        self.dim = dim
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)
        self.norm = norm_layer(4 * dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.reduction(self.norm(_merged(x)))


class PatchMergingV2(nn.Module):
    """As :class:`PatchMerging`, the norm being of what comes out."""

    def __init__(self, dim: int, norm_layer: Layer = nn.LayerNorm) -> None:
        super().__init__()
        self.dim = dim
        self.reduction = nn.Linear(4 * dim, 2 * dim, bias=False)
        self.norm = norm_layer(2 * dim)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.reduction(_merged(x)))


def _windows(x: Tensor, size: Sequence[int]) -> Tensor:
    """Cut (N, H, W, C) into (N * windows, L, C), L being the places of a window."""
    N, H, W, C = x.shape
    rows, columns = H // size[0], W // size[1]
    x = x.reshape(N, rows, size[0], columns, size[1], C).permute(0, 1, 3, 2, 4, 5)
    return x.reshape(N * rows * columns, size[0] * size[1], C)


def _joined(x: Tensor, shape: Sequence[int], size: Sequence[int]) -> Tensor:
    """Put windows, (N * windows, L, C), together to the shape (N, H, W, C)."""
    N, H, W, C = shape
    x = x.reshape(N, H // size[0], W // size[1], size[0], size[1], C)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(N, H, W, C)


def _mask(x: Tensor, size: Sequence[int], shift: Sequence[int]) -> Tensor:
    """Return what keeps apart places that a shift made neighbours: (windows, 1, L, L)."""
    sides = []
    for length, window, step in zip(x.shape[1:3], size, shift, strict=True):
        places = arange(length, device=x.device)
        region = (places >= length - window).int() + (places >= length - step).int()
        sides.append(region * bool(step))
    regions = 3 * sides[0][:, None] + sides[1]  # (H, W)
    of_window = _windows(regions[None, :, :, None], size)[:, :, 0]  # (windows, L)
    differ = of_window[:, None] != of_window[:, :, None]
    return differ.to(x.dtype)[:, None] * -100.0


def _logits_and_values(
    x: Tensor,
    qkv_weight: Tensor,
    qkv_bias: Tensor | None,
    num_heads: int,
    logit_scale: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Return (B, num_heads, L, L) and (B, num_heads, L, C / num_heads) of x, (B, L, C)."""
    B, L, C = x.shape
    if logit_scale is not None and qkv_bias is not None:
        query, _, value = qkv_bias.chunk(3)
        qkv_bias = cat([query, query.new_zeros(C), value])
    qkv = F.linear(x, qkv_weight, qkv_bias).reshape(B, L, 3, num_heads, C // num_heads)
    q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind()  # (B, num_heads, L, C / num_heads) each
    if logit_scale is None:
        logits = (q * (C // num_heads) ** -0.5) @ k.mT
    else:
        cosines = F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).mT
        logits = cosines * logit_scale.clamp(max=math.log(100.0)).exp()
    return logits, v


def shifted_window_attention(
    input: Tensor,
    qkv_weight: Tensor,
    proj_weight: Tensor,
    relative_position_bias: Tensor,
    window_size: Sequence[int],
    num_heads: int,
    shift_size: Sequence[int],
    attention_dropout: float = 0.0,
    dropout: float = 0.0,
    qkv_bias: Tensor | None = None,
    proj_bias: Tensor | None = None,
    logit_scale: Tensor | None = None,
    training: bool = True,
) -> Tensor:
    """Let every place look at those of its window: (N, H, W, C) -> the same.

    Args:
        input: padded with zeros to whole windows.
        qkv_weight: makes queries, keys and values, (3 C, C).
        proj_weight: is behind, (C, C).
        relative_position_bias: added to the logits, (1, num_heads, L, L).
        window_size: height and width, L in product.
        num_heads: into which channels are cut.
        shift_size: how far windows are moved up and left, around the edge, but not where one covers
            all.
        attention_dropout: the probability that a place is not looked at.
        dropout: the probability that an element of the result is dropped.
        qkv_bias: (3 C), of which with ``logit_scale`` the keys' is not used.
        proj_bias: (C).
        logit_scale: logarithm of what cosines are multiplied by, (num_heads, 1, 1), at most
            log 100; None for products, not cosines.
        training: if false, nothing is dropped.
    """
    _, H, W, C = input.shape
    bottom, right = -H % window_size[0], -W % window_size[1]
    x = F.pad(input, (0, 0, 0, right, 0, bottom))
    shape = x.shape
    sizes = zip(shape[1:3], window_size, shift_size, strict=True)
    shift = [0 if window >= length else step for length, window, step in sizes]
    if any(shift):
        x = x.roll((-shift[0], -shift[1]), (1, 2))
    mask = _mask(x, window_size, shift) if any(shift) else None

    x = _windows(x, window_size)
    B, L, _ = x.shape
    logits, v = _logits_and_values(x, qkv_weight, qkv_bias, num_heads, logit_scale)
    logits = logits + relative_position_bias
    if mask is not None:
        logits = logits.reshape(B // len(mask), len(mask), num_heads, L, L) + mask
    weights = F.softmax(logits.reshape(B, num_heads, L, L), dim=-1)
    weights = F.dropout(weights, attention_dropout, training)
    x = (weights @ v).transpose(1, 2).reshape(B, L, C)
    x = F.dropout(F.linear(x, proj_weight, proj_bias), dropout, training)

    x = _joined(x, shape, window_size)
    if any(shift):
        x = x.roll((shift[0], shift[1]), (1, 2))
    return x[:, :H, :W].contiguous()


class ShiftedWindowAttention(nn.Module):
    """:func:`shifted_window_attention`, a bias being learnt of each distance: (N, H, W, C) -> same.

    Args:
        dim: C.
        window_size: height and width.
        shift_size: how far windows are moved up and left.
        num_heads: into which channels are cut.
        qkv_bias: whether there is one for queries, keys and values.
        proj_bias: whether there is one behind.
        attention_dropout: the probability that a place is not looked at.
        dropout: the probability that an element of the result is dropped.

    Raises:
        ValueError: ``window_size`` or ``shift_size`` is not of length 2.
    """

    def __init__(
        self,
        dim: int,
        window_size: Sequence[int],
        shift_size: Sequence[int],
        num_heads: int,
        qkv_bias: bool = True,
        proj_bias: bool = True,
        attention_dropout: float = 0.0,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        if len(window_size) != 2 or len(shift_size) != 2:
            raise ValueError(
                "window_size and shift_size must be of length 2, "
                f"got {window_size} and {shift_size}"
            )
        self.window_size = window_size
        self.shift_size = shift_size
        self.num_heads = num_heads
        self.attention_dropout = attention_dropout
        self.dropout = dropout
        self.qkv = nn.Linear(dim, dim * 3, bias=qkv_bias)
        self.proj = nn.Linear(dim, dim, bias=proj_bias)
        self.register_parameter("logit_scale", None)
        self.define_relative_position_bias_table()
        self.define_relative_position_index()

    def define_relative_position_bias_table(self) -> None:
        """Make what is learnt: a number for each distance and head."""
        distances = math.prod(2 * side - 1 for side in self.window_size)
        self.relative_position_bias_table = nn.Parameter(zeros(distances, self.num_heads))
        nn.init.trunc_normal_(self.relative_position_bias_table, std=0.02)

    def define_relative_position_index(self) -> None:
        """Number the distance between any two places of a window: (L * L)."""
        H, W = self.window_size
        y, x = arange(H * W) // W, arange(H * W) % W
        down, right = (place[:, None] - place for place in (y, x))  # (L, L)
        index = (down + H - 1) * (2 * W - 1) + right + W - 1
        self.register_buffer("relative_position_index", index.flatten())

    def get_relative_position_bias(self) -> Tensor:
        """Return what is added to the logits, (1, num_heads, L, L)."""
        return self._by_places(self.relative_position_bias_table)

    def _by_places(self, of_distances: Tensor) -> Tensor:
        L = math.prod(self.window_size)
        bias = of_distances[self.relative_position_index].reshape(L, L, -1)
        return bias.permute(2, 0, 1).unsqueeze(0)

    def forward(self, x: Tensor) -> Tensor:
        return shifted_window_attention(
            x,
            self.qkv.weight,
            self.proj.weight,
            self.get_relative_position_bias(),
            self.window_size,
            self.num_heads,
            self.shift_size,
            self.attention_dropout,
            self.dropout,
            self.qkv.bias,
            self.proj.bias,
            self.logit_scale,
            self.training,
        )


class ShiftedWindowAttentionV2(ShiftedWindowAttention):
    """As :class:`ShiftedWindowAttention`, of cosines, with a small network of the distance."""

    def __init__(self, dim: int, window_size: Sequence[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(dim, window_size, *args, **kwargs)
        self.logit_scale = nn.Parameter(full((self.num_heads, 1, 1), math.log(10)))
        self.cpb_mlp = nn.Sequential(
            nn.Linear(2, 512), nn.ReLU(inplace=True), nn.Linear(512, self.num_heads, bias=False)
        )
        if self.qkv.bias is not None:
            self.qkv.bias.data[dim : 2 * dim] = 0

    def define_relative_position_bias_table(self) -> None:
        """Make what the network is given: each distance, its logarithm in place of itself."""
        H, W = self.window_size
        y = (arange(1 - H, H).float() / (H - 1))[:, None].expand(-1, 2 * W - 1)
        x = (arange(1 - W, W).float() / (W - 1)).expand(2 * H - 1, -1)
        table = 8 * stack([y, x], -1)[None]  # (1, 2 H - 1, 2 W - 1, 2), from -8 to 8
        table = table.sign() * (table.abs() + 1).log2() / 3
        self.register_buffer("relative_coords_table", table)

    def get_relative_position_bias(self) -> Tensor:
        """Return what is added to the logits, (1, num_heads, L, L), all between 0 and 16."""
        of_distances = self.cpb_mlp(self.relative_coords_table).reshape(-1, self.num_heads)
        return 16 * self._by_places(of_distances).sigmoid()


class SwinTransformerBlock(nn.Module):
    """Adds what attention in windows makes, then what an MLP makes: (N, H, W, dim) -> the same.

    Args:
        dim: channels.
        num_heads: of the attention.
        window_size: height and width.
        shift_size: how far windows are moved up and left.
        mlp_ratio: channels between the two layers of the MLP to those of the block.
        dropout: the probability that an element of what is added is dropped.
        attention_dropout: the probability that a place is not looked at.
        stochastic_depth_prob: the probability that in training nothing is added.
        norm_layer: called with a number of channels.
        attn_layer: called as :class:`ShiftedWindowAttention`, which it is by default.
    """

    default_attention: ClassVar[Layer] = ShiftedWindowAttention

    def __init__(
        self,
        dim: int,
        num_heads: int,
        window_size: Sequence[int],
        shift_size: Sequence[int],
        mlp_ratio: float = 4.0,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        stochastic_depth_prob: float = 0.0,
        norm_layer: Layer = nn.LayerNorm,
        attn_layer: Layer | None = None,
    ) -> None:
        super().__init__()
        self.norm1 = norm_layer(dim)
        self.attn = (attn_layer or self.default_attention)(
            dim,
            window_size,
            shift_size,
            num_heads,
            attention_dropout=attention_dropout,
            dropout=dropout,
        )
        self.stochastic_depth = StochasticDepth(stochastic_depth_prob, "row")
        self.norm2 = norm_layer(dim)
        hidden = int(dim * mlp_ratio)
        self.mlp = MLP(dim, [hidden, dim], activation_layer=nn.GELU, dropout=dropout)
        initialise_mlp(self.mlp)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.stochastic_depth(self.attn(self.norm1(x)))
        return x + self.stochastic_depth(self.mlp(self.norm2(x)))


class SwinTransformerBlockV2(SwinTransformerBlock):
    """As :class:`SwinTransformerBlock`, the norms being of what is added."""

    default_attention = ShiftedWindowAttentionV2

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.stochastic_depth(self.norm1(self.attn(x)))
        return x + self.stochastic_depth(self.norm2(self.mlp(x)))


class SwinTransformer(nn.Module):
    """Classifies (N, 3, H, W): patches, stages that merge them between, the mean, linear.

    Args:
        patch_size: height and width of a patch.
        embed_dim: channels of the first stage; each has twice those of the one before.
        depths: blocks of each stage.
        num_heads: of each stage.
        window_size: height and width; every other block moves windows by half of it.
        mlp_ratio: of the blocks.
        dropout: of the blocks.
        attention_dropout: of the blocks.
        stochastic_depth_prob: the probability that a block adds nothing in training, which grows
            from nothing at the first to this at the last.
        num_classes: length of what comes out, (N, num_classes).
        norm_layer: called with a number of channels; LayerNorm by default.
        block: called as :class:`SwinTransformerBlock`.
        downsample_layer: called with a number of channels and the norm.
    """

    def __init__(
        self,
        patch_size: Sequence[int],
        embed_dim: int,
        depths: Sequence[int],
        num_heads: Sequence[int],
        window_size: Sequence[int],
        mlp_ratio: float = 4.0,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        stochastic_depth_prob: float = 0.1,
        num_classes: int = 1000,
        norm_layer: Layer | None = None,
        block: Layer | None = None,
        downsample_layer: Layer = PatchMerging,
    ) -> None:
        super().__init__()
        self.num_classes = num_classes
        norm = norm_layer or partial(nn.LayerNorm, eps=1e-5)
        size = (patch_size[0], patch_size[1])
        patches = nn.Conv2d(3, embed_dim, size, stride=size)
        layers: list[nn.Module] = [nn.Sequential(patches, Permute([0, 2, 3, 1]), norm(embed_dim))]
        last_block = sum(depths) - 1
        blocks_before = 0
        dim = embed_dim
        for stage, depth in enumerate(depths):
            if stage > 0:
                layers.append(downsample_layer(dim, norm))
                dim *= 2
            blocks = []
            for number in range(depth):
                shift = [side // 2 if number % 2 else 0 for side in window_size]
                skipped = stochastic_depth_prob * blocks_before / max(last_block, 1)
                blocks.append(
                    (block or SwinTransformerBlock)(
                        dim,
                        num_heads[stage],
                        window_size=window_size,
                        shift_size=shift,
                        mlp_ratio=mlp_ratio,
                        dropout=dropout,
                        attention_dropout=attention_dropout,
                        stochastic_depth_prob=skipped,
                        norm_layer=norm,
                    )
                )
                blocks_before += 1
            layers.append(nn.Sequential(*blocks))
        self.features = nn.Sequential(*layers)
        self.norm = norm(dim)
        self.permute = Permute([0, 3, 1, 2])
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten(1)
        self.head = nn.Linear(dim, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=0.02)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.permute(self.norm(self.features(x)))  # (N, C, H, W)
        return self.head(self.flatten(self.avgpool(x)))


_V2 = {"block": SwinTransformerBlockV2, "downsample_layer": PatchMergingV2}


def _swin(
    embed_dim: int, third: int, heads: int, window: int, stochastic_depth_prob: float, **kwargs: Any
) -> SwinTransformer:
    """Build four stages, of which the third is the deepest; each has twice the heads before."""
    return SwinTransformer(
        [4, 4],
        embed_dim,
        [2, 2, third, 2],
        [heads, 2 * heads, 4 * heads, 8 * heads],
        [window, window],
        stochastic_depth_prob=stochastic_depth_prob,
        **kwargs,
    )


class Swin_T_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "swin_t-704ceda3",
        28_288_354,
        (81.474, 95.776),
        min_size=(224, 224),
        resize_size=232,
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(Swin_T_Weights)
def swin_t(**kwargs: Any) -> SwinTransformer:
    """Swin Transformer tiny; ``kwargs``: :class:`SwinTransformer`."""
    return _swin(96, 6, 3, 7, 0.2, **kwargs)


class Swin_S_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "swin_s-5e29d889",
        49_606_258,
        (83.196, 96.36),
        min_size=(224, 224),
        resize_size=246,
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(Swin_S_Weights)
def swin_s(**kwargs: Any) -> SwinTransformer:
    """Swin Transformer small; ``kwargs``: :class:`SwinTransformer`."""
    return _swin(96, 18, 3, 7, 0.3, **kwargs)


class Swin_B_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "swin_b-68c6b09e",
        87_768_224,
        (83.582, 96.64),
        min_size=(224, 224),
        resize_size=238,
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(Swin_B_Weights)
def swin_b(**kwargs: Any) -> SwinTransformer:
    """Swin Transformer base; ``kwargs``: :class:`SwinTransformer`."""
    return _swin(128, 18, 4, 7, 0.5, **kwargs)


class Swin_V2_T_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "swin_v2_t-b137f0e2",
        28_351_570,
        (82.072, 96.132),
        min_size=(256, 256),
        crop_size=256,
        resize_size=260,
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(Swin_V2_T_Weights)
def swin_v2_t(**kwargs: Any) -> SwinTransformer:
    """Swin Transformer V2 tiny; ``kwargs``: :class:`SwinTransformer`."""
    return _swin(96, 6, 3, 8, 0.2, **_V2, **kwargs)


class Swin_V2_S_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "swin_v2_s-637d8ceb",
        49_737_442,
        (83.712, 96.816),
        min_size=(256, 256),
        crop_size=256,
        resize_size=260,
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(Swin_V2_S_Weights)
def swin_v2_s(**kwargs: Any) -> SwinTransformer:
    """Swin Transformer V2 small; ``kwargs``: :class:`SwinTransformer`."""
    return _swin(96, 18, 3, 8, 0.3, **_V2, **kwargs)


class Swin_V2_B_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "swin_v2_b-781e5279",
        87_930_848,
        (84.112, 96.864),
        min_size=(256, 256),
        crop_size=256,
        resize_size=272,
        interpolation=InterpolationMode.BICUBIC,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(Swin_V2_B_Weights)
def swin_v2_b(**kwargs: Any) -> SwinTransformer:
    """Swin Transformer V2 base; ``kwargs``: :class:`SwinTransformer`."""
    return _swin(128, 18, 4, 8, 0.5, **_V2, **kwargs)
