"""Documents that come whole are, field by field, what Odoo makes of the same prices and taxes."""

from odoo.fields import Command
from odoo.tests import tagged

from .common import ChannelCase
from .tax_sets import TaxedProducts

OTHER = {"id", "move_id", "create_date", "write_date", "access_token"}


class WholeDocumentsCase(TaxedProducts, ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer = cls.make_dealer("Dealer")
        cls.product = cls.company.channel_rebate_product_id
        cls.moves = cls.env["account.move"].with_company(cls.company)

    def prepare(self, *tax_sets, move_type="out_refund", **values):
        """Return values of a document with a line for each set of taxes."""
        lines = [
            {
                "product_id": self.product.id,
                "name": f"Rebate {number}",
                "quantity": 1.0,
                "price_unit": 100.07 * number,
                "tax_ids": [Command.set(taxes.ids)],
            }
            for number, taxes in enumerate(tax_sets, 1)
        ]
        return {
            "move_type": move_type,
            "partner_id": self.dealer.id,
            "company_id": self.company.id,
            "currency_id": self.company.currency_id.id,
            "invoice_date": "2025-04-01",
            "invoice_line_ids": [Command.create(line) for line in lines],
            **values,
        }

    def prepare_discount(self):
        self.dealer.property_payment_term_id = self.env["account.payment.term"].create(
            {"name": "early", "early_discount": True, "discount_percentage": 2}
        )

    def read_whole(self, record):
        """Return all that is stored of a record, except what two of them can't have in common."""
        names = [
            name
            for name, field in record._fields.items()
            if field.store and field.type != "one2many" and name not in OTHER
        ]
        return record.read(names, load=None)[0] | {"id": None}

    def make_currency(self):
        currencies = self.env["res.currency"].with_context(active_test=False)
        currency = currencies.search([("id", "!=", self.company.currency_id.id)], limit=1)
        currency.active = True
        currency.rate_ids = [Command.create({"name": "2025-01-01", "rate": 7.1313})]
        return currency


@tagged("post_install", "-at_install")
class TestWholeDocuments(WholeDocumentsCase):
    def assert_same(self, values, *, left_to_odoo=False):
        """Compare a document that comes whole with one of which only the prices come."""
        [whole] = self.moves._complete_channel_values([values])
        self.assertEqual("line_ids" not in whole, left_to_odoo)
        both = [self.moves.create(chosen) for chosen in (values, whole)]
        self.env.flush_all()
        plain, found = (
            [self.read_whole(move), *(self.read_whole(line) for line in move.line_ids)]
            for move in both
        )
        self.assertEqual(found, plain)
        for move in both:
            move.action_post()
        return both[1]

    def test_each_kind(self):
        purchase = self.make_tax(13, type_tax_use="purchase", name="Purchase")
        for move_type in ("out_refund", "out_invoice", "in_invoice", "in_refund"):
            is_sale = move_type.startswith("out")
            sets = (self.tax_13 | self.tax_9, self.no_tax) if is_sale else (purchase, self.no_tax)
            with self.subTest(move_type):
                move = self.assert_same(self.prepare(*sets, move_type=move_type))
                self.assertEqual(len(move.line_ids), 5 if is_sale else 4)

    def test_untaxed(self):
        self.assertEqual(len(self.assert_same(self.prepare(self.no_tax, self.no_tax)).line_ids), 3)

    def test_taxes_of_all_sorts(self):
        base = self.make_tax(10, name="base of the next", include_base_amount=True)
        sorts = {
            "included": self.make_tax(13, included=True),
            "on the other": base | self.make_tax(3, name="on top", sequence=9),
            "fixed": self.make_tax(2.5, amount_type="fixed"),
            "zero": self.make_tax(0),
            "negative": self.make_tax(-4),
            "group": self.make_tax(
                0,
                name="group",
                amount_type="group",
                children_tax_ids=[Command.set((base | self.tax_13).ids)],
            ),
            "division": self.make_tax(7, amount_type="division"),
        }
        for what, taxes in sorts.items():
            with self.subTest(what):
                self.assert_same(self.prepare(taxes, self.tax_9 | taxes, self.no_tax))

    def test_tax_report(self):
        """Tags of base and tax lines, in part without an account, and not before it is paid."""
        tags = self.env["account.account.tag"].create(
            [{"name": name, "applicability": "taxes"} for name in ("base", "tax")]
        )
        account = self.env["account.account"].create(
            {"name": "Tax", "code": "TAXT", "account_type": "liability_current", "reconcile": True}
        )
        for part in self.tax_13.refund_repartition_line_ids:
            part.tag_ids = tags[part.repartition_type == "tax"]
        tax_part = self.tax_13.refund_repartition_line_ids[-1]
        tax_part.copy({"factor_percent": 40, "account_id": account.id})
        tax_part.factor_percent = 60
        move = self.assert_same(self.prepare(self.tax_13, self.no_tax))
        self.assertEqual(move.line_ids.tax_tag_ids, tags)
        self.company.tax_exigibility = True
        self.tax_13.write(
            {"tax_exigibility": "on_payment", "cash_basis_transition_account_id": account.id}
        )
        move = self.assert_same(self.prepare(self.tax_13, self.no_tax))
        self.assertFalse(move.line_ids.tax_tag_ids)

    def test_rounding_of_the_whole_document(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self.assert_same(self.prepare(*[self.tax_13 | self.tax_9] * 7))

    def test_another_currency(self):
        currency = self.make_currency()
        values = self.prepare(self.tax_13, self.tax_9, self.no_tax, currency_id=currency.id)
        move = self.assert_same(values)
        self.assertEqual(move.line_ids.currency_id, currency)

    def test_payment_terms(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "in two parts",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
                    for days in (10, 40)
                ],
            }
        )
        self.dealer.property_payment_term_id = term
        self.assertEqual(len(self.assert_same(self.prepare(self.tax_13)).line_ids), 4)
        self.prepare_discount()
        self.assert_same(self.prepare(self.tax_13), left_to_odoo=True)

    def test_some_come_whole_and_others_are_left_to_odoo(self):
        self.prepare_discount()
        other = self.make_dealer("Other")
        values = [
            self.prepare(self.tax_13, partner_id=partner.id)
            for partner in (self.dealer, other, self.dealer, other)
        ]
        moves = self.moves._create_whole(values)
        self.assertEqual(moves.mapped("partner_id.id"), [self.dealer.id, other.id])
        self.assertEqual([move.partner_id for move in moves], [self.dealer, other] * 2)
        for move in moves:
            self.assertEqual(len(move.line_ids), 3)
            self.assertEqual(move.line_ids[-1].balance, -113.08)

    def test_accounts_of_a_fiscal_position(self):
        income = self.product.product_tmpl_id.get_product_accounts()["income"]
        other = income.copy({"code": "OTHERINC"})
        self.dealer.property_account_position_id = self.env["account.fiscal.position"].create(
            {
                "name": "Elsewhere",
                "account_ids": [
                    Command.create({"account_src_id": income.id, "account_dest_id": other.id})
                ],
            }
        )
        move = self.assert_same(self.prepare(self.tax_13))
        self.assertEqual(move.invoice_line_ids.account_id, other)

    def test_analytic_distribution(self):
        plan = self.env["account.analytic.plan"].create({"name": "Plan"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "Rebates", "plan_id": plan.id}
        )
        self.env["account.analytic.distribution.model"].create(
            {"partner_id": self.dealer.id, "analytic_distribution": {str(analytic.id): 100}}
        )
        self.assert_same(self.prepare(self.tax_13), left_to_odoo=True)
        self.assert_same(self.prepare(self.no_tax))

    def test_taxes_of_the_product_are_left_to_odoo(self):
        values = self.prepare(self.no_tax)
        del values["invoice_line_ids"][0][2]["tax_ids"]
        self.assert_same(values, left_to_odoo=True)


