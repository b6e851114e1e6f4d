"""Error rates without truth: three methods, their synthesis, their intervals."""
