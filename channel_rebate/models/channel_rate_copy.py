from odoo import api, models

from ..tools.tiers import NO_TIERS


class ChannelRate(models.Model):
    """Copying rates to other agreements, when a keeper asks for it."""

    _inherit = "channel.rate"

    @api.model
    def _check_may_copy(self):
        """Refuse before anything is made; reading and storing check again.

        :raise AccessError: not a keeper, or elevated code
        """
        if not self._is_holder():
            raise self._make_holder_error()
        self.env["channel.agreement"]._check_keeper()

    @api.model
    def _copy_rates(self, pairs):
        """Give agreements the rates of others where they cover the same, each with a fresh salt.

        What has no rate is left out, and so is what would mean something else in the currency of
        the other agreement: amounts per unit and thresholds.

        :param pairs: ``[(source agreement, draft agreement)]``
        :raise AccessError, UserError: as :meth:`_unseal_many` and :meth:`_store_brackets`
        """
        self._check_may_copy()
        # Sets, so that what is read of one is fetched for all at once.
        Agreement = self.env["channel.agreement"]
        sources = Agreement.browse(source.id for source, _copy in pairs)
        copies = Agreement.browse(copy.id for _source, copy in pairs)
        secrets = self._unseal_lines(sources.line_ids)
        lines = [
            line
            for source, copy in zip(sources, copies, strict=True)
            for line in self._pair_lines(source, copy)
        ]
        targets = self.search([("line_id", "in", [new.id for _old, new in lines])])
        by_line = {record.line_id: record for record in targets}
        self._store_brackets(
            {by_line[new]: secrets[old.id].brackets for old, new in lines if old.id in secrets}
        )

    @api.model
    def _pair_lines(self, source, copy):
        """Return ``[(line, line of the copy)]`` where both cover the same and mean the same."""
        new = {line._get_scope(): line for line in copy.line_ids}
        same_currency = source.currency_id == copy.currency_id
        return [
            (line, new[line._get_scope()])
            for line in source.line_ids
            if line._get_scope() in new
            and (same_currency or (line.measure == "amount" and line.tier_mode == NO_TIERS))
        ]