@tagged("post_install", "-at_install")
class TestReversedTogether(WholeDocumentsCase):
    def post(self, *values_list):
        moves = self.moves.create(list(values_list))
        moves.action_post()
        return moves

    def read_reversals(self, moves):
        """Return all that is stored of reversals, with what is reconciled with them."""
        skip = {"name", "sequence_number", "payment_reference", "reversed_entry_id", "move_name"}
        skip |= {"full_reconcile_id", "matching_number", "secure_sequence_number"}
        return [
            {name: value for name, value in self.read_whole(record).items() if name not in skip}
            for move in moves
            for record in (
                move.reversal_move_ids,
                *move.reversal_move_ids.line_ids.sorted(lambda line: (line.sequence, line.id)),
            )
        ]

    def assert_same(self, *values_list):
        """Compare documents that are reversed together with those of which Odoo copies each."""
        both = [self.post(*values_list) for _number in range(2)]
        defaults = {"date": "2025-06-01", "invoice_date": "2025-06-01", "ref": "Reversal"}
        both[0]._reverse_moves([dict(defaults) for _move in both[0]], cancel=True)
        both[1]._reverse_together([dict(defaults) for _move in both[1]])
        self.env.flush_all()
        for moves in both:
            self.assertLessEqual(set(moves.mapped("payment_state")), {"paid", "reversed"})
            for move in moves:
                self.assertIn("reversed from", move.reversal_move_ids.message_ids[-1].body)
        self.assertEqual(*[moves.mapped("payment_state") for moves in both])
        self.assertEqual(*map(self.read_reversals, reversed(both)))

    def prepare_entry(self):
        accounts = [
            self.dealer.property_account_payable_id,
            self.product.product_tmpl_id.get_product_accounts()["expense"],
        ]
        lines = [
            {"account_id": account.id, "partner_id": self.dealer.id, "balance": balance}
            for account, balance in zip(accounts, (-50, 50), strict=True)
        ]
        return {"date": "2025-04-01", "line_ids": [Command.create(line) for line in lines]}

    def test_invoices(self):
        purchase = self.make_tax(13, type_tax_use="purchase", name="Purchase")
        self.assert_same(
            self.prepare(self.tax_13 | self.tax_9, self.no_tax),
            self.prepare(self.no_tax, move_type="out_invoice"),
            self.prepare(purchase, move_type="in_invoice"),
            self.prepare(self.tax_13, currency_id=self.make_currency().id),
        )

    def test_what_odoo_copies_itself(self):
        noted = self.prepare(self.tax_13)
        note = {"display_type": "line_note", "name": "A word"}
        noted["invoice_line_ids"].append(Command.create(note))
        self.assert_same(noted, self.prepare(self.no_tax), noted)

    def test_payment_terms(self):
        self.dealer.property_payment_term_id = self.env.ref("account.account_payment_term_30days")
        self.assert_same(self.prepare(self.tax_13), self.prepare(self.no_tax))
        self.prepare_discount()
        self.assert_same(self.prepare(self.tax_13), self.prepare(self.no_tax))

    def test_entries_beside_invoices(self):
        both = [self.post(self.prepare_entry(), self.prepare(self.tax_13)) for _number in range(2)]
        both[0]._reverse_moves([{"ref": "Reversal"}, {"ref": "Reversal"}], cancel=True)
        both[1]._reverse_together([{"ref": "Reversal"}, {"ref": "Reversal"}])
        self.assertEqual(*map(self.read_reversals, reversed(both)))
        self.assertTrue(all(both[1].line_ids.filtered("account_id.reconcile").mapped("reconciled")))

    def test_accounts_that_were_changed(self):
        """What is due is taken back on the account that it is on, not on the partner's of today."""
        receivable = self.dealer.property_account_receivable_id
        self.dealer.property_account_receivable_id = receivable.copy({"code": "RECEIV2"})
        moves = self.post(self.prepare(self.tax_13))
        self.dealer.property_account_receivable_id = receivable
        moves._reverse_together([{"ref": "Reversal"}])
        due = moves.reversal_move_ids.line_ids.filtered("date_maturity")
        self.assertEqual(due.account_id.code, "RECEIV2")
        self.assertTrue(due.reconciled)
