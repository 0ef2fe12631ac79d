"""The environment: make it, check it, lock it, audit it."""
