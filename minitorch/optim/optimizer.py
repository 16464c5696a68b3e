"""``Optimizer``: parameter groups and per-parameter state, the part that all update rules share."""

import copy
import functools
import warnings
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeAlias

from minitorch.autograd.grad_mode import enable_grad
from minitorch.autograd.hooks import Hook, RemovableHandle
from minitorch.autograd.sites import warn_user
from minitorch.core.dtypes import is_differentiable
from minitorch.nn.parameter import Parameter, reset_grad
from minitorch.tensor import Tensor

Group = dict[str, Any]
StateDict = dict[str, Any]
# Tensors, (name, tensor) pairs, or groups: dicts with "params" and options of their own.
ParamsT: TypeAlias = Iterable[Tensor] | Iterable[tuple[str, Tensor]] | Iterable[Group]


class _Required:
    """Marks an option that has no default: each group must give it."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()


Hooks = OrderedDict[int, Hook]

_global_optimizer_pre_hooks: Hooks = OrderedDict()
_global_optimizer_post_hooks: Hooks = OrderedDict()


def register_optimizer_step_pre_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` before every optimizer's step, and its own hooks."""
    return _add(_global_optimizer_pre_hooks, hook)


def register_optimizer_step_post_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(optimizer, args, kwargs)`` after every optimizer's step, and its own hooks."""
    return _add(_global_optimizer_post_hooks, hook)


def _add(hooks: Hooks, hook: Hook, prepend: bool = False) -> RemovableHandle:
    handle = RemovableHandle(hooks)
    hooks[handle.id] = hook
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


