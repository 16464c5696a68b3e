"""Models by name, and what a function that builds one does beside building it.

Source: torchvision's ``register_model``, ``get_model``, ``list_models``.
"""

import functools
import warnings
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from types import ModuleType
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

        @functools.wraps(build)
        def build_as_ever(*args: Any, **kwargs: Any) -> M:
            return build(**_of_today(make.__name__, published, args, kwargs))

        _BUILDERS[make.__name__] = build_as_ever
        if published is not None:
            _WEIGHTS[published.__name__] = published
            _WEIGHTS_OF[build_as_ever] = published
        return build_as_ever

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


def _of_today(
    model: str, published: type[WeightsEnum] | None, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Bring arguments to keywords that are legal since models have more than one file of weights.

    Before, ``pretrained=True`` or a first argument that was true meant the one file there was.
    """
    if args:
        positional = dict(zip(("weights", "progress"), args, strict=False))
        if len(args) > len(positional) or positional.keys() & kwargs.keys():
            raise TypeError(
                f"{model}() takes weights and progress, each once, and all else by keyword; "
                f"got {len(args)} positional arguments and {', '.join(kwargs) or 'no keywords'}"
            )
        _warn(
            f"Using {' and '.join(map(repr, positional))} as positional parameter(s) is deprecated "
            "since 0.13 and may be removed in the future. Please use keyword parameter(s) instead."
        )
        kwargs = kwargs | positional
    name = "weights" if "weights" in kwargs else "pretrained"
    is_of_today = name == "weights" and isinstance(kwargs[name], str | WeightsEnum | None)
    if name not in kwargs or is_of_today:
        return kwargs
    chosen = None
    if kwargs[name]:
        if published is None or "IMAGENET1K_V1" not in published.__members__:
            raise ValueError(f"No weights available for model {model}")
        chosen = published["IMAGENET1K_V1"]
    if name == "pretrained":
        _warn(
            "The parameter 'pretrained' is deprecated since 0.13 and may be removed in the future, "
            "please use 'weights' instead."
        )
    _warn(
        "Arguments other than a weight enum or `None` for 'weights' are deprecated since 0.13 and "
        f"may be removed in the future. The current behavior is equivalent to passing "
        f"`weights={chosen!r}`."
    )
    return {key: value for key, value in kwargs.items() if key != "pretrained"} | {
        "weights": chosen
    }


def _warn(message: str) -> None:
    warnings.warn(message, UserWarning, stacklevel=4)  # the line that asks for a model


def list_models(
    module: ModuleType | None = None,
    include: str | Iterable[str] | None = None,
    exclude: str | Iterable[str] | None = None,
) -> list[str]:
    """Return the names of all models, or of some.

    Args:
        module: where they are; all are in ``minitorch.models``.
        include: patterns such as ``"resnet*"``, of which one has to match.
        exclude: patterns of which none may match.
    """

    def listed(patterns: str | Iterable[str] | None) -> list[str]:
        return [patterns] if isinstance(patterns, str) and patterns else list(patterns or ())

    wanted, unwanted = listed(include), listed(exclude)
    return sorted(
        name
        for name, builder in _BUILDERS.items()
        if (module is None or builder.__module__.rpartition(".")[0] == module.__name__)
        and (not wanted or any(fnmatchcase(name, pattern) for pattern in wanted))
        and not any(fnmatchcase(name, pattern) for pattern in unwanted)
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
