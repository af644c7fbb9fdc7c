"""The first run: a project to begin with, a look at a model, a check of the machine, a try, a sweep."""
