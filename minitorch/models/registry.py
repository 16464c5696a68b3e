"""Models by name, and what a function that builds one does beside building it.

Source: torchvision's ``register_model``, ``get_model``, ``list_models``.
"""

import functools
import warnings
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any, TypeVar

from minitorch.core.errors import near
from minitorch.models.weights import WeightsEnum
from minitorch.nn.modules.module import Module

M = TypeVar("M", bound=Module)

_BUILDERS: dict[str, Callable[..., Module]] = {}
_WEIGHTS: dict[str, type[WeightsEnum]] = {}  # by the name of the class
_WEIGHTS_OF: dict[Callable[..., Module], type[WeightsEnum]] = {}


def register_model(
    published: type[WeightsEnum] | None,
    finish: Callable[[Any, dict[str, Any]], None] | None = None,
    **with_weights: Any,
) -> Callable[[Callable[..., M]], Callable[..., M]]:
    """Register a function that builds a model, and let it take ``weights`` and ``progress``.

    Args:
        published: the weights there are.
        finish: called with a model that has got its weights, and the caller's arguments.
        with_weights: arguments that a model is built with if it gets weights, whatever is asked.
    """

    def decorate(make: Callable[..., M]) -> Callable[..., M]:
        @functools.wraps(make)
        def build(*, weights: Any = None, progress: bool = True, **kwargs: Any) -> M:
            if "pretrained" in kwargs:
                weights = _weights_of_old(kwargs.pop("pretrained"), published)
            if weights is not None and published is None:
                raise ValueError(f"{make.__name__} has no published weights, got {weights!r}")
            chosen = None if published is None else published.verify(weights)
            if chosen is None:
                return make(**kwargs)
            _set_classes(kwargs, chosen)
            model = make(**kwargs | with_weights)
            model.load_state_dict(chosen.get_state_dict(progress=progress, check_hash=True))
            if finish is not None:
                finish(model, kwargs)
            return model

        del build.__wrapped__  # its signature is the one shown
        _BUILDERS[make.__name__] = build
        if published is not None:
            _WEIGHTS[published.__name__] = published
            _WEIGHTS_OF[build] = published
        return build

    return decorate


def _set_classes(kwargs: dict[str, Any], weights: WeightsEnum) -> None:
    """Give a model the classes of its weights, and nobody others."""
    if weights.meta["categories"] is None:
        return
    classes = len(weights.meta["categories"])
    if kwargs.setdefault("num_classes", classes) != classes:
        raise ValueError(
            f"The parameter 'num_classes' expected value {classes} but got "
            f"{kwargs['num_classes']} instead: the weights {weights!r} have so many. "
            "Replace the last layer afterwards."
        )


def _weights_of_old(pretrained: Any, published: type[WeightsEnum] | None) -> Any:
    """What ``pretrained=True`` meant before models had more than one file of weights."""
    warnings.warn(
        "The parameter 'pretrained' is deprecated since 0.13 and may be removed in the future, "
        "please use 'weights' instead.",
        UserWarning,
        stacklevel=3,
    )
    return next(iter(published or [pretrained])) if pretrained else None


def list_models(
    include: str | Iterable[str] | None = None, exclude: str | Iterable[str] | None = None
) -> list[str]:
    """Return the names of all models, or of those that a pattern such as ``"resnet*"`` matches."""

    def matches(name: str, patterns: str | Iterable[str]) -> bool:
        each = [patterns] if isinstance(patterns, str) else patterns
        return any(fnmatchcase(name, pattern) for pattern in each)

    return sorted(
        name
        for name in _BUILDERS
        if (not include or matches(name, include)) and not (exclude and matches(name, exclude))
    )


def get_model_builder(name: str) -> Callable[..., Module]:
    """Return the function by that name, of which the case does not matter.

    Raises:
        ValueError: there is none.
    """
    found = _BUILDERS.get(name.lower())
    if found is None:
        raise ValueError(f"Unknown model {name.lower()}.{near(name.lower(), _BUILDERS)}")
    return found


def get_model(name: str, **config: Any) -> Module:
    """Build the model by that name.

    Raises:
        ValueError: there is none.
    """
    return get_model_builder(name)(**config)


def get_model_weights(name: str | Callable[..., Module]) -> type[WeightsEnum]:
    """Return the published weights of a model, given by its name or by the function.

    Raises:
        ValueError: there are none.
    """
    builder = get_model_builder(name) if isinstance(name, str) else name
    if builder not in _WEIGHTS_OF:
        raise ValueError(
            "The WeightsEnum class for the specific method couldn't be retrieved: "
            f"{getattr(builder, '__name__', builder)!r} is no function of minitorch.models that "
            "has published weights."
        )
    return _WEIGHTS_OF[builder]


def get_weight(name: str) -> WeightsEnum:
    """Return the weights by a full name such as ``"ResNet50_Weights.IMAGENET1K_V1"``.

    Raises:
        ValueError: there are none, or it is no full name.
        KeyError: the class has no member by the second part of the name.
    """
    of, dot, member = name.partition(".")
    if not dot or "." in member:
        raise ValueError(f"Invalid weight name provided: '{name}'.")
    if of not in _WEIGHTS:
        raise ValueError(
            f"The weight enum '{of}' for the specific method couldn't be retrieved."
            f"{near(of, _WEIGHTS)}"
        )
    found = _WEIGHTS[of].verify(member)
    assert found is not None  # a name was asked for
    return found
