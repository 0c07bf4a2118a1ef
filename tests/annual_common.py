"""A year of quarters, dealers who sell boxes at 100 in it, and year-end settlements."""

from datetime import date
from decimal import Decimal

from .common import ChannelCase

# Boxes sold and percent, by quarter: 20,000 at 4.1 % and so on, 3,900.00 in all.
SOLD = (200, 300, 100, 400)
RATES = ("4.1", "3.9", "4.3", "3.7")
DAYS = (date(2025, 2, 1), date(2025, 5, 1), date(2025, 8, 1), date(2025, 11, 1))


class AnnualYear:
    """Dealer A with a signed year and his sales, nothing settled; mixed into a test case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products["box"] = cls.make_product("box", 100)
        cls.quarters = [
            cls.period,
            cls.make_period(date(2025, 4, 1), date(2025, 6, 30)),
            cls.make_period(date(2025, 7, 1), date(2025, 9, 30)),
            cls.make_period(date(2025, 10, 1), date(2025, 12, 31)),
        ]
        cls.dealer = cls.make_dealer("Dealer A")
        cls.make_year(cls.dealer)

    @classmethod
    def make_year(cls, dealer, sold=SOLD, rates=RATES):
        """Sign and sell what a dealer does in each quarter; None leaves a quarter out."""
        for quarter, day, quantity, rate in zip(cls.quarters, DAYS, sold, rates, strict=True):
            if quantity is None:
                continue
            cls.sign(cls.make_agreement(dealer, {"box": rate}, period=quarter))
            if quantity:
                cls.make_invoice(dealer, {"box": quantity}, day=day)

    @classmethod
    def settle_quarters(cls, *quarters, **values):
        return [cls.settle(quarter, **values) for quarter in quarters or cls.quarters]

    @classmethod
    def correct_quarter(cls, number, quantity, dealer=None):
        """Settle a late sale of some boxes, or returns, of a quarter."""
        move_type = "out_invoice" if quantity > 0 else "out_refund"
        day = DAYS[number]
        dealer = dealer or cls.dealer
        cls.make_invoice(dealer, {"box": abs(quantity)}, day=day, move_type=move_type)
        return cls.settle(cls.quarters[number], kind="supplementary")

    @classmethod
    def make_scorecard(cls, dealer, coefficient=0.85, state="fixed", **values):
        """Return a fixed scorecard of the year, whatever its scores are."""
        values = {"partner_id": dealer.id, "year": "2025", **values}
        scorecard = cls.env["channel.scorecard"]._trusted().create(values)
        scorecard.flush_recordset()
        scorecard.write({"state": state, "coefficient": coefficient})
        return scorecard

    @classmethod
    def draft_year(cls, **values):
        return cls.model("officer", "channel.settlement").create(
            {"kind": "annual", "year": "2025", **values}
        )

    @classmethod
    def compute_year(cls, **values):
        settlement = cls.draft_year(**values)
        settlement.action_compute()
        return settlement.with_user(cls.env.user)

    @classmethod
    def settle_year(cls, **values):
        settlement = cls.compute_year(**values)
        cls.as_role("keeper", settlement).action_approve()
        return settlement

    def amounts_of(self, settlement):
        """Return number, base, gross and net by dealer."""
        return {
            record.partner_id.name: (
                record.number,
                *(round(record[f"{name}_amount"], 2) for name in ("base", "gross", "net")),
            )
            for record in settlement.statement_ids
        }

    def expected_net(self, settlement):
        """Return what the officer expects as decimals by dealer."""
        statements = self.as_role("officer", settlement.statement_ids)
        return {
            record.partner_id.name: Decimal(repr(record.expected_net_amount))
            for record in statements
        }


class AnnualCase(AnnualYear, ChannelCase):
    pass
