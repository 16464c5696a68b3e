"""Transforms of pictures: torchvision's numbers and draws from the same seed."""

import pickle
import random
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch.utils.data import DataLoader, Dataset
from minitorch.vision import transforms as T
from minitorch.vision.transforms import functional as F

# (name, arguments); a mode of interpolation by its name. Each draws and computes as torchvision's.
CASES: list[tuple[str, dict[str, Any]]] = [
    ("Resize", {"size": 20}),
    ("Resize", {"size": (20, 30)}),
    ("Resize", {"size": 50, "max_size": 70}),
    ("Resize", {"size": 16, "antialias": False}),
    ("Resize", {"size": 64, "interpolation": "BICUBIC"}),
    ("Resize", {"size": 13, "interpolation": "BICUBIC"}),
    ("Resize", {"size": 13, "interpolation": "BICUBIC", "antialias": False}),
    ("Resize", {"size": 13, "interpolation": "NEAREST"}),
    ("Resize", {"size": 45, "interpolation": "NEAREST_EXACT"}),
    ("CenterCrop", {"size": 16}),
    ("CenterCrop", {"size": (40, 15)}),
    ("FiveCrop", {"size": 10}),
    ("TenCrop", {"size": (10, 12), "vertical_flip": True}),
    ("Pad", {"padding": (1, 2), "fill": 3}),
    ("Pad", {"padding": (-1, 2, -3, 1)}),
    ("Pad", {"padding": (1, 2, 3, 4), "padding_mode": "reflect"}),
    ("Pad", {"padding": [3], "padding_mode": "edge"}),
    ("Pad", {"padding": 3, "padding_mode": "symmetric"}),
    ("RandomCrop", {"size": 16}),
    ("RandomCrop", {"size": 16, "padding": 4}),
    ("RandomCrop", {"size": (16, 12), "padding": (2, 3), "padding_mode": "reflect"}),
    ("RandomCrop", {"size": 40, "pad_if_needed": True, "fill": 1}),
    ("RandomHorizontalFlip", {}),
    ("RandomVerticalFlip", {"p": 0.3}),
    ("RandomRotation", {"degrees": 30}),
    ("RandomRotation", {"degrees": 90, "expand": True}),
    ("RandomRotation", {"degrees": (10, 80), "interpolation": "BILINEAR", "fill": 1}),
    ("RandomRotation", {"degrees": 45, "center": (3, 4)}),
    ("RandomAffine", {"degrees": 20, "translate": (0.1, 0.2), "scale": (0.5, 1.5), "shear": 10}),
    ("RandomAffine", {"degrees": (0, 9), "shear": (0, 5, -5, 5), "fill": 1, "center": (2, 3)}),
    ("GaussianBlur", {"kernel_size": 3}),
    ("GaussianBlur", {"kernel_size": (5, 9), "sigma": 1.5}),
    ("RandomResizedCrop", {"size": 16}),
    ("RandomResizedCrop", {"size": (20, 10), "scale": (0.5, 1), "interpolation": "BICUBIC"}),
    ("ColorJitter", {"brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1}),
    ("ColorJitter", {"hue": (-0.5, 0.5)}),
    ("Grayscale", {"num_output_channels": 3}),
    ("Grayscale", {}),
    ("RandomGrayscale", {"p": 0.5}),
    ("RandomErasing", {"p": 0.9}),
    ("RandomErasing", {"p": 0.9, "value": "random"}),
    ("RandomErasing", {"p": 1, "value": (0.5,)}),
    ("RandomInvert", {}),
    ("RandomAutocontrast", {}),
    ("RandomEqualize", {"p": 0.7}),
    ("RandomPosterize", {"bits": 3}),
    ("RandomSolarize", {"threshold": 0.5}),
    ("RandomAdjustSharpness", {"sharpness_factor": 2}),
    ("RandAugment", {}),
    ("RandAugment", {"num_ops": 4, "magnitude": 20, "fill": 100}),
    ("TrivialAugmentWide", {"interpolation": "BILINEAR"}),
]
SHAPES = [(3, 32, 32), (1, 17, 23), (2, 3, 16, 20)]


def pictures() -> list[Any]:
    rng = np.random.default_rng(0)
    arrays = [rng.integers(0, 256, shape).astype(np.uint8) for shape in SHAPES]
    return [*arrays, *(rng.random(shape).astype(np.float32) for shape in SHAPES)]


def build(module: Any, name: str, options: dict[str, Any]) -> Any:
    if "interpolation" in options:
        mode = getattr(module.InterpolationMode, options["interpolation"])
        options = {**options, "interpolation": mode}
    return getattr(module, name)(**options)


def outcome(library: Any, transform: Any, array: Any, seed: int) -> Any:
    """What it gives, or the class of what it raises; and where the random stream stands."""
    library.manual_seed(seed)
    try:
        result = transform(library.from_numpy(array.copy()))
    except Exception as error:
        return type(error)
    images = [r.numpy() for r in (result if isinstance(result, tuple) else (result,))]
    return images, library.rand(1).item()


@pytest.mark.parametrize(("name", "options"), CASES)
def test_the_same_seed_gives_torchvisions_pictures(
    name: str, options: dict[str, Any], torch: ModuleType, torchvision: ModuleType
) -> None:
    ours, theirs = build(T, name, options), build(torchvision.transforms, name, options)
    assert repr(ours) == repr(theirs)
    for array in pictures():
        for seed in range(2):
            a, b = outcome(mt, ours, array, seed), outcome(torch, theirs, array, seed)
            if isinstance(a, type) or isinstance(b, type):
                assert a is b  # the same error: a grey picture, or a dtype it does not take
                continue
            assert a[1] == b[1]  # as many random numbers
            for x, y in zip(a[0], b[0], strict=True):
                assert x.dtype == y.dtype and x.shape == y.shape
                if array.dtype == np.uint8:  # the sum of four products may round .5 otherwise
                    off = np.abs(x.astype(int) - y.astype(int))
                    assert off.max() <= 1 and (off > 0).mean() < 0.004
                else:
                    np.testing.assert_allclose(x, y, atol=2e-5)


@pytest.mark.parametrize(("name", "options"), CASES)
def test_arrays_are_laid_out_as_to_tensor_reads_them(name: str, options: dict[str, Any]) -> None:
    if name == "RandAugment":
        options = {**options, "num_ops": 1}
    transform = build(T, name, options)
    for array in pictures():
        expected = outcome(mt, transform, array, 3)
        last = np.moveaxis(array, -3, -1)
        mt.manual_seed(3)
        if isinstance(expected, type):
            with pytest.raises(expected):
                transform(last)
            continue
        result = transform(last)
        for x, y in zip(
            result if isinstance(result, tuple) else (result,), expected[0], strict=True
        ):
            assert isinstance(x, np.ndarray)
            np.testing.assert_array_equal(np.moveaxis(x, -1, -3), y)


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "1"])
def test_pillow_images_come_back_as_such(mode: str) -> None:
    image_module = pytest.importorskip("PIL.Image")
    array = pictures()[0].transpose(1, 2, 0)
    image = image_module.fromarray(array).convert(mode)
    crop = T.Compose([T.RandomCrop(16, padding=4), T.RandomHorizontalFlip()])
    mt.manual_seed(0)
    result = crop(image)
    mt.manual_seed(0)
    assert result.mode == mode and result.size == (16, 16)
    np.testing.assert_array_equal(np.array(result), crop(np.array(image)))
    if mode == "RGB":
        np.testing.assert_array_equal(T.ToTensor()(image).numpy(), T.ToTensor()(array).numpy())
        back = T.ToPILImage()(T.ToTensor()(image))
        np.testing.assert_array_equal(np.array(back), array)


