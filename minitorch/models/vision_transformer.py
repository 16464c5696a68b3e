"""Vision Transformer: a picture is a sequence of patches, and a token that looks at all of them.

Sources: "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale", Dosovitskiy
et al. 2020, https://arxiv.org/abs/2010.11929; for several convolutions in place of one, "Early
Convolutions Help Transformers See Better", Xiao et al. 2021, https://arxiv.org/abs/2106.14881.
Names and initial weights are torchvision's.
"""

import math
from collections import OrderedDict
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from minitorch import nn
from minitorch.creation import empty, zeros
from minitorch.models.layers import MLP, Conv2dNormActivation, Layer, initialise_mlp
from minitorch.models.registry import register_model
from minitorch.models.weights import SWAG, WeightsEnum, imagenet
from minitorch.nn import functional as F
from minitorch.ops.shape.joining import cat
from minitorch.tensor import Tensor
from minitorch.vision.transforms import InterpolationMode

_NORM: Layer = partial(nn.LayerNorm, eps=1e-6)


class ConvStemConfig(NamedTuple):
    """One of several convolutions that come before the patches, with its norm and activation."""

    out_channels: int
    kernel_size: int
    stride: int
    norm_layer: Layer = nn.BatchNorm2d
    activation_layer: Layer = nn.ReLU


class MLPBlock(MLP):
    """Two linear layers at every place: (N, L, in_dim) -> the same; between them ``mlp_dim``."""

    _version = 2

    def __init__(self, in_dim: int, mlp_dim: int, dropout: float) -> None:
        super().__init__(in_dim, [mlp_dim, in_dim], activation_layer=nn.GELU, dropout=dropout)
        initialise_mlp(self)

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if (local_metadata.get("version") or 1) < 2:  # published weights have the names of then
            for old, new in (("linear_1", "0"), ("linear_2", "3")):
                for name in ("weight", "bias"):
                    if f"{prefix}{old}.{name}" in state_dict:
                        value = state_dict.pop(f"{prefix}{old}.{name}")
                        state_dict[f"{prefix}{new}.{name}"] = value
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *args, **kwargs)


def _check_sequence(input: Tensor) -> None:
    if input.dim() != 3:
        raise AssertionError(
            f"Expected (batch_size, seq_length, hidden_dim) got {tuple(input.shape)}"
        )


class EncoderBlock(nn.Module):
    """Adds what attention makes, then what an MLP makes: (N, L, hidden_dim) -> the same.

    Args:
        num_heads: of the attention.
        hidden_dim: E.
        mlp_dim: E between the two layers of the MLP.
        dropout: the probability that an element of what is added is dropped.
        attention_dropout: the probability that a place is not looked at.
        norm_layer: called with E.
    """

    def __init__(
        self,
        num_heads: int,
        hidden_dim: int,
        mlp_dim: int,
        dropout: float,
        attention_dropout: float,
        norm_layer: Layer = _NORM,
    ) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.ln_1 = norm_layer(hidden_dim)
        self.self_attention = nn.MultiheadAttention(
            hidden_dim, num_heads, dropout=attention_dropout, batch_first=True
        )
        self.dropout = nn.Dropout(dropout)
        self.ln_2 = norm_layer(hidden_dim)
        self.mlp = MLPBlock(hidden_dim, mlp_dim, dropout)

    def forward(self, input: Tensor) -> Tensor:
        _check_sequence(input)
        x = self.ln_1(input)
        x, _ = self.self_attention(x, x, x, need_weights=False)
        x = self.dropout(x) + input
        return x + self.mlp(self.ln_2(x))


