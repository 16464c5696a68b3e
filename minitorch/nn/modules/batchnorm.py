"""Batch normalisation layers."""

from __future__ import annotations

from typing import Any

from minitorch.autograd.writes.inplace import write_
from minitorch.core.dtypes import int64
from minitorch.core.late import late
from minitorch.creation import empty, tensor, zeros
from minitorch.nn import functional as F, init
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.ops.layers.running import CountUp
from minitorch.tensor import Tensor


class _NormBase(Module):
    """What batch norms and instance norms share: scale, shift and running statistics."""

    _version = 2  # of 1, from before PyTorch 0.4.1, there was no count of batches

    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        made = {"device": device, "dtype": dtype}
        for name, wanted in (("weight", affine), ("bias", affine and bias)):
            parameter = Parameter(empty(num_features, **made)) if wanted else None
            self.register_parameter(name, parameter)
        for name in ("running_mean", "running_var"):
            buffer = zeros(num_features, **made) if track_running_stats else None
            self.register_buffer(name, buffer)
        count = tensor(0, dtype=int64, device=device) if track_running_stats else None
        self.register_buffer("num_batches_tracked", count)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Forget the batches seen: mean 0, variance 1."""
        if self.track_running_stats:
            assert self.running_mean is not None
            assert self.running_var is not None
            assert self.num_batches_tracked is not None
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Set scale 1, shift 0, and forget the batches seen."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _check_input_dim(self, input: Tensor) -> None:
        raise NotImplementedError

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if local_metadata.get("version", 1) < 2 and self.num_batches_tracked is not None:
            state_dict.setdefault(prefix + "num_batches_tracked", self.num_batches_tracked)
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *args, **kwargs)

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, "
            f"affine={self.affine}, bias={self.bias is not None}, "
            f"track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_NormBase):
    """What batch norms of all dimensions share."""

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        return self._normalize(input)

    def _normalize(self, input: Tensor) -> Tensor:
        momentum = self.momentum
        if self.training and self.track_running_stats and self.num_batches_tracked is not None:
            count = self.num_batches_tracked
            write_(CountUp, count)
            if momentum is None:  # the mean over all batches so far
                momentum = 1.0 / count.item()
        use_batch = self.training or (self.running_mean is None and self.running_var is None)
        # In training the statistics are passed to be updated, else to be used.
        tracked = not self.training or self.track_running_stats
        return F.batch_norm(
            input,
            self.running_mean if tracked else None,
            self.running_var if tracked else None,
            self.weight,
            self.bias,
            use_batch,
            0.0 if momentum is None else momentum,
            self.eps,
        )


class BatchNorm1d(_BatchNorm):
    """(x − mean) / √(var + eps) · weight + bias per channel: (N, C) or (N, C, L) -> the same.

    Mean and variance are the batch's in training, and the running ones in evaluation. Running
    statistics move by ``momentum`` towards the batch's (whose variance is taken unbiased).

    Args:
        num_features: C.
        eps: added to the variance.
        momentum: weight of the newest batch; None averages all batches alike.
        affine: whether there are weight and bias.
        track_running_stats: keep running statistics; without them evaluation uses the batch's.
        device: the CPU.
        dtype: of parameters and statistics; the default dtype if left out.
        bias: whether an affine layer has a bias.

    Source: https://arxiv.org/abs/1502.03167;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
    """

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim not in (2, 3):
            raise ValueError(
                f"expected 2D or 3D input (got {input.ndim}D input), (N, C) or (N, C, L)"
                " [explain: norm-shape]"
            )


class BatchNorm2d(_BatchNorm):
    """Batch norm of images, per channel over N, H and W: (N, C, H, W) -> (N, C, H, W).

    The formula and the arguments are ``BatchNorm1d``'s.

    Source: https://arxiv.org/abs/1502.03167;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
    """

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim != 4:
            raise ValueError(
                f"expected 4D input (got {input.ndim}D input), (N, C, H, W) [explain: norm-shape]"
            )


class BatchNorm3d(_BatchNorm):
    """Batch norm of volumes, per channel over N, D, H and W: (N, C, D, H, W) -> the same.

    The formula and the arguments are ``BatchNorm1d``'s.

    Source: https://arxiv.org/abs/1502.03167;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html
    """

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim != 5:
            raise ValueError(
                f"expected 5D input (got {input.ndim}D input), (N, C, D, H, W)"
                " [explain: norm-shape]"
            )


class SyncBatchNorm(_BatchNorm):
    """Batch norm over the batches of all processes, of which there is one: (N, C, *) -> (N, C, *).

    The formula and the arguments are ``BatchNorm1d``'s, but for ``process_group``, which is kept.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.SyncBatchNorm.html
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        process_group: Any = None,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias
        )
        self.process_group = process_group

    def _check_input_dim(self, input: Tensor) -> None:
        if input.ndim < 2:
            raise ValueError(f"expected at least 2D input (got {input.ndim}D input), (N, C, *)")

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        if input.shape[1] == 0:
            raise ValueError("SyncBatchNorm number of input channels should be non-zero")
        return self._normalize(input)

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """Return the module with a ``SyncBatchNorm`` in the place of each batch norm in it.

        Args:
            module: searched through; what is no batch norm stays, and is changed in place.
            process_group: for those that are made. They share parameters and statistics with those
                that they replace.

        Example:
            >>> type(nn.SyncBatchNorm.convert_sync_batchnorm(nn.BatchNorm1d(3))).__name__
            'SyncBatchNorm'
        """
        result = module
        if isinstance(module, _BatchNorm):
            result = cls._like(module, process_group)
        for name, child in module.named_children():
            result.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return result

    @staticmethod
    def _like(module: _BatchNorm, process_group: Any) -> SyncBatchNorm:
        made = SyncBatchNorm(
            module.num_features,
            module.eps,
            module.momentum,
            module.affine,
            module.track_running_stats,
            process_group,
            bias=module.bias is not None,
        )
        if module.affine:
            made.weight, made.bias = module.weight, module.bias
        made.running_mean, made.running_var = module.running_mean, module.running_var
        made.num_batches_tracked = module.num_batches_tracked
        made.training = module.training
        return made


# The lazy kinds are found here, too, where PyTorch has them.
_LAZY = "LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d"
__getattr__ = late(__name__, "", {"minitorch.nn.modules.lazy": _LAZY})[0]
