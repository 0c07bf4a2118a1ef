from odoo import api, fields, models


class ChannelScorecardCriterion(models.Model):
    """What a dealer is measured by at year's end, how much it weighs, and what data say of it.

    Scorecards copy weight and scale when they are made: a later change reaches none that is there,
    unless somebody asks for it on a draft.
    """

    _name = "channel.scorecard.criterion"
    _description = "Scorecard Criterion"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        string="What is Meant",
        translate=True,
        help="When a dealer gets the highest score, and when the lowest. Shown while scoring.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty: for the dealers of all companies."
    )
    weight = fields.Float(
        required=True,
        default=1.0,
        digits=(8, 2),
        aggregator=None,
        help="How much it counts beside the others: 2 counts twice as much as 1.",
    )
    scale = fields.Integer(
        string="Highest Score",
        required=True,
        default=10,
        aggregator=None,
        help="The lowest one is 0.",
    )
    proposal = fields.Selection(
        selection=[
            ("none", "Nothing"),
            ("incidents", "Incidents"),
            ("prices", "Undercutting and sales below the floor"),
            ("regularity", "Months with orders"),
        ],
        string="Proposed From",
        required=True,
        default="none",
        help="What a score is proposed from; a person decides. Incidents: confirmed ones of the "
        "year, of the dealer and his sub-distributors. Sales below the floor: lines of sell-out "
        "orders that were confirmed all the same. Months with orders: in how many months of the "
        "year the dealer has ordered or was invoiced.",
    )
    breach = fields.Selection(
        selection=lambda self: self._selection_breach(),
        help="Which incidents count. Empty: all of them.",
    )
    points_off = fields.Float(
        string="Points off per Incident",
        default=1.0,
        digits=(6, 2),
        aggregator=None,
        help="What each incident takes off the highest score.",
    )
    points_off_line = fields.Float(
        string="Points off per Line",
        default=1.0,
        digits=(6, 2),
        aggregator=None,
        help="What each order line below the floor takes off the highest score. An order about "
        "which an incident was decided counts as that incident only.",
    )

    _weight_positive = models.Constraint(
        "CHECK (weight > 0)", "A criterion weighs more than zero. Archive it to leave it out."
    )
    _scale_positive = models.Constraint(
        "CHECK (scale > 0 AND scale <= 1000)", "The highest score lies between 1 and 1000."
    )
    _points_off_not_negative = models.Constraint(
        "CHECK (points_off >= 0 AND points_off_line >= 0)", "Points off are entered without a sign."
    )

    @api.model
    def _selection_breach(self):
        return self.env["channel.incident.type"]._fields["breach"]._description_selection(self.env)

    @api.model
    def _find_by_company(self, companies):
        """Return ``{company: criteria}``: what each company's dealers are measured by."""
        criteria = self.search([("company_id", "in", [False, *companies.ids])])
        return {
            company: criteria.filtered(
                lambda record, company=company: record.company_id in (company, company.browse())
            )
            for company in companies
        }

    def _prepare_line_values(self):
        """Return what a scorecard copies from this criterion."""
        self.ensure_one()
        return {"sequence": self.sequence, "weight": self.weight, "scale": self.scale}
