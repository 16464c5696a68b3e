"""CIFAR-10 from the images on disk to a trained network; start with `train.py`."""
