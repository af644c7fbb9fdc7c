"""Reading and writing files that a person, another tool or a full disk may have left in any state."""
