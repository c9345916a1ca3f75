"""The vmware store beside curl, both with the simulator of vCenter, which keeps datastores in directories. Debian's Glance
cannot be measured: its driver does not work beside other stores."""

from contestants import Vitrine, running
from store_contest import GIB, Client, Service, measure, print_peaks, print_result

from services.vsphere import Vsphere


def curl(home, service):
    """What an administrator uses for the datastores' URLs."""
    url = f"https://{service.host}/folder/by-curl?dcPath=dc1&dsName=ds1"
    words = ["curl", "-sSf", "--cacert", service.settings["VSPHERE_CA"],
             "-u", f"{service.settings['VSPHERE_USER']}:{service.password}"]
    return Client("curl", home, put=[*words, "-T", "-", f"'{url}'"], get=[*words, url],
                  remove=["rm", service.folder() / "by-curl"])


def vmware(options, home, in_turns, random_file):
    size = int(options.size * GIB)
    source = random_file(home / "source", size)
    service = Vsphere(home / "vsphere")
    try:
        service.start()
        vitrine = Vitrine(home / "vitrine", {"glance_store": service.options() | {"stores": "vmware,file",
                                                                                  "default_store": "vmware"}})
        everyone = [curl(home, service), Service(vitrine)]
        with running(*everyone):
            results = measure(options, everyone, source, size, in_turns)
            print_result(options, size, "vSphere's simulator", "curl", results)
            print_peaks(vitrine, source, size // 4, count=4)
    finally:
        service.stop()
