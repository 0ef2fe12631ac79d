"""The packaged sample of the data."""
