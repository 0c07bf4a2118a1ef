from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.ratefile import parse_rate
from ..tools.tiers import NO_TIERS, plain

# Rows of a page, and the most that a caller gets.
GRID_ROWS = 40
GRID_MAX_ROWS = 200


class ChannelRate(models.Model):
    """The rate grid: agreements down, what they cover across, a rate where they meet.

    Rates travel as decimal text in both directions, so none is ever rounded, and they are in no
    message: a refused one is told by its line.
    """

    _inherit = "channel.rate"

    @api.model
    def get_grid(self, period_id=False, role="dealer", search="", offset=0, limit=GRID_ROWS):
        """Return one page of the grid, rates included, to a holder.

        :param period_id: the period; none, or one that can't be seen, takes the latest open one
        :param str role: ``dealer`` or ``sub_distributor``
        :param str search: part of the partner's name or reference
        :param int offset: agreements to skip
        :param int limit: agreements of a page, 200 at most
        :return: dictionary of ``can_edit``, ``periods``, ``period_id``, ``total``, ``offset``,
            ``columns`` and ``rows``; see :meth:`_prepare_grid_cell` for the rates in the rows
        :raise AccessError: the caller is no holder
        """
        self.check_access("read")
        periods = self.env["channel.period"].search([("company_id", "in", self.env.companies.ids)])
        period = (periods & periods.browse(period_id)) or self._get_grid_period(periods)
        domain = self._get_grid_domain(period, role, search)
        Agreement = self.env["channel.agreement"]
        total = Agreement.search_count(domain)
        offset = offset if 0 <= offset < total else 0
        agreements = Agreement.search(
            domain, offset, min(max(limit, 1), GRID_MAX_ROWS), order="partner_id, version, id"
        )
        rates = self._search_grid_rates(agreements)
        return {
            "can_edit": self.has_access("write"),
            "periods": [self._prepare_grid_period(record) for record in periods],
            "period_id": period.id,
            "total": total,
            "offset": offset,
            "columns": rates._prepare_grid_columns(),
            "rows": rates._prepare_grid_rows(agreements),
        }

    @api.model
    def save_grid(self, changes):
        """Store what was entered in the grid: all of it, or nothing.

        :param list changes: ``[[rate id, value], …]``: percent or amount per unit, as decimal text
        :raise AccessError: the caller is no keeper
        :raise UserError: naming the agreements that are sealed, or the lines whose value is no
            rate or out of range
        """
        self.check_access("write")
        records = self.browse(record_id for record_id, _value in changes)
        if records.exists() != records:
            raise UserError(
                self.env._("Nothing was saved: some of these lines are gone. Reload the grid.")
            )
        if changes:
            # Iterated from one set, so that they are read together.
            values = [self._parse_grid_value(value) for _record_id, value in changes]
            self._store_rates(dict(zip(records, values, strict=True)))
        return True

    @api.model
    def _parse_grid_value(self, value):
        """Return the decimal that a text says; NaN, which is out of every range, if none."""
        rate = parse_rate(value) if isinstance(value, str) else None
        return Decimal("NaN") if rate is None else rate

    # === What is on the page === #

    @api.model
    def _get_grid_period(self, periods):
        """Return the latest open period, of the current company if it has one."""
        own = periods.filtered(lambda period: period.company_id == self.env.company)
        choice = own or periods
        return choice.filtered(lambda period: period.state == "open")[:1] or choice[:1]

    @api.model
    def _get_grid_domain(self, period, role, search):
        domain = Domain(
            [("period_id", "=", period.id), ("role", "=", role), ("state", "!=", "cancelled")]
        )
        if search:
            domain &= Domain("partner_id.name", "ilike", search) | Domain(
                "partner_id.ref", "ilike", search
            )
        return domain

    @api.model
    def _search_grid_rates(self, agreements):
        """Return the rates of agreements in the order of their lines, with all that it takes."""
        domain = [("agreement_id", "in", agreements.ids)]
        lines = self.env["channel.agreement.line"].search_fetch(
            domain,
            [
                "sequence",
                "applied_on",
                "product_id",
                "product_tmpl_id",
                "categ_id",
                "measure",
                "tier_mode",
            ],
        )
        by_line = {
            rate.line_id: rate for rate in self.search_fetch(domain, ["line_id", "is_entered"])
        }
        return self.browse(by_line[line].id for line in lines if line in by_line)

    # === What the page says === #

    @api.model
    def _prepare_grid_period(self, period):
        several = len(self.env.companies) > 1
        return {
            "id": period.id,
            "name": f"{period.name} · {period.company_id.name}" if several else period.name,
            "is_open": period.state == "open",
        }

    def _prepare_grid_columns(self):
        """Return key and name of everything that these rates are for, as the agreements list it."""
        columns = {}
        for rate in self.sorted(lambda rate: (rate.line_id.sequence, rate.line_id.display_name)):
            columns.setdefault(rate._get_grid_key(), rate.line_id.display_name)
        return [{"key": key, "name": name} for key, name in columns.items()]

    def _prepare_grid_rows(self, agreements):
        secrets = self._unseal_many(skip_locked=True)
        cells = defaultdict(dict)
        for rate in self:
            cells[rate.line_id.agreement_id][rate._get_grid_key()] = rate._prepare_grid_cell(
                secrets
            )
        states = dict(agreements._fields["state"]._description_selection(self.env))
        can_edit = self.has_access("write")
        return [
            {
                "id": agreement.id,
                "name": agreement.partner_id.name,
                "version": agreement.version,
                "ref": agreement.partner_id.ref or "",
                "dealer": agreement.partner_id.channel_dealer_id.name or "",
                "territory": agreement.partner_id.channel_territory_id.name or "",
                "state": agreement.state,
                "state_label": states[agreement.state],
                "can_edit": can_edit and agreement.state == "draft",
                "cells": cells[agreement],
            }
            for agreement in agreements
        ]

    def _get_grid_key(self):
        """Return the key of the rate's column: the same for all lines that cover the same."""
        self.ensure_one()
        target = self.line_id._get_target()
        return f"{self.line_id.applied_on}-{target.id if target else 0}"

    def _prepare_grid_cell(self, secrets):
        """Return one cell; ``value`` is percent or amount per unit, ``None`` if not entered.

        It is ``None`` as well if the rate is locked with a passphrase, which ``is_locked`` says, or
        lost with its key, which ``is_lost`` says.

        A line with tiers has no value here, only whether brackets are entered.

        :param dict secrets: :class:`Secret` by rate id
        """
        self.ensure_one()
        secret = secrets.get(self.id)
        is_lost = self.is_lost
        has_tiers = self.line_id.tier_mode != NO_TIERS
        return {
            "id": self.id,
            "measure": self.line_id.measure,
            "value": plain(secret.rate) if secret and not has_tiers else None,
            "has_tiers": has_tiers,
            "is_entered": self.is_entered,
            "is_locked": self.is_entered and not secret and not is_lost,
            "is_lost": is_lost,
        }
