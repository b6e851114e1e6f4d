"""How sure the links are: match rates always, error rates where the truth is known."""
