"""An example experiment to begin with: a test, its data, a conftest, a workflow, written into a folder."""
