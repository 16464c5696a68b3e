"""``Rule``: what an optimizer does around its formula, so that one file holds the formula alone."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from minitorch.autograd.sites import here
from minitorch.autograd.versions import count_write
from minitorch.core.dtypes import Array, float64, get_default_dtype, is_complex
from minitorch.core.silence import quiet
from minitorch.core.storage import parts_of
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
    # Those of the state that is one number, kept as a tensor: old files have plain numbers.
    counted: ClassVar[tuple[str, ...]] = ("step",)
    # Whether parameters may be complex: those are taken as pairs of real numbers.
    takes_complex: ClassVar[bool] = True

    def update(self, param: Any, grad: Any, state: State, group: Group) -> None:
        """Write one step into ``param``.

        Where the group is ``differentiable``, tensors come in place of arrays, and the active
        kernels record what they do with them.

        Args:
            param: The parameter's array, to be written in place.
            grad: Its gradient, not to be written; already negated where the group maximizes.
            state: The arrays and numbers kept for it: write into them, or set new ones.
            group: The group's options, tensors among them as numbers.
        """
        for kind in type(self).__mro__:  # a rule for lists, of which a subclass calls that of one
            own = kind.__dict__.get("update_all")
            if own not in (None, Rule.update_all):
                own(self, [param], [grad], [state], group)
                return
        raise NotImplementedError(f"{type(self).__name__} does not implement update()")

    def update_all(
        self, params: list[Any], grads: list[Any], states: list[State], group: Group
    ) -> None:
        """Write one step into each of the parameters, of which none stands there twice.

        By ``update``, one after the other; a rule whose kernel takes lists overrides this instead.
        """
        for param, grad, state in zip(params, grads, states, strict=True):
            self.update(param, grad, state, group)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "update" in cls.__dict__ and "update_all" not in cls.__dict__:
            cls.update_all = Rule.update_all  # type: ignore[method-assign]  # it wants its own update

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
            if group.get("differentiable"):
                self._trace_group(group)
            else:
                self._step_group(group)
        return loss

    @quiet  # of a run that diverges
    def _step_group(self, group: Group) -> None:
        options = {**group}
        for key, value in group.items():
            if type(value) not in _PLAIN and key != "params":
                options[key] = _as_number(value)
        moving = [param for param in group["params"] if param.grad is not None]
        apart = {id(param._array) for param in moving}  # of one array are parameters that are tied
        if not moving:
            self._tell_if_frozen(group)
        elif len(apart) == len(moving) and not options.get("maximize"):
            self._step_together(moving, options)
        else:  # each as often as it is there; and negated gradients of all would take much memory
            for param in moving:
                self._step_together([param], options)

    def _step_together(self, params: list[Any], options: Group) -> None:
        arrays, slopes, kept, states = [], [], [], []
        for param in params:
            array, slope = param._array, param.grad._array
            if is_complex(array.dtype):
                self._check_complex(param)
                array, slope = parts_of(array), parts_of(slope)
            if options.get("maximize"):  # out: NumPy makes numbers of 0-d results
                slope = np.negative(slope, out=np.empty_like(slope))
            known = self.state.get(param)
            arrays.append(array)
            slopes.append(slope)
            kept.append(known)
            states.append(_arrays_of(known) if known else self.new_state(array, options))
        self.update_all(arrays, slopes, states, options)
        site = here()
        for param in params:
            count_write(param, "the optimizer's step()", site)
        if not any(states):
            return
        for param, known, state in zip(params, kept, states, strict=True):
            for key, value in state.items():
                if not known or not _is_in(value, known.get(key)):
                    self.state[param][key] = _as_tensor(_whole(value, param._array))

    @quiet
    def _trace_group(self, group: Group) -> None:
        """Take a step in tensors that record it: the same ``update``, on other kernels."""
        from minitorch.optim.differentiable import tracing

        with tracing():
            for param in group["params"]:
                if param.grad is None:
                    continue
                if is_complex(param._array.dtype):
                    raise NotImplementedError(
                        "steps of complex parameters are not differentiated: view them as real."
                    )
                if not self.state.get(param):
                    self.start_state(param, group)
                state = self.state[param]
                grad = -param.grad if group.get("maximize") else param.grad
                self.update_all([param], [grad], [state], group)
                if not state:
                    del self.state[param]

    def start_state(self, param: Tensor, group: Group) -> None:
        """Keep what a parameter begins with already now, as some of PyTorch's optimizers do."""
        fresh = self.new_state(parts_of(param._array), group)
        whole = {key: _whole(value, param._array) for key, value in fresh.items()}
        self.state[param] = {key: _as_tensor(value) for key, value in whole.items()}

    def _check_complex(self, param: Tensor) -> None:
        if not self.takes_complex:
            raise RuntimeError(f"{type(self).__name__} does not support complex parameters")

    def _check_defaults(self, defaults: Group) -> None:
        if defaults.get("fused") and defaults.get("differentiable"):
            raise RuntimeError("`fused` does not support `differentiable`")
        if defaults.get("foreach") and defaults.get("fused"):
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")

    def _load_param_state(self, param: Tensor, number: int, saved: Any) -> Any:
        state = super()._load_param_state(param, number, saved)
        for name in self.counted:
            if name in state and not isinstance(state[name], Tensor):
                state[name] = _as_tensor(scalar(state[name]))
        for name in self.shaped:
            value = state.get(name)
            if value is not None and value.shape != param.shape:
                raise ValueError(
                    f"the {name} saved for parameter {number} has shape {tuple(value.shape)}, the "
                    f"parameter has {tuple(param.shape)}: the state dict belongs to another "
                    "model, or its parameters came in another order."
                )
        return state


