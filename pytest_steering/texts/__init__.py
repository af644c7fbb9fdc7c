"""What is known of a text without showing it: its hash, its print, its tokens, its width."""
