"""Layers beside PyTorch's: outputs, gradients and statistics from the same seed and input."""

import numpy as np
import pytest

import minitorch as mt
from minitorch import nn
from tests.nn.both import assert_same_values, outcome

TOLERANCE = {"float32": 1e-5, "float64": 1e-12}


def conv(*args, **options):
    return lambda torch: torch.nn.Conv2d(*args, **options)


def layer(name, *args, **options):
    return lambda torch: getattr(torch.nn, name)(*args, **options)


IMAGES = (2, 4, 7, 6)

LAYERS = {
    "linear": (layer("Linear", 5, 3), (2, 5)),
    "linear without bias": (layer("Linear", 5, 3, bias=False), (2, 5)),
    "linear on a vector": (layer("Linear", 5, 3), (5,)),
    "linear on more dimensions": (layer("Linear", 5, 3), (2, 3, 4, 5)),
    "linear on nothing": (layer("Linear", 5, 3), (0, 5)),
    "conv": (conv(4, 6, 3), IMAGES),
    "conv 1x1": (conv(4, 6, 1), IMAGES),
    "conv stride": (conv(4, 6, 3, stride=2), IMAGES),
    "conv stride and padding": (conv(4, 6, (3, 2), stride=(2, 1), padding=(2, 1)), IMAGES),
    "conv dilation": (conv(4, 6, 3, dilation=(2, 1), padding=1), IMAGES),
    "conv groups": (conv(4, 6, 3, groups=2, padding=1), IMAGES),
    "conv depthwise": (conv(4, 8, 3, groups=4, bias=False), IMAGES),
    "conv unbatched": (conv(4, 6, 3, padding=1), IMAGES[1:]),
    "conv valid": (conv(4, 6, 3, padding="valid"), IMAGES),
    "conv same": (conv(4, 6, 3, padding="same"), IMAGES),
    "conv same with even kernel": (conv(4, 6, (2, 4), padding="same", dilation=(1, 2)), IMAGES),
    "conv reflect": (conv(4, 6, 3, padding=(2, 1), padding_mode="reflect"), IMAGES),
    "conv replicate": (conv(4, 6, 3, padding=(2, 1), padding_mode="replicate"), IMAGES),
    "conv circular": (conv(4, 6, 3, padding=(2, 1), padding_mode="circular"), IMAGES),
    "conv circular same": (conv(4, 6, (2, 3), padding="same", padding_mode="circular"), IMAGES),
    "conv reflect valid": (conv(4, 6, 3, padding="valid", padding_mode="reflect"), IMAGES),
    "conv reflect unbatched": (conv(4, 6, 3, padding=1, padding_mode="reflect"), IMAGES[1:]),
    "conv on nothing": (conv(4, 6, 3), (0, 4, 5, 5)),
    "max pool": (layer("MaxPool2d", 2), IMAGES),
    "max pool, all options": (
        layer("MaxPool2d", (3, 2), stride=(2, 1), padding=1, dilation=(1, 2), ceil_mode=True),
        IMAGES,
    ),
    "max pool unbatched": (layer("MaxPool2d", 3, 1), IMAGES[1:]),
    "avg pool": (layer("AvgPool2d", 2), IMAGES),
    "avg pool, all options": (
        layer("AvgPool2d", 3, stride=2, padding=1, ceil_mode=True, count_include_pad=False),
        IMAGES,
    ),
    "avg pool divisor": (layer("AvgPool2d", (2, 3), padding=1, divisor_override=5), IMAGES),
    "avg pool unbatched": (layer("AvgPool2d", 2), IMAGES[1:]),
    "adaptive": (layer("AdaptiveAvgPool2d", (3, 4)), IMAGES),
    "adaptive to one": (layer("AdaptiveAvgPool2d", 1), IMAGES),
    "adaptive keeping one side": (layer("AdaptiveAvgPool2d", (None, 2)), IMAGES),
    "adaptive larger": (layer("AdaptiveAvgPool2d", (9, 7)), IMAGES),
    "adaptive unbatched": (layer("AdaptiveAvgPool2d", 2), IMAGES[1:]),
    "relu": (layer("ReLU"), (3, 4)),
    "elu": (layer("ELU", 0.7), (3, 4)),
    "silu": (layer("SiLU"), (3, 4)),
    "softplus": (layer("Softplus", 2.0, 1.5), (3, 4)),
    "leaky relu": (layer("LeakyReLU"), (3, 4)),
    "leaky relu steep": (layer("LeakyReLU", 0.3), (3, 4)),
    "sigmoid": (layer("Sigmoid"), (3, 4)),
    "tanh": (layer("Tanh"), (3, 4)),
    "gelu": (layer("GELU"), (3, 40)),
    "gelu by tanh": (layer("GELU", "tanh"), (3, 40)),
    "softmax": (layer("Softmax", 1), (3, 4)),
    "softmax of images": (layer("Softmax", -3), IMAGES),
    "log softmax": (layer("LogSoftmax", 0), (3, 4)),
    "log softmax, last": (layer("LogSoftmax", dim=-1), (2, 3, 4)),
    "flatten": (layer("Flatten"), IMAGES),
    "flatten between": (layer("Flatten", 1, 2), IMAGES),
    "unflatten": (layer("Unflatten", 1, (2, -1)), IMAGES),
    "identity": (layer("Identity"), IMAGES),
    "dropout": (layer("Dropout", 0.3), (4, 50)),
    "dropout of nothing": (layer("Dropout", 0.0), (4, 5)),
    "dropout in place": (
        lambda torch: torch.nn.Sequential(torch.nn.Linear(5, 5), torch.nn.Dropout(0.3, True)),
        (4, 5),
    ),
    "relu in place": (
        lambda torch: torch.nn.Sequential(torch.nn.Linear(5, 5), torch.nn.ReLU(True)),
        (4, 5),
    ),
    "leaky relu in place": (
        lambda torch: torch.nn.Sequential(torch.nn.Linear(5, 5), torch.nn.LeakyReLU(0.2, True)),
        (4, 5),
    ),
    "dropout of all": (layer("Dropout", 1), (4, 5)),
    "batch norm": (layer("BatchNorm2d", 4), IMAGES),
    "batch norm 1d": (layer("BatchNorm1d", 4), (5, 4)),
    "batch norm of sequences": (layer("BatchNorm1d", 4), (5, 4, 3)),
    "batch norm without affine": (layer("BatchNorm2d", 4, affine=False), IMAGES),
    "batch norm without bias": (layer("BatchNorm2d", 4, bias=False), IMAGES),
    "batch norm without statistics": (layer("BatchNorm2d", 4, track_running_stats=False), IMAGES),
    "batch norm eps and momentum": (layer("BatchNorm2d", 4, eps=0.1, momentum=0.7), IMAGES),
    "batch norm averaging": (layer("BatchNorm2d", 4, momentum=None), IMAGES),
    "batch norm of nothing": (layer("BatchNorm2d", 4), (0, 4, 2, 2)),
    "a small network": (
        lambda torch: torch.nn.Sequential(
            torch.nn.Conv2d(4, 6, 3, padding=1),
            torch.nn.BatchNorm2d(6),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2),
            torch.nn.Flatten(),
            torch.nn.Dropout(),
            torch.nn.Linear(54, 3),
        ),
        IMAGES,
    ),
}


