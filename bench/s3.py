"""The s3 store beside s3cmd and Glance, all with one RadosGW on a cluster in memory."""

from contestants import Glance, Vitrine
from store_contest import GIB, Client, Service, contest

from services.radosgw import Radosgw

BUCKET = "bench"


def s3cmd(home, service):
    """The client, with a configuration of its own."""
    config = home / "s3cfg"
    config.write_text(f"[default]\naccess_key = {service.access_key}\nsecret_key = {service.secret_key}\n"
                      f"host_base = {service.host}\nhost_bucket = {service.host}\n"
                      "use_https = False\nsignature_v2 = False\nmultipart_chunk_size_mb = 15\n")
    words, name = ["s3cmd", "-q", "-c", config], f"s3://{BUCKET}/by-s3cmd"
    return Client("s3cmd", home, put=[*words, "put", "-", name], get=[*words, "get", name, "-"],
                  remove=[*words, "del", name])


def settings_of(service):
    return {"glance_store": service.options(BUCKET) | {"stores": "s3,file", "default_store": "s3"}}


def s3(options, home, in_turns, random_file):
    source = random_file(home / "source", int(options.size * GIB))
    service = Radosgw(home / "ceph", "-g", str(int(10 * options.size) + 4)).start()
    try:
        service.create_bucket(BUCKET)
        vitrine = Vitrine(home / "vitrine", settings_of(service))
        everyone = [s3cmd(home, service), Service(vitrine), Service(Glance(home / "glance", settings_of(service)))]
        contest(options, everyone, vitrine, source, in_turns, "RadosGW", "s3cmd")
    finally:
        service.stop()
