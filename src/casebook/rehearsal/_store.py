"""The database of decisions: a DuckDB file, or PostgreSQL by its URL, with the same statements."""

from collections.abc import Sequence
from typing import Any

TABLES = (
    "CREATE TABLE IF NOT EXISTS decisions (id BIGINT PRIMARY KEY, time FLOAT8 NOT NULL, "
    "inputs FLOAT8[] NOT NULL, score FLOAT8 NOT NULL, block BOOLEAN NOT NULL, "
    "release INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS labels (id BIGINT PRIMARY KEY, label INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS releases (number INTEGER PRIMARY KEY, time FLOAT8 NOT NULL, "
    "folder TEXT NOT NULL, digest TEXT NOT NULL, threshold FLOAT8 NOT NULL, why TEXT NOT NULL)",
)


class Store:
    """A connection that one process owns.

    Parameters
    ----------
    url : str
        ``postgresql://…``, or the path of a DuckDB file, made if it is not there.

    Examples
    --------
    >>> store = Store(":memory:")
    >>> store.insert("labels", [(1, 0), (2, 1)])
    {1, 2}
    >>> store.insert("labels", [(2, 0), (3, 0)])  # what is there stays
    {3}
    >>> store.rows("SELECT label FROM labels WHERE id = ?", [2])
    [(1,)]
    """

    def __init__(self, url: str) -> None:
        if url.startswith("postgresql://"):
            import psycopg  # noqa: PLC0415 - where it is not used it need not be there

            self._connection, self._mark = psycopg.connect(url, autocommit=True), "%s"
        else:
            import duckdb  # noqa: PLC0415

            self._connection, self._mark = duckdb.connect(url), "?"
        for table in TABLES:
            self.rows(table)

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement with ``?`` where values stand, and return the rows that it gives."""
        done = self._connection.execute(statement.replace("?", self._mark), [*values])
        return done.fetchall() if done.description else []

    def insert(self, table: str, rows: Sequence[tuple[Any, ...]]) -> set[int]:
        """Commit rows at once, all or none; return the keys of those that were not there yet."""
        key = "number" if table == "releases" else "id"
        one = f"({', '.join('?' * len(rows[0]))})"
        statement = (
            f"INSERT INTO {table} VALUES {', '.join([one] * len(rows))} "
            f"ON CONFLICT DO NOTHING RETURNING {key}"
        )
        return {new for (new,) in self.rows(statement, [value for row in rows for value in row])}
