from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command

# What documents have to have in common to share what Odoo computes of it.
COMMON = (
    "move_type",
    "company_id",
    "currency_id",
    "invoice_currency_rate",
    "invoice_date",
    "journal_id",
)


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
        """Create documents from values without the lines that follow from prices and taxes.

        :return: documents in the order of their values
        """
        drafts = self._channel_drafting()
        completed = self._complete_channel_values(values_list)
        whole = [place for place, values in enumerate(completed) if "line_ids" in values]
        others = sorted(set(range(len(completed))) - set(whole))
        made = {}
        # Apart: if one document says what is due, Odoo asks that of all that are made with it.
        for places in filter(None, (whole, others)):
            moves = drafts.create([completed[place] for place in places])
            made.update(zip(places, moves.with_env(self.env), strict=True))
        return self.concat(*(made[place] for place in sorted(made)))

    @api.model
    def _complete_channel_values(self, values_list):
        """Add to values of invoices what Odoo would work out: amounts, tax lines, what is due.

        Where more than taxes, prices and terms has a say, the whole document is left to Odoo: taxes
        that it takes from the product, early discounts, tax lines with an analytic distribution.
        """
        patterns, completed = {}, []
        has_analytic = bool(self.env["account.analytic.distribution.model"].search([], limit=1))
        # Browsed together, they are read together.
        partners = self.env["res.partner"].browse([values["partner_id"] for values in values_list])
        for partner, values in zip(partners, values_list, strict=True):
            lines = [line for _command, _id, line in values.get("invoice_line_ids", ())]
            if lines and all("tax_ids" in line for line in lines):
                pattern = self._get_channel_pattern(values, patterns)
                partner = partner.with_company(pattern.company_id)
                values = pattern._complete_channel_invoice(values, lines, partner, has_analytic)
            completed.append(values)
        return completed

    @api.model
    def _get_channel_pattern(self, values, patterns):
        """Return an unsaved document, of which Odoo computes what many have in common."""
        common = {name: values[name] for name in COMMON if name in values}
        key = tuple(common.items())
        if key not in patterns:
            patterns[key] = self.new(common)
        return patterns[key]

    def _complete_channel_invoice(self, values, lines, partner, has_analytic):
        """Return the values of a document like this one with all its lines, if that can be.

        :param dict values: of the document; a reversal has the account of what is due already
        :param list lines: values of its invoice lines
        :param bool has_analytic: is there a model that may give lines an analytic distribution?
        """
        place = self._prepare_channel_place(partner)
        bases = [self._prepare_channel_base_line(line, partner, place) for line in lines]
        term = self._get_channel_term(values, partner)
        if term.early_discount or not all(base["account_id"] for base in bases):
            return values
        results = self._get_channel_tax_results(bases)
        if has_analytic and self._may_tax_be_analytic(results["tax_lines_to_add"], lines):
            return values
        given = [line for _command, _id, line in values.get("line_ids", ())]
        whole = self._prepare_whole_lines(lines, results, term, dict(*given[:1]))
        rest = {name: value for name, value in values.items() if name != "invoice_line_ids"}
        return {
            **place,
            "journal_id": self.journal_id.id,
            **rest,
            "line_ids": [Command.create(line) for line in whole],
        }

    def _prepare_whole_lines(self, lines, results, term, given):
        """Return values of all lines: those that are invoiced, taxes, and what is due.

        :param dict results: of Odoo's computation of taxes
        :param dict given: what lines that say what is due have already
        """
        whole = [
            {**line, **self._get_channel_totals(results), **amounts, "display_type": "product"}
            for line, (_base, amounts) in zip(lines, results["base_lines_to_update"], strict=True)
        ]
        whole += [{**tax, "display_type": "tax"} for tax in results["tax_lines_to_add"]]
        return whole + [
            {**given, **due, "display_type": "payment_term"}
            for due in self._prepare_channel_due_lines(whole, term)
        ]

    @staticmethod
    def _get_channel_totals(results):
        """Return the totals of a line that stands alone; of several Odoo rounds each by itself."""
        if len(results["base_lines_to_update"]) > 1:
            return {}
        [(base, _amounts)] = results["base_lines_to_update"]
        details = base["tax_details"]
        return {
            "price_subtotal": details["total_excluded_currency"],
            "price_total": details["total_included_currency"],
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
            product_uom_id=product.uom_id.browse(line.get("product_uom_id", product.uom_id.id)),
            tax_ids=self.env["account.tax"].browse(line["tax_ids"][0][2]),
            price_unit=line["price_unit"],
            quantity=line["quantity"],
            discount=line.get("discount", 0.0),
            currency_id=self.currency_id,
            rate=self.invoice_currency_rate,
            sign=self.direction_sign,
            is_refund=self.move_type in ("out_refund", "in_refund"),
            partner_id=partner.commercial_partner_id,
            account_id=self._get_channel_account(line, product, place),
            analytic_distribution=line.get("analytic_distribution"),
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

    def _may_tax_be_analytic(self, tax_lines, lines):
        """Tell whether tax lines take over an analytic distribution that is not known yet."""
        if all("analytic_distribution" in line for line in lines):
            return False
        ids = [line["tax_repartition_line_id"] for line in tax_lines]
        parts = self.env["account.tax.repartition.line"].browse(ids)
        return any(part.tax_id.analytic or not part.use_in_tax_closing for part in parts)

    def _get_channel_term(self, values, partner):
        """Return the payment term of a document: its own, or the partner's."""
        if "invoice_payment_term_id" in values:
            return self.env["account.payment.term"].browse(values["invoice_payment_term_id"])
        if self.is_sale_document():
            return partner.property_payment_term_id
        return partner.property_supplier_payment_term_id

    def _prepare_channel_due_lines(self, lines, term):
        """Return what is due when; without a term, all of it on the day on which it is made."""
        untaxed, tax = (
            self._sum_channel_lines([line for line in lines if line["display_type"] == kind])
            for kind in ("product", "tax")
        )
        if not term:
            today = fields.Date.context_today(self)
            amounts = {name: untaxed[name] + tax[name] for name in untaxed}
            return [{"date_maturity": today, **amounts}]
        found = term._compute_terms(
            date_ref=self.invoice_date,
            currency=self.currency_id,
            company=self.company_id,
            tax_amount=tax["balance"],
            tax_amount_currency=tax["amount_currency"],
            untaxed_amount=untaxed["balance"],
            untaxed_amount_currency=untaxed["amount_currency"],
            sign=-self.direction_sign,
        )
        by_day = defaultdict(lambda: {"balance": 0.0, "amount_currency": 0.0})
        for part in found["line_ids"]:
            by_day[part["date"]]["balance"] += part["company_amount"]
            by_day[part["date"]]["amount_currency"] += part["foreign_amount"]
        return [{"date_maturity": day, **amounts} for day, amounts in by_day.items()]

    def _sum_channel_lines(self, lines):
        """Return what lines come to on the other side of the document."""
        currencies = {"balance": self.company_currency_id, "amount_currency": self.currency_id}
        return {
            name: -currency.round(sum(line[name] for line in lines))
            for name, currency in currencies.items()
        }
