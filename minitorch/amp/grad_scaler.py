"""``GradScaler``: a loss made larger, so that small gradients in half precision are not zero."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from math import isfinite
from typing import Any

import numpy as np

from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.sites import warn_user
from minitorch.core.dtypes import float16, float32
from minitorch.creation import full
from minitorch.tensor import Tensor


class OptState(enum.Enum):
    """What was done with an optimizer since the last ``update()``."""

    READY = 0
    UNSCALED = 1
    STEPPED = 2


class _OfOptimizer:
    """What is known of one optimizer since the last ``update()``."""

    def __init__(self) -> None:
        self.stage = OptState.READY
        self.found_inf: bool | None = None  # no gradients so far


class GradScaler:
    """Scale the loss, and gradients back before each step; a step with infinite ones is left out.

    The scale falls by ``backoff_factor`` at such a step, and grows by ``growth_factor`` after
    ``growth_interval`` others.

    Args:
        device: "cpu"; for "cuda", the default, it is off, with a warning.
        init_scale: the first scale.
        growth_factor: more than 1.
        backoff_factor: less than 1.
        growth_interval: steps between growths.
        enabled: whether it does anything; if not, ``step`` is the optimizer's alone.

    Raises:
        AssertionError: for factors that would not grow or fall.

    Source: https://docs.pytorch.org/docs/stable/amp.html#torch.amp.GradScaler

    Example:
        >>> scaler = torch.amp.GradScaler("cpu")
        >>> scaler.scale(loss).backward()
        >>> scaler.step(optimizer)
        >>> scaler.update()
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        self._device = device
        self._enabled = enabled
        if enabled and device == "cuda":
            warn_user(
                "torch.cuda.amp.GradScaler is enabled, but CUDA is not available.  Disabling."
            )
            self._enabled = False
        if not self._enabled:
            return
        if growth_factor <= 1.0:
            raise AssertionError("The growth factor must be > 1.0.")
        if backoff_factor >= 1.0:
            raise AssertionError("The backoff factor must be < 1.0.")
        self._init_scale = init_scale
        self._scale: Tensor | None = None  # 0-d, from the first use on
        self._growth_factor = growth_factor
        self._backoff_factor = backoff_factor
        self._growth_interval = growth_interval
        self._growth_tracker = 0
        self._optimizers: dict[int, _OfOptimizer] = {}

    def scale(self, outputs: Any) -> Any:
        """Return a tensor, or each of an iterable of them, times the scale.

        Raises:
            ValueError: for what is neither.
        """
        if not self._enabled:
            return outputs
        if self._scale is None:
            self._set(self._init_scale)
        if isinstance(outputs, Tensor):
            return outputs * self._scale
        if not isinstance(outputs, Iterable):
            raise ValueError("outputs must be a Tensor or an iterable of Tensors")
        scaled = map(self.scale, outputs)
        return type(outputs)(scaled) if isinstance(outputs, list | tuple) else scaled

    def unscale_(self, optimizer: Any) -> None:
        """Divide the gradients of an optimizer's parameters by the scale, once before each step.

        Raises:
            AssertionError: before the first :meth:`scale`.
            RuntimeError: a second time, or after :meth:`step`, before :meth:`update`.
            ValueError: for float16 gradients.
        """
        if not self._enabled:
            return
        inverse = self._checked("unscale_").double().reciprocal().float()
        state = self._of(optimizer)
        if state.stage is OptState.UNSCALED:
            raise RuntimeError(
                "unscale_() has already been called on this optimizer since the last update()."
            )
        if state.stage is OptState.STEPPED:
            raise RuntimeError("unscale_() is being called after step().")
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        grads = [p.grad for p in parameters if p.grad is not None]
        if any(grad.dtype is float16 for grad in grads):
            raise ValueError("Attempting to unscale FP16 gradients.")
        with no_grad():
            for grad in grads:
                state.found_inf = bool(state.found_inf or not np.isfinite(grad._array).all())
                grad.mul_(inverse)
        state.stage = OptState.UNSCALED
        self._optimizers[id(optimizer)] = state

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """Unscale the gradients if that was not done, and step if all are finite.

        Returns:
            What the optimizer's step returns; None if it was left out.

        Raises:
            AssertionError: before the first :meth:`scale`; if no parameter has a gradient.
            RuntimeError: for a closure, or a second time before :meth:`update`.
        """
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        self._checked("step")
        if self._of(optimizer).stage is OptState.STEPPED:
            raise RuntimeError("step() has already been called since the last update().")
        if self._of(optimizer).stage is OptState.READY:
            self.unscale_(optimizer)
        state = self._of(optimizer)
        if state.found_inf is None:
            raise AssertionError("No inf checks were recorded for this optimizer.")
        result = None if state.found_inf else optimizer.step(*args, **kwargs)
        state.stage = OptState.STEPPED
        return result

    def update(self, new_scale: float | Tensor | None = None) -> None:
        """Set the next iteration's scale: a given one, or that which the steps call for.

        Raises:
            AssertionError: if there was no step; for a tensor of several elements.
        """
        if not self._enabled:
            return
        self._checked("update")
        if new_scale is not None:
            if isinstance(new_scale, Tensor) and (
                new_scale.numel() != 1 or new_scale.requires_grad
            ):
                raise AssertionError(
                    "new_scale should be a float or a 1-element torch.cuda.FloatTensor or "
                    "torch.FloatTensor with requires_grad=False."
                )
            self._set(float(new_scale))
        else:
            found = [state.found_inf for state in self._optimizers.values()]
            if all(inf is None for inf in found):
                raise AssertionError("No inf checks were recorded prior to update.")
            self._adapt(any(found))
        self._optimizers = {}

    def _adapt(self, found_inf: bool) -> None:
        if found_inf:
            self._set(self.get_scale() * self._backoff_factor)
            self._growth_tracker = 0
            return
        self._growth_tracker += 1
        if self._growth_tracker == self._growth_interval:
            with np.errstate(over="ignore"):
                grown = float(np.float32(self.get_scale() * self._growth_factor))
            if isfinite(grown):
                self._set(grown)
            self._growth_tracker = 0

    def __getstate__(self) -> dict[str, Any]:
        if self._enabled and self._optimizers:
            raise AssertionError(
                "A GradScaler instance may only be pickled at the beginning of an iteration, or at "
                "the end after scaler.update()."
            )
        return vars(self)

    def _of(self, optimizer: Any) -> _OfOptimizer:
        return self._optimizers.get(id(optimizer)) or _OfOptimizer()

    def _set(self, scale: float) -> None:
        self._scale = full((), scale, dtype=float32)

    def _checked(self, name: str) -> Tensor:
        if self._scale is None:
            raise AssertionError(
                f"Attempted {name} but _scale is None.  This may indicate your script did not use "
                "scaler.scale(loss or outputs) earlier in the iteration."
            )
        return self._scale

    def get_scale(self) -> float:
        """Return the scale; 1.0 where nothing is scaled."""
        if not self._enabled:
            return 1.0
        return self._init_scale if self._scale is None else float(self._scale)

    def get_growth_factor(self) -> float:
        """Return what the scale is multiplied with when it grows."""
        return self._growth_factor

    def set_growth_factor(self, new_factor: float) -> None:
        """Set what the scale is multiplied with when it grows."""
        self._growth_factor = new_factor

    def get_backoff_factor(self) -> float:
        """Return what the scale is multiplied with when it falls."""
        return self._backoff_factor

    def set_backoff_factor(self, new_factor: float) -> None:
        """Set what the scale is multiplied with when it falls."""
        self._backoff_factor = new_factor

    def get_growth_interval(self) -> int:
        """Return how many steps there are between growths."""
        return self._growth_interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Set how many steps there are between growths."""
        self._growth_interval = new_interval

    def is_enabled(self) -> bool:
        """Return whether this scaler does anything."""
        return self._enabled

    def state_dict(self) -> dict[str, Any]:
        """Return the scale, the rules of its change and the steps since it last changed."""
        if not self._enabled:
            return {}
        return {
            "scale": self.get_scale(),
            "growth_factor": self._growth_factor,
            "backoff_factor": self._backoff_factor,
            "growth_interval": self._growth_interval,
            "_growth_tracker": self._growth_tracker,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what :meth:`state_dict` returned.

        Raises:
            RuntimeError: for the empty state of a scaler that was off.
        """
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled "
                "instance of GradScaler."
            )
        self._init_scale = state_dict["scale"]
        if self._scale is not None:
            self._set(self._init_scale)
        self._growth_factor = state_dict["growth_factor"]
        self._backoff_factor = state_dict["backoff_factor"]
        self._growth_interval = state_dict["growth_interval"]
        self._growth_tracker = state_dict["_growth_tracker"]
