from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ..const import KEEPER, OFFICER
from ..locking import touch
from ..masking import values_hidden

# As many names as a message lists; the rest is counted.
MAX_NAMES = 20


class ChannelSettlement(models.Model):
    """The steps of a run, who may take them, and when."""

    _inherit = "channel.settlement"

    def action_compute(self):
        """Sum the sales of the period and write statements without any rate (officer)."""
        self._check_group(OFFICER, self.env._("Only a settlement officer may compute."))
        for settlement in self:
            if not settlement.is_period_over:
                raise UserError(
                    self.env._(
                        "%(period)s ends on %(date)s. Until then there is the preview.",
                        period=settlement._get_period_name(),
                        date=format_date(self.env, settlement._get_end()),
                    )
                )
            settlement._move_to(
                "computed",
                allowed=("draft", "computed"),
                computed_by_id=self.env.uid,
                computed_on=fields.Datetime.now(),
            )
            settlement._compute_statements()

    def action_preview(self):
        """Write the statements of a period that is not over yet; they can't be approved."""
        self._check_group(OFFICER, self.env._("Only a settlement officer may compute."))
        for settlement in self:
            settlement._move_to("draft", allowed=("draft",))
            settlement._compute_statements()

    def action_reset(self):
        """Take the statements of a computed run back."""
        self._check_group(OFFICER, self.env._("Only a settlement officer may do this."))
        self._move_to(
            "draft", allowed=("computed", "draft"), computed_by_id=False, computed_on=False
        )
        self._remove_statements()

    @values_hidden()
    def action_approve(self):
        """Reveal: write rates and amounts down and make the credit notes (keeper)."""
        self._check_group(KEEPER, self.env._("Only a rate keeper may approve."))
        for settlement in self:
            if reason := settlement._approval_error_message():
                raise UserError(reason)
            settlement._lock_in(allowed=("computed",))
            # Of a correction and the reversal of what it corrects only one goes through.
            settlement._touch_basis()
            settlement.statement_ids._reveal()
            settlement._move_to(
                "approved",
                allowed=("computed",),
                approved_by_id=self.env.uid,
                approved_on=fields.Datetime.now(),
            )
            # Elevated: keepers may not write in accounting; only plain amounts go there.
            settlement.sudo()._make_documents()

    def _make_documents(self):
        """Make the documents that pay this run (called in sudo mode)."""
        self.ensure_one()
        self.statement_ids._create_documents(responsible=self.env.user)
        self._finish_if_posted()

    def action_cancel(self):
        self._check_group(OFFICER, self.env._("Only a settlement officer may do this."))
        self._move_to("cancelled", allowed=("draft", "computed"))
        self._remove_statements()

    def action_reverse(self):
        """Take an approved run back: cancel draft credit notes, reverse posted ones (keeper)."""
        self._check_group(KEEPER, self.env._("Only a rate keeper may reverse a settlement."))
        for settlement in self:
            settlement._touch_basis()
            settlement._check_documents_at_rest()
            settlement.statement_ids._check_not_corrected()
            settlement.statement_ids._check_not_carried_further()
            settlement._move_to("reversed", allowed=("approved", "done"))
            # Elevated: keepers may not write in accounting.
            settlement.sudo()._leave_document_queue()
            settlement.statement_ids.sudo()._reverse_documents()

    def _touch_basis(self):
        """Let nobody else approve or reverse at the same time what bears on this run."""
        touch(self._get_periods())

    def _check_group(self, group, message):
        if not self.env.user.has_group(group):
            raise AccessError(message)

    def _get_agreements(self):
        """Return the agreements that this run settles.

        Signed, or revealed by a run that was reversed; without a live statement; a
        sub-distributor's only together with his dealer's.
        """
        self.ensure_one()
        Agreement = self.env["channel.agreement"]
        settled = self.env["channel.statement"]._search(
            [
                ("period_id", "=", self.period_id.id),
                ("settlement_id", "!=", self.id),
                ("state", "not in", ("draft", "cancelled", "reversed")),
            ]
        )
        due = Domain(
            [
                ("period_id", "=", self.period_id.id),
                ("state", "in", ("signed", "revealed")),
                ("partner_id", "not in", settled.subselect("partner_id")),
            ]
        )
        of_dealers = due & Domain("role", "=", "dealer")
        if self.dealer_ids:
            of_dealers &= Domain("partner_id", "in", self.dealer_ids.ids)
        dealers = Agreement.search(of_dealers)
        subs = Agreement.search(due & Domain("dealer_agreement_id", "in", dealers.ids))
        return (dealers | subs)._without_replaced()

    def _compute_statements(self):
        self.ensure_one()
        self.period_id._check_open()
        self._remove_statements()
        agreements = self._get_agreements()
        if not agreements:
            raise UserError(self._get_nothing_to_settle_message())
        self._find_other_previews()._remove_statements()
        self.env["channel.ledger"]._write_statements(self, agreements)

    def _get_nothing_to_settle_message(self):
        return self.env._(
            "There is nothing to settle for %(period)s: no agreement is signed and not yet "
            "settled. Mark agreements as signed first. A sub-distributor is settled together with "
            "his dealer: if the dealer is settled already, make a supplementary settlement.",
            period=self.period_id.name,
        )

    def _find_other_previews(self):
        """Return the drafts of the same period whose previews are in the way of this run."""
        return self.search(
            [
                ("id", "!=", self.id),
                ("kind", "=", "periodic"),
                ("period_id", "=", self.period_id.id),
                ("state", "=", "draft"),
                ("statement_ids", "!=", False),
            ]
        )

    def _remove_statements(self):
        # Elevated: nobody deletes statements by hand, holders neither.
        self.statement_ids.sudo().unlink()

    def _approval_error_message(self):
        """Return why the current user can't approve this run now, or nothing."""
        self.ensure_one()
        if self.state != "computed":
            return self.env._("%(settlement)s is not computed.", settlement=self.name)
        if self.computed_by_id == self.env.user:
            return self.env._(
                "You have computed %(settlement)s yourself: somebody else has to approve it.",
                settlement=self.name,
            )
        return self._get_moved_message()

    def _get_moved_message(self):
        """Return what has changed since this run was computed, or nothing."""
        self.period_id._check_open()
        agreements = self.statement_ids.agreement_ids
        if moved := self.env["channel.ledger"]._find_moved(self, agreements):
            return self.env._(
                "Sales of the period have changed since %(settlement)s was computed: "
                "%(partners)s. Ask the officer to compute it again.",
                settlement=self.name,
                partners=self._shorten(moved.partner_id.mapped("name")),
            )
        if reason := self._get_penalty_error_message():
            return reason
        # Somebody else who signed late has a run of his own; a sub-distributor changes this one.
        late = (self._get_agreements() - agreements).filtered(
            lambda agreement: agreement.dealer_agreement_id.partner_id in agreements.partner_id
        )
        if late:
            return self.env._(
                "Sub-distributors signed since %(settlement)s was computed: %(partners)s. Ask the "
                "officer to compute it again.",
                settlement=self.name,
                partners=self._shorten(late.partner_id.mapped("name")),
            )
        return None

    def _shorten(self, names):
        more = [f"… (+{len(names) - MAX_NAMES})"] if len(names) > MAX_NAMES else []
        return ", ".join(names[:MAX_NAMES] + more)

    def _finish_if_posted(self):
        """Move approved runs to done once every document that they need is posted."""
        for settlement in self.filtered(lambda run: run.state == "approved"):
            if not settlement._find_unposted():
                settlement._move_to("done", allowed=("approved",))

    def _find_unposted(self):
        """Return a statement whose document is not made yet or not posted, or nothing."""
        self.ensure_one()
        is_missing = Domain("move_id", "=", False) & Domain("net_amount", "!=", 0)
        is_draft = Domain("move_id", "!=", False) & Domain("move_id.state", "!=", "posted")
        return self.env["channel.statement"].search(
            Domain("settlement_id", "=", self.id) & (is_missing | is_draft), limit=1
        )