class Encoder(nn.Module):
    """Adds to each place what is learnt of it, then EncoderBlocks: (N, L, hidden_dim) -> the same.

    Args:
        seq_length: L.
        num_layers: blocks.
        num_heads: of each.
        hidden_dim: of each.
        mlp_dim: of each.
        dropout: of each, and of what goes into the first.
        attention_dropout: of each.
        norm_layer: of each, and behind the last.
    """

    def __init__(
        self,
        seq_length: int,
        num_layers: int,
        num_heads: int,
        hidden_dim: int,
        mlp_dim: int,
        dropout: float,
        attention_dropout: float,
        norm_layer: Layer = _NORM,
    ) -> None:
        super().__init__()
        self.pos_embedding = nn.Parameter(empty(1, seq_length, hidden_dim).normal_(std=0.02))
        self.dropout = nn.Dropout(dropout)
        options = (num_heads, hidden_dim, mlp_dim, dropout, attention_dropout, norm_layer)
        self.layers = nn.Sequential(
            OrderedDict(
                (f"encoder_layer_{number}", EncoderBlock(*options)) for number in range(num_layers)
            )
        )
        self.ln = norm_layer(hidden_dim)

    def forward(self, input: Tensor) -> Tensor:
        _check_sequence(input)
        return self.ln(self.layers(self.dropout(input + self.pos_embedding)))


