"""What stands on which page of the reference: namespaces, and the families they fall into.

A name goes to the first family that takes the file it is defined in; a name that none takes stops
the build, so a new file asks for its place here.
"""

from dataclasses import dataclass
from typing import NamedTuple


class Family(NamedTuple):
    """A section of a page: the names of a namespace that are defined in certain files."""

    title: str
    homes: tuple[str, ...] = ("",)  # what the name of the file starts with; "" takes the rest


@dataclass(frozen=True)
class Page:
    """A page, and what of which namespaces stands there."""

    name: str
    title: str
    text: str
    parts: tuple[tuple[str, tuple[Family, ...]], ...]


def files(folder: str, names: str) -> tuple[str, ...]:
    """Files of a folder by their names."""
    return tuple(f"{folder}.{name}" for name in names.split())


def whole(*namespaces: str) -> tuple[tuple[str, tuple[Family, ...]], ...]:
    """Namespaces, each as one section under its own name."""
    return tuple(
        (name, (Family(f"``{name.replace('minitorch', 'torch')}``"),)) for name in namespaces
    )


def of_root(*families: Family) -> tuple[str, tuple[Family, ...]]:
    """Part of what ``torch`` itself holds."""
    return "minitorch", families


ELEMENTWISE = "minitorch.ops.elementwise"
REDUCE = "minitorch.ops.reduce"
SHAPE = "minitorch.ops.shape"
MODULES = "minitorch.nn.modules"
FUNCTIONAL = "minitorch.nn.functional"

TENSORS = (
    Page(
        "tensors",
        "Making tensors",
        "Functions that make tensors out of data, of a size, at random, or out of a file's bytes.",
        (
            of_root(
                Family("Of data and sizes", ("minitorch.creation", "minitorch.interchange")),
                Family("Sequences and windows", ("minitorch.sequences", "minitorch.windows")),
                Family("Random numbers", ("minitorch.random", "minitorch.generator")),
            ),
        ),
    ),
    Page(
        "tensor",
        "Tensor",
        "The class of tensors. Most methods are functions of the same name, called on a tensor.",
        (),
    ),
    Page(
        "elementwise",
        "Functions of each element",
        "Operands broadcast against each other; names that end in ``_`` write into their first.",
        (
            of_root(
                Family(
                    "Arithmetic",
                    files(
                        ELEMENTWISE,
                        "arithmetic division divisors power weighted_sum filling copies",
                    ),
                ),
                Family("Exponentials and logarithms", files(ELEMENTWISE, "exponential logarithms")),
                Family("Angles", files(ELEMENTWISE, "trigonometry hyperbolic angles")),
                Family("Activations", files(ELEMENTWISE, "activation")),
                Family(
                    "Rounding, signs and limits",
                    files(ELEMENTWISE, "rounding signs clamping piecewise floats finite"),
                ),
                Family(
                    "Comparing and choosing",
                    files(ELEMENTWISE, "comparison closeness choices selection"),
                ),
                Family("Bits and truth", files(ELEMENTWISE, "bitwise logical")),
                Family("Complex numbers", (*files(ELEMENTWISE, "parts"), f"{SHAPE}.as_real")),
                Family("Special functions", ("minitorch.ops.special",)),
            ),
        ),
    ),
    Page(
        "reductions",
        "Reductions, sorting and statistics",
        "Sums, means and extremes over dimensions; running sums; orders and histograms.",
        (
            of_root(
                Family(
                    "Sums, means, variances",
                    files(REDUCE, "sums product variance without_nan covariance any_all"),
                ),
                Family("Extremes and quantiles", files(REDUCE, "extreme quantile ranks")),
                Family("Running sums and differences", files(REDUCE, "scan calculus")),
                Family("Sorting and counting", files(REDUCE, "sorting unique histogram")),
                Family("Lengths", files(REDUCE, "lengths vector_norm")),
            ),
        ),
    ),
    Page(
        "shapes",
        "Shapes and indices",
        "Views and copies in another shape, joining and splitting, reading and writing by index.",
        (
            of_root(
                Family(
                    "Another view",
                    files(SHAPE, "view expand permute squeeze narrow diagonal windows atleast"),
                ),
                Family("Copies of views", files(SHAPE, "copying")),
                Family("Joining and splitting", files(SHAPE, "joining splitting")),
                Family("Rearranging", files(SHAPE, "flip repeat shuffle triangle placing grids")),
                Family("Indices", ("minitorch.ops.index",)),
            ),
        ),
    ),
    Page(
        "matrices",
        "Matrices",
        "Products, decompositions and distances of the root; ``torch.linalg`` has its own page.",
        (of_root(Family("Products and decompositions", ("minitorch.ops.linalg",))),),
    ),
    Page(
        "root-layers",
        "Layers by their root names",
        "Layers that PyTorch has at its root as well; look in ``nn.functional`` first.",
        (
            of_root(
                Family("Layers", (FUNCTIONAL, "minitorch.nn.native", "minitorch.ops.layers")),
            ),
        ),
    ),
    Page(
        "types",
        "Types, devices and settings",
        "Dtypes and their limits, devices, memory layouts, threads, printing and switches.",
        (
            of_root(
                Family("Constants", ("constant",)),
                Family(
                    "Dtypes and layouts",
                    files("minitorch.core", "dtypes limits size strided bfloat16 devices"),
                ),
                Family("Questions about tensors", ("minitorch.tensor", "minitorch.storage")),
                Family("Named results", ("minitorch.ops.return_types",)),
                Family("Threads", ("minitorch.core.threads",)),
                Family("Printing", ("minitorch.printing",)),
                Family("Settings", ("minitorch.settings",)),
                Family(
                    "Other back ends",
                    ("minitorch.amp", "minitorch.compiler", "minitorch.cuda", "torch"),
                ),
            ),
        ),
    ),
)

