"""Gradients against difference quotients."""

from minitorch.autograd.gradcheck.check import (
    gradcheck as gradcheck,
    gradgradcheck as gradgradcheck,
)
from minitorch.autograd.gradcheck.slopes import GradcheckError as GradcheckError
