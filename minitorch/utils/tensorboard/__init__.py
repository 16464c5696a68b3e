"""``SummaryWriter``: what TensorBoard shows, written by the package ``tensorboard`` itself."""

try:
    from minitorch.utils.tensorboard.writer import SummaryWriter as SummaryWriter
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "tensorboard":
        raise
    raise ModuleNotFoundError(
        "minitorch writes for TensorBoard through its package, which is not installed: "
        "python -m pip install tensorboard",
        name="tensorboard",
    ) from error

__all__ = ["SummaryWriter"]
