"""The tables that a count lays out: for its own transaction, and gone when that ends."""

from contextlib import closing
from datetime import date

from odoo.sql_db import db_connect
from odoo.tests import tagged

from .ledger import LedgerCase

LAID_OUT = """SELECT relname, relkind, relpersistence FROM pg_class
               WHERE relname LIKE 'counting\\_%'"""


@tagged("post_install", "-at_install")
class TestLedgerTables(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign_all(cls.dealer_a, cls.dealer_b)
        cls.make_invoice(cls.dealer_a, {"soap": 5}, day=date(2025, 2, 1))

    def find(self, cr=None):
        cr = cr or self.env.cr
        cr.execute(LAID_OUT)
        return cr.fetchall()

    def test_gone_before_the_commit(self):
        self.statements_of()
        self.assertTrue(self.find())
        self.env.cr.flush()
        self.assertFalse(self.find())

    def test_readable_by_several_processes(self):
        self.statements_of()
        tables = {name: persistence for name, kind, persistence in self.find() if kind == "r"}
        self.assertEqual(set(tables.values()), {"u"})
        pid = self.env.cr._cnx.info.backend_pid
        self.assertTrue(all(name.endswith(f"_{pid}") for name in tables))

    def test_laid_out_again_in_one_transaction(self):
        found = [self.bases() for _time in range(2)]
        self.assertEqual(found[0], found[1])
        self.assertIn(self.soap(5), found[0].values())

    def test_seen_by_nobody_else(self):
        self.statements_of()
        # A connection of its own: that of the registry is the test's.
        with closing(db_connect(self.env.cr.dbname).cursor()) as cr:
            self.assertFalse(self.find(cr))


@tagged("post_install", "-at_install")
class TestPacks(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign_all(cls.dealer_a, cls.dealer_b)
        for dealer in (cls.dealer_a, cls.dealer_b):
            cls.make_invoice(dealer, {"soap": 5}, day=date(2025, 2, 1))

    def get_packed(self):
        self.env.cr.execute("SELECT DISTINCT statement_id FROM channel_statement_pack")
        return {statement_id for (statement_id,) in self.env.cr.fetchall()}

    def test_go_with_their_statements_however_those_go(self):
        first, second = self.statements_of()
        self.assertEqual(self.get_packed(), {first.id, second.id})
        self.env.cr.execute("DELETE FROM channel_statement WHERE id = %s", [first.id])
        self.assertEqual(self.get_packed(), {second.id})
        self.env.invalidate_all()
        second.sudo().unlink()
        self.assertFalse(self.get_packed())

    def test_uninstalling_leaves_no_trigger(self):
        first = self.statements_of()[0]
        self.env["channel.statement.pack"]._drop_trigger()
        first.sudo().unlink()
        self.env.cr.execute("SELECT FROM pg_proc WHERE proname LIKE 'channel_statement_%'")
        self.assertFalse(self.env.cr.rowcount)
