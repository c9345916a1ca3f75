"""How a database server carries out the service's statements, as its own log says."""

from contestants import running
from lists import PATCH_TYPE, RENAME, kinds_of_requests

BEGIN = {
    "mariadb": "SET GLOBAL log_slow_verbosity = 'query_plan,explain'; SET GLOBAL slow_query_log_file = '{log}';"
               " SET GLOBAL long_query_time = 0; SET GLOBAL slow_query_log = ON",
    "postgresql": "ALTER SYSTEM SET session_preload_libraries = 'auto_explain';"
                  " ALTER SYSTEM SET auto_explain.log_min_duration = 0; ALTER SYSTEM SET auto_explain.log_analyze = on",
}
END = {
    "mariadb": "SET GLOBAL slow_query_log = OFF; SET GLOBAL long_query_time = 10",
    "postgresql": "ALTER SYSTEM RESET ALL",
}
LOG = {"mariadb": "plans.log", "postgresql": "server.log"}


def tell(peer, statements):
    """Statements that a server wants one at a time."""
    for statement in statements.format(log=peer.home / LOG[peer.engine]).split(";"):
        peer.query(statement)
    if peer.engine == "postgresql":
        peer.query("SELECT pg_reload_conf()")


def write_plans(server, peer, path):
    """Sends one request of each kind and writes what the server logged of its statements. Only new sessions are logged, so
    the service is started for it, and stopped."""
    log = peer.home / LOG[peer.engine]
    tell(peer, BEGIN[peer.engine])
    try:
        with running(server), open(path, "w", encoding="utf-8") as plans:
            for kind, paths in kinds_of_requests(server).items():
                begin = log.stat().st_size
                method, body = ("PATCH", RENAME) if kind == "patch" else ("GET", None)
                server.request(method, paths[0], data=body, headers={"Content-Type": PATCH_TYPE})
                plans.write(f"\n==== {kind}: {paths[0]}\n\n{log.read_bytes()[begin:].decode(errors='replace')}")
    finally:
        tell(peer, END[peer.engine])
