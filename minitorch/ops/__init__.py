"""Every differentiable operation: one class each, and the function that calls it, by rooms."""
