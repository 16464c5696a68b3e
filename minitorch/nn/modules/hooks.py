"""Hooks of modules: where they are registered. For how they are called see hook_calls.py.

A module without hooks carries no tables for them: each is made when it is first asked for, and
with the first one for calls the module is marked as ``_hooked``. So ``Module.__call__`` asks one
thing of the module, and one of the hooks that all modules share (``everywhere``).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from minitorch.autograd.hooks import Hook, RemovableHandle

Table = OrderedDict[int, Any]

# The tables by name, which are PyTorch's; those that a call looks at, and those for the state.
FOR_CALLS = frozenset(
    {
        "_forward_pre_hooks",
        "_forward_pre_hooks_with_kwargs",
        "_forward_hooks",
        "_forward_hooks_with_kwargs",
        "_forward_hooks_always_called",
        "_backward_pre_hooks",
        "_backward_hooks",
    }
)
TABLES = FOR_CALLS | {
    "_state_dict_pre_hooks",
    "_state_dict_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
}

EMPTY: Table = OrderedDict()  # stands for a table that was never made; nothing is put into it


def table(module: Any, name: str) -> Table:
    """Return a module's table of hooks for writing, made at first need."""
    fields = module.__dict__
    if name not in fields:
        fields[name] = OrderedDict()
    if name in FOR_CALLS:
        fields["_hooked"] = True
    found: Table = fields[name]
    return found


def hooks_of(module: Any, name: str) -> Table:
    """Return a module's table of hooks for reading."""
    found: Table = module.__dict__.get(name, EMPTY)
    return found


class WithModule:
    """A hook that is to be given the module, first."""

    def __init__(self, hook: Hook) -> None:
        self.hook = hook


def _add(hooks: Table, hook: Any, *also_in: tuple[Table, bool], prepend: bool = False) -> Any:
    """Register a hook; in each further table where the flag beside it says so."""
    handle = RemovableHandle(hooks, extra_dict=[extra for extra, _ in also_in])
    hooks[handle.id] = hook
    for extra, flag in also_in:
        if flag:
            extra[handle.id] = True
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


