"""The proof on a statement: written at the reveal, of its own partner only, and it verifies."""

import json
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import RATES_B, WorkedExampleCase, WorkedExampleHttpCase
from .seal_proofs import verify

SALTS = r'"salt": "[0-9a-f]{64}"'
TAMPERINGS = (
    "UPDATE channel_rate AS one SET token = two.token FROM channel_rate AS two "
    "WHERE one.id != two.id AND one.agreement_id = %(id)s AND two.agreement_id = %(id)s",
    "UPDATE channel_agreement_line SET sealed_terms = replace(sealed_terms, 'Soap', 'Sop') "
    "WHERE agreement_id = %(id)s",
    "UPDATE channel_agreement SET seal_header = replace(seal_header, 'USD', 'EUR') "
    "WHERE id = %(id)s",
)


@tagged("post_install", "-at_install")
class TestStatementProof(WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)
        cls.settlement = cls.compute()

    def approve(self):
        self.as_role("keeper", self.settlement).action_approve()

    def statement(self, partner, settlement=None):
        return self.statement_of(settlement or self.settlement, partner)

    def assertGenuine(self, statement, *texts):
        papers = statement.agreement_ids.mapped("fingerprint")
        code, output = verify(statement._get_proof_file(), *papers)
        self.assertEqual(code, 0, output)
        for text in texts:
            self.assertIn(text, output)

    def test_every_statement_verifies(self):
        self.approve()
        self.assertGenuine(
            self.statement(self.dealer_a),
            "2025-Q1, Dealer A, version 1, 2025-01-01 to 2025-03-31, USD",
            "line 2: [SOAP] Soap: 4 %",
            "[SOAP] Soap: 25,300.00 x 4 % = 1,012.00",
            "gross 3,107.00, passed_on 633.50",
            "net 2,473.50",
        )
        self.assertGenuine(self.statement(self.dealer_b), "net 3,228.50")
        self.assertGenuine(self.statement(self.sub_s), "Shampoo: 16,000.00 x 2 % = 320.00")

    def test_nothing_before_the_reveal(self):
        statements = self.settlement.statement_ids
        self.env.cr.execute("SELECT count(proof_text) FROM channel_statement")
        self.assertEqual(self.env.cr.fetchone(), (0,))
        for role in ("keeper", "officer"):
            own = self.as_role(role, statements)
            self.assertEqual(set(own.mapped("proof")), {False})
            self.assertEqual(set(own.mapped("has_proof")), {False})
            with self.assertRaisesRegex(UserError, "has no proof"):
                own[0].action_download_proof()

    def test_what_is_written_too_early_is_not_read(self):
        statements = self.settlement.statement_ids
        statements.flush_recordset()
        self.env.cr.execute("UPDATE channel_statement SET proof_text = '{}'")
        self.env.invalidate_all()
        self.assertEqual(set(statements.mapped("proof")), {False})
        self.assertEqual(set(statements.mapped("has_proof")), {False})

    def test_nobody_else_is_in_it(self):
        self.approve()
        own = {partner: self.statement(partner) for partner in (self.dealer_a, self.sub_s)}
        for partner, other in ((self.dealer_a, self.sub_s), (self.sub_s, self.dealer_a)):
            proof = json.loads(own[partner].proof)
            fingerprints = [agreement["fingerprint"] for agreement in proof["agreements"]]
            self.assertEqual(fingerprints, own[partner].agreement_ids.mapped("fingerprint"))
            for line in own[other].agreement_ids.line_ids:
                self.assertNotIn(line.line_hash, own[partner].proof)
            self.assertEqual(len(proof["rebates"]), 3)

    def test_another_partners_agreement_stays_out(self):
        """Whatever is linked to the statement."""
        statement = self.statement(self.dealer_a)
        statement.sudo().agreement_ids += self.agreement_b
        self.approve()
        self.assertNotIn(self.agreement_b.fingerprint, statement.proof)
        self.assertIn(self.agreement_a.fingerprint, statement.proof)

    def test_all_versions_are_in_it(self):
        wizard = self.model("keeper", "channel.agreement.version").create(
            {"agreement_id": self.agreement_b.id, "date_from": date(2025, 2, 15)}
        )
        second = self.agreement_b.browse(wizard.action_create()["res_id"])
        self.enter_rates(second, RATES_B.values())
        self.sign(second)
        self.make_invoice(self.dealer_b, {"soap": 10}, day=date(2025, 3, 1))
        settlement = self.settle_again()
        statement = self.statement(self.dealer_b, settlement)
        self.assertEqual(len(statement.agreement_ids), 2)
        self.assertGenuine(statement, "version 1", "version 2", "2,530.00 x 4.5 %")
        code, output = verify(statement._get_proof_file(), self.agreement_b.fingerprint)
        self.assertEqual(code, 1, output)

    def settle_again(self):
        self.as_role("officer", self.settlement).action_compute()
        self.approve()
        return self.settlement

    def test_corrections_carry_it_too(self):
        self.approve()
        self.make_invoice(self.dealer_a, {"soap": 20})
        self.make_order(self.sub_s, {"soap": 2})
        correction = self.settle(kind="supplementary")
        self.assertGenuine(
            self.statement(self.dealer_a, correction),
            "[SOAP] Soap: 30,360.00 x 4 % = 1,214.40",
            "new rebates 202.40",
        )
        self.assertGenuine(self.statement(self.sub_s, correction), "new rebates 7.59")

    def test_tiers(self):
        agreement = self.make_agreement(self.make_dealer("Dealer T"), {"soap": "1"})
        agreement.line_ids.tier_mode = "marginal"
        rate = self.rates_of(agreement)
        self.as_role("keeper", rate).brackets = "0: 1\n1000: 2.5\n5000: 3.125"
        self.sign(agreement)
        self.make_invoice(agreement.partner_id, {"soap": 37})
        statement = self.statement(agreement.partner_id, self.settle_again())
        self.assertGenuine(statement, "from 0: 1, from 1000: 2.5, from 5000: 3.125 %")

    def test_altered_after_sealing(self):
        """Swapped ciphertexts, changed terms and headers are refused: there is no false proof."""
        for query in TAMPERINGS:
            with self.subTest(query), self.env.cr.savepoint() as savepoint:
                self.env.flush_all()
                self.env.cr.execute(query, {"id": self.agreement_a.id})
                self.env.invalidate_all()
                with self.refused("Dealer A"):
                    self.approve()
                savepoint.rollback()
                self.env.invalidate_all()

    # === Making it later === #

    def forget_proofs(self):
        self.env.flush_all()
        self.env.cr.execute("UPDATE channel_statement SET proof_text = NULL")
        self.env.invalidate_all()

    def test_proofs_of_older_runs_are_made_later(self):
        self.approve()
        before = {s: s.proof for s in self.settlement.statement_ids}
        self.assertFalse(self.settlement.lacks_proof)
        self.forget_proofs()
        self.assertTrue(self.settlement.lacks_proof)
        self.as_role("keeper", self.settlement).action_make_proofs()
        self.assertEqual({s: s.proof for s in self.settlement.statement_ids}, before)
        self.assertFalse(self.settlement.lacks_proof)

    def test_only_a_keeper_makes_them_and_only_once_revealed(self):
        self.as_role("keeper", self.settlement.statement_ids).action_make_proof()
        self.assertFalse(any(self.settlement.statement_ids.mapped("has_proof")))
        self.approve()
        self.forget_proofs()
        for role in ("officer", "accountant", "salesperson", "sales_manager"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role(role, self.settlement.statement_ids).action_make_proof()
        self.assertFalse(any(self.settlement.statement_ids.mapped("has_proof")))

    def test_no_proof_of_what_was_changed_since(self):
        self.approve()
        self.forget_proofs()
        self.env.cr.execute(
            "UPDATE channel_agreement_line SET sealed_terms = replace(sealed_terms, 'Soap', 'Sop') "
            "WHERE agreement_id = %s",
            [self.agreement_a.id],
        )
        self.env.invalidate_all()
        with self.refused("Dealer A: Soap|Dealer A: .*Soap"):
            self.as_role("keeper", self.settlement).action_make_proofs()

    # === Who reads it === #

    def test_whoever_may_read_the_statement(self):
        self.approve()
        self.dealer_b.user_id = self.users["sales_manager"]
        own, other = self.statement(self.dealer_a), self.statement(self.dealer_b)
        for role in ("keeper", "officer", "accountant", "salesperson", "sales_manager"):
            self.assertTrue(self.as_role(role, own).proof)
        for role, statement in (("salesperson", other), ("administrator", own)):
            self.env.invalidate_all()
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.as_role(role, statement).read(["proof"])

    def test_partners_read_their_own(self):
        self.approve()
        portal = self.make_portal_user(self.sub_s)
        self.assertTrue(self.statement(self.sub_s).with_user(portal).read(["proof"])[0]["proof"])
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.statement(self.dealer_a).with_user(portal).read(["proof"])

    def test_nobody_of_another_company(self):
        self.approve()
        other = self.env["res.company"].create({"name": "Other Company"})
        user = self.users["accountant"]
        user.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            self.as_role("accountant", self.statement(self.dealer_a)).read(["proof"])

    def is_refused(self, ask, *args, **kwargs):
        try:
            with self.env.cr.savepoint():
                ask(*args, **kwargs)
        except (AccessError, ValueError):
            return True
        return False

    def test_it_is_not_searched_grouped_or_sorted(self):
        self.approve()
        for role in ("accountant", "keeper"):
            statements = self.model(role, "channel.statement")
            for name in ("proof", "proof_text"):
                with self.subTest(role=role, name=name):
                    group = statements.formatted_read_group
                    self.assertTrue(self.is_refused(statements.search, [(name, "ilike", "a")]))
                    self.assertTrue(self.is_refused(statements.search, [], order=name))
                    self.assertTrue(self.is_refused(group, [], [name], ["__count"]))
                    self.assertTrue(self.is_refused(group, [], [], [f"{name}:array_agg"]))
            self.assertTrue(self.is_refused(statements.search([]).read, ["proof_text"]))
            self.assertFalse(self.is_refused(statements.search([]).read, ["proof"]))

    def test_the_printed_statement_says_where_it_is(self):
        self.approve()
        statement = self.statement(self.dealer_a)
        report = self.env["ir.actions.report"].with_user(self.users["accountant"])
        name = "channel_rebate.report_statement"
        page = report._render_qweb_html(name, statement.ids)[0].decode()
        self.assertIn("verify_seal.py", page)
        self.forget_proofs()
        page = report._render_qweb_html(name, statement.ids)[0].decode()
        self.assertIn(self.agreement_a.fingerprint, page)
        self.assertNotIn("verify_seal.py", page)

    def test_no_list_shows_it(self):
        views = self.env["ir.ui.view"].search([("model", "=", "channel.statement")])
        self.assertFalse([view.name for view in views if 'name="proof"' in view.arch])
        copied = self.statement(self.dealer_a).copy_data()[0]
        self.assertFalse({"proof", "proof_text"} & copied.keys())


@tagged("post_install", "-at_install")
class TestStatementProofHttp(WorkedExampleHttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        partners = (cls.dealer_a, cls.sub_s)
        cls.logins = {partner: cls.make_portal_user(partner).login for partner in partners}
        cls.sign(cls.agreements)
        cls.settlement = cls.compute()

    def open_as(self, login, url):
        self.authenticate(login, login)
        return self.url_open(url)

    def proof_url(self, partner):
        return f"/my/rebates/{self.statement_of(self.settlement, partner).id}/proof"

    def assertNoProof(self, login, url):
        response = self.open_as(login, url)
        self.assertTrue(response.url.endswith("/my"), response.url)
        self.assertNotRegex(response.text, SALTS)

    def test_before_the_reveal_nobody_gets_it(self):
        for login in (*self.logins.values(), "test_keeper", "test_accountant"):
            self.assertNoProof(login, self.proof_url(self.dealer_a))

    def test_files_of_the_portal_check_each_other(self):
        self.as_role("keeper", self.settlement).action_approve()
        login = self.logins[self.dealer_a]
        page = self.open_as(login, self.proof_url(self.dealer_a).removesuffix("/proof")).text
        for url in (self.proof_url(self.dealer_a), "/channel_rebate/verify_seal.py"):
            self.assertIn(f'href="{url}"', page)
        response = self.url_open(self.proof_url(self.dealer_a))
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertIn(".json", response.headers["Content-Disposition"])
        self.assertEqual(verify(response.text, self.agreement_a.fingerprint)[0], 0)
        script = self.url_open("/channel_rebate/verify_seal.py").text
        compile(script, "verify_seal.py", "exec")
        self.assertIn("Check that a rebate was settled", script)

    def test_others_and_visitors_get_nothing(self):
        self.as_role("keeper", self.settlement).action_approve()
        for partner in (self.dealer_b, self.sub_s):
            self.assertNoProof(self.logins[self.dealer_a], self.proof_url(partner))
        self.assertNoProof(self.logins[self.sub_s], self.proof_url(self.dealer_a))
        self.assertNoProof("test_administrator", self.proof_url(self.dealer_a))
        self.assertNoProof(self.logins[self.sub_s], "/my/rebates/999999/proof")
        for url in (self.proof_url(self.dealer_a), "/channel_rebate/verify_seal.py"):
            self.authenticate(None, None)
            self.assertIn("/web/login", self.url_open(url).url)

    def test_internal_users_download_it_from_the_form(self):
        self.as_role("keeper", self.settlement).action_approve()
        statement = self.statement_of(self.settlement, self.dealer_a)
        action = self.as_role("accountant", statement).action_download_proof()
        for login in ("test_accountant", "test_salesperson", "test_keeper"):
            response = self.open_as(login, action["url"])
            self.assertEqual(verify(response.text, self.agreement_a.fingerprint)[0], 0)
