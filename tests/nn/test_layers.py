"""What single layers do beside their rows: initial weights, statistics, dropout, options."""

import numpy as np
import pytest

import minitorch as mt
from minitorch import nn
from tests.nn.both import outcome


def tutorial_network(torch):
    """The network of the CIFAR-10 tutorial, built in the order of its definition."""
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 6, 5),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2, 2),
        torch.nn.Conv2d(6, 16, 5),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2, 2),
        torch.nn.Flatten(),
        torch.nn.Linear(400, 120),
        torch.nn.ReLU(),
        torch.nn.Linear(120, 84),
        torch.nn.ReLU(),
        torch.nn.Linear(84, 10),
    )


def test_initial_weights_are_pytorchs_to_the_bit(torch):
    ours, theirs = tutorial_network(mt), tutorial_network(torch)
    for (name, a), b in zip(ours.named_parameters(), theirs.parameters(), strict=True):
        assert a.detach().numpy().tobytes() == b.detach().numpy().tobytes(), name


def test_initial_weights_without_pytorch():
    checksums = {
        name: int(p.detach().numpy().view(np.uint32).sum(dtype=np.uint64))
        for name, p in tutorial_network(mt).named_parameters()
    }
    assert checksums == CHECKSUMS


# Sums of the float32 words of PyTorch 2.13's parameters after manual_seed(0).
CHECKSUMS = {
    "0.weight": 947376124770,
    "0.bias": 8354939344,
    "3.weight": 5085749166736,
    "3.bias": 33569149283,
    "7.weight": 100216072810351,
    "7.bias": 261533167985,
    "9.weight": 21189904547635,
    "9.bias": 165445906614,
    "11.weight": 1763844817257,
    "11.bias": 21031054078,
}


def test_batch_norm_in_evaluation_is_frozen_and_pure():
    norm = nn.BatchNorm1d(2)
    norm(mt.tensor([[1.0, 2.0], [3.0, 6.0]]))
    assert norm.running_mean.tolist() == pytest.approx([0.2, 0.4])
    assert norm.running_var.tolist() == pytest.approx([1.1, 1.7])
    assert norm.num_batches_tracked.item() == 1
    assert norm.num_batches_tracked.dtype == mt.int64
    before = {name: t.tolist() for name, t in norm.state_dict().items()}
    norm.eval()
    out = norm(mt.tensor([[1.2, 0.4]]))
    assert out.tolist()[0] == pytest.approx([1 / np.sqrt(1.1 + 1e-5), 0.0])
    assert {name: t.tolist() for name, t in norm.state_dict().items()} == before


def test_the_running_variance_of_a_constant_is_not_negative():
    norm = nn.BatchNorm1d(2, momentum=None)
    norm(mt.full((4, 2), 3.7))
    assert min(norm.running_var.tolist()) >= 0
    assert norm.running_var.tolist() == pytest.approx([0.0, 0.0], abs=1e-11)


def test_batch_norm_of_what_is_not_finite_does_not_warn():
    norm = nn.BatchNorm1d(2)
    norm(mt.tensor([[1e20, np.inf], [-1e20, 1.0]]))
    assert norm.running_mean.tolist() == [0.0, np.inf]
    assert norm.running_var[0].item() == np.inf
    assert np.isnan(norm.running_var[1].item())


def test_dropout_only_drops_in_training():
    mt.manual_seed(0)
    drop = nn.Dropout(0.5)
    x = mt.ones(8)
    assert set(drop(x).tolist()) == {0.0, 2.0}
    drop.eval()
    assert drop(x) is x


def test_results_require_grad_as_their_inputs_do():
    x = mt.ones(2, 3)
    for module in (nn.ReLU(), nn.Softmax(1), nn.Flatten(), nn.Identity(), nn.Dropout()):
        assert not module(x).requires_grad
        assert module(x.clone().requires_grad_()).requires_grad
    assert nn.Linear(3, 2)(x).requires_grad
    assert not nn.Linear(3, 2).requires_grad_(False)(x).requires_grad


