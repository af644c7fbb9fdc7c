"""Layer × scale for a file of pairs and one of prompts, without a test: searched, scored, recorded."""
