"""`python -m pytest_steering`: the command `pytest-steering`."""

import sys

from pytest_steering.cli import main

if __name__ == "__main__":
    sys.exit(main())