def test_return_indices():
    out, indices = nn.MaxPool2d(2, return_indices=True)(mt.arange(16.0).reshape(1, 4, 4))
    assert out.tolist() == [[[5.0, 7.0], [13.0, 15.0]]]
    assert indices.tolist() == [[[5, 7], [13, 15]]]
    assert indices.dtype == mt.int64


def test_options_of_conv_in_numbers():
    assert nn.Conv2d(4, 8, 3, stride=2, padding=1)(mt.randn(1, 4, 5, 5)).shape == (1, 8, 3, 3)
    conv = nn.Conv2d(1, 1, 3, padding=1, padding_mode="circular", bias=False)
    nn.init.zeros_(conv.weight)
    with mt.no_grad():
        conv.weight[0, 0, 0, 0] = 1
    assert conv(mt.arange(9.0).reshape(1, 1, 3, 3)).tolist() == [
        [[[8.0, 6.0, 7.0], [2.0, 0.0, 1.0], [5.0, 3.0, 4.0]]]
    ]


def test_a_transposed_convolution_gives_the_size_that_is_asked_for(torch):
    def sizes(t):
        layer = t.nn.ConvTranspose2d(2, 3, (3, 2), stride=(2, 3), padding=1, dilation=(1, 2))
        x = t.ones(2, 2, 4, 5)
        asked = [(8, 14), [2, 3, 7, 13], x.new_empty(1, 1, 8, 15).size()]
        outs = [layer(x, output_size=size) for size in asked] + [layer(x[0], asked[0])]
        return [tuple(out.shape) for out in outs]

    assert sizes(mt) == sizes(torch)


def test_slopes_of_large_scores_in_half_precision():
    mt.manual_seed(0)
    q, k, v = (mt.randn(1, 2, 6, 8, dtype=mt.float16) * 4 for _ in "qkv")
    grads = []
    for dtype in (mt.float16, mt.float64):
        inputs = [x.to(dtype).requires_grad_() for x in (q, k, v)]
        out = nn.functional.scaled_dot_product_attention(*inputs)
        grads.append(mt.autograd.grad(out.sum(), inputs))
    for half, double in zip(*grads, strict=True):
        np.testing.assert_allclose(half.numpy(), double.numpy(), atol=0.01, rtol=0.01)


WRONG_DTYPES = {
    "linear": lambda t, dtype: t.nn.Linear(4, 2)(t.ones(3, 4).to(dtype)),
    "linear of more dimensions": lambda t, dtype: t.nn.Linear(4, 2)(t.ones(2, 3, 4).to(dtype)),
    "linear, no bias": lambda t, dtype: t.nn.Linear(4, 2, bias=False)(t.ones(3, 4).to(dtype)),
    "conv": lambda t, dtype: t.nn.Conv2d(1, 2, 3)(t.ones(1, 1, 4, 4).to(dtype)),
    "conv unbatched": lambda t, dtype: t.nn.Conv2d(1, 2, 3)(t.ones(1, 4, 4).to(dtype)),
    "conv, no bias": lambda t, dtype: t.nn.Conv2d(1, 2, 3, bias=False)(t.ones(1, 4, 4).to(dtype)),
}


@pytest.mark.parametrize("dtype", ["float64", "int64", "uint8"])
@pytest.mark.parametrize("call", WRONG_DTYPES.values(), ids=WRONG_DTYPES)
def test_inputs_of_another_dtype_are_refused_as_in_pytorch(torch, call, dtype):
    results = [outcome(lambda t: call(t, getattr(t, dtype)), t) for t in (mt, torch)]
    (kind, (message, _)), (their_kind, (their_message, _)) = results
    assert kind == their_kind == "RuntimeError"
    assert message.startswith(their_message)
