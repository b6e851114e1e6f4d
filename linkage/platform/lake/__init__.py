"""Where the data lie: Delta tables under a lake, how a table is declared, the only reader and writer."""
