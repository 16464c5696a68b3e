"""A library that embeds one small network, without PyTorch among its requirements."""
