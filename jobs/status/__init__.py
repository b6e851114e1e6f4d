"""What an operator asks of a lake: what is there, how fresh, what is unfinished, what ran."""
