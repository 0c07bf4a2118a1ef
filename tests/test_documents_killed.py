"""Whatever stops the workers in the middle: going on yields what an undisturbed run would have."""

import itertools
import os
import signal
import socket
import subprocess
import sys

from odoo.tests import BaseCase, tagged
from odoo.tests.common import get_db_name
from odoo.tools.misc import exec_pg_environ, find_pg_tool

from .common import KEY
from .documents_killed import DEALERS
from .private_cluster import Gate, PrivateCluster, Server, wait_for
from .throwaway import ThrowawayDatabase

NAME = "killed"
# What there is of each document, save its number and the period; lines with their taxes.
DOCUMENTS = """
  SELECT move.partner_id, move.state, move.move_type, move.amount_untaxed, move.amount_tax,
         move.amount_total, move.invoice_user_id, move.create_uid, move.invoice_date,
         (SELECT array_agg(ROW(line.account_id, line.balance, line.tax_line_id,
                               (SELECT array_agg(tax.account_tax_id ORDER BY 1)
                                  FROM account_move_line_account_tax_rel AS tax
                                 WHERE tax.account_move_line_id = line.id))::text
                           ORDER BY line.account_id, line.balance, line.tax_line_id)
            FROM account_move_line AS line WHERE line.move_id = move.id)
    FROM account_move AS move
    JOIN channel_statement AS statement ON statement.id = move.channel_statement_id
   WHERE statement.settlement_id = %s
ORDER BY move.partner_id, move.id
"""
PROGRESS = """
  SELECT COUNT(*) FILTER (WHERE net_amount != 0), COUNT(move_id), COUNT(document_step)
    FROM channel_statement WHERE settlement_id = %s
"""
# Workers that are in the middle of a batch and can't go on.
HELD = """
  SELECT substring(application_name FROM 'odoo-([0-9]+)')::int FROM pg_stat_activity
   WHERE datname = current_database() AND application_name LIKE 'odoo-%'
     AND wait_event_type = 'Lock'
"""


