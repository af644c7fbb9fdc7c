"""Which model is meant, does it fit, and how is it read?"""
