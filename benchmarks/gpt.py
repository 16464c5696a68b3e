"""A GPT as it is written everywhere: blocks that normalise first, causal attention, GELU."""

import minitorch as torch
import minitorch.nn as nn
import minitorch.nn.functional as F


class Block(nn.Module):
    """Attention among the tokens, then an MLP for each: (N, L, E) -> (N, L, E)."""

    def __init__(self, heads: int, width: int) -> None:
        super().__init__()
        self.heads = heads
        self.before_attention = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)
        self.before_mlp = nn.LayerNorm(width)
        self.wide = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attend(self.before_attention(x))
        return x + self.narrow(F.gelu(self.wide(self.before_mlp(x))))

    def attend(self, x: torch.Tensor) -> torch.Tensor:
        n, length, width = x.shape
        q, k, v = [
            part.view(n, length, self.heads, width // self.heads).transpose(1, 2)
            for part in self.query_key_value(x).split(width, dim=2)
        ]  # (N, H, L, E / H)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.projection(out.transpose(1, 2).reshape(n, length, width))


class GPT(nn.Module):
    """Scores for the token that comes next: (N, L) -> (N, L, K)."""

    def __init__(self, tokens: int, length: int, layers: int, heads: int, width: int) -> None:
        super().__init__()
        self.token = nn.Embedding(tokens, width)
        self.place = nn.Embedding(length, width)
        self.blocks = nn.Sequential(*[Block(heads, width) for _ in range(layers)])
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, tokens, bias=False)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        places = torch.arange(tokens.shape[1])
        return self.head(self.norm(self.blocks(self.token(tokens) + self.place(places))))
