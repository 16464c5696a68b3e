"""Recurrent layers on packed sequences and with states, and packing itself, beside PyTorch."""

import pickle
from typing import Any

import pytest

import minitorch as mt
from tests.nn.both import assert_same_values, outcome
from tests.nn.cases.rows import normal
from tests.nn.walks import draw, flat, gradients

LENGTHS = [2, 4, 1]


def padded(lib: Any) -> Any:
    return lib.arange(24.0).reshape(4, 3, 2)


def packed(lib: Any) -> Any:
    return lib.nn.utils.rnn.pack_padded_sequence(padded(lib), LENGTHS, enforce_sorted=False)


def ragged(lib: Any) -> Any:
    return [lib.arange(2.0), lib.arange(3.0) + 5, lib.tensor([9.0])]


# Calls of torch.nn.utils.rnn: `r`; `x` is padded, `p` packed, `l` a list of sequences.
CALLS = """
    r.pack_padded_sequence(x, [4, 2, 1])
    r.pack_padded_sequence(x, t.tensor([4, 4, 1], dtype=t.int32))
    r.pack_padded_sequence(x, [2, 1, 3, 2], batch_first=True, enforce_sorted=False)
    r.pack_padded_sequence(x[:, :, 0].long(), [3, 3, 2])
    r.pack_padded_sequence(x, [1, 2, 4])
    r.pack_padded_sequence(x, [4, 2])
    r.pack_padded_sequence(x, [4, 2, 0])
    r.pack_padded_sequence(x, t.tensor([[4, 2, 1]]))
    r.pack_padded_sequence(x[:0], [0, 0, 0])
    r.pack_padded_sequence(x[0, 0], [2])
    r.pack_padded_sequence([x], [1])
    r.pad_packed_sequence(p)
    r.pad_packed_sequence(p, True, -1.0, 6)
    r.pad_packed_sequence(p, total_length=3)
    r.pad_sequence(l)
    r.pad_sequence(iter(l), batch_first=True, padding_value=-1)
    r.pad_sequence(l, padding_side="left")
    r.pad_sequence(l, padding_side="up")
    r.pad_sequence(x)
    r.pad_sequence([])
    r.pad_sequence(3)
    r.pad_sequence([l[0], [1.0]])
    r.pad_sequence([t.tensor(1.0)])
    r.pad_sequence([l[0].long(), l[1]])
    r.unpad_sequence(x, t.tensor([1, 3, 2]))
    r.unpad_sequence(x, t.tensor([1, 3, 2, 1]), batch_first=True)
    r.unpad_sequence(x, t.tensor([1, 3]))
    r.unpad_sequence(x, t.tensor([-1, 0, 9]))
    r.pack_sequence(l, enforce_sorted=False)
    r.pack_sequence(l)
    r.unpack_sequence(r.pack_sequence(l, enforce_sorted=False))
    r.unpack_sequence(p)
    r.invert_permutation(t.tensor([2, 0, 1]))
    r.invert_permutation(None)
    r.PackedSequence(x)
    r.PackedSequence((l[0], t.tensor([1, 1])), None, t.tensor([0]))
    p.double()
    p.to(t.float16).half().int().short().char().byte().long().float()
    p.cpu() is p.to(t.float32) is p
    p.pin_memory()
    (p.is_cuda, p.is_pinned(), len(p), p._fields)
"""


@pytest.mark.parametrize("call", [line.strip() for line in CALLS.strip().splitlines()])
def test_packing_is_pytorchs(torch: Any, call: str) -> None:
    def script(lib: Any) -> Any:
        names = {"x": padded(lib), "p": packed(lib), "l": ragged(lib)}
        return eval(call, {"t": lib, "r": lib.nn.utils.rnn, **names})

    (kind, (ours, _)), (expected, (theirs, _)) = outcome(script, mt), outcome(script, torch)
    assert kind == expected
    if kind == "value":
        assert_same_values(ours, theirs, 0.0)
        assert type(ours).__name__ == type(theirs).__name__
    elif not theirs.startswith("ArrayRef"):
        assert ours.startswith(theirs.split(":")[0].rstrip(".")[:60])


def test_lengths_beyond_the_input_are_refused() -> None:
    """PyTorch gives batch sizes that the data does not have."""
    with pytest.raises(RuntimeError, match="an element 5, but the input has 4 steps"):
        mt.nn.utils.rnn.pack_padded_sequence(padded(mt), [5, 2, 1])


def test_packed_sequences_can_be_pickled() -> None:
    again = pickle.loads(pickle.dumps(packed(mt)))
    assert type(again) is mt.nn.utils.rnn.PackedSequence
    assert_same_values(again, packed(mt), 0.0)


