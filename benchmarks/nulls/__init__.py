"""How often vectors that mean nothing are called an effect: the measurement behind docs/trust.md."""
