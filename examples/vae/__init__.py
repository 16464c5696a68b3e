"""A variational autoencoder of hand-drawn digits; everything is in `train.py`."""
