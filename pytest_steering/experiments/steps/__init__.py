"""The steps of a run, a file each: what a step does, how it is recorded, and how it is taken from records."""
