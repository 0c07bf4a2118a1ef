"""What the partners of a large ledger buy, return, pay and pass on, from its seed."""

from datetime import date, timedelta

from odoo.fields import Command
from odoo.tools import SQL

from .big_ledger import FIRST, OLD_STOCK, PAID, PRICES, SHORT

HALF_YEAR = (FIRST, date(2025, 6, 30))
CUTOFF = date(2025, 4, 15)
# Days of reversals: within the first period, after it, after both.
RETURN_DAYS = (date(2025, 3, 20), date(2025, 5, 15), date(2025, 7, 8))
LATE = date(2025, 7, 20)
# How an invoice is paid.
PLANS = ("in time", "in time", "in time", "late", "late", "parts", "one part", "parts, late", "")
ANALYZED = (
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "account_payment",
    "channel_agreement",
    "channel_agreement_line",
    "sale_order",
    "sale_order_line",
    "sale_order_line_invoice_rel",
)


class Sales:
    """Sells on a :class:`~.big_ledger.BigLedger`; every method makes what it makes in one go."""

    def __init__(self, ledger):
        self.ledger, self.env = ledger, ledger.env
        self.random, self.pick = ledger.random, ledger.pick
        self.company = ledger.company

    def make_everything(self):
        self.count_stock()
        self.invoices = self.make_invoices()
        self.make_orders()
        self.change_orders()
        self.analyze()
        self.pay()
        self.analyze()
        self.make_reversals()
        self.reset_invoices()
        self.sell_out()
        self.return_sell_out()
        self.analyze()

    def analyze(self):
        """Tell PostgreSQL what there is now, as autovacuum does when others can see it.

        Without it, plans for tables that it takes for empty can last minutes. From then on
        autovacuum keeps away until the transaction ends, and does not take them for empty again.
        """
        self.env.flush_all()
        for name in ANALYZED:
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(name)))

    def day(self, first=FIRST, last=HALF_YEAR[1]):
        return first + timedelta(days=self.random.randint(0, (last - first).days))

    def price(self, name):
        return float(PRICES[name])

    def choose_goods(self):
        return self.random.sample(sorted(PRICES), self.random.randint(2, 5))

    # === Stock === #

    def count_stock(self):
        """Openings: plenty, none, or what was left of an earlier year; some count once more."""
        vals_list = []
        for number, dealer in enumerate(self.ledger.dealers):
            if number in SHORT or number % 5 == 3:
                continue
            for name in PRICES:
                plenty = 900 if number in OLD_STOCK else self.pick(0, 20, 60)
                vals_list.append(self.prepare_count(dealer, name, FIRST, plenty))
            if number % 4 == 1:
                vals_list.append(self.prepare_count(dealer, "soap", date(2025, 2, 10), 15))
        self.env["channel.opening"].create(vals_list)

    def prepare_count(self, dealer, name, day, quantity):
        return {
            "dealer_id": dealer.id,
            "product_id": self.ledger.products[name].id,
            "date": day,
            "quantity": quantity,
            "company_id": self.company.id,
        }

    # === Sell-in === #

    def make_invoices(self):
        """Return posted invoices, each with several tax sets, some in other currencies."""
        vals_list = []
        for number, dealer in enumerate(self.ledger.dealers):
            for rank in range(3):
                period = self.ledger.periods[rank // 2]
                few = number in OLD_STOCK and rank < 2
                currency = self.pick("EUR", "JPY", "USD") if number % 3 == 1 else None
                vals_list.append(
                    self.prepare_invoice(
                        # The same company, whichever of its shops buys.
                        self.ledger.network.shops[number] if rank == 1 else dealer,
                        self.day(period.date_from, period.date_to),
                        most=2 if few else 30,
                        currency=currency,
                    )
                )
        return self.post(vals_list)

    def prepare_invoice(self, partner, day, *, most=30, currency=None):
        lines = [self.prepare_invoice_line(name, most) for name in self.choose_goods()]
        if self.random.random() < 0.2:
            freight = self.ledger.network.freight
            lines.append({"product_id": freight.id, "quantity": 1, "price_unit": 40})
        currency = self.ledger.currency(currency) if currency else self.company.currency_id
        return {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "company_id": self.company.id,
            "currency_id": currency.id,
            "invoice_date": day,
            "invoice_line_ids": [Command.create(line) for line in lines],
        }

    def prepare_invoice_line(self, name, most):
        product = self.ledger.products[name]
        dozen = self.random.random() < 0.1
        return {
            "product_id": product.id,
            "quantity": self.random.randint(1, most),
            "product_uom_id": self.env.ref("uom.product_uom_dozen").id
            if dozen
            else product.uom_id.id,
            "price_unit": self.price(name) * (12 if dozen else 1),
            "discount": self.pick(0, 0, 2.5),
            "tax_ids": [Command.set(self.random.choice(self.ledger.tax_sets).ids)],
        }

    def post(self, vals_list):
        moves = self.env["account.move"].create(vals_list)
        self.analyze()
        moves.action_post()
        return moves

    def make_orders(self):
        """Sell-in by order to every third dealer, and its invoices."""
        vals_list = []
        for dealer in self.ledger.dealers[::3]:
            for _rank in range(2):
                lines = [
                    {
                        "product_id": self.ledger.products[name].id,
                        "product_uom_qty": self.random.randint(5, 20),
                        "price_unit": self.price(name),
                        "tax_ids": [Command.set(self.random.choice(self.ledger.tax_sets).ids)],
                    }
                    for name in self.choose_goods()[:2]
                ]
                vals_list.append(self.prepare_order(dealer, self.day(), lines))
        self.orders = self.env["sale.order"].create(vals_list)
        self.orders.action_confirm()
        self.invoice_orders(FIRST, date(2025, 3, 1))

    def prepare_order(self, partner, day, lines, **values):
        return {
            "partner_id": partner.id,
            "company_id": self.company.id,
            "user_id": self.ledger.case.users["salesperson"].id,
            "channel_order_date": day,
            "order_line": [Command.create(line) for line in lines],
            **values,
        }

    def change_orders(self):
        """Change quantities again and again: invoices and credit notes from the order."""
        for first in (date(2025, 3, 2), date(2025, 4, 10), date(2025, 6, 1)):
            for order in self.orders:
                if self.random.random() < 0.5:
                    self.change_lines(order, "order_line", "product_uom_qty", lambda _line: (0, 20))
            self.invoice_orders(first, first + timedelta(days=28))

    def change_lines(self, document, lines, quantity, bounds):
        """Change the quantities of a document at once, each to one within its bounds."""
        document[lines] = [
            Command.update(line.id, {quantity: self.random.randint(*bounds(line))})
            for line in document[lines]
        ]

    def invoice_orders(self, first, last):
        due = self.orders.filtered(
            lambda order: any(line.qty_to_invoice for line in order.order_line)
        )
        if not due:
            return
        moves = due._create_invoices(final=True, grouped=True)
        for start in range(3):
            moves[start::3].invoice_date = self.day(first, last)
        moves.action_post()

    # === Payments === #

    def pay(self):
        """Pay in full or in parts, in time or too late; what is on paid basis, and some others."""
        partners = [self.ledger.dealers[number].id for number in self.paid_numbers()]
        invoices = self.env["account.move"].search(
            [
                ("commercial_partner_id", "in", partners),
                ("company_id", "=", self.company.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("channel_statement_id", "=", False),
            ],
            order="id",
        )
        plans = dict.fromkeys(PLANS, invoices.browse())
        for invoice in invoices:
            plans[self.random.choice(PLANS)] |= invoice
        for invoice in plans["parts"] | plans["one part"] | plans["parts, late"]:
            self.pay_in_full(invoice, date(2025, 4, 2), amount=round(invoice.amount_total / 3))
        self.pay_in_full(plans["in time"] | plans["parts"], CUTOFF)
        self.pay_in_full(plans["late"] | plans["parts, late"], LATE)
        self.unpaid = plans["one part"] | plans[""]

    def paid_numbers(self):
        count = len(self.ledger.dealers)
        return [number for number in (*PAID, 0, 1) if number < count]

    def pay_in_full(self, invoices, day, **values):
        if not invoices:
            return
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        wizard.create({"payment_date": day, "group_payment": False, **values})._create_payments()

    # === Returns and corrections === #

    def make_reversals(self):
        """Credit notes of Odoo's wizard, whole and of a part, in the period and after it."""
        self.refunds = self.env["account.move"]
        for day in RETURN_DAYS:
            sold = self.invoices.filtered(lambda move, day=day: move.invoice_date <= day)
            sold -= self.refunds.reversed_entry_id
            chosen = self.random.sample(sold.ids, len(self.invoices) // 12)
            self.refunds |= self.reverse(self.invoices.browse(chosen), day)
        for refund in self.refunds[::4]:
            self.settle_up(refund)

    def reverse(self, invoices, day):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoices.ids
        )
        reversal = wizard.create({"date": day, "journal_id": invoices.journal_id[:1].id})
        reversal.refund_moves()
        for refund in reversal.new_move_ids:
            if self.random.random() < 0.7:
                self.change_lines(
                    refund, "invoice_line_ids", "quantity", lambda line: (0, int(line.quantity))
                )
        reversal.new_move_ids.action_post()
        return reversal.new_move_ids

    def settle_up(self, refund):
        """Let a credit note pay some of its invoice."""
        lines = (refund | refund.reversed_entry_id).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        if len(lines) > 1:
            lines.reconcile()

    def reset_invoices(self):
        """Take some invoices back: cancelled, or in draft again, with or without a return."""
        open_moves = (self.invoices | self.refunds).filtered(
            lambda move: move.payment_state == "not_paid"
        )
        # The last ones have lost their sale: its credit note is still there.
        chosen = open_moves[3::9] | open_moves.reversed_entry_id[:3]
        chosen.button_draft()
        chosen[::2].button_cancel()
        return chosen

    # === Sell-out === #

    def sell_out(self):
        """Orders of sub-distributors: at, above and below the floor; some cancelled."""
        vals_list = []
        for sub in self.ledger.subs:
            number = self.ledger.number_of(sub.channel_dealer_id)
            most = 40 if number in OLD_STOCK + SHORT else 8
            for rank in range(4):
                period = self.ledger.periods[rank // 2]
                day = self.day(period.date_from, period.date_to)
                lines = [self.prepare_sell_out_line(name, most) for name in self.choose_goods()[:3]]
                values = {}
                if number % 4 == 1:
                    values["pricelist_id"] = self.random.choice(self.ledger.pricelists).id
                vals_list.append(self.prepare_order(sub, day, lines, **values))
        self.sold_out = self.env["sale.order"].create(vals_list)
        self.sold_out.action_confirm()
        self.sold_out[7::20]._action_cancel()

    def prepare_sell_out_line(self, name, most):
        return {
            "product_id": self.ledger.products[name].id,
            "product_uom_qty": self.random.randint(1, most),
            "price_unit": round(self.price(name) * self.pick(1, 1, 1.1, 0.95), 2),
            "discount": self.pick(0, 0, 3.33, 12.5),
            "tax_ids": [Command.set(self.random.choice(self.ledger.tax_sets).ids)],
        }

    def return_sell_out(self):
        """A part of some orders comes back, in their period or later."""
        for order in self.sold_out[1::14]:
            if order.state == "sale":
                back = order._create_channel_return()
                back.channel_order_date = self.day(order.channel_order_date)
                self.change_lines(
                    back,
                    "order_line",
                    "product_uom_qty",
                    lambda line: (int(line.product_uom_qty), 0),
                )
                back.action_confirm()

    # === What changes afterwards === #

    def change_afterwards(self):
        """Change the first period of a ledger that was settled; return whose, as partners.

        A late invoice, a late return, a cancelled order and a late payment.
        """
        first = self.ledger.periods[0]
        days = (first.date_from, first.date_to)
        late = self.post([self.prepare_invoice(self.ledger.dealers[0], self.day(*days))])
        sold = self.invoices.filtered(
            lambda move: move.state == "posted" and move.invoice_date <= first.date_to
        )
        back = self.reverse(sold[-1:], LATE)
        orders = self.sold_out.filtered(
            lambda order: (
                order.state == "sale"
                and order.channel_order_date <= first.date_to
                and not order.channel_return_ids
                and self.ledger.covers_all(order.channel_dealer_id)
            )
        )
        orders[-1:]._action_cancel()
        paid = self.unpaid.filtered(
            lambda move: (
                move.state == "posted"
                and move.invoice_date <= first.date_to
                and move.amount_residual
                and self.ledger.number_of(move.commercial_partner_id) in PAID
            )
        )[:1]
        self.pay_in_full(paid, CUTOFF)
        partners = (late | back | paid).commercial_partner_id
        return partners | orders[-1:].channel_partner_id
