"""Agreements, invoices and companies in different currencies; companies that never mix."""

from datetime import date

from odoo.tests import tagged

from .common import PRICES
from .ledger import LedgerCase

DAY, LATER = date(2025, 2, 1), date(2025, 3, 1)
# What a unit of company currency buys, from a day on.
RATES = {
    "EUR": {date(2025, 1, 1): 2.0, LATER: 4.0},
    "CHF": {date(2025, 1, 1): 0.5, LATER: 0.8},
}


class CurrencyCase(LedgerCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currencies = {name: cls.env.ref(f"base.{name}") for name in RATES}
        for name, rates in RATES.items():
            cls.currencies[name].active = True
            cls.currencies[name].rate_ids.unlink()
            cls.env["res.currency.rate"].create(
                [
                    {"currency_id": cls.currencies[name].id, "name": day, "rate": rate}
                    for day, rate in rates.items()
                ]
            )

    def invoice(self, dealer, quantity, day, currency=None, **values):
        if currency:
            values["currency_id"] = self.currencies[currency].id
        return self.make_invoice(dealer, {"soap": quantity}, day=day, **values)

    def both_bases(self, dealer, **values):
        statements = self.statements_of(**values)
        statement = statements.filtered(lambda record: record.partner_id == dealer)
        line = statement.line_ids
        self.assertEqual(statement.base_amount, line.base_amount)
        self.assertEqual(statement.base_company_amount, line.base_company_amount)
        found = line.base_amount, line.base_company_amount
        self.drop(statements)
        return found


@tagged("post_install", "-at_install")
class TestCurrencies(CurrencyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        euro = cls.currencies["EUR"]
        cls.agreement = cls.sign_all(cls.dealer_a, periods=[cls.period], currency_id=euro.id)
        cls.sign_all(cls.dealer_b, periods=[cls.period])

    def test_amount_in_the_agreements_currency_is_taken_as_it_is(self):
        for dealer in (self.dealer_a, self.dealer_b):
            self.invoice(dealer, 10, DAY, "EUR")
        self.assertEqual(self.both_bases(self.dealer_a), (2530, 1265))
        self.assertEqual(self.both_bases(self.dealer_b), (1265, 1265))

    def test_rate_of_the_invoices_day(self):
        for day in (DAY, LATER):
            for dealer in (self.dealer_a, self.dealer_b):
                self.invoice(dealer, 10, day)
        self.assertEqual(self.both_bases(self.dealer_a), (2530 * (2 + 4), 5060))
        self.assertEqual(self.both_bases(self.dealer_b), (5060, 5060))

    def test_invoice_in_a_third_currency(self):
        for day in (DAY, LATER):
            self.invoice(self.dealer_a, 10, day, "CHF")
        first, second = 2530 / 0.5, 2530 / 0.8
        expected = (first * 2 + second * 4, first + second)
        self.assertEqual(self.both_bases(self.dealer_a), expected)

    def test_return_at_the_rate_of_its_sale(self):
        """What came back entirely leaves nothing, whatever the rates have done meanwhile."""
        for currency in ("EUR", "CHF", None):
            for dealer in (self.dealer_a, self.dealer_b):
                invoice = self.invoice(dealer, 10, DAY, currency)
                self.reverse(invoice, LATER)
        self.assertEqual(self.both_bases(self.dealer_a), (0, 0))
        self.assertEqual(self.both_bases(self.dealer_b), (0, 0))

    def test_return_from_the_order_at_the_rate_of_its_sale(self):
        order = self.make_order(self.dealer_b, {"soap": 10}, confirm=False)
        order.currency_id = self.currencies["CHF"]
        order.action_confirm()
        self.invoice_order(order, DAY)
        self.change_order(order, 0, LATER)
        self.assertEqual(self.both_bases(self.dealer_b), (0, 0))

    def test_company_rates_come_before_shared_ones(self):
        self.currencies["EUR"].rate_ids.company_id = False
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.currencies["EUR"].id,
                "name": date(2024, 12, 1),
                "rate": 3,
                "company_id": self.company.id,
            }
        )
        self.invoice(self.dealer_a, 10, DAY)
        expected = self.company.currency_id._convert(
            2530, self.currencies["EUR"], self.company, DAY
        )
        self.assertEqual(self.both_bases(self.dealer_a), (expected, 2530))
        self.assertEqual(expected, 7590)

    def test_rounded_once(self):
        """Three lines that come to 33.335 each in the agreement's currency."""
        self.products["pin"] = self.make_product("pin", 66.67)
        dealer = self.make_dealer("Pins")
        self.currencies["EUR"].rate_ids.filtered(lambda rate: rate.name < DAY).rate = 0.5
        agreement = self.make_agreement(dealer, {"pin": "1"}, currency_id=self.currencies["EUR"].id)
        self.sign(agreement)
        self.make_invoice(dealer, {"pin": 1}, day=DAY)
        for _number in range(2):
            self.make_invoice(dealer, {"pin": 1}, day=DAY)
        self.assertEqual(self.both_bases(dealer), (100.01, 200.01))

    def test_statement_and_document_are_in_the_agreements_currency(self):
        for dealer in (self.dealer_a, self.dealer_b):
            self.invoice(dealer, 10, DAY)
        settlement = self.settle()
        statement = self.statement_of(settlement, self.dealer_a)
        self.assertRecordValues(
            statement,
            [
                {
                    "currency_id": self.currencies["EUR"].id,
                    "company_currency_id": self.company.currency_id.id,
                    "gross_amount": 50.6,
                    "net_amount": 50.6,
                }
            ],
        )
        self.assertEqual(statement.move_id.currency_id, self.currencies["EUR"])
        self.assertEqual(self.statement_of(settlement, self.dealer_b).gross_amount, 25.3)

    def test_reversal_leaves_no_exchange_difference(self):
        """What was booked at two euros for a unit is taken back at two, not at today's four."""
        self.company.channel_rebate_post_documents = True
        for dealer in (self.dealer_a, self.dealer_b):
            self.invoice(dealer, 10, DAY)
        settlement = self.settle(date=DAY)
        moves = settlement.statement_ids.move_id
        self.as_role("keeper", settlement).action_reverse()
        for move in moves:
            for line in move.line_ids:
                back = move.reversal_move_ids.line_ids.filtered(
                    lambda other, line=line: other.account_id == line.account_id
                )
                self.assertEqual(back.amount_currency, -line.amount_currency)
                self.assertEqual(back.balance, -line.balance)
        self.assertFalse(moves.line_ids.matched_debit_ids.exchange_move_id)

    def test_each_currency_has_its_own_coins(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        dealer = self.make_dealer("Yen")
        self.sign(self.make_agreement(dealer, {"soap": "1"}, currency_id=yen.id))
        for partner in (dealer, self.dealer_b):
            self.make_invoice(partner, {"soap": 1}, day=DAY, currency_id=yen.id)
        settlement = self.settle()
        self.assertEqual(self.statement_of(settlement, dealer).gross_amount, 3)
        self.assertEqual(self.statement_of(settlement, self.dealer_b).gross_amount, 2.53)

    def test_sell_out_in_another_currency(self):
        self.sign_all(self.sub_a, periods=[self.period], rates={"soap": "0.5"})
        self.sign_all(self.sub_b, periods=[self.period], rates={"soap": "0.5"})
        for dealer, sub in ((self.dealer_a, self.sub_a), (self.dealer_b, self.sub_b)):
            self.invoice(dealer, 20, DAY)
            order = self.make_order(sub, {"soap": 10}, day=DAY, confirm=False)
            order.write({"currency_id": self.currencies["EUR"].id, "date_order": DAY})
            order.action_confirm()
            order.date_order = DAY
        self.assertEqual(self.both_bases(self.sub_a), (2530, 1265))
        self.assertEqual(self.both_bases(self.sub_b), (1265, 1265))

    def test_sub_distributors_follow_their_dealer(self):
        period = self.next_period
        sub = self.make_agreement(self.sub_a, {"soap": "0.5"}, period=period)
        dealer = self.make_agreement(
            self.dealer_a, {"soap": "1"}, period=period, currency_id=self.currencies["EUR"].id
        )
        self.sign(dealer | sub)
        self.assertEqual(sub.currency_id, self.currencies["EUR"])

    def test_draft_follows_when_the_dealers_changes(self):
        period = self.next_period
        dealer = self.make_agreement(self.dealer_a, {"soap": "1"}, period=period)
        sub = self.make_agreement(self.sub_a, {"soap": "0.5"}, period=period)
        dealer.currency_id = self.currencies["CHF"]
        self.assertEqual(sub.currency_id, self.currencies["CHF"])
        with self.refused("has to be in CHF, as .*Dealer A is"):
            sub.currency_id = self.currencies["EUR"]

    def test_sealed_currency_stays(self):
        with self.refused("is sealed"):
            self.agreement.currency_id = self.currencies["CHF"]

    def test_terms_are_taken_into_the_next_period(self):
        self.next_period._create_agreements(self.dealer_a | self.dealer_b, [])
        found = self.env["channel.agreement"].search([("period_id", "=", self.next_period.id)])
        currencies = {record.partner_id: record.currency_id for record in found}
        expected = {
            self.dealer_a: self.currencies["EUR"],
            self.dealer_b: self.company.currency_id,
        }
        self.assertEqual(currencies, expected)


@tagged("post_install", "-at_install")
class TestCompanies(CurrencyCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["res.company"].create(
            {"name": "Second", "currency_id": cls.currencies["EUR"].id}
        )
        cls.env["account.chart.template"].try_loading("generic_coa", cls.second, install_demo=False)
        cls.second.currency_id = cls.currencies["EUR"]
        for role in ("keeper", "officer", "accountant", "salesperson"):
            cls.users[role].company_ids |= cls.second
        cls.second_period = cls.make_period(
            date(2025, 1, 1), date(2025, 3, 31), company_id=cls.second.id
        )
        periods = [cls.period, cls.second_period]
        cls.sign_all(cls.dealer_a, cls.dealer_b, periods=periods)
        cls.sign_all(cls.sub_a, periods=periods, rates={"soap": "0.5"})

    def sell_in(self, company, quantity):
        for dealer in (self.dealer_a, self.dealer_b):
            self.make_invoice(dealer, {"soap": quantity}, day=DAY, company_id=company.id)

    def sell_out(self, company, quantity):
        """An order of the second company, in its currency."""
        order = self.make_order(
            self.sub_a, {"soap": quantity}, day=DAY, company_id=company.id, confirm=False
        )
        order.order_line.price_unit = PRICES["soap"]
        order.action_confirm()
        return order

    def test_same_partners_never_mix(self):
        self.sell_in(self.company, 10)
        self.sell_in(self.second, 3)
        self.sell_out(self.company, 4)
        self.sell_out(self.second, 2)
        for period, quantity, passed_on in ((self.period, 10, 4), (self.second_period, 3, 2)):
            statements = self.statements_of(period)
            self.assertEqual(statements.company_id, period.company_id)
            self.assertEqual(statements.currency_id, period.company_id.currency_id)
            bases = {record.partner_id.name: record.base_amount for record in statements}
            expected = {
                "Dealer A": quantity * PRICES["soap"],
                "Dealer B": quantity * PRICES["soap"],
                "Sub A": passed_on * PRICES["soap"],
            }
            self.assertEqual(bases, expected)
            self.drop(statements)

    def test_what_a_dealer_has_from_one_company_he_has_not_from_the_other(self):
        self.sell_in(self.company, 10)
        self.make_count(self.dealer_a, "soap", 50)
        order = self.sell_out(self.second, 2)
        found = self.bases(self.second_period)
        self.assertEqual(found.get(("Sub A", "soap"), (0, 0)), (0, 0))
        self.assertEqual(self.reasons(self.second_period), [("Sub A", order.name, "unavailable")])

    def test_records_of_another_company_are_not_linked(self):
        bound = self.make_dealer("Bound", company_id=self.second.id)
        with self.refused("belongs to another company|Incompatible companies"):
            self.model("officer", "channel.settlement").create(
                {"period_id": self.period.id, "dealer_ids": bound.ids}
            )
        with self.refused("belongs to another company|Incompatible companies"):
            self.make_agreement(bound, {"soap": "1"}, period=self.next_period)
        product = self.make_product("bound", 1, company_id=self.second.id)
        agreement = self.make_agreement(self.dealer_a, {"soap": "1"}, period=self.next_period)
        with self.refused("belongs to another company|Incompatible companies"):
            agreement.line_ids.product_id = product