class Optimizer:
    """Base class of all optimizers.

    A subclass calls ``super().__init__(params, defaults)`` and writes ``step``; one that treats
    each parameter by itself is a ``Rule`` and writes ``update``.

    Args:
        params: Tensors to optimize, (name, tensor) pairs such as ``named_parameters()`` gives, or
            dicts with ``"params"`` and options that replace the defaults for that group. Any
            iterable with an order: a list, a generator, ``itertools.chain``.
        defaults: The options of groups that do not set them.

    Raises:
        TypeError: a bare tensor, a set, or something that is no tensor among the parameters.
        ValueError: nothing to optimize, a non-leaf, a parameter in two groups, names for some only.

    Source: ``torch.optim.Optimizer``. Deliberate differences: a bare set is refused, not only a set
    inside a group, ``load_state_dict`` copies tensors, so that two optimizers never share one, and
    hooks run once around a ``step`` that calls that of its base class.
    """

    _optimizer_step_pre_hooks: Hooks
    _optimizer_step_post_hooks: Hooks
    _optimizer_state_dict_pre_hooks: Hooks
    _optimizer_state_dict_post_hooks: Hooks
    _optimizer_load_state_dict_pre_hooks: Hooks
    _optimizer_load_state_dict_post_hooks: Hooks
    # Options that state dicts of old releases lack. What else one lacks is another rule's.
    younger: ClassVar[frozenset[str]] = frozenset(
        {
            *("amsgrad", "capturable", "decoupled_weight_decay", "differentiable"),
            *("foreach", "fused", "maximize", "nesterov"),
        }
    )
    # What LRScheduler watches: None as long as no scheduler does.
    _opt_called: bool | None = None
    # While the first groups are added, the number of each parameter's, by its id.
    _group_of: dict[int, int] | None = None

    def __init__(self, params: ParamsT, defaults: Group) -> None:
        self._check_defaults(defaults)
        self._make_tables()
        self.defaults = defaults
        self.state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        self.param_groups: list[Group] = []
        self._group_of = {}
        for group in _as_groups(params):
            self.add_param_group(group)
        del self._group_of  # from here on groups are the user's to change

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = _with_hooks(cls.__dict__["step"])  # type: ignore[method-assign]

    def _make_tables(self) -> None:
        for name in _TABLES:
            self.__dict__.setdefault(name, OrderedDict())

    def __getstate__(self) -> dict[str, Any]:
        # Hooks stay with the optimizer they were put on, as in PyTorch.
        return {name: value for name, value in self.__dict__.items() if name not in _TABLES}

    def __setstate__(self, fields: dict[str, Any]) -> None:
        self._make_tables()
        self.__dict__.update(fields)

    def __repr__(self) -> str:
        text = f"{type(self).__name__} ("
        for index, group in enumerate(self.param_groups):
            options = [f"    {key}: {group[key]}\n" for key in sorted(group) if key != "params"]
            text += f"\nParameter Group {index}\n" + "".join(options)
        return text + ")"

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters once and return what ``closure`` returned; subclasses write it."""
        raise NotImplementedError(f"{type(self).__name__} does not implement step()")

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients: ``grad`` becomes None, or zeros with ``set_to_none=False``."""
        for group in self.param_groups:
            for param in group["params"]:
                reset_grad(param, set_to_none)

    def add_param_group(self, param_group: Group) -> None:
        """Add a group: a dict with ``"params"`` and options; the defaults fill in what is missing.

        Useful in fine-tuning, where frozen layers join as training goes on.
        """
        if not isinstance(param_group, dict):
            raise TypeError(
                f"param_group must be a dict, but got {type(param_group)}. Give every group as "
                'a dict: {"params": [...], "lr": ...}.'
            )
        tensors, names = _split_names(_ordered(param_group.get("params")))
        for index, tensor in enumerate(tensors):
            self._check_param(tensor, index)
        self._check_options(param_group)
        self._check_disjoint(tensors)
        self._check_names(bool(names or "param_names" in param_group))
        param_group["params"] = tensors
        if names:
            param_group["param_names"] = names
        for name, default in self.defaults.items():
            param_group.setdefault(name, default)
        self.param_groups.append(param_group)

    def _check_defaults(self, defaults: Group) -> None:
        """Refuse options that cannot be had; nothing here, as a subclass may mean its own."""

    def _check_param(self, param: Any, index: int) -> None:
        if not isinstance(param, Tensor):
            hint = " Pass its .parameters()." if hasattr(param, "parameters") else ""
            if isinstance(param, dict):
                hint = " Give either tensors or groups, not both."
            elif isinstance(param, str):
                hint = " A dict of options must stand in a list: [{...}]."
            raise TypeError(
                f"optimizer can only optimize Tensors, but one of the params is {_typename(param)} "
                f"(number {index}).{hint}"
                " [explain: not-parameters]"
            )
        is_kept = param.is_leaf or getattr(param, "retains_grad", False)
        if not (is_kept or self.defaults.get("differentiable")):
            raise ValueError(
                f"can't optimize a non-leaf Tensor: number {index}, of shape {tuple(param.shape)}, "
                f"was computed by {param.grad_fn}. Pass the tensor it was computed from, or make a "
                "leaf of it with .detach().requires_grad_()."
                " [explain: non-leaf-parameter]"
            )

    def _tell_if_frozen(self, group: Group) -> None:
        """Warn of a group that no step moves, as none of its ``Parameter``s requires grad.

        Plain tensors do not unless they are asked to: that is no accident.
        """
        params = group["params"]
        if params and all(isinstance(p, Parameter) and not p.requires_grad for p in params):
            number = next(i for i, known in enumerate(self.param_groups) if known is group)
            warn_user(
                f"parameter group {number} is frozen: none of its {len(params)} parameters "
                "requires grad, so step() leaves them as they are. They move again after "
                "module.unfreeze() or requires_grad_()."
                " [explain: frozen-group]"
            )

    def _check_options(self, group: Group) -> None:
        for name, default in self.defaults.items():
            if default is required and name not in group:
                raise ValueError(
                    "parameter group didn't specify a value of required optimization parameter "
                    f"{name}"
                )

    def _check_disjoint(self, tensors: list[Tensor]) -> None:
        if len({id(t) for t in tensors}) != len(tensors):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; each is updated "
                "as often as it is listed, in future, this will cause an error",
                stacklevel=5,  # the caller of the rule's constructor
            )
        group_of = self._group_of
        if group_of is None:
            groups = enumerate(self.param_groups)
            group_of = {id(t): index for index, group in groups for t in group["params"]}
        taken = [t for t in tensors if id(t) in group_of]
        if taken:
            index = group_of[id(taken[0])]
            again = [t for t in taken if group_of[id(t)] == index]
            shapes = ", ".join(str(tuple(t.shape)) for t in again[:5])
            raise ValueError(
                "some parameters appear in more than one parameter group: "
                f"{len(again)} of the new group are in group {index} (shapes {shapes}). Leave "
                "them out of one of the two."
                " [explain: parameter-in-two-groups]"
            )
        group_of.update(dict.fromkeys(map(id, tensors), len(self.param_groups)))

    def _check_names(self, named: bool) -> None:
        if any(("param_names" in group) != named for group in self.param_groups[:1]):
            raise ValueError(
                "all optimizer param groups should be with/without names. cannot add param group "
                f"{'with' if named else 'without'} names to the optimizer"
            )

    def register_step_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` before each step.

        ``args`` begins with the optimizer. The hook may return both, changed.
        """
        return _add(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(optimizer, args, kwargs)`` after each step."""
        return _add(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer)`` before ``state_dict()``; ``prepend``: before the others."""
        return _add(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` after it; the hook may return another dict."""
        return _add(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(
        self, hook: Hook, prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer, state_dict)`` before it is loaded.

        The dict is a shallow copy of the one given; the hook may return another.
        """
        return _add(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(
        self, hook: Hook, prepend: bool = False
    ) -> RemovableHandle:
        """Call ``hook(optimizer)`` when a state dict has been loaded."""
        return _add(self._optimizer_load_state_dict_post_hooks, hook, prepend)

    def state_dict(self) -> StateDict:
        """Return state and options as plain containers, in PyTorch's layout.

        Returns:
            ``{"state": {i: {...}}, "param_groups": [{..., "params": [i, ...]}]}``: parameters are
            numbered in the order of the groups. State tensors are the optimizer's own, not copies.
        """
        for hook in tuple(self._optimizer_state_dict_pre_hooks.values()):
            hook(self)
        return _changed(self._optimizer_state_dict_post_hooks, self, self._packed())

    def _packed(self) -> StateDict:
        numbers: dict[int, int] = {}
        groups = []
        start = 0
        for group in self.param_groups:
            params = group["params"]
            for number, param in enumerate(params, start):
                numbers.setdefault(id(param), number)
            start += len(params)
            packed = {key: value for key, value in group.items() if key != "params"}
            packed["params"] = [numbers[id(param)] for param in params]
            groups.append(packed)
        state = {
            (numbers[id(key)] if isinstance(key, Tensor) else key): value
            for key, value in self.state.items()
        }
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: StateDict) -> None:
        """Take over state and options saved by ``state_dict()``.

        Parameters are matched by their order. State tensors are copied and get the dtype of their
        parameter if that is a floating-point one (``step`` counters keep their own).

        Raises:
            KeyError: it is no state dict of an optimizer.
            ValueError: the groups, or the number of parameters in one, are not this optimizer's.
        """
        hooks = self._optimizer_load_state_dict_pre_hooks
        self._unpack(_changed(hooks, self, copy.copy(state_dict)) if hooks else state_dict)
        for hook in tuple(self._optimizer_load_state_dict_post_hooks.values()):
            hook(self)

    def _unpack(self, state_dict: StateDict) -> None:
        if "param_groups" not in state_dict or "state" not in state_dict:
            raise KeyError(
                "param_groups: an optimizer's state dict has the keys 'state' and 'param_groups', "
                f"this one has {list(state_dict)[:5]}"
            )
        saved_groups = copy.deepcopy(state_dict["param_groups"])
        self._check_same_layout(saved_groups)
        params: dict[int, Tensor] = {}
        for group, saved in zip(self.param_groups, saved_groups, strict=True):
            params.update(zip(saved["params"], group["params"], strict=True))
            saved["params"] = group["params"]
            if "param_names" in group:
                saved.setdefault("param_names", group["param_names"])
            for name, default in self.defaults.items():
                if name in self.younger:
                    saved.setdefault(name, default)
        state: defaultdict[Any, dict[str, Any]] = defaultdict(dict)
        for key, value in state_dict["state"].items():
            if key in params:
                state[params[key]] = self._load_param_state(params[key], key, value)
            else:
                state[key] = value
        # Assigned last: an error above leaves the optimizer as it was. By this method, because
        # subclasses say there which options are younger than their files.
        self.__setstate__({"state": state, "param_groups": saved_groups})

    def _check_same_layout(self, saved_groups: list[Group]) -> None:
        ours, theirs = self.param_groups, saved_groups
        if len(ours) != len(theirs):
            raise ValueError(
                "loaded state dict has a different number of parameter groups: "
                f"{len(theirs)} saved, {len(ours)} in this optimizer. Build the optimizer with the "
                "groups it had when it was saved."
                " [explain: optimizer-state]"
            )
        for index, (group, saved) in enumerate(zip(ours, theirs, strict=True)):
            if len(group["params"]) != len(saved["params"]):
                raise ValueError(
                    "loaded state dict contains a parameter group that doesn't match the size of "
                    f"optimizer's group: group {index} has {len(saved['params'])} parameters there "
                    f"and {len(group['params'])} here. The state was saved for another model, or "
                    "with other parameters chosen."
                    " [explain: optimizer-state]"
                )

    def _load_param_state(self, param: Tensor, number: int, saved: Any) -> Any:
        """Copy what was saved for one parameter; a rule that knows its state checks it here."""
        return _cast(saved, param)


