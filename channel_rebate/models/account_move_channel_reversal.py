from collections import defaultdict

from odoo import fields, models
from odoo.fields import Command

from odoo.addons.account.models.account_move import TYPE_REVERSE_MAP


class Reversal:
    """Documents that are reversed together."""

    def __init__(self, values_by_id):
        self.values_by_id = values_by_id
        # By kind, ids of reversals by that of the document.
        self.made = {}


class Copies:
    """Values of copies, by the id of the document."""

    def __init__(self, values_by_id):
        self.values_by_id = values_by_id


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
        together = self.with_context(channel_reversal=reversal)
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
        is_one = isinstance(reversal, Reversal) and len(self) == 1
        if not is_one or self.id not in reversal.values_by_id:
            return super().copy(default)
        # Odoo has another context for entries.
        kind = self.move_type == "entry"
        if kind not in reversal.made:
            moves = self.browse(reversal.values_by_id)
            chosen = moves.filtered(lambda move: (move.move_type == "entry") == kind)
            reversal.made[kind] = chosen._copy_together(reversal.values_by_id)
        made = self.browse(reversal.made[kind].get(self.id))
        return made or super().copy(default)

    def _copy_together(self, values_by_id):
        """Make the reversals that can be made together; return their ids by these documents'."""
        prepared = self._prepare_reversals(values_by_id)
        chosen = self.filtered(lambda move: move.id in prepared)
        if not chosen:
            return {}
        copying = {"channel_reversal": None, "channel_copies": Copies(prepared)}
        drafts = chosen._channel_drafting().with_context(**copying)
        copies = drafts.copy({"reversed_entry_id": chosen[0].id})
        return dict(zip(chosen.ids, copies.ids, strict=True))

    def _prepare_reversals(self, values_by_id):
        """Return by id the values of reversals: entries as they are, invoices that come whole."""
        copied = {}
        # With the context that Odoo's ``copy`` has.
        for move in self.with_context(channel_reversal=None, active_test=False):
            own = {
                "move_type": TYPE_REVERSE_MAP[move.move_type],
                "reversed_entry_id": move.id,
                "partner_id": move.partner_id.id,
            }
            [copied[move.id]] = move.copy_data({**values_by_id[move.id], **own})
        stripped = {move_id: self._strip_copy(values) for move_id, values in copied.items()}
        completed = self._complete_channel_values(list(stripped.values()))
        return {
            move_id: values
            for move_id, values in zip(stripped, completed, strict=True)
            if "invoice_line_ids" not in values
        }

    def _strip_copy(self, values):
        """Return the values of a copied invoice without what follows from its other lines.

        An entry stays as it is, and so does an invoice of which more than prices, taxes and terms
        makes the lines; as one with invoice lines, it is Odoo's to copy.
        """
        if values["move_type"] == "entry":
            return values
        by_type = defaultdict(list)
        for _command, _id, line in values["line_ids"]:
            by_type[line["display_type"]].append(line)
        if (
            by_type.keys() - {"product", "tax", "payment_term"}
            or len({line["account_id"] for line in by_type["payment_term"]}) != 1
            or values.get("invoice_cash_rounding_id")
        ):
            return {"partner_id": values["partner_id"], "invoice_line_ids": []}
        return {
            **values,
            "line_ids": [Command.create(line) for line in by_type["payment_term"]],
            "invoice_line_ids": [Command.create(line) for line in by_type["product"]],
        }

    def copy_data(self, default=None):
        copies = self.env.context.get("channel_copies")
        if isinstance(copies, Copies):
            return [copies.values_by_id[move.id] for move in self]
        return super().copy_data(default)

    # === Reconciliation === #

    def _reconcile_reversed_moves(self, reverse_moves, move_reverse_cancel):
        if not isinstance(self.env.context.get("channel_reversal"), Reversal):
            return super()._reconcile_reversed_moves(reverse_moves, move_reverse_cancel)
        plan = Plan()
        planning = self.with_context(channel_plan=plan)
        result = super(AccountMove, planning)._reconcile_reversed_moves(
            reverse_moves, move_reverse_cancel
        )
        if plan.groups:
            lines = self.line_ids.with_context(move_reverse_cancel=move_reverse_cancel)
            lines._reconcile_plan([lines.browse(group.ids) for group in plan.groups])
        return result


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def reconcile(self):
        plan = self.env.context.get("channel_plan")
        if isinstance(plan, Plan):
            plan.groups.append(self)
            return None
        return super().reconcile()