LAYERS = [
    "RNN(3, 4, nonlinearity='relu')",
    "RNN(3, 4, 2, bidirectional=True, batch_first=True)",
    "LSTM(3, 4, 2, bidirectional=True, dropout=0.5)",
    "LSTM(3, 4, 2, proj_size=2, bidirectional=True)",
    "GRU(3, 4, 3, bias=False, dropout=0.3)",
    "GRU(3, 4, batch_first=True, bidirectional=True)",
]


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("is_packed", [True, False], ids=["packed", "padded"])
@pytest.mark.parametrize("is_given", [True, False], ids=["from states", "from zeros"])
def test_layers_are_pytorchs(torch: Any, layer: str, is_packed: bool, is_given: bool) -> None:
    """Outputs, states, first and second gradients, of sequences in any order."""

    def run(lib: Any) -> Any:
        lib.manual_seed(0)
        module = eval(f"lib.nn.{layer}", {"lib": lib}).double()
        n, t = len(LENGTHS), max(LENGTHS)
        count = module.num_layers * (1 + module.bidirectional)
        shape = (n, t, 3) if module.batch_first else (t, n, 3)
        x, h, c = draw(
            lib, [normal(*shape), normal(count, n, module.proj_size or 4), normal(count, n, 4)]
        )
        hx = (h, c) if module.mode == "LSTM" else h
        lib.manual_seed(1)
        rnn = lib.nn.utils.rnn
        if is_packed:
            batch_first = module.batch_first
            given = rnn.pack_padded_sequence(x, LENGTHS, batch_first, enforce_sorted=False)
            out, states = module(given, hx if is_given else None)
            assert type(out) is rnn.PackedSequence
            out = rnn.pad_packed_sequence(out, batch_first)[0]
        else:
            out, states = module(x, hx if is_given else None)
        outputs = flat((out, states))
        leaves = [x, *flat(hx), *module.parameters()]
        first = gradients(lib, outputs, leaves, create_graph=True)
        second = gradients(lib, [g for g in first if g is not None], leaves)
        return [[x for x in found if x is not None] for found in (outputs, first, second)]

    assert_same_values(run(mt), run(torch), 1e-10)


def test_results_may_be_written_into() -> None:
    """What the gradient needs is kept apart."""
    for name in ("RNN", "GRU", "LSTM"):
        layer = getattr(mt.nn, name)(3, 4)
        x = mt.randn(5, 2, 3)
        (layer(x)[0] * 2).sum().backward()
        expected, layer.weight_ih_l0.grad = layer.weight_ih_l0.grad, None
        layer(x)[0].mul_(2).sum().backward()
        assert_same_values(layer.weight_ih_l0.grad, expected, 1e-6)


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
def test_transforms_see_through_a_layer(name: str) -> None:
    """A tangent is the product with the Jacobian; examples of a batch do not see each other."""
    mt.manual_seed(0)
    layer = getattr(mt.nn, name)(3, 4, bidirectional=True).double()
    x, v = mt.randn(3, 2, 3).double(), mt.randn(3, 2, 3).double()

    def f(x: Any) -> Any:
        return layer(x)[0]

    jacobian = mt.func.jacrev(f)(x)
    _, tangent = mt.func.jvp(f, (x,), (v,))
    assert_same_values(tangent, mt.tensordot(jacobian, v, 3), 1e-12)
    assert_same_values(mt.func.jacfwd(f)(x), jacobian, 1e-12)
    parameters = {name: p.detach() for name, p in layer.named_parameters()}

    def loss(parameters: Any, x: Any) -> Any:
        return (mt.func.functional_call(layer, parameters, (x,))[0] ** 2).sum()

    xs = mt.stack([x, v])
    each = mt.func.vmap(mt.func.grad(loss), in_dims=(None, 0))(parameters, xs)
    for i in range(2):
        alone = mt.func.grad(loss)(parameters, xs[i])
        assert_same_values({name: g[i] for name, g in each.items()}, alone, 1e-12)


def test_dropout_of_a_single_layer_warns_where_it_is_made() -> None:
    with pytest.warns(UserWarning, match="num_layers greater than 1") as caught:
        mt.nn.GRU(3, 4, dropout=0.5)
    assert caught[0].filename == __file__


@pytest.mark.parametrize("name", ["rnn_tanh", "rnn_relu", "gru", "lstm"])
def test_functions_of_the_root_are_pytorchs(torch: Any, name: str) -> None:
    """Padded and packed, by place and by name; cells with one bias or none."""

    def run(lib: Any) -> Any:
        rows = {"gru": 12, "lstm": 16}.get(name, 4)
        shapes = [(5, 2, 3), (1, 2, 4), (rows, 3), (rows, 4), (rows,), (rows,)]
        x, h, *params = draw(lib, [normal(*shape) for shape in shapes])
        hx = (h, h * 2) if name == "lstm" else h
        function, cell = getattr(lib, name), getattr(lib, f"{name}_cell")
        options = (True, 1, 0.0, False, False)
        sizes = lib.tensor([2, 2, 1])
        step = (h[0], h[0] * 2) if name == "lstm" else h[0]
        names = ("has_biases", "num_layers", "dropout", "train", "bidirectional")
        return flat(
            [
                function(x.transpose(0, 1), hx, params, *options, True),
                function(x, hx, params, *options, False),
                function(x.flatten(0, 1), sizes, hx, params, *options),
                function(
                    data=x.flatten(0, 1),
                    batch_sizes=sizes,
                    hx=hx,
                    params=params[:2],
                    **dict(zip(names, (False, *options[1:]), strict=True)),
                ),
                *[cell(x[0], step, *params[:k]) for k in (2, 3, 4)],
            ]
        )

    assert_same_values(run(mt), run(torch), 1e-12)


def test_flat_weights_are_the_parameters_in_the_order_of_the_layers(torch: Any) -> None:
    def names(lib: Any) -> Any:
        layer = lib.nn.LSTM(2, 4, 2, bidirectional=True, proj_size=3)
        assert all(a is b for a, b in zip(layer._flat_weights, layer.parameters(), strict=True))
        return layer._flat_weights_names

    assert names(mt) == names(torch)
