"""What the rows of one prompt have in common is computed once; from where they differ, they branch."""
