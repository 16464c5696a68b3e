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
    *,
    fixed_size: bool = False,
    **with_weights: Any,
) -> Callable[[Callable[..., M]], Callable[..., M]]:
    """Register a function that builds a model, and let it take ``weights`` and ``progress``.

    Args:
        published: its weights; None where there are none.
        finish: called with a model that has got its weights, and the caller's arguments.
        fixed_size: whether it takes pictures of one size, ``image_size``, which is the weights'.
        with_weights: arguments that a model is built with if it gets weights, whatever is asked.
    """

    def decorate(make: Callable[..., M]) -> Callable[..., M]:
        @functools.wraps(make)
        def build(*, weights: Any = None, progress: bool = True, **kwargs: Any) -> M:
            if "pretrained" in kwargs:
                weights = _weights_of_old(make, kwargs.pop("pretrained"), published)
            if weights is not None and published is None:
                raise ValueError(f"{make.__name__} has no published weights, got {weights!r}")
            chosen = None if published is None else published.verify(weights)
            if chosen is None:
                return make(**kwargs)
            categories = chosen.meta["categories"]
            if categories is not None:
                _agree(kwargs, "num_classes", len(categories), chosen)
            if fixed_size:
                _agree(kwargs, "image_size", chosen.meta["min_size"][0], chosen)
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


_REMEDIES = {
    "num_classes": "Replace the last layer afterwards.",
    "image_size": "To another size they are brought by interpolate_embeddings.",
}


def _agree(kwargs: dict[str, Any], name: str, value: Any, weights: WeightsEnum) -> None:
    """Let an argument be what the weights were made with, and nothing else."""
    if kwargs.setdefault(name, value) != value:
        raise ValueError(
            f"The parameter '{name}' expected value {value} but got {kwargs[name]} instead: "
            f"the weights {weights!r} were made with it. {_REMEDIES[name]}"
        )


def _weights_of_old(
    make: Callable[..., Module], pretrained: Any, published: type[WeightsEnum] | None
) -> Any:
    """What ``pretrained=True`` meant before models had more than one file of weights."""
    warnings.warn(
        "The parameter 'pretrained' is deprecated since 0.13 and may be removed in the future, "
        "please use 'weights' instead.",
        UserWarning,
        stacklevel=3,
    )
    if not pretrained:
        return None
    if published is None or "IMAGENET1K_V1" not in published.__members__:
        raise ValueError(f"No weights available for model {make.__name__}")
    return published["IMAGENET1K_V1"]


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
