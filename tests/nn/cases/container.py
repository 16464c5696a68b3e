"""Modules that hold others."""

from tests.nn.cases.rows import Function, Layer, LayerCase, normal

LAYERS = {
    "DataParallel": Layer(
        "(module, device_ids=None, output_device=None, dim=0)",
        [
            LayerCase(
                "DataParallel(torch.nn.Linear(3, 2))",
                [normal(2, 3)],
                ("DataParallel(\n  (module): Linear(in_features=3, out_features=2, bias=True)\n)"),
                state="module.weight module.bias",
                value=-0.2652399663941052,
                unbatched=True,
            )
        ],
    ),
    "ModuleDict": Layer(
        "(modules=None)",
        [
            LayerCase("ModuleDict()", None, "ModuleDict()"),
            LayerCase(
                (
                    'ModuleDict({"a": torch.nn.ReLU(), "b": '
                    "torch.nn.Sequential(torch.nn.Linear(1, 2))})"
                ),
                None,
                (
                    "ModuleDict(\n"
                    "  (a): ReLU()\n"
                    "  (b): Sequential(\n"
                    "    (0): Linear(in_features=1, out_features=2, bias=True)\n"
                    "  )\n"
                    ")"
                ),
                state="b.0.weight b.0.bias",
            ),
        ],
    ),
    "ModuleList": Layer(
        "(modules=None)",
        [
            LayerCase("ModuleList()", None, "ModuleList()"),
            LayerCase(
                ("ModuleList([torch.nn.Linear(1, 2), torch.nn.Linear(1, 2), torch.nn.ReLU()])"),
                None,
                (
                    "ModuleList(\n"
                    "  (0-1): 2 x Linear(in_features=1, out_features=2, bias=True)\n"
                    "  (2): ReLU()\n"
                    ")"
                ),
                state="0.weight 0.bias 1.weight 1.bias",
            ),
        ],
    ),
    "ParameterDict": Layer(
        "(parameters=None)",
        [
            LayerCase(
                'ParameterDict({"a": torch.ones(2).double(), "c": 3})',
                None,
                (
                    "ParameterDict(\n"
                    "    (a): Parameter containing: [torch.DoubleTensor of size 2]\n"
                    "    (c): Object of type: int\n"
                    ")"
                ),
                state="a",
            )
        ],
    ),
    "ParameterList": Layer(
        "(values=None)",
        [
            LayerCase(
                "ParameterList([torch.ones(2, 3), torch.ones(())])",
                None,
                (
                    "ParameterList(\n"
                    "    (0): Parameter containing: [torch.float32 of size 2x3]\n"
                    "    (1): Parameter containing: [torch.float32 of size ]\n"
                    ")"
                ),
                state="0 1",
            )
        ],
    ),
    "Sequential": Layer(
        "(*args)",
        [
            LayerCase("Sequential()", [normal(3)], "Sequential()", value=-3.052211126896377),
            LayerCase(
                "Sequential(torch.nn.Linear(5, 2), torch.nn.Sequential(torch.nn.ReLU()))",
                [normal(3, 5)],
                (
                    "Sequential(\n"
                    "  (0): Linear(in_features=5, out_features=2, bias=True)\n"
                    "  (1): Sequential(\n"
                    "    (0): ReLU()\n"
                    "  )\n"
                    ")"
                ),
                state="0.weight 0.bias",
                value=3.2734142562080017,
                unbatched=True,
            ),
            LayerCase(
                (
                    "Sequential(torch.nn.Conv2d(4, 6, 3, padding=1), "
                    "torch.nn.BatchNorm2d(6), torch.nn.ReLU(), torch.nn.MaxPool2d(2), "
                    "torch.nn.Flatten(), torch.nn.Dropout(), torch.nn.Linear(54, 3))"
                ),
                [normal(2, 4, 7, 6)],
                (
                    "Sequential(\n"
                    "  (0): Conv2d(4, 6, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))\n"
                    "  (1): BatchNorm2d(6, eps=1e-05, momentum=0.1, affine=True, bias=True,"
                    " track_running_stats=True)\n"
                    "  (2): ReLU()\n"
                    "  (3): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, "
                    "ceil_mode=False)\n"
                    "  (4): Flatten(start_dim=1, end_dim=-1)\n"
                    "  (5): Dropout(p=0.5, inplace=False)\n"
                    "  (6): Linear(in_features=54, out_features=3, bias=True)\n"
                    ")"
                ),
                state=(
                    "0.weight 0.bias 1.weight 1.bias 1.running_mean 1.running_var "
                    "1.num_batches_tracked 6.weight 6.bias"
                ),
                value=-84.36864988763276,
            ),
        ],
    ),
}

FUNCTIONS: dict[str, Function] = {}

# call -> (exception, key phrase, what else we say)
ERRORS = {
    "nn.DataParallel(nn.Linear(3, 2))(t.ones(2))": (
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied (1x2 and 3x2)",
        "",
    ),
    "nn.ModuleDict({'a': 1})": ("TypeError", "int is not a Module subclass", ""),
    "nn.ModuleDict({'': nn.ReLU()})": ("KeyError", "be empty string", ""),
    "nn.ModuleList([1])": ("TypeError", "int is not a Module subclass", ""),
    "nn.ModuleList()(1)": (
        "NotImplementedError",
        'Module [ModuleList] is missing the required "forward" function',
        "def forward",
    ),
    "nn.ParameterDict(3)": ("TypeError", "int", ""),
    "nn.ParameterList(3)": (
        "TypeError",
        "ParameterList.extend should be called with an iterable, but got int",
        "append()",
    ),
    "nn.Sequential(1)": ("TypeError", "int is not a Module subclass", ""),
}
