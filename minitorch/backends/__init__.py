"""What programs ask of the libraries below PyTorch, and set: flags with a CPU's answers."""

import typing as _typing

if _typing.TYPE_CHECKING:
    from minitorch.backends import (
        cpu as cpu,
        cuda as cuda,
        cudnn as cudnn,
        mkl as mkl,
        mkldnn as mkldnn,
        mps as mps,
        nnpack as nnpack,
        openmp as openmp,
        opt_einsum as opt_einsum,
        quantized as quantized,
    )
else:
    from minitorch.core.late import late as _late

    _FILES = {
        "minitorch.backends.cpu": "",
        "minitorch.backends.cuda": "",
        "minitorch.backends.cudnn": "",
        "minitorch.backends.mkl": "",
        "minitorch.backends.mkldnn": "",
        "minitorch.backends.mps": "",
        "minitorch.backends.nnpack": "",
        "minitorch.backends.openmp": "",
        "minitorch.backends.opt_einsum": "",
        "minitorch.backends.quantized": "",
    }
    __getattr__, __dir__, __all__ = _late(__name__, "", _FILES)
