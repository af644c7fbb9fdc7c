"""Engines and public plugins of vLLM held against the traps of engines that steer (docs/engines.md)."""
