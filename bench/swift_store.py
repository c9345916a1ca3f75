"""The swift store beside the `swift` client and Glance, all with one Swift that has users of its own."""

from contestants import Glance, Vitrine
from store_contest import GIB, Client, Service, contest

from services.swift import KEY, USER, Swift

CONTAINER = "bench"


def swift_client(home, service):
    """OpenStack's own; like the stores, it sends an image of this size as one object."""
    words = ["swift", "-q", "-A", service.auth_url, "-U", USER, "-K", KEY]
    return Client("swift", home, put=[*words, "upload", CONTAINER, "-", "--object-name", "by-swift"],
                  get=[*words, "download", CONTAINER, "by-swift", "-o", "-"],
                  remove=[*words, "delete", CONTAINER, "by-swift"])


def settings_of(service):
    return {"glance_store": service.options(CONTAINER) | {"stores": "swift,file", "default_store": "swift"}}


def swift(options, home, in_turns, random_file):
    source = random_file(home / "source", int(options.size * GIB))
    service = Swift(home / "swift")
    try:
        service.start().create_container(CONTAINER)
        vitrine = Vitrine(home / "vitrine", settings_of(service))
        glance = Glance(home / "glance", settings_of(service))
        everyone = [swift_client(home, service), Service(vitrine), Service(glance)]
        contest(options, everyone, vitrine, source, in_turns, "Swift", "swift")
    finally:
        service.stop()
