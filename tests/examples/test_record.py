"""What the record's recipe has beyond the other configs, piece by piece."""

import numpy as np
import pytest

import minitorch as mt
from examples.cifar10.config import Config, load_config
from examples.cifar10.evaluation import evaluate
from examples.cifar10.files import Batch
from examples.cifar10.models import build_networks
from examples.cifar10.record import Block, whiten_
from examples.cifar10.updates import Lookahead, build_optimizer, build_schedule
from minitorch import nn
from tests.examples.test_train import interrupt, losses, weights
from tests.support.source import REPOSITORY

RECORD = load_config(REPOSITORY / "configs" / "cifar10_record.toml")


def randn(*shape):
    mt.manual_seed(0)
    return mt.randn(*shape)


def test_whitening_makes_patches_uncorrelated():
    images = randn(50, 3, 9, 9)
    images = images + images.roll(1, 3) + 0.3 * images.roll(1, 1)  # neighbours and channels alike
    conv = nn.Conv2d(3, 24, 2, bias=False)
    whiten_(conv, images)
    out = conv(images).detach().numpy().swapaxes(0, 1).reshape(24, -1)
    np.testing.assert_allclose(out[:12], -out[12:])
    np.testing.assert_allclose(out[:12] @ out[:12].T / out.shape[1], np.eye(12), atol=2e-3)


def test_whitening_has_the_eigenvectors_of_the_patches():
    images = randn(20, 3, 8, 8)
    conv = nn.Conv2d(3, 24, 2)
    whiten_(conv, images)
    windows = np.lib.stride_tricks.sliding_window_view(images.numpy(), (2, 2), axis=(2, 3))
    patches = windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, 12).astype(np.float64)
    variances, directions = np.linalg.eigh(patches.T @ patches / len(patches))
    expected = (directions / np.sqrt(variances + 5e-4)).T
    found = conv.weight.detach().numpy().reshape(24, 12)
    np.testing.assert_allclose(abs(found[:12]), abs(expected), atol=1e-3)
    assert (found[:12].max(1) == abs(found[:12]).max(1)).all(), "its largest element is above 0"


def test_a_block_begins_by_handing_its_channels_on():
    block = Block(4, 6)
    images = randn(2, 4, 8, 8)
    np.testing.assert_allclose(block.conv1(images).detach().numpy()[:, :4], images.numpy())
    assert block(images).shape == (2, 6, 4, 4)


def test_the_network_has_the_sizes_of_its_source():
    net1, net2 = build_networks(RECORD)
    shapes = [tuple(p.shape) for p in net1.parameters() if p.requires_grad and p.dim() > 1]
    assert shapes == [(64, 24, 3, 3), (64, 64, 3, 3), (256, 64, 3, 3), *3 * [(256, 256, 3, 3)]]
    assert net2(net1(mt.zeros(2, 3, 32, 32))).shape == (2, 10)


def test_rates_and_decays_are_those_of_the_source():
    """There in terms of a loss summed over 1,024 images, and of the step that it leads to."""
    optimizer = build_optimizer(nn.ModuleList(build_networks(RECORD)), RECORD)
    weights, biases = optimizer.param_groups
    scale = 1024 * (1 + 1 / (1 - 0.85))
    rate, decay = 11.5 / scale, 0.0153 * 1024 / scale
    assert weights["lr"] == pytest.approx(1024 * rate, rel=1e-3)
    assert biases["lr"] == pytest.approx(64 * 1024 * rate, rel=1e-3)
    for group in (weights, biases):
        assert group["lr"] * group["weight_decay"] == pytest.approx(decay, rel=1e-3)
    assert [p.dim() for p in biases["params"]] == 6 * [1]
    assert sum(p.dim() == 1 for p in weights["params"]) == 1, "the bias of the whitening"


