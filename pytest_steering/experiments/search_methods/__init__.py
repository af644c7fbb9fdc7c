"""Which layers and scales a search looks at, and in which order: one file a method."""
