"""Published weights: where they are, how good, and what a picture has to become for them.

Source: torchvision's ``Weights``, ``WeightsEnum`` and ``ImageClassification``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, partial
from importlib import resources
from typing import Any, Self

from minitorch import hub
from minitorch.nn.modules.module import Module
from minitorch.tensor import Tensor
from minitorch.vision.transforms import InterpolationMode, functional as F

# The license of weights that began as those of "Revisiting Weakly Supervised Pre-Training of Visual
# Perception Models", Singh et al. 2022, https://arxiv.org/abs/2201.08371.
SWAG = "https://github.com/facebookresearch/SWAG/blob/main/LICENSE"


@dataclass(frozen=True)
class Weights:
    """What is known of a file of weights.

    Args:
        url: where it is; the eight digits before ``.pth`` begin its SHA-256.
        transforms: called without arguments, returns what a picture goes through first.
        meta: ``num_params``, ``min_size`` (height and width of the smallest picture),
            ``categories`` (names of the classes, or None), ``_metrics`` (accuracies in percent) and
            maybe ``license``.
    """

    url: str
    transforms: Callable[..., "ImageClassification"]
    meta: dict[str, Any] = field(repr=False)


class WeightsEnum(Enum):
    """The published weights of one model, by name: ``ResNet18_Weights.IMAGENET1K_V1``."""

    @classmethod
    def verify(cls, obj: Any) -> Self | None:
        """Return the member that is meant: one, None, or its name with the class's or without.

        Raises:
            TypeError: it is of another class.
            KeyError: there is none by that name.
        """
        if obj is None or isinstance(obj, cls):
            return obj
        if not isinstance(obj, str):
            raise TypeError(
                f"Invalid Weight class provided; expected {cls.__name__} "
                f"but received {type(obj).__name__}."
            )
        name = obj.removeprefix(f"{cls.__name__}.")
        if name not in cls.__members__:
            raise KeyError(f"{cls.__name__} has no {name!r}, only {', '.join(cls.__members__)}")
        return cls[name]

    def get_state_dict(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Load the file, downloaded on the first call; arguments: ``load_state_dict_from_url``."""
        return hub.load_state_dict_from_url(self.url, *args, **kwargs)

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Copy and pickle by name: a copied value would be no member's."""
        return getattr, (type(self), self.name)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"

    @property
    def url(self) -> str:
        return self.value.url

    @property
    def transforms(self) -> Callable[..., "ImageClassification"]:
        return self.value.transforms

    @property
    def meta(self) -> dict[str, Any]:
        return self.value.meta


class ImageClassification(Module):
    """Resize, cut out the middle, scale to [0, 1], normalise: pictures to (..., 3, crop, crop).

    Args:
        crop_size: side of the square that is cut out.
        resize_size: the shorter side before that.
        mean: of each channel.
        std: of each channel.
        interpolation: how pixels are resized.
        antialias: whether pixels that are left out are averaged in.
    """

    def __init__(
        self,
        *,
        crop_size: int,
        resize_size: int = 256,
        mean: Sequence[float] = (0.485, 0.456, 0.406),
        std: Sequence[float] = (0.229, 0.224, 0.225),
        interpolation: InterpolationMode = InterpolationMode.BILINEAR,
        antialias: bool | None = True,
    ) -> None:
        super().__init__()
        self.crop_size = [crop_size]
        self.resize_size = [resize_size]
        self.mean = list(mean)
        self.std = list(std)
        self.interpolation = interpolation
        self.antialias = antialias

    def forward(self, img: Any) -> Tensor:
        """Take a tensor (..., 3, H, W), an array (H, W, 3) or a Pillow image."""
        img = F.resize(img, self.resize_size, self.interpolation, antialias=self.antialias)
        img = F.center_crop(img, self.crop_size)
        img = F.convert_image_dtype(img) if isinstance(img, Tensor) else F.to_tensor(img)
        return F.normalize(img, self.mean, self.std)

    def __repr__(self) -> str:
        shown = ("crop_size", "resize_size", "mean", "std", "interpolation")
        lines = "".join(f"\n    {name}={getattr(self, name)}" for name in shown)
        return f"{type(self).__name__}({lines}\n)"


def imagenet(
    file: str,
    num_params: int,
    accuracies: tuple[float, float],
    *,
    min_size: tuple[int, int] = (1, 1),
    classifies: bool = True,
    license: str | None = None,
    **preset: Any,
) -> Weights:
    """Return what is known of weights for the 1,000 classes of ImageNet.

    Args:
        file: its name at PyTorch's, without ``.pth``.
        num_params: of the model.
        accuracies: in percent, that the class is the first guess, and one of the first five.
        min_size: height and width of the smallest picture that the model takes.
        classifies: False where the weights of the last layers are of no use.
        license: where that of the weights is, if it is not the one of most.
        preset: arguments of :class:`ImageClassification`, for which ``crop_size`` is 224.
    """
    return Weights(
        url=f"https://download.pytorch.org/models/{file}.pth",
        transforms=partial(ImageClassification, **{"crop_size": 224, **preset}),
        meta={
            "min_size": min_size,
            "categories": _imagenet_classes() if classifies else None,
            "num_params": num_params,
            **({} if license is None else {"license": license}),
            "_metrics": {"ImageNet-1K": dict(zip(("acc@1", "acc@5"), accuracies, strict=True))},
        },
    )


@cache
def _imagenet_classes() -> list[str]:
    text = resources.files("minitorch.models").joinpath("imagenet_classes.txt")
    return text.read_text(encoding="utf-8").splitlines()
