import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.signed_paper import Paper


class ChannelAgreementSign(models.TransientModel):
    """Ask when the selected agreements were signed, by whom, and for the signed papers."""

    _name = "channel.agreement.sign"
    _description = "Mark Agreements as Signed"

    agreement_ids = fields.Many2many(
        comodel_name="channel.agreement", string="Agreements", required=True
    )
    agreement_count = fields.Integer(compute="_compute_agreement_count")
    signed_on = fields.Date(required=True, default=fields.Date.context_today)
    signatory = fields.Char(help="Empty: the partner's own name.")
    paper = fields.Binary(
        string="Scan",
        attachment=False,
        help="The signed paper as PDF, PNG or JPEG. One for all: scanned in one go.",
    )
    paper_name = fields.Char()
    signature = fields.Image(
        attachment=False,
        max_width=1024,
        max_height=1024,
        help="Instead of a scan: the partner signs here, and his signature is put on the paper.",
    )
    line_ids = fields.One2many(
        comodel_name="channel.agreement.sign.line",
        inverse_name="wizard_id",
        string="Papers",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    is_addition = fields.Boolean(
        compute="_compute_is_addition",
        help="They are signed already and get their paper only.",
    )
    is_late = fields.Boolean(compute="_compute_is_late")
    late_reason = fields.Char(
        string="Reason for Being Late",
        help="Why it is signed only when it applies already; the late agreements are listed.",
    )

    @api.depends("agreement_ids")
    def _compute_agreement_count(self):
        for wizard in self:
            wizard.agreement_count = len(wizard.agreement_ids)

    @api.depends("agreement_ids")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create({"agreement_id": agreement.id})
                    for agreement in wizard.agreement_ids._origin
                ),
            ]

    @api.depends("agreement_ids")
    def _compute_is_addition(self):
        for wizard in self:
            states = set(wizard.agreement_ids.mapped("state"))
            wizard.is_addition = bool(states) and states <= {"signed", "revealed"}

    @api.depends("agreement_ids")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for wizard in self:
            wizard.is_late = bool(wizard.agreement_ids._begins_until(today))

    def action_sign(self):
        self.ensure_one()
        papers = self._get_papers()
        if self.signature and (papers or self.agreement_count > 1):
            raise UserError(
                self.env._("A signature on the screen is for one agreement, and without a scan.")
            )
        if self.is_addition:
            self.agreement_ids._add_papers(papers)
        else:
            self.agreement_ids._mark_signed(
                self.signed_on,
                self.signatory,
                papers,
                signature=self.signature,
                reason=self.late_reason,
            )
        return {"type": "ir.actions.act_window_close"}

    def _get_papers(self):
        """Return the :class:`Paper` of each agreement that has one: its own, else that for all."""
        self.ensure_one()
        papers = {}
        if self.paper:
            paper = Paper(base64.b64decode(self.paper), self.paper_name or "")
            papers = dict.fromkeys(self.agreement_ids, paper)
        for line in self.line_ids.filtered("paper"):
            content = base64.b64decode(line.paper)
            papers[line.agreement_id] = Paper(content, line.paper_name or "")
        return papers
