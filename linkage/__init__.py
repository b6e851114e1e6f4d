"""Links police and gendarmerie procedures to justice affairs, and says how sure each link is."""

__version__ = "0.1.0"
