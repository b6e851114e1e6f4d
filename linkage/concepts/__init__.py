"""What several stages mean by one word, decided once."""
