"""Pretraining a ResNet-18 and fine-tuning it, from the command line, on drawn images."""

import csv
import re
import signal

import numpy as np
import pytest

import minitorch as mt
from examples.cifar10.config import load_config, to_toml
from examples.cifar10.errors import DataError
from examples.cifar10.files import Batch
from examples.finetune import compare, pretrain
from examples.finetune.config import CompareConfig, PretrainConfig
from examples.finetune.pictures import few_of_each, of_classes
from examples.finetune.pretrained import load_weights
from examples.finetune.results import HEADING, verdict
from minitorch.models import resnet18
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


@pytest.mark.parametrize(
    ("name", "kind"),
    [("finetune_pretrain", PretrainConfig), ("finetune_compare", CompareConfig)],
)
def test_the_configs_of_the_repository_are_read_and_written_back(name, kind, tmp_path):
    config = load_config(REPOSITORY / "configs" / f"{name}.toml", kind=kind)
    assert config == kind(), "the defaults say the same"
    copy = tmp_path / "copy.toml"
    copy.write_text(to_toml(config), encoding="utf-8")
    assert load_config(copy, kind=kind) == config


@pytest.mark.parametrize("kind", [PretrainConfig, CompareConfig])
def test_every_number_has_bounds(kind):
    numbers = {name for name, type_ in kind.__annotations__.items() if type_ in (int, float)}
    assert numbers <= kind.LIMITS.keys()


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


TINY = (
    "images_per_class=2", "test_images=6", "epochs=2", "scratch_epochs=1", "thaw_every=1",
    "batch_size=3", "evaluate_every=2", "schedule=constant",
)  # fmt: skip


@pytest.fixture
def start_comparing(synthetic_root, tmp_path):
    """start_comparing("--pretrained", folder, ...) runs it and returns the exit code."""

    def start(*arguments, data_root=synthetic_root):
        settings = [part for change in TINY for part in ("--set", change)]
        data = ["--data-root", str(data_root), "--out", str(tmp_path / "compared")]
        return compare.main([*data, *settings, *map(str, arguments)])

    return start


def test_a_loss_that_is_no_number_names_the_rate_to_lower(start_comparing, pretrained, capsys):
    changes = ("--set", "classes=[1, 3, 5]", "--set", "head_rate=1e38")
    assert start_comparing("--pretrained", pretrained, *changes) == 1
    assert "diverged. Begin again with a lower learning rate (--set head_rate=" in (
        capsys.readouterr().err
    )


def test_ctrl_c_stops_a_comparison_after_the_step(
    start_comparing, pretrained, monkeypatch, tmp_path, capsys
):
    check = compare.check_finite

    def check_and_stop(loss, step, rate):
        if (step, rate) == (2, "full_rate"):  # the two heads and the stages are done
            signal.raise_signal(signal.SIGINT)
        check(loss, step, rate)

    monkeypatch.setattr(compare, "check_finite", check_and_stop)
    assert start_comparing("--pretrained", pretrained, "--set", "classes=[1, 3, 5]") == 130
    assert capsys.readouterr().err.endswith("Stopped at once.\n")
    table = (tmp_path / "compared" / "table.md").read_text(encoding="utf-8")
    assert "| head, cached |" in table and "gradual" not in table


@pytest.mark.parametrize(
    ("head", "scratch", "said"),
    [
        (0.65, 0.55, "clearly above training from scratch: +10.0 points, with a standard error of"),
        (0.50, 0.55, "is clearly below training from scratch: -5.0 points"),
        (0.56, 0.55, "is not clearly apart from training from scratch: +1.0 points"),
    ],
)  # fmt: skip
def test_only_a_clear_difference_is_called_one(head, scratch, said):
    assert said in verdict("The head alone", head, scratch, 5000)


