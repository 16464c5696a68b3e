"""Functions of functions: ``torch.func``."""

from minitorch.func.vmap import vmap

__all__ = ["vmap"]
