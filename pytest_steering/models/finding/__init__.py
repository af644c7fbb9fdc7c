"""Where is the residual stream?"""
