"""Modules as functions of their parameters: ``functional_call``, ``stack_module_state``."""

from collections import OrderedDict
from typing import Any

import pytest

import minitorch as mt
from tests.support.table import complaint, leaf, refused, row, warned


def _linear(torch: Any, weight: float = 2.0, bias: float = 1.0) -> Any:
    module = torch.nn.Linear(1, 1)
    with torch.no_grad():
        module.weight.fill_(weight)
        module.bias.fill_(bias)
    return module


def _net(torch: Any) -> Any:
    return torch.nn.Sequential(_linear(torch), torch.nn.ReLU(), _linear(torch, 3.0, -1.0))


def _tied(torch: Any) -> Any:
    class Tied(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = torch.nn.Parameter(torch.tensor([1.0]))
            self.b = self.a
            self.register_buffer("c", torch.tensor([5.0]))
            self.register_buffer("d", self.c)

        def forward(self, x: Any) -> Any:
            return x * self.a + 10 * self.b + 100 * self.c + 1000 * self.d

    return Tied()


def _counter(torch: Any) -> Any:
    class Counter(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("count", torch.zeros(1))
            self.register_buffer("total", torch.zeros(1))
            self.plain = torch.ones(1)
            self.label = "text"

        def forward(self, x: Any = 0.0, y: Any = 0.0) -> Any:
            self.count = self.count + 1
            self.total += x
            return self.count + self.total + self.plain + y

    return Counter()


def _call(torch: Any, *args: Any, **kwargs: Any) -> Any:
    return torch.func.functional_call(*args, **kwargs)


@row(([[51.0]], [[21.0]], "Parameter", ["weight", "bias"]))
def test_tensors_stand_in_for_parameters_during_the_call(torch: Any) -> Any:
    module, x = _linear(torch), torch.tensor([[10.0]])
    weight = torch.tensor([[5.0]])
    other = _call(torch, module, {"weight": weight}, x)
    return other, module(x), type(module.weight).__name__, list(module.state_dict())


@row([[104.0]])
def test_names_are_dotted(torch: Any) -> Any:
    module = _net(torch)
    return _call(torch, module, {"2.weight": torch.tensor([[5.0]])}, torch.tensor([[10.0]]))


@row([[4.0], [17.0], [13.0], [18.0]])
def test_arguments_are_a_tuple_or_one(torch: Any) -> Any:
    module, x = _counter(torch), torch.tensor([2.0])
    return [
        _call(torch, module, {}, args, kwargs)
        for args, kwargs in ((x, None), ((x, 10.0), None), (None, {"y": 5.0}), ((x,), {"y": 7.0}))
    ]


@row(([[20.0]], None, [1.0]))
def test_gradients_reach_the_tensors_given(torch: Any) -> Any:
    module, weight = _linear(torch), torch.tensor([[5.0]], requires_grad=True)
    doubled = weight * 2
    _call(torch, module, {"weight": doubled}, torch.tensor([[10.0]])).sum().backward()
    return weight.grad, module.weight.grad, module.bias.grad


@row((([[168.0]], [84.0], [[140.0]], [28.0]), ([[236.0]], [118.0], [[234.0]], [30.0])))
def test_second_order(torch: Any) -> Any:
    module, x = _net(torch), torch.tensor([[2.0]])
    params = {name: p.detach().clone().requires_grad_() for name, p in module.named_parameters()}
    out = _call(torch, module, params, x).sum() ** 2
    first = torch.autograd.grad(out, tuple(params.values()), create_graph=True)
    return first, torch.autograd.grad(sum(g.sum() for g in first), tuple(params.values()))


@row(([750.0], [[45.0]]))
def test_a_step_that_is_differentiated(torch: Any) -> Any:
    module, x, rate = _linear(torch), torch.tensor([[2.0]]), leaf(torch, 0.25)
    params = dict(module.named_parameters())
    loss = (_call(torch, module, params, x) ** 2).sum()
    grads = torch.autograd.grad(loss, tuple(params.values()), create_graph=True)
    new = {name: p - rate * g for (name, p), g in zip(params.items(), grads, strict=True)}
    (_call(torch, module, new, x) ** 2).sum().backward()
    return rate.grad, module.weight.grad


@row([[[57.0]], [[57.0]]])
def test_several_dicts(torch: Any) -> Any:
    module = _linear(torch)
    dicts = ({"weight": torch.tensor([[5.0]])}, {"bias": torch.tensor([7.0])})
    return [_call(torch, module, d, torch.tensor([[10.0]])) for d in (dicts, list(dicts))]


@row(
    [
        refused(ValueError, "appeared in multiple dictionaries"),
        refused(ValueError, "Expected all elements of parameter_and_buffer_dicts to be"),
        refused(ValueError, "but got <class 'int'>"),
        refused(ValueError, "Expected all elements of parameter_and_buffer_dicts to be"),
    ]
)
def test_dicts_that_do_not_fit(torch: Any) -> Any:
    module, x, w = _linear(torch), torch.ones(1, 1), torch.ones(1, 1)
    cases = (({"weight": w}, {"weight": w}), [{"weight": w}, 3], 3, "ab")
    return [complaint(lambda d=d: _call(torch, module, d, x)) for d in cases]


@row(([[2.0]], False, refused(RuntimeError, "Error(s) in reparametrizing for Linear:")))
def test_strict(torch: Any) -> Any:
    module, x, w = _linear(torch), torch.ones(1, 1), torch.ones(1, 1)
    lax = _call(torch, module, {"weight": w, "unknown": w}, x)
    strict = complaint(lambda: _call(torch, module, {"weight": w, "unknown": w}, x, strict=True))
    return lax, hasattr(module, "unknown"), strict


@row(
    [
        "Error(s) in reparametrizing for Linear:",
        "\tUnexpected key(s): 'a', 'b'.",
        "\tMissing key(s): 'bias', 'weight'.",
    ]
)
def test_what_strict_lists(torch: Any) -> Any:
    module, x, w = _linear(torch), torch.ones(1, 1), torch.ones(1, 1)
    message = complaint(lambda: _call(torch, module, {"b": w, "a": w}, x, strict=True)).message
    return message.split("\n")


@row(
    (
        [
            refused(AttributeError, "Sequential has no attribute `7`"),
            refused(KeyError, "'tensor name can\\'t be empty string \"\"'"),
        ],
        [[8.0]],
        False,
    )
)
def test_names_that_lead_nowhere(torch: Any) -> Any:
    module, x, w = _net(torch), torch.ones(1, 1), torch.ones(1, 1)
    found = [complaint(lambda n=n: _call(torch, module, {n: w}, x)) for n in ("7.weight", "0.")]
    return found, _call(torch, module, {"0.unknown": w}, x), hasattr(module[0], "unknown")


@row((refused(TypeError, "3 is not an instance of torch.Tensor"), [1.0], [[2.0]]))
def test_values_that_are_no_tensors(torch: Any) -> Any:
    module, x = _linear(torch), torch.ones(1, 1)
    refusal = complaint(lambda: _call(torch, module, {"bias": torch.ones(1), "weight": 3}, x))
    return refusal, module.bias, _call(torch, module, {"bias": None}, x)


@row(
    (
        [51.0],
        [1.0],
        refused(TypeError, "attribute `label`: text is not an instance of torch.Tensor"),
        "text",
    )
)
def test_plain_attributes(torch: Any) -> Any:
    module = _counter(torch)
    other = _call(torch, module, {"plain": torch.tensor([50.0])})
    refusal = complaint(lambda: _call(torch, module, {"label": torch.ones(1)}))
    return other, module.plain, refusal, module.label


@row(([35.0], {"count": [11.0], "total": [23.0]}, [23.0], [0.0], [0.0]))
def test_buffers_that_are_replaced_or_written(torch: Any) -> Any:
    module = _counter(torch)
    state = {"count": torch.tensor([10.0]), "total": torch.tensor([20.0])}
    total = state["total"]
    out = _call(torch, module, state, 3.0)
    return out, state, total, module.count, module.total


@row(("RuntimeError", [[2.0]], "Parameter"))
def test_the_module_is_whole_after_an_error(torch: Any) -> Any:
    module, x = _linear(torch), torch.ones(1, 3)
    raised = complaint(lambda: _call(torch, module, {"weight": torch.zeros(1, 1)}, x))
    return raised.kind, module.weight, type(module.weight).__name__


@row(([5522.0], [2222.0], [5522.0], [5512.0], [5522.0], True))
def test_tied_weights(torch: Any) -> Any:
    module, x, two = _tied(torch), torch.ones(1), torch.tensor([2.0])
    return (
        _call(torch, module, {"a": two}, x),
        _call(torch, module, {"b": two, "d": two}, x),
        _call(torch, module, {"a": two, "b": two}, x),
        _call(torch, module, {"a": two}, x, tie_weights=False),
        _call(torch, module, {"a": two}, x),
        module.a is module.b,
    )


@row((refused(ValueError, "functional_call got multiple values for keys ['a', 'b'],"), [5511.0]))
def test_tied_weights_that_differ(torch: Any) -> Any:
    module, x, tensors = _tied(torch), torch.ones(1), {"a": torch.ones(1), "b": torch.ones(1)}
    refusal = complaint(lambda: _call(torch, module, tensors, x))
    return refusal, _call(torch, module, tensors, x, tie_weights=False)


@row(([2222.0], ["a", "c"], "RuntimeError"))
def test_tied_weights_and_strict(torch: Any) -> Any:
    module, x, two = _tied(torch), torch.ones(1), torch.tensor([2.0])
    tensors = {"a": two, "c": two}
    return (
        _call(torch, module, tensors, x, strict=True),
        list(tensors),
        complaint(lambda: _call(torch, module, tensors, x, strict=True, tie_weights=False)).kind,
    )


def test_a_module_of_two_names_is_whole_after_the_call() -> None:
    """PyTorch leaves what it was given in it."""
    layer, counter = _linear(mt), _counter(mt)
    weight, count = layer.weight, counter.count
    net = mt.nn.Sequential(layer, layer, counter, counter)
    state = {"1.weight": mt.tensor([[5.0]]), "2.count": mt.tensor([10.0])}
    assert _call(mt, net, state, mt.ones(1)).tolist() == [87.0]
    assert (layer.weight is weight, counter.count is count) == (True, True)
    assert state["2.count"].tolist() == [12.0]


@row([[[5.0]]])
def test_hooks_run_in_the_call(torch: Any) -> Any:
    module, x, seen = _linear(torch), torch.ones(1, 1), []
    module.register_forward_hook(lambda m, args, out: seen.append(m.weight))
    _call(torch, module, {"weight": torch.tensor([[5.0]])}, x)
    return seen


@row(([[[6.0]]], [refused(FutureWarning, "is deprecated as of PyTorch 2.0")]))
def test_the_old_place(torch: Any) -> Any:
    module, x, made = _linear(torch), torch.ones(1, 1), []
    old = torch.nn.utils.stateless.functional_call
    tensors = {"weight": torch.tensor([[5.0]])}
    warnings = warned(lambda: made.append(old(module, tensors, x)))
    return made, warnings


@row([[[11.0]], [[21.0]], [[31.0]]])
def test_under_vmap(torch: Any) -> Any:
    module, x = _linear(torch), torch.tensor([[10.0]])
    weights = torch.tensor([[[1.0]], [[2.0]], [[3.0]]])
    return torch.func.vmap(lambda w: _call(torch, module, {"weight": w}, x))(weights)


# stack_module_state


@row(
    (
        [[[1.0]], [[2.0]], [[3.0]]],
        {
            "0.weight": ((3, 1, 1), "torch.float32"),
            "0.bias": ((3, 1), "torch.float32"),
            "1.weight": ((3, 1), "torch.float32"),
            "1.bias": ((3, 1), "torch.float32"),
            "1.running_mean": ((3, 1), "torch.float32"),
            "1.running_var": ((3, 1), "torch.float32"),
            "1.num_batches_tracked": ((3,), "torch.int64"),
        },
        [
            (True, True, "Tensor"),
            (True, True, "Tensor"),
            (True, True, "Tensor"),
            (True, True, "Tensor"),
        ],
        [False, False, False],
    )
)
def test_stacked_state(torch: Any) -> Any:
    params, buffers = torch.func.stack_module_state(
        [torch.nn.Sequential(_linear(torch, k), torch.nn.BatchNorm1d(1)) for k in (1.0, 2.0, 3.0)]
    )
    shapes = {name: (tuple(t.shape), str(t.dtype)) for name, t in {**params, **buffers}.items()}
    about = [(p.requires_grad, p.is_leaf, type(p).__name__) for p in params.values()]
    return params["0.weight"], shapes, about, [b.requires_grad for b in buffers.values()]


@row(([[[2.0], [3.0]], [[0.0], [0.0]], [[4.0], [7.0]]], True, [[[3.0]], [[0.0]], [[3.0]]], None))
def test_an_ensemble(torch: Any) -> Any:
    models = [torch.nn.Sequential(_linear(torch, k), torch.nn.ReLU()) for k in (1.0, -2.0, 3.0)]
    params, buffers = torch.func.stack_module_state(models)

    def call(params: Any, buffers: Any, x: Any) -> Any:
        return _call(torch, models[0], (params, buffers), x)

    x = torch.tensor([[1.0], [2.0]])
    out = torch.func.vmap(call, (0, 0, None))(params, buffers, x)
    out.sum().backward()
    apart = torch.stack([model(x) for model in models])
    return out, bool((out == apart).all()), params["0.weight"].grad, models[0][0].weight.grad


@row([[[8.0]], [[14.0]]])
def test_an_ensemble_each_with_inputs_of_its_own(torch: Any) -> Any:
    models = [_net(torch) for _ in range(2)]
    params, buffers = torch.func.stack_module_state(models)

    def call(params: Any, buffers: Any, x: Any) -> Any:
        return _call(torch, models[0], (params, buffers), (x,))

    x = torch.tensor([[[1.0]], [[2.0]]])
    return torch.func.vmap(call)(params, buffers, x)


@row(
    (
        [[[-0.999995], [0.999995]], [[-0.999999], [0.999999]]],
        {
            "1.running_mean": [[0.3], [0.5]],
            "1.running_var": [[1.1], [1.7]],
            "1.num_batches_tracked": [1, 1],
        },
        [0.0],
    )
)
def test_an_ensemble_with_statistics(torch: Any) -> Any:
    models = [torch.nn.Sequential(_linear(torch, k), torch.nn.BatchNorm1d(1)) for k in (1.0, 2.0)]
    params, buffers = torch.func.stack_module_state(models)

    def call(params: Any, buffers: Any, x: Any) -> Any:
        return _call(torch, models[0], (params, buffers), x), buffers

    out, _ = torch.func.vmap(call, (0, 0, None))(params, buffers, torch.tensor([[1.0], [3.0]]))
    return out, buffers, models[0][1].running_mean


@row(([13.0, 4.68, 1.6848], [[[0.216]], [[0.824]]], [[1.0]]))
def test_an_ensemble_is_trained(torch: Any) -> Any:
    models = [_linear(torch, k) for k in (1.0, 2.0)]
    params, _ = torch.func.stack_module_state(models)
    optimizer = torch.optim.SGD(params.values(), lr=0.1)
    x, losses = torch.tensor([[1.0]]), []
    for _ in range(3):
        optimizer.zero_grad()
        out = torch.func.vmap(lambda p: _call(torch, models[0], p, x))(params)
        loss = (out**2).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, params["weight"], models[0].weight


@row([False, False])
def test_frozen_parameters_stay_frozen(torch: Any) -> Any:
    models = [_linear(torch).requires_grad_(False) for _ in range(2)]
    return [p.requires_grad for p in torch.func.stack_module_state(models)[0].values()]


@row(
    [
        refused(RuntimeError, "stack_module_state: Expected at least one model, got 0."),
        refused(RuntimeError, "stack_module_state: Expected all models to have the same"),
        refused(RuntimeError, "stack_module_state: Expected all models to be of the same"),
        refused(RuntimeError, "Expected weight from each model to have the same"),
    ]
)
def test_models_that_differ(torch: Any) -> Any:
    one, other = _linear(torch), _linear(torch)
    half = _linear(torch)
    half.weight.requires_grad_(False)
    cases = ([], [one, other.eval()], [one, torch.nn.ReLU()], [one, half])
    return [complaint(lambda m=m: torch.func.stack_module_state(m)) for m in cases]


@row([[[2.0]], [[5.0]]])
def test_a_module_list_of_models(torch: Any) -> Any:
    models = torch.nn.ModuleList([_linear(torch), _linear(torch, 5.0)])
    return torch.func.stack_module_state(models)[0]["weight"]


def test_ordered_dicts_are_dicts() -> None:
    weight = OrderedDict(weight=mt.tensor([[5.0]]))
    assert mt.func.functional_call(_linear(mt), weight, mt.tensor([[10.0]])).item() == 51.0


def test_messages_say_what_to_do() -> None:
    with pytest.raises(TypeError, match=r"it was given for '0\.weight'"):
        mt.func.functional_call(_net(mt), {"0.weight": 3}, mt.ones(1, 1))
    with pytest.raises(RuntimeError, match=r"These are \['Linear', 'ReLU'\]"):
        mt.func.stack_module_state([_linear(mt), mt.nn.ReLU()])