ARRAYS = [
    np.arange(24, dtype=np.uint8).reshape(2, 4, 3),
    np.arange(24, dtype=np.float32).reshape(2, 4, 3),
    np.arange(8, dtype=np.int64).reshape(2, 4),
    np.arange(8, dtype=np.float64).reshape(2, 4, 1),
]


@pytest.mark.parametrize("array", ARRAYS)
def test_to_tensor(array: Any, torchvision: ModuleType) -> None:
    ours, theirs = F.to_tensor(array), torchvision.transforms.functional.to_tensor(array)
    assert str(ours.dtype).split(".")[1] == str(theirs.dtype).split(".")[1]
    assert ours.tolist() == theirs.tolist() and ours.is_contiguous()


@pytest.mark.parametrize("source", ["uint8", "int16", "int32", "int64", "float32", "float64"])
@pytest.mark.parametrize("target", ["uint8", "int16", "int32", "int64", "float32", "float64"])
def test_convert_image_dtype(
    source: str, target: str, torch: ModuleType, torchvision: ModuleType
) -> None:
    array = np.array([[0.0, 0.25, 0.5, 0.999, 1.0]])
    if source.startswith("float"):
        array = array.astype(source)
    else:
        array = (array * 127).astype(source) * np.array(np.iinfo(source).max // 127, source)
    seen = []
    for library, module in ((mt, T), (torch, torchvision.transforms)):
        convert = module.ConvertImageDtype(getattr(library, target))
        try:
            seen.append(convert(library.from_numpy(array.copy())).tolist())
        except RuntimeError as error:
            seen.append(str(error)[-31:])
    assert seen[0] == seen[1]


def test_normalize(torch: ModuleType, torchvision: ModuleType) -> None:
    array = pictures()[3]
    means, deviations = (0.1, 0.2, 0.3), [0.5, 0.6, 0.7]
    ours, theirs = (
        T.Normalize(means, deviations),
        torchvision.transforms.Normalize(means, deviations),
    )
    expected = theirs(torch.from_numpy(array)).numpy()
    assert repr(ours) == repr(theirs)
    np.testing.assert_array_equal(ours(mt.from_numpy(array)).numpy(), expected)
    np.testing.assert_array_equal(np.moveaxis(ours(np.moveaxis(array, 0, -1)), -1, 0), expected)
    # Within a model: gradients flow, and in place it writes where it stands.
    image = mt.from_numpy(array.copy()).requires_grad_()
    ours(image).sum().backward()
    assert image.grad is not None
    np.testing.assert_allclose(image.grad[:, 0, 0].numpy(), 1 / np.array(deviations), rtol=1e-6)
    image = mt.from_numpy(array.copy())
    assert T.Normalize(means, deviations, inplace=True)(image) is image
    np.testing.assert_array_equal(image.numpy(), expected)


def test_what_wants_gradients_is_not_cut_off_silently() -> None:
    image = mt.ones(3, 4, 4, requires_grad=True)
    with pytest.raises(RuntimeError, match=r"record nothing.*requires grad"):
        F.hflip(image)
    with mt.no_grad():
        assert F.hflip(image).shape == (3, 4, 4)


def test_combining() -> None:
    add, double = T.Lambda(lambda x: x + 1), T.Lambda(lambda x: x * 2)
    assert T.Compose([add, double])(3) == 8
    mt.manual_seed(0)  # 0.4963, 0.7682
    half = T.RandomApply([add, add], p=0.5)
    assert [half(0), half(0)] == [2, 0]
    random.seed(0)
    assert [T.RandomChoice([add, double], p=[0.0, 1.0])(5) for _ in range(3)] == [10, 10, 10]
    assert T.RandomOrder([add, double])(5) in (11, 12)
    assert mt.nn.Sequential(T.CenterCrop(2), T.RandomHorizontalFlip(1.0))(
        mt.arange(16.0).reshape(1, 4, 4)
    ).tolist() == [[[6, 5], [10, 9]]]
    nested = T.Compose([T.RandomApply([T.Grayscale()]), T.RandomChoice([T.Pad(1)])])
    assert pickle.loads(pickle.dumps(nested)).transforms[0].p == 0.5


def test_printed_forms(torchvision: ModuleType) -> None:
    for module in (T, torchvision.transforms):
        parts = [module.Pad(1), module.Lambda(len)]
        shown = [
            repr(module.Compose([module.ToTensor(), module.RandomApply(parts, 0.3)])),
            repr(module.RandomChoice(parts)),
            repr(module.ToPILImage("RGB")),
        ]
        assert shown == [
            "Compose(\n    ToTensor()\n    RandomApply(\n    p=0.3\n    "
            "Pad(padding=1, fill=0, padding_mode=constant)\n    Lambda()\n)\n)",
            "RandomChoice(\n    Pad(padding=1, fill=0, padding_mode=constant)\n    Lambda()\n)"
            "(p=None)",
            "ToPILImage(mode=RGB)",
        ]


ERRORS: dict[str, Any] = {
    "resize to three": lambda t, x: t.Resize((1, 2, 3)),
    "resize to text": lambda t, x: t.Resize(None),
    "max_size too small": lambda t, x: t.Resize(20, max_size=10)(x),
    "max_size of two": lambda t, x: t.Resize((20, 10), max_size=40)(x),
    "a mode that Pillow alone has": lambda t, x: t.Resize(
        20, interpolation=t.InterpolationMode.BOX
    )(x),
    "no mode": lambda t, x: t.functional.resize(x, 20, "bilinear"),
    "crop of three": lambda t, x: t.CenterCrop((1, 2, 3)),
    "crop too large": lambda t, x: t.RandomCrop(99)(x),
    "five crops too large": lambda t, x: t.FiveCrop(99)(x),
    "padding of three": lambda t, x: t.Pad((1, 2, 3)),
    "padding of text": lambda t, x: t.Pad("a"),
    "padding_mode": lambda t, x: t.Pad(1, padding_mode="wrap"),
    "fill of text": lambda t, x: t.Pad(1, fill="a"),
    "reflection too large": lambda t, x: t.Pad(40, padding_mode="reflect")(x),
    "degrees": lambda t, x: t.RandomRotation(-1),
    "degrees of three": lambda t, x: t.RandomRotation((1, 2, 3)),
    "affine translate": lambda t, x: t.RandomAffine(1, translate=(2, 0)),
    "affine scale": lambda t, x: t.RandomAffine(1, scale=(0, 1)),
    "affine shear": lambda t, x: t.RandomAffine(1, shear=(0, 1, 2)),
    "blur even": lambda t, x: t.GaussianBlur(4),
    "blur sigma": lambda t, x: t.GaussianBlur(3, sigma=(2, 1)),
    "blur too large": lambda t, x: t.functional.gaussian_blur(x, 65),
    "rotate bicubic": lambda t, x: t.functional.rotate(x, 5, t.InterpolationMode.BICUBIC),
    "rotate by text": lambda t, x: t.functional.rotate(x, "a"),
    "two colours to fill": lambda t, x: t.functional.rotate(x, 5, fill=[1, 2]),
    "negative jitter": lambda t, x: t.ColorJitter(brightness=-1),
    "hue too far": lambda t, x: t.ColorJitter(hue=0.7),
    "jitter of text": lambda t, x: t.ColorJitter(contrast="a"),
    "negative factor": lambda t, x: t.functional.adjust_contrast(x, -1),
    "hue factor": lambda t, x: t.functional.adjust_hue(x, 0.6),
    "gamma": lambda t, x: t.functional.adjust_gamma(x, -1),
    "two channels": lambda t, x: t.functional.adjust_brightness(x[:2], 0.5),
    "grey in two": lambda t, x: t.Grayscale(2)(x),
    "posterize": lambda t, x: t.functional.posterize(x, 9),
    "normalize integers": lambda t, x: t.Normalize([0.5], [0.5])(x),
    "normalize by 0": lambda t, x: t.Normalize([0.5], [0.0])(x / 255),
    "normalize a plane": lambda t, x: t.Normalize([0.5], [0.5])(x[0] / 255),
    "normalize other channels": lambda t, x: t.Normalize((0.5, 0.5), [0.5])(x / 255),
    "normalize one channel by two": lambda t, x: t.Normalize([0.5], (0.5, 0.5))(x[:1] / 255),
    "nothing to resize": lambda t, x: t.Resize((4, 4))(x[:, :0]),
    "erasing text": lambda t, x: t.RandomErasing(value="noise"),
    "erasing p": lambda t, x: t.RandomErasing(p=2),
    "erasing scale": lambda t, x: t.RandomErasing(scale=(0.1, 2)),
    "erasing two colours": lambda t, x: t.RandomErasing(p=1, value=(1, 2))(x),
    "a line": lambda t, x: t.functional.hflip(x[0, 0]),
    "to_tensor of a tensor": lambda t, x: t.ToTensor()(x),
    "to_tensor of a line": lambda t, x: t.ToTensor()(np.zeros(3)),
    "to_pil_image of a list": lambda t, x: t.ToPILImage()([1]),
    "to_pil_image of a line": lambda t, x: t.ToPILImage()(np.zeros(3)),
    "to_pil_image of five channels": lambda t, x: t.ToPILImage()(np.zeros((2, 2, 5))),
    "to_pil_image mode": lambda t, x: t.ToPILImage("L")(np.zeros((2, 2, 3), np.uint8)),
    "to_pil_image dtype": lambda t, x: t.ToPILImage()(np.zeros((2, 2, 3), np.int64)),
    "no lambda": lambda t, x: t.Lambda(3),
    "no sequence": lambda t, x: t.RandomChoice(3),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors_are_torchvisions(case: str, torch: ModuleType, torchvision: ModuleType) -> None:
    array = pictures()[0]
    raised = []
    for library, module in ((mt, T), (torch, torchvision.transforms)):
        with pytest.raises(Exception) as caught:
            ERRORS[case](module, library.from_numpy(array.copy()))
        raised.append(caught.type)
    assert raised[0] is raised[1]


def test_contrast_is_rounded_as_torchvision_does(
    torch: ModuleType, torchvision: ModuleType
) -> None:
    low, high = np.triu_indices(256, 1)
    pairs = np.stack([low, (low + high) // 2, high], -1).astype(np.uint8)[:, None, None]
    theirs = torchvision.transforms.functional.autocontrast(torch.from_numpy(pairs)).numpy()
    np.testing.assert_array_equal(F.autocontrast(mt.from_numpy(pairs)).numpy(), theirs)


class Pictures(Dataset[Any]):
    def __init__(self, transform: Any) -> None:
        self.arrays = pictures()[0].reshape(1, 32, 32, 3).repeat(10, 0)
        self.transform = transform

    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int) -> Any:
        return self.transform(self.arrays[index]), index


@pytest.mark.timeout(60)
def test_the_same_pictures_from_any_number_of_workers() -> None:
    augment = T.Compose(
        [T.RandomCrop(32, 4), T.RandomChoice([T.RandomHorizontalFlip(), T.Pad(0)]), T.ToTensor()]
    )
    seen = []
    for workers in (0, 1, 2):
        mt.manual_seed(0)
        loader = DataLoader(Pictures(augment), 4, True, num_workers=workers, seed_batches=True)
        seen.append([(images.numpy(), labels.tolist()) for images, labels in loader])
    for batches in seen[1:]:
        for (a, labels), (b, same_labels) in zip(seen[0], batches, strict=True):
            assert labels == same_labels
            np.testing.assert_array_equal(a, b)
    assert len({images[i].tobytes() for images, _ in seen[0] for i in range(len(images))}) > 5


@pytest.mark.timeout(60)
def test_torchvisions_transforms_draw_apart_in_workers(torchvision: ModuleType) -> None:
    image_module = pytest.importorskip("PIL.Image")
    vision = torchvision.transforms
    crop = vision.Compose([image_module.fromarray, vision.RandomCrop(32, 4), np.array])
    batches = [images for images, _ in DataLoader(Pictures(crop), 5, num_workers=2)]
    assert len({picture.numpy().tobytes() for images in batches for picture in images}) > 5
