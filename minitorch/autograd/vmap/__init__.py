"""Batched tensors: one call computes all examples (Note [Batched tensors])."""
