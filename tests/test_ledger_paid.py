"""Paid basis: what is not paid in full by the cut-off waits."""

from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from .ledger import LedgerCase

DAY, PAID, CUTOFF = date(2025, 2, 1), date(2025, 3, 1), date(2025, 4, 15)


@tagged("post_install", "-at_install")
class TestPaidBasis(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign_all(cls.dealer_a, periods=[cls.period], basis="paid")
        cls.sign_all(cls.dealer_b, periods=[cls.period])

    def quantity(self, partner=None, cutoff=CUTOFF):
        name = (partner or self.dealer_a).name
        return self.bases(cutoff_date=cutoff).get((name, "soap"), (0, 0))[0]

    def test_only_what_is_paid_in_full(self):
        invoices = [
            self.make_invoice(dealer, {"soap": 10}, day=DAY)
            for dealer in (self.dealer_a, self.dealer_b)
        ]
        self.assertEqual((self.quantity(), self.quantity(self.dealer_b)), (0, 10))
        self.assertEqual(self.reasons(), [("Dealer A", invoices[0].name, "unpaid")])
        self.pay(invoices[0], PAID, amount=2529)
        self.assertEqual(self.quantity(), 0)
        self.pay(invoices[0], PAID, amount=1)
        self.assertEqual(self.quantity(), 10)
        self.assertFalse(self.reasons())

    def test_cutoff_is_the_last_day(self):
        invoice = self.make_invoice(self.dealer_a, {"soap": 10}, day=DAY)
        self.pay(invoice, CUTOFF)
        self.assertEqual(self.quantity(), 10)
        self.assertEqual(self.quantity(cutoff=date(2025, 4, 14)), 0)

    def test_cutoff_follows_the_date_of_the_settlement(self):
        settlement = self.model("officer", "channel.settlement").create(
            {"period_id": self.period.id, "date": CUTOFF}
        )
        self.assertEqual(settlement.cutoff_date, CUTOFF)
        settlement.cutoff_date = PAID
        self.assertEqual((settlement.date, settlement.cutoff_date), (CUTOFF, PAID))

    def test_payment_that_is_taken_back(self):
        invoice = self.make_invoice(self.dealer_a, {"soap": 10}, day=DAY)
        self.pay(invoice, PAID)
        self.assertEqual(self.quantity(), 10)
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual(self.quantity(), 0)

    def test_return_waits_with_its_sale(self):
        invoice = self.make_invoice(self.dealer_a, {"soap": 10}, day=DAY)
        refund = self.reverse(invoice, PAID, quantity=4)
        self.assertEqual(self.quantity(), 0)
        (invoice | refund).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertEqual(self.quantity(), 0)
        self.pay(invoice, PAID)
        self.assertEqual(self.quantity(), 6)

    def test_invoice_in_another_currency(self):
        currency = self.env.ref("base.EUR")
        currency.active = True
        self.env["res.currency.rate"].create(
            [
                {"currency_id": currency.id, "name": day, "rate": rate}
                for day, rate in ((date(2025, 1, 1), 2), (PAID, 4))
            ]
        )
        invoice = self.make_invoice(self.dealer_a, {"soap": 10}, day=DAY, currency_id=currency.id)
        self.pay(invoice, PAID)
        self.assertEqual(
            invoice.payment_state, self.env["account.move"]._get_invoice_in_payment_state()
        )
        self.assertEqual(self.bases(cutoff_date=CUTOFF)["Dealer A", "soap"], (10, 1265))

    def test_payment_in_between_stops_the_approval(self):
        invoice = self.make_invoice(self.dealer_a, {"soap": 10}, day=DAY)
        settlement = self.compute(cutoff_date=CUTOFF)
        self.pay(invoice, PAID)
        with self.refused("have changed since .*: Dealer A"):
            self.as_role("keeper", settlement).action_approve()

    def test_later_cutoff_stops_the_approval(self):
        invoice = self.make_invoice(self.dealer_a, {"soap": 10}, day=DAY)
        self.pay(invoice, date(2025, 5, 1))
        settlement = self.compute(cutoff_date=CUTOFF)
        self.as_role("officer", settlement).cutoff_date = date(2025, 5, 1)
        with self.refused("have changed since .*: Dealer A"):
            self.as_role("keeper", settlement).action_approve()

    def test_approved_settlement_keeps_its_dates(self):
        settlement = self.settle()
        for name in ("date", "cutoff_date"):
            with self.subTest(name), self.refused("dates of approved settlements can't change"):
                self.as_role("officer", settlement)[name] = DAY

    def test_not_for_sub_distributors(self):
        with self.refused("a sub-distributor does not pay us"):
            self.make_agreement(self.sub_a, {"soap": "1"}, basis="paid")

    def test_basis_is_sealed(self):
        agreement = self.make_agreement(self.dealer_a, {"soap": "1"}, period=self.next_period)
        agreement.basis = "paid"
        self.seal(agreement)
        self.assertIn('"basis":"paid"', agreement.seal_header)
        with self.refused("is sealed"):
            agreement.basis = "invoiced"
        self.env.cr.execute(
            "UPDATE channel_agreement SET basis = 'invoiced' WHERE id = %s", [agreement.id]
        )
        agreement.invalidate_recordset()
        self.assertEqual(self.broken_seals(agreement), agreement)

    def broken_seals(self, agreements):
        secrets = self.model("keeper", "channel.rate")._unseal_lines(agreements.line_ids)
        found = self.as_role("keeper", agreements)._find_broken_seals(secrets)
        return self.env["channel.agreement"].union(*(item for item, _names in found))

    def test_seals_from_before_there_was_a_basis_hold(self):
        agreements = self.make_agreement(self.dealer_a, {"soap": "1"}, period=self.next_period)
        agreements |= self.make_agreement(self.dealer_b, {"soap": "2"}, period=self.next_period)
        prepare = type(agreements)._prepare_lasting_header

        def without_basis(agreement):
            return {key: word for key, word in prepare(agreement).items() if key != "basis"}

        with patch.object(type(agreements), "_prepare_lasting_header", without_basis):
            self.seal(agreements)
        self.assertNotIn("basis", "".join(agreements.mapped("seal_header")))
        self.assertFalse(self.broken_seals(agreements))
        self.env.cr.execute(
            "UPDATE channel_agreement SET basis = 'paid' WHERE id = %s", [agreements[1].id]
        )
        agreements.invalidate_recordset()
        self.assertEqual(self.broken_seals(agreements), agreements[1])
