"""vLLM as an engine: requests in one batch, each steered by itself, each answered for by the worker."""
