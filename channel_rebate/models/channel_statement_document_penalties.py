from decimal import Decimal

from odoo import models

# Stand for penalties and compensations where the lines of a document are otherwise for products.
PENALTY, COMPENSATION = "penalty", "compensation"


class ChannelStatement(models.Model):
    """Penalties and compensations in documents: lines of their own, which tell no rate."""

    _inherit = "channel.statement"

    def _get_document_parts(self):
        """Return what the document adds for each part of it that is no rebate, as decimals.

        What is not asked back but carried over is the penalty first. A compensation fills up what
        the rebate lacks before it adds anything.
        """
        self.ensure_one()
        gross, passed_on, penalty, compensation, net = (
            Decimal(repr(self[f"{name}_amount"]))
            for name in ("gross", "passed_on", "penalty", "compensation", "net")
        )
        left_over = max(net - (gross - passed_on - penalty + compensation), Decimal(0))
        penalty = max(penalty - left_over, min(penalty, Decimal(0)))
        if not self.number:
            compensation = min(compensation, net + penalty)
        return {COMPENSATION: compensation, PENALTY: -penalty}

    def _get_part_shares(self, amount, shares, sets, unit):
        """Return the lines of the parts: ``{(tax key, part): decimal}``.

        Each tax set comes to its share of the amount with each part, so that what is added or
        taken off follows the tax sets as the rebates do, give or take a coin.

        :param amount: the rebate alone
        :param dict shares: decimals by tax key, of the rebate
        """
        lines = {}
        for part, added in self._get_document_parts().items():
            if not added:
                continue
            amount += added
            before, shares = shares, self._share_over_sets(amount, sets, unit)
            for key in dict.fromkeys((*before, *shares)):
                if difference := shares.get(key, 0) - before.get(key, 0):
                    lines[key, part] = difference
        return lines

    def _get_line_text(self, product_id):
        if product_id not in (PENALTY, COMPENSATION):
            return super()._get_line_text(product_id)
        statement = self.with_context(lang=self.partner_id.lang)
        period = statement._get_line_period()
        lines = statement[f"{product_id}_line_ids"]
        reasons = "; ".join(line._get_text() for line in lines)
        if product_id == PENALTY:
            return statement.env._(
                "Penalty %(period)s: %(reasons)s", period=period, reasons=reasons
            )
        return statement.env._(
            "Compensation %(period)s: %(reasons)s", period=period, reasons=reasons
        )
