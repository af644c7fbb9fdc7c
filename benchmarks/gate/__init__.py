"""The simulations behind docs/trust.md: how often the gate is wrong."""
