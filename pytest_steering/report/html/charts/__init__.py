"""The figures of the report as SVG, drawn from the records: one module a figure beside shared parts."""