TRAINING = (
    Page(
        "autograd",
        "Autograd",
        "Gradients, grad modes, custom functions, hooks on graphs, and what checks them.",
        (
            of_root(
                Family(
                    "Grad modes",
                    (
                        "minitorch.autograd.grad_mode",
                        "minitorch.autograd.inference",
                    ),
                ),
            ),
            *whole(
                "minitorch.autograd",
                "minitorch.autograd.function",
                "minitorch.autograd.functional",
                "minitorch.autograd.graph",
                "minitorch.autograd.forward_ad",
                "minitorch.autograd.profiler",
                "minitorch.utils.checkpoint",
                "minitorch.utils.hooks",
                "minitorch.profiler",
            ),
        ),
    ),
    Page(
        "seeing",
        "Seeing a graph",
        "Why a tensor has no gradient, and a picture of what gradients pass through.",
        (
            of_root(
                Family("Why", ("minitorch.autograd.explain",)),
                Family("Pictures", ("minitorch.drawing",)),
            ),
            ("minitorch.drawing", (Family("``torch.drawing``"),)),
        ),
    ),
    Page(
        "nn",
        "Modules",
        "Layers with parameters, containers and losses: ``torch.nn``.",
        (
            (
                "minitorch.nn",
                (
                    Family(
                        "Modules and containers",
                        (*files(MODULES, "module container"), "minitorch.nn.parameter"),
                    ),
                    Family("Summaries", ("minitorch.nn.summaries",)),
                    Family("Linear layers", files(MODULES, "linear flatten channelshuffle")),
                    Family("Convolutions", files(MODULES, "conv fold upsampling pixelshuffle")),
                    Family("Pools", files(MODULES, "pooling unpooling adaptive_pooling")),
                    Family("Padding", files(MODULES, "padding")),
                    Family("Activations", files(MODULES, "activation adaptive")),
                    Family(
                        "Norms",
                        files(MODULES, "batchnorm instancenorm normalization norm"),
                    ),
                    Family("Dropout", files(MODULES, "dropout")),
                    Family("Embeddings", files(MODULES, "sparse embedding")),
                    Family("Recurrent layers", files(MODULES, "rnn recurrent")),
                    Family("Attention", files(MODULES, "attention transformer multi_head")),
                    Family("Losses and distances", files(MODULES, "loss distance")),
                    Family("Others"),
                ),
            ),
            *whole("minitorch.nn.attention", "minitorch.nn.parallel"),
        ),
    ),
    Page(
        "functional",
        "Layers as functions",
        "Layers without parameters of their own: ``torch.nn.functional``.",
        (
            (
                "minitorch.nn.functional",
                (
                    Family(
                        "Linear layers and convolutions",
                        files(FUNCTIONAL, "affine conv folding sparse"),
                    ),
                    Family("Pools", files(FUNCTIONAL, "pool unpool")),
                    Family(
                        "Activations",
                        (
                            *files(FUNCTIONAL, "activation piecewise shares noise"),
                            ELEMENTWISE,
                            "minitorch.ops.layers",
                        ),
                    ),
                    Family("Norms", files(FUNCTIONAL, "norm")),
                    Family("Attention", files(FUNCTIONAL, "attention multi_head")),
                    Family(
                        "Losses",
                        files(FUNCTIONAL, "loss margin_loss pair_loss linear_loss ctc"),
                    ),
                    Family("Pictures", files(FUNCTIONAL, "padding upsampling vision")),
                    Family("Others"),
                ),
            ),
        ),
    ),
    Page(
        "init",
        "Initial values",
        "What parameters start from: ``torch.nn.init``.",
        whole("minitorch.nn.init"),
    ),
    Page(
        "nn-utils",
        "Tools for modules",
        "Clipping, packed sequences, parametrized and pruned weights: ``torch.nn.utils``.",
        whole(
            "minitorch.nn.utils",
            "minitorch.nn.utils.rnn",
            "minitorch.nn.utils.parametrize",
            "minitorch.nn.utils.parametrizations",
            "minitorch.nn.utils.prune",
            "minitorch.nn.utils.stateless",
        ),
    ),
    Page(
        "optim",
        "Optimizers",
        "Rules that change parameters by their gradients: ``torch.optim``.",
        whole("minitorch.optim", "minitorch.optim.swa_utils"),
    ),
    Page(
        "schedules",
        "Learning rate schedules",
        "What changes the rates of an optimizer over time: ``torch.optim.lr_scheduler``.",
        whole("minitorch.optim.lr_scheduler"),
    ),
    Page(
        "data",
        "Data",
        "Datasets, samplers, loaders, features of a frozen trunk: ``torch.utils.data``.",
        whole("minitorch.utils.data"),
    ),
    Page(
        "files",
        "Saving and loading",
        "PyTorch's files, safetensors and NumPy's, and checkpoints of a run.",
        (
            of_root(Family("At the root", ("minitorch.serialization",))),
            *whole("minitorch.serialization", "minitorch.hub", "minitorch.utils.model_zoo"),
        ),
    ),
)

