"""Score data that no chapter of the book used: two files with time, amount, label and score.

The data are the 569 samples of the Wisconsin breast cancer study that scikit-learn ships. They
have no time and no money: rows are dated one a minute, in the order of the file, and amounts
are 0. The first half trains the model; its own scores come from cross-validation, so that they
are as unseen as those of the second half.
"""

import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X, benign = load_breast_cancer(return_X_y=True)
label = 1 - benign  # 1 is what we look for: a malignant sample
half = len(X) // 2
model = make_pipeline(StandardScaler(), LogisticRegression())


def write(name: str, first: int, label: pd.Series, score: pd.Series) -> None:
    """Write one file that `prerelease` understands."""
    minutes = pd.RangeIndex(first, first + len(label))
    frame = pd.DataFrame({"time": 60 * minutes, "amount": 0.0, "label": label, "score": score})
    frame.to_csv(name, index=False)


known = cross_val_predict(model, X[:half], label[:half], method="predict_proba")[:, 1]
write("reference.csv", 0, label[:half], known)
model.fit(X[:half], label[:half])
write("scores.csv", half, label[half:], model.predict_proba(X[half:])[:, 1])