class Hookable:
    """What modules have for registering hooks. Each method returns a handle that removes the hook.

    Source: https://docs.pytorch.org/docs/stable/notes/modules.html#module-hooks. Here both kinds of
    backward hooks may be used one after the other, and hooks of all modules that are always called
    get keyword arguments, too, if they asked for them.
    """

    _hooked: bool = False  # whether there may be hooks for a call to look at
    _is_full_backward_hook: bool | None = None

    def register_forward_pre_hook(
        self, hook: Hook, *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Call ``hook(module, args)`` before ``forward``.

        Args:
            hook: may return other arguments, a tuple or a single value.
            prepend: run it before the module's other ones.
            with_kwargs: call ``hook(module, args, kwargs)``, which may return both, changed.
        """
        flags = table(self, "_forward_pre_hooks_with_kwargs")
        hooks = table(self, "_forward_pre_hooks")
        return _add(hooks, hook, (flags, with_kwargs), prepend=prepend)

    def register_forward_hook(
        self,
        hook: Hook,
        *,
        prepend: bool = False,
        with_kwargs: bool = False,
        always_call: bool = False,
    ) -> RemovableHandle:
        """Call ``hook(module, args, output)`` after ``forward``.

        Args:
            hook: may return another output.
            prepend: run it before the module's other ones.
            with_kwargs: call ``hook(module, args, kwargs, output)``.
            always_call: call it even if ``forward``, or a hook before it, raises; ``output`` is
                None then if there is none yet.
        """
        flags = (
            (table(self, "_forward_hooks_with_kwargs"), with_kwargs),
            (table(self, "_forward_hooks_always_called"), always_call),
        )
        return _add(table(self, "_forward_hooks"), hook, *flags, prepend=prepend)

    def register_full_backward_pre_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_output)`` when the gradients of the outputs are there.

        Args:
            hook: may return other gradients, as many.
            prepend: run it before the module's other ones.
        """
        return _add(table(self, "_backward_pre_hooks"), hook, prepend=prepend)

    def register_full_backward_hook(self, hook: Hook, prepend: bool = False) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` when both gradients are there.

        ``grad_input`` has a place for each positional argument: None for one that is no tensor,
        zeros for one that requires no grad. Neither arguments nor outputs may be written in place.

        Args:
            hook: may return other gradients of the inputs, as many.
            prepend: run it before the module's other ones.

        Raises:
            RuntimeError: if the module has hooks of the old kind.
        """
        return _add(self._backward_hooks_that_are(full=True), hook, prepend=prepend)

    def register_backward_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(module, grad_input, grad_output)`` after the last operation's backward.

        Deprecated: it sees that operation's inputs, not the module's. See
        :meth:`register_full_backward_hook`.

        Raises:
            RuntimeError: if the module has full backward hooks.
        """
        return _add(self._backward_hooks_that_are(full=False), hook)

    def _backward_hooks_that_are(self, full: bool) -> Table:
        hooks = table(self, "_backward_hooks")
        if hooks and self._is_full_backward_hook is not full:
            raise RuntimeError(_BOTH_KINDS.format("on a single Module"))
        self._is_full_backward_hook = full
        return hooks

    def register_state_dict_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(module, prefix, keep_vars)`` before ``state_dict()`` reads this module."""
        return _add(table(self, "_state_dict_pre_hooks"), hook)

    def register_state_dict_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(module, state_dict, prefix, local_metadata)`` after ``state_dict()``.

        It runs when this module, and all below it, have been read. It may change the dict.
        """
        marked: Any = hook
        marked._from_public_api = True  # it must return None
        return _add(table(self, "_state_dict_hooks"), hook)

    def _register_state_dict_hook(self, hook: Hook) -> RemovableHandle:
        """Do the same for a hook that may return another dict.

        Raises:
            RuntimeError: if it has been registered as one that may not.
        """
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError(
                "Cannot register the same function as the state dict post hook that was previously "
                "registered via register_state_dict_post_hook: wrap it in another function."
            )
        return _add(table(self, "_state_dict_hooks"), hook)

    def register_load_state_dict_pre_hook(self, hook: Hook) -> RemovableHandle:
        """Call a hook before this module's own state is loaded.

        Args:
            hook: ``hook(module, state_dict, prefix, local_metadata, strict, missing_keys,
                unexpected_keys, error_msgs)``; may change the dict and the lists.
        """
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def _register_load_state_dict_pre_hook(
        self, hook: Hook, with_module: bool = False
    ) -> RemovableHandle:
        """Do the same for a hook that need not be given the module."""
        hooks = table(self, "_load_state_dict_pre_hooks")
        return _add(hooks, WithModule(hook) if with_module else hook)

    def register_load_state_dict_post_hook(self, hook: Hook) -> RemovableHandle:
        """Call ``hook(module, incompatible_keys)`` when this module and all below it are loaded.

        ``incompatible_keys`` has lists ``missing_keys`` and ``unexpected_keys``: what is taken out
        of them is forgiven.
        """
        return _add(table(self, "_load_state_dict_post_hooks"), hook)


_BOTH_KINDS = (
    "Cannot use both regular backward hooks and full backward hooks {}. Please use only one of "
    "them: register_full_backward_hook sees the module's own inputs."
)

# Hooks of all modules.

_global_forward_pre_hooks: Table = OrderedDict()
_global_forward_hooks: Table = OrderedDict()
_global_forward_hooks_with_kwargs: Table = OrderedDict()
_global_forward_hooks_always_called: Table = OrderedDict()
_global_backward_pre_hooks: Table = OrderedDict()
_global_backward_hooks: Table = OrderedDict()
_registration_hooks: dict[str, Table] = {
    "module": OrderedDict(),
    "parameter": OrderedDict(),
    "buffer": OrderedDict(),
}

everywhere: Table = OrderedDict()  # those of them that calls look at

_full: list[bool] = []  # which kind the global backward hooks are, once there is one


def are_full() -> bool | None:
    """Whether the global backward hooks are full ones; None where there never was one."""
    return _full[0] if _full else None


def register_module_forward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, args)`` before every module's ``forward``, and its own pre-hooks."""
    return _add(_global_forward_pre_hooks, hook, (everywhere, True))


def register_module_forward_hook(
    hook: Hook, *, with_kwargs: bool = False, always_call: bool = False
) -> RemovableHandle:
    """Call ``hook(module, args, output)`` after every module's ``forward``, before its own hooks.

    See :meth:`Hookable.register_forward_hook`.
    """
    flags = (
        (_global_forward_hooks_with_kwargs, with_kwargs),
        (_global_forward_hooks_always_called, always_call),
    )
    return _add(_global_forward_hooks, hook, (everywhere, True), *flags)


def register_module_full_backward_pre_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, grad_output)`` for every module, before its own such hooks."""
    return _add(_global_backward_pre_hooks, hook, (everywhere, True))


def register_module_full_backward_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, grad_input, grad_output)`` for every module, before its own such hooks.

    Raises:
        RuntimeError: if there are global hooks of the old kind.
    """
    return _add_backward(hook, full=True)


def register_module_backward_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, grad_input, grad_output)`` after each module's last node.

    Deprecated, as :meth:`Hookable.register_backward_hook`.

    Raises:
        RuntimeError: if there are global full backward hooks.
    """
    return _add_backward(hook, full=False)


def _add_backward(hook: Hook, full: bool) -> RemovableHandle:
    if _global_backward_hooks and _full == [not full]:
        raise RuntimeError(_BOTH_KINDS.format("as a global Module hook"))
    _full[:] = [full]
    return _add(_global_backward_hooks, hook, (everywhere, True))


def register_module_module_registration_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, name, submodule)`` for every child added; it may return another."""
    return _add(_registration_hooks["module"], hook)


def register_module_parameter_registration_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, name, parameter)`` for every parameter added; it may return another."""
    return _add(_registration_hooks["parameter"], hook)


def register_module_buffer_registration_hook(hook: Hook) -> RemovableHandle:
    """Call ``hook(module, name, buffer)`` for every buffer added; it may return another."""
    return _add(_registration_hooks["buffer"], hook)


def registered(kind: str, module: Any, name: str, value: Any) -> Any:
    """Return what is to be registered, by the say of the hooks for its kind."""
    for hook in tuple(_registration_hooks[kind].values()):
        result = hook(module, name, value)
        if result is not None:
            value = result
    return value