MORE = (
    Page(
        "func",
        "Functions of functions",
        "``vmap``, ``grad``, Jacobians: ``torch.func``.",
        (
            *whole("minitorch.func"),
            of_root(Family("At the root", ("minitorch.func",))),
        ),
    ),
    Page(
        "linalg",
        "Linear algebra",
        "Decompositions, norms and solvers: ``torch.linalg``.",
        whole("minitorch.linalg"),
    ),
    Page(
        "fft",
        "Fourier transforms and windows",
        "``torch.fft``, ``stft`` and ``istft``, ``torch.signal.windows``.",
        (
            *whole("minitorch.fft", "minitorch.signal.windows"),
            of_root(Family("At the root", ("minitorch.spectra",))),
        ),
    ),
    Page(
        "special",
        "Special functions",
        "``torch.special``; many of them stand at the root, too.",
        whole("minitorch.special"),
    ),
    Page(
        "masked",
        "Masked reductions",
        "Reductions and normalisations of what a mask takes: ``torch.masked``.",
        whole("minitorch.masked"),
    ),
    Page(
        "array-api",
        "The Python array API",
        "What libraries written over the standard ask of a namespace: ``torch.array_api``.",
        whole("minitorch.array_api", "minitorch.array_api.linalg"),
    ),
    Page(
        "vision",
        "Pictures",
        "Sets of pictures and what is done to them, with torchvision's names.",
        whole("minitorch.vision.datasets", "minitorch.vision.transforms"),
    ),
    Page(
        "models",
        "Models",
        "Torchvision's classifiers, their weights, and how to get at both.",
        whole("minitorch.models"),
    ),
    Page(
        "tools",
        "Tools",
        "Running PyTorch's programs, testing, logs, other libraries.",
        whole(
            "minitorch.shim",
            "minitorch.testing",
            "minitorch.overrides",
            "minitorch.utils.tensorboard",
            "minitorch.utils.dlpack",
            "minitorch.utils.einops",
        ),
    ),
    Page(
        "machine",
        "What scripts ask of a machine",
        "Switches that are kept, and the answers of a CPU to questions about other devices.",
        (
            *whole(
                "minitorch.amp",
                "minitorch.accelerator",
                *files(
                    "minitorch.backends",
                    "cpu cuda cudnn mkl mkldnn mps nnpack openmp opt_einsum quantized",
                ),
                "minitorch.compiler",
                "minitorch.cpu",
                "minitorch.cuda",
                "minitorch.cuda.amp",
                "minitorch.distributed",
                "minitorch.jit",
                "minitorch.mps",
                "minitorch.xpu",
            ),
            # What it has of the standard library's, Python's own pages describe.
            (
                "minitorch.multiprocessing",
                (Family("``torch.multiprocessing``", ("minitorch.multiprocessing",)),),
            ),
        ),
    ),
)

PAGES = TENSORS + TRAINING + MORE
