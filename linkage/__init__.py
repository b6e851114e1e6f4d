"""Links police and gendarmerie procedures to justice affairs, and says how sure each link is."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
"""The clone, or the folder that the shipped zip was unpacked to."""
