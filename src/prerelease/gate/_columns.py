"""What the columns of a file of scores are called, and how they are to be read."""

from dataclasses import dataclass

from prerelease import _validate

ROLES = ("time", "amount", "label", "score", "weight")
UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "min": 60.0, "h": 3600.0, "d": 86_400.0}
NEGATIVE = ("refuse", "zero", "absolute")


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What the columns of a file of scores are called, and how they are to be read.

    Parameters
    ----------
    time, amount, label, score : str
        Seconds or date of each row; what is at stake in it; 1 for what is looked for, 0 for the
        rest, nothing where it is not known yet; higher is more suspect. Empty where there is
        none: without `time` rows are taken as independent, without `amount` nothing is at stake
        but the fees.
    weight : str
        How many cases each row stands for: used where the file has it. Empty to do without.
    positive : str
        The label that is looked for, where labels are not 0 and 1. The rest must have one other.
    negative_amounts : {"refuse", "zero", "absolute"}
        What an amount below zero, such as a refund, counts as.
    unit : {"", "s", "ms", "us", "ns", "min", "h", "d"}
        Of times that are numbers. Empty: seconds, but refused where they can hardly be.
    decimal : {".", ","}
        Mark before the decimals in a CSV file.
    """

    time: str = "time"
    amount: str = "amount"
    label: str = "label"
    score: str = "score"
    weight: str = "weight"
    positive: str = ""
    negative_amounts: str = "refuse"
    unit: str = ""
    decimal: str = "."

    def __post_init__(self) -> None:
        for name in (*ROLES, "positive"):
            _validate.text(getattr(self, name), name, optional=name != "score")
        names = [name for role in ROLES if (name := getattr(self, role))]
        if len(set(names)) < len(names):
            msg = f"Each column needs a name of its own, got {', '.join(names)}."
            raise ValueError(msg)
        _validate.choice(self.negative_amounts, "negative_amounts", NEGATIVE)
        _validate.choice(self.unit, "unit", ("", *UNITS))
        _validate.choice(self.decimal, "decimal", (".", ","))
