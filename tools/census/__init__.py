"""Every causal language model that transformers ships: built tiny, found, proven, and listed."""
