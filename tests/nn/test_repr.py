"""Printed forms, and the names of parameters and buffers."""

import pytest

import minitorch as mt

# module -> (printed form, names in its state dict), as PyTorch 2.13 has them.
FORMS = {
    "Identity(1, b=2)": ("Identity()", []),
    "Flatten()": ("Flatten(start_dim=1, end_dim=-1)", []),
    "Unflatten(1, (2, 3))": ("Unflatten(dim=1, unflattened_size=(2, 3))", []),
    "Linear(2, 3)": (
        "Linear(in_features=2, out_features=3, bias=True)",
        ["weight", "bias"],
    ),
    "Linear(2, 3, bias=False)": (
        "Linear(in_features=2, out_features=3, bias=False)",
        ["weight"],
    ),
    "Conv2d(3, 4, 3)": (
        "Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1))",
        ["weight", "bias"],
    ),
    "Conv2d(3, 3, (3, 5), stride=2, padding=1, dilation=2, groups=3, bias=False, "
    "padding_mode='reflect')": (
        "Conv2d(3, 3, kernel_size=(3, 5), stride=(2, 2), padding=(1, 1), dilation=(2, 2), "
        "groups=3, bias=False, padding_mode=reflect)",
        ["weight"],
    ),
    "Conv2d(3, 3, 3, padding='same')": (
        "Conv2d(3, 3, kernel_size=(3, 3), stride=(1, 1), padding=same)",
        ["weight", "bias"],
    ),
    "MaxPool2d(2)": (
        "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
        [],
    ),
    "MaxPool2d((2, 3), stride=1, padding=1, dilation=2, ceil_mode=True)": (
        "MaxPool2d(kernel_size=(2, 3), stride=1, padding=1, dilation=2, ceil_mode=True)",
        [],
    ),
    "AvgPool2d(2)": ("AvgPool2d(kernel_size=2, stride=2, padding=0)", []),
    "AvgPool2d(3, 1, padding=1, ceil_mode=True, divisor_override=2)": (
        "AvgPool2d(kernel_size=3, stride=1, padding=1)",
        [],
    ),
    "AdaptiveAvgPool2d((None, 2))": ("AdaptiveAvgPool2d(output_size=(None, 2))", []),
    "AdaptiveAvgPool2d(1)": ("AdaptiveAvgPool2d(output_size=1)", []),
    "BatchNorm1d(3)": (
        "BatchNorm1d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)",
        ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"],
    ),
    "BatchNorm2d(3, eps=0.1, momentum=None, affine=False, track_running_stats=False)": (
        "BatchNorm2d(3, eps=0.1, momentum=None, affine=False, bias=False, "
        "track_running_stats=False)",
        [],
    ),
    "BatchNorm2d(3, bias=False)": (
        "BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=True, bias=False, "
        "track_running_stats=True)",
        ["weight", "running_mean", "running_var", "num_batches_tracked"],
    ),
    "Dropout()": ("Dropout(p=0.5, inplace=False)", []),
    "Dropout(0.2, inplace=True)": ("Dropout(p=0.2, inplace=True)", []),
    "ReLU()": ("ReLU()", []),
    "ReLU(True)": ("ReLU(inplace=True)", []),
    "ELU()": ("ELU(alpha=1.0)", []),
    "SiLU(True)": ("SiLU(inplace=True)", []),
    "Softplus()": ("Softplus(beta=1.0, threshold=20.0)", []),
    "LeakyReLU()": ("LeakyReLU(negative_slope=0.01)", []),
    "LeakyReLU(0.2, True)": ("LeakyReLU(negative_slope=0.2, inplace=True)", []),
    "Sigmoid()": ("Sigmoid()", []),
    "Tanh()": ("Tanh()", []),
    "GELU()": ("GELU(approximate='none')", []),
    "GELU('tanh')": ("GELU(approximate='tanh')", []),
    "Softmax()": ("Softmax(dim=None)", []),
    "LogSoftmax(-1)": ("LogSoftmax(dim=-1)", []),
    "CrossEntropyLoss(label_smoothing=0.1)": ("CrossEntropyLoss()", []),
    "CrossEntropyLoss(torch.ones(3))": ("CrossEntropyLoss()", ["weight"]),
    "NLLLoss()": ("NLLLoss()", []),
    "MSELoss()": ("MSELoss()", []),
    "L1Loss(reduction='sum')": ("L1Loss()", []),
    "BCEWithLogitsLoss(torch.ones(3), pos_weight=torch.ones(3))": (
        "BCEWithLogitsLoss()",
        ["weight", "pos_weight"],
    ),
    "Sequential(torch.nn.Linear(1, 2), torch.nn.Sequential(torch.nn.ReLU()))": (
        "Sequential(\n"
        "  (0): Linear(in_features=1, out_features=2, bias=True)\n"
        "  (1): Sequential(\n"
        "    (0): ReLU()\n"
        "  )\n"
        ")",
        ["0.weight", "0.bias"],
    ),
    "ModuleList()": ("ModuleList()", []),
    "ModuleDict({'a': torch.nn.ReLU(), 'b': torch.nn.Sequential()})": (
        "ModuleDict(\n  (a): ReLU()\n  (b): Sequential()\n)",
        [],
    ),
    "ParameterList([torch.ones(2, 3), torch.ones(())])": (
        "ParameterList(\n"
        "    (0): Parameter containing: [torch.float32 of size 2x3]\n"
        "    (1): Parameter containing: [torch.float32 of size ]\n"
        ")",
        ["0", "1"],
    ),
    "ParameterDict({'a': torch.ones(2).double(), 'c': 3})": (
        "ParameterDict(\n"
        "    (a): Parameter containing: [torch.DoubleTensor of size 2]\n"
        "    (c): Object of type: int\n"
        ")",
        ["a"],
    ),
}


def make(torch, call):
    return eval(f"torch.nn.{call}", {"torch": torch})


@pytest.mark.parametrize(("call", "form"), FORMS.items(), ids=FORMS)
def test_printed_form_and_names(call, form):
    module = make(mt, call)
    assert (repr(module), list(module.state_dict())) == form


@pytest.mark.parametrize(("call", "form"), FORMS.items(), ids=FORMS)
def test_the_table_is_pytorchs(torch, call, form):
    module = make(torch, call)
    assert (repr(module), list(module.state_dict())) == form
