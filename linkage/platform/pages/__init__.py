"""What every HTML page shares: numbers as a French reader expects them."""
