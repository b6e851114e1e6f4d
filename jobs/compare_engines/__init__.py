"""The benchmark: the same standardised tables through this job's linkage and through others, side by side."""
