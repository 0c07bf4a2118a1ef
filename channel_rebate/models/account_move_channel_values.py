from odoo import api, fields, models
from odoo.fields import Command


class AccountMove(models.Model):
    """Documents of settlements, created whole.

    Of a document that comes with prices and taxes Odoo creates the lines first, works out amounts,
    tax lines and what is due, and writes to every line again, one after the other. Asked
    beforehand, on plain values, the same computation of Odoo's gives the same lines, and a document
    that brings them is left as it is.
    """

    _inherit = "account.move"

    @api.model
    def _create_whole(self, values_list):
        """Create documents from values without the lines that follow from prices and taxes."""
        # Lines of a draft have no analytic items yet that would have to follow them.
        drafts = self.with_context(skip_analytic_sync=True)
        return drafts.create(self._complete_channel_values(values_list)).with_env(self.env)

    @api.model
    def _complete_channel_values(self, values_list):
        """Add to values of invoices what Odoo would work out: amounts, tax lines, what is due.

        What rests on more than taxes and prices is left to Odoo, for the whole document: taxes
        that it takes from the product, and tax lines that may have an analytic distribution.
        """
        patterns, completed = {}, []
        has_analytic = bool(self.env["account.analytic.distribution.model"].search([], limit=1))
        # Browsed together, they are read together.
        partners = self.env["res.partner"].browse([values["partner_id"] for values in values_list])
        for partner, values in zip(partners, values_list, strict=True):
            lines = [line for _command, _id, line in values.get("invoice_line_ids", ())]
            if lines and all("tax_ids" in line for line in lines):
                pattern = self._get_channel_pattern(values, patterns)
                values = pattern._complete_channel_invoice(partner, values, lines, has_analytic)
            completed.append(values)
        return completed

    @api.model
    def _get_channel_pattern(self, values, patterns):
        """Return an unsaved document, of which Odoo computes what many have in common."""
        names = ("move_type", "company_id", "currency_id", "invoice_date", "journal_id")
        common = {name: values[name] for name in names if name in values}
        return patterns.setdefault(tuple(common.items()), self.new(common))

    def _complete_channel_invoice(self, partner, values, lines, has_analytic):
        """Return the values of a document like this one with all its lines.

        :param list lines: values of its invoice lines
        """
        partner = partner.with_company(self.company_id)
        place = self._prepare_channel_place(partner)
        bases = [self._prepare_channel_base_line(line, partner, place) for line in lines]
        if not all(base["account_id"] for base in bases):
            return values
        results = self._get_channel_tax_results(bases)
        taxes = results["tax_lines_to_add"]
        if has_analytic and any(self._may_be_analytic(tax) for tax in taxes):
            return values
        whole = [
            {**line, **amounts, "display_type": "product"}
            for line, (_base, amounts) in zip(lines, results["base_lines_to_update"], strict=True)
        ]
        whole += [{**tax, "display_type": "tax"} for tax in taxes]
        whole += self._prepare_channel_due_lines(whole, partner)
        rest = {name: value for name, value in values.items() if name != "invoice_line_ids"}
        return {
            **rest,
            **place,
            "journal_id": self.journal_id.id,
            "line_ids": [Command.create(line) for line in whole],
        }

    def _prepare_channel_place(self, partner):
        """Return where the partner gets his goods, and what that does to taxes and accounts."""
        address = partner.address_get(["delivery"])["delivery"]
        delivery = partner if address == partner.id else partner.browse(address)
        positions = self.env["account.fiscal.position"].with_company(self.company_id)
        return {
            "partner_shipping_id": delivery.id,
            "fiscal_position_id": positions._get_fiscal_position(partner, delivery=delivery).id,
        }

    def _prepare_channel_base_line(self, line, partner, place):
        """Return the values of an invoice line as Odoo's computation of taxes wants them."""
        product = self.env["product.product"].browse(line["product_id"])
        return self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            {},
            product_id=product,
            product_uom_id=product.uom_id,
            tax_ids=self.env["account.tax"].browse(line["tax_ids"][0][2]),
            price_unit=line["price_unit"],
            quantity=line["quantity"],
            currency_id=self.currency_id,
            rate=self.invoice_currency_rate,
            sign=self.direction_sign,
            is_refund=self.move_type in ("out_refund", "in_refund"),
            partner_id=partner.commercial_partner_id,
            account_id=self._get_channel_account(line, product, place),
            name=line["name"],
        )

    def _get_channel_account(self, line, product, place):
        """Return the account of an invoice line; Odoo has it from the product."""
        if "account_id" in line:
            return self.env["account.account"].browse(line["account_id"])
        position = self.env["account.fiscal.position"].browse(place["fiscal_position_id"])
        template = product.with_company(self.company_id).product_tmpl_id
        accounts = template.get_product_accounts(fiscal_pos=position)
        return accounts["income" if self.is_sale_document() else "expense"]

    def _get_channel_tax_results(self, bases):
        """Return what Odoo's computation of taxes makes of invoice lines."""
        Tax, company = self.env["account.tax"], self.company_id
        Tax._add_tax_details_in_base_lines(bases, company)
        Tax._round_base_lines_tax_details(bases, company)
        # Taxes that are due on payment have their tags then.
        Tax._add_accounting_data_in_base_lines_tax_details(bases, company, include_caba_tags=False)
        return Tax._prepare_tax_lines(bases, company)

    def _may_be_analytic(self, tax_line):
        """Tell whether Odoo puts the analytic distribution of the lines on a tax line."""
        part = self.env["account.tax.repartition.line"].browse(tax_line["tax_repartition_line_id"])
        return part.tax_id.analytic or not part.use_in_tax_closing

    def _prepare_channel_due_lines(self, lines, partner):
        """Return what is due: one line, unless payment terms have a say.

        Without terms Odoo has a document due on the day on which it is made.
        """
        is_sale = self.is_sale_document()
        if partner["property_payment_term_id" if is_sale else "property_supplier_payment_term_id"]:
            return []
        currencies = {"balance": self.company_currency_id, "amount_currency": self.currency_id}
        sums = {
            name: -currency.round(sum(line[name] for line in lines))
            for name, currency in currencies.items()
        }
        today = fields.Date.context_today(self)
        return [{**sums, "date_maturity": today, "display_type": "payment_term"}]
