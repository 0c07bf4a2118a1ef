from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class ChannelScorecardLine(models.Model):
    """A dealer's score under one criterion, with its own copy of weight and scale.

    A person enters score and comment; everything else is written by our own code only.
    """

    _name = "channel.scorecard.line"
    _description = "Score"
    _inherit = ["channel.workflow.mixin"]
    _order = "scorecard_id, sequence, id"
    _rec_name = "criterion_id"
    _workflow_fields = frozenset(
        {
            "scorecard_id",
            "criterion_id",
            "sequence",
            "weight",
            "scale",
            "has_proposal",
            "proposed_score",
            "evidence",
            "is_proposed",
        }
    )

    scorecard_id = fields.Many2one(
        comodel_name="channel.scorecard", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="scorecard_id.company_id", store=True, precompute=True)
    state = fields.Selection(related="scorecard_id.state", string="Status")

    # Copied from the criterion
    criterion_id = fields.Many2one(
        comodel_name="channel.scorecard.criterion", required=True, ondelete="restrict", index=True
    )
    description = fields.Text(related="criterion_id.description", string="What is Meant")
    sequence = fields.Integer(default=10)
    weight = fields.Float(required=True, digits=(8, 2), readonly=True, aggregator=None)
    scale = fields.Integer(string="Out of", required=True, readonly=True, aggregator=None)

    # What data say
    has_proposal = fields.Boolean(string="Is There a Proposal", readonly=True)
    proposed_score = fields.Float(string="Proposed", digits=(6, 2), readonly=True, aggregator=None)
    evidence = fields.Char(readonly=True, help="What the proposal was worked out from.")
    is_proposed = fields.Boolean(
        string="Score as Proposed",
        readonly=True,
        help="Nobody has changed the proposed score; the next proposal replaces it.",
    )

    # What a person says
    score = fields.Float(digits=(6, 2), aggregator="avg")
    is_scored = fields.Boolean(
        string="Scored",
        compute="_compute_is_scored",
        store=True,
        readonly=False,
        precompute=True,
        help="Ticked as soon as a score is entered. Tick it to give a zero.",
    )
    comment = fields.Char(help="Why this score.")

    _one_per_criterion = models.UniqueIndex(
        "(scorecard_id, criterion_id)", "A scorecard has one line per criterion."
    )

    @api.depends("score")
    def _compute_is_scored(self):
        for line in self:
            line.is_scored = line.is_scored or bool(line.score)

    @api.constrains("score", "scale")
    def _check_score(self):
        for line in self:
            if not 0 <= line.score <= line.scale:
                raise ValidationError(
                    self.env._(
                        "%(scorecard)s: the score for %(criterion)s lies between 0 and %(scale)s.",
                        scorecard=line.scorecard_id.display_name,
                        criterion=line.criterion_id.name,
                        scale=line.scale,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.scorecard_id._check_draft()
        return lines

    def write(self, vals):
        self.scorecard_id._check_draft()
        if not self._is_trusted() and {"score", "is_scored"} & vals.keys():
            self._trusted().write({"is_proposed": False})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_trusted(self):
        """A criterion that does not count any more is archived; drafts then drop its line."""
        if not self._is_trusted():
            raise UserError(
                self.env._(
                    "Lines of a scorecard are not deleted one by one. Archive the criterion, and "
                    "update the criteria of the scorecard."
                )
            )

    def _take_criterion(self):
        """Copy the criterion again; a score on another scale is asked for again (trusted)."""
        self.ensure_one()
        values = self.criterion_id._prepare_line_values()
        if values["scale"] != self.scale:
            values.update(score=0, is_scored=False, is_proposed=False)
            values.update(has_proposal=False, proposed_score=0, evidence=False)
        if any(self[name] != value for name, value in values.items()):
            self.write(values)
