"""Fits a small network to a function, draws how well it does, and writes the file to ship.

    python -m examples.embed.fit

The function is the thermal resistance of a borehole with a loop of pipe in it, by a formula of line
sources. It stands for what takes a simulation of minutes: there, too, all that is needed is some
thousand examples. The network is that of `surrogate.py`.

The multipole method, of order zero: "Explicit Multipole Formulas for Calculating Thermal
Resistance of Single U-Tube Ground Heat Exchangers", Claesson and Javed 2018,
https://doi.org/10.3390/en11010214
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from tqdm import tqdm

import minitorch as torch
from examples.embed.surrogate import HIGHEST, INPUTS, LOWEST, OUTPUTS, WEIGHTS, Network
from minitorch import Tensor, nn

PIPE_RESISTANCE = 0.05  # from the water through the wall of a pipe, m K/W


def resistances(boreholes: Tensor) -> Tensor:
    """The truth, (N, 5) to (N, 2)."""
    radius, pipe, place, grout, ground = boreholes.unbind(1)
    half = pipe + place * (radius - 2 * pipe)  # from the middle to that of a pipe
    share = (half / radius) ** 2
    jump = (grout - ground) / (grout + ground)
    wall = 2 * math.pi * grout * PIPE_RESISTANCE
    to_ground = wall + torch.log(radius**2 / (2 * pipe * half)) - jump * torch.log1p(-(share**2))
    between = wall + torch.log(2 * half / pipe) + 2 * jump * torch.atanh(share)
    return torch.stack([to_ground / 4, between], dim=1) / (math.pi * grout.unsqueeze(1))


def draw_boreholes(count: int) -> Tensor:
    """Boreholes of all kinds, (N, 5)."""
    lowest, highest = torch.tensor(LOWEST), torch.tensor(HIGHEST)
    return lowest + (highest - lowest) * torch.rand(count, len(INPUTS))


def fit(boreholes: Tensor, truth: Tensor, steps: int) -> Network:
    """All examples at once, by a method that learns of the curvature: small networks like it."""
    network = Network()
    optimizer = torch.optim.LBFGS(
        network.parameters(), max_iter=20, history_size=50, line_search_fn="strong_wolfe"
    )
    target = truth.log()

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(network.logarithm(boreholes), target)
        loss.backward()
        return loss

    bar = tqdm(range(1, steps + 1), unit="step")
    for step in bar:
        loss = optimizer.step(closure).item()  # before the step
        bar.set_postfix_str(f"off by {math.sqrt(loss):.3%}", refresh=False)
        if step % max(1, steps // 10) == 0:
            tqdm.write(f"step {step:3}: off by {math.sqrt(loss):.3%} (root of the mean square)")
    return network


@torch.no_grad()
def report(network: Network, boreholes: Tensor, truth: Tensor) -> str:
    off = (network(boreholes) / truth - 1).abs()
    lines = [f"On {len(boreholes)} boreholes it has not seen it is off by"]
    for name, errors in zip(OUTPUTS, off.unbind(1), strict=True):
        lines.append(f"  {errors.mean():.3%} in the mean, {errors.max():.2%} at worst: {name}")
    return "\n".join(lines)


@torch.no_grad()
def draw_picture(network: Network, boreholes: Tensor, truth: Tensor, path: Path) -> None:
    """Both resistances by the place of the pipes, and on boreholes that it has not seen."""
    figure = Figure(figsize=(12, 8), dpi=110, layout="constrained")
    for row, name, fitted, true in zip(
        figure.subplots(2, 2, width_ratios=(3, 2)),
        OUTPUTS,
        network(boreholes).unbind(1),
        truth.unbind(1),
        strict=True,
    ):
        draw_curves(network, OUTPUTS.index(name), row[0])
        row[0].set(xlabel="place of the pipes: close together to at the wall", ylabel=name)
        off = (fitted / true - 1) * 100
        row[1].hist(off.clamp(-1, 1).numpy(), bins=80, range=(-1, 1), color="#0b5fa5")
        row[1].set(
            xlabel="off by, % (what is off by more is in the bars at the ends)",
            ylabel=f"how many of {len(boreholes)} boreholes not seen",
        )
    figure.savefig(path)


def draw_curves(network: Network, output: int, axes: Axes) -> None:
    """One resistance, for three grouts."""
    place = torch.linspace(0, 1, 100)
    for grout, color in ((0.7, "#0b5fa5"), (1.2, "#c2571a"), (2.4, "#3b8132")):
        boreholes = torch.tensor([0.075, 0.016, 0.0, grout, 2.0]).repeat(len(place), 1)
        boreholes[:, 2] = place
        true, fitted = resistances(boreholes)[:, output], network(boreholes)[:, output]
        axes.plot(place.numpy(), true.numpy(), color="black", linewidth=4, alpha=0.25)
        axes.plot(place.numpy(), fitted.numpy(), color=color, label=f"grout of {grout} W/(m K)")
    axes.plot([], [], color="black", linewidth=4, alpha=0.25, label="the truth")
    axes.legend()
    axes.grid(alpha=0.3)
    axes.margins(x=0)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m examples.embed.fit",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--steps", type=int, default=60, help="of 20 iterations each")
    parser.add_argument("--examples", type=int, default=4096, help="boreholes to learn from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/embed"), help="for the results")
    options = parser.parse_args(arguments)
    if options.examples < 100:
        parser.error(f"{options.examples} examples are too few: 100 at least")
    if options.steps < 1:
        parser.error(f"{options.steps} steps are too few: 1 at least")
    options.out.mkdir(parents=True, exist_ok=True)  # what cannot be written is not fitted first

    torch.manual_seed(options.seed)
    boreholes, unseen = draw_boreholes(options.examples), draw_boreholes(2000)
    network = fit(boreholes, resistances(boreholes), options.steps)

    weights = options.out / WEIGHTS.name
    torch.save(network.state_dict(), weights)
    draw_picture(network, unseen, resistances(unseen), options.out / "fit.png")
    print(report(network, unseen, resistances(unseen)))
    print(f"Look at {options.out / 'fit.png'}: does the network cover the truth?")
    print(f"The weights are in {weights}; beside `surrogate.py` they are what it ships.")


if __name__ == "__main__":
    main()
