"""Lazy layers: they learn the sizes of their parameters from their first input.

Until then these are uninitialised, and then the layer becomes one of the ordinary class.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, ClassVar

from minitorch.core.dtypes import int64
from minitorch.creation import tensor
from minitorch.nn.modules.batchnorm import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    _NormBase,
)
from minitorch.nn.modules.conv import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    _ConvNd,
)
from minitorch.nn.modules.instancenorm import (
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
    _InstanceNorm,
)
from minitorch.nn.modules.linear import Linear
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import (
    UninitializedBuffer,
    UninitializedParameter,
    is_lazy,
)
from minitorch.tensor import Tensor


class LazyModuleMixin(Module):
    """What makes a layer lazy, put before it: ``class LazyLinear(LazyModuleMixin, Linear)``.

    The class defines ``initialize_parameters(*args)``, which takes what ``forward`` takes and
    materialises the parameters. An optimizer may be made before or after the first call. A state
    dict may be loaded into a layer that has seen no input: its tensors give the sizes.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.modules.lazy.LazyModuleMixin.html

    Example:
        >>> net = nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(2))
        >>> net(torch.randn(3, 4)).shape
        torch.Size([3, 2])
        >>> net[0]
        Linear(in_features=4, out_features=8, bias=True)
    """

    # What a layer becomes when all of its parameters are initialised; None: it stays as it is.
    cls_to_become: ClassVar[type[Module] | None] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._initialize_hook = self.register_forward_pre_hook(_infer_parameters, with_kwargs=True)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Materialise the parameters for this input."""
        raise NotImplementedError(
            f"initialize_parameters is not implemented for {type(self).__name__}"
        )

    def has_uninitialized_params(self) -> bool:
        """Return whether a parameter or a buffer of this module has no shape yet."""
        return any(map(is_lazy, chain(self._parameters.values(), self._buffers.values())))

    def _replicate_for_data_parallel(self) -> Module:
        raise RuntimeError(
            "Modules with uninitialized parameters can't be used with `DataParallel`. Run a dummy "
            "forward pass to correctly initialize the modules"
        )


