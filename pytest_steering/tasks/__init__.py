"""What is asked, and how an answer becomes a number."""
