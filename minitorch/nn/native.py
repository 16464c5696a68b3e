"""Layers as the root has them: with the arguments of PyTorch's native functions, all given."""

from __future__ import annotations

from collections.abc import Sequence

from minitorch.core.dtypes import checked_number
from minitorch.nn.functional import (
    conv,
    ctc,
    loss,
    margin_loss,
    noise,
    norm,
    normalization,
    padding,
    pair_loss,
    pooling_adaptive,
    vision,
)
from minitorch.nn.functional.checks import require_tensors
from minitorch.nn.functional.reduction import reduce_losses
from minitorch.tensor import Tensor


def adaptive_max_pool1d(input: Tensor, output_size: int | Sequence[int]) -> tuple[Tensor, Tensor]:
    """Return largest values and their positions: (N, C, L) -> twice (N, C, output_size)."""
    return pooling_adaptive.adaptive_max_pool1d_with_indices(input, output_size)


def dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Return :func:`nn.functional.dropout`, with all arguments given: (*) -> (*)."""
    noise.check_probability(p, RuntimeError)
    return noise.dropout(input, p, train)


def dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """Write :func:`dropout` into the input: (*) -> (*)."""
    noise.check_probability(p, RuntimeError)
    return noise.dropout(input, p, train, inplace=True)


def feature_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Zero whole channels, as :func:`nn.functional.dropout2d`: (N, C, *) -> (N, C, *)."""
    noise.check_probability(p, RuntimeError)
    return noise.drop_channels(input, p, train, inplace=False)


def feature_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """Write :func:`feature_dropout` into the input: (N, C, *) -> (N, C, *)."""
    noise.check_probability(p, RuntimeError)
    return noise.drop_channels(input, p, train, inplace=True)


def alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Return :func:`nn.functional.alpha_dropout`, with all arguments given: (*) -> (*)."""
    noise.check_probability(p, RuntimeError)
    return noise.alpha_dropout(input, p, train)


def alpha_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """Write :func:`alpha_dropout` into the input: (*) -> (*)."""
    noise.check_probability(p, RuntimeError)
    return noise.alpha_dropout(input, p, train, inplace=True)


def feature_alpha_dropout(input: Tensor, p: float, train: bool) -> Tensor:
    """Return :func:`nn.functional.feature_alpha_dropout`: (N, C, *) -> (N, C, *)."""
    noise.check_probability(p, RuntimeError)
    return noise.feature_alpha_dropout(input, p, train)


def feature_alpha_dropout_(input: Tensor, p: float, train: bool) -> Tensor:
    """Write :func:`feature_alpha_dropout` into the input: (N, C, *) -> (N, C, *)."""
    noise.check_probability(p, RuntimeError)
    return noise.feature_alpha_dropout(input, p, train, inplace=True)


def batch_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """Return :func:`nn.functional.batch_norm`, in another order: (N, C, *) -> (N, C, *)."""
    require_tensors("batch_norm(input, weight, bias)", input, weight, bias, required=1)
    given = (running_mean, running_var, weight, bias)
    return norm.normalise_channels(input, *given, training, momentum, eps)


def convolution(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
) -> Tensor:
    """Return the convolution over as many dimensions as the weight has beyond two.

    Shapes: those of :func:`nn.functional.conv2d` or of :func:`nn.functional.conv_transpose2d`;
    N cannot be left out.

    Raises:
        RuntimeError: if sizes or dtypes do not fit.
    """
    require_tensors("convolution(input, weight, bias)", input, weight, bias, required=2)
    dims = weight.ndim - 2
    if not 1 <= dims <= 3:
        raise RuntimeError(
            "weight should have at least three dimensions, and five at most, but its size is "
            f"{list(weight.shape)}"
        )
    if input.ndim != dims + 2:
        raise RuntimeError(
            f"Expected {dims + 2}-dimensional input for {dims + 2}-dimensional weight "
            f"{list(weight.shape)}, but got {input.ndim}-dimensional input of size "
            f"{list(input.shape)} instead"
        )
    if transposed:
        spread = (conv.conv_transpose1d, conv.conv_transpose2d, conv.conv_transpose3d)[dims - 1]
        return spread(input, weight, bias, stride, padding, output_padding, groups, dilation)
    convolve = (conv.conv1d, conv.conv2d, conv.conv3d)[dims - 1]
    return convolve(input, weight, bias, stride, padding, dilation, groups)


def constant_pad_nd(input: Tensor, pad: Sequence[int], value: float = 0) -> Tensor:
    """Return :func:`nn.functional.pad` with a constant: (*) -> (*)."""
    if isinstance(value, complex):
        from minitorch.ops.layers.padding import ConstantPad

        padding.pad(input, pad)  # or it is refused
        return ConstantPad.apply(
            input, pad=tuple(pad), value=checked_number(value, input._array.dtype)
        )
    return padding.pad(input, pad, "constant", value)


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enable: bool = True,
) -> Tensor:
    """Return :func:`nn.functional.layer_norm`: (*, *normalized_shape) -> the same."""
    return normalization.layer_norm(input, normalized_shape, weight, bias, eps)


def native_layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None,
    bias: Tensor | None,
    eps: float,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return :func:`nn.functional.layer_norm`, and the mean and 1/std of what has one.

    These two are constants, as PyTorch has them.

    Shapes: (*, *normalized_shape) -> the same, (*, 1, ...) twice.

    Raises:
        RuntimeError: if sizes or dtypes do not fit.
        TypeError: for a shape that is no tuple of ints.
    """
    out, *statistics = normalization.normalise_rows(input, normalized_shape, weight, bias, eps)
    ndim = len(normalized_shape)
    places = (*input.shape[: input.ndim - ndim], *[1] * ndim)
    mean, invstd = (x.detach().reshape(places) for x in statistics)
    return out, mean, invstd


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Tensor:
    """Return :func:`nn.functional.group_norm`: (N, C, *) -> (N, C, *)."""
    return normalization.normalise_groups(input, num_groups, weight, bias, eps)


