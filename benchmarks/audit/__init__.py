"""Experiments that fake an effect, and honest ones: who is named by what, and who earns a conclusion."""
