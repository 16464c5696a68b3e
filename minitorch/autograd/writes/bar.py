"""``Bar``: what keeps a view from following writes (Note [Views and in-place])."""

from enum import Enum


class Bar(Enum):
    """Why a view cannot follow writes to its base."""

    SEVERAL = "made by a function that returns several"
    NO_GRAD = "made without recording"
    INFERENCE = "made in inference mode, of a normal tensor"
    CUSTOM = "made by a custom function, whose rule is its history"
