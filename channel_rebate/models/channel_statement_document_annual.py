from odoo import models


class ChannelStatement(models.Model):
    """Documents of year-end rebates: year and product, never a rate, in the partner's language."""

    _inherit = "channel.statement"

    def _get_line_text(self, product_id):
        if self.kind != "annual":
            return super()._get_line_text(product_id)
        statement = self.with_context(lang=self.partner_id.lang)
        year = statement._get_line_period()
        if not product_id:
            return statement.env._("Year-end rebate %(year)s", year=year)
        return statement.env._(
            "Year-end rebate %(year)s: %(product)s",
            year=year,
            product=statement.env["product.product"].browse(product_id).display_name,
        )
