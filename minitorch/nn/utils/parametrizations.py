"""Parametrisations that are at hand: lengths and directions, singular values, orthogonality."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

import numpy as np

from minitorch.autograd.function.function import Function
from minitorch.autograd.grad_mode import no_grad
from minitorch.autograd.vmap.example import by_element
from minitorch.core.dtypes import Array
from minitorch.core.limits import finfo
from minitorch.creation import eye, zeros_like
from minitorch.kernels.arrays import working_dtype
from minitorch.nn import functional as F
from minitorch.nn.modules.module import Module
from minitorch.nn.utils import parametrize
from minitorch.nn.utils.spectral_norm import as_matrix, dim_of_outputs
from minitorch.nn.utils.weight_norm import norm_except_dim, weight_of
from minitorch.ops.dims import wrap_dim
from minitorch.ops.shape.joining import cat
from minitorch.random import randn
from minitorch.tensor import Tensor

__all__ = ["orthogonal", "spectral_norm", "weight_norm"]


def _require_tensor(module: Module, name: str) -> Tensor:
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    return weight


# Lengths and directions


class _WeightNorm(Module):
    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_of(weight_v, weight_g, self.dim)

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except_dim(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Train lengths g and directions v of a weight, which is g · v / ‖v‖.

    They are ``original0`` and ``original1`` in ``module.parametrizations.<name>``. States of the
    older ``utils.weight_norm`` may be loaded.

    Args:
        module: whose parameter.
        name: its name.
        dim: along which each slice has a length of its own; None: one length for all.

    Returns:
        The module.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.parametrizations.weight_norm.html
    """
    parametrize.register_parametrization(module, name, _WeightNorm(dim), unsafe=True)

    def take_old_names(state_dict: dict[str, Any], prefix: str, *_: Any) -> None:
        old = [f"{prefix}{name}_g", f"{prefix}{name}_v"]
        if all(key in state_dict for key in old):
            for i, key in enumerate(old):
                state_dict[f"{prefix}parametrizations.{name}.original{i}"] = state_dict.pop(key)

    module._register_load_state_dict_pre_hook(take_old_names)
    return module


# Singular values


class _SpectralNorm(Module):
    _u: Tensor
    _v: Tensor

    def __init__(
        self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12
    ) -> None:
        super().__init__()
        self.dim = wrap_dim(dim, weight.ndim, of_scalars=False)
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but got "
                f"n_power_iterations={n_power_iterations}"
            )
        self.eps = eps
        if weight.ndim > 1:  # of a vector it is the length
            self.n_power_iterations = n_power_iterations
            matrix = as_matrix(weight, self.dim)
            for side, size in zip(("_u", "_v"), matrix.shape, strict=True):
                drawn = matrix.new_empty(size).normal_(0, 1)
                self.register_buffer(side, F.normalize(drawn, dim=0, eps=eps))
            self._power_method(matrix, 15)

    @no_grad()
    def _power_method(self, matrix: Tensor, n_power_iterations: int) -> None:
        for _ in range(n_power_iterations):
            F.normalize(matrix.mv(self._v), dim=0, eps=self.eps, out=self._u)
            F.normalize(matrix.t().mv(self._u), dim=0, eps=self.eps, out=self._v)

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return F.normalize(weight, dim=0, eps=self.eps)
        matrix = as_matrix(weight, self.dim)
        if self.training:
            self._power_method(matrix, self.n_power_iterations)
        # Two forwards may come before a backward, as in a GAN's: each keeps its own.
        u, v = self._u.clone(), self._v.clone()
        divided: Tensor = weight / u.dot(matrix.mv(v))
        return divided

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: Module,
    name: str = "weight",
    n_power_iterations: int = 1,
    eps: float = 1e-12,
    dim: int | None = None,
) -> Module:
    """Divide a weight by its largest singular value, which each reading in training approaches.

    Args:
        module: whose parameter.
        name: its name.
        n_power_iterations: steps per reading.
        eps: a norm to divide by is no smaller.
        dim: that counts the outputs; 1 for transposed convolutions, else 0.

    Returns:
        The module.

    Raises:
        ValueError: for fewer than one step, or no such parameter.
        IndexError: if there is no such dimension.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.parametrizations.spectral_norm.html
    """
    weight = _require_tensor(module, name)
    made = _SpectralNorm(weight, n_power_iterations, dim_of_outputs(module, dim), eps)
    return parametrize.register_parametrization(module, name, made)


