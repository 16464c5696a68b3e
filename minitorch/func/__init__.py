"""Functions of functions: ``torch.func``."""

from minitorch.func.functional_call import functional_call, stack_module_state
from minitorch.func.vmap import vmap

__all__ = ["functional_call", "stack_module_state", "vmap"]
