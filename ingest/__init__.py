"""Documents into the index."""
