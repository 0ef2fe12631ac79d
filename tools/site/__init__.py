"""The site: run the chapters, stage, build and finish it."""
