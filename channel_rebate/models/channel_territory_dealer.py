from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import format_date

from ..const import TRUSTED


class ChannelTerritory(models.Model):
    """Whose the territory is, day by day.

    ``dealer_id`` is the dealer of today. The first who is named has it from the beginning; whoever
    is written later has it as of today. A change on another day goes through
    :meth:`_change_dealer`.
    """

    _inherit = "channel.territory"

    dealer_id = fields.Many2one(
        comodel_name="res.partner",
        domain="[('channel_role', '=', 'dealer'), ('channel_is_entity', '=', True)]",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        help="The dealer whose territory it is today.",
    )
    assignment_ids = fields.One2many(
        comodel_name="channel.territory.assignment",
        inverse_name="territory_id",
        string="Dealer History",
        readonly=True,
        copy=False,
    )

    @api.model_create_multi
    def create(self, vals_list):
        territories = super().create(vals_list)
        territories.filtered("dealer_id")._record_dealer({})
        return territories

    def write(self, vals):
        if "dealer_id" not in vals or self.env.context.get("channel_trusted") is TRUSTED:
            return super().write(vals)
        before = {territory: territory.dealer_id for territory in self}
        result = super().write(vals)
        self._record_dealer(before)
        return result

    def _record_dealer(self, before):
        """Write down whose the territories are from today on, or from the beginning if first.

        :param before: ``{territory: dealer}`` until now
        """
        today = fields.Date.context_today(self)
        for territory in self:
            history_sudo = territory.sudo().assignment_ids
            territory._write_dealer(territory.dealer_id, today if history_sudo else None)
            territory._move_main_territory(before.get(territory))

    def _get_dealers(self, day=None):
        """Return ``{territory: dealer}`` for a day; the dealer may be empty.

        :param date day: any day; nothing for today
        """
        day = day or fields.Date.context_today(self)
        found = self._get_dealers_by_day((territory, day) for territory in self)
        return {territory: dealer for (territory, _day), dealer in found.items()}

    @api.model
    def _get_dealers_by_day(self, pairs):
        """Return ``{(territory, day): dealer}`` for pairs of both, in one query."""
        pairs = set(pairs)
        territories = self.browse().union(*(territory for territory, _day in pairs))
        history = defaultdict(list)
        for assignment in self.env["channel.territory.assignment"].search(
            [("territory_id", "in", territories.ids)]
        ):
            history[assignment.territory_id].append(assignment)
        dealers = {}
        for territory, day in pairs:
            dealers[territory, day] = self.env["res.partner"]
            for assignment in history[territory]:
                if not assignment.date_from or assignment.date_from <= day:
                    dealers[territory, day] = assignment.dealer_id
        return dealers

    def _change_dealer(self, dealer, day=None, reason=None):
        """Give territories to another dealer, or to nobody, from a day on.

        :param day: his first day; nothing: from the beginning, as if it had always been so
        """
        self.check_access("write")
        for territory in self:
            territory._write_dealer(dealer, day, reason)
            territory.message_post(
                body=self.env._(
                    "Dealer from %(day)s on: %(dealer)s. %(reason)s",
                    day=format_date(self.env, day) if day else self.env._("the beginning"),
                    dealer=dealer.name or self.env._("nobody"),
                    reason=reason or "",
                )
            )
        self._apply_dealer()

    def _write_dealer(self, dealer, day, reason=None):
        """Write the history; what was noted for that day or later gives way.

        :param day: first day of that dealer; nothing: from the beginning
        """
        self.ensure_one()
        # Elevated: nobody writes the history by hand.
        territory_sudo = self.sudo()
        territory_sudo.assignment_ids.filtered(
            lambda record: not day or (record.date_from and record.date_from >= day)
        ).unlink()
        territory_sudo.invalidate_recordset(["assignment_ids"])
        before = territory_sudo.assignment_ids
        if before[-1:].dealer_id != dealer:
            before.create(
                {
                    "territory_id": self.id,
                    "dealer_id": dealer.id,
                    "date_from": day,
                    "reason": reason,
                }
            )

    def _apply_dealer(self):
        """Make the dealer of today the one that the history tells."""
        for territory, dealer in self._get_dealers().items():
            before = territory.dealer_id
            if before != dealer:
                territory.with_context(channel_trusted=TRUSTED).dealer_id = dealer
                territory._move_main_territory(before)

    def _move_main_territory(self, before):
        """Tell a dealer who had no territory that this is his; who lost his, that he has another.

        :param before: the dealer until now, if there was one
        """
        # Elevated: whoever keeps territories need not write partners.
        territory_sudo = self.sudo().with_context(channel_trusted=TRUSTED)
        lost_sudo = territory_sudo.partner_ids & (before or self.env["res.partner"])
        if lost_sudo and before != self.dealer_id:
            lost_sudo.channel_territory_id = self.sudo().search(
                [("dealer_id", "=", before.id), ("company_id", "=", self.company_id.id)], limit=1
            )
        if territory_sudo.dealer_id and not territory_sudo.dealer_id.channel_territory_id:
            territory_sudo.dealer_id.channel_territory_id = self

    def _release(self, partners):
        """End what partners have who are no dealers any more: today, and what was to come."""
        today = fields.Date.context_today(self)
        # Elevated: whoever changes a role need not keep territories.
        history_sudo = self.env["channel.territory.assignment"].sudo()
        theirs_sudo = history_sudo.search([("dealer_id", "in", partners.ids)])
        territories_sudo = theirs_sudo.territory_id
        # By the history: a change may be due that the cron has not made yet.
        dealers = territories_sudo._get_dealers(today)
        held_sudo = territories_sudo.filtered(lambda record: dealers[record] in partners)
        theirs_sudo.filtered(lambda record: record.date_from and record.date_from >= today).unlink()
        history_sudo.create([{"territory_id": held.id, "date_from": today} for held in held_sudo])
        territories_sudo.invalidate_recordset(["assignment_ids"])
        territories_sudo._apply_dealer()

    def action_change_dealer(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_territory_dealer_change_action"
        )
        return {**action, "context": {"default_territory_ids": self.ids}}
