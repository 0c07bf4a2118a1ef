"""A ledger of 30 dealers and 90 sub-distributors equals a computation in plain Python, to the cent.

A second company with price-included taxes shares six of the dealers.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from odoo.tests import tagged
from odoo.tools import SQL

from .big_ledger import SECOND, BigLedger, Network
from .big_ledger_sales import CUTOFF, LATE, Sales
from .common import ChannelCase
from .plain_sales import round_to
from .plain_settlement import RATE_COIN, PlainSettlement
from .raw_rows import read_rows

# Sums of a plain statement, and the columns of those of a settlement.
SUMS = {
    "base": "base_amount",
    "company_base": "base_company_amount",
    "gross": "gross_amount",
    "passed_on": "passed_on_amount",
    "carried_in": "carried_in_amount",
    "net": "net_amount",
    "carried_out": "carried_out_amount",
}
# Dealers of the first of two runs; the second one settles the others.
FIRST_RUN = 5
SETTLED_ON = date(2025, 4, 20)
EXCHANGE = {
    "EUR": {date(2024, 12, 1): 0.92, date(2025, 2, 1): 0.95, SECOND: 0.89, LATE: 0.91},
    "JPY": {date(2024, 12, 1): 150.5, date(2025, 2, 20): 147.25, SECOND: 151.75, LATE: 149.5},
}


class BigLedgerCase(ChannelCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.period.unlink()
        cls.make_exchange_rates()
        network = Network(cls, dealer_count=30)
        second = cls.make_second_company()
        cls.ledgers = {
            "taxes excluded": BigLedger(cls, cls.company, network, seed=11, dealer_count=30),
            "taxes included": BigLedger(cls, second, network, seed=2, dealer_count=6),
        }
        cls.sales = {name: Sales(ledger) for name, ledger in cls.ledgers.items()}
        for sales in cls.sales.values():
            sales.make_everything()
        cls.runs = {
            name: cls.settle_ledger(ledger, dealer_ids=ledger.dealers[:FIRST_RUN].ids)
            | cls.settle_ledger(ledger)
            for name, ledger in cls.ledgers.items()
        }

    @classmethod
    def make_exchange_rates(cls):
        """Rates that all companies share, and own rates of the first for one currency."""
        for name, rates in EXCHANGE.items():
            currency = cls.env.ref(f"base.{name}")
            currency.active = True
            currency.rate_ids.unlink()
            cls.env["res.currency.rate"].create(
                [
                    {"currency_id": currency.id, "name": day, "rate": rate, "company_id": company}
                    for day, rate in rates.items()
                    for company in ([False, cls.company.id] if name == "JPY" else [False])
                ]
            )

    @classmethod
    def make_second_company(cls):
        company = cls.env["res.company"].create(
            {"name": "Second", "account_price_include": "tax_included"}
        )
        cls.env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        company.write(
            {
                "currency_id": cls.env.ref("base.EUR").id,
                "tax_calculation_rounding_method": "round_per_line",
                "channel_rebate_line_detail": "product",
            }
        )
        for role in ("keeper", "officer", "accountant", "salesperson"):
            cls.users[role].company_ids |= company
        cls.env.user.company_ids |= company
        return company

    @classmethod
    def settle_ledger(cls, ledger, rank=0, **values):
        dates = {"date": SETTLED_ON, "cutoff_date": CUTOFF, **values}
        return cls.settle(ledger.periods[rank], **dates)

    def each_ledger(self):
        for name, ledger in self.ledgers.items():
            yield ledger, self.sales[name], self.runs[name]

    # === What the database says, and what it should === #

    def expect(self, ledger, rank=0, cutoff=CUTOFF, carried=None):
        """Return what a period comes to now: a plain settlement and its statements by partner."""
        plain = PlainSettlement(read_rows(self.env, ledger.company), ledger.brackets)
        period_id = ledger.periods[rank].id
        return plain, plain.settle(period_id, cutoff.isoformat(), carried)

    def read_settled(self, settlements):
        """Return ``{partner id: (sums, lines)}`` of settlements, as the database has them."""
        rows = read_rows(self.env, settlements.company_id)
        lines = defaultdict(dict)
        for row in rows["statement_lines"]:
            key = row["agreement_line_id"], row["product_id"], row["tax_key"]
            lines[row["statement_id"]][key] = tuple(
                row[name]
                for name in ("quantity", "base_amount", "base_company_amount", "rate", "amount")
            )
        return {
            row["partner_id"]: (
                {name: row[column] for name, column in SUMS.items()},
                lines[row["id"]],
            )
            for row in rows["statements"]
            if row["settlement_id"] in settlements.ids
        }

    def flatten(self, statements):
        """Return plain statements as :meth:`read_settled` returns those of the database."""
        return {
            statement.partner_id: (
                {name: getattr(statement, name) for name in SUMS},
                {
                    key: (
                        line.quantity,
                        line.base,
                        line.company_base,
                        round_to(line.rate, RATE_COIN),
                        line.amount,
                    )
                    for key, line in statement.lines.items()
                },
            )
            for statement in statements.values()
        }

    def assert_settled(self, settlements, statements):
        """Check every sum and every line of settlements against plain statements."""
        found, expected = self.read_settled(settlements), self.flatten(statements)
        self.assertEqual(found.keys(), expected.keys())
        wrong = [
            f"{self.env['res.partner'].browse(partner_id).name}: {name} is {own.get(name)}, "
            f"should be {other.get(name)}"
            for partner_id in sorted(found)
            for own, other in zip(found[partner_id], expected[partner_id], strict=True)
            for name in own.keys() | other.keys()
            if own.get(name) != other.get(name)
        ]
        if wrong:
            self.fail("\n".join(wrong))


@tagged("post_install", "-at_install")
class TestBigLedger(BigLedgerCase):
    def test_the_ledger_has_everything(self):
        """Else the other tests would say less than they seem to."""
        runs = self.runs.values()
        records = self.env["channel.statement"].concat(*(run.statement_ids for run in runs))
        domain = [("statement_id", "in", records.ids)]
        reasons = self.env["channel.statement.sale"].search(domain).mapped("reason")
        wanted = {"no_sale", "not_covered", "service", "unavailable", "unpaid"}
        self.assertLessEqual(wanted, set(reasons))
        covering = records.line_ids.agreement_line_id
        self.assertEqual(set(covering.mapped("tier_mode")), {"none", "whole", "marginal"})
        self.assertEqual(set(covering.mapped("measure")), {"amount", "quantity"})
        self.assertEqual(set(records.agreement_ids.mapped("version")), {1, 2})
        self.assertEqual(len(records.currency_id), 3)
        taxes = {len(key.split(",")) if key else 0 for key in records.line_ids.mapped("tax_key")}
        self.assertEqual(taxes, {0, 1, 2})
        for run in runs:
            self.assertGreater(len(run.statement_ids.filtered("carried_out_amount")), 1)
        first, second = (set(run.statement_ids.partner_id) for run in runs)
        self.assertTrue(second < first)

    def test_statements(self):
        for ledger, _sales, run in self.each_ledger():
            _plain, statements = self.expect(ledger)
            with self.subTest(ledger.company.name):
                self.assertEqual(len(statements), len(ledger.dealers | ledger.subs) - 1)
                self.assert_settled(run, statements)

    def test_the_company_pays_what_dealers_earn(self):
        """Invariant 1, without penalties, currency by currency."""
        for ledger, _sales, run in self.each_ledger():
            with self.subTest(ledger.company.name):
                self.assert_the_company_pays(run)

    def assert_the_company_pays(self, run):
        for currency, own in run.statement_ids.grouped("currency_id").items():
            dealers = own.filtered(lambda statement: statement.role == "dealer")
            earned = sum(dealers.mapped("gross_amount"))
            carried = sum(own.mapped("carried_in_amount")) - sum(own.mapped("carried_out_amount"))
            paid = sum(own.mapped("net_amount"))
            self.assertEqual(currency.round(earned + carried), currency.round(paid))

    def test_documents(self):
        """Untaxed they are the net amount, line by line that of a tax set, and so is the tax."""
        for ledger, _sales, run in self.each_ledger():
            plain, statements = self.expect(ledger)
            by_product = ledger.company.channel_rebate_line_detail == "product"
            globally = ledger.company.tax_calculation_rounding_method == "round_globally"
            for record in run.statement_ids:
                statement = statements[record.partner_id.id]
                with self.subTest(ledger.company.name, partner=record.partner_id.name):
                    self.assertEqual(bool(record.move_id), statement.net > 0)
                    if record.move_id:
                        lines = plain.get_document(statement, by_product=by_product)
                        self.assertEqual(sum(lines.values()), statement.net)
                        tax = plain.get_tax(lines, statement.currency_id, globally)
                        self.assert_document(record.move_id, lines, tax)

    def assert_document(self, move, lines, tax):
        self.assertEqual((move.state, move.move_type), ("posted", "out_refund"))
        found = [
            (",".join(map(str, sorted(line.tax_ids.ids))), Decimal(str(line.price_subtotal)))
            for line in move.invoice_line_ids
        ]
        self.assertEqual(
            sorted(found), sorted((key, amount) for (key, _product), amount in lines.items())
        )
        self.assertEqual(Decimal(str(move.amount_tax)), tax)
        self.assertEqual(move.channel_statement_id.document_tax_amount, move.amount_tax)

    # === The books === #

    def assert_balanced(self, company):
        """The company's posted items balance, all together and document by document."""
        rows = self.env.execute_query(
            SQL(
                """SELECT move_id, SUM(debit - credit), SUM(balance)
                     FROM account_move_line
                    WHERE parent_state = 'posted' AND company_id = %s
                 GROUP BY ROLLUP (move_id)
                   HAVING SUM(debit - credit) != 0 OR SUM(balance) != 0""",
                company.id,
            )
        )
        self.assertEqual(rows, [])

    def read_accounts(self, run):
        """Return ``{(account id, partner id, currency id): (balance, amount in currency)}``.

        Of the documents of a settlement and what reversed them, without what is zero.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT line.account_id, line.partner_id, line.currency_id,
                          SUM(line.balance)::text, SUM(line.amount_currency)::text
                     FROM account_move_line AS line
                     JOIN account_move AS move ON move.id = line.move_id
                    WHERE line.parent_state = 'posted' AND move.channel_statement_id = ANY(%s)
                 GROUP BY line.account_id, line.partner_id, line.currency_id""",
                run.statement_ids.ids,
            )
        )
        sums = {tuple(key): (Decimal(own), Decimal(foreign)) for *key, own, foreign in rows}
        return {key: amounts for key, amounts in sums.items() if any(amounts)}

    def test_books(self):
        """They balance, with a line on the rebate account in each document."""
        for ledger, _sales, run in self.each_ledger():
            with self.subTest(ledger.company.name):
                self.assert_balanced(ledger.company)
                accounts = self.read_accounts(run)
                partners = {partner_id for _account, partner_id, _currency in accounts}
                self.assertEqual(partners, set(run.statement_ids.move_id.partner_id.ids))
                for partner_id in partners:
                    self.assertTrue(
                        any(key[:2] == (ledger.rebate_account.id, partner_id) for key in accounts)
                    )

    # === Again, and on === #

    def test_reversed_and_settled_again(self):
        """The reversal leaves nothing on any account, and the second time comes to the same."""
        for ledger, _sales, runs in self.each_ledger():
            run = runs[0]
            first = self.read_settled(run)
            self.as_role("keeper", run).action_reverse()
            with self.subTest(ledger.company.name):
                self.assert_balanced(ledger.company)
                self.assertEqual(self.read_accounts(run), {})
                again = self.settle_ledger(ledger)
                self.assertEqual(self.read_settled(again), first)
                self.assertEqual(self.read_documents(again), self.read_documents(run))
                self.assert_balanced(ledger.company)

    def read_documents(self, run):
        return {
            record.partner_id: (record.move_id.amount_untaxed, record.move_id.amount_tax)
            for record in run.statement_ids
        }

    def test_next_period_deducts_what_is_carried(self):
        for ledger, _sales, _run in self.each_ledger():
            _plain, first = self.expect(ledger)
            carried = {key: one.carried_out for key, one in first.items() if one.carried_out}
            second = self.settle_ledger(ledger, rank=1, date=LATE, cutoff_date=LATE)
            _plain, statements = self.expect(ledger, rank=1, cutoff=LATE, carried=carried)
            with self.subTest(ledger.company.name):
                self.assert_settled(second, statements)
                self.assert_balanced(ledger.company)
                self.assertTrue(any(one.carried_in and one.net for one in statements.values()))

    def test_what_changes_afterwards(self):
        """A late invoice, a late return, a cancelled order, a late payment: sums of any time."""
        for ledger, sales, run in self.each_ledger():
            _plain, before = self.expect(ledger)
            partners = sales.change_afterwards()
            _plain, now = self.expect(ledger)
            changed = {key for key in now if now[key].lines != before[key].lines}
            with self.subTest(ledger.company.name):
                self.assertLessEqual(set(partners.ids), changed)
                self.assertEqual(self.read_settled(run), self.flatten(before))
                self.assert_bases(run.statement_ids.agreement_ids, now)

    def test_supplementary(self):
        """With the corrections everybody has what the ledger comes to now, cent by cent."""
        for ledger, sales, run in self.each_ledger():
            partners = sales.change_afterwards()
            _plain, now = self.expect(ledger, cutoff=LATE)
            with self.subTest(ledger.company.name):
                correction = self.correct_ledger(ledger)
                self.assertLessEqual(set(partners), set(correction.statement_ids.partner_id))
                self.assert_sums(run | correction, now)
                self.assert_the_company_pays(correction)
                self.assert_balanced(ledger.company)
                with self.refused("nothing to correct"):
                    self.correct_ledger(ledger)
                self.as_role("keeper", correction).action_reverse()
                self.assertEqual(self.read_accounts(correction), {})
                self.assert_balanced(ledger.company)
                self.assert_sums(run | self.correct_ledger(ledger), now)

    def correct_ledger(self, ledger):
        return self.settle_ledger(ledger, kind="supplementary", date=LATE, cutoff_date=LATE)

    def assert_sums(self, settlements, statements):
        """Check sums by partner, and by line, of settlements of one period taken together."""
        found = defaultdict(lambda: defaultdict(Decimal))
        for settlement in settlements:
            for partner_id, (sums, lines) in self.read_settled(settlement).items():
                for name in ("base", "company_base", "gross", "passed_on"):
                    found[partner_id][name] += sums[name]
                for key, (quantity, base, company_base, _rate, amount) in lines.items():
                    for name, value in zip(
                        ("quantity", "base", "company base", "amount"),
                        (quantity, base, company_base, amount),
                        strict=True,
                    ):
                        found[partner_id][key, name] += value
        for partner_id, statement in statements.items():
            expected = {
                name: getattr(statement, name)
                for name in ("base", "company_base", "gross", "passed_on")
            }
            for key, line in statement.lines.items():
                expected[key, "quantity"] = line.quantity
                expected[key, "base"] = line.base
                expected[key, "company base"] = line.company_base
                expected[key, "amount"] = line.amount
            sums = {key: value for key, value in found[partner_id].items() if value}
            self.assertEqual(sums, {key: value for key, value in expected.items() if value})

    def assert_bases(self, agreements, statements):
        """What counts now is what plain statements say, but for rounding by tax set."""
        rows = self.env["channel.ledger"]._get_bases(agreements, CUTOFF)
        found = {(row["agreement_line_id"], row["product_id"]): row["base_amount"] for row in rows}
        expected = defaultdict(list)
        for statement in statements.values():
            for (scope_id, product_id, _taxes), line in statement.lines.items():
                expected[scope_id, product_id].append(float(line.base))
        self.assertEqual(found.keys(), expected.keys())
        currencies = {line.id: line.agreement_id.currency_id for line in agreements.line_ids}
        for (scope_id, product_id), bases in expected.items():
            self.assertAlmostEqual(
                found[scope_id, product_id],
                sum(bases),
                delta=len(bases) * currencies[scope_id].rounding,
            )
