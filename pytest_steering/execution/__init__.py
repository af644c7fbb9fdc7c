"""Where cells run, and how the runs of several places become one."""
