from odoo import api, fields, models
from odoo.exceptions import UserError


class ChannelIncident(models.Model):
    """How an incident comes in: by a person, with photos and papers, or found by our own code."""

    _inherit = "channel.incident"

    is_detected = fields.Boolean(string="Found Automatically", readonly=True, copy=False)
    reported_by_id = fields.Many2one(
        comodel_name="res.users",
        default=lambda self: self.env.user,
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="He does not decide it. The partner is not told who it was.",
    )
    note = fields.Text(
        string="Internal Note", help="For colleagues: how you know. The partner is not told."
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        string="Photos and Papers",
        copy=False,
        help="For colleagues. The partner does not see them.",
    )
    can_change = fields.Boolean(compute="_compute_can_change")

    @api.depends("state", "reported_by_id")
    @api.depends_context("uid")
    def _compute_can_change(self):
        """The reporter changes what it is about, until it is decided."""
        for incident in self:
            is_own = incident.reported_by_id == self.env.user
            incident.can_change = is_own and incident.state == "reported"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("is_detected"):
                # Whoever happened to confirm an order has reported nothing.
                vals.setdefault("reported_by_id", False)
            if order := self.env["sale.order"].browse(vals.get("order_id")):
                vals.setdefault("company_id", order.company_id.id)
        incidents = super().create(vals_list)
        incidents._adopt_attachments()
        for incident in incidents:
            sequence = self.env["ir.sequence"].with_company(incident.company_id)
            incident._trusted().name = sequence.next_by_code("channel.incident")
        incidents._call_keepers()
        return incidents

    def write(self, vals):
        if self._told_fields & vals.keys():
            self._check_reporter()
        result = super().write(vals)
        if "attachment_ids" in vals:
            self._adopt_attachments()
        return result

    def _check_reporter(self):
        """Let whoever decides a report leave it as it is: else he would decide his own.

        :raise UserError: naming the reports of others
        """
        self._check_reported()
        # Elevated: what was found follows its order.
        if not self.env.su and (
            others := self.filtered(lambda record: record.reported_by_id != self.env.user)
        ):
            raise UserError(
                self.env._(
                    "%(incidents)s: only the reporter changes what it is about, and nobody what "
                    "was found automatically. Dismiss it, and report what is right.",
                    incidents=", ".join(others.mapped("display_name")),
                )
            )

    def _check_workflow_fields(self, names):
        """Let elevated code say that it has found an incident by itself."""
        own = {"is_detected", "reported_by_id"} if self.env.su else set()
        return super()._check_workflow_fields(set(names) - own)

    def _adopt_attachments(self):
        """Let those who see the incident see files that were uploaded before it was saved."""
        for incident in self:
            # By the uploader's own rights: nobody adopts what belongs to somebody else.
            loose = incident.attachment_ids.filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            loose.write({"res_model": self._name, "res_id": incident.id})

    def _prepare_from_order(self, order):
        """Return the defaults of an incident that concerns an order.

        Product, quantity and price of its only line; of several the reporter chooses.
        """
        lines = order.order_line.filtered(lambda line: line.product_id and not line.display_type)
        values = {
            "order_id": order.id,
            "company_id": order.company_id.id,
            "partner_id": order.channel_partner_id.id,
            "date": order.channel_order_date or order.date_order.date(),
            "currency_id": order.currency_id.id,
            "territory_id": order.channel_territory_id.id,
        }
        if len(lines) == 1:
            values |= {
                "product_id": lines.product_id.id,
                "quantity": lines.product_uom_id._compute_quantity(
                    lines.product_uom_qty, lines.product_id.uom_id
                ),
                "price": lines.product_uom_id._compute_price(
                    lines.price_reduce_taxexcl, lines.product_id.uom_id
                ),
            }
        return values

    @api.model
    def _get_report_action(self, values):
        """Return the action that asks for few things first, on a phone as well."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "channel_rebate.channel_incident_report_action"
        )
        context = {f"default_{name}": value for name, value in values.items() if value}
        return {**action, "context": context}

    def action_report(self):
        """Close the short form; saving it has reported the incident."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("%(number)s is reported.", number=self.name),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _mail_get_partner_fields(self, introspect_fields=False):
        """Propose nobody as recipient: who is accused is told by the decision only."""
        return []