def test_the_triangle_goes_straight_up_and_down():
    optimizer = build_optimizer(nn.ModuleList(build_networks(RECORD)), RECORD)
    schedule = build_schedule(optimizer, RECORD, 101)
    found = [schedule.get_last_lr()]
    for _ in range(100):
        optimizer.step()
        schedule.step()
        found.append(schedule.get_last_lr())
    peak = RECORD.warmup * 101 - 1
    expected = np.interp(np.arange(101), [0, peak, 100], [0.2, 1, 0.07]) * RECORD.learning_rate
    np.testing.assert_allclose(found, np.stack([expected, 64 * expected], 1))


def test_the_lookahead_is_an_average_that_grows_longer():
    net = nn.BatchNorm1d(1)
    config = Config(lookahead=0.9, lookahead_after=1)
    lookahead = Lookahead(net, config, total_steps=20)
    value = average = 0.0
    for step in range(1, 21):
        epoch = (step - 1) // 7
        with mt.no_grad():
            net.weight += step
            net.running_mean += step
        value = net.weight.item()
        lookahead.after_step(step, epoch)
        if epoch >= 1 and step % 5 == 0:
            decay = 0 if step == 10 else 0.9**5 * (step / 20) ** 3
            value = average = decay * average + (1 - decay) * value
        assert net.weight.item() == pytest.approx(value)
        assert net.running_mean.item() == pytest.approx(value - 1, abs=1e-4)
    with mt.no_grad():
        net.weight += 1
    lookahead.return_to_average()
    assert net.weight.item() == pytest.approx(average)


def test_six_views_of_each_test_image_are_averaged(torch):
    rng = np.random.default_rng(0)
    split = Batch(rng.integers(0, 256, (5, 3, 32, 32), dtype=np.uint8), np.arange(5))
    net1, net2 = build_networks(Config(network="record", width=0.1))
    nn.init.normal_(net1.whiten.weight)
    result = evaluate(net1, net2, split, "symmetric", augment=True)

    images = torch.from_numpy(split.images).float() / 127.5 - 1
    around = torch.nn.functional.pad(images, (1, 1, 1, 1), mode="reflect")
    places = [(0.5, images), (0.25, around[..., :32, :32]), (0.25, around[..., 2:, 2:])]
    net1.eval()
    score = sum(
        weight * net2(net1(mt.from_numpy(np.ascontiguousarray(view)))).detach().numpy() / 2
        for weight, straight in places
        for view in (straight.numpy(), straight.numpy()[..., ::-1])
    )
    expected = torch.nn.functional.cross_entropy(torch.from_numpy(score), torch.arange(5))
    assert result.loss == pytest.approx(expected.item(), abs=1e-5)
    np.testing.assert_array_equal(result.predictions, score.argmax(1))


SMALL = [
    f"--set={change}"
    for change in (
        "network=record", "width=0.05", "schedule=triangle", "flip=alternating", "shift=2",
        "label_smoothing=0.2", "norm_bias_rate=64", "lookahead=0.95", "lookahead_after=0",
        "whitening_epochs=1", "augment_test=true",
    )
]  # fmt: skip


@pytest.mark.parametrize("step", [3, 7])
def test_a_run_goes_on_exactly_where_it_was_stopped(start, resume, at_step, tmp_path, capsys, step):
    assert start(tmp_path / "whole", *SMALL) == 0
    assert "seen six ways" in capsys.readouterr().out
    at_step(step, interrupt)
    assert start(tmp_path / "run", *SMALL) == 130
    assert resume(tmp_path / "run") == 0
    assert losses(tmp_path / "run") == losses(tmp_path / "whole")
    assert weights(tmp_path / "run") == weights(tmp_path / "whole")


def test_the_whitening_stays_and_its_bias_learns_at_first(start, tmp_path):
    found = []
    for epochs in (0, 1):
        run = tmp_path / str(epochs)
        assert start(run, *SMALL, f"--set=whitening_epochs={epochs}") == 0
        content = mt.load(run / "checkpoint.pt")["net1"]
        found.append([content[f"whiten.{name}"].numpy() for name in ("weight", "bias")])
    (weight, bias), (same_weight, learnt_bias) = found
    np.testing.assert_array_equal(weight, same_weight)
    assert not bias.any()
    assert learnt_bias.all()
