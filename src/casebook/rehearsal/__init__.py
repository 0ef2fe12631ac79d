"""A dress rehearsal: the release at work on a stream of payments, watched, stopped, replaced."""
