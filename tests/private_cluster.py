"""A PostgreSQL cluster of one test, which may be stopped hard and run out of disk space."""

import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import psycopg2

SIZE = "400m"


class PrivateCluster:
    """Listens on a socket in its own folder; its database lies on a disk of its own, if possible.

    A disk is a file system in memory, which only root can make.
    """

    def __init__(self, case):
        # Short, for the socket; and where the server's user may enter.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="channel_rebate_", dir="/tmp"))
        case.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        self.has_disk = self._mount(case)
        self.user = "postgres" if os.geteuid() == 0 else None
        self._own(self.folder, self.disk)
        self.tool("initdb", "--no-sync", "--auth=trust", "--username=odoo", "--encoding=UTF8",
                  "--locale=C.UTF-8", f"--pgdata={self.folder / 'data'}")  # fmt: skip
        # What is committed has to survive a process, not a power cut.
        (self.folder / "data" / "postgresql.auto.conf").write_text(
            f"listen_addresses = ''\nunix_socket_directories = '{self.folder}'\nfsync = off\n"
            "shared_buffers = 64MB\nmax_connections = 50\n"
        )
        self.start()
        case.addCleanup(self.stop)

    def _mount(self, case):
        options = f"size={SIZE},mode=0700"
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.disk]
        done = subprocess.run(command, check=False, capture_output=True)
        if done.returncode == 0:
            case.addCleanup(subprocess.run, ["umount", "--lazy", self.disk], check=False)
        return done.returncode == 0

    def _own(self, *paths):
        if self.user:
            for path in paths:
                shutil.chown(path, self.user, pwd.getpwnam(self.user).pw_gid)

    def environment(self):
        kept = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
        return {**kept, "PGHOST": str(self.folder), "PGPORT": "5432", "PGUSER": "odoo"}

    def tool(self, name, *args, **options):
        if self.user:
            options |= {"user": self.user, "group": self.user, "extra_groups": []}
        subprocess.run(
            [name, *args], check=True, capture_output=True, cwd=self.folder,
            env=self.environment(), **options,
        )  # fmt: skip

    def start(self):
        log = f"--log={self.folder / 'server.log'}"
        self.tool("pg_ctl", "start", "--wait", log, f"--pgdata={self.folder / 'data'}")
        leave_number((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def stop(self, mode="immediate"):
        self.tool("pg_ctl", "stop", f"--mode={mode}", f"--pgdata={self.folder / 'data'}")

    def restart(self):
        """Stop without a word to anybody, as a crash would, and come back after recovery."""
        self.stop()
        self.start()

    def connect(self, database):
        connection = psycopg2.connect(host=str(self.folder), user="odoo", dbname=database)
        connection.autocommit = True
        return connection

    def fill_disk(self):
        """Leave no space for anything."""
        with (self.disk / "filler").open("wb") as file:
            for size in (1 << 20, 1 << 12):
                while True:
                    try:
                        os.write(file.fileno(), bytes(size))
                    except OSError:
                        break

    def free_disk(self):
        (self.disk / "filler").unlink()


class Gate:
    """Holds whoever writes to a table, in the middle of his transaction, or lets it through."""

    def __init__(self, cluster, database, table):
        self.cluster, self.database, self.table = cluster, database, table
        self.holder = None

    def close(self):
        self.holder = self._connect()
        self._lock(self.holder)

    def let_through(self, case):
        """Let those who are held finish their transactions, and hold them at the next ones.

        PostgreSQL grants locks in the order in which they were asked for.
        """
        following = self._connect()
        pid = following.get_backend_pid()
        thread = threading.Thread(target=self._lock, args=(following,))
        thread.start()
        with self.cluster.connect(self.database) as looking, looking.cursor() as cursor:
            wait_for(case, lambda: self._is_queued(cursor, pid))
        looking.close()
        self.holder.close()
        thread.join()
        self.holder = following

    def open(self):
        self.holder.close()

    def _connect(self):
        connection = self.cluster.connect(self.database)
        connection.autocommit = False
        return connection

    def _lock(self, connection):
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {self.table} IN SHARE MODE")

    @staticmethod
    def _is_queued(cursor, pid):
        cursor.execute("SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted", [pid])
        return cursor.fetchone()


class Server:
    """An Odoo server with several processes, on a database of such a cluster."""

    def __init__(self, case, command, environment, log):
        self.case, self.command, self.environment, self.log = case, command, environment, log
        self.process = None
        case.addCleanup(self.kill)

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip
        leave_number(self.process.pid)

    def kill(self):
        """Kill the server and all its processes at once."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def says(self, text):
        return text in self.log.read_text(errors="replace")


def leave_number(pid):
    """Let ``make stop`` find the process of a test that was stopped hard itself."""
    if root := os.environ.get("CHANNEL_REBATE_ROOT"):
        pathlib.Path(root, ".work", "pids", str(pid)).touch()


def wait_for(case, condition, seconds=120, pause=0.1):
    """Wait until ``condition()`` is true, and return what it gives."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        case.assertLess(time.monotonic(), end, f"waited too long for {condition}")
        time.sleep(pause)
    return result
