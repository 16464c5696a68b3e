"""Fourier transforms: three ops, and the functions of ``torch.fft`` made of them."""
