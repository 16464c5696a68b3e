"""LBFGS, which estimates curvature from the steps it took."""

from collections.abc import Callable
from typing import Any

from minitorch.autograd.grad_mode import enable_grad, no_grad
from minitorch.ops.shape.as_real import view_as_real
from minitorch.ops.shape.joining import cat
from minitorch.optim.line_search import Point, strong_wolfe
from minitorch.optim.optimizer import Optimizer, ParamsT
from minitorch.optim.rule import check_rate
from minitorch.tensor import Tensor


class LBFGS(Optimizer):
    r"""Newton's method with limited memory: ``p ← p + t·d``, ``d = −H·g``.

    H, the inverse of the matrix of second derivatives, is estimated from the last
    ``history_size`` differences of parameters and of gradients. For losses that are the same at
    each call; memory for ``2·history_size`` copies of the parameters.

    Args:
        params: What to optimize: a single group.
        lr: The step length t, or the first one that is tried; a number or a tensor of one element.
        max_iter: Iterations of a step.
        max_eval: Calls of the closure in a step; a quarter more than ``max_iter`` by default.
        tolerance_grad: A step ends where no element of the gradient is larger.
        tolerance_change: A step ends where parameters or loss change by less.
        history_size: How many differences are kept.
        line_search_fn: "strong_wolfe" searches t, None takes ``lr``.

    Raises:
        ValueError: a negative ``lr``; several groups.
        RuntimeError: from ``step``, another ``line_search_fn``.

    Source: ``torch.optim.LBFGS``; Nocedal & Wright 2006, algorithm 7.5.

    Example:
        >>> optimizer = LBFGS(model.parameters(), line_search_fn="strong_wolfe")
        >>> def closure():
        ...     optimizer.zero_grad()
        ...     loss = loss_fn(model(inputs), targets)
        ...     loss.backward()
        ...     return loss
        >>> optimizer.step(closure)
    """

    def __init__(
        self,
        params: ParamsT,
        lr: float | Tensor = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-07,
        tolerance_change: float = 1e-09,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        check_rate(lr)
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    def step(self, closure: Callable[[], Any]) -> Any:  # type: ignore[override]
        """Take up to ``max_iter`` steps of the method; return the loss before the first.

        Args:
            closure: Computes the loss and its gradients anew; called often, with recording on.
        """
        with no_grad():
            return self._step(enable_grad()(closure))

    def _step(self, closure: Callable[[], Any]) -> Any:
        group = self.param_groups[0]
        lr, tolerance_change = group["lr"], group["tolerance_change"]
        lr = lr.squeeze() if isinstance(lr, Tensor) else lr
        state = self.state[self._params[0]]  # all is kept with the first: loading casts it
        state.setdefault("func_evals", 0)
        state.setdefault("n_iter", 0)
        first_loss = closure()
        loss, grad, evals = _number(first_loss), self._flat_grad(), 1
        state["func_evals"] += 1
        if grad.abs().max() <= group["tolerance_grad"]:
            return first_loss
        for n in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            d = self._direction(state, grad, group["history_size"])
            t = lr if state["n_iter"] > 1 else min(1.0, 1.0 / grad.abs().sum()) * lr
            state.update(d=d, t=t, prev_flat_grad=grad.clone(), prev_loss=loss)
            slope = grad.dot(d)
            if slope > -tolerance_change:
                break
            used = 0
            if group["line_search_fn"] is not None:
                start = Point(0, loss, grad, slope)
                point, used = self._search(closure, start, d, group["max_eval"] - evals)
                loss, grad, state["t"] = point.loss, point.grad, point.t
            self._move(state["t"], d)
            if group["line_search_fn"] is None and n != group["max_iter"]:
                loss, grad, used = _number(closure()), self._flat_grad(), 1
            evals += used
            state["func_evals"] += used
            if (
                evals >= group["max_eval"]
                or grad.abs().max() <= group["tolerance_grad"]
                or (d * state["t"]).abs().max() <= tolerance_change
                or abs(loss - state["prev_loss"]) < tolerance_change
            ):
                break
        return first_loss

    def _direction(self, state: dict[str, Any], grad: Tensor, history_size: int) -> Tensor:
        """Remember the last step, and return −H·g."""
        if state["n_iter"] == 1:
            state.update(old_dirs=[], old_stps=[], ro=[], H_diag=1)
            return -grad
        changes, moves, inverses = state["old_dirs"], state["old_stps"], state["ro"]
        change, move = grad - state["prev_flat_grad"], state["d"] * state["t"]
        curvature = change.dot(move)
        if curvature > 1e-10:
            for kept, new in ((changes, change), (moves, move), (inverses, 1.0 / curvature)):
                if len(kept) == history_size:
                    kept.pop(0)
                kept.append(new)
            state["H_diag"] = curvature / change.dot(change)
        shares = state.setdefault("al", [None] * history_size)
        d = -grad
        for i in reversed(range(len(changes))):
            shares[i] = moves[i].dot(d) * inverses[i]
            d.sub_(changes[i] * shares[i])
        d = d * state["H_diag"]
        for i in range(len(changes)):
            d.add_(moves[i] * (shares[i] - changes[i].dot(d) * inverses[i]))
        return d

    def _search(
        self, closure: Callable[[], Any], start: Point, d: Tensor, limit: int
    ) -> tuple[Point, int]:
        """Find the step length; parameters are where they were afterwards."""
        group = self.param_groups[0]
        if group["line_search_fn"] != "strong_wolfe":
            raise RuntimeError(
                f"only 'strong_wolfe' is supported, but line_search_fn is "
                f"{group['line_search_fn']!r}"
            )
        origin = [param.clone() for param in self._params]

        def evaluate(t: Any) -> Point:
            self._move(t, d)
            loss, grad = _number(closure()), self._flat_grad()
            for param, value in zip(self._params, origin, strict=True):
                param.copy_(value)
            return Point(t, loss, grad, grad.dot(d))

        return strong_wolfe(evaluate, start, self.state[self._params[0]]["t"], d.abs().max(), limit)

    @property
    def _params(self) -> list[Tensor]:
        params: list[Tensor] = self.param_groups[0]["params"]
        return params

    def _flat_grad(self) -> Tensor:
        """All gradients as one vector: zeros where there is none."""
        grads = [p.new_zeros(p.numel()) if p.grad is None else p.grad for p in self._params]
        return cat([_parts(grad).reshape(-1) for grad in grads])

    def _move(self, t: Any, d: Tensor) -> None:
        """P ← p + t·d."""
        first, t = 0, float(t)
        for whole in self._params:
            param = _parts(whole)
            last = first + param.numel()
            param.add_(d[first:last].reshape(param.shape), alpha=t)
            first = last


def _parts(x: Any) -> Any:
    """Return a view of complex numbers as real ones, of which one vector is made."""
    return view_as_real(x) if x.is_complex() else x


def _number(loss: Any) -> float:
    """The loss without its history, which ``float`` would warn of."""
    return float(loss.detach() if isinstance(loss, Tensor) else loss)
