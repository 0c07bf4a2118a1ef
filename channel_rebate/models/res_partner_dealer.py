from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..const import TRUSTED


class ResPartner(models.Model):
    """The dealer of a sub-distributor, day by day.

    ``channel_dealer_id`` is the dealer of today. Whoever writes it moves the sub-distributor as of
    today; a move on another day goes through :meth:`_move_to_channel_dealer`.
    """

    _inherit = "res.partner"

    channel_assignment_ids = fields.One2many(
        comodel_name="channel.dealer.assignment",
        inverse_name="partner_id",
        string="Dealer History",
        readonly=True,
    )
    channel_has_moved = fields.Boolean(
        string="Has Moved",
        compute="_compute_channel_has_moved",
        help="He has bought, or is going to buy, from more than one dealer.",
    )

    @api.depends("channel_assignment_ids")
    def _compute_channel_has_moved(self):
        for partner in self:
            partner.channel_has_moved = len(partner.channel_assignment_ids) > 1

    def _get_channel_dealer(self, day=None):
        """Return the dealer from whom the sub-distributor bought on a day.

        :param date day: any day; nothing for today
        :rtype: res.partner
        """
        self.ensure_one()
        assignment = self._get_channel_assignment(day or fields.Date.context_today(self))
        return assignment.dealer_id or self.channel_dealer_id

    def _get_channel_assignment(self, day):
        # Elevated: an order knows its dealer, whoever types it.
        history = self.sudo().channel_assignment_ids.filtered(
            lambda assignment: not assignment.date_from or assignment.date_from <= day
        )
        return history.sorted(lambda assignment: str(assignment.date_from or ""))[-1:]

    def _find_channel_coming_sub_distributors(self):
        """Return the sub-distributors who are going to move to these dealers."""
        return (
            self.env["channel.dealer.assignment"]
            .sudo()
            .search(
                [
                    ("dealer_id", "in", self.ids),
                    ("date_from", ">", fields.Date.context_today(self)),
                ]
            )
            .partner_id
        )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(vals.get("channel_dealer_id") for vals in vals_list):
            partners._record_channel_dealer()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if {"channel_dealer_id", "channel_role", "parent_id", "is_company"} & vals.keys():
            self._record_channel_dealer()
        if "channel_role" in vals:
            self._forget_channel_moves()
        return result

    def _record_channel_dealer(self):
        """Write down that sub-distributors have another dealer from today on."""
        if self.env.context.get("channel_trusted") is TRUSTED:
            return
        today = fields.Date.context_today(self)
        subs = self.filtered(
            lambda partner: partner.channel_is_entity and partner.channel_role == "sub_distributor"
        )
        for partner in subs:
            if partner._get_channel_assignment(today).dealer_id != partner.channel_dealer_id:
                # Before anything was ordered it is a correction, not a move.
                first = not partner._has_channel_orders()
                partner._write_channel_dealer(partner.channel_dealer_id, not first and today)

    def _forget_channel_moves(self):
        """Drop moves to come of those who are no sub-distributors any more."""
        today = fields.Date.context_today(self)
        left = self.filtered(lambda partner: partner.channel_role != "sub_distributor")
        # Elevated: nobody writes the history by hand.
        left.sudo().channel_assignment_ids.filtered(
            lambda assignment: assignment.date_from and assignment.date_from > today
        ).unlink()

    def _move_to_channel_dealer(self, dealer, day, reason=None):
        """Let a sub-distributor buy from another dealer from a day on; old orders keep theirs.

        :raise UserError: if his sales on or after that day are settled already
        """
        self.ensure_one()
        if settled := self.env["channel.statement"]._find_settled(self, day, later=True):
            raise UserError(
                self.env._(
                    "%(name)s is settled up to %(day)s: choose a later day for the move.",
                    name=self.name,
                    day=format_date(self.env, settled.period_id.date_to),
                )
            )
        self._write_channel_dealer(dealer, day, reason)
        self._apply_channel_dealer()
        self.message_post(
            body=self.env._(
                "Buys from %(dealer)s from %(day)s on. %(reason)s",
                dealer=dealer.name,
                day=format_date(self.env, day),
                reason=reason or "",
            )
        )

    def _write_channel_dealer(self, dealer, day, reason=None):
        """Write the history; what was noted for that day or later gives way.

        :param day: first day with that dealer; nothing: from the beginning
        """
        # Elevated: nobody writes the history by hand.
        history_sudo = self.sudo().channel_assignment_ids
        history_sudo.filtered(
            lambda record: not day or (record.date_from and record.date_from >= day)
        ).unlink()
        self.invalidate_recordset(["channel_assignment_ids"])
        first = self.sudo().channel_assignment_ids
        if not first or self._get_channel_assignment(day).dealer_id != dealer:
            first.create(
                {
                    "partner_id": self.id,
                    "dealer_id": dealer.id,
                    "date_from": first and day,
                    "reason": reason,
                }
            )
        self._recompute_channel_drafts()

    def _has_channel_orders(self):
        # Elevated: also orders that the writer does not see.
        return bool(
            self.env["sale.order"].sudo().search_count([("channel_partner_id", "in", self.ids)], 1)
        )

    def _recompute_channel_drafts(self):
        """Quotations follow the move; orders keep their dealer."""
        quotations_sudo = (
            self.env["sale.order"]
            .sudo()
            .search([("channel_partner_id", "in", self.ids), ("state", "in", ("draft", "sent"))])
        )
        self.env.add_to_compute(quotations_sudo._fields["channel_dealer_id"], quotations_sudo)
        quotations_sudo._forget_channel_replenishment()

    def _apply_channel_dealer(self):
        """Make the dealer of today the one that the history tells."""
        for partner in self.with_context(channel_trusted=TRUSTED):
            dealer = partner._get_channel_dealer()
            if partner.channel_dealer_id != dealer:
                partner.channel_dealer_id = dealer

    def action_move_to_channel_dealer(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_dealer_move_action"
        )
        return {**action, "context": {"default_partner_id": self.id}}
