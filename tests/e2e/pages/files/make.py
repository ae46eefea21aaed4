"""Makes the files in this folder, with a SQLite that is not ours: Python's. Run it in this folder."""

import os
import sqlite3


def make(path, *pragmas):
    if os.path.exists(path):
        os.remove(path)
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.executescript(
        """
        CREATE TABLE item (id INTEGER PRIMARY KEY, value);
        CREATE INDEX item_value ON item (value);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500)
        INSERT INTO item SELECT i, printf('item %d', i) FROM n;
        """
    )
    connection.close()


make("wal.sqlite3", "journal_mode = WAL")
make("page-512.sqlite3", "page_size = 512")
make("page-65536.sqlite3", "page_size = 65536")
make("auto-vacuum.sqlite3", "auto_vacuum = FULL")
make("utf-16.sqlite3", "encoding = 'UTF-16le'")
