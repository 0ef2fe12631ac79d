"""The rules that notebooks keep."""
