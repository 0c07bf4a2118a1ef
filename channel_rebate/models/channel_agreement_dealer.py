from odoo import api, models
from odoo.tools import format_date

from .channel_agreement_version import SEALED_STATES


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
        lines = self.browse().union(*(own | other for own, other, _f, _l in pairs)).line_ids
        missing = lines.filtered(lambda line: line.id not in secrets)
        if missing:
            secrets = secrets | self.env["channel.rate"]._unseal_lines(missing, way="seal")
        return [
            (own, own._name_days(text, other, first, last))
            for own, other, first, last in pairs
            for line, dealers_line in own.line_ids._pair_with(other.line_ids)
            if (text := own._compare_lines(line, dealers_line, secrets))
        ]

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
        """Return what is wrong with ``own`` beside the dealer's line ``other``, or nothing."""
        line = own.display_name
        if not other:
            return self.env._("the dealer's agreement does not cover %(line)s", line=line)
        if own.measure != other.measure:
            return self.env._("%(line)s is measured otherwise than for the dealer", line=line)
        highest, lowest = secrets[own.id].highest, secrets[other.id].lowest
        if highest >= lowest and (highest or lowest):
            return self.env._("the rate for %(line)s is not below the dealer's", line=line)
        return None

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
