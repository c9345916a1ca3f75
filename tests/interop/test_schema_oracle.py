"""Our schema beside the one that Debian's glance-manage makes: the same tables down to the names of constraints."""

import re
import sqlite3
import subprocess

import pytest

from support.debian_glance import glance_command
from support.server import run

HEAD = "2024_1_contract01"
DEBIAN_HEAD = "wallaby_contract01"
TABLES_SINCE_DEBIAN = {"node_reference", "cached_images"}
# Later releases of Glance declare these as INTEGER on SQLite; to SQLite itself the two are one type.
BIGINT_IN_DEBIAN = {("images", "size"), ("images", "virtual_size")}


class Database:
    """An SQLite file, a configuration that names it, and what its schema says."""

    def __init__(self, folder):
        folder.mkdir()
        self.path = folder / "glance.sqlite"
        self.config = folder / "glance.conf"
        self.config.write_text(f"[database]\nconnection = sqlite:///{self.path}\n")

    def sync(self):
        return run("db", "sync", "--config-file", self.config)

    def sync_as_debian(self):
        subprocess.run(glance_command("manage", self.config, "db_sync"), check=True, capture_output=True, timeout=60)

    def rows(self, statement):
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def execute(self, statement):
        connection = sqlite3.connect(self.path)
        with connection:
            connection.execute(statement)
        connection.close()

    def revisions(self):
        return [row[0] for row in self.rows("SELECT version_num FROM alembic_version")]

    def tables(self):
        return {name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def columns(self, table):
        return [(name, "INTEGER" if (table, name) in BIGINT_IN_DEBIAN else kind, required, fallback, key)
                for _, name, kind, required, fallback, key in self.rows(f"PRAGMA table_info({table})")]

    def indexes(self, table):
        """Name, uniqueness and columns; what SQLite makes for a constraint has no name of its own."""
        found = set()
        for _, name, is_unique, _, _ in self.rows(f"PRAGMA index_list({table})"):
            columns = tuple(row[2] for row in self.rows(f"PRAGMA index_info({name})"))
            found.add((re.sub(r"^sqlite_autoindex.*", "", name), is_unique, columns))
        return found

    def foreign_keys(self, table):
        return {row[2:] for row in self.rows(f"PRAGMA foreign_key_list({table})")}

    def constraints(self, table):
        """Names of constraints and the conditions of checks, from the statement that made the table."""
        (statement,), = self.rows(f"SELECT sql FROM sqlite_master WHERE name = '{table}'")
        return sorted(re.findall(r"CONSTRAINT (\w+)", statement) + re.findall(r"CHECK \((.*?\))\)", statement))


@pytest.fixture
def ours(tmp_path):
    database = Database(tmp_path / "ours")
    result = database.sync()
    assert result.returncode == 0, result.stderr
    return database


@pytest.fixture
def debians(tmp_path):
    database = Database(tmp_path / "debian")
    database.sync_as_debian()
    return database


def own_indexes(indexes):
    return {index for index in indexes if index[0].startswith("vitrine_")}


def assert_same_tables(ours, debians):
    assert ours.tables() == debians.tables() | TABLES_SINCE_DEBIAN
    for table in debians.tables():
        assert ours.columns(table) == debians.columns(table), table
        assert ours.indexes(table) - own_indexes(ours.indexes(table)) == debians.indexes(table), table
        assert ours.foreign_keys(table) == debians.foreign_keys(table), table
        assert ours.constraints(table) == debians.constraints(table), table


def test_tables_are_the_same(ours, debians):
    assert debians.revisions() == [DEBIAN_HEAD], "another release of Glance: look what its schema has more"
    assert ours.revisions() == [HEAD]
    assert_same_tables(ours, debians)


def test_debians_database_becomes_ours(tmp_path, ours):
    upgraded = Database(tmp_path / "upgraded")
    upgraded.sync_as_debian()

    result = upgraded.sync()

    assert result.returncode == 0, result.stderr
    assert upgraded.revisions() == [HEAD]
    for table in ours.tables():
        assert upgraded.columns(table) == ours.columns(table), table
        assert upgraded.indexes(table) == ours.indexes(table), table
        assert upgraded.foreign_keys(table) == ours.foreign_keys(table), table
        assert upgraded.constraints(table) == ours.constraints(table), table


def test_a_newer_database_is_left_alone(debians):
    debians.execute("UPDATE alembic_version SET version_num = '2030_1_contract01'")
    tables = debians.tables()

    result = debians.sync()

    assert result.returncode != 0
    assert "2030_1_contract01" in result.stderr
    assert debians.revisions() == ["2030_1_contract01"]
    assert debians.tables() == tables
