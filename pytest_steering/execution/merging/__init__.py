"""Several runs of parts of one suite, such as shards, become one run, or are refused by name."""
