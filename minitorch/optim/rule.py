"""``Rule``: what an optimizer does around its formula, so that one file holds the formula alone."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from minitorch.autograd.versions import bump
from minitorch.core.dtypes import Array
from minitorch.core.silence import quiet
from minitorch.optim.optimizer import Group, Optimizer, evaluate
from minitorch.tensor import Tensor

State = dict[str, Any]


class Rule(Optimizer):
    """Base of optimizers that treat each parameter by itself.

    A subclass checks its own arguments, calls ``super().__init__(params, defaults)`` and writes
    ``update``; with a state that does not begin empty also ``new_state``. The loop, the closure,
    ``maximize``, NumPy's warnings, versions, the options that choose an implementation and the
    shapes of loaded state are seen to here. An optimizer that looks at all parameters at once is a
    subclass of ``Optimizer`` and writes ``step``.
    """

    # The names of the state that has the parameter's shape: checked when it is loaded.
    shaped: ClassVar[tuple[str, ...]] = ()

    def update(self, param: Array, grad: Array, state: State, group: Group) -> None:
        """Write one step into ``param``.

        Args:
            param: The parameter's array, to be written in place.
            grad: Its gradient, not to be written; already negated where the group maximizes.
            state: The arrays and numbers kept for it: write into them, or set new ones.
            group: The group's options, tensors among them as numbers.
        """
        raise NotImplementedError(f"{type(self).__name__} does not implement update()")

    def new_state(self, param: Array, group: Group) -> State:
        """Return what is kept for a parameter before its first step; nothing unless overridden."""
        return {}

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update each parameter that has a gradient; return what ``closure`` returned.

        Args:
            closure: Computes the loss and its gradients anew; called once, with recording on.
        """
        loss = evaluate(closure)
        for group in self.param_groups:
            self._step_group(group)
        return loss

    @quiet  # of a run that diverges
    def _step_group(self, group: Group) -> None:
        options = {key: _as_number(value) for key, value in group.items()}
        maximize = options.get("maximize")
        for param in group["params"]:
            grad = param.grad
            if grad is None:
                continue
            array, slope = param._array, grad._array
            if maximize:  # out: NumPy makes numbers of 0-d results
                slope = np.negative(slope, out=np.empty_like(slope))
            kept = self.state.get(param)
            if kept:
                state = {k: v._array if isinstance(v, Tensor) else v for k, v in kept.items()}
            else:
                state = self.new_state(array, options)
            self.update(array, slope, state, options)
            bump(param, "the optimizer's step()", 3)
            for key, value in state.items():
                if not kept or getattr(kept.get(key), "_array", None) is not value:
                    self.state[param][key] = _as_tensor(value)

    def _check_defaults(self, defaults: Group) -> None:
        if defaults.get("differentiable"):
            raise NotImplementedError(
                f"{type(self).__name__}(differentiable=True) is not there: updates are written "
                "into the parameters. To differentiate through a step, write it with tensors: "
                "p - lr * grad."
            )
        if defaults.get("foreach") and defaults.get("fused"):
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")

    def _load_param_state(self, param: Tensor, number: int, saved: Any) -> Any:
        state = super()._load_param_state(param, number, saved)
        for name in self.shaped:
            value = state.get(name)
            if value is not None and value.shape != param.shape:
                raise ValueError(
                    f"the {name} saved for parameter {number} has shape {tuple(value.shape)}, the "
                    f"parameter has {tuple(param.shape)}: the state dict belongs to another "
                    "model, or its parameters came in another order."
                )
        return state


def check_rate(lr: float | Tensor) -> None:
    """Refuse a negative learning rate, and a tensor of several."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError(f"Tensor lr must be 1-element, but it has {lr.numel()} elements")
    check_not_negative("learning rate", lr)


def check_not_negative(name: str, value: float | Tensor) -> None:
    """Refuse a negative option; ``name`` is what PyTorch's message calls it."""
    if value < 0.0:
        raise ValueError(f"Invalid {name}: {value}. It must not be negative.")


_ARRAYS = np.ndarray, np.generic
_NOT_PLAIN = Tensor, *_ARRAYS


def _as_number(option: Any) -> Any:
    """Options may be tensors, or numbers of NumPy's, which would widen arrays of float32."""
    return option.item() if isinstance(option, _NOT_PLAIN) else option


def _as_tensor(value: Any) -> Any:
    """What a rule leaves for the next step, as it is kept and shown."""
    return Tensor._wrap(np.asarray(value)) if isinstance(value, _ARRAYS) else value
