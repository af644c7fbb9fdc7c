"""What maintainers run: it makes documents and measures the tests, and is no part of the package."""
