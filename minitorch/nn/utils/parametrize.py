"""Parameters that are computed from others whenever they are read.

A parametrised module gets a class of its own, below its old one, with a property in the place of
the parameter. What is trained is kept in ``module.parametrizations``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from copy import deepcopy
from typing import Any

from minitorch.autograd.grad_mode import no_grad
from minitorch.nn.modules.container import ModuleDict, ModuleList
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.tensor import Tensor

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]

# Within cached(): by module, which is kept so that no other gets its id, and name.
_Cache = dict[tuple[Module, str], Tensor]
_cache: ContextVar[_Cache | None] = ContextVar("cache", default=None)


@contextmanager
def cached() -> Iterator[None]:
    """Compute each parametrised tensor once within the block, however often it is read.

    That is for this thread; others compute theirs whenever they read them.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.parametrize.cached.html
    """
    outer = _cache.get()
    token = _cache.set({} if outer is None else outer)
    try:
        yield
    finally:
        _cache.reset(token)


def _register_parameter_or_buffer(module: Module, name: str, x: Tensor) -> None:
    if isinstance(x, Parameter):
        module.register_parameter(name, x)
    else:
        module.register_buffer(name, x)


class ParametrizationList(ModuleList):
    """The parametrisations of one tensor, first to last, and what they start from.

    That is ``original``, or ``original0``, ``original1``, ... if the first parametrisation's
    ``right_inverse`` returns several tensors.

    Args:
        modules: the parametrisations.
        original: the parameter or buffer that they take the place of.
        unsafe: whether they may change its dtype and shape; nothing is checked then.

    Raises:
        ValueError: if there are none, or one changes dtype or shape.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.parametrize.ParametrizationList.html
    """

    original: Tensor

    def __init__(
        self, modules: Sequence[Module], original: Tensor | Parameter, unsafe: bool = False
    ) -> None:
        if len(modules) == 0:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        shape, dtype = original.shape, original.dtype
        with no_grad():
            new: Any = original
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    with suppress(NotImplementedError):  # which means the identity
                        new = module.right_inverse(new)
        if not isinstance(new, Tensor | Sequence):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                f"Got {type(new).__name__}"
            )
        self.is_tensor = isinstance(new, Tensor)
        self.ntensors = 1 if isinstance(new, Tensor) else len(new)
        before = original.data
        try:
            if isinstance(new, Tensor):
                self._keep_one(original, new)
            else:
                self._keep_several(original, new)
            if not self.unsafe:
                _require_like(self(), shape, dtype)
        except Exception:
            original.data = before  # what is refused changes nothing
            raise

    def _keep_one(self, original: Tensor, new: Tensor) -> None:
        if original.dtype != new.dtype:
            raise ValueError(
                "When `right_inverse` outputs one tensor, it may not change the dtype.\n"
                f"original.dtype: {original.dtype}\n"
                f"right_inverse(original).dtype: {new.dtype}"
            )
        with no_grad():
            original.set_(new)  # the parameter that an optimizer may know already
        _register_parameter_or_buffer(self, "original", original)

    def _keep_several(self, original: Tensor, new: Sequence[Any]) -> None:
        for i, x in enumerate(new):
            if not isinstance(x, Tensor):
                raise ValueError(
                    "'right_inverse' must return a Tensor or a Sequence of tensors (list, "
                    f"tuple...). Got element {i} of the sequence with type {type(x).__name__}."
                )
            if isinstance(original, Parameter):
                x = Parameter(x, original.requires_grad)
            x.requires_grad_(original.requires_grad)
            _register_parameter_or_buffer(self, f"original{i}", x)

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the parametrised tensor gets this value.

        Raises:
            RuntimeError: if a parametrisation has no ``right_inverse``.
            ValueError: if one returns something else than what is kept.
        """
        new: Any = value
        with no_grad():
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(
                        f"parametrization {type(module).__name__} does not implement right_inverse."
                    )
                new = module.right_inverse(new)
            if self.is_tensor:
                if not isinstance(new, Tensor):
                    raise ValueError(
                        f"`right_inverse` should return a tensor. Got {type(new).__name__}"
                    )
                if new.dtype != self.original.dtype:
                    raise ValueError(
                        f"The tensor returned by `right_inverse` has dtype {new.dtype} while "
                        f"`original` has dtype {self.original.dtype}"
                    )
                self.original.set_(new)
            else:
                self._set_several(new)

    def _set_several(self, new: Any) -> None:
        if not isinstance(new, Sequence):
            raise ValueError(
                f"'right_inverse' must return a sequence of tensors. Got {type(new).__name__}."
            )
        if len(new) != self.ntensors:
            raise ValueError(
                "'right_inverse' must return a sequence of tensors of length "
                f"{self.ntensors}. Got a sequence of length {len(new)}."
            )
        for i, x in enumerate(new):
            original = getattr(self, f"original{i}")
            if not isinstance(x, Tensor):
                raise ValueError(
                    "'right_inverse' must return a sequence of tensors. Got element "
                    f"{i} of type {type(x).__name__}."
                )
            if original.dtype != x.dtype:
                raise ValueError(
                    f"Tensor {i} returned by `right_inverse` has dtype {x.dtype} while "
                    f"`original{i}` has dtype {original.dtype}"
                )
            original.set_(x)

    def _originals(self) -> list[Tensor]:
        if self.is_tensor:
            return [self.original]
        return [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def __len__(self) -> int:
        return sum(name.isdigit() for name in self._modules)

    def forward(self) -> Any:
        first, *others = self
        x = first(*self._originals())
        for module in others:
            x = module(x)
        return x


def _require_like(x: Any, shape: Any, dtype: Any) -> None:
    """Refuse what a parametrisation made of a tensor, if it is not alike."""
    if not isinstance(x, Tensor):
        raise ValueError(f"A parametrization must return a tensor. Got {type(x).__name__}.")
    for what, old, new in (("dtype", dtype, x.dtype), ("shape", shape, x.shape)):
        if old != new:
            raise ValueError(
                f"Registering a parametrization may not change the {what} of the tensor, unless "
                f"`unsafe` flag is enabled.\nunparametrized {what}: {old}\n"
                f"parametrized {what}: {new}"
            )


def _require_inverse_like(x: Any, shape: Any, dtype: Any) -> None:
    if not isinstance(x, Tensor):
        raise ValueError(
            f"parametrization.right_inverse must return a tensor. Got: {type(x).__name__}"
        )
    for what, old, new in (("dtype", dtype, x.dtype), ("shape", shape, x.shape)):
        if old != new:
            raise ValueError(
                f"The tensor returned by parametrization.right_inverse must have the same {what} "
                f"as the module's, unless the `unsafe` flag is enabled.\n"
                f"the module's {what}: {old}\nreturned {what}: {new}"
            )


def _inject_new_class(module: Module) -> None:
    """Give a module a class of its own, to take properties."""
    cls: Any = type(module)

    # mypy reads no base that is computed.
    class Parametrized(cls):  # type: ignore[misc]
        def __getstate__(self) -> Any:
            raise RuntimeError(
                "Serialization of parametrized modules is only supported through state_dict(): "
                "save that, and load it into a module that has been parametrized the same way."
            )

        def __deepcopy__(self, memo: dict[int, Any]) -> Any:
            if hasattr(cls, "__deepcopy__"):
                return super().__deepcopy__(memo)
            replica = memo[id(self)] = object.__new__(cls)
            replica.__dict__.update(deepcopy(self.__dict__, memo))
            _inject_new_class(replica)  # of its own, too: either may change what is parametrised
            for name in replica.parametrizations:
                _inject_property(replica, name)
            return replica

    Parametrized.__name__ = Parametrized.__qualname__ = f"Parametrized{cls.__name__}"
    module.__class__ = Parametrized


def _inject_property(module: Module, name: str) -> None:
    def read(self: Any) -> Any:
        parametrization = self.parametrizations[name]
        cache = _cache.get()
        if cache is None:
            return parametrization()
        key = (self, name)
        if key not in cache:
            cache[key] = parametrization()
        return cache[key]

    def write(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    setattr(type(module), name, property(read, write))


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Compute a parameter or buffer of a module by another module from now on.

    ``module.<tensor_name>`` is ``parametrization(original)``; what is trained is the original, in
    ``module.parametrizations.<tensor_name>``. Several parametrisations run one after the other.
    Assigning to the name sets the original by ``parametrization.right_inverse``, if there is one;
    it also gives the original's first value, and may return several tensors.

    Args:
        module: whose parameter.
        tensor_name: its name.
        parametrization: takes the original, or several, and returns the tensor.
        unsafe: whether it may change dtype and shape; nothing is checked then.

    Returns:
        The module.

    Raises:
        ValueError: if there is no such parameter or buffer, or dtype or shape change.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.parametrize.register_parametrization.html
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        if not unsafe:
            _check_next(getattr(module, tensor_name), parametrization)
        known = module.parametrizations[tensor_name]
        known.append(parametrization)
        known.unsafe |= unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        made = ParametrizationList([parametrization], getattr(module, tensor_name), unsafe=unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _inject_new_class(module)
            module.parametrizations = ModuleDict()
        _inject_property(module, tensor_name)
        module.parametrizations[tensor_name] = made
    else:
        raise ValueError(
            f"Module '{module}' does not have a parameter, a buffer, or a parametrized element "
            f"with name '{tensor_name}'"
        )
    return module


def _check_next(current: Tensor, parametrization: Any) -> None:
    """Try a parametrisation that is to follow others."""
    x = parametrization(current)
    _require_like(x, current.shape, current.dtype)
    if hasattr(parametrization, "right_inverse"):
        try:
            inverse = parametrization.right_inverse(x)
        except NotImplementedError:
            return
        _require_inverse_like(inverse, current.shape, current.dtype)


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Return whether a module has parametrisations, of one tensor or of any.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.parametrize.is_parametrized.html
    """
    found = getattr(module, "parametrizations", None)
    if not isinstance(found, ModuleDict):
        return False
    return len(found) > 0 if tensor_name is None else tensor_name in found


def remove_parametrizations(
    module: Module, tensor_name: str, leave_parametrized: bool = True
) -> Module:
    """Make a parametrised tensor an ordinary one again.

    Args:
        module: whose tensor.
        tensor_name: its name.
        leave_parametrized: whether it keeps its value, or gets the original's back.

    Returns:
        The module.

    Raises:
        ValueError: if the tensor is not parametrised, or has several originals to get back.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.parametrize.remove_parametrizations.html
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    parametrizations = module.parametrizations[tensor_name]
    if parametrizations.is_tensor:
        original = parametrizations.original
        if leave_parametrized:
            with no_grad():
                original.set_(getattr(module, tensor_name))
    elif leave_parametrized:
        x = getattr(module, tensor_name)  # recorded, to know whether an original required grad
        original = Parameter(x) if x.requires_grad else x
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is "
            "parametrized in terms of a sequence of tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    _register_parameter_or_buffer(module, tensor_name, original)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def type_before_parametrizations(module: Module) -> type:
    """Return the class that a module had before it was parametrised.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.parametrize.type_before_parametrizations.html
    """
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def transfer_parametrizations_and_params(
    from_module: Module, to_module: Module, tensor_name: str | None = None
) -> Module:
    """Give a module the parametrisations and originals of another one; both share them.

    Args:
        from_module: if it has none, nothing happens.
        to_module: gets parameters that it lacks.
        tensor_name: of the one to transfer; None: all.

    Returns:
        The second module.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.parametrize.transfer_parametrizations_and_params.html
    """
    if not is_parametrized(from_module):
        return to_module
    for name in list(from_module.parametrizations) if tensor_name is None else [tensor_name]:
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name)))
        given = from_module.parametrizations[name]
        for parametrization in given:
            register_parametrization(to_module, name, parametrization)
        taken = to_module.parametrizations[name]
        for original in [n for n in given._parameters | given._buffers]:
            setattr(taken, original, getattr(given, original))
    return to_module
