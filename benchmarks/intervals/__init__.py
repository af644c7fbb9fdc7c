"""How often the 95 % intervals that are printed or judged hold the truth, in simulation."""
