"""What a continuous integration service shows of a run: properties of tests, annotations, a summary."""
