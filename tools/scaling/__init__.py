"""What a plan of steering experiments costs, before it is run: docs/scaling.md."""
