from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.annual import is_year
from ..tools.scorecard import coefficient

# What says whose scorecard it is: it never changes.
IDENTITY = frozenset({"partner_id", "company_id", "year"})


class ChannelScorecard(models.Model):
    """How well a dealer has worked in a year: it gives the coefficient of his year-end rebate.

    ``draft → submitted → fixed``: filled by the dealer's salesperson, reviewed by a sales manager.
    Scores can change in draft only, whoever asks; weights, scales and the company's highest
    coefficient are copies, so that no later setting changes what is fixed. There is no rate in it,
    and nothing here depends on one.
    """

    _name = "channel.scorecard"
    _description = "Dealer Scorecard"
    _inherit = ["channel.workflow.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "year desc, partner_id, id"
    _rec_names_search = ["partner_id.name", "partner_id.ref", "year"]
    _check_company_auto = True
    _workflow_fields = frozenset(
        {
            "state",
            "user_id",
            "coefficient",
            "max_coefficient",
            "submitted_by_id",
            "submitted_on",
            "fixed_by_id",
            "fixed_on",
            "return_reason",
        }
    )

    # Whose
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Dealer",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('channel_role', '=', 'dealer'), ('channel_is_entity', '=', True)]",
        check_company=True,
    )
    year = fields.Char(
        required=True,
        size=4,
        index=True,
        default=lambda self: self._default_year(),
        help="The fiscal year, named after the calendar year in which it ends.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        compute="_compute_user_id",
        store=True,
        index=True,
        help="The dealer's salesperson. He stays the one for whose bonus it counts once it has "
        "been fixed, whoever takes the dealer over.",
    )

    # The life of it
    state = fields.Selection(
        selection=[("draft", "Draft"), ("submitted", "To Review"), ("fixed", "Fixed")],
        string="Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    submitted_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    submitted_on = fields.Datetime(readonly=True, copy=False)
    fixed_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    fixed_on = fields.Datetime(readonly=True, copy=False)
    return_reason = fields.Text(string="Why it was Returned", readonly=True, copy=False)

    # What it comes to
    line_ids = fields.One2many(
        comodel_name="channel.scorecard.line", inverse_name="scorecard_id", string="Scores"
    )
    unscored_count = fields.Integer(string="Not Scored", compute="_compute_unscored_count")
    note = fields.Text(string="Remarks")
    max_coefficient = fields.Float(
        string="Highest Coefficient",
        compute="_compute_max_coefficient",
        store=True,
        precompute=True,
        digits=(6, 4),
        aggregator=None,
        help="That of the company when the scorecard was made: for all highest scores.",
    )
    coefficient = fields.Float(
        compute="_compute_coefficient",
        store=True,
        digits=(6, 4),
        aggregator="avg",
        help="The mean of score ÷ highest score, weighted, × the highest coefficient; of what is "
        "scored so far. Fixed, it is what the dealer's year-end rebate is multiplied with.",
    )

    _one_a_year = models.UniqueIndex(
        "(partner_id, company_id, year)",
        "This dealer has a scorecard for the year in this company already: open that one.",
    )

    @api.model
    def _default_year(self):
        """Return the year that ended in the last six months, else the one that is running."""
        day = fields.Date.subtract(fields.Date.context_today(self), months=6)
        return self.env.company._get_channel_year(day)

    @api.depends("partner_id.user_id")
    def _compute_user_id(self):
        for scorecard in self.filtered(lambda record: not record.fixed_on):
            scorecard.user_id = scorecard.partner_id.user_id

    @api.depends("line_ids.is_scored")
    def _compute_unscored_count(self):
        for scorecard in self:
            scorecard.unscored_count = len(scorecard._get_unscored_lines())

    @api.depends("company_id")
    def _compute_max_coefficient(self):
        for scorecard in self:
            scorecard.max_coefficient = scorecard.company_id.channel_max_coefficient

    @api.depends(
        "max_coefficient",
        "line_ids.is_scored",
        "line_ids.score",
        "line_ids.scale",
        "line_ids.weight",
    )
    def _compute_coefficient(self):
        for scorecard in self:
            scores = [
                tuple(Decimal(str(line[name])) for name in ("weight", "score", "scale"))
                for line in scorecard.line_ids
                if line.is_scored and line.scale
            ]
            highest = Decimal(str(scorecard.max_coefficient))
            scorecard.coefficient = float(coefficient(scores, highest))

    @api.depends("partner_id.name", "year")
    def _compute_display_name(self):
        for scorecard in self:
            names = (scorecard.partner_id.name, scorecard.year)
            scorecard.display_name = " · ".join(filter(None, names))

    @api.constrains("partner_id")
    def _check_partner(self):
        """Let also those have one who have left meanwhile: their year-end rebate is due."""
        others = self.filtered(
            lambda scorecard: (
                scorecard.partner_id.channel_role != "dealer"
                or not scorecard.partner_id.channel_is_entity
            )
        )
        for scorecard in others:
            partner = scorecard.partner_id
            # Elevated: whoever makes scorecards need not see agreements.
            if partner not in self.sudo()._find_former_dealers(
                scorecard.company_id, scorecard.year, partner
            ):
                raise ValidationError(
                    self.env._(
                        "%(name)s is no dealer, and was none in %(year)s. Choose the company of a "
                        "dealer.",
                        name=partner.display_name,
                        year=scorecard.year,
                    )
                )

    @api.constrains("year")
    def _check_year(self):
        for scorecard in self:
            if not is_year(scorecard.year):
                raise ValidationError(
                    self.env._(
                        "%(year)s is no year: enter the four digits, such as 2026.",
                        year=scorecard.year,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        scorecards = super().create(vals_list)
        scorecards._create_lines()
        return scorecards

    def write(self, vals):
        changed = IDENTITY & vals.keys()
        if any(
            scorecard._fields[name].convert_to_write(scorecard[name], scorecard) != vals[name]
            for scorecard in self
            for name in changed
        ):
            raise UserError(
                self.env._(
                    "A scorecard stays that of its dealer and year. Delete it while it is a "
                    "draft, and make another one."
                )
            )
        if "note" in vals:
            self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        """One that was fixed may have been settled: it can only be filled anew."""
        self._check_draft()
        if kept := self.filtered("fixed_on"):
            raise UserError(
                self.env._(
                    "%(scorecards)s can't be deleted: it was fixed before.",
                    scorecards=", ".join(kept.mapped("display_name")),
                )
            )

    def _check_draft(self):
        """Refuse whatever changes scores once they are submitted.

        :raise UserError: naming the scorecards that are not in draft
        """
        if closed := self.filtered(lambda scorecard: scorecard.state != "draft"):
            raise UserError(
                self.env._(
                    "%(scorecards)s can't change any more: it was submitted. A sales manager can "
                    "return it.",
                    scorecards=", ".join(closed.mapped("display_name")),
                )
            )

    def _get_unscored_lines(self):
        return self.line_ids.filtered(lambda line: not line.is_scored)
