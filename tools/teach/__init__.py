"""The workshop: editions of notebooks, timetables, the bundle."""
