"""How alike two records are: Splink's room. Comparisons, model, estimation, scoring."""
