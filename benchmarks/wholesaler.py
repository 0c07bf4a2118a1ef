"""One dealer with a large assortment: his statement has 500 lines, where the others have 50."""

from datetime import timedelta

from market import DEALER_RATES, draw_rates
from odoo.fields import Command
from sales import FIRST

from odoo.addons.channel_rebate.tools.signed_paper import Paper

NAME = "Wholesaler"
LINES, LINES_AN_INVOICE = 500, 50
PAPER = Paper(b"%PDF-1.4\n%%EOF\n", "signed.pdf")


class Wholesaler:
    """Made by Odoo itself, beside the dealers of a world; nobody buys from him.

    :param World world: made or found
    """

    def __init__(self, world):
        self.world, self.env = world, world.env

    def find(self):
        return self.env["res.partner"].search([("name", "=", NAME)])

    def make(self):
        """Make him, his products, and a signed agreement with a rate for each of them."""
        dealer = self.env["res.partner"].create(
            {
                "name": NAME,
                "is_company": True,
                "channel_role": "dealer",
                "user_id": self.world.dealers[0].user_id.id,
            }
        )
        articles = self._make_articles()
        agreement = self.world.as_role("keeper", self.env["channel.agreement"]).create(
            {
                "partner_id": dealer.id,
                "period_id": self.world.period.id,
                "line_ids": [Command.create({"product_id": article.id}) for article in articles],
            }
        )
        rates = self.world.as_role("keeper", self.env["channel.rate"]).search(
            [("agreement_id", "=", agreement.id)], order="id"
        )
        drawn = draw_rates(self.world.random, len(rates), DEALER_RATES)
        rates._store_rates(dict(zip(rates, drawn, strict=True)))
        agreement.action_seal()
        agreement._mark_signed(FIRST + timedelta(days=1), False, {agreement: PAPER})

    def _make_articles(self):
        taxes = self.world.products.taxes_id
        return self.env["product.product"].create(
            [
                {
                    "name": f"Article {number:03}",
                    "type": "consu",
                    "list_price": 10 + number,
                    "invoice_policy": "order",
                    "taxes_id": [Command.set(taxes.ids)],
                }
                for number in range(1, LINES + 1)
            ]
        )

    def buy(self):
        """Invoice him each of his products once."""
        dealer = self.find()
        articles = self.env["product.product"].search([("name", "=like", "Article ___")])
        moves = self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": dealer.id,
                    "invoice_date": FIRST + timedelta(days=start // LINES_AN_INVOICE),
                    "invoice_line_ids": [
                        Command.create({"product_id": article.id, "quantity": 1 + article.id % 7})
                        for article in articles[start : start + LINES_AN_INVOICE]
                    ],
                }
                for start in range(0, LINES, LINES_AN_INVOICE)
            ]
        )
        moves.action_post()
