"""Damaged input, one field at a time: `python -m tools.fuzz records --runs 3000 --seed 0`."""