class VisionTransformer(nn.Module):
    """Classifies (N, 3, image_size, image_size): patches, an encoder, a linear layer on its token.

    Args:
        image_size: height and width; another needs other weights (:func:`interpolate_embeddings`).
        patch_size: height and width of a patch.
        num_layers: blocks of the encoder.
        num_heads: of each block.
        hidden_dim: E, what a patch becomes.
        mlp_dim: E between the two layers of each MLP.
        dropout: the probability that an element is dropped.
        attention_dropout: the probability that a place is not looked at.
        num_classes: length of what comes out, (N, num_classes).
        representation_size: out of a layer before the last; None for no such layer.
        norm_layer: called with E; LayerNorm by default.
        conv_stem_configs: convolutions that make the patches; by default one makes them at once.

    Raises:
        AssertionError: the picture cannot be cut into such patches, or has another size.
    """

    norm_layer: Layer = staticmethod(_NORM)  # no field: files of whole models hold no functions

    def __init__(
        self,
        image_size: int,
        patch_size: int,
        num_layers: int,
        num_heads: int,
        hidden_dim: int,
        mlp_dim: int,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        num_classes: int = 1000,
        representation_size: int | None = None,
        norm_layer: Layer = _NORM,
        conv_stem_configs: Sequence[ConvStemConfig] | None = None,
    ) -> None:
        super().__init__()
        if image_size % patch_size != 0:
            raise AssertionError(
                "Input shape indivisible by patch size! "
                f"image_size={image_size}, patch_size={patch_size}"
            )
        self.image_size = image_size
        self.patch_size = patch_size
        self.hidden_dim = hidden_dim
        self.mlp_dim = mlp_dim
        self.attention_dropout = attention_dropout
        self.dropout = dropout
        self.num_classes = num_classes
        self.representation_size = representation_size
        if norm_layer is not _NORM:
            self.norm_layer = norm_layer

        self.conv_proj = (
            nn.Conv2d(3, hidden_dim, patch_size, stride=patch_size)
            if conv_stem_configs is None
            else _conv_stem(conv_stem_configs, hidden_dim)
        )
        self.class_token = nn.Parameter(zeros(1, 1, hidden_dim))
        self.seq_length = (image_size // patch_size) ** 2 + 1
        self.encoder = Encoder(
            self.seq_length,
            num_layers,
            num_heads,
            hidden_dim,
            mlp_dim,
            dropout,
            attention_dropout,
            norm_layer,
        )
        heads: OrderedDict[str, nn.Module] = OrderedDict()
        features = hidden_dim
        if representation_size is not None:
            heads["pre_logits"] = nn.Linear(hidden_dim, representation_size)
            heads["act"] = nn.Tanh()
            features = representation_size
        heads["head"] = nn.Linear(features, num_classes)
        self.heads = nn.Sequential(heads)
        self._initialise()

    def _initialise(self) -> None:
        stem = self.conv_proj
        if isinstance(stem, nn.Conv2d):
            _trunc_normal(stem)
        else:
            nn.init.normal_(stem.conv_last.weight, std=math.sqrt(2 / stem.conv_last.out_channels))
            nn.init.zeros_(stem.conv_last.bias)
        if self.representation_size is not None:
            _trunc_normal(self.heads.pre_logits)
        nn.init.zeros_(self.heads.head.weight)
        nn.init.zeros_(self.heads.head.bias)

    def _process_input(self, x: Tensor) -> Tensor:
        _, _, H, W = x.shape
        for side, got in (("height", H), ("width", W)):
            if got != self.image_size:
                raise AssertionError(
                    f"Wrong image {side}! Expected {self.image_size} but got {got}!"
                )
        return self.conv_proj(x).flatten(2).permute(0, 2, 1)  # (N, L, E)

    def forward(self, x: Tensor) -> Tensor:
        x = self._process_input(x)
        x = cat([self.class_token.expand(x.shape[0], -1, -1), x], dim=1)
        return self.heads(self.encoder(x)[:, 0])


def _conv_stem(configs: Sequence[ConvStemConfig], hidden_dim: int) -> nn.Sequential:
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    channels = 3
    for number, (out, kernel_size, stride, norm, activation) in enumerate(configs):
        layers[f"conv_bn_relu_{number}"] = Conv2dNormActivation(
            channels, out, kernel_size, stride, norm_layer=norm, activation_layer=activation
        )
        channels = out
    layers["conv_last"] = nn.Conv2d(channels, hidden_dim, 1)
    return nn.Sequential(layers)


def _trunc_normal(layer: Any) -> None:
    fan_in = layer.weight[0].numel()
    nn.init.trunc_normal_(layer.weight, std=math.sqrt(1 / fan_in))
    nn.init.zeros_(layer.bias)


def interpolate_embeddings(
    image_size: int,
    patch_size: int,
    model_state: dict[str, Tensor],
    interpolation_mode: str = "bicubic",
    reset_heads: bool = False,
) -> dict[str, Tensor]:
    """Resize what was learnt of each place, for pictures of another size.

    Args:
        image_size: height and width of the pictures.
        patch_size: of the model.
        model_state: its state dict, in which ``encoder.pos_embedding`` is replaced.
        interpolation_mode: of ``F.interpolate``.
        reset_heads: leave out the last layers, where the size is another.

    Returns:
        The state dict, or one without the last layers.

    Raises:
        ValueError: ``encoder.pos_embedding`` is none of a square, (1, n * n + 1, E).

    Example:
        >>> state = minitorch.models.vit_b_16(weights="DEFAULT").state_dict()
        >>> model = minitorch.models.vit_b_16(image_size=384)
        >>> model.load_state_dict(interpolate_embeddings(384, 16, state))
    """
    embedding = model_state["encoder.pos_embedding"]
    N, L, E = embedding.shape
    if N != 1:
        raise ValueError(f"Unexpected position embedding shape: {tuple(embedding.shape)}")
    side = image_size // patch_size
    if side**2 + 1 == L:
        return model_state
    old_side = math.isqrt(L - 1)
    if old_side**2 != L - 1:
        raise ValueError(
            "seq_length is not a perfect square! Instead got seq_length_1d * seq_length_1d = "
            f"{old_side**2} and seq_length = {L - 1}"
        )
    token, places = embedding[:, :1], embedding[:, 1:]
    places = places.permute(0, 2, 1).reshape(1, E, old_side, old_side)
    places = F.interpolate(places, size=side, mode=interpolation_mode, align_corners=True)
    places = places.flatten(2).permute(0, 2, 1)  # (1, side * side, E)
    model_state["encoder.pos_embedding"] = cat([token, places], dim=1)
    if reset_heads:
        return OrderedDict(
            (key, value) for key, value in model_state.items() if not key.startswith("heads")
        )
    return model_state


def _vision_transformer(
    patch_size: int,
    num_layers: int,
    num_heads: int,
    hidden_dim: int,
    *,
    image_size: int = 224,
    **kwargs: Any,
) -> VisionTransformer:
    shape = (image_size, patch_size, num_layers, num_heads, hidden_dim, 4 * hidden_dim)
    return VisionTransformer(*shape, **kwargs)


class ViT_B_16_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vit_b_16-c867db91", 86_567_656, (81.072, 95.318), min_size=(224, 224))
    IMAGENET1K_SWAG_E2E_V1 = imagenet(
        "vit_b_16_swag-9ac1b537",
        86_859_496,
        (85.304, 97.65),
        min_size=(384, 384),
        crop_size=384,
        resize_size=384,
        interpolation=InterpolationMode.BICUBIC,
        license=SWAG,
    )
    IMAGENET1K_SWAG_LINEAR_V1 = imagenet(
        "vit_b_16_lc_swag-4e70ced5",
        86_567_656,
        (81.886, 96.18),
        min_size=(224, 224),
        resize_size=224,
        interpolation=InterpolationMode.BICUBIC,
        license=SWAG,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(ViT_B_16_Weights, fixed_size=True)
def vit_b_16(**kwargs: Any) -> VisionTransformer:
    """ViT-B/16; ``kwargs``: :class:`VisionTransformer`, ``image_size`` being 224."""
    return _vision_transformer(16, 12, 12, 768, **kwargs)


class ViT_B_32_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vit_b_32-d86f8d99", 88_224_232, (75.912, 92.466), min_size=(224, 224))
    DEFAULT = IMAGENET1K_V1


@register_model(ViT_B_32_Weights, fixed_size=True)
def vit_b_32(**kwargs: Any) -> VisionTransformer:
    """ViT-B/32; ``kwargs``: :class:`VisionTransformer`, ``image_size`` being 224."""
    return _vision_transformer(32, 12, 12, 768, **kwargs)


class ViT_L_16_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet(
        "vit_l_16-852ce7e3", 304_326_632, (79.662, 94.638), min_size=(224, 224), resize_size=242
    )
    IMAGENET1K_SWAG_E2E_V1 = imagenet(
        "vit_l_16_swag-4f3808c9",
        305_174_504,
        (88.064, 98.512),
        min_size=(512, 512),
        crop_size=512,
        resize_size=512,
        interpolation=InterpolationMode.BICUBIC,
        license=SWAG,
    )
    IMAGENET1K_SWAG_LINEAR_V1 = imagenet(
        "vit_l_16_lc_swag-4d563306",
        304_326_632,
        (85.146, 97.422),
        min_size=(224, 224),
        resize_size=224,
        interpolation=InterpolationMode.BICUBIC,
        license=SWAG,
    )
    DEFAULT = IMAGENET1K_V1


@register_model(ViT_L_16_Weights, fixed_size=True)
def vit_l_16(**kwargs: Any) -> VisionTransformer:
    """ViT-L/16; ``kwargs``: :class:`VisionTransformer`, ``image_size`` being 224."""
    return _vision_transformer(16, 24, 16, 1024, **kwargs)


class ViT_L_32_Weights(WeightsEnum):
    IMAGENET1K_V1 = imagenet("vit_l_32-c7638314", 306_535_400, (76.972, 93.07), min_size=(224, 224))
    DEFAULT = IMAGENET1K_V1


@register_model(ViT_L_32_Weights, fixed_size=True)
def vit_l_32(**kwargs: Any) -> VisionTransformer:
    """ViT-L/32; ``kwargs``: :class:`VisionTransformer`, ``image_size`` being 224."""
    return _vision_transformer(32, 24, 16, 1024, **kwargs)


class ViT_H_14_Weights(WeightsEnum):
    IMAGENET1K_SWAG_E2E_V1 = imagenet(
        "vit_h_14_swag-80465313",
        633_470_440,
        (88.552, 98.694),
        min_size=(518, 518),
        crop_size=518,
        resize_size=518,
        interpolation=InterpolationMode.BICUBIC,
        license=SWAG,
    )
    IMAGENET1K_SWAG_LINEAR_V1 = imagenet(
        "vit_h_14_lc_swag-c1eb923e",
        632_045_800,
        (85.708, 97.73),
        min_size=(224, 224),
        resize_size=224,
        interpolation=InterpolationMode.BICUBIC,
        license=SWAG,
    )
    DEFAULT = IMAGENET1K_SWAG_E2E_V1


@register_model(ViT_H_14_Weights, fixed_size=True)
def vit_h_14(**kwargs: Any) -> VisionTransformer:
    """ViT-H/14; ``kwargs``: :class:`VisionTransformer`, ``image_size`` being 224."""
    return _vision_transformer(14, 32, 16, 1280, **kwargs)
