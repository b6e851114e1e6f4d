"""What a run reports while it works: events, the console, one record of figures per step."""
