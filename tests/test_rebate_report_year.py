"""The report of rebates with real year-end rebates, penalties and compensations."""

from odoo.tests import tagged

from .annual_common import AnnualCase
from .penalty_common import Penalties
from .test_rebate_report import Report


@tagged("post_install", "-at_install")
class TestRebateReportYear(Report, Penalties, AnnualCase):
    def test_year_end_rebate_counts_with_the_years_sales(self):
        """3,900.00 of the quarters and 3,315.00 at year's end on 100,000.00."""
        self.settle_quarters()
        self.make_scorecard(self.dealer)
        self.settle_year()
        found = self.groups("year", "sales_amount", "annual_amount", "rebate_amount")
        self.assertEqual(found, {"2025": (100000, 3315, 7215)})
        (percent,) = self.groups("year", "rebate_percent")["2025"]
        self.assertAlmostEqual(percent, 7.215, delta=0.0051)

    def test_compensation_moves_rebate_from_one_to_the_other(self):
        """B loses 20 % of 820.00, half of which A gets."""
        other = self.make_dealer("Dealer B")
        self.make_year(other, sold=(200, None, None, None))
        self.make_penalty(
            other,
            0,
            method="percent",
            percent=20,
            harmed_dealer_id=self.dealer.id,
            harmed_percent=50,
        )
        self.settle_quarters(self.quarters[0])
        found = self.groups("dealer_id", "penalty_amount", "compensation_amount", "rebate_amount")
        self.assertEqual(found, {"Dealer A": (0, 82, 902), "Dealer B": (164, 0, 656)})
