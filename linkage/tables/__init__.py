"""What the data are: one declaration per table, no code. The data dictionary is generated from here."""
