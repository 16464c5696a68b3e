"""``Module``: registration, walking, modes, printing; see also conversion.py and state.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, Self

from minitorch.nn.modules import hooks, state
from minitorch.nn.modules.conversion import Conversions
from minitorch.nn.modules.defaults import Defaults
from minitorch.nn.modules.freezing import Freezing
from minitorch.nn.modules.hook_calls import call_hooked
from minitorch.nn.modules.hooks import (
    Hookable,
    everywhere,
    register_module_backward_hook,
    register_module_buffer_registration_hook,
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_full_backward_hook,
    register_module_full_backward_pre_hook,
    register_module_module_registration_hook,
    register_module_parameter_registration_hook,
    registered,
)
from minitorch.nn.modules.plain import notice
from minitorch.nn.modules.walk import postorder, preorder
from minitorch.nn.parameter import Buffer, Parameter, reset_grad
from minitorch.tensor import Tensor

__all__ = [
    "Module",
    "register_module_backward_hook",
    "register_module_buffer_registration_hook",
    "register_module_forward_hook",
    "register_module_forward_pre_hook",
    "register_module_full_backward_hook",
    "register_module_full_backward_pre_hook",
    "register_module_module_registration_hook",
    "register_module_parameter_registration_hook",
]


class Module(Hookable, Conversions, Freezing, Defaults):
    """Base of all layers and networks: a tree of modules with parameters and buffers at its nodes.

    Assigning a ``Parameter``, a ``Module`` or a ``Buffer`` to an attribute registers it. Subclasses
    define ``forward`` and are called like functions.

    Attributes:
        training: what ``train()`` and ``eval()`` set; dropout and batch norm look at it.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html

    Example:
        >>> class Net(nn.Module):
        ...     def __init__(self):
        ...         super().__init__()
        ...         self.fc = nn.Linear(4, 2)
        ...
        ...     def forward(self, x):
        ...         return self.fc(x)
    """

    # Saved with the state, for _load_from_state_dict to know what a checkpoint holds.
    _version = 1

    training: bool
    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    _non_persistent_buffers_set: set[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if (args or kwargs) and not self.call_super_init:
            raise TypeError(_unwanted(type(self), args, kwargs))
        # Not by attribute: __setattr__ consults the very tables that are made here.
        self.__dict__.update(
            training=True,
            _parameters={},
            _buffers={},
            _non_persistent_buffers_set=set(),
            _modules={},
        )
        if self.call_super_init:
            super().__init__(*args, **kwargs)

    # Calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._hooked or everywhere:
            return call_hooked(self, args, kwargs)
        return self.forward(*args, **kwargs)

    _call_impl = _wrapped_call_impl = __call__  # which some libraries call

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the result; every subclass defines its own."""
        raise NotImplementedError(
            f'Module [{type(self).__name__}] is missing the required "forward" function. '
            "Define `def forward(self, ...)` in the class; check its spelling and indentation."
            " [explain: no-forward]"
        )

    def __setstate__(self, fields: dict[str, Any]) -> None:
        self.__dict__.update(fields)
        # Files of PyTorch have all tables of hooks, and no mark.
        self.__dict__.setdefault("_hooked", any(fields.get(name) for name in hooks.FOR_CALLS))

    # Attributes

    def __getattr__(self, name: str) -> Any:
        # Runs when ordinary look-up has failed, so for every parameter, buffer and child.
        fields = self.__dict__
        hint = ""
        if "_modules" in fields:
            if name in (parameters := fields["_parameters"]):
                return parameters[name]
            if name in (modules := fields["_modules"]):
                return modules[name]
            if name in (buffers := fields["_buffers"]):
                return buffers[name]
            if name in hooks.TABLES:
                return hooks.table(self, name)
        else:
            hint = f" (call super().__init__() first in {type(self).__name__}.__init__)"
        raise AttributeError(
            f"'{type(self).__name__}' object has no attribute '{name}'{hint}", name=name, obj=self
        )

    def __setattr__(self, name: str, value: Any) -> None:
        fields = self.__dict__
        if isinstance(value, Parameter):
            self._require_init("parameters")
            self._forget(name, keep="_parameters")
            self.register_parameter(name, value)
        elif name in fields.get("_parameters", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{_typename(value)}' as parameter '{name}' (torch.nn.Parameter "
                    "or None expected). Wrap it in nn.Parameter(...), or write the values into the "
                    f"parameter: with torch.no_grad(): module.{name}.copy_(values)"
                    " [explain: parameter-type]"
                )
            self._parameters[name] = None
        elif isinstance(value, Module):
            self._require_init("module")
            self._forget(name, keep="_modules")
            self._modules[name] = registered("module", self, name, value)
        elif name in fields.get("_modules", ()):
            if value is not None:
                raise TypeError(
                    f"cannot assign '{_typename(value)}' as child module '{name}' (torch.nn.Module "
                    "or None expected)"
                )
            self._modules[name] = registered("module", self, name, None)
        elif isinstance(value, Buffer):
            self._require_init("buffer")
            self._forget(name, keep="_buffers")
            self.register_buffer(name, value, value.persistent)
        elif name in fields.get("_buffers", ()):
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(
                    f"cannot assign '{_typename(value)}' as buffer '{name}' (torch.nn.Buffer, "
                    "torch.Tensor or None expected)"
                )
            self._buffers[name] = registered("buffer", self, name, value)
        else:
            object.__setattr__(self, name, value)
            if value.__class__ is list or value.__class__ is dict:
                notice(self, Module, name, value)

    def __delattr__(self, name: str) -> None:
        for table in (self._parameters, self._buffers, self._modules):
            if name in table:
                del table[name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        names = set(object.__dir__(self))
        for table in ("_parameters", "_buffers", "_modules"):
            names.update(self.__dict__.get(table, ()))
        return sorted(name for name in names if not name[:1].isdigit())

    def _require_init(self, kind: str) -> None:
        if "_modules" not in self.__dict__:
            raise AttributeError(
                f"cannot assign {kind} before Module.__init__() call. "
                f"Call super().__init__() first in {type(self).__name__}.__init__."
                " [explain: module-init]"
            )

    def _forget(self, name: str, keep: str) -> None:
        """Take a name out of all tables but one, and out of the ordinary attributes."""
        fields = self.__dict__
        fields.pop(name, None)
        for table in ("_parameters", "_buffers", "_modules"):
            if table != keep:
                fields[table].pop(name, None)
        self._non_persistent_buffers_set.discard(name)

    def _check_name(self, kind: str, name: str, table: Mapping[str, object]) -> None:
        if not isinstance(name, str):
            raise TypeError(f"{kind} name should be a string. Got {_typename(name)}")
        if "." in name:
            raise KeyError(f'{kind} name can\'t contain ".", got: {name}')
        if name == "":
            raise KeyError(f'{kind} name can\'t be empty string ""')
        if name not in table and hasattr(self, name):
            raise KeyError(
                f"attribute '{name}' already exists in {type(self).__name__}; choose another name"
            )

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Add a parameter, or a name that holds None."""
        self._require_init("parameter")
        self._check_name("parameter", name, self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{_typename(param)}' object to parameter '{name}' "
                "(torch.nn.Parameter or None required)"
            )
        if param is not None:
            if param.grad_fn is not None:
                raise ValueError(
                    f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must "
                    f"be created explicitly. To express '{name}' as a function of another Tensor, "
                    "compute the value in the forward() method."
                )
            param = registered("parameter", self, name, param)
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Add a tensor that belongs to the state but is not trained; ``persistent``: is saved."""
        self._require_init("buffer")
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{_typename(tensor)}' object to buffer '{name}' "
                "(torch Tensor or None required)"
            )
        self._buffers[name] = registered("buffer", self, name, tensor)
        if persistent:
            self._non_persistent_buffers_set.discard(name)
        else:
            self._non_persistent_buffers_set.add(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Add a child, or a name that holds None."""
        self._require_init("module")
        self._check_child(module)
        self._check_name("module", name, self._modules)
        self._modules[name] = registered("module", self, name, module)

    register_module = add_module

    def _check_child(self, module: object) -> None:
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"{_typename(module)} is not a Module subclass{_or_its_call(module)}")

    # Walking

    def named_modules(
        self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """Yield (dotted name, module) of this module and all below it, parents first."""
        for name, module in preorder(self, unique=remove_duplicate, seen=memo):
            yield _join(prefix, name), module

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """Yield this module and all below it."""
        for _, module in self.named_modules(remove_duplicate=remove_duplicate):
            yield module

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Yield (name, module) of the direct children, each module once."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Module]:
        """Yield the direct children, each once."""
        for _, module in self.named_children():
            yield module

    def _named_members(
        self, table: str, prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        modules = (
            self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
            if recurse
            else [(prefix, self)]
        )
        seen: dict[int, Any] = {}  # by identity, kept alive so that none is reused
        for module_name, module in modules:
            for name, tensor in module.__dict__[table].items():
                if tensor is None or id(tensor) in seen:
                    continue
                if remove_duplicate:
                    seen[id(tensor)] = tensor
                yield _join(module_name, name), tensor

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Yield (dotted name, parameter); ``recurse=False``: of this module alone."""
        return self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Yield the parameters, for an optimizer."""
        for _, parameter in self.named_parameters(recurse=recurse):
            yield parameter

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Yield (dotted name, buffer)."""
        return self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Yield the buffers."""
        for _, buffer in self.named_buffers(recurse=recurse):
            yield buffer

    def get_submodule(self, target: str) -> Module:
        """Return the module of this dotted name; "" is the module itself."""
        module = self
        for name in target.split(".") if target else ():
            if not hasattr(module, name):
                raise AttributeError(
                    f"{module._get_name()} has no attribute `{name}`; "
                    f"its children are {[n for n, _ in module.named_children()]}"
                )
            module = getattr(module, name)
            if not isinstance(module, Module):
                raise AttributeError(f"`{name}` is not an nn.Module")
        return module

    def set_submodule(self, target: str, module: Module, strict: bool = False) -> None:
        """Put a module at this dotted name; ``strict``: only in the place of another one."""
        if target == "":
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Module):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        owner = self.get_submodule(path)
        if strict and not hasattr(owner, name):
            raise AttributeError(f"{owner._get_name()} has no attribute `{name}`")
        if hasattr(owner, name) and not isinstance(getattr(owner, name), Module):
            raise AttributeError(f"`{name}` is not an nn.Module")
        setattr(owner, name, module)

    def get_parameter(self, target: str) -> Parameter:
        """Return the parameter of this dotted name."""
        owner, name = self._find(target)
        parameter = getattr(owner, name)
        if not isinstance(parameter, Parameter):
            raise AttributeError(f"`{name}` is not an nn.Parameter")
        return parameter

    def get_buffer(self, target: str) -> Tensor:
        """Return the buffer of this dotted name."""
        owner, name = self._find(target)
        if name not in owner._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        buffer: Tensor = getattr(owner, name)
        return buffer

    def _find(self, target: str) -> tuple[Module, str]:
        path, _, name = target.rpartition(".")
        owner = self.get_submodule(path)
        if not hasattr(owner, name):
            raise AttributeError(f"{owner._get_name()} has no attribute `{name}`")
        return owner, name

    def apply(self, fn: Callable[[Module], object]) -> Self:
        """Call ``fn`` on every module, children first, for example to initialise weights."""
        for module in postorder(self):
            fn(module)
        return self

    # Modes

    def train(self, mode: bool = True) -> Self:
        """Set training mode here and below; a child's own ``train`` has the say over its part.

        Frozen modules stay in evaluation mode; this is then what they go back to.
        """
        if not isinstance(mode, bool):
            raise ValueError(f"training mode is expected to be boolean, but got {mode!r}")
        has_own = state.has_own("train", Module)
        for _, module in preorder(self, stop=has_own):
            if module is not self and has_own(module):
                module.train(mode)
            elif module._thawed_mode is None:
                module.training = mode
            else:
                module._thawed_mode = mode
        return self

    def eval(self) -> Self:
        """Set evaluation mode: dropout passes on, batch norm uses and keeps its statistics."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Thaw or freeze all parameters; frozen ones get no gradient and do not move."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget all gradients, or with ``set_to_none=False`` set them to zero."""
        for parameter in self.parameters():
            reset_grad(parameter, set_to_none)

    # State

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Put ``fn`` of each parameter, gradient and buffer in its place.

        A child that has a ``_apply`` of its own, to keep more tensors, has the say over its part.
        """
        has_own = state.has_own("_apply", Module)
        for _, module in preorder(self, stop=has_own) if recurse else (("", self),):
            if module is not self and has_own(module):
                module._apply(fn)
                continue
            for parameter in module._parameters.values():
                if parameter is None:
                    continue
                parameter.data = fn(parameter.data)
                if parameter.grad is not None:
                    parameter.grad.data = fn(parameter.grad.data)
            for name, buffer in module._buffers.items():
                if buffer is not None:
                    module._buffers[name] = fn(buffer)
        return self

    def state_dict(
        self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """Return parameters and persistent buffers by dotted name, sharing their memory.

        Args:
            destination: a dict to fill, made if left out.
            prefix: put before every name.
            keep_vars: give the parameters themselves instead of detached tensors.
            args: the three without their names, which is deprecated.
        """
        if args:
            destination, prefix, keep_vars = state.by_position(args, destination, prefix, keep_vars)
        special = state.has_own("state_dict", Module)
        found: dict[str, Any] = state.collect(self, special, destination, prefix, keep_vars)
        return found

    def load_state_dict(
        self,
        state_dict: Mapping[str, Any],
        strict: bool = True,
        assign: bool = False,
        *,
        mismatched: Literal["error", "skip"] = "error",
        rename: Mapping[str, str] | None = None,
    ) -> state._IncompatibleKeys:
        """Copy values into the parameters and buffers of the same names.

        Args:
            state_dict: what ``state_dict()`` gave.
            strict: refuse missing and unexpected names, instead of reporting them.
            assign: put the given tensors in place of the old ones, instead of copying.
            mismatched: "skip" leaves the model's own values where a tensor does not fit.
            rename: patterns of ``re`` to replace in keys first, such as ``{"^module[.]": ""}``.

        Returns:
            A named tuple ``(missing_keys, unexpected_keys)``; with ``mismatched="skip"`` it has
            ``loaded`` and ``skipped``, with the reasons, too.

        Raises:
            RuntimeError: names all that did not fit; what did fit has been loaded.
        """
        if mismatched not in ("error", "skip"):
            raise ValueError(f"mismatched must be 'error' or 'skip', got {mismatched!r}")
        if rename is not None:
            state_dict = state.renamed(state_dict, rename)
        return state.load(self, state_dict, strict, assign, mismatched == "skip")

    def _save_to_state_dict(
        self, destination: dict[str, Any], prefix: str, keep_vars: bool
    ) -> None:
        """Put this module's own state into ``destination``; subclasses may add to it."""
        state.save_own(self, destination, prefix, keep_vars)

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
        """Load this module's own state; subclasses may rename keys in ``state_dict`` first."""
        state.load_own(
            *(self, state_dict, prefix, local_metadata),
            *(strict, missing_keys, unexpected_keys, error_msgs),
        )

    # Printing

    def _get_name(self) -> str:
        return type(self).__name__

    def extra_repr(self) -> str:
        """Return what stands between the brackets of the printed form."""
        return ""

    def _child_lines(self, children: list[tuple[str, str]]) -> list[str]:
        """Return the lines of the children, from their names and printed forms."""
        return [f"({name}): {text}" for name, text in children]

    def _format(self, children: list[tuple[str, str]]) -> str:
        extra = self.extra_repr()
        lines = [*(extra.split("\n") if extra else ()), *self._child_lines(children)]
        name = ("" if self._thawed_mode is None else "frozen ") + self._get_name()
        if not lines or (len(lines) == 1 and extra):
            return f"{name}({extra})"
        body = "\n".join(lines).replace("\n", "\n  ")
        return f"{name}(\n  {body}\n)"

    def __repr__(self) -> str:
        texts: dict[Module, str] = {}
        for module in postorder(self):
            if module is not self and type(module).__repr__ is not Module.__repr__:
                texts[module] = repr(module)
            else:
                children = [
                    (name, "None" if child is None else texts[child])
                    for name, child in module._modules.items()
                ]
                texts[module] = module._format(children)
        return texts[self]


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix and name else prefix or name


def _or_its_call(x: object) -> str:
    return f"; did you mean {x.__name__}()?" if isinstance(x, type) else ""


def _unwanted(cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Say of arguments of a constructor that takes none what Python does."""
    if kwargs:
        return (
            f"{cls.__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'"
        )
    return f"{cls.__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given"


def _typename(x: object) -> str:
    if isinstance(x, Tensor) and not isinstance(x, Parameter):
        return str(x.type())
    kind = x if isinstance(x, type) else type(x)
    return (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
