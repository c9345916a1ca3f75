"""A catalog that is generated inside a database server, whose size makes copying it there take hours."""

import re

# Of four images, which have one k and are alike, three are deleted. Both engines understand the words.
IMAGE = """
  SELECT n, n DIV 4 AS k, MOD(n, 4) <> 0 AS deleted, MD5(CONCAT('image', n)) AS h, {born} AS born FROM {numbers}
"""
TABLES = ("images", "image_properties", "image_tags", "image_locations", "image_members")
LIFE = "born, born, CASE WHEN deleted THEN born END, deleted"
LIFE_COLUMNS = "created_at, updated_at, deleted_at, deleted"
ID = "CONCAT(SUBSTR(h,1,8), '-', SUBSTR(h,9,4), '-4', SUBSTR(h,14,3), '-8', SUBSTR(h,18,3), '-', SUBSTR(h,21,12))"
STATUS = "CASE WHEN deleted THEN 'deleted' ELSE 'active' END"
SYSTEM = ("CASE MOD(k, 5) WHEN 0 THEN 'debian' WHEN 1 THEN 'ubuntu' WHEN 2 THEN 'rocky' WHEN 3 THEN 'fedora'"
          " ELSE 'windows' END")
BUS = "CASE WHEN MOD(k, 10) = 7 THEN 'scsi' ELSE 'virtio' END"
PROPERTIES = {"os_distro": SYSTEM, "architecture": "'x86_64'", "hw_disk_bus": BUS,
              "build": "SUBSTR(MD5(CONCAT('build', n)), 1, 16)",
              "description": "CONCAT('Built for somebody, number ', n)"}
TAGS = ("CONCAT('group ', MOD(k, 20))", "CONCAT('release ', k DIV 100)")
STATEMENTS = [
    f"""INSERT INTO images (id, name, size, status, {LIFE_COLUMNS}, disk_format, container_format, checksum, owner,
        min_disk, min_ram, protected, virtual_size, visibility, os_hidden, os_hash_algo, os_hash_value)
        SELECT {ID}, CONCAT('image ', k DIV 10), 1048576 * (1 + MOD(k, 65000)), {STATUS}, {LIFE},
        CASE WHEN MOD(k, 5) = 0 THEN 'raw' ELSE 'qcow2' END, 'bare', h, MD5(CONCAT('project', MOD(k, {{projects}}))),
        10, 512, MOD(k, 100) = 0, 1048576,
        CAST(CASE WHEN MOD(k, 20) < 14 THEN 'shared' WHEN MOD(k, 20) < 19 THEN 'private' ELSE 'public' END
             AS {{visibility}}),
        MOD(k, 52) = 0, 'sha512', CONCAT(h, h, h, h) FROM ({IMAGE}) AS i""",
    *[f"""INSERT INTO image_properties (image_id, name, value, {LIFE_COLUMNS})
          SELECT {ID}, '{name}', {value}, {LIFE} FROM ({IMAGE}) AS i""" for name, value in PROPERTIES.items()],
    *[f"INSERT INTO image_tags (image_id, value, {LIFE_COLUMNS}) SELECT {ID}, {value}, {LIFE} FROM ({IMAGE}) AS i"
      for value in TAGS],
    f"""INSERT INTO image_locations (image_id, value, meta_data, status, {LIFE_COLUMNS})
        SELECT {ID}, CONCAT('file:///srv/images/', {ID}), '{{{{"store": "file"}}}}', {STATUS}, {LIFE}
        FROM ({IMAGE}) AS i""",
    f"""INSERT INTO image_members (image_id, member, status, can_share, {LIFE_COLUMNS})
        SELECT {ID}, MD5(CONCAT('project', MOD(k * 7, {{projects}}))), 'accepted', MOD(k, 2) = 2, {LIFE}
        FROM ({IMAGE}) AS i WHERE MOD(k, 10) = 3""",
]
WORDS = {
    "mariadb": {"born": "TIMESTAMP'2018-01-01 00:00:00' + INTERVAL n MINUTE",
                "numbers": "(SELECT seq AS n FROM seq_1_to_{count}) AS s",
                "visibility": "CHAR"},
    "postgresql": {"born": "TIMESTAMP '2018-01-01' + n * INTERVAL '1 minute'",
                   "numbers": "generate_series(1, CAST({count} AS BIGINT)) AS s(n)",
                   "visibility": "image_visibility"},
}
# What an operator of such a catalog has seen to: room for it in memory, and knowledge of what is in it.
BEFORE = {"mariadb": [f"SET GLOBAL innodb_buffer_pool_size = {6 << 30}", "SET GLOBAL innodb_io_capacity = 20000",
                      f"SET GLOBAL innodb_log_file_size = {2 << 30}"],
          "postgresql": ["ALTER SYSTEM SET maintenance_work_mem = '1GB'", "ALTER SYSTEM SET max_wal_size = '8GB'",
                         "SELECT pg_reload_conf()"]}
AFTER = {"mariadb": [f"ANALYZE TABLE {', '.join(TABLES)}"],
         "postgresql": ["VACUUM ANALYZE"]}
# Nor is each row looked up in the tables that it belongs to.
SWITCHES = {"mariadb": "SET unique_checks = 0; SET foreign_key_checks = 0; ",
            "postgresql": "SET synchronous_commit = off; SET session_replication_role = replica; "}


def secondary_keys(peer, database):
    """How the keys that are no constraints are dropped, and how they are made again."""
    drop, make = [], []
    if peer.engine == "postgresql":
        found = peer.query("SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index"
                           f" WHERE NOT indisprimary AND NOT indisunique AND indrelid::regclass::text IN {TABLES}", database)
        for line in found.splitlines():
            name, definition = line.split(peer.separator)
            drop.append(f"DROP INDEX {name}")
            make.append(definition)
        return drop, make
    for table in TABLES:
        found = re.findall(r"^  KEY (`\w+`) (\(.*?\)),?$",
                           peer.query(f"SHOW CREATE TABLE {table}", database).replace("\\n", "\n"), re.MULTILINE)
        if found:
            drop.append(f"ALTER TABLE {table} " + ", ".join(f"DROP KEY {name}" for name, _ in found))
            make.append(f"ALTER TABLE {table} " + ", ".join(f"ADD KEY {name} {columns}" for name, columns in found))
    return drop, make


def fill(peer, database, count):
    """Puts so many images into a catalog that `vitrine db sync` has made, and three times as many deleted ones. Rows come in
    the order of the ids, and keys are made at the end: at random places and one by one takes hours."""
    def change(statement):
        peer.query(SWITCHES[peer.engine] + statement, database, patience=3600)

    words = WORDS[peer.engine]
    for statement in BEFORE[peer.engine]:
        peer.query(statement)
    drop, make = secondary_keys(peer, database)
    for statement in drop:
        change(statement)
    for statement in STATEMENTS:
        text = statement.format(projects=max(2, count // 200), **{name: word.format(count=4 * count)
                                                                  for name, word in words.items()}) + " ORDER BY h"
        change(text.replace(" DIV ", " / ") if peer.engine == "postgresql" else text)
    for statement in make:
        change(statement)
    for statement in AFTER[peer.engine]:
        peer.query(statement, database, patience=3600)
