"""What goes on a slide, taken from a finished page: its words, what it shows, its sections."""
