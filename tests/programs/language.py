"""Language models of characters: an LSTM, a GRU and a small GPT, on a text that is always there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

TEXT = (
    "The quick brown fox jumps over the lazy dog. Pack my box with five dozen liquor jugs. "
    "How vexingly quick daft zebras jump! Sphinx of black quartz, judge my vow. "
) * 12
ALPHABET = sorted(set(TEXT))
K = len(ALPHABET)


def characters(torch: Any) -> Any:
    """The text as numbers, (L,)."""
    return torch.tensor([ALPHABET.index(c) for c in TEXT])


def lstm_language_model(torch: Any) -> Iterator[Any]:
    """Two layers with dropout, the state carried from piece to piece, gradients clipped."""
    nn = torch.nn

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(K, 32)
            self.dropout = nn.Dropout(0.2)
            self.lstm = nn.LSTM(32, 48, num_layers=2, dropout=0.2)
            self.head = nn.Linear(48, K)

        def forward(self, x: Any, state: Any) -> Any:
            h, state = self.lstm(self.dropout(self.embedding(x)), state)
            return self.head(self.dropout(h)), state

    batch, length = 16, 20
    text = characters(torch)
    streams = text[: len(text) // batch * batch].view(batch, -1).t().contiguous()  # (L, N)
    model = Model()
    optimizer = torch.optim.SGD(model.parameters(), lr=2.0)
    while True:
        state = (torch.zeros(2, batch, 48), torch.zeros(2, batch, 48))
        for start in range(0, len(streams) - length, length):
            x, y = streams[start : start + length], streams[start + 1 : start + length + 1]
            state = tuple(part.detach() for part in state)
            scores, state = model(x, state)
            loss = nn.functional.cross_entropy(scores.view(-1, K), y.reshape(-1))
            model.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 0.25)
            optimizer.step()
            yield loss


def gru_language_model(torch: Any) -> Iterator[Any]:
    """Sentences of several lengths: padded, packed, and the padding left out of the loss."""
    nn, rnn = torch.nn, torch.nn.utils.rnn
    padding = K

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embedding = nn.Embedding(K + 1, 24, padding_idx=padding)
            self.gru = nn.GRU(24, 48, num_layers=2, batch_first=True, dropout=0.1)
            self.head = nn.Linear(48, K)

        def forward(self, x: Any, lengths: Any) -> Any:
            packed = rnn.pack_padded_sequence(
                self.embedding(x), lengths, batch_first=True, enforce_sorted=False
            )
            h, _ = self.gru(packed)
            h, _ = rnn.pad_packed_sequence(h, batch_first=True)
            return self.head(h)

    text = characters(torch)
    model = Model()
    optimizer = torch.optim.NAdam(model.parameters(), lr=5e-3)
    criterion = nn.CrossEntropyLoss(ignore_index=padding)
    while True:
        starts = torch.randint(len(text) - 30, (16,))
        lengths = torch.randint(5, 30, (16,))
        pieces = [text[s : s + n + 1] for s, n in zip(starts, lengths, strict=True)]
        sentences = rnn.pad_sequence(pieces, batch_first=True, padding_value=padding)
        optimizer.zero_grad()
        scores = model(sentences[:, :-1], lengths)
        loss = criterion(scores.transpose(1, 2), sentences[:, 1:])
        loss.backward()
        nn.utils.clip_grad_value_(model.parameters(), 0.5)
        optimizer.step()
        yield loss


def gpt_model(torch: Any, context: int, width: int, heads: int, depth: int) -> Any:
    """A decoder of blocks in the order of GPT-2; the table of embeddings is the last layer too."""
    nn, F = torch.nn, torch.nn.functional

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.qkv = nn.Linear(width, 3 * width)
            self.out = nn.Linear(width, width)
            self.dropout = nn.Dropout(0.1)

        def forward(self, x: Any) -> Any:  # (N, L, E)
            q, k, v = (
                part.unflatten(-1, (heads, -1)).transpose(1, 2)  # (N, heads, L, E/heads)
                for part in self.qkv(x).chunk(3, dim=-1)
            )
            rate = self.dropout.p if self.training else 0.0
            h = F.scaled_dot_product_attention(q, k, v, dropout_p=rate, is_causal=True)
            return self.dropout(self.out(h.transpose(1, 2).flatten(2)))

    class Block(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm1, self.attention = nn.LayerNorm(width), Attention()
            self.norm2 = nn.LayerNorm(width)
            self.mlp = nn.Sequential(
                *(nn.Linear(width, 4 * width), nn.GELU(approximate="tanh")),
                *(nn.Linear(4 * width, width), nn.Dropout(0.1)),
            )

        def forward(self, x: Any) -> Any:
            x = x + self.attention(self.norm1(x))
            return x + self.mlp(self.norm2(x))

    class GPT(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tokens, self.places = nn.Embedding(K, width), nn.Embedding(context, width)
            self.dropout = nn.Dropout(0.1)
            self.blocks = nn.ModuleList(Block() for _ in range(depth))
            self.norm = nn.LayerNorm(width)
            self.head = nn.Linear(width, K, bias=False)
            self.head.weight = self.tokens.weight

        def forward(self, x: Any) -> Any:  # (N, L)
            h = self.dropout(self.tokens(x) + self.places(torch.arange(x.shape[1])))
            for block in self.blocks:
                h = block(h)
            return self.head(self.norm(h))  # (N, L, K)

    return GPT()


def gpt(torch: Any) -> Iterator[Any]:
    """AdamW that decays matrices alone, warm-up and cosine, gradients clipped."""
    context = 32
    model = gpt_model(torch, context, width=48, heads=4, depth=2)
    for name, p in model.named_parameters():
        if p.dim() == 2:
            torch.nn.init.normal_(p, std=0.02 if "out" not in name else 0.01)
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
        lr=3e-3, betas=(0.9, 0.95),
    )  # fmt: skip
    schedules = torch.optim.lr_scheduler
    scheduler = schedules.SequentialLR(
        optimizer,
        [
            schedules.LinearLR(optimizer, start_factor=0.1, total_iters=10),
            schedules.CosineAnnealingLR(optimizer, T_max=1000),
        ],
        milestones=[10],
    )
    text = characters(torch)
    while True:
        starts = torch.randint(len(text) - context, (8,))
        x = torch.stack([text[i : i + context] for i in starts])
        y = torch.stack([text[i + 1 : i + 1 + context] for i in starts])
        loss = torch.nn.functional.cross_entropy(model(x).flatten(0, 1), y.flatten())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        yield loss
