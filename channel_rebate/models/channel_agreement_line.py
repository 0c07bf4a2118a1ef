from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL
from odoo.tools.misc import get_lang

from ..tools import scope, seal
from ..tools.terms import make_lasting_terms


class ChannelAgreementLine(models.Model):
    """A product, template, category or everything that an agreement covers: no number in it.

    The rate for it is a ``channel.rate`` that points here. Each line gets an empty one when it
    is made, so that keepers find a sheet to fill in.
    """

    _name = "channel.agreement.line"
    _description = "Channel Rebate Agreement Line"
    _order = "agreement_id, sequence, id"
    _rec_names_search = ["product_id", "product_tmpl_id", "categ_id"]
    _check_company_auto = True

    agreement_id = fields.Many2one(
        comodel_name="channel.agreement", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True, precompute=True)
    sequence = fields.Integer(default=10)
    applied_on = fields.Selection(
        selection=[
            ("product", "Product Variant"),
            ("template", "Product"),
            ("category", "Category"),
            ("all", "All Products"),
        ],
        required=True,
        default="product",
        help="The most specific line applies: variant, product, nearest category, all.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        domain="[('type', '!=', 'service')]",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template",
        string="Product Template",
        domain="[('type', '!=', 'service')]",
        check_company=True,
        ondelete="restrict",
    )
    categ_id = fields.Many2one(
        comodel_name="product.category", string="Category", ondelete="restrict"
    )
    measure = fields.Selection(
        selection=[("amount", "% of amount"), ("quantity", "Amount per unit")],
        required=True,
        default="amount",
        help="What the rate is multiplied with: the net amount without tax, or the quantity in "
        "the product's unit.",
    )
    tier_mode = fields.Selection(
        selection=[("none", "No tiers"), ("whole", "Whole amount"), ("marginal", "Marginal")],
        string="Tiers",
        required=True,
        default="none",
        help="Rates that rise or fall with what the partner buys in the period, over all products "
        "of the line together. Whole amount: the rate that is reached applies to all of it. "
        "Marginal: each rate applies to the part between its edges. The edges themselves are as "
        "secret as the rates and entered with them.",
    )

    # The seal
    sealed_terms = fields.Text(
        readonly=True, copy=False, help="The sealed text of the line, without its rate."
    )
    line_hash = fields.Char(
        readonly=True, copy=False, help="Salted commitment to the line and its rate."
    )

    _one_line_a_scope = models.UniqueIndex(
        "(agreement_id, applied_on, COALESCE(product_id, product_tmpl_id, categ_id, 0))",
        "An agreement covers each product, category or all products once.",
    )

    @api.depends("applied_on", "product_id", "product_tmpl_id", "categ_id")
    def _compute_display_name(self):
        for line in self:
            target = line._get_target()
            line.display_name = target.display_name if target else self.env._("All Products")

    def _get_target(self):
        """Return the product, template or category that the line is for; empty for all."""
        self.ensure_one()
        return {
            "product": self.product_id,
            "template": self.product_tmpl_id,
            "category": self.categ_id,
        }.get(self.applied_on)

    @api.constrains("applied_on", "product_id", "product_tmpl_id", "categ_id")
    def _check_target(self):
        targets = {"product": "product_id", "template": "product_tmpl_id", "category": "categ_id"}
        for line in self:
            wanted = targets.get(line.applied_on)
            filled = [name for name in targets.values() if line[name]]
            if filled != ([wanted] if wanted else []):
                raise ValidationError(
                    self.env._(
                        "A line of %(agreement)s has to name what it applies to, and nothing else.",
                        agreement=line.agreement_id.display_name,
                    )
                )

    @api.constrains("product_id", "product_tmpl_id")
    def _check_goods(self):
        templates = self.product_id.product_tmpl_id | self.product_tmpl_id
        if services := templates.filtered(lambda template: template.type == "service"):
            raise ValidationError(
                self.env._(
                    "%(products)s is a service; agreements cover goods only.",
                    products=", ".join(services.mapped("display_name")),
                )
            )

    @api.onchange("applied_on")
    def _onchange_applied_on(self):
        kept = {"product": "product_id", "template": "product_tmpl_id", "category": "categ_id"}
        for name in kept.values():
            if name != kept.get(self.applied_on):
                self[name] = False

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.agreement_id._lock_draft()
        # Elevated: an empty sheet holds no secret, and demo data or imports may run as anybody
        # who may make agreements.
        self.env["channel.rate"].sudo().create([{"line_id": line.id} for line in lines])
        return lines

    def write(self, vals):
        self.agreement_id._lock_draft()
        result = super().write(vals)
        if "agreement_id" in vals:
            self.agreement_id._lock_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sealed(self):
        self.agreement_id.filtered(lambda agreement: agreement.state != "cancelled")._lock_draft()

    def _prepare_copy_values(self):
        """Return values for the same lines in another agreement: terms only."""
        return [
            {
                "sequence": line.sequence,
                "applied_on": line.applied_on,
                "product_id": line.product_id.id,
                "product_tmpl_id": line.product_tmpl_id.id,
                "categ_id": line.categ_id.id,
                "measure": line.measure,
                "tier_mode": line.tier_mode,
            }
            for line in self
        ]

    # === Scope === #

    def _get_scope(self):
        """Return what the line covers as a path of :mod:`tools.scope`."""
        self.ensure_one()
        template = self.product_id.product_tmpl_id or self.product_tmpl_id
        category = template.categ_id or self.categ_id
        return scope.scope_path(
            category_path=category.parent_path or "",
            template_id=template.id,
            product_id=self.product_id.id,
        )

    # === Seal === #

    def _prepare_lasting_terms(self):
        self.ensure_one()
        target = self._get_target()
        return make_lasting_terms(
            self.id, self.applied_on, target and target.id, self.measure, self.tier_mode
        )

    def _prepare_terms(self):
        """Return what the seal says of the line, with names and codes as they are now."""
        self.ensure_one()
        target = self._get_target()
        partner_lang = get_lang(self.env, self.agreement_id.partner_id.lang).code
        return {
            **self._prepare_lasting_terms(),
            "code": target.default_code or "" if self.applied_on in ("product", "template") else "",
            "name": self._get_target_name("en_US"),
            "local_name": self._get_target_name(partner_lang),
        }

    def _get_target_name(self, lang):
        """Return what the line is for, without its code; empty for all products."""
        target = self._get_target()
        if not target:
            return ""
        return target.with_context(lang=lang, display_default_code=False).display_name

    def _freeze(self, secrets):
        """Write down terms and commitments, in one statement however many lines there are.

        :param dict secrets: :class:`Secret` by line id
        """
        terms = [seal.canonical(line._prepare_terms()) for line in self]
        hashes = [
            self._commit(text, secrets[line.id]) for line, text in zip(self, terms, strict=True)
        ]
        self.env.execute_query(
            SQL(
                """UPDATE channel_agreement_line AS line
                      SET sealed_terms = data.terms, line_hash = data.hash
                     FROM unnest(%s::int[], %s::text[], %s::text[]) AS data(id, terms, hash)
                    WHERE line.id = data.id
                RETURNING line.id""",
                self.ids,
                terms,
                hashes,
            )
        )
        self.invalidate_recordset(["sealed_terms", "line_hash"])

    @api.model
    def _commit(self, terms, secret):
        text = seal.line_text(terms, seal.rates_text(secret.brackets))
        return seal.line_hash(secret.salt, text)
