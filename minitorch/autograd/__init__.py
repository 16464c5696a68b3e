"""Recording and walking: what makes gradients. Knows no operation by name."""

from minitorch.autograd import forward_ad, function, graph, profiler
from minitorch.autograd.differentiate import backward, grad
from minitorch.autograd.explain.anomaly import detect_anomaly, set_detect_anomaly
from minitorch.autograd.function.function import Function
from minitorch.autograd.grad_mode import (
    enable_grad,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from minitorch.autograd.gradcheck.check import gradcheck, gradgradcheck
from minitorch.autograd.inference import inference_mode
from minitorch.autograd.old_names import Variable

__all__ = [
    "Function",
    "Variable",
    "backward",
    "detect_anomaly",
    "enable_grad",
    "forward_ad",
    "function",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "graph",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "no_grad",
    "profiler",
    "set_detect_anomaly",
    "set_grad_enabled",
]
