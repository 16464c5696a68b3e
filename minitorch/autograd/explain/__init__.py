"""What is told to people: why there is no gradient, where a NaN came from."""
