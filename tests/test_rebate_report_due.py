"""Who is due what in the year: kinds, documents, tax, payments."""

from datetime import date

from odoo.tests import tagged

from .common import WorkedExampleCase
from .test_document_kinds import KINDS, KindsCase
from .test_rebate_report import Report

NAMES = ("net_amount", "document_amount", "paid_amount", "due_amount")


@tagged("post_install", "-at_install")
class TestDue(Report, WorkedExampleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)

    def test_kinds_side_by_side(self):
        self.settle()
        self.make_invoice(self.dealer_a, {"soap": 100}, day=date(2025, 3, 20))
        self.settle(kind="supplementary")
        names = [f"net_{kind}_amount" for kind in ("periodic", "supplementary", "annual")]
        found = self.groups("partner_id", *names, "net_amount")
        self.assertEqual(found["Dealer A"], (2473.50, 1012.00, 0, 3485.50))
        self.assertEqual(found["Dealer B"], (3228.50, 0, 0, 3228.50))
        found = self.groups("dealer_id", "net_amount", "due_amount")
        self.assertEqual(found["Dealer A"], (4119.00, 4119.00))

    def test_what_is_asked_back_is_owed_to_us(self):
        """A gives 10 shampoos back after the settlement: 160.00 of rebate."""
        self.settle()
        self.company.channel_negative_correction = "debit_note"
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.dealer_a.id), ("move_type", "=", "out_invoice")]
        )
        refund = invoice._reverse_moves([{"invoice_date": date(2025, 3, 30)}])
        refund.invoice_line_ids.filtered(
            lambda line: line.product_id != self.products["shampoo"]
        ).unlink()
        refund.invoice_line_ids.quantity = 10
        refund.action_post()
        correction = self.settle(kind="supplementary")
        row = self.row(correction, self.dealer_a)
        self.assertEqual((row.net_amount, row.due_amount), (-160.00, -160.00))
        self.assertEqual(self.report().search([("due_amount", "<", 0)]), row)

    def test_without_a_document_the_net_amount_is_due(self):
        settlement = self.settle()
        self.env.flush_all()
        self.env.cr.execute("UPDATE channel_statement SET move_id = NULL")
        self.env.invalidate_all()
        row = self.row(settlement, self.dealer_a)
        self.assertEqual(tuple(row[name] for name in NAMES), (2473.50, 2473.50, 0, 2473.50))


@tagged("post_install", "-at_install")
class TestPaid(Report, KindsCase):
    def amounts(self, move):
        self.env.flush_all()
        self.report().invalidate_model()
        row = self.report().browse(move.channel_statement_id.id)
        return tuple(round(row[name], 2) for name in NAMES)

    def test_drafts_are_due_as_well(self):
        self.settle_as("credit_note", post=False)
        rows = self.report().search([])
        self.assertEqual(set(rows.statement_id.move_id.mapped("state")), {"draft"})
        for row in rows:
            self.assertEqual(row.due_amount, row.document_amount)
            self.assertEqual(row.document_amount, row.statement_id.move_id.amount_total)

    def test_payments_of_all_kinds_of_documents(self):
        """S: 633.50; with 13 % on 123.75 and 9 % on 189.75, 666.67."""
        for kind in KINDS:
            with self.tried(kind):
                move_s, move_t = self.settle_as(kind)
                total = 633.50 if kind == "payment_entry" else 666.67
                self.assertEqual(self.amounts(move_s), (633.50, total, 0, total))
                self.pay(move_s, 100)
                self.assertEqual(self.amounts(move_s), (633.50, total, 100, total - 100))
                self.pay(move_s)
                self.assertEqual(self.amounts(move_s), (633.50, total, total, 0))
                self.assertEqual(self.amounts(move_t)[2], 0)

    def test_filters(self):
        move_s, _move_t = self.settle_as("credit_note")
        self.pay(move_s)
        self.env.flush_all()
        rows = self.report().search([("due_amount", ">", 0)])
        self.assertNotIn(self.sub_s, rows.partner_id)
        self.assertIn(self.sub_t, rows.partner_id)
        paid = self.report().search([("due_amount", "=", 0), ("document_amount", "!=", 0)])
        self.assertEqual(paid.partner_id, self.sub_s)
