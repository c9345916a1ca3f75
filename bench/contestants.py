"""Who is measured: Vitrine, Debian's Glance under uwsgi, the floor program and nginx. Each is started and stopped the
same way and can say what it has cost."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
BUILD = REPOSITORY / "build" / "bench" / "bin"
os.environ.setdefault("VITRINE_BIN", str(BUILD / "vitrine"))
sys.path.insert(0, str(REPOSITORY / "tests"))

from support.debian_glance import DebianGlance  # noqa: E402  pylint: disable=wrong-import-position
from support.server import Server, free_port, wait_until  # noqa: E402  pylint: disable=wrong-import-position

TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid):
    """The process and all that descend from it."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid] + [process for child in children for process in tree(int(child))]


def cpu_seconds(pid):
    """Processor time that the process and its living descendants have used."""
    total = 0
    for process in tree(pid):
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory(pid, field):
    """MiB of a field of /proc/PID/status, such as VmRSS or VmHWM, summed over the process tree."""
    total = 0
    for process in tree(pid):
        for line in pathlib.Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                total += int(line.split()[1])
    return total / 1024


def forget_peak(pid):
    """Lets VmHWM start anew from what is resident now."""
    for process in tree(pid):
        pathlib.Path(f"/proc/{process}/clear_refs").write_text("5")


class Measured:
    """What every contestant can be asked."""

    name = ""
    process = None

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def memory(self, field="VmRSS"):
        return memory(self.process.pid, field)

    def forget_peak(self):
        forget_peak(self.process.pid)


class Vitrine(Measured, Server):
    """The release build."""

    name = "Vitrine"


class Glance(Measured, DebianGlance):
    """Debian's Glance as its documentation says to run it: under uwsgi, here with two processes."""

    name = "Glance, uwsgi"

    def write_config(self, settings):
        super().write_config(settings)
        # uwsgi's Glance looks for this name; the paste file goes on naming the other.
        shutil.copyfile(self.config, self.home / "glance-api.conf")

    def launch(self, prefix=(), **options):
        command = ["uwsgi", "--plugin", "python3", "--http-socket", f"{self.host}:{self.port}", "--master",
                   "--processes", "2", "--enable-threads", "--lazy-apps", "--die-on-term", "--need-app",
                   "--buffer-size", "65535", "--disable-logging", "--module", "glance.common.wsgi_app:init_app()"]
        with self.log.open("ab") as log:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=os.environ | {"OS_GLANCE_CONFIG_DIR": str(self.home)})
        return self


class Program(Measured):
    """A program that listens on a port and is simply ended."""

    host = "127.0.0.1"

    def __init__(self, command, log):
        self.port = free_port()
        self.command = [str(word) for word in command(self.port)]
        self.log = log

    def start(self):
        with open(self.log, "ab") as output:
            # pylint: disable-next=consider-using-with
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        wait_until(self._is_listening, f"{self.name} to listen")

    def _is_listening(self):
        assert self.process.poll() is None, f"{self.name} ended at start"
        wanted = f"{self.port:04X}"
        lines = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
        return any(line.split()[1].endswith(":" + wanted) and line.split()[3] == "0A" for line in lines)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait()


class Floor(Program):
    """Receives, hashes and writes; nothing else."""

    def __init__(self, home, must_sync):
        self.name = "floor with fsync" if must_sync else "floor"
        words = ["fsync"] if must_sync else []
        self.file = home / "floor.data"
        super().__init__(lambda port: [BUILD / "floor", port, self.file, *words], home / "floor.log")

    def stop(self):
        super().stop()
        self.file.unlink(missing_ok=True)


class Nginx(Program):
    """Sends the files of a folder with sendfile."""

    name = "nginx, sendfile"

    def __init__(self, home, root):
        def command(port):
            config = home / "nginx.conf"
            user = "user root;" if os.geteuid() == 0 else ""
            config.write_text(f"""{user}
daemon off; worker_processes 1; pid {home}/nginx.pid; error_log stderr;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; tcp_nopush on;
  client_body_temp_path {home}/body; proxy_temp_path {home}/proxy; fastcgi_temp_path {home}/fastcgi;
  uwsgi_temp_path {home}/uwsgi; scgi_temp_path {home}/scgi;
  server {{ listen 127.0.0.1:{port}; root {root}; }}
}}
""")
            return ["/usr/sbin/nginx", "-p", home, "-c", config, "-e", "stderr"]
        super().__init__(command, home / "nginx.log")


def first_answer(server, path):
    """Seconds from starting the process to its first answer with status 200."""
    start = time.monotonic()
    server.launch()
    while True:
        try:
            with server.connect() as connection:
                connection.request("GET", path, ["Connection: close"])
                if connection.response().status == 200:
                    return time.monotonic() - start
        except OSError:
            time.sleep(0.001)


@contextlib.contextmanager
def running(*contestants):
    """Starts them, and stops them at the end whatever happens, the last first."""
    with contextlib.ExitStack() as stack:
        for contestant in contestants:
            stack.callback(contestant.stop)
            contestant.start()
        yield
