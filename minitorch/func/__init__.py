"""Functions of functions: ``torch.func``."""

from minitorch.func.functional_call import functional_call, stack_module_state
from minitorch.func.gradients import grad, grad_and_value, jvp, linearize, vjp
from minitorch.func.jacobians import hessian, jacfwd, jacrev
from minitorch.func.vmap import vmap

__all__ = [
    "functional_call",
    "grad",
    "grad_and_value",
    "hessian",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "stack_module_state",
    "vjp",
    "vmap",
]
