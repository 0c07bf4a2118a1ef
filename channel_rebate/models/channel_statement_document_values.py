from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..tools.apportion import apportion
from ..tools.rounding import round_amount

# Kind of document: type of move, that of one that asks back, setting of the journal.
KINDS = {
    "credit_note": ("out_refund", "out_invoice", "channel_rebate_journal_id"),
    "vendor_bill": ("in_invoice", "in_refund", "channel_bill_journal_id"),
    "payment_entry": ("entry", "entry", "channel_entry_journal_id"),
}


class ChannelStatement(models.Model):
    """What stands in a document: kind, shares of the net amount, lines. No rate in any text."""

    _inherit = "channel.statement"

    def _get_document_kind(self):
        self.ensure_one()
        return self.company_id.channel_sub_document if self._is_sub() else "credit_note"

    def _get_move_type(self):
        self.ensure_one()
        pays, asks_back, _journal = KINDS[self._get_document_kind()]
        return asks_back if self.net_amount < 0 else pays

    def _is_sub(self):
        self.ensure_one()
        return self.role == "sub_distributor"

    def _is_document_without_tax(self):
        self.ensure_one()
        company = self.company_id
        return self._is_sub() and (
            company.channel_sub_document == "payment_entry" or company.channel_sub_taxes == "none"
        )

    def _check_document_settings(self):
        """Refuse settings of the company that can't work, before anything is made."""
        company = self.company_id
        product = company.channel_rebate_product_id
        if not product:
            raise UserError(
                self.env._(
                    "%(company)s has no rebate product. Choose one in the settings of Channel.",
                    company=company.name,
                )
            )
        kinds = {statement._get_document_kind() for statement in self}
        used = [product, company.channel_rebate_account_id]
        used += [company[KINDS[kind][2]] for kind in sorted(kinds)]
        if archived := [record for record in used if record and not record.active]:
            raise UserError(
                self.env._(
                    "%(records)s is archived. Choose another one in the settings of Channel, or "
                    "take it out of the archive.",
                    records=", ".join(record.display_name for record in archived),
                )
            )

    # === Shares === #

    def _get_shares(self):
        """Return the net amount shared out: ``{(tax key, product id or None): decimal}``.

        Penalties and compensations have lines of their own, with a name for the product; the lines
        of the rebate come to what it is without them. First over the tax sets in proportion to
        gross, then, if the company wants a line for each product, the rebate within a tax set over
        its products: the taxes are the same both ways. A tax set of which more came back than was
        sold has a negative share. The key False stands for no information about taxes.
        """
        self.ensure_one()
        unit = Decimal(str(self.currency_id.rounding))
        net = round_amount(Decimal(repr(self.net_amount)), unit)
        sets = self._get_document_sets()
        rebate = net - sum(self._get_document_parts().values())
        rebates = self._share_over_sets(rebate, sets, unit)
        penalties = self._get_part_shares(rebate, rebates, sets, unit)
        if self.company_id.channel_rebate_line_detail == "tax_set":
            return {(key, None): share for key, share in rebates.items()} | penalties
        return {
            (key, product_id): amount
            for key, share in rebates.items()
            for product_id, amount in self._share_over_products(share, sets.get(key), unit).items()
        } | penalties

    def _get_document_sets(self):
        """Return the lines of the statement by the tax key that they have in its document."""
        if self._is_document_without_tax():
            return {"": self.line_ids}
        by_key = self.line_ids.grouped("tax_key")
        # Untaxed lines, then by the ids of their taxes, then those nothing is known about.
        order = sorted(by_key, key=lambda key: (key is False, self._read_tax_key(key)))
        return {key: by_key[key] for key in order}

    def _share_over_sets(self, amount, sets, unit):
        shares = self._apportion_over_lines(amount, sets, unit)
        if shares or not amount:
            return shares
        return {"" if self._is_document_without_tax() else False: amount}

    def _share_over_products(self, share, lines, unit):
        by_product = lines.grouped(lambda line: line.product_id.id) if lines else {}
        groups = {product_id: by_product[product_id] for product_id in sorted(by_product)}
        return self._apportion_over_lines(share, groups, unit) or {None: share}

    def _apportion_over_lines(self, amount, groups, unit):
        """Share an amount over groups of lines by their gross; if there is none by their base.

        Of a correction each group has first what its own lines have come to; only what is left,
        such as a change of what is passed on, goes by gross and base as they are now. That may be
        many times the gross, so groups of which more came back than was sold have no part in it:
        against the others they would come to huge amounts, and to huge taxes.

        :return: decimal by group, without zeros; empty if nothing gives a proportion
        """
        shares = dict.fromkeys(groups, Decimal(0))
        names = ("amount", "base_amount")
        if self.number:
            shares = self._sum_lines(groups, "amount")
            names = ("total_amount", "total_base_amount", *names)
        if left := amount - sum(shares.values()):
            weights = [self._sum_lines(groups, name) for name in names]
            sums = [sum(weight.values()) for weight in weights]
            # A periodic net above zero has no proportion to a gross below it; what is left of a
            # correction has any sign.
            usable = [bool(total) if self.number else total * left > 0 for total in sums]
            if not any(usable):
                return {}
            place = usable.index(True)
            chosen = weights[place]
            if self.number:
                chosen = {
                    key: weight if weight * sums[place] > 0 else Decimal(0)
                    for key, weight in chosen.items()
                }
            parts = apportion(left, chosen, unit)
            shares = {key: share + parts[key] for key, share in shares.items()}
        return {key: share for key, share in shares.items() if share}

    @staticmethod
    def _sum_lines(groups, name):
        return {
            key: sum((Decimal(repr(line[name])) for line in lines), Decimal(0))
            for key, lines in groups.items()
        }

    # === Values === #

    def _prepare_move_values_list(self, responsible):
        """Return the values of the documents, in the order of the statements (one company's)."""
        shares = [statement._get_shares() for statement in self]
        tax_sets = self._get_tax_sets([{key for key, _product_id in own} for own in shares])
        return [
            statement._prepare_entry_values(own)
            if statement._get_document_kind() == "payment_entry"
            else statement._prepare_invoice_values(own, taxes, responsible)
            for statement, own, taxes in zip(self, shares, tax_sets, strict=True)
        ]

    def _prepare_move_values(self):
        """Return what all kinds of documents have in common."""
        self.ensure_one()
        company = self.company_id
        journal = company[KINDS[self._get_document_kind()][2]]
        values = {
            "move_type": self._get_move_type(),
            "partner_id": self.partner_id.id,
            "company_id": company.id,
            "currency_id": self.currency_id.id,
            "invoice_date": self.settlement_id.date,
            "ref": self.settlement_id.name,
            "channel_statement_id": self.id,
        }
        return {**values, "journal_id": journal.id} if journal else values

    def _prepare_invoice_values(self, shares, tax_sets, responsible):
        """Return the values of a credit note or vendor bill.

        :param dict tax_sets: taxes by tax key; None: as Odoo takes them from the rebate product
        """
        company = self.company_id
        product = company.channel_rebate_product_id
        sign = -1 if self.net_amount < 0 else 1
        bases = [
            (float(sign * share), tax_sets[key] or self.env["account.tax"])
            for (key, _product_id), share in shares.items()
        ]
        prices = self.env["account.tax"]._find_channel_prices(
            bases, company, self.currency_id, product
        )
        values = {
            **self._prepare_move_values(),
            "invoice_origin": self.settlement_id.name,
            "invoice_line_ids": [
                Command.create(self._prepare_invoice_line_values(product_id, tax_sets[key], price))
                for (key, product_id), price in zip(
                    shares, prices or [base for base, _taxes in bases], strict=True
                )
            ],
        }
        if self._get_document_kind() == "credit_note":
            values["invoice_user_id"] = (self._get_salesperson() or responsible).id
        return values

    def _prepare_invoice_line_values(self, product_id, taxes, price):
        company = self.company_id
        values = {
            "product_id": company.channel_rebate_product_id.id,
            "name": self._get_line_text(product_id),
            "quantity": 1.0,
            "price_unit": price,
        }
        if taxes is not None:
            values["tax_ids"] = [Command.set(taxes.ids)]
        if company.channel_rebate_account_id:
            values["account_id"] = company.channel_rebate_account_id.id
        return values

    def _get_line_text(self, product_id):
        """Return period and product, never a rate, in the partner's language."""
        statement = self.with_context(lang=self.partner_id.lang)
        period = statement._get_line_period()
        if not product_id:
            return statement.env._("Rebate %(period)s", period=period)
        return statement.env._(
            "Rebate %(period)s: %(product)s",
            period=period,
            product=statement.env["product.product"].browse(product_id).display_name,
        )

    def _get_line_period(self):
        """Return the period or year, and which correction, in the language of the environment."""
        period = self.period_id.name or self.year
        if not self.number:
            return period
        return self.env._("%(period)s, correction %(number)s", period=period, number=self.number)

    def _get_salesperson(self):
        self.ensure_one()
        return self.partner_id.user_id or self.dealer_statement_id.partner_id.user_id