def evaluate(closure: Callable[[], Any] | None) -> Any:
    """Run the closure that computes the loss anew, with recording on; None without a closure."""
    if closure is None:
        return None
    with enable_grad():
        return closure()


_TABLES = (
    "_optimizer_step_pre_hooks",
    "_optimizer_step_post_hooks",
    "_optimizer_state_dict_pre_hooks",
    "_optimizer_state_dict_post_hooks",
    "_optimizer_load_state_dict_pre_hooks",
    "_optimizer_load_state_dict_post_hooks",
)


def _changed(hooks: Hooks, optimizer: Optimizer, state_dict: StateDict) -> StateDict:
    """Return the dict, or what hooks gave in its place."""
    for hook in tuple(hooks.values()):
        result = hook(optimizer, state_dict)
        if result is not None:
            state_dict = result
    return state_dict


def _with_hooks(step: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a ``step`` with its hooks; schedulers learn that it ran."""

    @functools.wraps(step)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        self = args[0]
        if self._opt_called is False:
            self._opt_called = True
        # Around the whole step: not around that of a base class, which it may call.
        if getattr(type(self).step, "__wrapped__", None) is not step:
            return step(*args, **kwargs)
        for hooks in (_global_optimizer_pre_hooks, self._optimizer_step_pre_hooks):
            for hook in tuple(hooks.values()) if hooks else ():
                result = hook(self, args, kwargs)
                if result is not None:
                    args, kwargs = _both(result, step)
        out = step(*args, **kwargs)
        for hooks in (self._optimizer_step_post_hooks, _global_optimizer_post_hooks):
            for hook in tuple(hooks.values()) if hooks else ():
                hook(self, args, kwargs)
        return out

    return wrapper


def _both(result: Any, step: Callable[..., Any]) -> tuple[Any, Any]:
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError(
            f"{step} must return None or a tuple of (new_args, new_kwargs), but got {result}. "
            "This is what a step pre-hook returned."
        )
    return result


def _as_groups(params: Any) -> list[Group]:
    """Read the constructor's ``params``: groups as they are, anything else as one group."""
    if isinstance(params, Tensor) or not isinstance(params, Iterable):
        hint = "a list: [tensor]" if isinstance(params, Tensor) else "its .parameters()"
        raise TypeError(
            "params argument given to the optimizer should be an iterable of Tensors or dicts, "
            f"but got {_typename(params)}. Pass {hint}."
            " [explain: not-parameters]"
        )
    items = _ordered(params)
    if not items:
        raise ValueError(
            "optimizer got an empty parameter list. A generator is used up after one pass, and a "
            "filter may have left nothing: print list(model.parameters())."
            " [explain: no-parameters]"
        )
    return items if isinstance(items[0], dict) else [{"params": items}]


def _ordered(params: Any) -> list[Any]:
    if params is None:
        raise KeyError("params: a parameter group needs its tensors under the key 'params'")
    if isinstance(params, Tensor):
        return [params]
    if isinstance(params, set | frozenset):
        raise TypeError(
            "optimizer parameters need to be organized in ordered collections, but the ordering of "
            "tensors in sets will change between runs. Please use a list instead."
        )
    return list(params)


def _split_names(params: list[Any]) -> tuple[list[Any], list[str]]:
    """Separate (name, tensor) pairs; all parameters have a name, or none has."""
    names = [param[0] for param in params if isinstance(param, tuple)]
    if names and len(names) != len(params):
        raise ValueError(
            "all optimizer params should be with/without names. Some param names are missing: "
            f"{len(params) - len(names)} of {len(params)} parameters have none"
        )
    return [param[1] if isinstance(param, tuple) else param for param in params], names


def _cast(value: Any, param: Tensor, key: Any = None) -> Any:
    """Copy saved state, tensors in the parameter's dtype."""
    if isinstance(value, Tensor):
        copied = value.detach().clone()
        keeps = key == "step" or not is_differentiable(param._array.dtype)
        return copied if keeps else copied.to(param.dtype)
    if isinstance(value, dict):
        return {k: _cast(v, param, k) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_cast(v, param) for v in value)
    return value


def _typename(value: Any) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
