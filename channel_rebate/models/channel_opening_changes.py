from odoo import api, models


class ChannelOpening(models.Model):
    """A count decides what a dealer's sub-distributors can have had from him."""

    _inherit = "channel.opening"

    @api.model_create_multi
    def create(self, vals_list):
        openings = super().create(vals_list)
        self._mark_counted(openings._get_counted())
        return openings

    def write(self, vals):
        before = self._get_counted()
        result = super().write(vals)
        self._mark_counted(before | self._get_counted())
        return result

    def unlink(self):
        counted = self._get_counted()
        result = super().unlink()
        self._mark_counted(counted)
        return result

    def _get_counted(self):
        return {(count.company_id.id, count.dealer_id.id, count.date) for count in self}

    @api.model
    def _mark_counted(self, counted):
        self.env["channel.period.check"]._mark_sales(counted)
