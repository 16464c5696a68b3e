"""Trains a small GPT on this project's own documents, character by character, and lets it write.

    python -m examples.char_gpt.train
    python -m examples.char_gpt.train --text my_novel.txt --prompt "It was a dark and stormy "

A GPT does one thing: from the characters so far it says how likely each character is to come next.
It learns from every place of the text at once, and writes by saying the next character, taking it
for true, and going on.

"Attention Is All You Need", Vaswani et al. 2017, https://arxiv.org/abs/1706.03762; the order of
the blocks is GPT-2's.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure
from tqdm import tqdm

import minitorch as torch
from minitorch import Tensor, nn
from minitorch.nn import functional as F

REPOSITORY = Path(__file__).resolve().parents[2]

# Shapes at line ends: N texts, L characters (CONTEXT at most), E width, K the size of the alphabet.
CONTEXT = 64
WIDTH = 96
HEADS = 4
BLOCKS = 3
DROPOUT = 0.1

COLUMNS, ROWS = 84, 18  # of the unseen text in the picture


class Attention(nn.Module):
    """Every character looks back at those before it, and takes what it finds worth having."""

    def __init__(self) -> None:
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.output = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:  # (N, L, E)
        query, key, value = (
            part.unflatten(2, (HEADS, WIDTH // HEADS)).transpose(1, 2)  # (N, heads, L, E/heads)
            for part in self.query_key_value(x).chunk(3, dim=2)
        )
        found = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.output(found.transpose(1, 2).flatten(2))  # (N, L, E)


class Block(nn.Module):
    """Look around, then think: each adds to what is known so far."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH)
        self.attention = Attention()
        self.norm2 = nn.LayerNorm(WIDTH)
        self.mlp = nn.Sequential(
            nn.Linear(WIDTH, 4 * WIDTH),
            nn.GELU(),
            nn.Linear(4 * WIDTH, WIDTH),
        )
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor) -> Tensor:  # (N, L, E)
        x = x + self.dropout(self.attention(self.norm1(x)))
        return x + self.dropout(self.mlp(self.norm2(x)))


class GPT(nn.Module):
    """Characters (N, L) to scores (N, L, K): at each place, for each character to come next."""

    def __init__(self, alphabet: int) -> None:
        super().__init__()
        self.characters = nn.Embedding(alphabet, WIDTH)
        self.places = nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(BLOCKS)))
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, alphabet)

    def forward(self, x: Tensor) -> Tensor:
        h = self.characters(x) + self.places(torch.arange(x.shape[1]))  # (N, L, E)
        return self.head(self.norm(self.blocks(h)))


def surprise(model: GPT, text: Tensor, starts: Tensor) -> Tensor:
    """The bits that each character costs in the pieces of the text that start there: (N, L)."""
    pieces = text[starts.unsqueeze(1) + torch.arange(CONTEXT + 1)]  # (N, L + 1)
    scores = model(pieces[:, :-1]).transpose(1, 2)  # (N, K, L)
    return F.cross_entropy(scores, pieces[:, 1:], reduction="none") / math.log(2)


