from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """What the best dealer's year-end rebate is multiplied with."""

    _inherit = "res.company"

    channel_max_coefficient = fields.Float(
        string="Highest Coefficient",
        digits=(6, 4),
        required=True,
        default=1.0,
        help="The coefficient of a dealer who gets every highest score on his scorecard. "
        "Scorecards that exist keep theirs.",
    )

    @api.constrains("channel_max_coefficient")
    def _check_channel_max_coefficient(self):
        if wrong := self.filtered(lambda company: company.channel_max_coefficient <= 0):
            raise ValidationError(
                self.env._(
                    "The highest coefficient of %(companies)s has to be more than zero, such as 1.",
                    companies=", ".join(wrong.mapped("name")),
                )
            )
