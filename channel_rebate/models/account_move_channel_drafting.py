from odoo import models

from .account_move_channel_telling import Telling

# What Odoo writes to every new document. No line hangs on it, so that none has to be looked at.
WITHOUT_LINES = frozenset({"is_manually_modified", "tax_country_id"})


class Drafting:
    """Documents that are created together."""

    def __init__(self):
        # Are there any models of analytic distributions? Not known yet.
        self.has_distributions = None


def get_drafting(records):
    drafting = records.env.context.get("channel_drafting")
    return drafting if isinstance(drafting, Drafting) else None


class AccountMove(models.Model):
    """Steps of Odoo's that change nothing while a settlement's documents are created."""

    _inherit = "account.move"

    def _channel_drafting(self):
        """Return these moves in the environment in which documents are created."""
        # Lines of a draft have no analytic items yet that would have to follow them.
        return self.with_context(
            skip_analytic_sync=True, channel_drafting=Drafting(), channel_telling=Telling()
        )

    def write(self, vals):
        is_quiet = get_drafting(self) and vals.keys() <= WITHOUT_LINES
        moves = self.with_context(skip_invoice_sync=True) if is_quiet else self
        return super(AccountMove, moves).write(vals)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def write(self, vals):
        # Odoo writes the partner to the lines of each new document, who stands there already.
        if get_drafting(self) and vals.keys() == {"partner_id"}:
            changed = self.filtered(lambda line: line.partner_id.id != vals["partner_id"])
            return super(AccountMoveLine, changed).write(vals) if changed else True
        return super().write(vals)


class AccountAnalyticDistributionModel(models.Model):
    _inherit = "account.analytic.distribution.model"

    def _get_applicable_models(self, vals):
        # Odoo searches for each line; where there are none at all, asking once will do.
        drafting = get_drafting(self)
        if not drafting:
            return super()._get_applicable_models(vals)
        if drafting.has_distributions is None:
            drafting.has_distributions = bool(self.search([], limit=1))
        return super()._get_applicable_models(vals) if drafting.has_distributions else self.browse()
