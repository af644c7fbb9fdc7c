"""Where is the residual stream, and does the model fit?"""
