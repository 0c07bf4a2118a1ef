"""Taxes for the tests of documents, and sales that bear them."""

from .common import ChannelCase, WorkedExample


class TaxSets:
    """Taxes of several rates, and what they make of documents."""

    @classmethod
    def make_tax(cls, amount, *, included=False, **values):
        return cls.env["account.tax"].create(
            {
                "name": f"{amount} %" + (" incl." if included else ""),
                "amount": amount,
                "price_include_override": "tax_included" if included else "tax_excluded",
                **values,
            }
        )

    @classmethod
    def key_of(cls, taxes):
        return ",".join(map(str, sorted(taxes.ids)))

    @classmethod
    def set_taxes(cls, settlement, taxes_by_product):
        """Have the lines of a computed settlement say other taxes than their sales have."""
        for name, taxes in taxes_by_product.items():
            lines = settlement.statement_ids.line_ids.filtered(
                lambda line, name=name: line.product_id == cls.products[name]
            )
            lines.sudo().write({"tax_key": cls.key_of(taxes)})

    def approve(self, settlement=None):
        """Approve and return the documents by partner."""
        settlement = settlement or self.settlement
        self.as_role("keeper", settlement).action_approve()
        return {record.partner_id: record.move_id for record in settlement.statement_ids}

    def trial_balance(self):
        """Return the sum of all posted journal items, which has to be zero."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT COALESCE(SUM(debit - credit), 0) FROM account_move_line "
            "WHERE parent_state = 'posted' AND company_id = %s",
            [self.company.id],
        )
        return self.env.cr.fetchone()[0]


class TaxedProducts(TaxSets):
    """Toothpaste is sold with 13 % tax, soap with 9 %, shampoo without tax."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax_13, cls.tax_9 = cls.make_tax(13), cls.make_tax(9)
        cls.no_tax = cls.env["account.tax"]
        cls.products["toothpaste"].taxes_id = cls.tax_13
        cls.products["soap"].taxes_id = cls.tax_9


class TaxSetsCase(WorkedExample, TaxedProducts, ChannelCase):
    """The worked example, sold with these taxes and computed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign(cls.agreements)
        cls.settlement = cls.compute()

    def lines_of(self, move):
        """Return untaxed amounts by the names of their taxes."""
        return {
            ", ".join(line.tax_ids.mapped("name")): line.price_subtotal
            for line in move.invoice_line_ids
        }
