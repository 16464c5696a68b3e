"""Embeddings."""

from __future__ import annotations

from typing import Any

from minitorch.autograd.grad_mode import no_grad
from minitorch.creation import empty
from minitorch.nn import functional as F, init
from minitorch.nn.modules.module import Module
from minitorch.nn.parameter import Parameter
from minitorch.ops.layers.embedding import wrapped_padding
from minitorch.tensor import Tensor


class _Table(Module):
    """What layers share that look up rows of a table: its values."""

    num_embeddings: int
    embedding_dim: int
    padding_idx: int | None
    weight: Parameter

    def _make_weight(
        self, given: Tensor | None, requires_grad: bool, device: Any, dtype: Any
    ) -> None:
        shape = (self.num_embeddings, self.embedding_dim)
        if given is None:
            table = empty(*shape, device=device, dtype=dtype)
            self.weight = Parameter(table, requires_grad=requires_grad)
            self.reset_parameters()
        elif given.shape != shape:
            raise AssertionError(
                "Shape of weight does not match num_embeddings and embedding_dim: expected "
                f"{list(shape)}, but got {list(given.shape)}"
            )
        else:
            self.weight = Parameter(given, requires_grad=requires_grad)

    def reset_parameters(self) -> None:
        """Draw new values from the standard normal distribution; zeros for the padding."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)


class Embedding(_Table):
    """Rows of a table of vectors that indices name: (*) -> (*, embedding_dim).

    The weight (num_embeddings, embedding_dim) starts standard normal.

    Args:
        num_embeddings: rows of the table.
        embedding_dim: size of each.
        padding_idx: a row that starts as zeros and gets no gradient; negative ones count from the
            end.
        max_norm: rows that are named and have a larger norm are scaled down to it in each forward.
        norm_type: p of that norm.
        scale_grad_by_freq: divide gradients by how often the batch names their row.
        sparse: accepted with a warning; gradients are dense.
        device: the CPU.
        dtype: of the weight; the default dtype if left out.

    Raises:
        AssertionError: for a ``padding_idx`` that the table does not have.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html

    Example:
        >>> nn.Embedding(10, 3)(torch.tensor([[1, 2], [4, 1]])).shape
        torch.Size([2, 2, 3])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        if padding_idx is not None:
            padding_idx = wrapped_padding(padding_idx, num_embeddings)
        self.padding_idx = padding_idx
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self._make_weight(_weight, not _freeze, device, dtype)
        self.sparse = sparse

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(
            input,
            self.weight,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.sparse,
        )

    def extra_repr(self) -> str:
        parts = [f"{self.num_embeddings}, {self.embedding_dim}"]
        if self.padding_idx is not None:
            parts.append(f"padding_idx={self.padding_idx}")
        if self.max_norm is not None:
            parts.append(f"max_norm={self.max_norm}")
        if self.norm_type != 2:
            parts.append(f"norm_type={self.norm_type}")
        if self.scale_grad_by_freq is not False:
            parts.append(f"scale_grad_by_freq={self.scale_grad_by_freq}")
        if self.sparse is not False:
            parts.append("sparse=True")
        return ", ".join(parts)

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Embedding:
        """Make a layer of a table, whose memory it shares: (V, E).

        Args:
            embeddings: the table.
            freeze: whether it is not to be trained.
            padding_idx: as the constructor's, as are the others; the row keeps its values.
            max_norm: the largest norm of rows.
            norm_type: p of that norm.
            scale_grad_by_freq: divide gradients by how often the batch names their row.
            sparse: accepted with a warning.

        Raises:
            AssertionError: for a table that has not two dimensions.
        """
        rows, columns = table_sizes(embeddings)
        return cls(
            num_embeddings=rows,
            embedding_dim=columns,
            _weight=embeddings,
            _freeze=freeze,
            padding_idx=padding_idx,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            sparse=sparse,
        )


class EmbeddingBag(_Table):
    """Sums, means or maxima of bags of rows of a table: (B, n) -> (B, embedding_dim).

    Without rows of equal length: (n) and offsets (B) -> (B, embedding_dim). The weight
    (num_embeddings, embedding_dim) starts standard normal.

    Args:
        num_embeddings: rows of the table.
        embedding_dim: size of each.
        max_norm: rows that are named and have a larger norm are scaled down to it in each forward.
        norm_type: p of that norm.
        scale_grad_by_freq: divide gradients by how often the batch names their row.
        mode: "sum", "mean" or "max".
        sparse: accepted with a warning; gradients are dense.
        include_last_offset: whether offsets end with the end of the last bag.
        padding_idx: a row that starts as zeros and is left out of its bags.
        device: the CPU.
        dtype: of the weight; the default dtype if left out.

    Raises:
        AssertionError: for a ``padding_idx`` that the table does not have.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        if padding_idx is not None:
            padding_idx = wrapped_padding(padding_idx, num_embeddings, "padding_idx")
        self.padding_idx = padding_idx
        self._make_weight(_weight, True, device, dtype)
        self.mode = mode
        self.sparse = sparse
        self.include_last_offset = include_last_offset

    def forward(
        self,
        input: Tensor,
        offsets: Tensor | None = None,
        per_sample_weights: Tensor | None = None,
    ) -> Tensor:
        return F.embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self) -> str:
        parts = [f"{self.num_embeddings}, {self.embedding_dim}"]
        if self.max_norm is not None:
            parts.append(f"max_norm={self.max_norm}")
        if self.norm_type != 2:
            parts.append(f"norm_type={self.norm_type}")
        if self.scale_grad_by_freq is not False:
            parts.append(f"scale_grad_by_freq={self.scale_grad_by_freq}")
        parts.append(f"mode={self.mode!r}")
        if self.padding_idx is not None:
            parts.append(f"padding_idx={self.padding_idx}")
        return ", ".join(parts)

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> EmbeddingBag:
        """Make a layer of a table, whose memory it shares: (V, E).

        Args:
            embeddings: the table.
            freeze: whether it is not to be trained.
            max_norm: as the constructor's, as are the others.
            norm_type: p of that norm.
            scale_grad_by_freq: divide gradients by how often the batch names their row.
            mode: "sum", "mean" or "max".
            sparse: accepted with a warning.
            include_last_offset: whether offsets end with the end of the last bag.
            padding_idx: a row that is left out of its bags.

        Raises:
            AssertionError: for a table that has not two dimensions.
        """
        rows, columns = table_sizes(embeddings)
        made = cls(
            num_embeddings=rows,
            embedding_dim=columns,
            _weight=embeddings,
            max_norm=max_norm,
            norm_type=norm_type,
            scale_grad_by_freq=scale_grad_by_freq,
            mode=mode,
            sparse=sparse,
            include_last_offset=include_last_offset,
            padding_idx=padding_idx,
        )
        made.weight.requires_grad = not freeze
        return made


def table_sizes(embeddings: Tensor) -> tuple[int, int]:
    """Return rows and columns of a table.

    Raises:
        AssertionError: if it has not two dimensions.
    """
    if embeddings.ndim != 2:
        raise AssertionError(
            "Embeddings parameter is expected to be 2-dimensional, but got one of shape "
            f"{list(embeddings.shape)}"
        )
    rows, columns = embeddings.shape
    return rows, columns
