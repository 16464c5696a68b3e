"""Programs that learn to draw: a variational autoencoder and a generative adversarial network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def blobs(torch: Any, count: int) -> Any:
    """Soft round spots anywhere in an image, (count, 1, 16, 16) between 0 and 1."""
    axis = torch.linspace(-1, 1, 16)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    centre = torch.rand(count, 2, 1, 1) - 0.5
    size = 0.1 + 0.3 * torch.rand(count, 1, 1)
    squares = (x - centre[:, 0]) ** 2 + (y - centre[:, 1]) ** 2
    return torch.exp(-squares / size**2).unsqueeze(1)


def vae(torch: Any) -> Iterator[Any]:
    """A convolutional VAE: the noise of the reparametrisation, transposed convolutions."""
    nn, F = torch.nn, torch.nn.functional

    class VAE(nn.Module):
        def __init__(self, latent: int = 4) -> None:
            super().__init__()
            self.encoder = nn.Sequential(
                nn.Conv2d(1, 16, 4, stride=2, padding=1), nn.ReLU(),
                nn.Conv2d(16, 32, 4, stride=2, padding=1), nn.ReLU(), nn.Flatten(),
            )  # fmt: skip
            self.mean, self.log_var = nn.Linear(512, latent), nn.Linear(512, latent)
            self.decoder = nn.Sequential(
                nn.Linear(latent, 512), nn.ReLU(), nn.Unflatten(1, (32, 4, 4)),
                nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1), nn.ReLU(),
                nn.ConvTranspose2d(16, 1, 4, stride=2, padding=1),
            )  # fmt: skip

        def forward(self, x: Any) -> Any:
            h = self.encoder(x)
            mean, log_var = self.mean(h), self.log_var(h)
            z = mean + torch.randn_like(mean) * torch.exp(0.5 * log_var)
            return self.decoder(z), mean, log_var

    images = blobs(torch, 256)
    model = VAE()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    while True:
        for batch in torch.randperm(256).split(32):
            x = images[batch]
            logits, mean, log_var = model(x)
            likelihood = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
            divergence = -0.5 * torch.sum(1 + log_var - mean.pow(2) - log_var.exp())
            loss = (likelihood + divergence) / len(x)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield loss


def gan(torch: Any) -> Iterator[Any]:
    """A small DCGAN: two networks, two optimizers, and a graph that is cut between them.

    In float64: see Note [Chaos].
    """
    nn = torch.nn
    generator = nn.Sequential(
        nn.ConvTranspose2d(16, 32, 4, bias=False), nn.BatchNorm2d(32), nn.ReLU(True),
        nn.ConvTranspose2d(32, 16, 4, 2, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(True),
        nn.ConvTranspose2d(16, 1, 4, 2, 1, bias=False), nn.Sigmoid(),
    )  # fmt: skip
    discriminator = nn.Sequential(
        nn.Conv2d(1, 16, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True),
        nn.Conv2d(16, 32, 4, 2, 1, bias=False), nn.BatchNorm2d(32), nn.LeakyReLU(0.2, inplace=True),
        nn.Conv2d(32, 1, 4, bias=False), nn.Flatten(0),
    )  # fmt: skip

    def initialize(module: Any) -> None:
        if "Conv" in type(module).__name__:
            nn.init.normal_(module.weight, 0.0, 0.02)
        elif "BatchNorm" in type(module).__name__:
            nn.init.normal_(module.weight, 1.0, 0.02)
            nn.init.zeros_(module.bias)

    generator.double().apply(initialize)
    discriminator.double().apply(initialize)
    criterion = nn.BCEWithLogitsLoss()
    optimizer_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
    optimizer_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
    images = blobs(torch, 256).double()
    ones, zeros = torch.ones(32).double(), torch.zeros(32).double()
    while True:
        for batch in torch.randperm(256).split(32):
            fake = generator(torch.randn(32, 16, 1, 1).double())

            optimizer_d.zero_grad()
            loss_real = criterion(discriminator(images[batch]), ones)
            loss_real.backward()
            loss_fake = criterion(discriminator(fake.detach()), zeros)
            loss_fake.backward()
            optimizer_d.step()

            optimizer_g.zero_grad()
            loss_g = criterion(discriminator(fake), ones)
            loss_g.backward()
            optimizer_g.step()
            yield loss_real + loss_fake + loss_g
