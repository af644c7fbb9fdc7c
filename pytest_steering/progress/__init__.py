"""How far long work is, and how a terminal shows it."""
