"""What can go wrong at the data door, one class for each kind of answer."""


class DataError(Exception):
    """The data could not be had, or what was found is not the data; says what to do."""


class ContractError(DataError):
    """A table breaks the contract; each problem names its column, row and value.

    Parameters
    ----------
    problems : sequence of str
        One sentence a problem.

    Examples
    --------
    >>> print(ContractError(["column Class is missing."]))
    The table breaks the contract of the credit-card data:
    - column Class is missing.
    """

    def __init__(self, problems):
        self.problems = tuple(problems)
        listed = "".join(f"\n- {problem}" for problem in self.problems)
        super().__init__(f"The table breaks the contract of the credit-card data:{listed}")


class SourceError(DataError):
    """One source could not give the file; the next one may."""


class TransientError(SourceError):
    """One try failed in a way that may pass: the same source is tried again."""
