"""One study: its population, the course of its cases, its tables, and the one door through which they leave."""
