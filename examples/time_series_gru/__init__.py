"""Forecasts of a seasonal series by a GRU; everything is in `train.py`."""
