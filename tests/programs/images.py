"""Programs that look at images, and one that looks at points."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np


def mlp(torch: Any) -> Iterator[Any]:
    """Points in two interleaved spirals: Adam, batch norm, dropout, a loader that shuffles."""
    nn, data = torch.nn, torch.utils.data
    turns = torch.rand(256, 1) * 3
    arm = torch.randint(2, (256,))
    angle = 2 * turns + torch.pi * arm.unsqueeze(1)
    points = turns * torch.cat([angle.cos(), angle.sin()], dim=1) + 0.05 * torch.randn(256, 2)
    loader = data.DataLoader(data.TensorDataset(points, arm), batch_size=32, shuffle=True)

    model = nn.Sequential(
        *(nn.Linear(2, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.2)),
        *(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.2)),
        nn.Linear(64, 2),
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.7)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
    while True:
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            yield loss
        scheduler.step()


def drawings(count: int, channels: int, size: int, seed: int = 0) -> tuple[Any, Any]:
    """Images of ten classes: waves of a direction and a length of their own, under noise."""
    random = np.random.RandomState(seed)
    labels = random.randint(10, size=count)
    y, x = np.mgrid[:size, :size] / size
    angle, waves = labels * np.pi / 10, 2 + labels % 3
    along = np.cos(angle)[:, None, None] * x + np.sin(angle)[:, None, None] * y
    phase = random.rand(count, 1, 1)
    pattern = np.sin(2 * np.pi * (waves[:, None, None] * along + phase))
    images = pattern[:, None] + 0.3 * random.randn(count, channels, size, size)
    return images.astype(np.float32), labels


def lenet(torch: Any) -> Iterator[Any]:
    """LeNet-5 by SGD with Nesterov's momentum."""
    nn, F = torch.nn, torch.nn.functional

    class LeNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
            self.conv2 = nn.Conv2d(6, 16, 5)
            self.fc1 = nn.Linear(16 * 5 * 5, 120)
            self.fc2 = nn.Linear(120, 84)
            self.fc3 = nn.Linear(84, 10)

        def forward(self, x: Any) -> Any:
            x = F.max_pool2d(F.relu(self.conv1(x)), 2)
            x = F.max_pool2d(F.relu(self.conv2(x)), 2)
            x = x.view(x.size(0), -1)
            return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))

    images, labels = map(torch.from_numpy, drawings(256, channels=1, size=28))
    model = LeNet()
    optimizer = torch.optim.SGD(
        model.parameters(), lr=0.02, momentum=0.9, nesterov=True, weight_decay=1e-4
    )
    while True:
        for batch in torch.randperm(256).split(16):
            loss = F.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield loss


def alexnet(torch: Any) -> Iterator[Any]:
    """AlexNet for 32×32 images in two halves, one optimizer over both, a cycle of the rate.

    In float64: see Note [Chaos].
    """
    nn = torch.nn

    def block(*channels: int, pools: bool = False) -> list[Any]:
        layers = [nn.Conv2d(*channels, 3, padding=1), nn.ReLU(inplace=True)]
        return [*layers, nn.MaxPool2d(2)] if pools else layers

    def initialize(module: Any) -> None:
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            nn.init.zeros_(module.bias)

    net1 = nn.Sequential(
        *block(3, 16, pools=True), *block(16, 48, pools=True),
        *block(48, 96), *block(96, 64), *block(64, 64, pools=True),
    )  # fmt: skip
    net2 = nn.Sequential(
        nn.Flatten(), nn.Dropout(0.5), nn.Linear(64 * 4 * 4, 256), nn.ReLU(inplace=True),
        nn.Dropout(0.5), nn.Linear(256, 128), nn.ReLU(inplace=True), nn.Linear(128, 10),
    )  # fmt: skip
    net1.double().apply(initialize)
    net2.double().apply(initialize)
    nn.init.normal_(net2[-1].weight, std=0.01)  # all classes are alike at first
    images, labels = map(torch.from_numpy, drawings(128, channels=3, size=32))
    images = images.double()
    optimizer = torch.optim.SGD(
        itertools.chain(net1.parameters(), net2.parameters()),
        lr=0.01, momentum=0.9, weight_decay=5e-4,
    )  # fmt: skip
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, total_steps=1000)
    while True:
        for batch in torch.randperm(128).split(16):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net2(net1(images[batch])), labels[batch])
            loss.backward()
            optimizer.step()
            scheduler.step()
            yield loss


def siamese(torch: Any) -> Iterator[Any]:
    """One encoder for both images of a pair: near where they are of a class, apart where not."""
    nn, F, data = torch.nn, torch.nn.functional, torch.utils.data
    images, labels = drawings(128, channels=1, size=16)

    class Pairs(data.Dataset):  # type: ignore[misc, name-defined]
        """An image, a second one of the same class or of another, and which of the two."""

        def __len__(self) -> int:
            return len(images)

        def __getitem__(self, index: int) -> Any:
            is_same = index % 2
            candidates = np.flatnonzero((labels == labels[index]) == is_same)
            other = candidates[torch.randint(len(candidates), ()).item()]
            return images[index], images[other], np.float32(is_same)

    class Encoder(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.features = nn.Sequential(
                nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.GroupNorm(4, 16), nn.PReLU(),
                nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.GroupNorm(4, 32), nn.PReLU(),
                nn.Dropout2d(0.1),
            )  # fmt: skip
            self.head = nn.Linear(32, 8)

        def forward(self, x: Any) -> Any:
            return F.normalize(self.head(self.features(x).mean((2, 3))), dim=1)

    encoder = Encoder()
    optimizer = torch.optim.Adadelta(encoder.parameters())
    loader = data.DataLoader(Pairs(), batch_size=16, shuffle=True, drop_last=True)
    while True:
        for one, other, is_same in loader:
            distance = F.pairwise_distance(encoder(one), encoder(other))
            far = (1.0 - distance).clamp(min=0)
            loss = (is_same * distance**2 + (1 - is_same) * far**2).mean()
            optimizer.zero_grad(set_to_none=False)
            loss.backward()
            optimizer.step()
            yield loss
