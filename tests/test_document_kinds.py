"""Dealers get credit notes; sub-distributors what the company says, paid on Odoo's own screens."""

import re
from contextlib import contextmanager

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import RATES_S
from .tax_sets import TaxSetsCase

KINDS = {"credit_note": "out_refund", "vendor_bill": "in_invoice", "payment_entry": "entry"}


class KindsCase(TaxSetsCase):
    """Two dealers with a sub-distributor each, S of A and T of B; purchase taxes to match."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sub_t = cls.make_sub("Sub T", cls.dealer_b)
        cls.sign(cls.make_agreement(cls.sub_t, RATES_S))
        cls.make_order(cls.sub_t, {"toothpaste": 10, "soap": 10})
        cls.buy_13 = cls.make_tax(13, type_tax_use="purchase")
        cls.buy_9 = cls.make_tax(9, type_tax_use="purchase")
        cls.as_role("officer", cls.settlement).action_compute()

    @contextmanager
    def tried(self, what):
        """Try one of several cases, and take its changes back."""
        with self.subTest(what), self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()
            self.env.invalidate_all()

    def settle_as(self, kind, *, post=True):
        """Approve with documents of this kind for sub-distributors; return those of S and T."""
        self.company.channel_sub_document = kind
        self.company.channel_rebate_post_documents = post
        moves = self.approve()
        return moves[self.sub_s] | moves[self.sub_t]

    def pay(self, move, amount=None):
        """Pay a document on the screen that its button opens."""
        action = self.as_role("accountant", move).action_register_payment()
        wizard = Form(
            self.model("accountant", action["res_model"]).with_context(**action["context"])
        )
        if amount:
            wizard.amount = amount
        wizard.save().action_create_payments()

    def status_of(self, move):
        return move.channel_statement_id.payment_status


@tagged("post_install", "-at_install")
class TestKinds(KindsCase):
    def test_dealers_always_get_credit_notes(self):
        for kind, move_type in KINDS.items():
            with self.tried(kind):
                moves = self.settle_as(kind)
                dealers = self.settlement.statement_ids.move_id - moves
                self.assertEqual(set(dealers.mapped("move_type")), {"out_refund"})
                self.assertEqual(set(moves.mapped("move_type")), {move_type})
                self.assertEqual(set(moves.mapped("state")), {"posted"})
                self.assertEqual(self.trial_balance(), 0)

    def test_credit_note_with_the_taxes_of_the_sell_out_lines(self):
        """S: 123.75 of toothpaste, 189.75 of soap, 320 of shampoo."""
        move_s, move_t = self.settle_as("credit_note")
        self.assertEqual(self.lines_of(move_s), {"13 %": 123.75, "9 %": 189.75, "": 320.00})
        self.assertEqual(self.lines_of(move_t), {"13 %": 24.75, "9 %": 37.95})

    def test_credit_note_without_taxes(self):
        self.company.channel_sub_taxes = "none"
        moves = self.settle_as("credit_note")
        for move, net in zip(moves, (633.50, 62.70), strict=True):
            self.assertEqual((self.lines_of(move), move.amount_tax), ({"": net}, 0))
        dealers = self.settlement.statement_ids.move_id - moves
        self.assertTrue(all(move.amount_tax for move in dealers))

    def test_vendor_bill_has_the_purchase_taxes_of_the_same_rate(self):
        move_s, move_t = self.settle_as("vendor_bill")
        self.assertEqual(move_s.invoice_line_ids.tax_ids, self.buy_13 | self.buy_9)
        self.assertEqual((move_s.amount_untaxed, move_s.amount_tax), (633.50, 16.09 + 17.08))
        self.assertEqual((move_s.journal_id.type, move_t.amount_untaxed), ("purchase", 62.70))
        self.assertEqual(set((move_s | move_t).mapped("ref")), {self.settlement.name})
        self.assertEqual(str(move_s.invoice_date), str(self.settlement.date))

    def test_vendor_bill_prefers_the_vendor_taxes_of_the_rebate_product(self):
        other = self.make_tax(13, type_tax_use="purchase", name="13 % services")
        self.company.channel_rebate_product_id.supplier_taxes_id = other
        move = self.settle_as("vendor_bill")[0]
        self.assertEqual(move.invoice_line_ids.tax_ids, other | self.buy_9)

    def test_vendor_bill_without_a_clear_purchase_tax_is_refused(self):
        self.buy_9.unlink()
        with self.refused(r"Sub S: none, or more than one, .* has the rate of 9 %"):
            self.settle_as("vendor_bill")
        self.assertEqual(self.settlement.state, "computed")
        for name in ("first", "second"):
            self.make_tax(9, type_tax_use="purchase", name=name)
        with self.refused(r"Sub S: none, or more than one"):
            self.settle_as("vendor_bill")

    def test_vendor_bill_without_taxes(self):
        self.company.channel_sub_taxes = "none"
        self.buy_9.unlink()
        self.assertEqual(self.settle_as("vendor_bill").mapped("amount_tax"), [0, 0])

    def test_payment_entry(self):
        move = self.settle_as("payment_entry")[0]
        product = self.company.channel_rebate_product_id
        expense = product.product_tmpl_id.get_product_accounts()["expense"]
        payable = self.sub_s.property_account_payable_id
        self.assertRecordValues(
            move.line_ids.sorted("balance"),
            [
                {"account_id": payable.id, "balance": -633.50, "partner_id": self.sub_s.id},
                {"account_id": expense.id, "balance": 633.50, "partner_id": self.sub_s.id},
            ],
        )
        self.assertFalse(move.line_ids.tax_ids | move.line_ids.tax_line_id)
        self.assertEqual(set(move.line_ids.mapped("name")), {"Rebate 2025-Q1"})
        self.assertEqual(move.channel_statement_id.document_tax_amount, 0)

    def test_payment_entry_by_product(self):
        self.company.channel_rebate_line_detail = "product"
        move = self.settle_as("payment_entry")[1]
        self.assertEqual(sorted(move.line_ids.mapped("balance")), [-62.70, 24.75, 37.95])

    def test_payment_entry_in_another_currency(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "name": "2025-01-01",
                "rate": 0.9,
                "company_id": self.company.id,
            }
        )
        self.company.channel_rebate_line_detail = "product"
        self.env.flush_all()
        for table in ("channel_statement", "channel_statement_line"):
            self.env.cr.execute(f"UPDATE {table} SET currency_id = %s", [euro.id])
        self.env.invalidate_all()
        move = self.settle_as("payment_entry")[0]
        payable = move.line_ids.filtered(lambda line: line.balance < 0)
        self.assertEqual((payable.amount_currency, payable.balance), (-633.50, -703.89))
        self.assertEqual(move.currency_id, euro)

    def test_own_account_and_journals(self):
        account = self.env["account.account"].create(
            {"name": "Rebates", "code": "618099", "account_type": "expense"}
        )
        self.company.channel_rebate_account_id = account
        for kind, journal_type, setting in (
            ("vendor_bill", "purchase", "channel_bill_journal_id"),
            ("payment_entry", "general", "channel_entry_journal_id"),
        ):
            with self.tried(kind):
                self.company[setting] = self.env["account.journal"].create(
                    {"name": kind, "code": kind[:4], "type": journal_type}
                )
                moves = self.settle_as(kind)
                self.assertEqual(moves.journal_id, self.company[setting])
                booked = self.settlement.statement_ids.move_id.line_ids.account_id
                self.assertIn(account, booked)
                self.assertFalse(booked.filtered(lambda own: own.account_type == "income"))

    def test_wrong_journal_or_account_is_refused(self):
        sale = self.env["account.journal"].search([("type", "=", "sale")], limit=1)
        with self.refused("choose a journal of the right type"):
            self.company.channel_bill_journal_id = sale
        with self.refused("can't be the rebate account"):
            self.company.channel_rebate_account_id = self.dealer_a.property_account_receivable_id

    def test_missing_account_is_named(self):
        product = self.company.channel_rebate_product_id
        product.categ_id.property_account_expense_categ_id = False
        self.company.expense_account_id = False
        with self.refused(r"Sub S: .*Rebate has no expense account"):
            self.settle_as("payment_entry")
        self.assertEqual(self.settlement.state, "computed")

    def test_nothing_before_approval(self):
        self.assertFalse(
            self.env["account.move"].search(
                [("channel_statement_id", "in", self.settlement.statement_ids.ids)]
            )
        )
        self.assertFalse(any(self.settlement.statement_ids.mapped("document_tax_amount")))
        self.assertFalse(any(self.settlement.statement_ids.mapped("payment_status")))


@tagged("post_install", "-at_install")
class TestLocks(KindsCase):
    def test_amounts_partner_and_link(self):
        for kind in KINDS:
            with self.tried(kind):
                self.check_locks(self.settle_as(kind, post=False)[0])

    def check_locks(self, move):
        move = self.as_role("accountant", move)
        if move.move_type == "entry":
            both = [
                Command.update(
                    own.id, {"balance": own.balance / 2, "amount_currency": own.balance / 2}
                )
                for own in move.line_ids
            ]
            amounts = {"amounts": lambda: move.write({"line_ids": both})}
        else:
            line, other = move.invoice_line_ids.filtered("tax_ids")
            amounts = {
                "price": lambda: line.write({"price_unit": 1}),
                "taxes": lambda: line.write({"tax_ids": [Command.clear()]}),
                "another tax": lambda: line.write({"tax_ids": [Command.set(other.tax_ids.ids)]}),
                "tax by hand": lambda: self.change_tax(move),
                "no line": lambda: move.write({"invoice_line_ids": [Command.delete(line.id)]}),
            }
        attempts = {
            **amounts,
            "partner": lambda: move.write({"partner_id": self.dealer_b.id}),
        }
        for what, attempt in attempts.items():
            with self.subTest(what), self.refused("have to be those of"):
                attempt()
                self.env.flush_all()
        with self.refused("Only a settlement links"):
            move.write({"channel_statement_id": False})
        for step in (move.unlink, move.button_cancel, lambda: move.write({"state": "cancel"})):
            with self.refused("Reverse the settlement instead"):
                step()
        move.action_post()
        for step in (move.button_draft, move._reverse_moves):
            with self.refused("Reverse the settlement instead"):
                step()

    def change_tax(self, move):
        tax_line = move.line_ids.filtered("tax_line_id")[0]
        change = 1 if tax_line.balance > 0 else -1
        term = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
        move.write(
            {
                "line_ids": [
                    Command.update(
                        own.id,
                        {
                            "balance": own.balance + sign * change,
                            "amount_currency": own.balance + sign * change,
                        },
                    )
                    for own, sign in ((tax_line, 1), (term, -1))
                ]
            }
        )

    def test_credit_note_is_not_turned_into_an_invoice(self):
        move = self.settle_as("credit_note", post=False)[0]
        with self.refused("Reverse the settlement instead"):
            self.as_role("accountant", move).action_switch_move_type()

    def test_entry_on_another_partner_or_account(self):
        move = self.as_role("accountant", self.settle_as("payment_entry", post=False)[0])
        payable = move.line_ids.filtered(lambda line: line.account_type == "liability_payable")
        with self.refused("have to be those of"):
            payable.partner_id = self.dealer_b
        with self.refused("have to be those of"):
            payable.account_id = (move.line_ids - payable).account_id


@tagged("post_install", "-at_install")
class TestPayment(KindsCase):
    def test_open_partly_paid_paid(self):
        for kind in KINDS:
            with self.tried(kind):
                first, second = self.settle_as(kind)
                statement = self.env["channel.statement"]
                open_ones = [("payment_status", "=", "open")]
                self.assertEqual({self.status_of(first), self.status_of(second)}, {"open"})
                self.pay(first, 100)
                self.assertEqual(
                    (self.status_of(first), self.status_of(second)), ("partial", "open")
                )
                self.assertEqual(
                    statement.search([("payment_status", "=", "partial")]),
                    first.channel_statement_id,
                )
                self.pay(first)
                self.assertEqual(self.status_of(first), "paid")
                self.assertEqual(
                    statement.search([("payment_status", "in", ("paid", "partial"))]),
                    first.channel_statement_id,
                )
                self.assertIn(second.channel_statement_id, statement.search(open_ones))
                self.assertNotIn(first.channel_statement_id, statement.search(open_ones))
                self.assertEqual(self.trial_balance(), 0)

    def test_other_entries_are_not_paid_so(self):
        entry = self.env["account.move"].create({"move_type": "entry"})
        with self.refused("You cannot register payments for miscellaneous entries"):
            entry.action_force_register_payment()
        self.assertEqual(entry.payment_state, "not_paid")

    def test_reversal_takes_everything_back(self):
        for kind in KINDS:
            with self.tried(kind):
                moves = self.settle_as(kind)
                self.pay(moves[0], 100)
                self.as_role("keeper", self.settlement).action_reverse()
                self.assertEqual(self.settlement.state, "reversed")
                self.assertEqual(self.trial_balance(), 0)
                for move in moves:
                    reversal = move.reversal_move_ids
                    self.assertEqual(
                        (reversal.state, reversal.channel_statement_id),
                        ("posted", move.channel_statement_id),
                    )
                    # Odoo's own state of a credit note that an invoice took back is “paid”.
                    state = "paid" if kind == "credit_note" else "reversed"
                    self.assertEqual(move.payment_state, state)
                    self.assertEqual(reversal.amount_total, move.amount_total)
                    self.assertEqual(move.channel_statement_id.reversal_move_id, reversal)
                    self.assertFalse(self.status_of(move))
                self.assertEqual(self.tax_by_name(), {})
                self.assertEqual(self.settle().state, "done")

    def tax_by_name(self):
        """Return what the documents come to in the tax report, by tax; zeros left out."""
        groups = self.env["account.move.line"]._read_group(
            [
                ("move_id.channel_statement_id", "!=", False),
                ("parent_state", "=", "posted"),
                ("tax_line_id", "!=", False),
            ],
            ["tax_line_id"],
            ["balance:sum"],
        )
        return {tax.name: balance for tax, balance in groups if round(balance, 2)}

    def test_tax_report(self):
        self.settle_as("credit_note")
        net = self.settlement.statement_ids.move_id.invoice_line_ids
        for tax, rate in ((self.tax_13, 0.13), (self.tax_9, 0.09)):
            base = sum(
                net.filtered(lambda line, tax=tax: tax in line.tax_ids).mapped("price_subtotal")
            )
            self.assertAlmostEqual(self.tax_by_name()[tax.name], base * rate, delta=0.02)


@tagged("post_install", "-at_install")
class TestReaders(KindsCase):
    def test_holders_read_every_kind_and_open_the_list(self):
        for kind in KINDS:
            with self.tried(kind):
                moves = self.settle_as(kind)
                for role in ("keeper", "officer", "accountant"):
                    records = self.as_role(role, moves)
                    self.assertEqual(records.mapped("display_name"), moves.mapped("display_name"))
                    self.assertTrue(records.line_ids.mapped("name"))
                    action = self.as_role(role, self.settlement).action_open_documents()
                    found = self.model(role, action["res_model"]).search(action["domain"])
                    self.assertEqual(found, self.settlement.statement_ids.move_id)

    def test_salespeople_read_as_before(self):
        moves = self.settle_as("payment_entry")
        statement = self.as_role("salesperson", moves[0].channel_statement_id)
        self.assertEqual(
            (statement.payment_status, statement.document_name), ("open", moves[0].name)
        )
        with self.assertRaises(AccessError):
            self.as_role("salesperson", moves).mapped("ref")
        credit_note = self.statement_of(self.settlement, self.dealer_a).move_id
        self.assertEqual(self.as_role("salesperson", credit_note).ref, self.settlement.name)

    def test_portal_user_reads_number_and_status(self):
        moves = self.settle_as("payment_entry")
        user = self.make_portal_user(self.sub_s)
        statement = moves[0].channel_statement_id.with_user(user)
        self.assertEqual(
            (statement.document_name, statement.payment_status), (moves[0].name, "open")
        )

    def test_no_rate_in_any_text(self):
        self.company.channel_rebate_line_detail = "product"
        for kind in KINDS:
            with self.tried(kind):
                moves = self.settle_as(kind)
                texts = moves.line_ids.mapped("name") + moves.mapped("ref")
                for rate in RATES_S.values():
                    pattern = rf"(^|[^\d.]){re.escape(rate)} ?%"
                    self.assertFalse([text for text in texts if re.search(pattern, text or "")])


@tagged("post_install", "-at_install")
class TestCompanyMadeLater(KindsCase):
    def test_defaults_work_for_every_kind(self):
        for number, (kind, move_type) in enumerate(KINDS.items()):
            with self.subTest(kind):
                company = self.env["res.company"].create({"name": f"Later {number}"})
                self.env["account.chart.template"].try_loading(
                    "generic_coa", company, install_demo=False
                )
                for role in ("keeper", "officer"):
                    self.users[role].company_ids |= company
                self.assertEqual(company.channel_sub_document, "credit_note")
                company.channel_sub_document = kind
                settlement = self.settle_in(company)
                moves = settlement.statement_ids.move_id
                self.assertEqual(moves.company_id, company)
                sub = self.statement_of(settlement, self.sub_s).move_id
                self.assertEqual(sub.move_type, move_type)
                self.assertEqual(sub.journal_id.company_id, company)
                moves.action_post()
                self.assertEqual(settlement.state, "done")

    def settle_in(self, company):
        period = self.make_period(self.period.date_from, self.period.date_to, company_id=company.id)
        dealer = self.make_agreement(self.dealer_a, {"soap": "2"}, period=period)
        sub = self.make_agreement(self.sub_s, {"soap": "1"}, period=period)
        self.sign(dealer | sub)
        self.make_invoice(self.dealer_a, {"soap": 100}, company_id=company.id)
        self.make_order(self.sub_s, {"soap": 50}, company_id=company.id)
        return self.settle(period)