def scalar(value: float = 0.0) -> Array:
    """Return a number that is kept in the state: float64 where that is the default dtype."""
    return np.array(value, np.float64 if get_default_dtype() is float64 else np.float32)


def count(state: State) -> float:
    """Count one more step, and return how many there were."""
    state["step"] += 1
    return float(state["step"])


def check_rate(lr: float | Tensor) -> None:
    """Refuse a negative learning rate, and a tensor of several."""
    check_single(lr)
    check_not_negative("learning rate", lr)


def check_single(lr: float | Tensor) -> None:
    """Refuse a tensor of several rates."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError(f"Tensor lr must be 1-element, but it has {lr.numel()} elements")


def check_not_negative(name: str, value: float | Tensor) -> None:
    """Refuse a negative option; ``name`` is what PyTorch's message calls it."""
    if not value >= 0.0:  # nor NaN
        raise ValueError(f"Invalid {name}: {value}. It must not be negative.")


def check_positive(name: str, value: float | Tensor) -> None:
    """Refuse an option that must not be 0 either."""
    if not value > 0.0:
        raise ValueError(f"Invalid {name}: {value}. It must be positive.")


def check_betas(betas: Any) -> None:
    """Refuse shares of moving averages that are not in [0, 1)."""
    for index in (0, 1):
        if not 0.0 <= betas[index] < 1.0:
            raise ValueError(
                f"Invalid beta parameter at index {index}: {betas[index]}. It must be in [0, 1)."
            )


def _arrays_of(kept: State) -> State:
    """What is kept for a parameter, as its rule takes it."""
    return {k: parts_of(v._array) if isinstance(v, Tensor) else v for k, v in kept.items()}


def _whole(value: Any, param: Array) -> Any:
    """Undo :func:`parts_of` for what is kept of a complex parameter's numbers."""
    if is_complex(param.dtype) and np.shape(value) == (*param.shape, 2):
        return value.view(param.dtype)[..., 0]
    return value


def _is_in(value: Any, kept: Any) -> bool:
    """Whether a value is what is kept already, or a view of it."""
    array = getattr(kept, "_array", None)
    return array is value or (
        array is not None and is_complex(array.dtype) and np.may_share_memory(array, value)
    )


_PLAIN = frozenset({bool, int, float, type(None), str})
_ARRAYS = np.ndarray, np.generic
_NOT_PLAIN = Tensor, *_ARRAYS


def _as_number(option: Any) -> Any:
    """Options may be tensors, or numbers of NumPy's, which would widen arrays of float32."""
    if type(option) is tuple:
        return tuple(_as_number(part) for part in option)
    return option.item() if isinstance(option, _NOT_PLAIN) else option


def _as_tensor(value: Any) -> Any:
    """What a rule leaves for the next step, as it is kept and shown."""
    return Tensor._wrap(np.asarray(value)) if isinstance(value, _ARRAYS) else value
