"""Is a weakness in this code? All that knows weaknesses: data, questions, and the reader of answers."""
