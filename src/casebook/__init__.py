"""What only this book needs: its data, models, leaks, streams, races and checks."""
