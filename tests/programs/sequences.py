"""A program that reads a sequence and says one thing about it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any


def transformer_encoder(torch: Any) -> Iterator[Any]:
    """Which of ten numbers comes most often in a padded sequence?"""
    nn = torch.nn
    longest, width = 20, 32

    class Classifier(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(11, width)
            layer = nn.TransformerEncoderLayer(width, 4, 64, dropout=0.1, batch_first=True)
            self.encoder = nn.TransformerEncoder(
                layer, 2, norm=nn.LayerNorm(width), enable_nested_tensor=False
            )
            self.head = nn.Linear(width, 10)
            place = torch.arange(longest).unsqueeze(1)
            rates = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
            waves = torch.zeros(longest, width)
            waves[:, 0::2], waves[:, 1::2] = torch.sin(place * rates), torch.cos(place * rates)
            self.register_buffer("waves", waves)

        def forward(self, x: Any, is_padding: Any) -> Any:  # (N, L), (N, L)
            h = self.embedding(x) * math.sqrt(width) + self.waves[: x.size(1)]
            h = self.encoder(h, src_key_padding_mask=is_padding)
            h = h.masked_fill(is_padding.unsqueeze(-1), 0.0).sum(1)
            return self.head(h / (~is_padding).sum(1, keepdim=True))

    model = Classifier()
    for p in model.parameters():
        if p.dim() > 1:
            nn.init.xavier_uniform_(p)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, (step + 1) / 10))
    while True:
        lengths = torch.randint(5, longest + 1, (16, 1))
        favourites = torch.randint(10, (16, 1))
        numbers = torch.randint(10, (16, longest))
        numbers = torch.where(torch.rand(16, longest) < 0.4, favourites, numbers)
        is_padding = torch.arange(longest) >= lengths
        numbers = numbers.masked_fill(is_padding, 10)

        optimizer.zero_grad()
        scores = model(numbers, is_padding)
        loss = nn.functional.nll_loss(scores.log_softmax(dim=-1), favourites.squeeze(1))
        loss.backward()
        optimizer.step()
        scheduler.step()
        yield loss
