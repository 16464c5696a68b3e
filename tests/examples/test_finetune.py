"""Pretraining a ResNet-18 and fine-tuning it, from the command line, on drawn images."""

import signal

import pytest

import minitorch as mt
from examples.cifar10.config import load_config, to_toml
from examples.finetune import pretrain
from examples.finetune.config import PretrainConfig
from tests.support.source import REPOSITORY

PRETRAIN = """
classes = [0, 2, 4]
epochs = 2
batch_size = 8
learning_rate = 0.02
train_images = 24
test_images = 6
"""


@pytest.fixture(scope="module")
def start_pretraining(tmp_path_factory, synthetic_root):
    """start_pretraining(folder) trains six steps and returns the exit code."""
    config = tmp_path_factory.mktemp("config") / "tiny.toml"
    config.write_text(PRETRAIN, encoding="utf-8")

    def start(out):
        data = ["--data-root", str(synthetic_root)]
        return pretrain.main(["--config", str(config), *data, "--out", str(out)])

    return start


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory, start_pretraining):
    """The folder of a finished pretraining; do not write into it."""
    out = tmp_path_factory.mktemp("pretrained") / "run"
    assert start_pretraining(out) == 0
    return out


def test_the_config_of_the_repository_is_read_and_written_back(tmp_path):
    config = load_config(REPOSITORY / "configs" / "finetune_pretrain.toml", kind=PretrainConfig)
    copy = tmp_path / "copy.toml"
    copy.write_text(to_toml(config), encoding="utf-8")
    assert load_config(copy, kind=PretrainConfig) == config


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("classes=5", "classes must be a list of whole numbers, got 5 (int)"),
        ("classes=[0, true]", "classes must be a list of whole numbers, got (0, True)"),
        ("classes=[0, 0]", "classes must be 2 … 8 different numbers from 0 to 9, got (0, 0)"),
        ("classes=[8, 10]", "classes must be 2 … 8 different numbers from 0 to 9, got (8, 10)"),
        ("width=1", "unknown key 'width'"),
    ],
)
def test_senseless_settings_are_refused(change, said, capsys):
    config = REPOSITORY / "configs" / "finetune_pretrain.toml"
    assert pretrain.main(["--config", str(config), "--set", change]) == 1
    assert said in capsys.readouterr().err


def test_a_stopped_pretraining_goes_on_exactly(
    pretrained, start_pretraining, synthetic_root, tmp_path, monkeypatch
):
    steps = 0

    def crop_and_stop_in_the_fifth(images, crop=pretrain.crop_and_flip):
        nonlocal steps
        steps += 1
        if steps == 5:
            signal.raise_signal(signal.SIGINT)
        return crop(images)

    monkeypatch.setattr(pretrain, "crop_and_flip", crop_and_stop_in_the_fifth)
    monkeypatch.setattr(pretrain, "draw_curves", lambda *_: None)
    out = tmp_path / "run"
    assert start_pretraining(out) == 130
    assert not (out / "resnet18.pth").exists()
    assert pretrain.main(["--resume", str(out), "--data-root", str(synthetic_root)]) == 0
    assert (out / "losses.csv").read_bytes() == (pretrained / "losses.csv").read_bytes()
    once, twice = (mt.load(folder / "resnet18.pth")["network"] for folder in (pretrained, out))
    assert once.keys() == twice.keys()
    assert all(mt.equal(once[name], twice[name]) for name in once)
