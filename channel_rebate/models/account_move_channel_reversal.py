from collections import defaultdict

from odoo import fields, models
from odoo.addons.account.models.account_move import TYPE_REVERSE_MAP
from odoo.fields import Command


class Reversal:
    """Documents to be reversed together: by id their values, and their reversals once made."""

    def __init__(self, values_by_id):
        self.values_by_id = values_by_id
        self.made = {}


class Plan:
    """Journal items to be reconciled together, group by group."""

    def __init__(self):
        self.groups = []


class AccountMove(models.Model):
    """Documents of settlements, reversed together.

    Odoo copies and reconciles one document after the other. Here the first copy makes all of
    them, and items are reconciled by one plan; what is copied, and what is reconciled with what,
    Odoo decides as always.
    """

    _inherit = "account.move"

    def _reverse_together(self, values_list):
        """Do as Odoo's ``_reverse_moves``, for many documents at once."""
        reversal = Reversal(dict(zip(self.ids, values_list, strict=True)))
        together = self.with_context(channel_reversal=reversal, skip_analytic_sync=False)
        return together._reverse_moves(values_list, cancel=True)

    def _prepare_channel_reversals(self):
        """Return what distinguishes reversals from copies; in the partner's language."""
        today = fields.Date.context_today(self)
        return [
            {
                "date": today,
                "invoice_date": today,
                "invoice_currency_rate": move.invoice_currency_rate,
                "ref": move.with_context(lang=move.partner_id.lang).env._(
                    "Reversal of %(document)s", document=move.name
                ),
            }
            for move in self
        ]

    # === Copies === #

    def copy(self, default=None):
        reversal = self.env.context.get("channel_reversal")
        if not reversal or len(self) != 1 or self.id not in reversal.values_by_id:
            return super().copy(default)
        if self.id not in reversal.made:
            self._copy_together(reversal)
        return self.browse(reversal.made[self.id])

    def _copy_together(self, reversal):
        """Copy all documents that are copied like this one: entries, or invoices."""
        chosen = self.browse(reversal.values_by_id).filtered(
            lambda move: (move.move_type == "entry") == (self.move_type == "entry")
        )
        values_list = chosen._prepare_reversals(reversal.values_by_id)
        copies = chosen.with_context(channel_reversal=None, channel_copies=values_list).copy(
            {"reversed_entry_id": self.id}
        )
        reversal.made.update(zip(chosen.ids, copies.ids, strict=True))

    def _prepare_reversals(self, values_by_id):
        """Return the values of reversals, whole where they can be."""
        copied = []
        # With the context that Odoo's ``copy`` has.
        for move in self.with_context(channel_reversal=None, active_test=False):
            own = {
                "move_type": TYPE_REVERSE_MAP[move.move_type],
                "reversed_entry_id": move.id,
                "partner_id": move.partner_id.id,
            }
            copied += move.copy_data({**values_by_id[move.id], **own})
        stripped = [self._strip_copy(values) for values in copied]
        completed = iter(self._complete_channel_values([values for values in stripped if values]))
        for place, values in enumerate(stripped):
            if values and "invoice_line_ids" not in (whole := next(completed)):
                copied[place] = whole
        return copied

    def _strip_copy(self, values):
        """Return the values of a copied invoice without what follows from its other lines.

        :return: None if more than prices and taxes has a say in it, so that it is Odoo's to copy
        """
        by_type = defaultdict(list)
        for _command, _id, line in values["line_ids"]:
            by_type[line["display_type"]].append(line)
        if (
            values["move_type"] == "entry"
            or by_type.keys() - {"product", "tax", "payment_term"}
            or len({line["account_id"] for line in by_type["payment_term"]}) != 1
            or values.get("invoice_cash_rounding_id")
        ):
            return None
        return {
            **values,
            "line_ids": [Command.create(line) for line in by_type["payment_term"]],
            "invoice_line_ids": [Command.create(line) for line in by_type["product"]],
        }

    def copy_data(self, default=None):
        prepared = self.env.context.get("channel_copies")
        return prepared if prepared is not None else super().copy_data(default)

    # === Reconciliation === #

    def _reconcile_reversed_moves(self, reverse_moves, move_reverse_cancel):
        plan = Plan()
        planning = self.with_context(channel_plan=plan)
        result = super(AccountMove, planning)._reconcile_reversed_moves(
            reverse_moves, move_reverse_cancel
        )
        if plan.groups:
            lines = self.env["account.move.line"].with_context(
                move_reverse_cancel=move_reverse_cancel
            )
            lines._reconcile_plan([lines.browse(group.ids) for group in plan.groups])
        return result


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def reconcile(self):
        if plan := self.env.context.get("channel_plan"):
            plan.groups.append(self)
            return None
        return super().reconcile()