@tagged("post_install", "-at_install")
class TestDocumentsKilled(BaseCase):
    def setUp(self):
        super().setUp()
        self.cluster = PrivateCluster(self)
        self.copy_database()
        self.connection = self.cluster.connect(NAME)
        self.gate = Gate(self.cluster, NAME, "account_move_line")
        # As good as two hosts: nothing is between them but the database.
        self.hosts = [self.make_host("one"), self.make_host("two")]
        self.start()

    def copy_database(self):
        dump = self.cluster.folder / "dump.sql"
        command = [find_pg_tool("pg_dump"), "--no-owner", f"--file={dump}", get_db_name()]
        subprocess.run(command, env=exec_pg_environ(), check=True)
        place = f"CREATE TABLESPACE disk LOCATION '{self.cluster.disk}'"
        self.cluster.tool("psql", "-Xqc", place, "postgres")
        self.cluster.tool("createdb", "--tablespace=disk", NAME)
        self.cluster.tool("psql", "-Xq", f"--file={dump}", NAME)
        ThrowawayDatabase.run_script(
            self, "documents_killed", "main", f"--db_host={self.cluster.folder}", database=NAME
        )

    def make_host(self, name):
        """Return a server in prefork mode, with one worker for scheduled actions."""
        ports = [socket.socket() for _port in range(2)]
        for port in ports:
            port.bind(("127.0.0.1", 0))
        http, gevent = (port.getsockname()[1] for port in ports)
        for port in ports:
            port.close()
        # One of the processes is started by the name of the script.
        launcher = self.cluster.folder / f"odoo-bin-{name}"
        launcher.write_text("import odoo.cli\nodoo.cli.main()\n")
        command = [
            sys.executable, launcher, f"--database={NAME}",
            f"--db_host={self.cluster.folder}", "--workers=2", "--max-cron-threads=1",
            f"--http-port={http}", f"--gevent-port={gevent}", "--http-interface=127.0.0.1",
        ]  # fmt: skip
        environment = {**os.environ, "CHANNEL_REBATE_KEY": KEY}
        return Server(self, command, environment, self.cluster.folder / f"{name}.log")

    def start(self):
        for host in self.hosts:
            host.start()

    # === Looking === #

    def query(self, statement, *values):
        with self.connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def held(self):
        """Return the processes of the workers that are held."""
        return [pid for (pid,) in self.query(HELD) if os.path.exists(f"/proc/{pid}")]

    def progress(self, run):
        return self.query(PROGRESS, run)[0]

    def runs(self):
        return [run for (run,) in self.query("SELECT id FROM channel_settlement ORDER BY id")]

    # === Doing === #

    def wake(self):
        """Have the workers look at once, as Odoo does when an action is called."""
        with self.cluster.connect("postgres") as other, other.cursor() as cursor:
            cursor.execute("SELECT pg_notify('cron_trigger', %s)", [NAME])
        other.close()

    def resume(self, run):
        """Press the button: it goes on, and the actions are called."""
        self.query("UPDATE channel_settlement SET documents_paused = FALSE WHERE id = %s", run)
        self.call()

    def call(self):
        self.query(
            "INSERT INTO ir_cron_trigger (cron_id, call_at) "
            "SELECT id, now() AT TIME ZONE 'UTC' FROM ir_cron WHERE active"
        )
        self.wake()

    def wait(self, condition):
        """Wait until something is so; workers that have just started may have missed the call."""
        calls = itertools.count()

        def is_so():
            if next(calls) % 5 == 4:
                self.wake()
            return condition()

        return wait_for(self, is_so)

    def hold(self, run, rounds):
        """Stop the workers of both hosts in the middle of a batch, after some that went through."""
        self.wait(lambda: len(self.held()) == 2)
        for _round in range(rounds):
            self.gate.let_through(self)
            self.wait(lambda: len(self.held()) == 2)
        total, made, _waiting = self.progress(run)
        self.assertGreater(made, 0)
        self.assertLess(made, total)

    def check_done(self, run):
        done = "SELECT 1 FROM channel_settlement WHERE id = %s AND state = 'done'"
        self.wait(lambda: self.query(done, run))
        undisturbed, *_others = self.runs()
        self.assertEqual(self.query(DOCUMENTS, run), self.query(DOCUMENTS, undisturbed))
        total, made, waiting = self.progress(run)
        self.assertEqual((total, made, waiting), (2 * DEALERS, 2 * DEALERS, 0))
        # No statement is blamed for what happened to the server.
        self.assertFalse(self.query("SELECT 1 FROM channel_statement WHERE document_attempts > 0"))

    def test_same_documents_after_whatever_happens(self):
        _undisturbed, killed, restarted, full = self.runs()
        self.kill(killed)
        self.restart_database(restarted)
        self.fill_disk(full)
        self.check_numbers()

    def kill(self, run):
        """First both workers, then, when others have taken over, both servers."""
        self.gate.close()
        self.resume(run)
        self.hold(run, rounds=1)
        for worker in self.held():
            os.kill(worker, signal.SIGKILL)
        self.hold(run, rounds=2)
        for host in self.hosts:
            host.kill()
        self.gate.open()
        self.start()
        self.check_done(run)

    def restart_database(self, run):
        """And one of the hosts is gone: the other one does its part."""
        self.gate.close()
        self.resume(run)
        self.hold(run, rounds=3)
        lost = self.hosts[1]
        lost.kill()
        self.cluster.restart()
        self.connection = self.cluster.connect(NAME)
        self.check_done(run)
        lost.start()

    def fill_disk(self, run):
        if not self.cluster.has_disk:  # mounting one is for root
            self.resume(run)
            self.check_done(run)
            return
        self.cluster.fill_disk()
        self.resume(run)
        self.wait(lambda: any(host.says("No space left on device") for host in self.hosts))
        total, made, _waiting = self.progress(run)
        self.assertLess(made, total)
        self.cluster.free_disk()
        self.call()
        self.check_done(run)

    def check_numbers(self):
        """Without gaps, and none twice."""
        rows = self.query(
            "SELECT sequence_number FROM account_move "
            "WHERE channel_statement_id IS NOT NULL ORDER BY 1"
        )
        total = sum(self.progress(run)[0] for run in self.runs())
        self.assertEqual([number for (number,) in rows], list(range(1, total + 1)))
