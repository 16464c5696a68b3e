"""What a library ships: a network of 6,690 parameters and `predict`, from arrays to arrays.

    from examples.embed.surrogate import predict
    predict([0.075, 0.016, 0.4, 1.5, 2.0])  # array([0.1130, 0.3895], dtype=float32)

It says how well a borehole carries heat between the water in its pipes and the ground, which takes
a simulation else. `borehole.pth` beside this file holds what `fit.py` has learnt of it, and would
load in PyTorch as well; what is installed with the library is NumPy and minitorch.
"""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

import minitorch as torch
from minitorch import Tensor, nn

WEIGHTS = Path(__file__).with_name("borehole.pth")

# What is asked, from where to where it was learnt. The place of the two pipes is 0 where they touch
# each other and 1 where they touch the wall.
INPUTS = {
    "radius of the borehole, m": (0.055, 0.1),
    "radius of the pipes, m": (0.0125, 0.025),
    "place of the pipes": (0.0, 1.0),
    "conductivity of the grout, W/(m K)": (0.6, 2.5),
    "conductivity of the ground, W/(m K)": (1.0, 4.0),
}
LOWEST, HIGHEST = np.array(list(INPUTS.values()), np.float32).T
OUTPUTS = (
    "resistance between water and ground, m K/W",
    "resistance between the pipes, m K/W",
)


class Network(nn.Module):
    """Boreholes (…, 5) to their resistances (…, 2)."""

    def __init__(self) -> None:
        super().__init__()
        # Buffers: what scales the inputs is in the file too, and cannot be lost on the way.
        self.register_buffer("middle", torch.tensor((LOWEST + HIGHEST) / 2))
        self.register_buffer("reach", torch.tensor((HIGHEST - LOWEST) / 2))
        self.layers = nn.Sequential(
            nn.Linear(5, 64),
            nn.Tanh(),
            nn.Linear(64, 64),
            nn.Tanh(),
            nn.Linear(64, 32),
            nn.Tanh(),
            nn.Linear(32, 2),
        )

    def logarithm(self, boreholes: Tensor) -> Tensor:
        """Of the resistances: what is off by so much in it is off by such a share."""
        return self.layers((boreholes - self.middle) / self.reach)

    def forward(self, boreholes: Tensor) -> Tensor:
        return self.logarithm(boreholes).exp()


@cache
def load(path: Path = WEIGHTS) -> Network:
    network = Network()
    network.load_state_dict(torch.load(path, weights_only=True))
    return network.eval()


def predict(boreholes: ArrayLike, path: Path = WEIGHTS) -> np.ndarray:
    """Resistances, (…, 2) as `OUTPUTS`, of boreholes, (…, 5) as `INPUTS`.

    Raises:
        ValueError: it was not learnt there, or these are not five numbers each.
    """
    inputs = np.array(boreholes, dtype=np.float32)
    if inputs.shape[-1:] != (len(INPUTS),):
        raise ValueError(f"a borehole is {len(INPUTS)} numbers, got shape {inputs.shape}")
    # Far from what it has seen a network says something too. NaN is not inside either.
    inside = (inputs >= LOWEST) & (inputs <= HIGHEST)
    if not inside.all():
        place = tuple(np.argwhere(~inside)[0])
        name, (lowest, highest) = list(INPUTS.items())[place[-1]]
        raise ValueError(f"{name}: {inputs[place]:g} is not in {lowest} to {highest}")
    with torch.no_grad():
        return load(path)(torch.from_numpy(inputs)).numpy()
