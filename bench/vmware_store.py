"""The vmware store beside curl, both with the simulator of vCenter, which keeps datastores in directories. Debian's Glance
cannot be measured: its driver does not work beside other stores."""

from contestants import Vitrine
from store_contest import GIB, Client, Service, contest

from services.vsphere import Vsphere


def curl(home, service):
    """What an administrator uses for the datastores' URLs."""
    url = f"https://{service.host}/folder/by-curl?dcPath=dc1&dsName=ds1"
    words = ["curl", "-sSf", "--cacert", service.settings["VSPHERE_CA"],
             "-u", f"{service.settings['VSPHERE_USER']}:{service.password}"]
    return Client("curl", home, put=[*words, "-T", "-", f"'{url}'"], get=[*words, url],
                  remove=["rm", service.folder() / "by-curl"])


def vmware(options, home, in_turns, random_file):
    source = random_file(home / "source", int(options.size * GIB))
    service = Vsphere(home / "vsphere")
    try:
        service.start()
        vitrine = Vitrine(home / "vitrine", {"glance_store": service.options() | {"stores": "vmware,file",
                                                                                  "default_store": "vsphere"}})
        everyone = [curl(home, service), Service(vitrine)]
        contest(options, everyone, vitrine, source, in_turns, "vSphere's simulator", "curl")
    finally:
        service.stop()
