"""Debian's glance_store on a pool, a bucket or a datastore, in a process of its own.

    TYPE add OPTIONS ID FILE [--unknown]    prints the location; --unknown: is not told the size
    TYPE read OPTIONS LOCATION FILE
    TYPE size OPTIONS LOCATION  prints it
    TYPE delete OPTIONS LOCATION
    TYPE take OPTIONS LOCATION FILE    all three, in one process: some libraries take long to load

TYPE is the store's; OPTIONS is a JSON object of its options, by name. This release reads no S3 locations without keys.
"""

import json
import os
import sys

import glance_store
from glance_store import location as locations
from oslo_config import cfg


SCHEMES = {"vmware": "vsphere"}  # where a store's type does not name the scheme of its locations


def store_with(store_type, options):
    conf = cfg.CONF  # the library reads no other
    glance_store.register_opts(conf)
    conf(args=[], project="glance", default_config_files=[])
    conf.set_override("stores", [store_type], "glance_store")
    conf.set_override("default_store", SCHEMES.get(store_type, store_type), "glance_store")
    for name, value in options.items():
        conf.set_override(name, value, "glance_store")
    glance_store.create_stores(conf)
    glance_store.verify_default_store()
    return conf


def main():
    act(*sys.argv[1:])


def act(store_type, action, options, subject, path=None, size=None):
    conf = store_with(store_type, json.loads(options))
    if action == "add":
        known = 0 if size == "--unknown" else os.path.getsize(path)
        scheme = SCHEMES.get(store_type, store_type)
        with open(path, "rb") as data:
            print(glance_store.add_to_backend_with_multihash(conf, subject, data, known, "sha512", scheme)[0])
        return
    location = locations.get_location_from_uri(subject, conf=conf)
    if action in ("size", "take"):
        print(glance_store.get_size_from_backend(location.get_store_uri()))
    if action in ("read", "take"):
        chunks, _ = glance_store.get_from_backend(location.get_store_uri())
        with open(path, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
    if action in ("delete", "take"):
        glance_store.delete_from_backend(location.get_store_uri())