def instance_norm(
    input: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """Return :func:`nn.functional.instance_norm`, in another order: (N, C, *) -> (N, C, *)."""
    given = (input, running_mean, running_var, weight, bias)
    return norm.normalise_instances(*given, use_input_stats, momentum, eps)


_REDUCTIONS = ("none", "mean", "sum")  # by PyTorch's numbers
# Left out, PyTorch's native losses are not reduced, whatever their signatures say.
_NONE = 0


def _named(reduction: int) -> str:
    """Return the name of a reduction that PyTorch has a number for."""
    if not isinstance(reduction, int):
        raise TypeError(f"argument 'reduction' must be int, not {type(reduction).__name__}")
    return {1: "mean", 2: "sum"}.get(reduction, "none")


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    pos_weight: Tensor | None = None,
    reduction: int = _NONE,
) -> Tensor:
    """Return :func:`nn.functional.binary_cross_entropy_with_logits`: (*), (*) -> () or (*)."""
    return loss.binary_cross_entropy_with_logits(
        input, target, weight, pos_weight=pos_weight, reduction=_named(reduction)
    )


def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: int = _NONE
) -> Tensor:
    """Return :func:`nn.functional.cosine_embedding_loss`: (N, E), (N, E), (N) -> () or (N)."""
    return margin_loss.cosine_embedding_loss(
        input1, input2, target, margin, reduction=_named(reduction)
    )


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor,
    target_lengths: Tensor,
    blank: int = 0,
    reduction: int = _NONE,
    zero_infinity: bool = False,
) -> Tensor:
    """Return :func:`nn.functional.ctc_loss`: (T, N, C), (N, S), (N), (N) -> () or (N)."""
    return ctc.ctc_loss(
        log_probs,
        targets,
        input_lengths,
        target_lengths,
        blank,
        _named(reduction),
        zero_infinity,
    )


def grid_sampler(
    input: Tensor, grid: Tensor, interpolation_mode: int, padding_mode: int, align_corners: bool
) -> Tensor:
    """Return :func:`nn.functional.grid_sample`, modes as numbers: (N, C, *S), (N, *O, D)."""
    mode = ("bilinear", "nearest", "bicubic")[interpolation_mode]
    padding = ("zeros", "border", "reflection")[padding_mode]
    return vision.grid_sample(input, grid, mode, padding, align_corners)


def affine_grid_generator(theta: Tensor, size: list[int], align_corners: bool) -> Tensor:
    """Return :func:`nn.functional.affine_grid`: (N, D, D + 1) -> (N, *O, D)."""
    return vision.affine_grid(theta, size, align_corners)


def hinge_embedding_loss(
    input: Tensor, target: Tensor, margin: float = 1.0, reduction: int = _NONE
) -> Tensor:
    """Return :func:`nn.functional.hinge_embedding_loss`: (*), (*) -> () or (*)."""
    return margin_loss.hinge_embedding_loss(input, target, margin, reduction=_named(reduction))


def kl_div(
    input: Tensor, target: Tensor, reduction: int = _NONE, *, log_target: bool = False
) -> Tensor:
    """Return :func:`nn.functional.kl_div`: (*), (*) -> () or (*)."""
    total = pair_loss.kl_div(input, target, reduction="none", log_target=log_target)
    return reduce_losses(total, _named(reduction))


def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: int = _NONE
) -> Tensor:
    """Return :func:`nn.functional.margin_ranking_loss`: (*), (*), (*) -> () or (*)."""
    return margin_loss.margin_ranking_loss(
        input1, input2, target, margin, reduction=_named(reduction)
    )


def poisson_nll_loss(
    input: Tensor, target: Tensor, log_input: bool, full: bool, eps: float, reduction: int
) -> Tensor:
    """Return :func:`nn.functional.poisson_nll_loss`, with all arguments: (*), (*) -> () or (*)."""
    return pair_loss.poisson_nll_loss(
        input, target, log_input, full, eps=eps, reduction=_named(reduction)
    )


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: int = _NONE,
) -> Tensor:
    """Return :func:`nn.functional.triplet_margin_loss`: (N, E), (N, E), (N, E) -> () or (N)."""
    return margin_loss.triplet_margin_loss(
        anchor, positive, negative, margin, p, eps, swap, reduction=_named(reduction)
    )
