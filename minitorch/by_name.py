"""Methods called by name, as ``minitorch.exp_(x)``.

``x.exp_()`` is the usual way to say it.
"""

from __future__ import annotations

from minitorch.tensor import Tensor

detach = Tensor.detach
detach_ = Tensor.detach_
index_put = Tensor.index_put
index_put_ = Tensor.index_put_
is_same_size = Tensor.is_same_size
is_signed = Tensor.is_signed
masked_scatter = Tensor.masked_scatter
swapaxes = Tensor.swapaxes
swapdims = Tensor.swapdims
