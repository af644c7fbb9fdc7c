"""Behaviours of a real public model: data, tasks, and a file for each experiment."""
