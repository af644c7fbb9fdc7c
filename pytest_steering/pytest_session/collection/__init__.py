"""Which tests are a session's, on which models, and which fixtures, markers and folders are meant."""