def _infer_parameters(
    module: LazyModuleMixin, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    """Initialise a lazy module before its first call, by what it is called with."""
    module.initialize_parameters(*args, **kwargs)
    if module.has_uninitialized_params():
        raise RuntimeError(f"module {module._get_name()} has not been fully initialized")
    module._initialize_hook.remove()
    del module._initialize_hook
    if module.cls_to_become is not None:
        # mypy would have a class for good.
        module.__class__ = module.cls_to_become  # type: ignore[assignment]


class LazyLinear(LazyModuleMixin, Linear):
    """A ``Linear`` whose in_features is the last size of its first input.

    Shapes: (*, in_features) -> (*, out_features).

    Args:
        out_features: size of the last dimension of the output.
        bias: whether to add one.
        device: the CPU.
        dtype: of the parameters; the default dtype if left out.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyLinear.html
    """

    cls_to_become = Linear

    def __init__(
        self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(0, 0, False)
        self.out_features = out_features
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw new values, once there are sizes."""
        if not self.has_uninitialized_params() and self.in_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Take in_features from the input."""
        if self.has_uninitialized_params():
            self.in_features = input.shape[-1]
            _materialize(self, (self.out_features, self.in_features), (self.out_features,))
        if self.in_features == 0:  # the parameters were loaded
            self.in_features = self.weight.shape[-1]
            if input.shape[-1] != self.in_features:
                raise AssertionError(
                    f"The in_features inferred from input: {input.shape[-1]} is not equal to "
                    f"in_features from self.weight: {self.in_features}"
                )


def _materialize(layer: Any, weight: tuple[int, ...], bias: tuple[int, ...]) -> None:
    """Give parameters shapes and values; those that were loaded before the others have them."""
    for parameter, shape in ((layer.weight, weight), (layer.bias, bias)):
        if is_lazy(parameter):
            parameter.materialize(shape)
    layer.reset_parameters()


# Convolutions


class _LazyConvNd(LazyModuleMixin, _ConvNd):
    """What lazy convolutions share."""

    def _leave_open(self, out_channels: int, bias: bool, device: Any, dtype: Any) -> None:
        self.out_channels = out_channels
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        """Draw new values, once there are sizes."""
        if not self.has_uninitialized_params() and self.in_channels != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """Take in_channels from the input."""
        if not self.has_uninitialized_params():  # they were loaded
            channels, more = self.weight.shape[:2]
            self.in_channels = channels if self.transposed else more * self.groups
            return
        one, several = self._dims + 1, self._dims + 2
        if input.ndim not in (one, several):
            raise RuntimeError(
                f"Expected {one}D (unbatched) or {several}D (batched) input to "
                f"{type(self).__name__}, but got input of size: {input.shape}"
                " [explain: conv-dims]"
            )
        self.in_channels = input.shape[input.ndim - one]
        if self.in_channels % self.groups:
            raise ValueError(
                f"in_channels must be divisible by groups, but got in_channels={self.in_channels} "
                f"and groups={self.groups}"
            )
        _materialize(self, self._weight_shape(), (self.out_channels,))


class _LazyConv(_LazyConvNd):
    """The constructor of lazy convolutions."""

    def __init__(
        self,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: str | int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        windows = (kernel_size, stride, padding, dilation)
        super().__init__(0, 0, *windows, groups, False, padding_mode, device, dtype)
        self._leave_open(out_channels, bias, device, dtype)


class LazyConv1d(_LazyConv, Conv1d):
    """A ``Conv1d`` whose in_channels are those of its first input.

    Shapes: (N, C_in, L) -> (N, C_out, OL); N may be left out.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConv1d.html
    """

    cls_to_become = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """A ``Conv2d`` whose in_channels are those of its first input.

    Shapes: (N, C_in, H, W) -> (N, C_out, OH, OW); N may be left out.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConv2d.html
    """

    cls_to_become = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """A ``Conv3d`` whose in_channels are those of its first input.

    Shapes: (N, C_in, D, H, W) -> (N, C_out, OD, OH, OW); N may be left out.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConv3d.html
    """

    cls_to_become = Conv3d


class _LazyConvTranspose(_LazyConvNd):
    """The constructor of lazy transposed convolutions."""

    def __init__(
        self,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        output_padding: int | Sequence[int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | Sequence[int] = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        windows = (kernel_size, stride, padding, output_padding)
        super().__init__(0, 0, *windows, groups, False, dilation, padding_mode, device, dtype)
        self._leave_open(out_channels, bias, device, dtype)


class LazyConvTranspose1d(_LazyConvTranspose, ConvTranspose1d):
    """A ``ConvTranspose1d`` whose in_channels are those of its first input.

    Shapes: (N, C_in, L) -> (N, C_out, OL); N may be left out.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose1d.html
    """

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConvTranspose, ConvTranspose2d):
    """A ``ConvTranspose2d`` whose in_channels are those of its first input.

    Shapes: (N, C_in, H, W) -> (N, C_out, OH, OW); N may be left out.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose2d.html
    """

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConvTranspose, ConvTranspose3d):
    """A ``ConvTranspose3d`` whose in_channels are those of its first input.

    Shapes: (N, C_in, D, H, W) -> (N, C_out, OD, OH, OW); N may be left out.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose3d.html
    """

    cls_to_become = ConvTranspose3d


# Norms


class _LazyNormBase(LazyModuleMixin, _NormBase):
    """What lazy batch norms and instance norms share, whose defaults are batch norm's."""

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, False, False, device, dtype, bias=False)
        self.affine = affine
        self.track_running_stats = track_running_stats
        if affine:
            self.weight = UninitializedParameter(device=device, dtype=dtype)
            if bias:
                self.bias = UninitializedParameter(device=device, dtype=dtype)
        if track_running_stats:
            self.running_mean = UninitializedBuffer(device=device, dtype=dtype)
            self.running_var = UninitializedBuffer(device=device, dtype=dtype)
            self.num_batches_tracked = tensor(0, dtype=int64, device=device)

    def reset_parameters(self) -> None:
        """Set scale 1, shift 0, and forget the batches seen, once there are sizes."""
        if not self.has_uninitialized_params() and self.num_features != 0:
            super().reset_parameters()

    def _channels_dim(self, input: Tensor) -> int:
        return 1

    def initialize_parameters(self, input: Tensor) -> None:
        """Take num_features from the input."""
        if not self.has_uninitialized_params():  # they were loaded
            known = self.weight if self.affine else self.running_mean
            self.num_features = 0 if known is None else known.shape[0]
            return
        self.num_features = input.shape[self._channels_dim(input)]
        for statistic in (self.running_mean, self.running_var):
            if is_lazy(statistic):
                statistic.materialize((self.num_features,))
        _materialize(self, (self.num_features,), (self.num_features,))


class LazyBatchNorm1d(_LazyNormBase, BatchNorm1d):
    """A ``BatchNorm1d`` whose num_features are its first input's: (N, C) or (N, C, L) -> the same.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm1d.html
    """

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNormBase, BatchNorm2d):
    """A ``BatchNorm2d`` whose num_features are its first input's: (N, C, H, W) -> the same.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm2d.html
    """

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNormBase, BatchNorm3d):
    """A ``BatchNorm3d`` whose num_features are its first input's: (N, C, D, H, W) -> the same.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyBatchNorm3d.html
    """

    cls_to_become = BatchNorm3d


class _LazyInstanceNorm(_LazyNormBase, _InstanceNorm):
    """What lazy instance norms share: the batch may be left out."""

    def _channels_dim(self, input: Tensor) -> int:
        return input.ndim - self._dims[0]


class LazyInstanceNorm1d(_LazyInstanceNorm, InstanceNorm1d):
    """An ``InstanceNorm1d`` whose num_features are its first input's: (N, C, L) -> the same.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm1d.html
    """

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyInstanceNorm, InstanceNorm2d):
    """An ``InstanceNorm2d`` whose num_features are its first input's: (N, C, H, W) -> the same.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm2d.html
    """

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyInstanceNorm, InstanceNorm3d):
    """An ``InstanceNorm3d`` whose num_features are its first input's: (N, C, D, H, W) -> the same.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyInstanceNorm3d.html
    """

    cls_to_become = InstanceNorm3d
