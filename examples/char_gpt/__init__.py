"""A small GPT that writes like the documents of this project; everything is in `train.py`."""
