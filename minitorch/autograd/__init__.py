"""Recording and walking: what makes gradients. Knows no operation by name."""

import typing as _typing

from minitorch.autograd import forward_ad as forward_ad, function as function
from minitorch.autograd.differentiate import backward as backward, grad as grad
from minitorch.autograd.function.function import Function as Function
from minitorch.autograd.grad_mode import (
    enable_grad as enable_grad,
    is_grad_enabled as is_grad_enabled,
    is_inference_mode_enabled as is_inference_mode_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from minitorch.autograd.gradcheck.check import (
    gradcheck as gradcheck,
    gradgradcheck as gradgradcheck,
)
from minitorch.autograd.inference import inference_mode as inference_mode
from minitorch.autograd.old_names import Variable as Variable

if _typing.TYPE_CHECKING:
    from minitorch.autograd import (
        functional as functional,
        graph as graph,
        profiler as profiler,
    )
    from minitorch.autograd.explain.anomaly import (
        detect_anomaly as detect_anomaly,
        set_detect_anomaly as set_detect_anomaly,
    )
else:
    from minitorch.core.late import late as _late

    _AT_ONCE = (
        "Function Variable backward enable_grad forward_ad function grad gradcheck "
        "gradgradcheck inference_mode is_grad_enabled is_inference_mode_enabled no_grad "
        "set_grad_enabled"
    )
    _FILES = {
        "minitorch.autograd.explain.anomaly": "detect_anomaly set_detect_anomaly",
        "minitorch.autograd.functional": "",
        "minitorch.autograd.graph": "",
        "minitorch.autograd.profiler": "",
    }
    __getattr__, __dir__, __all__ = _late(__name__, _AT_ONCE, _FILES)
