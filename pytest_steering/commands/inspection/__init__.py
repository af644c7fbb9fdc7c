"""What is known of a model before it is steered: where, whether it is proven, what fits, how it is asked."""
