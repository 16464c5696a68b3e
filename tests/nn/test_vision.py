"""Sampling at the places of a grid beside PyTorch's: what lies outside, layouts, identity grids."""

import numpy as np
import pytest

import minitorch as mt

MODES = ["bilinear", "nearest", "bicubic"]


@pytest.mark.parametrize("align_corners", [False, True], ids=["sides", "centers"])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", MODES)
def test_what_lies_outside_is_not_read(torch, mode, padding_mode, align_corners):
    """An infinity in the input is of no account where a point is out of its reach."""
    x = np.ones((1, 2, 3, 4))
    x[0, 0, 0, 0], x[0, 1, 0, 1] = np.inf, np.nan
    if padding_mode != "zeros":  # there places are moved inside, and may be moved onto these
        x = x[:, :, :, ::-1].copy()
    grid = np.float64([[[[9, 0], [-9, -9], [0.3, 2], [-1.7, 0.9], [0.55, 0.95], [-0.3, 1]]]])

    def script(torch):
        input = torch.from_numpy(x).requires_grad_()
        out = torch.nn.functional.grid_sample(
            input, torch.from_numpy(grid), mode, padding_mode, align_corners
        )
        out.sum().backward()
        return out.detach(), input.grad

    for ours, theirs in zip(script(mt), script(torch), strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-12)


@pytest.mark.parametrize("mode", MODES)
def test_results_are_contiguous(mode):
    x, grid = mt.ones(1, 2, 3, 3), mt.zeros(2, 2, 3, 1).permute(3, 2, 1, 0)
    for places in (grid, grid.contiguous()):
        out = mt.nn.functional.grid_sample(x, places, mode, align_corners=False)
        assert out.is_contiguous()


@pytest.mark.parametrize("align_corners", [False, True], ids=["sides", "centers"])
def test_places_of_an_identity_are_those_of_pytorch_to_the_last_digit(torch, align_corners):
    """Half a digit decides which element is the nearest."""
    for dtype in ("float32", "float64"):
        for n in range(2, 40):

            def script(torch, n=n, dtype=dtype):
                theta = torch.eye(2, 3, dtype=getattr(torch, dtype))[None]
                return torch.nn.functional.affine_grid(theta, (1, 1, n, n), align_corners)

            np.testing.assert_array_equal(script(mt).numpy(), script(torch).numpy())


@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", MODES)
def test_coordinates_that_are_no_number(torch, mode, padding_mode):
    nan, inf = np.nan, np.inf
    grid = np.float32([[[[nan, 0], [0, nan], [inf, 0], [nan, -inf], [nan, 9], [0.1, 0.1]]]])

    def script(torch):
        x = torch.arange(1.0, 17).reshape(1, 1, 4, 4)
        places = torch.from_numpy(grid)
        return torch.nn.functional.grid_sample(x, places, mode, padding_mode, True).numpy()

    np.testing.assert_allclose(script(mt), script(torch), rtol=1e-5)


@pytest.mark.parametrize("mode", MODES)
def test_examples_of_a_batch(mode):
    random = np.random.default_rng(0)
    x, grid = (mt.from_numpy(random.standard_normal(s)) for s in ((3, 2, 2, 4, 5), (3, 2, 3, 1, 2)))

    def loss(x, grid):
        out = mt.nn.functional.grid_sample(x, grid * 2, mode, "reflection", False)
        return (out * out).sum()

    slopes = mt.func.grad(loss, argnums=(0, 1))
    for i, found in enumerate(mt.func.vmap(slopes)(x, grid)):
        apart = [slopes(*pair)[i].numpy() for pair in zip(x, grid, strict=True)]
        np.testing.assert_allclose(found.numpy(), apart, atol=1e-12)
