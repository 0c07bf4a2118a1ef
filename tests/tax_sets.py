"""Taxes for the tests of documents, and sales that bear them."""

from odoo.fields import Command

from .common import PRICES, ChannelCase, WorkedExample


class TaxSets:
    """Taxes of several rates; statement lines told which of them stood on the sales."""

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
        """Write on the lines of a computed settlement which taxes their sales had."""
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


class TaxSetsCase(TaxSets, WorkedExample, ChannelCase):
    """The worked example, computed: toothpaste with 13 %, soap with 9 %, shampoo without tax."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax_13, cls.tax_9 = cls.make_tax(13), cls.make_tax(9)
        cls.no_tax = cls.env["account.tax"]
        cls.sign(cls.agreements)
        cls.settlement = cls.compute()
        cls.set_taxes(
            cls.settlement,
            {"toothpaste": cls.tax_13, "soap": cls.tax_9, "shampoo": cls.no_tax},
        )

    def lines_of(self, move):
        """Return untaxed amounts by the names of their taxes."""
        return {
            ", ".join(line.tax_ids.mapped("name")): line.price_subtotal
            for line in move.invoice_line_ids
        }

    @classmethod
    def make_taxed_invoice(cls, partner, taxes_by_product, **values):
        """Return a posted invoice of a hundred of each product, with taxes."""
        return cls.make_invoice(
            partner,
            {},
            invoice_line_ids=[
                Command.create(
                    {
                        "product_id": cls.products[name].id,
                        "quantity": 100,
                        "price_unit": PRICES[name],
                        "tax_ids": [Command.set(taxes.ids)],
                    }
                )
                for name, taxes in taxes_by_product.items()
            ],
            **values,
        )
