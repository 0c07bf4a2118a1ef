from functools import cache
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, format_date

from ..tools import scope
from .channel_agreement_version import SEALED_STATES


class ScopedLine(NamedTuple):
    """An agreement line beside another that rules the same product."""

    id: int
    measure: str


def pair(own, other):
    """Pair own lines with those of another agreement that can rule the same product.

    :param dict own: :class:`ScopedLine` by path, and so ``other``
    :return: list of ``(line, other line)``; the other is ``None`` where nothing covers the line
    """
    return [(own[mine], other.get(theirs)) for mine, theirs in scope.rivals(own, other)]


class ChannelAgreement(models.Model):
    """A sub-distributor's agreement beside his dealer's: below it, on each day that both apply.

    Both may have several versions, each on its own days. Texts name lines and days, never a rate.
    """

    _inherit = "channel.agreement"

    @api.depends("partner_id", "period_id", "date_from")
    def _compute_dealer_agreement_id(self):
        """Hang a sub-distributor's agreement on the live one that his dealer of then has.

        On its first version, whichever of them applies; his own versions all on the same.
        """
        subs = self.filtered(lambda agreement: agreement.role == "sub_distributor")
        later = subs.filtered(lambda agreement: agreement.version > 1)
        (self - subs).dealer_agreement_id = False
        (subs - later)._hang_on_dealers()
        first = {
            record._get_version_key(): record.dealer_agreement_id
            for record in later._find_versions()
            if record.version == 1
        }
        for agreement in later:
            agreement.dealer_agreement_id = first.get(agreement._get_version_key())

    def _hang_on_dealers(self):
        dealer_of = {sub: sub.partner_id._get_channel_dealer(sub.date_from) for sub in self}
        dealers = self.search(
            [
                ("partner_id", "in", [dealer.id for dealer in dealer_of.values()]),
                ("period_id", "in", self.period_id.ids),
                ("state", "!=", "cancelled"),
            ],
            order="version desc",
        )
        by_key = {(dealer.partner_id, dealer.period_id): dealer for dealer in dealers}
        for agreement in self:
            agreement.dealer_agreement_id = by_key.get((dealer_of[agreement], agreement.period_id))

    def action_open_sub_agreements(self):
        """Open the agreements of the dealer's sub-distributors, from any version of his."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_agreement_action"
        )
        versions = self | self._find_versions()
        return {**action, "domain": [("dealer_agreement_id", "in", versions.ids)], "context": {}}

    # === Below the dealer's === #

    def _find_dealer_problem(self):
        """Return why the sub-distributor's agreement has no dealer's to be held against."""
        self.ensure_one()
        dealer = self.dealer_agreement_id
        if not dealer or dealer.state not in SEALED_STATES:
            return self.env._(
                "the agreement of his dealer %(dealer)s has to be sealed first",
                dealer=self.partner_id.channel_dealer_id.name,
            )
        if self.date_from < dealer.date_from:
            return self.env._("it begins before his dealer's agreement")
        return None

    def _find_rate_problems(self, secrets):
        """Return ``[(agreement, text)]`` of the lines that are not below the dealer's.

        Products are sorted into lines as they are now.

        :param dict secrets: :class:`Secret` by line id; what is missing is unsealed here
        :raise AccessError: the caller is no holder
        """
        pairs = self._find_dealer_pairs()
        scopes = self.browse().union(*(own | other for own, other, _f, _l in pairs))._read_scopes()
        line_ids = {line.id for lines in scopes.values() for line in lines.values()}
        if missing := line_ids - secrets.keys():
            lines = self.env["channel.agreement.line"].browse(missing)
            secrets = secrets | self.env["channel.rate"]._unseal_lines(lines, way="seal")
        return [
            (own, own._name_days(text, other, first, last))
            for own, other, first, last in pairs
            for line, dealers_line in pair(scopes[own.id], scopes[other.id])
            if (text := own._compare_lines(line, dealers_line, secrets))
        ]

    def _read_scopes(self):
        """Return what the lines cover, as plain values: ``{agreement id: {path: ScopedLine}}``.

        Paths are those of :mod:`tools.scope`, of products and categories as they are now.
        """
        for name in ("channel.agreement.line", "product.product", "product.template"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.agreement_id, line.id, line.measure,
                          COALESCE(category.parent_path, ''), template.id, line.product_id
                     FROM channel_agreement_line AS line
                LEFT JOIN product_product AS product ON product.id = line.product_id
                LEFT JOIN product_template AS template
                       ON template.id = COALESCE(product.product_tmpl_id, line.product_tmpl_id)
                LEFT JOIN product_category AS category
                       ON category.id = COALESCE(template.categ_id, line.categ_id)
                    WHERE line.agreement_id = ANY(%s)""",
                self.ids,
            )
        )
        # Few of what the lines are for are different.
        path_of = cache(scope.scope_path)
        scopes = {agreement_id: {} for agreement_id in self.ids}
        for agreement_id, line_id, measure, *target in rows:
            scopes[agreement_id][path_of(*target)] = ScopedLine(line_id, measure)
        return scopes

    def _find_dealer_pairs(self):
        """Return the versions of dealers that apply on the days of these agreements.

        :return: ``[(agreement, dealer's agreement, first day, last day)]``; sealed ones only
        """
        subs = self.filtered("dealer_agreement_id")
        spans = (subs | subs.dealer_agreement_id)._get_spans()
        versions = {}
        for agreement in spans:
            versions.setdefault(agreement._get_version_key(), []).append(agreement)
        return [
            (own, other, first, last)
            for own in subs
            if own in spans
            for other in reversed(versions.get(own.dealer_agreement_id._get_version_key(), []))
            for first, last in [
                (max(spans[own][0], spans[other][0]), min(spans[own][1], spans[other][1]))
            ]
            if first <= last
        ]

    def _name_days(self, text, other, first, last):
        """Add the days to a text, where there is more than one version."""
        if max(self.version, other.version) == 1 and other.date_until == self.date_until:
            return text
        return self.env._(
            "%(problem)s, from %(first)s to %(last)s",
            problem=text,
            first=format_date(self.env, first),
            last=format_date(self.env, last),
        )

    def _compare_lines(self, own, other, secrets):
        """Return what is wrong with ``own`` beside the dealer's line ``other``, or nothing.

        :param own: :class:`ScopedLine`, and so ``other``, which may be none
        """
        if other and own.measure == other.measure:
            highest, lowest = secrets[own.id].highest, secrets[other.id].lowest
            if highest < lowest or not (highest or lowest):
                return None
        line = self.env["channel.agreement.line"].browse(own.id).display_name
        if not other:
            return self.env._("the dealer's agreement does not cover %(line)s", line=line)
        if own.measure != other.measure:
            return self.env._("%(line)s is measured otherwise than for the dealer", line=line)
        return self.env._("the rate for %(line)s is not below the dealer's", line=line)

    # === Looked at again === #

    def _find_affected_subs(self):
        """Return the sealed agreements that other days of these may put above their dealer's."""
        dealers = self.filtered(lambda agreement: agreement.role == "dealer")
        hanging = self.search(
            [
                ("dealer_agreement_id.partner_id", "in", dealers.partner_id.ids),
                ("period_id", "in", dealers.period_id.ids),
                ("state", "in", SEALED_STATES),
            ]
        )
        own = (self - dealers)._find_versions()
        return hanging | own.filtered(lambda agreement: agreement.state in SEALED_STATES)

    def _find_problems_of_subs(self):
        """Return ``[(agreement, text)]`` of sub-distributors whom new versions put in the wrong."""
        later = self.filtered(lambda agreement: agreement.version > 1)
        if not later:
            return []
        return [
            (agreement, self.env._("%(problem)s; seal a new version for it too", problem=text))
            for agreement, text in (later._find_affected_subs() - self)._find_rate_problems({})
        ]
