"""What only this book needs: its data, models, leaks, streams, races and checks.

The words of its figures and tables are set here, since every page and tool imports it.
"""

from prerelease import use_words

WORDS = {
    "case": "payment",
    "cases": "payments",
    "positive": "fraud",
    "positives": "frauds",
    "negative": "honest payment",
    "negatives": "honest payments",
    "currency": "€",
}
use_words(**WORDS)
