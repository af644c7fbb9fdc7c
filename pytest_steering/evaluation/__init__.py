"""What did the model answer, and was it right?"""
