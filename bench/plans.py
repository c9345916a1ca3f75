"""How a database server carries out the service's statements, as its own log says."""

from contestants import running
from lists import is_patient_enough_for, kinds_of_requests

BEGIN = {
    "mariadb": "SET GLOBAL log_slow_verbosity = 'query_plan,explain'; SET GLOBAL slow_query_log_file = '{log}';"
               " SET GLOBAL long_query_time = 0; SET GLOBAL slow_query_log = ON",
    "postgresql": "LOAD 'auto_explain'; ALTER ROLE glance SET session_preload_libraries = 'auto_explain';"
                  " ALTER ROLE glance SET auto_explain.log_min_duration = 0;"
                  " ALTER ROLE glance SET auto_explain.log_analyze = on",
}
END = {
    "mariadb": "SET GLOBAL slow_query_log = OFF; SET GLOBAL long_query_time = 10",
    "postgresql": "ALTER ROLE glance RESET ALL",
}
LOG = {"mariadb": "plans.log", "postgresql": "server.log"}


def write_plans(server, peer, path):
    """Sends one request of each kind and writes what the server logged of its statements. Only new sessions are logged, so
    the service is started for it, and stopped."""
    log = peer.home / LOG[peer.engine]
    peer.query(BEGIN[peer.engine].format(log=log))
    try:
        with running(server), open(path, "w", encoding="utf-8") as plans:
            for kind, paths in kinds_of_requests(server).items():
                begin = log.stat().st_size
                is_patient_enough_for(server, kind, paths[0])
                plans.write(f"\n==== {kind}: {paths[0]}\n\n{log.read_bytes()[begin:].decode(errors='replace')}")
    finally:
        peer.query(END[peer.engine])