def test_every_way_learns_other_classes(start_comparing, pretrained, tmp_path, capsys):
    changes = ("--set", "classes=[1, 3, 5]", "--set", "augment=false")
    assert start_comparing("--pretrained", pretrained, *changes) == 0
    out = capsys.readouterr().out
    assert "6 images to learn them from, 6 to test with; pretrained on" in out
    heading, *lines = out[out.index("way   ") :].splitlines()
    assert heading == HEADING and re.fullmatch(r"The head .* from scratch: .*", lines[-2])
    of_ways = [re.sub(r"\d+\.\d", "x", line).split("  ")[0] for line in lines[: len(compare.WAYS)]]
    assert of_ways == [way.name for way in compare.WAYS]
    assert all(len(line) == len(heading) for line in lines[: len(of_ways)]), "columns"
    folder = tmp_path / "compared"
    assert (folder / "curves.png").read_bytes().startswith(b"\x89PNG")
    table = (folder / "table.md").read_text(encoding="utf-8")
    assert "not CIFAR-10" in table
    assert "\nThe head alone is " in table
    assert "\nThe head that sees all stages is " in table
    layer4, fc = 8_393_728, 512 * 3 + 3
    learnt = re.findall(
        r"^\| ([a-z, ]+) \| ([\d,]+) \| (\d) \| \d+\.\d% \| [\d.]+ \|$", table, re.M
    )
    assert learnt == [
        ("head, cached", f"{fc:,}", "2"),
        ("head", f"{fc:,}", "2"),
        ("stages, cached", f"{960 * 3 + 3:,}", "2"),
        ("gradual", f"{layer4 + fc:,}", "2"),
        ("everything", "11,170,371", "2"),
        ("from scratch", "11,170,371", "1"),
    ]
    with (folder / "metrics.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    losses = {way: [float(r["train_loss"]) for r in rows if r["way"] == way] for way, *_ in learnt}
    assert losses["head, cached"] == pytest.approx(losses["head"], rel=1e-4), "nothing else moved"
    assert losses["everything"] != pytest.approx(losses["head"], rel=1e-4)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c.update(is_synthetic=False), "belongs to a run on CIFAR-10, and these are syn"),
        (lambda c: c.pop("is_synthetic"), "lacks is_synthetic"),
        (lambda c: c.pop("format"), "expected the format 'finetune example"),
        (lambda c: c["config"].update(classes=(5, 6)), "was trained on [5, 6] already"),
        (lambda c: c["config"].update(classes=(0, 1)), "the network in"),
        (lambda c: c["network"].pop("fc.bias"), "the network in"),
    ],
)
def test_a_network_that_does_not_fit_is_refused(
    start_comparing, pretrained, tmp_path, capsys, change, said
):
    content = mt.load(pretrained / "resnet18.pth")
    change(content)
    mt.save(content, tmp_path / "resnet18.pth")
    assert start_comparing("--pretrained", tmp_path / "resnet18.pth") == 1
    assert said in capsys.readouterr().err


def test_real_images_refuse_a_network_of_drawn_ones(
    start_comparing, pretrained, cifar10_root, capsys
):
    assert start_comparing("--pretrained", pretrained, data_root=cifar10_root) == 1
    assert "belongs to a run on synthetic images" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: b"no zip", "is no file of weights, or a damaged one"),
        (lambda: [1], "holds a list, expected a state_dict"),
        (lambda: {"format": 1}, "it lacks fc.weight"),
        (lambda: {"fc.weight": mt.zeros(7, 512)}, "the network in"),
    ],
)
def test_weights_that_are_none_of_resnet18_are_refused(
    start_comparing, tmp_path, capsys, content, said
):
    path, content = tmp_path / "weights.pth", content()
    path.write_bytes(content) if isinstance(content, bytes) else mt.save(content, path)
    assert start_comparing("--weights", path) == 1
    assert said in capsys.readouterr().err


def test_published_weights_get_larger_pictures_and_a_new_head(tmp_path):
    network = resnet18(num_classes=7)
    mt.save(network.state_dict(), tmp_path / "resnet18.pth")
    loaded = load_weights(tmp_path / "resnet18.pth", 48)
    images = np.full((2, 3, 32, 32), 255, np.uint8)
    pictures = loaded.prepare(images)
    assert pictures.shape == (2, 3, 48, 48)
    white = [(1 - 0.485) / 0.229, (1 - 0.456) / 0.224, (1 - 0.406) / 0.225]
    np.testing.assert_allclose(pictures[0, :, 0, 0], white, rtol=1e-5)
    assert mt.equal(loaded.network.eval()(pictures), network.eval()(pictures))
    head_way = next(way for way in compare.WAYS if way.name == "head")
    tuned = compare.new_network(head_way, loaded, 5)
    assert [name for name, _ in tuned.named_trainable_parameters()] == ["fc.weight", "fc.bias"]
    assert tuned(pictures).shape == (2, 5)
    assert loaded.network.fc.out_features == 7, "the next way gets it as it was"


def test_the_first_pictures_of_some_classes():
    labels = np.array([4, 7, 2, 4, 4, 2, 7])
    split = of_classes(Batch(np.arange(7), labels), (4, 2))
    assert (split.images.tolist(), split.labels.tolist()) == ([0, 2, 3, 4, 5], [0, 1, 0, 0, 1])
    assert few_of_each(split, 2).images.tolist() == [0, 2, 3, 5]
    with pytest.raises(DataError, match=r"images_per_class = 3, but one class has only 2 images"):
        few_of_each(split, 3)
