"""The bytes of a generator's state, in PyTorch's own layout.

The layout is the C struct that ``torch.get_rng_state()`` copies out on a 64-bit little-endian
machine: the seed, two counters into the engine's block of 624 words, the block, and the second
normal of a pair where one is waiting.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SIZE = 5056
BLOCK = 624  # words of the engine's block

_LAYOUT = np.dtype(
    {
        "names": ["seed", "left", "seeded", "next", "block", "normal", "has_normal"],
        "formats": ["<u8", "<i4", "<i4", "<u8", ("<u8", BLOCK), "<f8", "<i4"],
        "offsets": [0, 8, 12, 16, 24, 5024, 5040],
        "itemsize": SIZE,
    }
)


@dataclass(frozen=True)
class State:
    """What a generator needs to go on where another stopped."""

    seed: int
    block: NDArray[np.uint32]
    position: int  # words of the block already given out
    is_unused: bool  # seeded, and no word drawn yet
    normal: float | None  # the second normal of a pair, not yet given out


def pack(state: State) -> NDArray[np.uint8]:
    """Return the 5056 bytes that ``torch.set_rng_state`` takes."""
    record = np.zeros((), _LAYOUT)
    record["seed"] = state.seed
    record["left"] = 1 if state.is_unused else BLOCK + 1 - state.position
    record["seeded"] = 1
    record["next"] = 0 if state.is_unused else state.position
    record["block"] = state.block
    if state.normal is not None:
        record["normal"], record["has_normal"] = state.normal, 1
    return np.frombuffer(record.tobytes(), np.uint8).copy()


def unpack(data: NDArray[Any]) -> State:
    """Read the 5056 bytes of ``torch.get_rng_state()``.

    Raises:
        TypeError: if ``data`` are no bytes.
        RuntimeError: if its size is another, or the counters contradict each other.
    """
    if data.dtype != np.uint8:
        raise TypeError(f"RNG state must be a torch.ByteTensor, but its dtype is {data.dtype}")
    if data.size != SIZE:
        raise RuntimeError(
            f"Expected a CPUGeneratorImplState of size {SIZE} but found the input RNG state size "
            f"to be {data.size}; pass what get_state() returned."
        )
    record = np.frombuffer(data.tobytes(), _LAYOUT)[0]
    left, position = int(record["left"]), int(record["next"])
    if record["seeded"] != 1 or (left != 1 and left + position != BLOCK + 1) or position > BLOCK:
        raise RuntimeError("Invalid mt19937 state; pass what get_state() returned.")
    return State(
        seed=int(record["seed"]),
        block=record["block"].astype(np.uint32),
        position=BLOCK if left == 1 else position,
        is_unused=left == 1 and position == 0,
        normal=float(record["normal"]) if record["has_normal"] else None,
    )
