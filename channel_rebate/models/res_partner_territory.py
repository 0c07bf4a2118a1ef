from odoo import api, fields, models

from ..const import TRUSTED


class ResPartner(models.Model):
    """Where a partner of the channel is: his territory, and what his address says.

    For a dealer it is his main territory. The first dealer who is put into a territory has it from
    the beginning; a later one is in it without having it.
    """

    _inherit = "res.partner"

    channel_held_territory_ids = fields.One2many(
        comodel_name="channel.territory",
        inverse_name="dealer_id",
        string="Dealer of",
        readonly=True,
        help="The territories that he has today.",
    )
    channel_address_territory_id = fields.Many2one(
        comodel_name="channel.territory",
        string="Territory of the Address",
        compute="_compute_channel_address_territory_id",
        help="The territory in which his address lies, if it is not the one that was chosen.",
    )

    @api.depends(
        "channel_role",
        "channel_territory_id",
        "channel_held_territory_ids",
        "parent_id",
        "country_id",
        "state_id",
        "zip",
    )
    @api.depends_context("company")
    def _compute_channel_address_territory_id(self):
        here = self.filtered(lambda partner: partner.channel_role and not partner.parent_id)
        found = self._find_channel_territories(here)
        self.channel_address_territory_id = False
        for partner, territory in found.items():
            known = partner.channel_territory_id | partner.channel_held_territory_ids
            if territory not in known._origin:
                partner.channel_address_territory_id = territory

    @api.onchange("channel_role", "country_id", "state_id", "zip")
    def _onchange_channel_address(self):
        """Propose the territory of the address as long as there is none."""
        if self.channel_role and not self.channel_territory_id and not self.parent_id:
            self.channel_territory_id = self._find_channel_territories(self)[self]

    @api.model
    def _find_channel_territories(self, partners):
        """Return ``{partner: territory}`` by address, in this company and today."""
        return self.env["channel.territory"]._find_for_partners(partners, self.env.company)

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if any(vals.get("channel_territory_id") for vals in vals_list):
            partners._record_channel_territory({})
        return partners

    def write(self, vals):
        decisive = {"channel_territory_id", "channel_role", "parent_id", "is_company", "active"}
        if not decisive & vals.keys() or self.env.context.get("channel_trusted") is TRUSTED:
            return super().write(vals)
        before = {}
        if "channel_territory_id" in vals:
            before = {partner: partner.channel_territory_id for partner in self}
        result = super().write(vals)
        self._record_channel_territory(before)
        return result

    def _record_channel_territory(self, before):
        """Write down which territories dealers have, and which they have no more.

        :param before: ``{partner: territory}`` of those whose territory was written
        """
        dealers = self.filtered(
            lambda partner: (
                partner.active and partner.channel_is_entity and partner.channel_role == "dealer"
            )
        )
        # Elevated: a dealer's place is the business of whoever keeps partners.
        for dealer_sudo in dealers.sudo():
            territory_sudo = dealer_sudo.channel_territory_id
            if territory_sudo and not territory_sudo.dealer_id:
                left_sudo = before.get(dealer_sudo, self.env["channel.territory"]).sudo()
                dealer_sudo._correct_channel_territory(left_sudo)
                territory_sudo.dealer_id = dealer_sudo
        self.env["channel.territory"].sudo()._release(self - dealers)

    def _correct_channel_territory(self, before):
        """Take a territory from a dealer who was put into it by mistake: before he ordered.

        :param before: that territory, elevated; it may be empty, or somebody else's
        """
        history = before.assignment_ids
        if len(history) == 1 and history.dealer_id == self and not self._has_channel_orders():
            before._write_dealer(self.browse(), None)
            before._apply_dealer()

    def action_find_channel_territory(self):
        """Give partners without a territory that of their address, and say what became of them."""
        missing = self.filtered(
            lambda partner: partner.channel_is_entity and not partner.channel_territory_id
        )
        found = self._find_channel_territories(missing)
        for territory, partners in missing.grouped(found.get).items():
            if territory:
                partners.channel_territory_id = territory
        left = missing.filtered(lambda partner: not partner.channel_territory_id)
        return self._notify_channel_territories(len(missing - left), left)

    def _notify_channel_territories(self, count, left):
        message = self.env._("Partners that were given their territory: %(count)s.", count=count)
        if left:
            message += " " + self.env._(
                "No territory has the addresses of: %(names)s.",
                names=", ".join(left[:20].mapped("name")),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_take_channel_address_territory(self):
        """Put partners into the territory of their address."""
        for partner in self.filtered("channel_address_territory_id"):
            partner.channel_territory_id = partner.channel_address_territory_id
