"""Two ways to write into the residual stream, behind one Protocol."""
