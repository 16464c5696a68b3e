"""Learns an hourly demand for electricity with a GRU, and forecasts the days to come.

    python -m examples.time_series_gru.train

The series is made here: two peaks on working days, one long one at weekends, seasons, and a level
that wanders like the weather. The GRU reads it hour by hour, and says of the next hour what it
expects and how sure it is. To look further ahead it draws an hour from what it said, takes it for
true, and goes on; two hundred such futures tell what is likely, and how likely.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from tqdm import tqdm

import minitorch as torch
from minitorch import Tensor, nn

DAY, WEEK = 24, 7 * 24  # in hours
AHEAD = 3 * DAY  # of a forecast
BEFORE = 2 * WEEK  # what it has read by then
PATHS = 200  # futures drawn for each

# Shapes at line ends: N series, L hours.


class Series(NamedTuple):
    """What was demanded, and what the calendar says, hour by hour."""

    demand: Tensor  # (L,), in units of its own spread
    calendar: Tensor  # (L, 3): where the hand of the clock points, and whether it is a weekend

    def cut(self, starts: Tensor, length: int) -> tuple[Tensor, Tensor]:
        """Pieces that start at these hours: (N, length) and (N, length, 3)."""
        hours = starts.unsqueeze(1) + torch.arange(length)
        return self.demand[hours], self.calendar[hours]


def make_series(hours: int, seed: int) -> Series:
    random = np.random.default_rng(seed)
    hour = np.arange(hours)
    clock = hour % DAY
    is_weekend = hour // DAY % 7 >= 5

    def peak(at: float, width: float) -> np.ndarray:
        return np.exp(-(((clock - at) / width) ** 2))

    working, weekend = peak(8, 2) + 1.4 * peak(19, 3), 0.9 * peak(14, 5)
    season = 0.5 * np.cos(2 * np.pi * hour / (365 * DAY))
    weather, noise = 0.08 * random.standard_normal((2, hours))
    for i in range(1, hours):
        weather[i] += 0.99 * weather[i - 1]
    demand = np.where(is_weekend, weekend, working) * (1 + 0.3 * season) + season
    demand += 0.7 * weather + noise

    hand = 2 * np.pi * clock / DAY
    calendar = np.stack([np.sin(hand), np.cos(hand), is_weekend], axis=1)
    demand = (demand - demand.mean()) / demand.std()
    return Series(torch.from_numpy(demand).float(), torch.from_numpy(calendar).float())


class Forecaster(nn.Module):
    """An hour's demand and the calendar of the next, to the mean and the variance of the next."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.gru = nn.GRU(4, width, batch_first=True)
        self.head = nn.Linear(width, 2)

    def forward(
        self, demand: Tensor, calendar: Tensor, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:  # (N, L), (N, L, 3), (1, N, width)
        inputs = torch.cat([demand.unsqueeze(2), calendar], dim=2)  # (N, L, 4)
        features, state = self.gru(inputs, state)  # (N, L, width)
        change, log_variance = self.head(features).unbind(2)
        return demand + change, log_variance.exp(), state  # (N, L) each


def train(model: Forecaster, series: Series, steps: int) -> None:
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-3)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
    criterion = nn.GaussianNLLLoss()
    length = WEEK + DAY
    report_every = max(1, steps // 10)
    bar = tqdm(range(1, steps + 1), unit="step")
    for step in bar:
        starts = torch.randint(len(series.demand) - length, (32,))
        demand, calendar = series.cut(starts, length + 1)
        mean, variance, _ = model(demand[:, :-1], calendar[:, 1:])
        loss = criterion(mean, demand[:, 1:], variance)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        bar.set_postfix_str(f"negative log-likelihood {loss.item():+.3f}", refresh=False)
        if step % report_every == 0:
            tqdm.write(f"step {step:4}: negative log-likelihood {loss.item():+.3f}")


@torch.no_grad()
def forecast(model: Forecaster, series: Series, starts: Tensor) -> Tensor:
    """Futures from each of these hours on: (N, PATHS, AHEAD)."""
    past, _ = series.cut(starts - BEFORE, BEFORE)
    _, calendar = series.cut(starts - BEFORE + 1, BEFORE + AHEAD)  # of the hour to come
    mean, variance, state = model(past, calendar[:, :BEFORE])
    # From here on every series goes PATHS ways.
    mean, variance = mean[:, -1:].repeat(PATHS, 1), variance[:, -1:].repeat(PATHS, 1)
    state, calendar = state.repeat(1, PATHS, 1), calendar[:, BEFORE:].repeat(PATHS, 1, 1)
    hours = []
    for hour in range(AHEAD):
        drawn = torch.normal(mean, variance.sqrt())  # (PATHS · N, 1)
        hours.append(drawn)
        mean, variance, state = model(drawn, calendar[:, hour : hour + 1], state)
    return torch.cat(hours, dim=1).view(PATHS, len(starts), AHEAD).transpose(0, 1)


def draw_picture(series: Series, starts: Tensor, futures: Tensor, path: Path) -> None:
    """The first forecast with what came, and how far all of them were off."""
    figure = Figure(figsize=(12, 8), dpi=110, layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=(3, 2))

    now = int(starts[0])
    hours, shown = np.arange(AHEAD), 4 * DAY
    low, lower, middle, upper, high = quantiles(futures[0], 0.05, 0.25, 0.5, 0.75, 0.95).numpy()
    above.fill_between(hours, low, high, color="#0b5fa5", alpha=0.2, linewidth=0, label="90 %")
    above.fill_between(hours, lower, upper, color="#0b5fa5", alpha=0.35, linewidth=0, label="50 %")
    above.plot(hours, middle, color="#0b5fa5", label="forecast")
    truth = series.demand[now - shown : now + AHEAD].numpy()
    above.plot(np.arange(-shown, AHEAD), truth, color="black", linewidth=1.2, label="what came")
    above.axvline(0, color="black", linewidth=0.8, linestyle=":")
    above.set(xlabel="hours from now", ylabel="demand", title="The next three days")
    above.set_xticks(range(-shown, AHEAD + 1, DAY))
    above.legend(loc="upper left", ncols=4)

    error, naive = errors(series, starts, futures)
    below.plot(hours + 1, naive.numpy(), color="#8a8a8a", label="the same hour of the week before")
    below.plot(hours + 1, error.numpy(), color="#0b5fa5", label="forecast")
    below.set(xlabel="hours ahead", ylabel="mean absolute error", ylim=(0, None))
    below.set(title=f"How far off, in the mean of {len(starts)} forecasts")
    below.set_xticks(range(0, AHEAD + 1, DAY // 2))
    below.legend(loc="lower right")
    for axes in (above, below):
        axes.grid(alpha=0.3)
        axes.margins(x=0)
    figure.savefig(path)


def quantiles(futures: Tensor, *shares: float) -> Tensor:
    """(…, PATHS, AHEAD) to (share, …, AHEAD): below each lies this share of the paths."""
    ordered = futures.sort(dim=-2).values
    return torch.stack([ordered.select(-2, round(share * (PATHS - 1))) for share in shares])


def errors(series: Series, starts: Tensor, futures: Tensor) -> tuple[Tensor, Tensor]:
    """Mean absolute errors by the hours ahead, (AHEAD,) each: the forecasts', the week before's."""
    came, _ = series.cut(starts, AHEAD)
    week_before, _ = series.cut(starts - WEEK, AHEAD)
    (middle,) = quantiles(futures, 0.5)
    return (middle - came).abs().mean(0), (week_before - came).abs().mean(0)


def report(series: Series, starts: Tensor, futures: Tensor) -> str:
    error, naive = errors(series, starts, futures)
    came, _ = series.cut(starts, AHEAD)
    low, high = quantiles(futures, 0.05, 0.95)
    inside = ((low <= came) & (came <= high)).float().mean()
    return (
        f"{len(starts)} forecasts of {AHEAD} hours: off by {error.mean():.3f} in the mean, "
        f"the week before by {naive.mean():.3f};\n"
        f"{inside:.0%} of what came lies where the forecasts said 90 % would."
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m examples.time_series_gru.train",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--weeks", type=int, default=104, help="to learn from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/time_series_gru"),
                        help="folder of the results")  # fmt: skip
    options = parser.parse_args(arguments)
    if options.weeks < 2:
        parser.error(f"too little to learn from, --weeks {options.weeks}: 2 at least")

    torch.manual_seed(options.seed)
    known, unseen = options.weeks * WEEK, 12 * WEEK
    series = make_series(known + unseen, options.seed)
    model = Forecaster()
    train(model, Series(series.demand[:known], series.calendar[:known]), options.steps)

    starts = torch.arange(known + DAY // 2, known + unseen - AHEAD, 3 * DAY)  # every third noon
    futures = forecast(model, series, starts)
    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), options.out / "model.pt")
    draw_picture(series, starts, futures, options.out / "forecast.png")
    print(report(series, starts, futures))
    print(f"Look at {options.out / 'forecast.png'}: does what came stay inside the bands?")
    print(f"The weights are in {options.out / 'model.pt'}.")


if __name__ == "__main__":
    main()
