"""What a user asks of a model: states, answers, likelihoods."""
