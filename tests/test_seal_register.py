"""The register of seals: append-only, chained, compared with the agreements, checked outside."""

import importlib.util
import json
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.modules import get_module_path
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.channel_rebate.tools import chain

from .common import PAPER, RATES_B, ChannelHttpCase, WorkedExampleCase
from .seal_proofs import verify

READERS = ("keeper", "officer", "accountant")


class Register:
    def entries(self, agreements=None):
        self.env.flush_all()
        domain = [("agreement_key", "in", agreements.ids)] if agreements else []
        return self.env["channel.seal"].search(domain, order="number")

    def events(self, agreements):
        return self.entries(agreements).mapped("event")

    def check(self, role="accountant"):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.model(role, "channel.seal").action_check()

    def assertWhole(self):
        self.assertEqual(self.check()["params"]["type"], "success")

    def assertFound(self, *patterns):
        for pattern in patterns:
            with self.assertRaisesRegex(UserError, pattern):
                self.check()

    def tamper(self, query, *params):
        self.env.flush_all()
        self.env.cr.execute(query, params)
        self.env.invalidate_all()

    def verify_register(self, *arguments, company=None):
        register = self.env["channel.seal"]._prepare_register(company or self.company)
        return verify(json.dumps(register), "--register", *arguments)


@tagged("post_install", "-at_install")
class TestSealRegister(Register, WorkedExampleCase):
    def test_a_life_of_an_agreement(self):
        keeper = self.as_role("keeper", self.agreement_b)
        self.sign(self.agreement_b)
        keeper.action_unsign()
        keeper._mark_signed(date(2025, 1, 3), False, dict.fromkeys(keeper, PAPER))
        self.settle()
        events = ["sealed", "signed", "unsigned", "signed", "revealed"]
        self.assertEqual(self.events(self.agreement_b), events)
        entries = self.entries(self.agreement_b)
        self.assertEqual(set(entries.mapped("fingerprint")), {self.agreement_b.fingerprint})
        self.assertEqual(set(entries.mapped("user_login")), {"test_keeper"})
        self.assertWhole()

    def test_what_an_entry_says(self):
        self.seal(self.agreement_b)
        entry = self.entries(self.agreement_b)
        self.assertRecordValues(
            entry,
            [
                {
                    "chain": str(self.company.id),
                    "agreement_id": self.agreement_b.id,
                    "partner_name": "Dealer B",
                    "period_name": "2025-Q1",
                    "version": 1,
                    "date_from": date(2025, 1, 1),
                    "sealed_on": self.agreement_b.sealed_on,
                    "company_id": self.company.id,
                }
            ],
        )

    def test_many_are_entered_in_their_order(self):
        self.seal(self.agreements)
        self.as_role("keeper", self.agreement_s).action_cancel()
        self.assertEqual(self.events(self.agreement_s), ["sealed", "cancelled"])
        self.assertEqual(self.entries().mapped("number"), [1, 2, 3, 4])
        self.as_role("keeper", self.agreement_b).action_cancel()
        self.assertWhole()
        self.agreement_s.unlink()
        self.assertWhole()

    def test_cancelled_drafts_are_not_entered(self):
        self.as_role("keeper", self.agreement_s).action_cancel()
        self.assertFalse(self.entries())

    def test_versions_have_entries_of_their_own(self):
        self.sign(self.agreement_b)
        wizard = self.model("keeper", "channel.agreement.version").create(
            {"agreement_id": self.agreement_b.id, "date_from": date(2025, 2, 15)}
        )
        second = self.agreement_b.browse(wizard.action_create()["res_id"])
        self.enter_rates(second, RATES_B.values())
        self.seal(second)
        self.assertEqual(self.entries(second).version, 2)
        self.assertEqual(self.entries(second).date_from, date(2025, 2, 15))
        self.assertEqual(len({*self.entries().mapped("fingerprint")}), 2)
        self.assertWhole()

    def test_agreement_shows_its_entry(self):
        self.assertEqual(self.agreement_a.register_number, 0)
        self.sign(self.agreements)
        entries = self.entries()
        for role in ("salesperson", *READERS):
            for agreement in self.agreements:
                own = self.as_role(role, agreement)
                entry = entries.filtered(lambda e, a=agreement: e.agreement_id == a)[0]
                self.assertEqual(entry.event, "sealed")
                self.assertEqual(own.register_number, entry.number)
                self.assertEqual(own.register_hash, entry.entry_hash)

    # === Who === #

    def test_who_reads_and_that_nobody_writes(self):
        self.sign(self.agreements)
        entries = self.entries()
        for role in READERS:
            with self.subTest(role=role):
                self.assertEqual(len(self.model(role, "channel.seal").search([])), 6)
                self.assertEqual(self.check(role)["params"]["type"], "success")
        for role in ("salesperson", "sales_manager", "administrator"):
            seals = self.model(role, "channel.seal")
            for ask in (lambda s=seals: s.search([]), seals.action_check, seals.action_export):
                with self.subTest(role=role), self.assertRaises(AccessError):
                    ask()
        for change in (
            lambda: entries[:1].write({"event": "signed"}),
            lambda: entries[:2].sudo().unlink(),
            lambda: entries.sudo().create({"event": "sealed"}),
        ):
            with self.assertRaisesRegex(UserError, "nobody can"):
                change()

    def test_companies_have_registers_of_their_own(self):
        self.sign(self.agreements)
        other = self.env["res.company"].create({"name": "Other Company"})
        self.users["officer"].write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        officer = self.model("officer", "channel.seal")
        self.assertFalse(officer.search([]))
        self.tamper("UPDATE channel_seal SET fingerprint = 'x' WHERE number = 2")
        self.assertEqual(officer.action_check()["params"]["type"], "success")
        self.assertFound("entry 2")
        # An entry in another company's register excuses nothing.
        self.tamper("UPDATE channel_seal SET chain = %s WHERE number > 3", str(other.id))
        self.assertFound("is in another state than entry")

    # === Approval === #

    def test_approval_refuses_what_is_not_registered(self):
        """Rates, hashes and fingerprint replaced together: all fits but the register."""
        self.sign(self.agreements)
        settlement = self.compute()
        self.tamper(
            "UPDATE channel_seal SET fingerprint = 'x' WHERE agreement_key = %s",
            self.agreement_b.id,
        )
        with self.refused("nothing was approved(.|\n)*Dealer B has another fingerprint than entry"):
            self.as_role("keeper", settlement).action_approve()
        self.tamper("DELETE FROM channel_seal WHERE agreement_key = %s", self.agreement_b.id)
        with self.refused("Dealer B is sealed and not registered"):
            self.as_role("keeper", settlement).action_approve()

    # === Databases that have sealed already === #

    def migrate(self):
        path = f"{get_module_path('channel_rebate')}/migrations/19.0.4.0.0/post-proof.py"
        spec = importlib.util.spec_from_file_location("post_proof", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.migrate(self.env.cr, "19.0.3.0.0")
        self.env.invalidate_all()

    def test_an_update_registers_what_was_sealed_before(self):
        self.sign(self.agreement_a)
        self.seal(self.agreement_b)
        self.tamper("DELETE FROM channel_seal")
        self.assertFound("Dealer A is sealed and not registered", "Dealer B is sealed and not")
        self.migrate()
        both = self.agreement_a | self.agreement_b
        self.assertEqual(self.events(both), ["earlier", "earlier"])
        self.assertEqual(self.entries(self.agreement_s).ids, [])
        self.assertWhole()
        self.migrate()
        self.assertEqual(len(self.entries()), 2)
        self.as_role("keeper", self.agreement_a).action_unsign()
        self.sign(both)
        self.settle()
        self.assertWhole()
        self.assertEqual(self.events(self.agreement_b), ["earlier", "signed", "revealed"])


@tagged("post_install", "-at_install")
class TestSealRegisterTampering(Register, WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)
        cls.env.flush_all()

    def assertSeen(self, pattern, exported=1):
        """Check that the register shows it, and whether the exported file does."""
        self.assertFound(pattern)
        code, output = self.verify_register()
        self.assertEqual(code, exported, output)

    def test_a_changed_entry(self):
        for column, value in (
            ("fingerprint", "0" * 64),
            ("event", "cancelled"),
            ("version", 2),
            ("date_from", "2025-02-01"),
            ("partner_name", "Somebody"),
            ("happened_on", "2024-12-31"),
        ):
            with self.subTest(column), self.env.cr.savepoint() as savepoint:
                self.tamper(f"UPDATE channel_seal SET {column} = %s WHERE number = 2", value)
                self.assertSeen("entry 2: .*Dealer B")
                savepoint.rollback()

    def test_a_dropped_entry(self):
        self.tamper("DELETE FROM channel_seal WHERE number = 2")
        self.assertSeen("entry 3: ")
        self.assertFound("Dealer B is (sealed and not registered|in another state)")

    def test_the_last_entries_dropped(self):
        last = self.entries()[-1]
        name, paper = last.agreement_name, f"--line={last.number}={last.entry_hash}"
        self.tamper("DELETE FROM channel_seal WHERE id = %s", last.id)
        self.assertSeen(f"{name} is in another state than entry", exported=0)
        code, output = self.verify_register(paper)
        self.assertEqual(code, 1, output)

    def test_an_inserted_entry(self):
        self.tamper(
            "INSERT INTO channel_seal (chain, number, event, fingerprint, agreement_key, "
            "agreement_name, entry_hash, previous_hash) SELECT chain, 7, 'sealed', '0', "
            "agreement_key, agreement_name, repeat('0', 64), entry_hash "
            "FROM channel_seal WHERE number = 6"
        )
        self.assertSeen("entry 7: ")
        self.assertFound("has another fingerprint than entry 7")

    def test_a_replaced_fingerprint(self):
        self.tamper(
            "UPDATE channel_agreement SET fingerprint = %s WHERE id = %s",
            "0" * 64,
            self.agreement_b.id,
        )
        number = self.entries(self.agreement_b)[0].number
        self.assertSeen(f"Dealer B has another fingerprint than entry {number}", exported=0)

    def test_a_replaced_version(self):
        """Another agreement takes the place of the one that was signed."""
        self.tamper(
            "UPDATE channel_agreement SET state = 'cancelled' WHERE id = %s", self.agreement_b.id
        )
        self.assertFound("Dealer B is registered and not sealed any more")
        forged = self.make_agreement(self.dealer_b, RATES_B)
        self.tamper("UPDATE channel_agreement SET state = 'signed' WHERE id = %s", forged.id)
        self.assertFound("Dealer B is sealed and not registered")

    def test_a_register_that_was_written_anew(self):
        """Who knows how to hash can rewrite everything, but for the marks of the key."""
        paper = self.entries()[1].entry_hash
        self.rewrite("partner_name", "Somebody")
        self.assertSeen("entry 2: ", exported=0)
        code, output = self.verify_register(f"--line=2={paper}")
        self.assertEqual(code, 1, output)
        self.assertIn("ENTRY 2", output)

    def rewrite(self, column, value):
        """Change the second entry, and hash all that follow anew, without the key."""
        seals = self.env["channel.seal"]
        names = SQL(", ").join(map(SQL.identifier, ("happened_on", *seals._chain_fields)))
        rows = self.env.execute_query_dict(
            SQL("SELECT id, chain, number, entry_hash, %s FROM channel_seal ORDER BY number", names)
        )
        rows[1][column] = value
        previous = rows[0]["entry_hash"]
        for row in rows[1:]:
            own = chain.entry_hash(previous, seals._prepare_chained(row))
            self.tamper(
                f"UPDATE channel_seal SET {column} = %s, previous_hash = %s, entry_hash = %s, "
                "mac = NULL WHERE id = %s",
                *(row[column], previous, own, row["id"]),
            )
            previous = own

    def test_the_exported_register_has_the_seals(self):
        fingerprints = self.agreements.mapped("fingerprint")
        code, output = self.verify_register(*fingerprints)
        self.assertEqual(code, 0, output)
        self.assertIn("(entry 1)", output)
        paper = f"--line={self.agreement_s.register_number}={self.agreement_s.register_hash}"
        self.assertEqual(self.verify_register(paper)[0], 0)
        self.assertEqual(self.verify_register("0" * 64)[0], 1)
        self.as_role("keeper", self.agreement_b).action_unsign()
        self.as_role("keeper", self.agreement_b).action_cancel()
        self.assertEqual(self.verify_register(self.agreement_b.fingerprint)[0], 1)


@tagged("post_install", "-at_install")
class TestSealRegisterFile(ChannelHttpCase):
    def open_as(self, role, url):
        self.authenticate(f"test_{role}", f"test_{role}")
        return self.url_open(url)

    def test_readers_get_the_file_of_their_companies(self):
        agreement = self.seal(self.make_agreement(self.make_dealer("Dealer A"), {"soap": "3"}))
        url = self.model("keeper", "channel.seal").action_export()["url"]
        for role in READERS:
            response = self.open_as(role, url)
            self.assertEqual(response.headers["Cache-Control"], "no-store")
            code, output = verify(response.text, "--register", agreement.fingerprint)
            self.assertEqual(code, 0, output)
        for role in ("salesperson", "sales_manager", "administrator"):
            response = self.open_as(role, url)
            self.assertNotEqual(response.status_code, 200)
            self.assertNotIn(agreement.fingerprint, response.text)
        other = self.env["res.company"].sudo().create({"name": "Other Company"})
        url = f"/channel_rebate/register/{other.id}"
        self.assertEqual(self.open_as("accountant", url).status_code, 404)
