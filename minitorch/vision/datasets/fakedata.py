"""Pictures drawn at random, for trying a program before the real ones are there."""

from typing import Any

from minitorch.generator import Generator
from minitorch.random import randint, randn
from minitorch.tensor import Tensor
from minitorch.vision.datasets.vision import Transform, VisionDataset


class FakeData(VisionDataset):
    """Random pictures, the same for the same index. A sample is a uint8 array, and a number.

    Args:
        size: how many there are.
        image_size: (C, H, W); an array is (H, W, C), or (H, W) for one channel.
        num_classes: how many classes there are.
        transform: called with each picture.
        target_transform: called with each target, a tensor.
        random_offset: is added to an index to be the seed of its picture.

    Raises:
        ValueError: more than four channels.

    Source: ``torchvision.datasets.FakeData``, which gives Pillow images.
    """

    def __init__(
        self,
        size: int = 1000,
        image_size: tuple[int, int, int] = (3, 224, 224),
        num_classes: int = 10,
        transform: Transform | None = None,
        target_transform: Transform | None = None,
        random_offset: int = 0,
    ) -> None:
        super().__init__(transform=transform, target_transform=target_transform)
        self.size = size
        self.num_classes = num_classes
        self.image_size = image_size
        self.random_offset = random_offset

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if index >= len(self):
            raise IndexError(f"{type(self).__name__} index out of range")
        generator = Generator().manual_seed(index + self.random_offset)
        colours = randn(*self.image_size, generator=generator)
        if len(colours) > 4:
            raise ValueError(f"pic should not have > 4 channels. Got {len(colours)} channels.")
        target: Any = randint(0, self.num_classes, (1,), generator=generator)[0]
        array = (colours * 255).byte().permute(1, 2, 0).contiguous().numpy()
        picture, target = self._transformed(array[:, :, 0] if len(colours) == 1 else array, target)
        return picture, target.item() if isinstance(target, Tensor) else target

    def __len__(self) -> int:
        return self.size
