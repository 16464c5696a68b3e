"""``LinearMap``: the base of what is linear in one tensor, whatever the others are."""

from __future__ import annotations

from minitorch.autograd.op import Op


class LinearMap(Op):
    """Linear in the first input, which alone has gradients.

    ``backward`` is the adjoint map, most often an op whose own adjoint is this one. Tangents go
    through the op itself, as for views.
    """

    linear = True
