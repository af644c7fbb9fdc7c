"""Another model as a judge of answers, over an OpenAI-compatible endpoint; off unless one is configured."""
