"""One session of pytest: what it knows, when it begins and ends, what it shows, and its processes."""
