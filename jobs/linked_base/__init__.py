"""The job linked_base: the analysts' tables, and what describes them."""
