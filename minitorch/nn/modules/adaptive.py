"""``AdaptiveLogSoftmaxWithLoss``: a softmax over very many classes, the rare ones in clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from minitorch.nn import functional as F
from minitorch.nn.modules.container import ModuleList, Sequential
from minitorch.nn.modules.linear import Linear
from minitorch.nn.modules.module import Module
from minitorch.ops.shape.joining import cat
from minitorch.tensor import Tensor


class _ASMoutput(NamedTuple):
    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """Logarithms of probabilities of classes sorted by frequency, and their mean loss.

    Frequent classes stand in the head, beside one entry for each cluster of rare ones, which have
    smaller projections.

    Shapes: (N, in_features), (N) -> (N), (); N may be left out.

    Args:
        in_features: size of an input.
        n_classes: number of classes, the most frequent first.
        cutoffs: the first class of each cluster.
        div_value: each cluster's projection is so many times smaller than the one before.
        head_bias: whether the head adds a bias.
        device: the CPU.
        dtype: of the parameters; the default dtype if left out.

    Raises:
        ValueError: for cutoffs that do not rise or lie outside.
        RuntimeError: at the call, for sizes that do not fit, or a target that is no class.

    Source: https://arxiv.org/abs/1609.04309; https://docs.pytorch.org/docs/stable/
        generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        rising = sorted(set(cutoffs)) == cutoffs and all(int(c) == c for c in cutoffs)
        if not rising or cutoffs[0] <= 0 or cutoffs[-1] > n_classes - 1:
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing "
                f"order, where each value is between 1 and n_classes-1, but got {cutoffs}"
            )
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*cutoffs, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = self.cutoffs[0]
        self.n_clusters = len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, head_bias, device, dtype)
        self.tail = ModuleList()
        for i in range(self.n_clusters):
            width = int(in_features // div_value ** (i + 1))
            size = self.cutoffs[i + 1] - self.cutoffs[i]
            self.tail.append(
                Sequential(
                    Linear(in_features, width, False, device, dtype),
                    Linear(width, size, False, device, dtype),
                )
            )

    def reset_parameters(self) -> None:
        """Draw new values: first the head's, then those of each cluster."""
        self.head.reset_parameters()
        for projection in self.tail:
            for linear in projection:
                linear.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> _ASMoutput:
        self._check(input_, target_)
        is_batched = target_.dim() > 0
        input = input_ if is_batched else input_.unsqueeze(0)
        target = target_ if is_batched else target_.unsqueeze(0)
        in_head, output = target, input.new_zeros(target.shape)
        for i, projection in enumerate(self.tail):
            low, high = self.cutoffs[i : i + 2]
            rows = ((target >= low) & (target < high)).nonzero().squeeze(1)
            if rows.numel():
                in_head = in_head.index_fill(0, rows, self.shortlist_size + i)
                logprob = F.log_softmax(projection(input.index_select(0, rows)), 1)
                own = target.index_select(0, rows) - low
                own_logprob = logprob.gather(1, own.unsqueeze(1)).squeeze(1)
                output = output.index_copy(0, rows, own_logprob)
        logprob = F.log_softmax(self.head(input), 1)
        output = output + logprob.gather(1, in_head.unsqueeze(1)).squeeze(1)
        return _ASMoutput(output if is_batched else output.squeeze(0), (-output).mean())

    def _check(self, input: Tensor, target: Tensor) -> None:
        ndim, expected = input.dim(), target.dim() + 1
        if expected > 2:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if expected == 2 and input.size(0) != target.size(0):
            raise RuntimeError(
                "Input and target should have the same size in the batch dimension, but got "
                f"{input.size(0)} and {target.size(0)}."
            )
        if ndim != expected:
            raise RuntimeError(
                f"{expected - 1}D target tensor expects {expected}D input tensors, but found "
                f"inputs with size {input.size()}"
            )
        if target.numel() and ((target < 0) | (target >= self.n_classes)).any():
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                f"[{target.min().item()}, {target.max().item()}] were found. "
            )

    def _get_full_log_prob(self, input: Tensor, head_output: Tensor) -> Tensor:
        head = F.log_softmax(head_output, 1)
        parts = [head[:, : self.shortlist_size]]
        for i, projection in enumerate(self.tail):
            cluster = head[:, self.shortlist_size + i].unsqueeze(1)
            parts.append(F.log_softmax(projection(input), 1) + cluster)
        return cat(parts, 1)

    def log_prob(self, input: Tensor) -> Tensor:
        """Return the logarithms of all classes' probabilities: (N, in_features) -> (N, K)."""
        return self._get_full_log_prob(input, self.head(input))

    def predict(self, input: Tensor) -> Tensor:
        """Return the class of the highest probability: (N, in_features) -> (N).

        The clusters are looked at only where the head prefers one.
        """
        head_output = self.head(input)
        output = head_output.argmax(1)
        rows = (output >= self.shortlist_size).nonzero().squeeze(1)
        if not rows.numel():
            return output
        logprob = self._get_full_log_prob(
            input.index_select(0, rows), head_output.index_select(0, rows)
        )
        return output.index_copy(0, rows, logprob.argmax(1))
