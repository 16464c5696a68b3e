import dataclasses
from pathlib import Path

import pytest

from examples.cifar10.config import Config, load_config, to_toml
from examples.cifar10.errors import ConfigError
from tests.support.source import REPOSITORY

CONFIGS = sorted((REPOSITORY / "configs").glob("cifar10_*.toml"))


def refusal(tmp_path, text, *changes):
    """What is said about a config that holds `text`."""
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path, changes)
    return str(caught.value)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_config_of_the_repository_is_read_and_written_back(path, tmp_path):
    config = load_config(path)
    copy = tmp_path / "copy.toml"
    copy.write_text(to_toml(config), encoding="utf-8")
    assert load_config(copy) == config


@pytest.mark.parametrize("text", ["é😀", 'a"b\\c', "\n\t\0\x7f\u2028"])
def test_any_text_is_written_as_it_is_read(text, tmp_path):
    copy = tmp_path / "copy.toml"
    copy.write_text(to_toml(Config(full_run=text)), encoding="utf-8")
    assert load_config(copy).full_run == text


def test_the_five_configs_are_there():
    names = {path.stem.removeprefix("cifar10_") for path in CONFIGS}
    assert names == {"alexnet", "tutorial", "quick", "smoke", "record"}


def test_a_config_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().epochs = 3


def test_an_unknown_key_lists_the_known_ones_and_the_nearest(tmp_path):
    said = refusal(tmp_path, "lerning_rate = 0.1")
    assert "unknown key 'lerning_rate'" in said
    assert "Did you mean 'learning_rate'?" in said
    assert all(field.name in said for field in dataclasses.fields(Config))


@pytest.mark.parametrize("name", ["xyzzy", "sleep"])
def test_an_unknown_key_near_nothing_has_no_suggestion(tmp_path, name):
    assert "Did you mean" not in refusal(tmp_path, f"{name} = 1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epochs = 1.5", "epochs must be a whole number, got 1.5 (float)"),
        ("epochs = '3'", "epochs must be a whole number, got '3' (str)"),
        ("epochs = true", "epochs must be a whole number, got True (bool)"),
        ("augment = 1", "augment must be true or false, got 1 (int)"),
        ("network = 3", "network must be a string, got 3 (int)"),
        ("momentum = [0.9]", "momentum must be a number, got [0.9] (list)"),
        ("network = 'resnet'", "network must be one of alexnet, tutorial, record, got 'resnet'"),
        ("epochs = 0", "epochs must be 1 … 100,000, got 0"),
        ("epochs = 1" + "0" * 5000, "is not TOML: Exceeds the limit"),
        ("width = 0.0001", "width must be 0.01 … 4, got 0.0001"),
        ("learning_rate = 0", "learning_rate must be above 0 and at most 1e38, got 0.0"),
        ("learning_rate = nan", "learning_rate must be above 0 and at most 1e38, got nan"),
        ("weight_decay = inf", "weight_decay must be 0 … 1e38, got inf"),
        ("dropout = 1", "dropout must be at least 0 and below 1, got 1.0"),
        ("momentum = 0", "set a momentum above 0 or nesterov = false"),
        ("epochs = ", "is not TOML"),
        ("epochs = " + "[" * 5000 + "]" * 5000, "is not TOML: it is nested too deeply"),
        ("epochs = " + "[" * 300 + "]" * 300, "a whole number, got [["),
    ],
)
def test_an_ill_typed_or_senseless_value_says_what_was_expected(tmp_path, text, said):
    assert said in refusal(tmp_path, text)
    assert len(refusal(tmp_path, text)) < 300, "one line"


NUMBERS = {field.name for field in dataclasses.fields(Config) if field.type in (int, float)}


@pytest.mark.parametrize("name", sorted(NUMBERS))
def test_every_number_has_bounds(name, tmp_path):
    for value in ("-1", "nan", "-inf", "1" + "0" * 300, "1" + "0" * 400):
        said = refusal(tmp_path, "", f"{name}={value}")
        assert f"{name} must be " in said


def test_a_whole_number_is_a_number(tmp_path):
    path = tmp_path / "config.toml"
    path.write_text("weight_decay = 0", encoding="utf-8")
    value = load_config(path).weight_decay
    assert value == 0
    assert type(value) is float


def test_set_changes_single_keys(tiny):
    config = load_config(tiny, ["epochs=3", "network=tutorial", "augment = false", "width=2"])
    assert (config.epochs, config.network, config.augment) == (3, "tutorial", False)
    assert config.width == 2.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("epochs", "expected key=value"),
        ("epochs=" + "[" * 5000, "epochs must be a whole number, got '[["),
        ("width=0.0001", "--set width=0.0001: width must be 0.01 … 4, got 0.0001"),
        ("epoch=3", "Did you mean 'epochs'?"),
        ("epochs=many", "--set epochs=many: epochs must be a whole number, got 'many'"),
    ],
)
def test_set_is_checked_as_the_file_is(tmp_path, change, said):
    assert said in refusal(tmp_path, "", change)


def test_a_missing_config_names_those_that_are_there(tiny, monkeypatch):
    with pytest.raises(ConfigError, match=r"cannot read the config .*other\.toml.*tiny\.toml"):
        load_config(tiny.with_name("other.toml"))
    monkeypatch.chdir(REPOSITORY)
    with pytest.raises(ConfigError) as caught:
        load_config(Path("nope.toml"))
    names = ", ".join(str(path.relative_to(REPOSITORY)) for path in CONFIGS)
    assert str(caught.value).endswith(f"No such file or directory. There are {names}.")
