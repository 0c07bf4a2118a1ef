from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .channel_penalty_rule import METHODS

PERCENT_METHODS = ("percent", "product")


class ChannelIncidentType(models.Model):
    """A kind of breach, and what it costs: the first time, and again.

    What stands here is proposed; a rate keeper decides each time.
    """

    _name = "channel.incident.type"
    _description = "Kind of Incident"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", help="Empty: the type is there for all companies."
    )
    breach = fields.Selection(
        selection=[
            ("diversion", "Diversion"),
            ("undercutting", "Undercutting"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
        help="Diversion: sold outside of one's own territory. Undercutting: sold below the floor "
        "price.",
    )
    description = fields.Text(
        translate=True, help="What counts as such a breach, for those who report one."
    )

    # The first time
    penalty_method = fields.Selection(
        selection=METHODS, string="Penalty", required=True, default="percent"
    )
    penalty_percent = fields.Float(string="Percent", digits=(6, 2))
    penalty_amount = fields.Monetary(string="Amount", help="Without tax.")
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="Of fixed amounts. An agreement in another currency has them converted at the rate "
        "of the day of the breach.",
    )

    # Again
    repeat_method = fields.Selection(
        selection=METHODS,
        string="Penalty for Repeaters",
        help="Empty: a repeater pays what everybody pays.",
    )
    repeat_percent = fields.Float(string="Percent for Repeaters", digits=(6, 2))
    repeat_amount = fields.Monetary(string="Amount for Repeaters", help="Without tax.")
    repeat_months = fields.Integer(
        string="Months",
        default=12,
        help="A repeater has another incident of this type, confirmed or penalised, within so "
        "many months before the breach. 0: at any time before.",
    )

    harmed_percent = fields.Float(
        string="Share of the Harmed Dealer",
        digits=(6, 2),
        help="Percent of what is actually withheld.",
    )
    appeal_days = fields.Integer(
        string="Days to Appeal",
        default=14,
        help="How long the partner may appeal after he was told; the day counts on which it ends.",
    )

    _harmed_percent_in_range = models.Constraint(
        "CHECK (harmed_percent >= 0 AND harmed_percent <= 100)",
        "The harmed dealer gets between nothing and 100 percent of what is withheld.",
    )
    _repeat_months_not_negative = models.Constraint(
        "CHECK (repeat_months >= 0)",
        "Repeaters are looked for in months before the breach: enter 0 or more.",
    )
    _appeal_days_not_negative = models.Constraint(
        "CHECK (appeal_days >= 0)", "Days to appeal can't be less than 0."
    )

    @api.constrains("penalty_method", "penalty_percent", "penalty_amount")
    def _check_penalty(self):
        self._check_step("penalty", self.env._("the penalty"))

    @api.constrains("repeat_method", "repeat_percent", "repeat_amount")
    def _check_repeat(self):
        self._check_step("repeat", self.env._("the penalty for repeaters"))

    def _check_step(self, step, label):
        for kind in self:
            method = kind[f"{step}_method"]
            percent, amount = kind[f"{step}_percent"], kind[f"{step}_amount"]
            if method in PERCENT_METHODS and not 0 < percent <= 100:
                raise ValidationError(
                    self.env._(
                        "%(type)s: %(step)s in percent is more than nothing and at most 100.",
                        type=kind.name,
                        step=label,
                    )
                )
            if method == "fixed" and kind.currency_id.compare_amounts(amount, 0) <= 0:
                raise ValidationError(
                    self.env._(
                        "%(type)s: enter an amount above zero for %(step)s.",
                        type=kind.name,
                        step=label,
                    )
                )

    def _get_step(self, *, is_repeat):
        """Return method, percent and amount (in the type's currency) of a breach."""
        self.ensure_one()
        step = "repeat" if is_repeat and self.repeat_method else "penalty"
        method = self[f"{step}_method"]
        percent = self[f"{step}_percent"] if method in PERCENT_METHODS else 0.0
        amount = self[f"{step}_amount"] if method == "fixed" else 0.0
        return method, percent, amount
