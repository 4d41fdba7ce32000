"""Questions into answers."""
