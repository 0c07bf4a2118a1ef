"""Two dealers with a sub-distributor each, and what a settlement makes of their sales."""

from datetime import date

from .common import PRICES, ChannelCase

RATES = {"toothpaste": "1", "soap": "1"}


class LedgerCase(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.next_period = cls.make_period(date(2025, 4, 1), date(2025, 6, 30))
        cls.dealer_a, cls.dealer_b = cls.make_dealer("Dealer A"), cls.make_dealer("Dealer B")
        cls.sub_a = cls.make_sub("Sub A", cls.dealer_a)
        cls.sub_b = cls.make_sub("Sub B", cls.dealer_b)

    @classmethod
    def sign_all(cls, *partners, periods=None, rates=None, **values):
        """Sign agreements of partners for periods (by default both) that cover ``rates``."""
        agreements = cls.env["channel.agreement"]
        for period in periods or (cls.period, cls.next_period):
            for partner in partners:
                rates = rates or RATES
                agreements |= cls.make_agreement(partner, rates, period=period, **values)
        return cls.sign(agreements)

    def statements_of(self, period=None, **values):
        """Return the statements of a run that the officer computes."""
        settlement = self.compute(period, **values)
        return settlement.statement_ids

    def drop(self, statements):
        self.as_role("officer", statements.settlement_id).action_cancel()

    def bases(self, period=None, **values):
        """Return ``{(partner name, product code): (quantity, base)}`` of a run, taken back."""
        statements = self.statements_of(period, **values)
        found = {
            (line.statement_id.partner_id.name, line.product_id.default_code.lower()): (
                line.quantity,
                line.base_amount,
            )
            for line in statements.line_ids
        }
        self.drop(statements)
        return found

    def reasons(self, period=None, **values):
        """Return sorted ``[(partner name, document, reason)]`` of a run, taken back."""
        statements = self.statements_of(period, **values)
        sales = self.env["channel.statement.sale"].search(
            [("statement_id", "in", statements.ids), ("reason", "!=", False)]
        )
        found = sorted((sale.partner_id.name, sale.document, sale.reason) for sale in sales)
        self.drop(statements)
        return found

    # === Sales === #

    def invoice_order(self, order, day):
        """Return the posted invoice, or credit note, of what is to be invoiced of an order."""
        move = order._create_invoices(final=True)
        move.invoice_date = day
        move.action_post()
        return move

    def sell(self, partner, name, quantity, day):
        """Return an order of a product and its invoice."""
        order = self.make_order(partner, {name: quantity}, day=day)
        return order, self.invoice_order(order, day)

    def change_order(self, order, quantity, day):
        """Change the quantity of an order and return the invoice or credit note of it."""
        order.order_line.product_uom_qty = quantity
        return self.invoice_order(order, day)

    def reverse(self, invoice, day, quantity=None):
        """Return the posted credit note of Odoo's wizard; of a part, if there is a quantity."""
        refund = invoice._reverse_moves([{"invoice_date": day}])
        if quantity is not None:
            refund.invoice_line_ids.quantity = quantity
        refund.action_post()
        return refund

    def pay(self, invoice, day, amount=None):
        """Register a payment of an invoice, of all of it or of an amount."""
        values = {"payment_date": day, **({"amount": amount} if amount else {})}
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        return wizard.create(values)._create_payments()

    def soap(self, quantity):
        return quantity, quantity * PRICES["soap"]
