"""``freeze`` and ``unfreeze``: parts of a model that training leaves as they are."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Self

from minitorch.core.errors import near
from minitorch.nn.parameter import Parameter

if TYPE_CHECKING:
    from minitorch.nn.modules.module import Module


class Freezing:
    """Methods of modules that keep parts of them out of training, and let them in again.

    Note [Frozen modules]
    ~~~~~~~~~~~~~~~~~~~~~
    A parameter with ``requires_grad=False`` still moves in PyTorch where a gradient was left behind
    (weight decay and momentum act on it then), and batch norm goes on taking statistics, for it
    asks for the mode, not for gradients. So a module is *frozen* as a whole: no parameter in it
    requires grad or holds a gradient, without which optimizers pass over it, and it stays in
    evaluation mode. ``train()`` changes what ``_thawed_mode`` remembers, the mode it goes back to.
    """

    training: bool
    # The mode to go back to; None: not frozen. Only modules that are have it among their fields.
    _thawed_mode: bool | None = None

    named_parameters: Callable[..., Iterator[tuple[str, Parameter]]]
    named_modules: Callable[..., Iterator[tuple[str, Any]]]

    def freeze(self, *patterns: str) -> Frozen:
        """Keep parts of this module as they are until ``unfreeze``, whatever ``train`` says.

        Their parameters stop to require grad and lose the gradients they have, so that optimizers
        pass over them, weight decay and momentum included; modules of which all parameters are
        frozen stay in evaluation mode: batch norm keeps its statistics, dropout passes on. Where
        nothing before them is trained, no graph is recorded for them. What a frozen trunk makes of
        a data set need be computed once only: ``utils.data.CachedFeatures``.

        Args:
            patterns: names of modules or parameters as ``named_modules`` and ``named_parameters``
                give them, with the wildcards of ``fnmatch``: ``"conv*"``, ``"layer[12].*"``. What
                lies below a module goes with it. None: everything.

        Returns:
            What thaws exactly these parts again at the end of a ``with``; to be ignored else.

        Raises:
            ValueError: a pattern fits no name.

        Source: fine-tuning as practised, for example ``BaseFinetuning.freeze`` of Lightning.

        Example:
            >>> model.freeze("layer[123].*", "conv1", "bn1")
            >>> with model.freeze():
            ...     train(head)
        """
        parameters, modules = self._find_parts(patterns)
        modules = [module for module in modules if module._thawed_mode is None]
        before = Frozen(modules, [(p, p.requires_grad) for p in parameters])
        for parameter in parameters:
            parameter.requires_grad_(False)
            parameter.grad = None
        for module in modules:
            module._thawed_mode, module.training = module.training, False
        return before

    def unfreeze(self, *patterns: str) -> Self:
        """Let parts of this module, named as for ``freeze``, train again.

        All floating-point and complex parameters among them require grad, and modules that hold
        one take the mode that ``train`` or ``eval`` last set. State that an optimizer has of them
        is used again.
        """
        parameters, modules = self._find_parts(patterns)
        for parameter in parameters:
            parameter.requires_grad_(parameter.is_floating_point() or parameter.is_complex())
        thawed = {id(parameter) for parameter in parameters}
        holders = (
            module
            for _, module in self.named_modules()
            if any(id(p) in thawed for p in module.parameters())
        )
        _thaw([*modules, *holders])
        return self

    def is_frozen(self) -> bool:
        """Whether ``freeze`` holds this module in evaluation mode."""
        return self._thawed_mode is not None

    def named_trainable_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield (dotted name, parameter) of those that require grad."""
        return ((name, p) for name, p in self.named_parameters() if p.requires_grad)

    def trainable_parameters(self) -> Iterator[Parameter]:
        """Yield the parameters that require grad, for an optimizer."""
        return (parameter for _, parameter in self.named_trainable_parameters())

    def _find_parts(self, patterns: tuple[str, ...]) -> tuple[list[Parameter], list[Module]]:
        """Return the parameters that are meant, and the modules that have no others."""
        named_modules = list(self.named_modules(remove_duplicate=False))
        named_parameters = list(self.named_parameters(remove_duplicate=False))
        names = [name for name, _ in named_modules + named_parameters]
        fitting = {name for name in names if not patterns}
        for pattern in patterns:
            found = {name for name in names if fnmatchcase(name, pattern)}
            if not found:
                raise ValueError(
                    f"no module or parameter of this {type(self).__name__} fits {pattern!r}."
                    f"{near(pattern, names)} named_modules() and named_parameters() list the names."
                )
            fitting |= found
        parameters = {id(p): p for name, p in named_parameters if _is_within(name, fitting)}
        modules: dict[Module, None] = {}
        for name, module in named_modules:
            own = [id(p) for p in module.parameters()]
            if own and parameters.keys() >= set(own):
                fitting.add(name)  # and what it has below, dropout for one
            if _is_within(name, fitting):
                modules[module] = None
        return list(parameters.values()), list(modules)


class Frozen:
    """What ``freeze`` returns: at the end of a ``with``, what it froze is as it was before."""

    def __init__(self, modules: list[Module], flags: list[tuple[Parameter, bool]]) -> None:
        self._modules = modules
        self._flags = flags

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        for parameter, requires_grad in self._flags:
            parameter.requires_grad_(requires_grad)
        _thaw(self._modules)

    def __repr__(self) -> str:
        return f"Frozen({len(self._flags)} parameters, {len(self._modules)} modules)"


def _thaw(modules: Iterable[Module]) -> None:
    for module in modules:
        if module._thawed_mode is not None:
            module.training = module._thawed_mode
            del module._thawed_mode


def _is_within(name: str, names: Container[str]) -> bool:
    """Whether a dotted name, or that of a module around it, is among the names."""
    while name and name not in names:
        name = name.rpartition(".")[0]
    return name in names
