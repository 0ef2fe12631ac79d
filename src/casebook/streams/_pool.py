"""The real payments that streams are dealt from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from casebook import data, models
from casebook.streams._deal import bursts
from prerelease import _validate


@dataclass(frozen=True, eq=False)
class Pool:
    """Real payments to deal streams from, laid out once for many streams.

    Parameters
    ----------
    time : ndarray, shape (n,)
        Seconds, sorted.
    inputs : ndarray, shape (n, 29)
        What a model may look at, `casebook.models.INPUTS`.
    amount : ndarray, shape (n,)
        Euros.
    fraud, quiet, larger : ndarray of bool, shape (n,)
        Frauds; those of the later pattern; honest payments above their median amount.
    weight : ndarray, shape (n,)
        Real payments that each row stands for.
    burst : ndarray of int, shape (n,)
        Number of the burst of each fraud; -1 for honest payments.
    """

    time: NDArray[np.float64]
    inputs: NDArray[np.float64]
    amount: NDArray[np.float64]
    fraud: NDArray[np.bool_]
    quiet: NDArray[np.bool_]
    larger: NDArray[np.bool_]
    weight: NDArray[np.float64]
    burst: NDArray[np.intp]


def pool(payments: pd.DataFrame) -> Pool:
    """Lay out payments to deal streams from.

    Parameters
    ----------
    payments : pandas.DataFrame, shape (n, 31)
        Development rows of `casebook.data.load`, sorted in time.

    Returns
    -------
    Pool
        For `build`.

    Raises
    ------
    ValueError
        If a column or a class is missing, or times go back.

    Examples
    --------
    >>> payments = data.load_sample()
    >>> len(pool(payments).time) == len(payments)
    True
    """
    missing = [name for name in data.COLUMNS if name not in payments.columns]
    if missing:
        msg = f"payments must have the columns {', '.join(data.COLUMNS)}; {missing} missing."
        raise ValueError(msg)
    time = _validate.sorted_times(payments["Time"], "Time")
    fraud = _validate.binary(payments["Class"], "Class")
    amount = _validate.non_negative(payments["Amount"], "Amount")
    inputs = np.ascontiguousarray(payments[[*models.INPUTS]].to_numpy(dtype=np.float64))
    larger = ~fraud & (amount > np.median(amount[~fraud]))
    weight = data.sampling_weights(payments)
    quiet = quiet_frauds(payments)
    return Pool(time, inputs, amount, fraud, quiet, larger, weight, bursts(time, fraud))


def quiet_frauds(payments: pd.DataFrame) -> NDArray[np.bool_]:
    r"""Return the frauds of the bursts that look most like honest payments: about half of all.

    Parameters
    ----------
    payments : pandas.DataFrame, shape (n, m)
        With the columns Time, V1 to V28 and Class, both classes, sorted in time.

    Returns
    -------
    ndarray of bool, shape (n,)
        True for the frauds of whole bursts (`bursts`), the nearest first, until they hold as
        nearly half of the frauds as whole bursts can.

    Raises
    ------
    ValueError
        If a class is missing, or times go back.

    Notes
    -----
    Far means :math:`\sum_j ((x_j - \mu_j) / \sigma_j)^2` over V1 to V28, with the means and
    standard deviations of the honest payments; a burst is as far as its median fraud, and stays
    whole although some of its frauds are nearer and some further.

    Examples
    --------
    >>> payments = data.load_sample()
    >>> int(quiet_frauds(payments).sum()), int(payments["Class"].sum())
    (247, 492)
    """
    fraud = _validate.binary(payments["Class"], "Class")
    values = payments[[*data.FEATURES]].to_numpy()
    centre, spread = values[~fraud].mean(axis=0), values[~fraud].std(axis=0)
    safe = np.where(spread > 0, spread, 1.0)
    far = pd.Series((((values[fraud] - centre) / safe) ** 2).sum(axis=1))
    burst = bursts(payments["Time"], fraud)
    of_burst = far.groupby(burst[fraud]).agg(["median", "size"]).sort_values("median")
    held = of_burst["size"].cumsum()
    nearest = int((held - fraud.sum() / 2).abs().to_numpy().argmin())
    return np.isin(burst, of_burst.index[: nearest + 1])
