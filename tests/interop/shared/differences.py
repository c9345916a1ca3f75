"""What may differ between nodes that share a database, besides what differs between separate ones."""

from differential.differences import Explained

SHARED = (
    Explained("stores that are reserved for staging take no images, so we do not offer them", ("sequence: create *",),
              "header.openstack-image-store-ids"),
    Explained("staged data is no content yet, whatever part of it is asked for", ("sequence: download *",), "status",
              204, 416),
)
