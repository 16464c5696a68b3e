"""Helpers for the gradients, values and weights of modules."""

import typing as _typing

from minitorch.nn.utils import rnn as rnn, stateless as stateless
from minitorch.nn.utils.clip_grad import (
    clip_grad_norm as clip_grad_norm,
    clip_grad_norm_ as clip_grad_norm_,
    clip_grad_value_ as clip_grad_value_,
    clip_grads_with_norm_ as clip_grads_with_norm_,
    get_total_norm as get_total_norm,
)
from minitorch.nn.utils.convert_parameters import (
    parameters_to_vector as parameters_to_vector,
    vector_to_parameters as vector_to_parameters,
)

# At once, because a file of the same name would take the place of a function when it is imported.
from minitorch.nn.utils.spectral_norm import (
    remove_spectral_norm as remove_spectral_norm,
    spectral_norm as spectral_norm,
)
from minitorch.nn.utils.weight_norm import (
    remove_weight_norm as remove_weight_norm,
    weight_norm as weight_norm,
)

if _typing.TYPE_CHECKING:
    from minitorch.nn.utils import (
        parametrizations as parametrizations,
        parametrize as parametrize,
        prune as prune,
    )
    from minitorch.nn.utils.fusion import (
        fuse_conv_bn_eval as fuse_conv_bn_eval,
        fuse_conv_bn_weights as fuse_conv_bn_weights,
        fuse_linear_bn_eval as fuse_linear_bn_eval,
        fuse_linear_bn_weights as fuse_linear_bn_weights,
    )
    from minitorch.nn.utils.init import skip_init as skip_init
else:
    from minitorch.core.late import late as _late

    _AT_ONCE = (
        "clip_grad_norm clip_grad_norm_ clip_grad_value_ clip_grads_with_norm_ get_total_norm "
        "parameters_to_vector remove_spectral_norm remove_weight_norm rnn spectral_norm stateless "
        "vector_to_parameters weight_norm"
    )
    _FILES = {
        "minitorch.nn.utils.fusion": (
            "fuse_conv_bn_eval fuse_conv_bn_weights fuse_linear_bn_eval fuse_linear_bn_weights"
        ),
        "minitorch.nn.utils.init": "skip_init",
        "minitorch.nn.utils.parametrizations": "",
        "minitorch.nn.utils.parametrize": "",
        "minitorch.nn.utils.prune": "",
    }
    __getattr__, __dir__, __all__ = _late(__name__, _AT_ONCE, _FILES)
