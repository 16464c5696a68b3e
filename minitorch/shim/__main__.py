"""``python -m minitorch.shim train.py``: run a program for which ``import torch`` is minitorch."""

from minitorch.shim.program import main

main()
