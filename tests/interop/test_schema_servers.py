"""Our schema on MariaDB and PostgreSQL beside the one that Debian's glance-manage makes there, down to names."""

import subprocess

import pytest

from services.databases import SERVERS, database_of, running
from support.debian_glance import glance_command
from support.server import run

HEAD = "2024_1_contract01"
DEBIAN_HEAD = "wallaby_contract01"
SINCE_DEBIAN = ("node_reference", "cached_images")

# What a catalog of the server says, as lines of text; `table` is the name by which tables are left out.
QUESTIONS = {
    "mariadb": [
        "SELECT table_name, column_name, ordinal_position, column_default, is_nullable, column_type, extra, "
        "collation_name FROM information_schema.columns WHERE table_schema = DATABASE() AND {table_name} ORDER BY 1, 3",
        "SELECT table_name, engine, table_collation FROM information_schema.tables "
        "WHERE table_schema = DATABASE() AND {table_name} ORDER BY 1",
        "SELECT table_name, index_name, non_unique, seq_in_index, column_name, sub_part "
        "FROM information_schema.statistics WHERE table_schema = DATABASE() AND {table_name} "
        "AND index_name NOT LIKE 'vitrine%' ORDER BY 1, 2, 4",
        "SELECT table_name, constraint_name, column_name, referenced_table_name, referenced_column_name "
        "FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND {table_name} ORDER BY 1, 2, 3",
        "SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints "
        "WHERE constraint_schema = DATABASE() AND {table_name} ORDER BY 1, 2",
    ],
    "postgresql": [
        "SELECT table_name, column_name, column_default, is_nullable, data_type, udt_name, "
        "character_maximum_length FROM information_schema.columns WHERE table_schema = 'public' AND {table_name} "
        "ORDER BY table_name, ordinal_position",
        "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' AND {tablename} "
        "AND indexname NOT LIKE 'vitrine%' ORDER BY indexname",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace AND {conrelid::regclass::text} ORDER BY 1, 2",
        "SELECT sequencename, data_type, increment_by FROM pg_sequences WHERE {sequencename} ORDER BY 1",
        "SELECT typname, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid ORDER BY 1, enumsortorder",
    ],
}


@pytest.fixture(scope="module", params=SERVERS, ids=lambda kind: kind.engine)
def peer(request):
    with running(request.param) as (server,):
        yield server


class Database:
    """An empty database of the server and a configuration that names it."""

    def __init__(self, peer, folder, name):
        self.peer = peer
        self.url = peer.new_database()
        self.name = database_of(self.url)
        self.config = folder / f"{name}.conf"
        self.config.write_text(f"[database]\nconnection = {self.url}\n")

    def manage(self, *words):
        return run("glance-manage", "--config-file", self.config, *words)

    def sync(self):
        result = self.manage("db", "sync")
        assert result.returncode == 0, result.stderr
        return self

    def sync_as_debian(self):
        subprocess.run(glance_command("manage", self.config, "db_sync"), check=True, capture_output=True, timeout=120)
        return self

    def query(self, statement):
        return self.peer.query(statement, self.name).splitlines()

    def revisions(self):
        return self.query("SELECT version_num FROM alembic_version ORDER BY 1")

    def schema(self):
        """Everything but what came after Debian's release and what is ours alone."""
        found = []
        for question in QUESTIONS[self.peer.engine]:
            head, brace, rest = question.partition("{")
            table, _, tail = rest.partition("}")
            kept = " AND ".join(f"{table} NOT LIKE '{name}%'" for name in SINCE_DEBIAN) if brace else ""
            found += self.query(head + kept + tail)
        return found


@pytest.fixture
def make_database(peer, tmp_path):
    return lambda name: Database(peer, tmp_path, name)


