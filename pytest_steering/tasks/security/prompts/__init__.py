"""What is asked, and how."""
