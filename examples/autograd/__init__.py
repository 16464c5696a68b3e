"""What autograd does, one short experiment each: `python -m examples.autograd` lists them."""