def test_the_schema_is_debians_and_an_upgraded_one_ours(make_database):
    ours = make_database("ours").sync()
    debians = make_database("debian").sync_as_debian()

    assert debians.revisions() == [DEBIAN_HEAD], "another release of Glance: look what its schema has more"
    assert ours.revisions() == [HEAD]
    assert ours.schema() == debians.schema()

    debians.query("INSERT INTO images (id, status, created_at, deleted, min_disk, min_ram, visibility) "
                  "VALUES ('kept', 'active', '2026-01-01 00:00:00', FALSE, 0, 0, 'shared')")
    before = debians.query("SELECT * FROM images")
    assert debians.manage("db", "check").returncode == 3
    debians.sync()

    assert debians.revisions() == [HEAD]
    assert debians.schema() == ours.schema()
    assert debians.query("SELECT * FROM images") == before
    new = debians.query("SELECT table_name FROM information_schema.tables WHERE table_name IN "
                        f"{SINCE_DEBIAN} AND table_schema IN ('public', '{debians.name}')")
    assert sorted(new) == sorted(SINCE_DEBIAN)


def test_a_rolling_upgrade_goes_step_by_step(make_database):
    database = make_database("rolling").sync()
    database.query("DROP TABLE cached_images")
    database.query("DROP TABLE node_reference")
    database.query("UPDATE alembic_version SET version_num = '2023_1_contract01'")

    assert database.manage("db_check").returncode == 3
    assert database.manage("db", "contract").returncode == 1
    assert database.manage("db", "migrate").returncode == 1
    assert database.manage("db", "expand").returncode == 0
    assert database.revisions() == ["2023_1_contract01", "2024_1_expand01"]
    assert database.manage("db", "check").returncode == 5
    assert database.manage("db", "migrate").returncode == 0
    assert database.manage("db", "contract").returncode == 0
    assert database.manage("db", "check").returncode == 0
    assert database.revisions() == [HEAD]
    assert database.manage("db", "expand").returncode == 0
    assert database.manage("db", "upgrade", "--version", HEAD).returncode == 0


def test_a_newer_database_is_left_alone(make_database):
    database = make_database("newer").sync()
    database.query("UPDATE alembic_version SET version_num = '2030_1_contract01'")

    for command in ("sync", "check", "expand", "contract", "purge", "upgrade"):
        result = database.manage("db", command)
        assert result.returncode == 1
        assert "2030_1_contract01" in result.stderr
    assert database.revisions() == ["2030_1_contract01"]


def test_a_purge_takes_what_was_deleted_long_ago(make_database):
    database = make_database("purged").sync()
    for image, deleted, when in (("old", "TRUE", "'2020-01-01 00:00:00'"), ("new", "TRUE", "'2999-01-01 00:00:00'"),
                                 ("live", "FALSE", "'2020-01-01 00:00:00'")):
        database.query("INSERT INTO images (id, status, created_at, deleted, deleted_at, min_disk, min_ram, "
                       "visibility) "
                       f"VALUES ('{image}', 'deleted', '2020-01-01 00:00:00', {deleted}, {when}, 0, 0, 'shared')")
        for number in range(2):
            database.query("INSERT INTO image_tags (image_id, value, created_at, deleted, deleted_at) "
                           f"VALUES ('{image}', 'tag{number}', '2020-01-01 00:00:00', {deleted}, {when})")
        database.query("INSERT INTO tasks (id, type, status, owner, created_at, deleted, deleted_at) "
                       f"VALUES ('{image}', 't', 's', 'p', '2020-01-01 00:00:00', {deleted}, {when})")
        database.query(f"INSERT INTO task_info (task_id) VALUES ('{image}')")

    refused = database.manage("db", "purge_images_table")
    assert refused.returncode == 1 and "purge" in refused.stderr
    assert database.manage("db", "purge", "--max_rows", "1").returncode == 0
    assert database.query("SELECT count(*) FROM image_tags WHERE image_id = 'old'") == ["1"]
    assert database.manage("db", "purge", "--age_in_days", "0", "--max_rows", "-1").returncode == 0
    assert database.query("SELECT image_id FROM image_tags ORDER BY id") == ["new", "new", "live", "live"]
    assert database.query("SELECT task_id FROM task_info ORDER BY 1") == ["live", "new"]
    assert database.manage("db", "purge_images_table").returncode == 0
    assert database.query("SELECT id FROM images ORDER BY 1") == ["live", "new"]

    for words in (("--age_in_days", "-1"), ("--age_in_days", "99999"), ("--max_rows", "-2"), ("--max_rows", "many")):
        assert database.manage("db", "purge", *words).returncode == 1
