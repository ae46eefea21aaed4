"""Makes the files in this folder, with a SQLite that is not ours: Python's. Run it in this folder."""

import os
import shutil
import sqlite3


def make(path, *pragmas, while_open=lambda: None):
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
    while_open()
    connection.close()


def copy_with_log():
    """As a file is copied from a program that runs: nothing is in it, and everything in the file beside it."""
    for end in "", "-wal":
        shutil.copyfile(f"live.sqlite3{end}", f"log.sqlite3{end}")


make("wal.sqlite3", "journal_mode = WAL")
make("page-512.sqlite3", "page_size = 512")
make("page-65536.sqlite3", "page_size = 65536")
make("auto-vacuum.sqlite3", "auto_vacuum = FULL")
make("utf-16.sqlite3", "encoding = 'UTF-16le'")
make("live.sqlite3", "journal_mode = WAL", "wal_autocheckpoint = 0", while_open=copy_with_log)
os.remove("live.sqlite3")
