"""Says what pictures show, by a network that `examples.cifar10.train` or `finetune` has trained.

    python -m examples.cifar10.classify cat.jpg ship.png --run runs/cifar10_quick-...

Of each picture the square in its middle is taken and made as small as the network knows pictures.
Something it has never learnt is given one of the names, too: look at how sure it is.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import minitorch as torch
from examples.cifar10 import synthetic
from examples.cifar10.augment import scale_pixels
from examples.cifar10.checkpoint import BEST, FORMAT, TUNED_FORMAT, load_part, read_checkpoint
from examples.cifar10.config import Config, restore_config
from examples.cifar10.data import SYNTHETIC_NOTE
from examples.cifar10.errors import DataError, exit_code
from examples.cifar10.files import CLASS_NAMES
from examples.cifar10.models import build_networks, replace_head
from examples.cifar10.plots import draw_answers, need_matplotlib
from examples.cifar10.run_folder import newest_run
from minitorch import nn

if TYPE_CHECKING:
    from PIL.Image import Image

SIZE = 32
DRAWN = 20  # answers at most; printed is every one
NOTE = f"it has learnt {SYNTHETIC_NOTE}"


class Answer(NamedTuple):
    name: str
    picture: np.ndarray  # uint8 (H, W, 3), the square that was taken
    seen: np.ndarray  # uint8 (32, 32, 3), what the network is given
    probabilities: np.ndarray  # (classes,)

    def line(self, classes: Sequence[str]) -> str:
        first = np.argsort(-self.probabilities, kind="stable")[:3]
        return ", ".join(f"{classes[i]} {self.probabilities[i]:.0%}" for i in first)


class Classifier(NamedTuple):
    """Two trained halves, and what they go by."""

    net1: nn.Module
    net2: nn.Module
    config: Config
    classes: tuple[str, ...]
    note: str

    def answer(self, path: Path) -> Answer:
        picture, seen = read_picture(path)
        images = scale_pixels(seen.transpose(2, 0, 1)[None], self.config.scaling)  # (1, 3, 32, 32)
        with torch.no_grad():
            scores = self.net2(self.net1(images))
        return Answer(path.name, picture, seen, scores.softmax(dim=1)[0].numpy())


def load_classifier(path: Path) -> Classifier:
    """The networks of a run, from its best epoch; or those of the file that is named."""
    if path.is_dir():
        path = path / BEST if (path / BEST).exists() else path / "checkpoint.pt"
    content = read_checkpoint(path, ("net1", "net2"), (FORMAT, TUNED_FORMAT))
    config = restore_config(content["config"], str(path))
    net1, net2 = build_networks(config)
    classes = synthetic.CLASSES if content["is_synthetic"] else CLASS_NAMES
    if content["format"] == TUNED_FORMAT:
        classes = tuple(content["classes"])
        replace_head(net2, len(classes))
    load_part(path, content, "net1", net1)
    load_part(path, content, "net2", net2)
    note = NOTE if content["is_synthetic"] else ""
    return Classifier(net1.eval(), net2.eval(), config, classes, note)


def read_picture(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The square in the middle of a picture, (H, H, 3), and the same as (32, 32, 3)."""
    from PIL import Image, ImageOps, UnidentifiedImageError  # comes with Matplotlib

    try:
        with Image.open(path) as file:
            image = _in_bytes(ImageOps.exif_transpose(file)).convert("RGB")
    except UnidentifiedImageError as error:
        raise DataError(f"{path} is no picture that Pillow knows. PNG and JPEG are.") from error
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"cannot read the picture {path}: {reason}.") from error
    square = ImageOps.fit(image, (min(image.size),) * 2)
    shown = ImageOps.contain(square, (min(256, square.width),) * 2)
    return np.asarray(shown), np.asarray(square.resize((SIZE, SIZE)))


def _in_bytes(image: "Image") -> "Image":
    """Greys of 16 bits as bytes: convert() would make white of all but the darkest."""
    from PIL import Image

    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image) // 256).clip(0, 255).astype(np.uint8))


def classify(options: argparse.Namespace) -> int:
    need_matplotlib()
    path = options.run or newest_run("--run")
    classifier = load_classifier(path)
    answers = [classifier.answer(image) for image in options.images]
    width = max(len(answer.name) for answer in answers)
    for answer in answers:
        print(f"{answer.name:<{width}}  {answer.line(classifier.classes)}")
    title = f"What the network of {path.name} says"
    draw_answers(options.out, answers[:DRAWN], classifier.classes, title, classifier.note)
    print(f"The picture of it is {options.out}.")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(sys.argv[1:] if arguments is None else arguments)
    return exit_code(lambda: classify(options))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m examples.cifar10.classify",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("images", type=Path, nargs="+", metavar="IMAGE", help="PNG, JPEG, ...")
    parser.add_argument(
        "--run", type=Path, help="a run folder or a checkpoint (default: the newest in runs/)"
    )
    parser.add_argument("--out", type=Path, default=Path("answer.png"), help="default: %(default)s")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
