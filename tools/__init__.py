"""What the Makefile calls, by concern: `python -m tools.site.build`, from the project's root."""
