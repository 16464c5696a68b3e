"""A row for every layer and every function of `minitorch.nn`, one file per family.

A new layer or function is walked through its row by `test_module_registry.py` and
`test_function_registry.py`; without one they fail. Each name needs an error case, too: a call in
its family's `ERRORS`, with PyTorch's exception and key phrase.
"""

from tests.nn.cases import (
    activation,
    attention,
    container,
    conv,
    conv_1d_3d,
    conv_transpose,
    ctc,
    distance,
    dropout,
    flatten,
    fold,
    linear,
    linear_loss,
    loss,
    margin_loss,
    norm,
    normalization,
    padding,
    pair_loss,
    piecewise,
    pooling,
    pooling_1d_3d,
    pooling_adaptive,
    recurrent,
    shares,
    shuffle,
    sparse,
    transformer,
    units,
    unpooling,
    upsampling,
    vision,
)
from tests.nn.cases.rows import Function, Layer

FAMILIES = (
    activation,
    attention,
    container,
    conv,
    conv_1d_3d,
    conv_transpose,
    ctc,
    distance,
    dropout,
    flatten,
    fold,
    linear,
    linear_loss,
    loss,
    margin_loss,
    norm,
    normalization,
    padding,
    pair_loss,
    piecewise,
    pooling,
    pooling_1d_3d,
    pooling_adaptive,
    recurrent,
    shares,
    shuffle,
    sparse,
    transformer,
    units,
    unpooling,
    upsampling,
    vision,
)

LAYERS: dict[str, Layer] = {}
FUNCTIONS: dict[str, Function] = {}
ERRORS: dict[str, tuple[str, str, str]] = {}
for family in FAMILIES:
    LAYERS.update(family.LAYERS)
    FUNCTIONS.update(family.FUNCTIONS)
    ERRORS.update(family.ERRORS)
