"""One file an experiment, and what their figures are made by."""
