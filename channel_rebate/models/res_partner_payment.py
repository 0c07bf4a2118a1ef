from odoo import api, fields, models

from ..const import PAY_TO, PAYMENT_READERS


class ResPartner(models.Model):
    """Whom a sub-distributor pays, and what was paid on a dealer's account."""

    _inherit = "res.partner"

    channel_pay_to = fields.Selection(
        selection=PAY_TO,
        string="Pays",
        compute="_compute_channel_pay_to",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="Whom the sub-distributor pays as a rule: his dealer, or us. What he pays us is "
        "credited to his dealer. New orders take this over.",
    )
    channel_sell_out_order_ids = fields.One2many(
        comodel_name="sale.order",
        inverse_name="channel_partner_id",
        string="Sell-out Orders",
        domain=[("channel_tier", "=", "sell_out")],
    )
    channel_payment_count = fields.Integer(
        string="Payments on Dealer's Account",
        compute="_compute_channel_payment_count",
        groups=PAYMENT_READERS,
        help="What the sub-distributor paid us on a dealer's account, or what sub-distributors "
        "paid us on this dealer's.",
    )

    @api.depends("channel_role")
    def _compute_channel_pay_to(self):
        for partner in self:
            is_sub = partner.channel_role == "sub_distributor"
            partner.channel_pay_to = is_sub and (partner.channel_pay_to or "dealer")

    @api.depends_context("uid")
    def _compute_channel_payment_count(self):
        """Count what the reader may see himself; nothing is counted in sudo mode."""
        counts = {}
        Payment = self.env["account.payment"]
        if Payment.has_access("read"):
            counts = dict(
                Payment._read_group(
                    [("channel_payer_id", "in", self.ids)], ["channel_payer_id"], ["__count"]
                )
            )
            dealers = self.filtered(lambda partner: partner.channel_role == "dealer")
            for partner, count in Payment._read_group(
                [("channel_payer_id", "!=", False), ("partner_id", "child_of", dealers.ids)],
                ["partner_id"],
                ["__count"],
            ):
                dealer = partner.commercial_partner_id
                counts[dealer] = counts.get(dealer, 0) + count
        for partner in self:
            partner.channel_payment_count = counts.get(partner._origin, 0)

    def _get_channel_purchases(self):
        """Return the ``(sub-distributor, dealer)`` pairs between whom there are sell-out orders.

        :rtype: set
        """
        if not self:
            return set()
        # Elevated: that he once bought there is a fact, whoever may see the order.
        Order = self.env["sale.order"].sudo()
        domain = [
            ("channel_tier", "=", "sell_out"),
            ("state", "=", "sale"),
            ("channel_partner_id", "in", self.ids),
        ]
        return set(Order._read_group(domain, ["channel_partner_id", "channel_dealer_id"]))

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "channel_pay_to"]

    def action_open_channel_payments(self):
        """Open what was paid on a dealer's account: by this sub-distributor, or for this dealer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_account_payments")
        context = {"default_payment_type": "inbound", "default_partner_type": "customer"}
        domain = [("channel_payer_id", "=", self.id)]
        if self.channel_role == "dealer":
            domain = [
                "|",
                *domain,
                "&",
                ("channel_payer_id", "!=", False),
                ("partner_id", "child_of", self.ids),
            ]
            context["default_partner_id"] = self.id
        else:
            context["default_partner_id"] = self.channel_dealer_id.id
            context["default_channel_payer_id"] = self.id
        return {
            **action,
            "name": self.env._("Payments on Dealer's Account"),
            "domain": domain,
            "context": context,
        }
