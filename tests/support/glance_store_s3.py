"""Debian's glance_store on a bucket, in a process of its own.

    glance_store_s3.py add OPTIONS ID FILE    prints the location
    glance_store_s3.py read OPTIONS LOCATION FILE
    glance_store_s3.py size OPTIONS LOCATION  prints it
    glance_store_s3.py delete OPTIONS LOCATION

OPTIONS is a JSON object of the store's options, by name. This release reads no locations without keys.
"""

import json
import os
import sys

import glance_store
from glance_store import location as locations
from oslo_config import cfg


def store_with(options):
    conf = cfg.CONF  # the library reads no other
    glance_store.register_opts(conf)
    conf(args=[], project="glance", default_config_files=[])
    conf.set_override("stores", ["s3"], "glance_store")
    conf.set_override("default_store", "s3", "glance_store")
    for name, value in options.items():
        conf.set_override(name, value, "glance_store")
    glance_store.create_stores(conf)
    glance_store.verify_default_store()
    return conf


def main(action, options, subject, path=None):
    conf = store_with(json.loads(options))
    if action == "add":
        with open(path, "rb") as data:
            result = glance_store.add_to_backend_with_multihash(conf, subject, data, os.path.getsize(path), "sha512",
                                                                "s3")
        print(result[0])
        return
    location = locations.get_location_from_uri(subject, conf=conf)
    if action == "read":
        chunks, _ = glance_store.get_from_backend(location.get_store_uri())
        with open(path, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
    elif action == "size":
        print(glance_store.get_size_from_backend(location.get_store_uri()))
    else:
        glance_store.delete_from_backend(location.get_store_uri())


main(*sys.argv[1:])
