"""Models: torchvision's names, numbers from the same seed, outputs and gradients."""

import copy
import io
import pickle
import re
import warnings
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

import minitorch as mt
from minitorch import models
from minitorch.models import registry
from tests.models.cases import CASES, Case
from tests.models.lenet import lenet_of

EACH_CASE = [
    pytest.param(case, id=f"{file}-{number}")
    for file, cases in CASES.items()
    for number, case in enumerate(cases)
]


@pytest.fixture(scope="module")
def their_models(torch: ModuleType, torchvision: ModuleType) -> Any:
    """Torchvision's models, and the one that it does not have."""
    LeNet = lenet_of(torch)
    return SimpleNamespace(**vars(torchvision.models), LeNet=LeNet, lenet=LeNet)


def build(models: Any, case: Case) -> Any:
    nn = models.resnet.nn  # of the same library
    wide = nn.Linear.__init__

    def narrow(self: Any, *features: int) -> None:
        wide(self, *(16 if n == 4096 else n for n in features))

    with (
        warnings.catch_warnings(),
        patch.object(nn.Linear, "__init__", narrow if case.narrow else wide),
    ):
        warnings.simplefilter("ignore")  # torchvision's of arguments that will change
        return eval(case.model, {"models": models, "nn": nn})


def test_every_file_has_cases() -> None:
    builders = map(models.get_model_builder, models.list_models())
    assert {builder.__module__.rpartition(".")[2] for builder in builders} == set(CASES)


