import numpy as np
import pytest

import minitorch as mt
from examples.cifar10.augment import (
    PAD,
    alternating_flips,
    crop_and_flip,
    scale_pixels,
    training_batch,
)
from examples.cifar10.config import Config
from examples.cifar10.files import Batch


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (64, 3, 32, 32), dtype=np.uint8)


def candidates(image):
    """Every image that a crop and a flip may make of this one."""
    padded = np.pad(image, ((0, 0), (PAD, PAD), (PAD, PAD)), mode="reflect")
    for y in range(2 * PAD + 1):
        for x in range(2 * PAD + 1):
            crop = padded[:, y : y + 32, x : x + 32]
            yield (y, x, False), crop
            yield (y, x, True), crop[:, :, ::-1]


def test_each_image_is_cropped_and_flipped_on_its_own(images):
    mt.manual_seed(0)
    results = crop_and_flip(images)
    assert results.shape == images.shape
    assert results.dtype == np.uint8
    found = []
    for image, result in zip(images, results, strict=True):
        kinds = [kind for kind, crop in candidates(image) if np.array_equal(crop, result)]
        assert len(kinds) == 1
        found += kinds
    assert len({(y, x) for y, x, _ in found}) > 30
    assert 16 < sum(is_flipped for *_, is_flipped in found) < 48
    assert {y for y, *_ in found} == set(range(9))


def test_the_images_themselves_stay(images):
    before = images.copy()
    crop_and_flip(images)
    np.testing.assert_array_equal(images, before)


def test_a_saved_random_state_repeats_the_augmentation(images):
    mt.manual_seed(3)
    crop_and_flip(images)
    state = mt.get_rng_state()
    first = crop_and_flip(images)
    second = crop_and_flip(images)
    assert not np.array_equal(first, second)
    mt.set_rng_state(state)
    np.testing.assert_array_equal(crop_and_flip(images), first)


def test_scaling_of_channels(images):
    scaled = scale_pixels(images, "channels")
    assert scaled.dtype == mt.float32
    expected = (images[:, 1] / 255 - 0.4822) / 0.2435
    np.testing.assert_allclose(scaled.numpy()[:, 1], expected, atol=1e-6)


def test_symmetric_scaling_is_the_tutorials(images, torchvision, torch):
    transform = torchvision.transforms.Compose(
        [
            torchvision.transforms.ToTensor(),
            torchvision.transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        ]
    )
    theirs = torch.stack([transform(image.transpose(1, 2, 0)) for image in images])
    ours = scale_pixels(images, "symmetric").numpy()
    np.testing.assert_array_equal(ours, theirs.numpy())
    assert ours.min() >= -1
    assert ours.max() <= 1


def test_a_batch_has_the_images_that_were_asked_for(images):
    split = Batch(images, np.arange(64) % 10)
    inputs, labels = training_batch(split, np.array([5, 2]), Config(augment=False), 0)
    assert labels.tolist() == [5, 2]
    np.testing.assert_array_equal(inputs.numpy()[1], scale_pixels(images, "channels").numpy()[2])


def test_alternating_flips_show_each_image_one_way_and_then_the_other(images):
    split = Batch(images, np.arange(64) % 10)
    config = Config(flip="alternating", shift=0)
    straight = scale_pixels(images, config.scaling).numpy()
    indices = np.random.default_rng(1).permutation(64)
    seen = [training_batch(split, indices, config, epoch)[0].numpy() for epoch in range(3)]
    flipped = alternating_flips(64, config.seed, 0)[indices]
    assert 16 < flipped.sum() < 48
    for number, index in enumerate(indices):
        ways = [straight[index], straight[index, :, :, ::-1]][:: -1 if flipped[number] else 1]
        for epoch in range(3):
            np.testing.assert_array_equal(seen[epoch][number], ways[epoch % 2])


def test_a_crop_moves_an_image_as_far_as_it_is_told(images):
    unmoved = np.zeros(64, dtype=bool)
    moved = crop_and_flip(images, 1, unmoved)
    padded = np.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)), mode="reflect")
    places = [(y, x) for y in range(3) for x in range(3)]
    found = [
        [
            (y, x)
            for y, x in places
            if np.array_equal(moved[n], padded[n, :, y : y + 32, x : x + 32])
        ]
        for n in range(64)
    ]
    assert all(len(of_image) == 1 for of_image in found)
    assert len({place for [place] in found}) == 9
