"""Teaches a variational autoencoder to write digits, and draws the map of all it can write.

    python -m examples.vae.train

The encoder turns an image into a small cloud of points in a plane, the decoder turns any point of
that plane back into an image. The loss asks for two things: the image must come back, and the
clouds of all images together must fill a round, gapless piece of the plane. So neighbouring points
are similar digits, and the way from one digit to another is a drawing at every step.

"Auto-Encoding Variational Bayes", Kingma and Welling 2013, https://arxiv.org/abs/1312.6114
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure
from tqdm import tqdm

import minitorch as torch
from minitorch import Tensor, nn
from minitorch.nn import functional as F
from minitorch.utils.data import DataLoader, TensorDataset

SIZE = 28  # of an image, in pixels

# How a pen goes through each digit: x to the right, y downwards, both from 0 to 1.
STROKES = (
    ((0.5, 0.1), (0.27, 0.25), (0.22, 0.5), (0.27, 0.75), (0.5, 0.9), (0.73, 0.75), (0.78, 0.5),
     (0.73, 0.25), (0.5, 0.1)),
    ((0.32, 0.28), (0.55, 0.1), (0.55, 0.9)),
    ((0.24, 0.3), (0.35, 0.13), (0.6, 0.1), (0.74, 0.27), (0.65, 0.5), (0.24, 0.9), (0.78, 0.9)),
    ((0.26, 0.18), (0.5, 0.1), (0.72, 0.25), (0.65, 0.43), (0.45, 0.48), (0.7, 0.55), (0.76, 0.74),
     (0.55, 0.9), (0.25, 0.84)),
    ((0.66, 0.9), (0.66, 0.1), (0.2, 0.64), (0.84, 0.64)),
    ((0.74, 0.1), (0.32, 0.1), (0.28, 0.47), (0.55, 0.42), (0.76, 0.57), (0.74, 0.78), (0.52, 0.9),
     (0.25, 0.83)),
    ((0.68, 0.1), (0.42, 0.28), (0.27, 0.58), (0.32, 0.82), (0.52, 0.9), (0.73, 0.78), (0.72, 0.57),
     (0.52, 0.48), (0.29, 0.62)),
    ((0.22, 0.1), (0.78, 0.1), (0.44, 0.9)),
    ((0.5, 0.48), (0.28, 0.3), (0.5, 0.1), (0.72, 0.3), (0.5, 0.48), (0.25, 0.7), (0.5, 0.9),
     (0.75, 0.7), (0.5, 0.48)),
    ((0.71, 0.38), (0.48, 0.52), (0.28, 0.43), (0.27, 0.22), (0.48, 0.1), (0.68, 0.18),
     (0.73, 0.42), (0.58, 0.72), (0.32, 0.9)),
)  # fmt: skip


class VAE(nn.Module):
    """Images (N, 1, 28, 28) to points (N, 2) and back to images, as logits."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Flatten(),
            nn.Linear(SIZE * SIZE, 400),
            nn.ReLU(),
            nn.Linear(400, 200),
            nn.ReLU(),
        )
        self.mean = nn.Linear(200, 2)
        self.log_variance = nn.Linear(200, 2)
        self.decoder = nn.Sequential(
            nn.Linear(2, 200),
            nn.ReLU(),
            nn.Linear(200, 400),
            nn.ReLU(),
            nn.Linear(400, SIZE * SIZE),
            nn.Unflatten(1, (1, SIZE, SIZE)),
        )

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """The cloud of each image: its centre and the logarithm of its variance, (N, 2) each."""
        features = self.encoder(images)
        return self.mean(features), self.log_variance(features)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mean, log_variance = self.encode(images)
        # A point of the cloud, so written that the gradient finds its way to mean and variance.
        point = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        return self.decoder(point), mean, log_variance


