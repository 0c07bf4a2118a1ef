from odoo import api, fields, models

from ..models.channel_penalty_rule import METHODS


class ChannelIncidentPenalise(models.TransientModel):
    """Show what the type of an incident proposes, and let the keeper change it."""

    _name = "channel.incident.penalise"
    _description = "Penalise an Incident"

    incident_id = fields.Many2one(comodel_name="channel.incident", required=True, readonly=True)
    partner_id = fields.Many2one(related="incident_id.partner_id")
    appeal_deadline = fields.Date(related="incident_id.appeal_deadline")
    can_appeal = fields.Boolean(related="incident_id.can_appeal")
    is_waived = fields.Boolean(string="Penalise without waiting")
    earlier_ids = fields.Many2many(
        comodel_name="channel.incident",
        string="Earlier Incidents",
        compute="_compute_earlier_ids",
        help="Of the same type, in the months before the breach: he is a repeater.",
    )
    period_id = fields.Many2one(comodel_name="channel.period", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    method = fields.Selection(selection=METHODS, string="Penalty", required=True)
    percent = fields.Float(digits=(6, 2), help="Of the rebate, before other penalties.")
    amount = fields.Monetary(help="Deducted from the rebate, without tax.")
    product_id = fields.Many2one(
        comodel_name="product.product", help="The product whose rebate is lost."
    )
    harmed_dealer_id = fields.Many2one(
        comodel_name="res.partner",
        domain="[('channel_role', '=', 'dealer'), ('channel_is_entity', '=', True), "
        "('id', '!=', partner_id)]",
    )
    harmed_percent = fields.Float(
        string="Share of the Harmed Dealer",
        digits=(6, 2),
        help="Percent of what is actually withheld.",
    )
    reason = fields.Text(
        required=True, help="The partner is told: on the statement and on its document."
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if incident := self.env["channel.incident"].browse(values.get("incident_id")):
            proposed = incident._prepare_penalties()[incident]
            values |= {name: value for name, value in proposed.items() if name in self._get_kept()}
            values["product_id"] = incident.product_id.id
            values["harmed_percent"] = incident.type_id.harmed_percent
        return values

    @api.model
    def _get_kept(self):
        """Return the fields that the penalty has as well."""
        return {
            *("period_id", "currency_id", "method", "percent", "amount", "reason"),
            *("product_id", "harmed_dealer_id", "harmed_percent"),
        }

    @api.depends("incident_id")
    def _compute_earlier_ids(self):
        for wizard in self:
            wizard.earlier_ids = wizard.incident_id._find_earlier().get(wizard.incident_id)

    def action_penalise(self):
        self.ensure_one()
        self.incident_id._penalise(
            {self.incident_id: self._prepare_penalty()}, is_waived=self.is_waived
        )
        return {"type": "ir.actions.act_window_close"}

    def _prepare_penalty(self):
        """Return the proposed values with what the keeper has changed."""
        is_share = bool(self.harmed_dealer_id)
        return {
            "partner_id": self.incident_id.partner_id.id,
            "period_id": self.period_id.id,
            "date": self.incident_id.date,
            "reason": self.reason,
            "method": self.method,
            "percent": self.percent if self.method in ("percent", "product") else 0.0,
            "currency_id": self.currency_id.id,
            "amount": self.amount if self.method == "fixed" else 0.0,
            "product_id": self.method == "product" and self.product_id.id,
            "harmed_dealer_id": self.harmed_dealer_id.id,
            "harmed_percent": self.harmed_percent if is_share else 0.0,
        }
