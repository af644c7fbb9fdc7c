"""Tools of maintainers: nothing here is installed."""
