"""A run as a table for other programs: CSV and Parquet."""