# Orthogonality


def _of_matrices(function: Callable[[Array], Array], matrix: Tensor) -> Tensor:
    """Return a function of matrices, which is the same with more dimensions before them."""
    dtype = matrix._array.dtype
    return Tensor._wrap(by_element(lambda a: function(_wide(a)).astype(dtype), matrix._array))


class _Inverse(Function):
    """The inverses of matrices: (*, N, N) -> (*, N, N)."""

    generate_vmap_rule = True

    @staticmethod
    def forward(matrix: Tensor) -> Tensor:
        return _of_matrices(np.linalg.inv, matrix)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        ctx.save_for_backward(output)
        ctx.save_for_forward(output)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (inverse,) = ctx.saved_tensors
        return -(inverse.mT @ grad @ inverse.mT)

    @staticmethod
    def jvp(ctx: Any, tangent: Any) -> Any:
        (inverse,) = ctx.saved_tensors
        return -(inverse @ tangent @ inverse)


def _wide(array: Array) -> Array:
    """LAPACK has no half precision."""
    return array.astype(working_dtype(array.dtype), copy=False)


class _MatrixExp(Function):
    """The exponentials of matrices: (*, N, N) -> (*, N, N).

    The derivative along E is a block of the exponential of [[A, E], [0, A]] (Mathias 1996, "A chain
    rule for matrix functions").
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(matrix: Tensor) -> Tensor:
        return _of_matrices(_exponential, matrix)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        (matrix,) = ctx.saved_tensors
        return _along(matrix.mT, grad)

    @staticmethod
    def jvp(ctx: Any, tangent: Any) -> Any:
        (matrix,) = ctx.saved_tensors
        return _along(matrix, tangent)


def _along(matrix: Tensor, direction: Tensor) -> Tensor:
    n = matrix.shape[-1]
    above = cat([matrix, direction], dim=-1)
    below = cat([zeros_like(matrix), matrix], dim=-1)
    found: Tensor = _MatrixExp.apply(cat([above, below], dim=-2))[..., :n, n:]
    return found


def _exponential(a: Array) -> Array:
    """Sum the series of a part of a matrix, which is squared again."""
    norm = float(np.abs(a).sum(-2).max(initial=0.0))
    squarings = max(0, math.ceil(math.log2(norm)) + 1) if 0 < norm < math.inf else 0
    part = a / 2**squarings
    term = total = np.eye(a.shape[-1], dtype=a.dtype)
    for k in range(1, 15):  # the norm is at most 1/2, and 0.5**15 / 15! is below any rounding
        term = term @ part / k
        total = total + term
    for _ in range(squarings):
        total = total @ total
    return np.asarray(total)


def _skew(x: Tensor) -> Tensor:
    """Return the skew-symmetric matrix of the lower triangle of a tall one, filled with zeros."""
    x = x.tril()
    n, k = x.shape[-2:]
    if n != k:
        x = F.pad(x, (0, n - k))
    return x - x.mT


def _cayley(a: Tensor) -> Tensor:
    one = eye(a.shape[-1], dtype=a.dtype)
    return _Inverse.apply(one - a / 2) @ (one + a / 2)


def _householder(x: Tensor) -> Tensor:
    """Multiply the reflections at the columns below the diagonal: (*, N, K) -> (*, N, K).

    The product of I − 2 v vᵀ / ‖v‖² is I − V T Vᵀ, where the inverse of T is the upper triangle of
    VᵀV with half its diagonal (Joffrain et al. 2006, "Accumulating Householder transformations,
    revisited").
    """
    n, k = x.shape[-2:]
    one = eye(n, k, dtype=x.dtype)
    v = x.tril(-1) + one
    gram = v.mT @ v
    inverse = gram.triu() - gram * one[:k] / 2
    q = one - v @ (_Inverse.apply(inverse) @ v[..., :k, :].mT)
    return q * x.diagonal(dim1=-2, dim2=-1).int().unsqueeze(-2)  # signs, which are not trained


class _OrthMaps(Enum):
    matrix_exp = auto()
    cayley = auto()
    householder = auto()


class _Orthogonal(Module):
    base: Tensor

    def __init__(
        self, weight: Tensor, orthogonal_map: _OrthMaps, *, use_trivialization: bool = True
    ) -> None:
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Tensor) -> Tensor:
        n, k = X.shape[-2:]
        x = X.mT if n < k else X
        if self.orthogonal_map == _OrthMaps.householder:
            q = _householder(x)
        else:
            from_skew = _cayley if self.orthogonal_map == _OrthMaps.cayley else _MatrixExp.apply
            q = from_skew(_skew(x))[..., : min(n, k)]
        if hasattr(self, "base"):
            q = self.base @ q
        return q.mT if n < k else q

    @no_grad()
    def right_inverse(self, Q: Tensor) -> Tensor:
        if Q.shape != self.shape:
            raise ValueError(
                f"Expected a matrix or batch of matrices of shape {self.shape}. Got a tensor of "
                f"shape {Q.shape}."
            )
        n, k = Q.shape[-2:]
        q = Q.mT if n < k else Q
        n, k = q.shape[-2:]
        if not hasattr(self, "base"):
            return self._as_reflections(q, transposed=q is not Q)
        if n != k:  # completed by directions of any kind
            q = cat([q, randn(*q.shape[:-2], n, n - k, dtype=q.dtype)], dim=-1)
            self.base = _make_orthogonal(q)
        else:
            self.base = q.clone() if _is_orthogonal(q) else _make_orthogonal(q)
        # With −1 on the diagonal all maps give the identity: the base is where they start.
        start = zeros_like(Q)
        start.diagonal(dim1=-2, dim2=-1).fill_(-1.0)
        return start

    def _as_reflections(self, q: Tensor, transposed: bool) -> Tensor:
        if self.orthogonal_map != _OrthMaps.householder:
            raise NotImplementedError(
                "It is not possible to assign to the matrix exponential or the Cayley "
                "parametrizations when use_trivialization=False."
            )
        columns, tau = np.linalg.qr(_wide(q._array), mode="raw")
        a = np.swapaxes(columns, -1, -2).astype(q._array.dtype)
        diagonal = np.arange(a.shape[-1])
        signs = np.sign(a[..., diagonal, diagonal])
        a[..., diagonal, diagonal] = np.where(tau == 0, -signs, signs)  # where none was needed
        found = Tensor._wrap(a)
        return found.mT if transposed else found


def _make_orthogonal(a: Tensor) -> Tensor:
    """Return Q of the QR decomposition whose R has no negative diagonal."""
    q, r = np.linalg.qr(_wide(a._array))
    signs = np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]
    return Tensor._wrap((q * signs).astype(a._array.dtype))


def _is_orthogonal(q: Tensor) -> bool:
    n, k = q.shape[-2:]
    return bool((q.mT @ q).allclose(eye(k, dtype=q.dtype), atol=10.0 * n * finfo(q.dtype).eps))


def orthogonal(
    module: Module,
    name: str = "weight",
    orthogonal_map: str | None = None,
    *,
    use_trivialization: bool = True,
) -> Module:
    """Keep a weight (*, N, K) orthogonal: its rows, or its columns, stay orthonormal.

    Args:
        module: whose parameter.
        name: its name.
        orthogonal_map: from what is trained: "matrix_exp", "cayley" or "householder"; the first
            for squares and the last for others, if left out.
        use_trivialization: start from the orthogonal matrix nearest to the weight, which is kept
            as a buffer ``base``.

    Returns:
        The module.

    Raises:
        ValueError: for another map, a vector, or no such parameter.

    Source: https://docs.pytorch.org/docs/stable/generated/
        torch.nn.utils.parametrizations.orthogonal.html
    """
    weight = _require_tensor(module, name)
    if weight.ndim < 2:
        raise ValueError(
            f"Expected a matrix or batch of matrices. Got a tensor of {weight.ndim} dimensions."
        )
    if orthogonal_map is None:
        is_square = weight.shape[-2] == weight.shape[-1]
        orthogonal_map = "matrix_exp" if is_square else "householder"
    if orthogonal_map not in _OrthMaps.__members__:
        raise ValueError(
            'orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: '
            f"{orthogonal_map}"
        )
    made = _Orthogonal(weight, _OrthMaps[orthogonal_map], use_trivialization=use_trivialization)
    return parametrize.register_parametrization(module, name, made, unsafe=True)
