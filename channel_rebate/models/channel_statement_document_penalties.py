from decimal import Decimal

from odoo import models

# Stands for the penalties where the lines of a document are otherwise for products.
PENALTY = "penalty"


class ChannelStatement(models.Model):
    """Penalties in documents: lines of their own, which say what for and no rate."""

    _inherit = "channel.statement"

    def _get_document_penalty(self):
        """Return what the document takes off as a decimal; less than zero: gives back.

        What is not asked back but carried over is the penalty first.
        """
        self.ensure_one()
        gross, passed_on, penalty, compensation, net = (
            Decimal(repr(self[f"{name}_amount"]))
            for name in ("gross", "passed_on", "penalty", "compensation", "net")
        )
        left_over = max(net - (gross - passed_on - penalty + compensation), Decimal(0))
        return max(penalty - left_over, min(penalty, Decimal(0)))

    def _get_penalty_shares(self, rebates, nets):
        """Return the lines of the penalties: ``{(tax key, PENALTY): decimal}``.

        Each tax set then comes to its share of the net amount, and what is taken off follows the
        tax sets as the rebates do, give or take a coin.

        :param dict rebates: decimals by tax key, of the lines of the rebate
        :param dict nets: decimals by tax key, of the net amount
        """
        keys = dict.fromkeys((*rebates, *nets))
        lines = {key: nets.get(key, 0) - rebates.get(key, 0) for key in keys}
        return {(key, PENALTY): amount for key, amount in lines.items() if amount}

    def _get_line_text(self, product_id):
        if product_id != PENALTY:
            return super()._get_line_text(product_id)
        statement = self.with_context(lang=self.partner_id.lang)
        return statement.env._(
            "Penalty %(period)s: %(reasons)s",
            period=statement._get_line_period(),
            reasons="; ".join(line._get_text() for line in statement.penalty_line_ids),
        )
