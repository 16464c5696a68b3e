"""The layers, one file per family, under PyTorch's file names; ``minitorch.nn`` offers them all."""
