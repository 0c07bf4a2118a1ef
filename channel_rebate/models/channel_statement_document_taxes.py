from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain


class ChannelStatement(models.Model):
    """Taxes of documents: those of the sales that a statement rebates, taken as they were."""

    _inherit = "channel.statement"

    def _get_tax_sets(self, keys_list):
        """Return the taxes of the documents of these statements (one company's).

        The keys are those of statement lines: ids of the taxes that stood on the sales, which a
        fiscal position has mapped already if there was one.

        :param list keys_list: for each statement its tax keys
        :return: for each statement the taxes by key, or None where nothing is known about them
        :raise UserError: a tax can't be used, naming it, the statement and the remedy
        """
        ids = {tax_id for keys in keys_list for key in keys for tax_id in self._read_tax_key(key)}
        known = self.env["account.tax"].browse(sorted(ids)).exists()
        on_bills = self.filtered(lambda statement: statement._get_document_kind() == "vendor_bill")
        purchase = known._get_channel_purchase_taxes(self.company_id) if on_bills else {}
        result = []
        for statement, keys in zip(self, keys_list, strict=True):
            sets = {key: known.browse(statement._read_tax_key(key)) for key in keys}
            for taxes in sets.values():
                statement._check_document_taxes(taxes, known)
            if statement in on_bills:
                sets = {
                    key: statement._turn_to_purchase(taxes, purchase) for key, taxes in sets.items()
                }
            result.append({key: None if key is False else sets[key] for key in keys})
        return result

    @staticmethod
    def _read_tax_key(key):
        return [int(tax_id) for tax_id in (key or "").split(",") if tax_id]

    def _check_document_taxes(self, taxes, known):
        self.ensure_one()
        if missing := taxes - known:
            raise UserError(
                self.env._(
                    "%(statement)s: taxes of its sales no longer exist (%(ids)s). Put right taxes "
                    "on those sales, and compute the settlement again.",
                    statement=self.display_name,
                    ids=", ".join(map(str, missing.ids)),
                )
            )
        strange = taxes.filtered(lambda tax: tax.company_id not in self.company_id.parent_ids)
        if strange:
            raise UserError(
                self.env._(
                    "%(statement)s: %(taxes)s belongs to another company than %(company)s. Put "
                    "right taxes on the sales, and compute the settlement again.",
                    statement=self.display_name,
                    taxes=", ".join(strange.mapped("name")),
                    company=self.company_id.name,
                )
            )
        if archived := taxes.filtered(lambda tax: not tax.active):
            raise UserError(
                self.env._(
                    "%(statement)s: its sales have the tax %(taxes)s, which is archived. Take it "
                    "out of the archive until the documents of the settlement are posted.",
                    statement=self.display_name,
                    taxes=", ".join(archived.mapped("name")),
                )
            )

    def _turn_to_purchase(self, taxes, purchase):
        """Return the purchase taxes that answer to those of the sales."""
        self.ensure_one()
        if unclear := taxes.filtered(lambda tax: not purchase[tax]):
            raise UserError(
                self.env._(
                    "%(statement)s: none, or more than one, of the purchase taxes of %(company)s "
                    "has the rate of %(taxes)s. Put the right one among the vendor taxes of the "
                    "rebate product.",
                    statement=self.display_name,
                    company=self.company_id.name,
                    taxes=", ".join(unclear.mapped("name")),
                )
            )
        return taxes.browse().concat(*(purchase[tax] for tax in taxes))


class AccountTax(models.Model):
    _inherit = "account.tax"

    def _get_channel_purchase_taxes(self, company):
        """Return by tax the purchase tax of the same rate, or nothing if that is not clear.

        First among the vendor taxes of the rebate product, then among those of the company: the
        only one, or the only one of the same name.
        """
        domain = Domain("type_tax_use", "=", "purchase") & Domain(
            self._check_company_domain(company)
        )
        candidates = self.search(domain)
        preferred = company.channel_rebate_product_id.supplier_taxes_id & candidates
        return {tax: tax._choose_channel_purchase_tax(preferred, candidates) for tax in self}

    def _choose_channel_purchase_tax(self, preferred, candidates):
        self.ensure_one()
        rate = self._get_channel_rate()
        same = candidates.filtered(lambda tax: tax._get_channel_rate() == rate)
        for group in (
            (same & preferred)[:1],
            same,
            same.filtered(lambda tax: tax.name == self.name),
        ):
            if len(group) == 1:
                return group
        return self.browse()

    def _get_channel_rate(self):
        """Return what makes two taxes come to the same amount in the same country."""
        self.ensure_one()
        taxes = self.flatten_taxes_hierarchy()
        return self.country_id, sorted((tax.amount_type, tax.amount) for tax in taxes)
