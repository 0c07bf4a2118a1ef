from odoo.tests import tagged

from .common import WorkedExampleCase

PUBLISHED = {
    "Dealer A": (3107.00, 633.50, 2473.50),
    "Dealer B": (3228.50, 0.00, 3228.50),
    "Sub S": (633.50, 0.00, 633.50),
}


@tagged("post_install", "-at_install")
class TestWorkedExample(WorkedExampleCase):
    def test_published_amounts_and_credit_notes(self):
        self.sign(self.agreements)
        settlement = self.settle()
        self.assertEqual(self.settled_amounts(settlement), PUBLISHED)
        moves = settlement.statement_ids.move_id
        self.as_role("accountant", moves).action_post()
        self.assertEqual(settlement.state, "done")
        self.assertEqual(
            {move.partner_id.name: move.amount_untaxed for move in moves},
            {name: amounts[2] for name, amounts in PUBLISHED.items()},
        )
        self.assertEqual(set(self.agreements.mapped("state")), {"revealed"})

    def test_company_pays_the_same_with_and_without_the_sub_distributor(self):
        self.sign(self.agreement_a | self.agreement_b)
        settlement = self.settle()
        self.assertEqual(
            self.settled_amounts(settlement),
            {"Dealer A": (3107.00, 0.00, 3107.00), "Dealer B": PUBLISHED["Dealer B"]},
        )