def loss_of(logits: Tensor, images: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """What it takes to write an image down, in nats: the negative evidence lower bound."""
    reconstruction = F.binary_cross_entropy_with_logits(logits, images, reduction="sum")
    # How far each cloud is from the standard normal distribution (Kullback-Leibler).
    divergence = 0.5 * (mean**2 + log_variance.exp() - log_variance - 1).sum()
    return (reconstruction + divergence) / len(images)


def train(model: VAE, images: Tensor, epochs: int) -> None:
    loader = DataLoader(TensorDataset(images), batch_size=128, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(1, epochs + 1):
        total = 0.0
        for (batch,) in tqdm(loader, desc=f"epoch {epoch}/{epochs}", leave=False):
            logits, mean, log_variance = model(batch)
            loss = loss_of(logits, batch, mean, log_variance)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        tqdm.write(f"epoch {epoch:2}/{epochs}   {total / len(images):6.2f} nats per image")


def draw_digits(count: int) -> tuple[Tensor, Tensor]:
    """Random digits in as many hands: images (N, 1, 28, 28) from 0 to 1, and labels (N,)."""
    labels = torch.randint(10, (count,))
    images = torch.empty(count, 1, SIZE, SIZE)
    for digit, stroke in enumerate(STROKES):
        chosen = labels == digit
        images[chosen] = draw(torch.tensor(stroke), int(chosen.sum()))
    return images, labels


def draw(stroke: Tensor, count: int) -> Tensor:
    """One stroke (P, 2), drawn again and again with a shaking hand: (N, 1, 28, 28)."""
    points = stroke - 0.5 + 0.02 * torch.randn(count, len(stroke), 2)
    points = points @ (torch.eye(2) + 0.12 * torch.randn(count, 2, 2))  # slant, turn, stretch
    points += 0.03 * torch.randn(count, 1, 2)
    points = round_corners(points)

    axis = torch.linspace(-0.6, 0.6, SIZE)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    pixels = torch.stack([x, y], dim=-1).view(SIZE * SIZE, 2)
    distance = torch.full((count, SIZE * SIZE), float("inf"))
    for start, end in zip(points[:, :-1].unbind(1), points[:, 1:].unbind(1), strict=True):
        start, way = start.unsqueeze(1), (end - start).unsqueeze(1)  # (N, 1, 2)
        share = ((pixels - start) * way).sum(-1, keepdim=True) / (way**2).sum(-1, keepdim=True)
        nearest = start + share.clamp(0, 1) * way  # on this piece of the stroke: (N, 784, 2)
        distance = torch.minimum(distance, (pixels - nearest).norm(dim=-1))
    width = 0.03 + 0.02 * torch.rand(count, 1)
    return torch.sigmoid((width - distance) / 0.01).view(count, 1, SIZE, SIZE)


def round_corners(points: Tensor) -> Tensor:
    """Cuts a quarter off both ends of each piece but the stroke's own ends: (N, P, 2) to 2P − 2."""
    start, end = points[:, :-1], points[:, 1:]
    cut = torch.stack([0.75 * start + 0.25 * end, 0.25 * start + 0.75 * end], dim=2).flatten(1, 2)
    return torch.cat([points[:, :1], cut[:, 1:-1], points[:, -1:]], dim=1)


@torch.no_grad()
def draw_picture(model: VAE, images: Tensor, labels: Tensor, path: Path) -> None:
    """Digits that it has not seen and what it made of them; where they lie; the map."""
    figure = Figure(figsize=(13, 8.6), dpi=110, layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1, 3))

    shown = images[:16]
    returned = torch.sigmoid(model.decoder(model.encode(shown)[0]))
    above.suptitle("Digits it has not seen, and below each what came back through two numbers")
    for axes, image in zip(above.subplots(2, 16).flat, torch.cat([shown, returned]), strict=True):
        axes.imshow(image[0].numpy(), cmap="gray_r", vmin=0, vmax=1)
        axes.axis("off")

    reach, steps = 2.6, 22
    left, right = below.subplots(1, 2)
    points = model.encode(images)[0]
    dots = left.scatter(*points.T.numpy(), c=labels.numpy(), cmap="tab10", vmin=-0.5, vmax=9.5, s=5)
    below.colorbar(dots, ax=left, ticks=range(10), shrink=0.7)
    left.set_title("Where the encoder puts each digit")

    axis = torch.linspace(-reach, reach, steps)
    y, x = torch.meshgrid(axis.flip(0), axis, indexing="ij")  # the first row on top
    tiles = torch.sigmoid(model.decoder(torch.stack([x.flatten(), y.flatten()], dim=1)))
    tiles = tiles.view(steps, steps, SIZE, SIZE).transpose(1, 2).reshape(steps * SIZE, -1)
    edge = reach * (1 + 1 / (steps - 1))
    right.imshow(tiles.numpy(), cmap="gray_r", extent=(-edge, edge, -edge, edge))
    right.set_title("What the decoder writes at each place")
    for axes in (left, right):
        axes.set(xlim=(-edge, edge), ylim=(-edge, edge), aspect="equal")
    figure.savefig(path)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m examples.vae.train",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--images", type=int, default=12_000, help="digits to draw and learn from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/vae"), help="folder of the results")
    options = parser.parse_args(arguments)
    if options.images < 64:
        parser.error(f"{options.images} images are too few: 64 at least")

    torch.manual_seed(options.seed)
    images, _ = draw_digits(options.images)
    unseen, labels = draw_digits(options.images // 4)
    model = VAE()
    train(model, images, options.epochs)

    options.out.mkdir(parents=True, exist_ok=True)
    torch.save(model.state_dict(), options.out / "model.pt")
    draw_picture(model, unseen, labels, options.out / "digits.png")
    print(f"Look at {options.out / 'digits.png'}: on the right, go from one digit to another.")
    print(f"The weights are in {options.out / 'model.pt'}.")


if __name__ == "__main__":
    main()