@pytest.mark.parametrize("name", models.list_models())
def test_names_and_shapes_are_torchvisions(
    name: str, torch: ModuleType, their_models: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = ("uniform_", "normal_", "trunc_normal_", "xavier_uniform_")
    for draw in (*draws, "kaiming_uniform_", "kaiming_normal_"):
        monkeypatch.setattr(mt.nn.init, draw, lambda tensor, *args, **kwargs: tensor)
    case = Case(f"models.{name}()")
    ours = build(models, case)
    line = their_models.regnet.BlockParams.from_init_params

    def computed(*args: Any, **kwargs: Any) -> Any:  # it asks for numbers, which "meta" has not
        with torch.device("cpu"):
            return line(*args, **kwargs)

    monkeypatch.setattr(their_models.regnet.BlockParams, "from_init_params", computed)
    with torch.device("meta"):
        theirs = build(their_models, case)
    assert [(key, tuple(value.shape)) for key, value in ours.state_dict().items()] == [
        (key, tuple(value.shape)) for key, value in theirs.state_dict().items()
    ]
    assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("case", EACH_CASE)
def test_the_same_seed_gives_torchvisions_numbers(
    case: Case, torch: ModuleType, their_models: Any
) -> None:
    mt.manual_seed(3)
    torch.manual_seed(3)
    ours = build(models, case).state_dict()
    theirs = build(their_models, case).state_dict()
    assert list(ours) == list(theirs)
    for key in ours:
        np.testing.assert_allclose(ours[key].numpy(), theirs[key].numpy(), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("case", EACH_CASE)
def test_outputs_and_gradients_are_torchvisions(
    case: Case, torch: ModuleType, their_models: Any
) -> None:
    theirs = build(their_models, case)
    for parameter in theirs.parameters():  # a layer that begins as zero hides those before it
        if not parameter.any():
            torch.nn.init.normal_(parameter)
    file = io.BytesIO()
    torch.save(theirs.state_dict(), file)
    file.seek(0)
    ours = build(models, case)
    ours.load_state_dict(mt.load(file))

    called: list[list[str]] = [names_called(ours), names_called(theirs)]
    images = np.random.default_rng(0).standard_normal(case.shape, dtype=np.float32)
    for is_training in (False, True):
        # Normalising by the statistics of two small pictures magnifies the last digits of float32.
        dtype = np.float64 if is_training else np.float32
        results = []
        for library, model in ((mt, ours), (torch, theirs)):
            library.manual_seed(1)  # dropout
            model.to(getattr(library, np.dtype(dtype).name)).train(is_training)
            model.zero_grad()
            outputs = model(library.from_numpy(images.astype(dtype)))
            outputs = library.cat(outputs) if isinstance(outputs, tuple) else outputs
            library.nn.functional.cross_entropy(outputs, outputs.argmin(1)).backward()
            gradients = {
                key: p.grad.numpy() for key, p in model.named_parameters() if p.grad is not None
            }
            results.append((outputs.detach().numpy(), gradients))
        (our_outputs, our_gradients), (their_outputs, their_gradients) = results
        scale = np.abs(their_outputs).max()
        np.testing.assert_allclose(our_outputs, their_outputs, rtol=1e-4, atol=1e-4 * scale)
        assert list(our_gradients) == list(their_gradients)
        # In float32 a last digit decides which of two near numbers a pool takes: a few per cent.
        bound = 1e-7 if is_training else 0.1
        for key, theirs_of_key in their_gradients.items():
            away = np.linalg.norm(our_gradients[key] - theirs_of_key)
            assert away <= bound * np.linalg.norm(theirs_of_key) + 1e-9, key
    assert called[0] == called[1]


def names_called(model: Any) -> list[str]:
    """What is made of a list as layers are called: hooks meet them in torchvision's order."""
    names: list[str] = []
    for name, module in model.named_modules():
        module.register_forward_hook(lambda *_, name=name: names.append(name))
    return names


def all_weights() -> list[Any]:
    return [weights for enum in registry._WEIGHTS.values() for weights in enum]


@pytest.mark.parametrize("weights", all_weights(), ids=repr)
def test_published_weights_are_torchvisions(weights: Any, torchvision: ModuleType) -> None:
    theirs = torchvision.models.get_weight(repr(weights))
    assert weights.url == theirs.url
    for key, value in weights.meta.items():
        assert repr(value) == repr(theirs.meta[key]), key  # NaN is not equal to itself
    assert repr(weights.transforms()) == repr(theirs.transforms())
    enum = type(weights)
    assert enum["DEFAULT"].name == type(theirs)["DEFAULT"].name
    assert models.get_weight(repr(weights)) is weights
    assert copy.deepcopy(weights) is weights
    assert pickle.loads(pickle.dumps(weights)) is weights


def test_pictures_are_prepared_as_torchvision_does(
    torch: ModuleType, torchvision: ModuleType
) -> None:
    image = np.random.default_rng(0).integers(0, 256, (3, 300, 280), dtype=np.uint8)
    ours = models.ResNet50_Weights.DEFAULT.transforms()(mt.from_numpy(image))
    theirs = torchvision.models.ResNet50_Weights.DEFAULT.transforms()(torch.from_numpy(image))
    assert tuple(ours.shape) == (3, 224, 224)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=2e-2)  # one level of 255
    of_array = models.ResNet50_Weights.DEFAULT.transforms()(image.transpose(1, 2, 0))
    np.testing.assert_array_equal(of_array.numpy(), ours.numpy())


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Lets the download of ResNet-18 give a state dict, and notes what was asked for."""
    asked: list[Any] = []
    state = models.resnet18().state_dict()

    def load(url: str, **options: Any) -> dict[str, Any]:
        asked.append((url, options))
        return state

    monkeypatch.setattr("minitorch.hub.load_state_dict_from_url", load)
    return [asked, state]


@pytest.mark.parametrize(
    "weights",
    ["DEFAULT", "IMAGENET1K_V1", "ResNet18_Weights.DEFAULT", models.ResNet18_Weights.DEFAULT],
)
def test_weights_are_fetched_checked_and_loaded(weights: Any, published: list[Any]) -> None:
    asked, state = published
    model = models.resnet18(weights=weights, progress=False)
    assert asked == [(models.ResNet18_Weights.DEFAULT.url, {"progress": False, "check_hash": True})]
    assert mt.equal(model.layer4[1].conv2.weight, state["layer4.1.conv2.weight"])
    assert model.fc.out_features == 1000


# Each with arguments of its own while weights are loaded.
@pytest.mark.parametrize(
    "arguments",
    [
        "vgg16(weights='IMAGENET1K_FEATURES')",
        "googlenet(weights='DEFAULT')",
        "googlenet(weights='DEFAULT', transform_input=False, aux_logits=True)",
        "inception_v3(weights='DEFAULT')",
    ],
)
def test_models_with_weights_are_torchvisions(
    arguments: str, torch: ModuleType, their_models: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = arguments.partition("(")[0]
    loaded = build(their_models, Case(f"models.{name}()", narrow=True)).state_dict()

    def load(weights: Any, **options: Any) -> dict[str, Any]:
        is_ours = isinstance(weights, models.WeightsEnum)
        return {k: mt.tensor(v.numpy()) for k, v in loaded.items()} if is_ours else loaded

    built = []
    for library, of_library in ((mt, models), (torch, their_models)):
        monkeypatch.setattr(of_library.WeightsEnum, "get_state_dict", load)
        library.manual_seed(0)
        model = build(of_library, Case(f"models.{arguments}", narrow=True))
        built.append((repr(model), library.rand(3).tolist(), getattr(model, "transform_input", 0)))
    assert built[0] == built[1]


# As programs were written before models had more than one file of weights, or are by mistake.
OLD = [
    "squeezenet1_1(pretrained=True)",
    "squeezenet1_1(pretrained=False)",
    "squeezenet1_1(True)",
    "squeezenet1_1(False, False)",
    "squeezenet1_1(None)",
    "squeezenet1_1(True, progress=False)",
    "squeezenet1_1('DEFAULT', False)",
    "squeezenet1_1(weights=True)",
    "squeezenet1_1(weights=0)",
    "squeezenet1_1(SqueezeNet1_1_Weights.DEFAULT)",
    "squeezenet1_1(weights=SqueezeNet1_1_Weights)",
    "squeezenet1_1(pretrained=False, weights=True)",
    "squeezenet1_1(pretrained=False, weights='DEFAULT')",
    "squeezenet1_1(pretrained=True, weights=None)",
    "squeezenet1_1(SqueezeNet1_0_Weights.DEFAULT)",
    "get_model('squeezenet1_1', pretrained=True)",
    "vit_h_14(pretrained=True)",
    "vit_h_14(True)",
]


@pytest.mark.parametrize("call", OLD)
def test_old_arguments_are_what_they_were(
    call: str, torchvision: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    sides = []
    for of in (models, torchvision.models):
        asked: list[Any] = []
        state = of.squeezenet1_1().state_dict()

        def load(weights: Any, *, asked: Any = asked, state: Any = state, **options: Any) -> Any:
            asked.append((repr(weights), options))
            return state

        monkeypatch.setattr(of.WeightsEnum, "get_state_dict", load)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                eval(call, vars(of))
                error = None
            except (TypeError, ValueError) as refusal:
                error = type(refusal)
        # Without torchvision's advice to take the newest weights.
        sides.append((asked, error, [str(each.message).partition(" You")[0] for each in caught]))
    assert sides[0] == sides[1]


def test_too_many_old_arguments() -> None:
    for call in ("squeezenet1_1(True, True, 7)", "squeezenet1_1(True, weights=None)"):
        with pytest.raises(TypeError, match="takes weights and progress, each once"):
            eval(call, vars(models))


def test_arguments_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match=r"'num_classes' expected value 1000 but got 7"):
        models.resnet18(weights="DEFAULT", num_classes=7)
    with pytest.raises(KeyError, match=r"has no 'V3'.*IMAGENET1K_V1"):
        models.resnet18(weights="V3")
    with pytest.raises(TypeError, match="expected ResNet18_Weights but received ResNet34_Weights"):
        models.resnet18(weights=models.ResNet34_Weights.DEFAULT)
    with pytest.raises(ValueError, match=r"Unknown model resnet8. Did you mean 'resnet18'"):
        models.get_model("resnet8")
    with pytest.raises(ValueError, match="BasicBlock only supports groups=1"):
        models.resnet18(groups=2)
    with pytest.raises(ValueError, match="Unsupported SqueezeNet version 2_0: 1_0 or 1_1 expected"):
        models.SqueezeNet("2_0")
    with pytest.raises(TypeError, match="a number of channels or 'M', got 'P'"):
        models.vgg.make_layers([8, "P"])
    with pytest.raises(ValueError, match="blocks length should be 3 instead of 0"):
        models.GoogLeNet(blocks=[])
    with pytest.raises(ValueError, match="inception_blocks should be 7 instead of 0"):
        models.Inception3(inception_blocks=[])
    with pytest.raises(ValueError, match="illegal stride value"):
        models.shufflenetv2.InvertedResidual(8, 8, 4)
    with pytest.raises(ValueError, match="Invalid combination of stride 1, inp 8 and oup 12"):
        models.shufflenetv2.InvertedResidual(8, 12, 1)
    with pytest.raises(ValueError, match="stages_repeats as list of 3 positive ints"):
        models.ShuffleNetV2([1], [2, 4, 6, 8, 9])
    with pytest.raises(ValueError, match="stages_out_channels as list of 5 positive ints"):
        models.ShuffleNetV2([1, 1, 1], [2])
    with pytest.raises(ValueError, match=r"alpha should be greater than 0\.0 instead of 0"):
        models.MNASNet(0)
    with pytest.raises(ValueError, match="stride should be 1 or 2 instead of 3"):
        models.mnasnet._InvertedResidual(8, 8, 3, 3, 1)
    with pytest.raises(ValueError, match="kernel_size should be 3 or 5 instead of 4"):
        models.mnasnet._InvertedResidual(8, 8, 4, 1, 1)
    with pytest.raises(ValueError, match="repeats should be >= 1, instead got 0"):
        models.mnasnet._stack(8, 8, 3, 1, 1, 0, 0.1)
    with pytest.raises(ValueError, match="3-element tuple"):
        models.resnet50(replace_stride_with_dilation=[True])
    with pytest.raises(ValueError, match="Invalid weight name provided: 'DEFAULT'"):
        models.get_weight("DEFAULT")
    with pytest.raises(ValueError, match=r"'ResNet_Weights' .* couldn't be retrieved"):
        models.get_weight("ResNet_Weights.DEFAULT")


def test_weights_of_a_fixed_size_are_for_that_size() -> None:
    with pytest.raises(ValueError, match=r"'image_size' expected value 384 but got 224"):
        models.vit_b_16(weights="IMAGENET1K_SWAG_E2E_V1", image_size=224)


SMALL_VIT = "models.VisionTransformer(32, 8, 1, 2, 8, 12, num_classes=3)"


def test_weights_with_the_names_of_the_first_vision_transformer() -> None:
    model = build(models, Case(SMALL_VIT))
    state = {
        key.replace("mlp.0.", "mlp.linear_1.").replace("mlp.3.", "mlp.linear_2."): value
        for key, value in model.state_dict().items()
    }
    other = build(models, Case(SMALL_VIT))
    other.load_state_dict(state)
    for key, value in model.state_dict().items():
        assert mt.equal(other.state_dict()[key], value), key


@pytest.mark.parametrize("image_size", [32, 48, 24])
@pytest.mark.parametrize("mode", ["bicubic", "bilinear"])
@pytest.mark.parametrize("reset_heads", [False, True])
def test_interpolate_embeddings(
    image_size: int, mode: str, reset_heads: bool, torch: ModuleType, torchvision: ModuleType
) -> None:
    embedding = np.random.default_rng(0).standard_normal((1, 17, 8), dtype=np.float32)
    states = []
    for library, of in ((mt, models), (torch, torchvision.models)):
        state = build(of, Case(SMALL_VIT)).state_dict()
        state["encoder.pos_embedding"] = library.from_numpy(embedding)
        new = of.vision_transformer.interpolate_embeddings(image_size, 8, state, mode, reset_heads)
        states.append({key: value.numpy() for key, value in new.items()})
    ours, theirs = states
    assert list(ours) == list(theirs)
    key = "encoder.pos_embedding"
    np.testing.assert_allclose(ours[key], theirs[key], rtol=1e-5, atol=1e-6)


def test_embeddings_that_are_of_no_square() -> None:
    interpolate = models.vision_transformer.interpolate_embeddings
    with pytest.raises(ValueError, match="Unexpected position embedding shape"):
        interpolate(32, 8, {"encoder.pos_embedding": mt.ones(2, 17, 8)})
    with pytest.raises(ValueError, match=r"not a perfect square! .*9 and seq_length = 11"):
        interpolate(32, 8, {"encoder.pos_embedding": mt.ones(1, 12, 8)})


BAD = {
    "models.mobilenetv2.InvertedResidual(4, 4, 3, 6)": "stride should be 1 or 2",
    "models.MobileNetV2(inverted_residual_setting=[])": "should be non-empty",
    "models.MobileNetV2(inverted_residual_setting=[[1, 16, 1]])": "4-element list",
    "models.MobileNetV3([], 8)": "inverted_residual_setting should not be empty",
    "models.MobileNetV3([3], 8)": r"should be List\[InvertedResidualConfig\]",
    "models.mobilenetv3.InvertedResidual(models.mobilenetv3.InvertedResidualConfig("
    "8, 3, 8, 8, False, 'RE', 3, 1, 1.0), None)": "illegal stride value",
    "models.EfficientNet([], 0.1)": "inverted_residual_setting should not be empty",
    "models.EfficientNet([3], 0.1)": r"should be List\[MBConvConfig\]",
    "models.EfficientNet([models.efficientnet.MBConvConfig(1, 3, 3, 8, 8, 1)], 0.1)": "illegal "
    "stride value",
    "models.regnet.BlockParams.from_init_params(8, 50, 20.0, 2.0, 8)": "Invalid RegNet settings",
    "models.ConvNeXt([])": "block_setting should not be empty",
    "models.ConvNeXt(3)": r"should be List\[CNBlockConfig\]",
    "models.vit_b_16(image_size=100)": "Input shape indivisible by patch size!",
    f"{SMALL_VIT}(tensor(1, 3, 40, 32))": "Wrong image height! Expected 32 but got 40!",
    f"{SMALL_VIT}(tensor(1, 3, 32, 31))": "Wrong image width! Expected 32 but got 31!",
    f"{SMALL_VIT}(tensor(3, 32, 32))": "expected 4, got 3",
    "models.resnet50(replace_stride_with_dilation=[])": "3-element tuple",
    f"{SMALL_VIT}.encoder(tensor(17, 8))": "Expected .batch_size, seq_length, hidden_dim. got",
    "models.swin_transformer.ShiftedWindowAttention(8, [4], [2], 2)": "must be of length 2",
    "models.mobilenet_v2(width=2)": "unexpected keyword argument 'width'",
    "models.vit_b_16(patch_size=8)": "multiple values for",
}


@pytest.mark.parametrize("model", BAD)
def test_bad_arguments_are_refused_as_torchvision_does(
    model: str, torch: ModuleType, torchvision: ModuleType
) -> None:
    for library, of in ((mt, models), (torch, torchvision.models)):
        with pytest.raises((ValueError, TypeError, AssertionError), match=BAD[model]) as error:
            eval(model, {"models": of, "tensor": library.zeros})
        if library is mt:
            ours = error.type
    assert ours is error.type


def test_models_by_name() -> None:
    # Programs look for them as the ImageNet example of PyTorch does, without asking for any first.
    found = {name for name, value in vars(models).items() if name.islower() and callable(value)}
    assert found >= set(models.list_models())
    assert set(models.__all__) >= set(models.list_models())
    assert models.list_models(models) == models.list_models()
    assert models.list_models(pickle) == []
    some = models.list_models(include=iter(["resnet1*", "resnext*"]), exclude=iter(["*2", "*d"]))
    assert some == ["resnet101", "resnet18"]
    assert models.get_model_builder("ResNet18") is models.resnet18
    assert models.get_model_weights("resnet18") is models.ResNet18_Weights
    assert models.get_model_weights(models.resnet18) is models.ResNet18_Weights
    assert models.get_model("resnet18", num_classes=3).fc.out_features == 3


@pytest.mark.parametrize("file", CASES)
def test_a_model_survives_its_file(file: str) -> None:
    model = build(models, CASES[file][-1])
    state = model.state_dict()
    content = io.BytesIO()
    mt.save({"model": model, "state": state}, content)
    content.seek(0)
    loaded = mt.load(content, classes={type(module) for module in model.modules()})
    # Files name the projection of attention as what it is.
    assert repr(loaded["model"]) == repr(model).replace("NonDynamicallyQuantizableLinear", "Linear")
    for of in (loaded["state"], loaded["model"].state_dict()):
        assert list(of) == list(state)
        assert all(mt.equal(of[key], value) for key, value in state.items())


def test_dense_layers_take_the_names_of_the_published_files() -> None:
    model = models.DenseNet(4, (2, 1), 8, num_classes=7)
    state = model.state_dict()
    old = {re.sub(r"(norm|conv)([12])\.", r"\1.\2.", key): value for key, value in state.items()}
    assert "features.denseblock1.denselayer2.norm.1.running_mean" in old
    other = models.DenseNet(4, (2, 1), 8, num_classes=7)
    other.load_state_dict(old)
    assert all(mt.equal(value, state[key]) for key, value in other.state_dict().items())
    assert "features.denseblock1.denselayer2.norm.1.running_mean" in old  # left as it was


def test_an_mnasnet_of_version_1_is_made_as_it_was() -> None:
    old = models.MNASNet(0.5, 7)
    for index, layer in enumerate(models.mnasnet._stem([32, 16, 16])):
        old.layers[index] = layer
    old._version = 1
    state = old.state_dict()
    model = models.MNASNet(0.5, 7).eval()
    with pytest.warns(UserWarning, match="saved using the previous version"):
        model.load_state_dict(state)
    x = mt.randn(1, 3, 32, 32)
    assert mt.equal(model(x), old.eval()(x))
    assert model.state_dict()._metadata[""]["version"] == 1
    with pytest.raises(ValueError, match="version should be set to 1 or 2 instead of None"):
        model.load_state_dict(dict(state))
