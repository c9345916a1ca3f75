"""A real S3 service: RadosGW on a throw-away Ceph cluster."""

import os
import pathlib
import shlex
import signal
import subprocess

import boto3
import botocore.config
import requests

from support.server import is_alive, wait_until

HERE = pathlib.Path(__file__).resolve().parent


class Radosgw:
    """One cluster and its gateway below one folder. `options`: more of ceph-up's."""

    def __init__(self, home, *options):
        self.home = pathlib.Path(home)
        self.options_of_cluster = options
        self.settings = {}

    def start(self):
        result = subprocess.run([HERE / "ceph-up", "-n", "1", *self.options_of_cluster, self.home], capture_output=True,
                                text=True, timeout=120, check=False)
        assert result.returncode == 0, result.stderr
        for line in (self.home / "env").read_text().splitlines():
            name, _, value = line.partition("=")
            self.settings[name] = shlex.split(value)[0] if value else ""
        return self

    def stop(self):
        subprocess.run([HERE / "ceph-down", self.home], capture_output=True, timeout=60, check=False)

    @property
    def url(self):
        return self.settings["S3_URL"]

    @property
    def host(self):
        return self.url.removeprefix("http://")

    @property
    def access_key(self):
        return self.settings["S3_ACCESS_KEY"]

    @property
    def secret_key(self):
        return self.settings["S3_SECRET_KEY"]

    def options(self, bucket, **more):
        """What the section of a store says."""
        return {"s3_store_host": self.url, "s3_store_access_key": self.access_key,
                "s3_store_secret_key": self.secret_key, "s3_store_bucket": bucket} | more

    # The gateway alone.

    def kill_gateway(self):
        """Ends it at once; what it holds in its cluster stays."""
        pid = self._gateway()
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_alive(pid), "the gateway to end")

    def start_gateway(self):
        subprocess.run(["radosgw", "-c", self.home / "ceph.conf", "-n", "client.rgw"], check=True, timeout=60,
                       capture_output=True)
        wait_until(self._answers, "the gateway to answer", seconds=60)

    def hold_gateway(self):
        """Lets it do nothing until it is let go."""
        os.kill(self._gateway(), signal.SIGSTOP)

    def let_gateway_go(self):
        os.kill(self._gateway(), signal.SIGCONT)

    def _gateway(self):
        return int((self.home / "c0/run/client.rgw.pid").read_text())

    def _answers(self):
        try:
            return requests.get(self.url, timeout=5).status_code < 500
        except requests.ConnectionError:
            return False

    # What its buckets hold, looked at with another client.

    def client(self):
        return boto3.client("s3", endpoint_url=self.url, aws_access_key_id=self.access_key,
                            aws_secret_access_key=self.secret_key, region_name="us-east-1",
                            config=botocore.config.Config(retries={"max_attempts": 1}))

    def create_bucket(self, name):
        self.client().create_bucket(Bucket=name)
        return name

    def objects(self, bucket):
        return sorted(each["Key"] for each in self.client().list_objects_v2(Bucket=bucket).get("Contents", []))

    def uploads(self, bucket):
        return sorted(each["Key"] for each in self.client().list_multipart_uploads(Bucket=bucket).get("Uploads", []))

    def everything(self, bucket):
        return self.objects(bucket) + self.uploads(bucket)
