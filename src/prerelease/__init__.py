"""What must be right before a model goes to production, as a small tested package."""

__version__ = "0.1.0"
