"""Instance normalisation layers."""

from __future__ import annotations

from typing import Any

from minitorch.autograd.sites import warn_user
from minitorch.core.late import late
from minitorch.nn import functional as F
from minitorch.nn.modules.batchnorm import _NormBase
from minitorch.tensor import Tensor


class _InstanceNorm(_NormBase):
    """What instance norms of all dimensions share."""

    _dims: tuple[int, int]  # of an example, and of a batch

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(
            num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias
        )

    def _check_input_dim(self, input: Tensor) -> None:
        one, several = self._dims
        if input.ndim not in self._dims:
            raise ValueError(
                f"expected {one}D or {several}D input (got {input.ndim}D input)"
                " [explain: norm-shape]"
            )

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        one = self._dims[0]
        dim = input.ndim - one
        if input.shape[dim] != self.num_features:
            if self.affine:
                raise ValueError(
                    f"expected input's size at dim={dim} to match num_features "
                    f"({self.num_features}), but got: {input.shape[dim]}."
                )
            warn_user(
                f"input's size at dim={dim} does not match num_features. You can silence this "
                "warning by not passing in num_features, which is not used because affine=False"
            )
        if input.ndim == one:
            return self._normalize(input.unsqueeze(0)).squeeze(0)
        return self._normalize(input)

    def _normalize(self, input: Tensor) -> Tensor:
        return F.instance_norm(
            input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        if local_metadata.get("version") is None and not self.track_running_stats:
            given = [n for n in ("running_mean", "running_var") if prefix + n in state_dict]
            if given:
                names, layer = " and ".join(f'"{prefix}{n}"' for n in given), type(self).__name__
                error_msgs.append(
                    f"Unexpected running stats buffer(s) {names} for {layer} with "
                    "track_running_stats=False. If state_dict is a checkpoint saved before 0.4.0, "
                    f"this may be expected because {layer} does not track running stats by default "
                    "since 0.4.0. Please remove these keys from state_dict. If the running stats "
                    f"are actually needed, instead set track_running_stats=True in {layer} to "
                    "enable them."
                )
            for name in given:
                del state_dict[prefix + name]
        super()._load_from_state_dict(
            state_dict,
            prefix,
            local_metadata,
            strict,
            missing_keys,
            unexpected_keys,
            error_msgs,
        )


class InstanceNorm1d(_InstanceNorm):
    """(x − mean) / √(var + eps) · weight + bias per channel of each example.

    Shapes: (N, C, L) -> (N, C, L), or (C, L) -> (C, L).

    Args:
        num_features: C.
        eps: added to the variance.
        momentum: weight of the newest batch in the running statistics.
        affine: whether there are weight and bias.
        track_running_stats: keep running statistics, and normalise by them in evaluation.
        device: the CPU.
        dtype: of parameters and statistics; the default dtype if left out.
        bias: whether an affine layer has a bias.

    Source: https://arxiv.org/abs/1607.08022;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html
    """

    _dims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Instance norm of images: (N, C, H, W) -> the same, or (C, H, W) -> the same.

    The formula and the arguments are ``InstanceNorm1d``'s.

    Source: https://arxiv.org/abs/1607.08022;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html
    """

    _dims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Instance norm of volumes: (N, C, D, H, W) -> the same, or (C, D, H, W) -> the same.

    The formula and the arguments are ``InstanceNorm1d``'s.

    Source: https://arxiv.org/abs/1607.08022;
        https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm3d.html
    """

    _dims = (4, 5)


# The lazy kinds are found here, too, where PyTorch has them.
_LAZY = "LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d"
__getattr__ = late(__name__, "", {"minitorch.nn.modules.lazy": _LAZY})[0]
