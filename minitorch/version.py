"""What this is a version of, and what it was built with: nothing but NumPy."""

__version__ = "0.1.0"

pytorch = "2.13.0"  # the PyTorch whose names and numbers these are

debug = False
cuda: str | None = None
hip: str | None = None
rocm: str | None = None
xpu: str | None = None
git_version: str | None = None