def run(torch, make, shape, dtype, training):
    """Two forward passes and one backward pass; all that a user can see of them."""
    random = np.random.default_rng(7)
    torch.manual_seed(0)
    module = make(torch).to(getattr(torch, dtype))
    for name, parameter in module.named_parameters():
        if parameter.ndim == 1 and "weight" in name:  # a norm's scale, so that it shows
            torch.nn.init.uniform_(parameter, 0.5, 2.0)
    module.train()
    first = torch.from_numpy(random.standard_normal(shape).astype(dtype))
    if training or any(True for _ in module.buffers()):
        module(first)
    module.train(training)
    x = torch.from_numpy(random.standard_normal(shape).astype(dtype)).requires_grad_()
    out = module(x)
    out.backward(torch.from_numpy(random.standard_normal(tuple(out.shape)).astype(dtype)))
    return out, x.grad, [p.grad for p in module.parameters()], dict(module.state_dict())


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")  # PyTorch's
@pytest.mark.parametrize("training", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("make", "shape"), LAYERS.values(), ids=LAYERS)
def test_layers_compute_what_pytorchs_do(torch, make, shape, dtype, training):
    ours = run(mt, make, shape, dtype, training)
    theirs = run(torch, make, shape, dtype, training)
    assert_same_values(ours, theirs, TOLERANCE[dtype])


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


@pytest.mark.parametrize("make", [nn.ReLU, nn.Dropout, lambda inplace: nn.LeakyReLU(0.5, inplace)])
def test_inplace_layers_write_into_their_input(make):
    mt.manual_seed(0)
    expected = make(inplace=False)(mt.arange(-3.5, 4.5) * 1).tolist()
    mt.manual_seed(0)
    leaf = mt.arange(-3.5, 4.5).requires_grad_()
    x = leaf * 1
    out = make(inplace=True)(x)
    assert out is x
    assert x.tolist() == expected
    out.sum().backward()
    slope = [0 if e == 0 else e / v for e, v in zip(expected, leaf.tolist(), strict=True)]
    assert leaf.grad.tolist() == pytest.approx(slope)


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


def test_parameters_take_the_dtype_asked_for():
    assert nn.Linear(2, 2, dtype=mt.float64).weight.dtype == mt.float64
    assert nn.Conv2d(1, 1, 1, dtype=mt.float64).bias.dtype == mt.float64
    assert nn.BatchNorm1d(2, dtype=mt.float64).running_mean.dtype == mt.float64