def train(
    model: GPT, text: Tensor, unseen: Tensor, steps: int
) -> tuple[list[float], dict[int, float]]:
    """Returns the loss of every step, and that of the unseen text after some of them."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3, betas=(0.9, 0.99))
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
    losses, checks = [], {}
    check_every = max(1, steps // 10)
    bar = tqdm(range(1, steps + 1), unit="step")
    for step in bar:
        starts = torch.randint(len(text) - CONTEXT, (16,))
        loss = surprise(model, text, starts).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()

        losses.append(loss.item())
        bar.set_postfix_str(f"{loss.item():.2f} bits", refresh=False)
        if step % check_every == 0:
            checks[step] = evaluate(model, unseen)
            tqdm.write(f"step {step:5}: {checks[step]:.2f} bits per unseen character")
    return losses, checks


@torch.no_grad()
def evaluate(model: GPT, text: Tensor) -> float:
    """The mean surprise at a text, cut into pieces."""
    model.eval()
    bits = surprise(model, text, torch.arange(0, len(text) - CONTEXT, CONTEXT))
    model.train()
    return bits.mean().item()


@torch.no_grad()
def write(model: GPT, alphabet: str, prompt: str, length: int, temperature: float = 0.7) -> str:
    """The prompt and what the model makes of it; the lower the temperature, the more careful."""
    model.eval()
    text = encode(prompt, alphabet)
    for _ in range(length):
        scores = model(text[-CONTEXT:].unsqueeze(0))[0, -1]
        following = torch.multinomial(F.softmax(scores / temperature, dim=0), 1)
        text = torch.cat([text, following])
    return decode(text, alphabet)


@torch.no_grad()
def read(model: GPT, text: Tensor) -> tuple[Tensor, Tensor]:
    """The bits that each character costs which has a whole context before it, and these."""
    model.eval()
    starts = torch.arange(len(text) - CONTEXT)
    bits = [surprise(model, text, part)[:, -1] for part in starts.split(64)]
    return torch.cat(bits), text[CONTEXT:]


def draw_picture(
    losses: list[float], checks: dict[int, float], text: str, bits: Tensor, path: Path
) -> None:
    """How the surprise went down, and unseen text in the colours of what is left of it."""
    figure = Figure(figsize=(15, 5.4), dpi=110, layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(2, 5))
    left.plot(losses, color="#c8c8c8", label="training")
    left.plot(checks.keys(), checks.values(), "o-", color="#0b5fa5", label="unseen text")
    left.set(xlabel="step", ylabel="bits per character", ylim=(0, None))
    left.grid(alpha=0.3)
    left.legend()

    rows = len(text) // COLUMNS
    colours = bits[: rows * COLUMNS].view(rows, COLUMNS).numpy()
    image = right.imshow(colours, cmap="YlOrRd", vmin=0, vmax=10, alpha=0.8, aspect="auto")
    for place, character in enumerate(text[: rows * COLUMNS]):
        right.text(
            place % COLUMNS, place // COLUMNS, character.replace("\n", "↵"),
            ha="center", va="center", family="monospace", fontsize=8, parse_math=False,
        )  # fmt: skip
    right.set_title("Unseen text as the model reads it: what did it not expect?")
    right.axis("off")
    figure.colorbar(image, ax=right, label="surprise, in bits", shrink=0.7)
    figure.savefig(path)


def project_documents() -> str:
    """README.md and what stands beside the code; the last tenth is what the model is tested on."""
    folders = ("minitorch", "examples", "benchmarks")
    paths = [path for folder in folders for path in (REPOSITORY / folder).rglob("*.md")]
    files = [REPOSITORY / "README.md", *sorted(paths)]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def encode(text: str, alphabet: str) -> Tensor:
    """The place of each character in the alphabet; one that is not there is left out."""
    return torch.tensor([alphabet.index(c) for c in text if c in alphabet])


def decode(text: Tensor, alphabet: str) -> str:
    return "".join(alphabet[i] for i in text.tolist())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m examples.char_gpt.train",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--text", type=Path, help="a file to learn from (default: the documents)")
    parser.add_argument("--prompt", default="## Why ", help="what it goes on writing from")
    parser.add_argument("--length", type=int, default=600, help="characters to write")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/char_gpt"), help="for the results")
    options = parser.parse_args(arguments)

    torch.manual_seed(options.seed)
    try:
        text = options.text.read_text(encoding="utf-8") if options.text else project_documents()
    except (OSError, UnicodeDecodeError) as error:
        parser.error(f"cannot read {options.text} as text: {error}")
    alphabet = "".join(sorted(set(text)))
    if len(text) // 10 < CONTEXT + COLUMNS:
        parser.error(f"a text of {len(text)} characters is too short to learn from")
    if not set(options.prompt) & set(text):
        parser.error(f"the prompt {options.prompt!r} has no character that is in the text")

    cut = len(text) * 9 // 10
    known, unseen = encode(text[:cut], alphabet), encode(text[cut:], alphabet)
    model = GPT(len(alphabet))
    losses, checks = train(model, known, unseen, options.steps)

    options.out.mkdir(parents=True, exist_ok=True)
    torch.save({"alphabet": alphabet, "model": model.state_dict()}, options.out / "model.pt")
    bits, shown = read(model, unseen[: CONTEXT + ROWS * COLUMNS])
    draw_picture(losses, checks, decode(shown, alphabet), bits, options.out / "surprise.png")
    print(f"\n{write(model, alphabet, options.prompt, options.length)}\n")
    print(f"Look at {options.out / 'surprise.png'}: where it is pale, the model knew what comes.")
    print(f"The weights are in {options.out / 'model.pt'}.")


if __name__ == "__main__":
    main()
