from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import formatLang


class ChannelPenalty(models.Model):
    """The penalty of an incident, and what the partner is told of it.

    An incident has one penalty that is not lifted. Only its own buttons make it: by hand, it would
    get round whoever decides the incident.
    """

    _inherit = "channel.penalty"

    incident_id = fields.Many2one(copy=False)

    _one_for_an_incident = models.UniqueIndex(
        "(incident_id) WHERE incident_id IS NOT NULL AND state != 'lifted'",
        "An incident has one penalty. Lift it before there is another.",
    )

    @api.constrains("incident_id", "partner_id", "period_id")
    def _check_incident(self):
        for penalty in self.filtered("incident_id"):
            incident = penalty.incident_id
            if (incident.partner_id, incident.company_id) != (
                penalty.partner_id,
                penalty.company_id,
            ):
                raise ValidationError(
                    self.env._(
                        "%(penalty)s: %(incident)s is about another partner or company.",
                        penalty=penalty.display_name,
                        incident=incident.display_name,
                    )
                )

    def action_confirm(self):
        if early := self.filtered(
            lambda penalty: penalty.incident_id and penalty.incident_id.state != "penalised"
        ):
            raise UserError(
                self.env._(
                    "%(penalties)s: the incident was not penalised. Delete this one, and use the "
                    "button Penalise of the incident.",
                    penalties=", ".join(early.mapped("display_name")),
                )
            )
        return super().action_confirm()

    def _lift(self, reason):
        result = super()._lift(reason)
        # Before there is another one for the incident in the same transaction: see the index.
        self.flush_recordset(["state"])
        self.incident_id._follow_lift(reason)
        return result

    def _get_part_text(self):
        """Return what is deducted, in words and in the language of the environment."""
        self.ensure_one()
        period = self.period_id.name
        percent = f"{formatLang(self.env, self.percent, digits=2).rstrip('0').rstrip('.,')} %"
        if self.method == "percent":
            return self.env._(
                "%(percent)s of the rebate of %(period)s", percent=percent, period=period
            )
        if self.method == "product":
            return self.env._(
                "%(percent)s of the rebate for %(product)s of %(period)s",
                percent=percent,
                product=self.product_id.display_name,
                period=period,
            )
        if self.method == "period":
            return self.env._("the whole rebate of %(period)s", period=period)
        amount = formatLang(self.env, self.amount, currency_obj=self.currency_id)
        return self.env._("%(amount)s of the rebate of %(period)s", amount=amount, period=period)
