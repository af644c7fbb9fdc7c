"""What a sweep, a steered run and an extraction cost, as ratios of one machine."""
