"""Models: torchvision's names, numbers from the same seed, outputs and gradients."""

import copy
import io
import pickle
import warnings
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import minitorch as mt
from minitorch import models
from minitorch.models import registry
from tests.models.cases import CASES, Case

EACH_CASE = [
    pytest.param(case, id=f"{file}-{number}")
    for file, cases in CASES.items()
    for number, case in enumerate(cases)
]


def build(models: Any, case: Case) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchvision's of arguments that will change
        return eval(case.model, {"models": models})


def test_every_file_has_cases() -> None:
    builders = map(models.get_model_builder, models.list_models())
    assert {builder.__module__.rpartition(".")[2] for builder in builders} == set(CASES)


@pytest.mark.parametrize("name", models.list_models())
def test_names_and_shapes_are_torchvisions(
    name: str, torch: ModuleType, torchvision: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = ("uniform_", "normal_", "trunc_normal_", "xavier_uniform_")
    for draw in (*draws, "kaiming_uniform_", "kaiming_normal_"):
        monkeypatch.setattr(mt.nn.init, draw, lambda tensor, *args, **kwargs: tensor)
    ours = getattr(models, name)()
    line = torchvision.models.regnet.BlockParams.from_init_params

    def computed(*args: Any, **kwargs: Any) -> Any:  # it asks for numbers, which "meta" has not
        with torch.device("cpu"):
            return line(*args, **kwargs)

    monkeypatch.setattr(torchvision.models.regnet.BlockParams, "from_init_params", computed)
    with torch.device("meta"):
        theirs = getattr(torchvision.models, name)()
    assert [(key, tuple(value.shape)) for key, value in ours.state_dict().items()] == [
        (key, tuple(value.shape)) for key, value in theirs.state_dict().items()
    ]
    assert repr(ours) == repr(theirs)
    count = sum(p.numel() for p in ours.parameters())
    assert count in {weights.meta["num_params"] for weights in models.get_model_weights(name)}


@pytest.mark.parametrize("case", EACH_CASE)
def test_the_same_seed_gives_torchvisions_numbers(
    case: Case, torch: ModuleType, torchvision: ModuleType
) -> None:
    mt.manual_seed(3)
    torch.manual_seed(3)
    ours = build(models, case).state_dict()
    theirs = build(torchvision.models, case).state_dict()
    assert list(ours) == list(theirs)
    for key in ours:
        np.testing.assert_allclose(ours[key].numpy(), theirs[key].numpy(), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("case", EACH_CASE)
def test_outputs_and_gradients_are_torchvisions(
    case: Case, torch: ModuleType, torchvision: ModuleType
) -> None:
    theirs = build(torchvision.models, case)
    for parameter in theirs.parameters():  # a layer that begins as zero hides those before it
        if not parameter.any():
            torch.nn.init.normal_(parameter)
    file = io.BytesIO()
    torch.save(theirs.state_dict(), file)
    file.seek(0)
    ours = build(models, case)
    ours.load_state_dict(mt.load(file))

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
            library.nn.functional.cross_entropy(outputs, outputs.argmin(1)).backward()
            gradients = {key: p.grad.numpy() for key, p in model.named_parameters()}
            results.append((outputs.detach().numpy(), gradients))
        (our_outputs, our_gradients), (their_outputs, their_gradients) = results
        scale = np.abs(their_outputs).max()
        np.testing.assert_allclose(our_outputs, their_outputs, rtol=1e-4, atol=1e-4 * scale)
        for key, theirs_of_key in their_gradients.items():
            atol = 1e-4 * max(float(np.abs(theirs_of_key).max()), 1e-3)
            np.testing.assert_allclose(
                our_gradients[key], theirs_of_key, rtol=1e-3, atol=atol, err_msg=key
            )


def all_weights() -> list[Any]:
    return [weights for enum in registry._WEIGHTS.values() for weights in enum]


@pytest.mark.parametrize("weights", all_weights(), ids=repr)
def test_published_weights_are_torchvisions(weights: Any, torchvision: ModuleType) -> None:
    theirs = torchvision.models.get_weight(repr(weights))
    assert weights.url == theirs.url
    for key, value in weights.meta.items():
        assert value == theirs.meta[key], key
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


def test_pretrained_is_what_it_was(published: list[Any]) -> None:
    with pytest.warns(UserWarning, match="'pretrained' is deprecated"):
        models.resnet18(pretrained=True)
    assert published[0]
    with pytest.warns(UserWarning, match="'pretrained' is deprecated"):
        models.resnet18(pretrained=False)
    assert len(published[0]) == 1


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
    with pytest.raises(ValueError, match="3-element tuple"):
        models.resnet50(replace_stride_with_dilation=[True])
    with pytest.raises(ValueError, match="Invalid weight name provided: 'DEFAULT'"):
        models.get_weight("DEFAULT")
    with pytest.raises(ValueError, match=r"'ResNet_Weights' .* couldn't be retrieved"):
        models.get_weight("ResNet_Weights.DEFAULT")


def test_weights_of_a_fixed_size_are_for_that_size() -> None:
    with pytest.raises(ValueError, match=r"'image_size' expected value 384 but got 224"):
        models.vit_b_16(weights="IMAGENET1K_SWAG_E2E_V1", image_size=224)
    with (
        pytest.warns(UserWarning, match="'pretrained' is deprecated"),
        pytest.raises(ValueError, match="No weights available for model vit_h_14"),
    ):
        models.vit_h_14(pretrained=True)


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
    assert "resnet18" in models.list_models("resnet*")
    assert models.list_models(include=["resnet1*"], exclude="*2") == ["resnet101", "resnet18"]
    assert models.get_model_builder("ResNet18") is models.resnet18
    assert models.get_model_weights("resnet18") is models.ResNet18_Weights
    assert models.get_model_weights(models.resnet18) is models.ResNet18_Weights
    assert models.get_model("resnet18", num_classes=3).fc.out_features == 3


def test_a_state_dict_survives_its_file(tmp_path: Path) -> None:
    model = models.resnet18(num_classes=7)
    mt.save(model.state_dict(), tmp_path / "resnet18.pth")
    other = models.resnet18(num_classes=7)
    other.load_state_dict(mt.load(tmp_path / "resnet18.pth"))
    x = mt.randn(1, 3, 32, 32)
    assert mt.equal(model.eval()(x), other.eval()(x))
