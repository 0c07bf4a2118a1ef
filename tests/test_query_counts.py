"""The batch paths send the same number of statements however much there is to do."""

from contextlib import contextmanager
from datetime import date

from odoo.tests import tagged

from .common import PAPER, PRICES, RATES_A, RATES_S, ChannelCase
from .penalty_common import Penalties


@tagged("post_install", "-at_install")
class TestQueryCounts(Penalties, ChannelCase):
    def make_network(self, period, dealers):
        """Return agreements of some dealers with a sub-distributor, sales and a penalty each."""
        day = period.date_from
        agreements = self.env["channel.agreement"]
        for number in range(dealers):
            dealer = self.make_dealer(f"Dealer {period.name} {number}")
            sub = self.make_sub(f"Sub {period.name} {number}", dealer)
            agreements |= self.make_agreement(dealer, RATES_A, period=period)
            agreements |= self.make_agreement(sub, RATES_S, period=period)
            self.make_invoice(dealer, dict.fromkeys(PRICES, 10), day=day)
            self.make_order(sub, dict.fromkeys(PRICES, 5), day=day)
            self.make_penalty(dealer, 5, date=day)
        self.env.flush_all()
        self.env.invalidate_all()
        return agreements

    @contextmanager
    def counted(self, counts):
        self.env.flush_all()
        self.env.invalidate_all()
        # Whether an environment is alive that still knows it is up to the garbage collector.
        self.users["keeper"].fetch(["company_id"])
        before = self.env.cr.sql_log_count
        yield
        self.env.flush_all()
        counts.append(self.env.cr.sql_log_count - before)

    def run_quarter(self, period, dealers):
        """Return the number of statements of each step of a quarter."""
        counts = []
        agreements = self.as_role("keeper", self.make_network(period, dealers))
        with self.counted(counts):
            agreements.action_seal()
        with self.counted(counts):
            agreements._mark_signed(date(2025, 1, 2), "Signatory", dict.fromkeys(agreements, PAPER))
        settlement = self.model("officer", "channel.settlement").create({"period_id": period.id})
        with self.counted(counts):
            settlement.action_compute()
        statements = self.model("officer", "channel.statement").browse(settlement.statement_ids.ids)
        with self.counted(counts):
            statements.mapped("expected_net_amount")
        keeper_settlement = self.as_role("keeper", settlement)
        with self.counted(counts):
            self.assertFalse(keeper_settlement._approval_error_message())
        # Notes of the steps before.
        self.env.cr.precommit.run()
        with self.counted(counts):
            keeper_settlement.statement_ids._reveal()
            self.env.cr.precommit.run()
        self.assertEqual(len(statements), 2 * dealers)
        settlement._move_to("approved", allowed=("computed",))
        steps = ("seal", "sign", "compute", "expect", "check", "reveal")
        return {
            **dict(zip(steps, counts, strict=True)),
            **self.run_correction(period, statements.partner_id),
        }

    def run_correction(self, period, partners):
        """Return the number of statements of each step when every partner has late sales."""
        counts = []
        with self.counted(counts):
            self.env["channel.ledger"]._find_changed(
                period._get_settled_agreements(), date(2026, 1, 1)
            )
        for partner in partners:
            make = self.make_invoice if partner.channel_role == "dealer" else self.make_order
            make(partner, {"soap": 1}, day=period.date_to)
        settlement = self.model("officer", "channel.settlement").create(
            {"period_id": period.id, "kind": "supplementary"}
        )
        with self.counted(counts):
            settlement.action_compute()
        statements = self.model("officer", "channel.statement").browse(settlement.statement_ids.ids)
        self.assertEqual(set(statements.partner_id.ids), set(partners.ids))
        with self.counted(counts):
            statements.mapped("expected_total_gross_amount")
        keeper_settlement = self.as_role("keeper", settlement)
        with self.counted(counts):
            self.assertFalse(keeper_settlement._approval_error_message())
        with self.counted(counts):
            keeper_settlement.statement_ids._reveal()
        with self.counted(counts):
            keeper_settlement.statement_ids._check_not_corrected()
        steps = (
            "nothing changed",
            "correct",
            "expect total",
            "check again",
            "reveal again",
            "last",
        )
        return dict(zip(steps, counts, strict=True))

    def test_ten_times_the_dealers_cost_no_more_statements(self):
        second = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        third = self.make_period(date(2025, 7, 1), date(2025, 9, 30))
        self.run_quarter(self.period, 1)  # warms the caches of the registry up
        few, many = self.run_quarter(second, 1), self.run_quarter(third, 10)
        self.assertEqual(many, few)
        self.assertLess(few["compute"], 65)
        self.assertLess(few["reveal"], 55)
