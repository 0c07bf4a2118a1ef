"""Agreement lines with tiers: entered, sealed, settled, and shown to holders."""

import base64
import io
from datetime import date
from decimal import Decimal

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from openpyxl import load_workbook

from odoo.addons.channel_rebate.keyring import open_vault
from odoo.addons.channel_rebate.tools.vault import Secret, pack

from .common import ChannelCase, ChannelHttpCase

PUBLISHED = "0: 10\n100: 20\n300: 30"


class TierSetup:
    """Products at 1.00, so that a quantity is its amount, and dealers with one line of tiers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products |= {name: cls.make_product(name, 1) for name in ("brush", "paste", "floss")}
        cls.dealer = cls.make_dealer("Dealer T")
        cls.other = cls.make_dealer("Dealer U")

    @classmethod
    def make_tiered(cls, partner, brackets=PUBLISHED, mode="marginal", measure="amount", **line):
        """Return a draft agreement with one line, for all products unless ``line`` says else."""
        terms = {"applied_on": "all", "tier_mode": mode, "measure": measure, **line}
        agreement = cls.make_agreement(partner, {})
        agreement.line_ids = [Command.create(terms)]
        if brackets:
            cls.rates_of(agreement).brackets = brackets
        return agreement

    def settled(self, partner, settlement=None):
        return self.statement_of(settlement or self.settle(), partner)

    def brackets_of(self, agreement):
        rate = self.rates_of(agreement)
        return rate._unseal_many()[rate.id].brackets


@tagged("post_install", "-at_install")
class TestTierSettlement(TierSetup, ChannelCase):
    def test_the_published_amounts(self):
        """3,800 over three brackets: 1,100.00 marginal, 1,140.00 whole."""
        self.sign(self.make_tiered(self.dealer) | self.make_tiered(self.other, mode="whole"))
        for partner in (self.dealer, self.other):
            self.make_invoice(partner, {"brush": 3800})
        settlement = self.settle()
        marginal, whole = (
            self.settled(partner, settlement) for partner in (self.dealer, self.other)
        )
        self.assertRecordValues(
            marginal | whole, [{"gross_amount": 1100.00}, {"gross_amount": 1140.00}]
        )
        self.assertEqual(marginal.line_ids.rate, 28.9474)
        self.assertEqual(whole.line_ids.rate, 30)

    def test_an_amount_exactly_on_an_edge(self):
        """300 belongs to the bracket above, 299.99 to the one below."""
        self.sign(
            self.make_tiered(self.dealer, mode="whole") | self.make_tiered(self.other, mode="whole")
        )
        self.make_invoice(self.dealer, {"brush": 300})
        self.make_invoice(self.other, {"brush": 299.99})
        settlement = self.settle()
        self.assertEqual(self.settled(self.dealer, settlement).gross_amount, 90.00)
        self.assertEqual(self.settled(self.other, settlement).gross_amount, 60.00)

    def test_tiers_apply_to_the_commercial_entity(self):
        """Two contacts with 60 each reach the second bracket together, and only their own."""
        self.sign(
            self.make_tiered(self.dealer, mode="whole") | self.make_tiered(self.other, mode="whole")
        )
        for name in ("Ann", "Ben"):
            contact = self.env["res.partner"].create({"name": name, "parent_id": self.dealer.id})
            self.make_invoice(contact, {"brush": 60})
        self.make_invoice(self.other, {"brush": 60})
        settlement = self.settle()
        self.assertEqual(self.settled(self.dealer, settlement).gross_amount, 24.00)
        self.assertEqual(self.settled(self.other, settlement).gross_amount, 6.00)

    def test_products_of_a_line_reach_a_bracket_together_and_other_lines_do_not(self):
        agreement = self.make_tiered(self.dealer, mode="whole")
        agreement.line_ids = [Command.create({"product_id": self.products["soap"].id})]
        plain = self.rates_of(agreement).filtered(lambda rate: rate.tier_mode == "none")
        plain.rate = 1
        self.sign(agreement)
        self.make_invoice(self.dealer, {"brush": 80, "paste": 80, "soap": 10})
        lines = {
            line.product_id.default_code: (line.rate, line.amount)
            for line in self.settled(self.dealer).line_ids
        }
        self.assertEqual(lines, {"BRUSH": (20, 16.00), "PASTE": (20, 16.00), "SOAP": (1, 25.30)})

    def test_rounded_once_and_shared_to_the_cent(self):
        """Three products of 33.35 at 10 %: 3.335 each, 10.01 in all."""
        self.sign(
            self.make_tiered(self.dealer, "0: 10") | self.make_tiered(self.other, "0: 10", "none")
        )
        sales = dict.fromkeys(("brush", "paste", "floss"), 33.35)
        for partner in (self.dealer, self.other):
            self.make_invoice(partner, sales)
        settlement = self.settle()
        tiered, plain = (self.settled(partner, settlement) for partner in (self.dealer, self.other))
        self.assertEqual(tiered.gross_amount, 10.01)
        self.assertEqual(sorted(tiered.line_ids.mapped("amount")), [3.33, 3.34, 3.34])
        # A plain line is rounded by product.
        self.assertEqual(plain.gross_amount, 10.02)
        self.assertEqual(plain.line_ids.mapped("amount"), [3.34, 3.34, 3.34])

    def test_order_of_invoices_changes_no_share(self):
        self.sign(self.make_tiered(self.dealer, "0: 10") | self.make_tiered(self.other, "0: 10"))
        names = ("brush", "paste", "floss")
        for name in names:
            self.make_invoice(self.dealer, {name: 33.35})
        for name in reversed(names):
            self.make_invoice(self.other, {name: 33.35})
        settlement = self.settle()
        shares = [
            {line.product_id: line.amount for line in self.settled(partner, settlement).line_ids}
            for partner in (self.dealer, self.other)
        ]
        self.assertEqual(*shares)

    def test_a_plain_product_is_rounded_over_its_tax_sets(self):
        """Two tax sets of a product, 33.35 each at 10 %: 6.67 and not 6.68."""
        self.sign(self.make_tiered(self.dealer, "0: 10", "none"))
        self.make_invoice(self.dealer, {"brush": 33.35})
        self.products["brush"].taxes_id = self.env["account.tax"].create(
            {"name": "13 %", "amount": 13}
        )
        self.make_invoice(self.dealer, {"brush": 33.35})
        settlement = self.compute()
        self.assertEqual(settlement.statement_ids.line_ids.mapped("base_amount"), [33.35, 33.35])
        statement = settlement.statement_ids
        accounts = self.as_role("keeper", statement)._settle_shown()
        self.assertEqual(accounts[statement.id].gross, Decimal("6.67"))
        expected = self.as_role("officer", statement.line_ids).mapped("expected_amount")
        self.assertEqual(sorted(expected), [3.33, 3.34])

    def test_tiers_by_quantity(self):
        """Thresholds and rates by the box: 10 at 1.00 and 5 at 2.50, or all 15 at 2.50."""
        brackets = "0: 1\n10: 2.5"
        self.sign(
            self.make_tiered(self.dealer, brackets, measure="quantity")
            | self.make_tiered(self.other, brackets, "whole", "quantity")
        )
        for partner in (self.dealer, self.other):
            self.make_invoice(partner, {"soap": 15})
        settlement = self.settle()
        self.assertEqual(self.settled(self.dealer, settlement).gross_amount, 22.50)
        self.assertEqual(self.settled(self.other, settlement).gross_amount, 37.50)

    def test_more_returned_than_sold(self):
        """Below zero the first rate applies, in both modes."""
        self.sign(self.make_tiered(self.dealer) | self.make_tiered(self.other, mode="whole"))
        for partner in (self.dealer, self.other):
            self.make_invoice(partner, {"brush": 500}, move_type="out_refund")
        settlement = self.settle()
        for partner in (self.dealer, self.other):
            statement = self.settled(partner, settlement)
            self.assertEqual((statement.gross_amount, statement.net_amount), (-50.00, 0))

    def test_sales_and_returns_that_cancel_out(self):
        self.sign(self.make_tiered(self.dealer))
        self.make_invoice(self.dealer, {"brush": 500})
        self.make_invoice(self.dealer, {"paste": 500}, move_type="out_refund")
        statement = self.settled(self.dealer)
        self.assertEqual(statement.gross_amount, 0)
        self.assertEqual(sorted(statement.line_ids.mapped("amount")), [-50.00, 50.00])

    def test_holders_expect_what_is_written_later(self):
        self.sign(self.make_tiered(self.dealer))
        self.make_invoice(self.dealer, {"brush": 133.33, "paste": 266.67, "floss": 0.01})
        settlement = self.compute()
        lines = self.as_role("officer", settlement.statement_ids.line_ids)
        expected = [(line.expected_rate, line.expected_amount) for line in lines]
        # One line alone comes to the same: what it gets depends on the others.
        lines.invalidate_recordset()
        self.assertEqual(lines[1].expected_amount, expected[1][1])
        self.as_role("keeper", settlement).action_approve()
        self.assertEqual([(line.rate, line.amount) for line in lines], expected)
        gross = self.settled(self.dealer, settlement).gross_amount
        self.assertEqual(sum(Decimal(str(line.amount)) for line in lines), Decimal(str(gross)))
        self.assertEqual(gross, 80.00)


@tagged("post_install", "-at_install")
class TestEnteringTiers(TierSetup, ChannelCase):
    def test_brackets_are_entered_and_read_by_holders(self):
        agreement = self.make_tiered(self.dealer, "300-: 30\n0 - 100: 10 %\n100: 20,5")
        for role in ("keeper", "officer"):
            rate = self.rates_of(agreement, role)
            self.assertEqual((rate.brackets, rate.rate), ("0: 10\n100: 20.5\n300: 30", 0))
        self.assertTrue(rate.is_entered)

    def test_wrong_brackets_are_told_by_line_and_without_a_number(self):
        agreement = self.make_tiered(self.dealer, "0: 7.4321")
        rows = {
            "there is a gap": "0-654: 7.1\n655: 8.2",
            "two brackets overlap": "0-656: 7.1\n655: 8.2",
            "has to begin at 0": "654: 7.1",
            "open at the top": "0-654: 7.1",
            "row 2 can't be read": "0: 7.1\n1,654: 8.2",
            "out of range": "0: 7.1\n654: 100.6543",
            "no bracket is entered": "",
            "more than 10 brackets": "\n".join(f"{start * 654}: 7.1" for start in range(11)),
        }
        for problem, text in rows.items():
            pattern = f"2025-Q1 · Dealer T: All Products: .*{problem}"
            with self.subTest(problem), self.refused(pattern):
                self.rates_of(agreement).brackets = text
        self.assertEqual(self.brackets_of(agreement), ((Decimal(0), Decimal("7.4321")),))

    def test_messages_hold_no_number(self):
        rate = self.rates_of(self.make_tiered(self.dealer))
        for text in ("0-654: 654\n655: 8.2", "0: 654x", "0: 100.654", "654: 1"):
            with self.subTest(text):
                with self.assertRaises(UserError) as caught:
                    rate.brackets = text
                self.assertNotIn("654", str(caught.exception))

    def test_only_keepers_enter(self):
        agreement = self.make_tiered(self.dealer)
        for role in self.users.keys() - {"keeper"}:
            rate = agreement.env["channel.rate"].search([("line_id", "=", agreement.line_ids.id)])
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, rate).brackets = "0: 1"
            if role != "officer":
                for name in ("brackets", "example", "example_base"):
                    with self.subTest(role, field=name), self.assertRaises(AccessError):
                        self.as_role(role, rate).read([name])
        self.assertEqual(len(self.brackets_of(agreement)), 3)

    def test_tiers_and_plain_rates_do_not_overwrite_each_other(self):
        tiered, plain = self.make_tiered(self.dealer), self.make_tiered(self.other, "0: 5", "none")
        rate = self.rates_of(tiered)
        with self.refused("Dealer T: All Products: this line has tiers"):
            rate.rate = 5
        with self.refused("Dealer T: All Products: this line has tiers"):
            rate.save_grid([[rate.id, "5"]])
        with self.refused("Dealer U: All Products: this line has no tiers"):
            self.rates_of(plain).brackets = PUBLISHED
        self.assertEqual(len(self.brackets_of(tiered)), 3)

    def test_the_grid_shows_that_there_are_tiers_and_no_number(self):
        self.make_tiered(self.dealer)
        self.make_tiered(self.other, False)
        grid = self.model("keeper", "channel.rate").get_grid(self.period.id)
        cells = {row["name"]: row["cells"]["all-0"] for row in grid["rows"]}
        for name, is_entered in (("Dealer T", True), ("Dealer U", False)):
            told = {key: cells[name][key] for key in ("has_tiers", "is_entered", "value")}
            self.assertEqual(told, {"has_tiers": True, "is_entered": is_entered, "value": None})

    def test_the_mode_is_frozen_with_the_seal_and_copied(self):
        agreement = self.make_tiered(self.dealer)
        second = self.make_period(date(2025, 4, 1), date(2025, 6, 30))
        copied = second._create_agreements(self.dealer, [])
        self.assertEqual(copied.line_ids.tier_mode, "marginal")
        self.assertFalse(self.rates_of(copied).is_entered)
        self.seal(agreement)
        with self.refused("is sealed"):
            self.as_role("keeper", agreement.line_ids).tier_mode = "whole"
        with self.refused("is sealed"):
            self.rates_of(agreement).brackets = "0: 1"

    def test_rates_that_no_longer_fit_are_not_sealed(self):
        """Tiers taken off, or a percentage where an amount per unit was."""
        tiers = self.make_tiered(self.dealer)
        units = self.make_tiered(self.other, "0: 654", measure="quantity")
        self.as_role("keeper", tiers.line_ids).tier_mode = "none"
        self.as_role("keeper", units.line_ids).measure = "amount"
        for agreement in (tiers, units):
            name = agreement.partner_id.name
            with self.refused(f"{name}: the rate for All Products does not fit any more"):
                self.seal(agreement)
        self.rates_of(tiers).rate = 5
        self.assertEqual(self.seal(tiers).state, "sealed")

    def test_keeper_enters_brackets_in_the_form_and_sees_what_they_come_to(self):
        rate = self.rates_of(self.make_tiered(self.dealer, False))
        with Form(rate) as form:
            self.assertIn("no bracket is entered", form.example)
            form.brackets = PUBLISHED
            self.assertIn("1,100.00", form.example)
            form.example_base = 300
            self.assertIn("50.00", form.example)
            form.brackets = "5: 10"
            self.assertIn("has to begin at 0", form.example)
            form.brackets = PUBLISHED
        self.assertEqual(rate.brackets, PUBLISHED)
        self.assertEqual(rate.example_base, 3800)

    def import_sheet(self, text):
        values = {"period_id": self.period.id, "filename": "rates.csv"}
        sheet = base64.b64encode(text.encode())
        self.model("keeper", "channel.rate.import").create(
            {**values, "file": sheet}
        ).action_import()

    def test_a_sheet_with_a_row_for_each_bracket(self):
        tiered, plain = (
            self.make_tiered(self.dealer),
            self.make_agreement(self.other, {"soap": "1"}),
        )
        line = tiered.line_ids.id
        self.import_sheet(
            "Line,Partner,Product,Bracket From,Bracket To,Rate\n"
            f"{line},,,100,300,6\n{line},,,0,,5\n{line},,,,,\n{line},,,300,,7\n"
            ",DEALER-U,SOAP,,,2\n"
        )
        self.assertEqual(self.rates_of(tiered).brackets, "0: 5\n100: 6\n300: 7")
        self.assertEqual(self.rates_of(plain).rate, 2)

    def test_wrong_rows_of_a_sheet(self):
        tiered, plain = (
            self.make_tiered(self.dealer),
            self.make_agreement(self.other, {"soap": "1"}),
        )
        line, soap = tiered.line_ids.id, plain.line_ids.id
        rows = {
            "Row 3: this is not a rate": f"{line},0,,6.54\n{line},654,,",
            "Row 2: there is a gap": f"{line},0,653,6.54\n{line},654,,7",
            "Row 2: two brackets overlap": f"{line},654,,6.54\n{line},654,,7\n{line},0,,1",
            "Row 2: the first bracket has to begin": f"{line},654,,6.54",
            "Row 2: this line has no tiers": f"{soap},654,,6.54",
            "Row 3: there is a row for this line": f"{soap},,,6.54\n{soap},,,6.54",
            "Row 3: this is not a rate, or out": f"{line},0,,6.54\n{line},654,,654",
        }
        for pattern, text in rows.items():
            with self.subTest(pattern), self.refused(pattern):
                self.import_sheet(f"Line,Bracket From,Bracket To,Rate\n{text}\n")
        self.assertEqual(self.rates_of(tiered).brackets, PUBLISHED)


@tagged("post_install", "-at_install")
class TestSealedTiers(TierSetup, ChannelCase):
    def forge(self, agreement, brackets):
        """Overwrite the token like somebody with the key and the database, salt and all."""
        rate = self.rates_of(agreement)
        secret = rate._unseal_many()[rate.id]
        payload = pack(Secret(brackets=brackets, salt=secret.salt))
        token = open_vault(self.env).seal(payload, rate._token_context())
        rate._write_tokens(rate.ids, [token])

    def broken(self, agreement):
        lines = agreement.line_ids
        secrets = self.model("keeper", "channel.rate")._unseal_lines(lines)
        return self.as_role("keeper", agreement)._find_broken_seals(secrets)

    def test_one_digit_of_a_threshold_breaks_the_seal_and_names_the_line(self):
        first, second = self.make_tiered(self.dealer), self.make_tiered(self.other)
        self.sign(first | second)
        settlement = self.compute()
        self.assertEqual(self.broken(first | second), [])
        start, rate = self.brackets_of(first)[1]
        zero, _edge, top = self.brackets_of(first)
        self.forge(first, (zero, (start + Decimal("0.0001"), rate), top))
        keeper_first = self.as_role("keeper", first)
        self.assertEqual(self.broken(first | second), [(keeper_first, ["All Products"])])
        with self.refused("differ from what was sealed(.|\n)*Dealer T: All Products"):
            self.as_role("keeper", settlement).action_approve()

    def set_mode(self, agreement, mode):
        self.env.cr.execute(
            "UPDATE channel_agreement_line SET tier_mode = %s WHERE id = %s",
            [mode, agreement.line_ids.id],
        )
        self.env.invalidate_all()

    def test_the_mode_is_sealed(self):
        agreement = self.seal(self.make_tiered(self.dealer))
        self.assertIn('"tier_mode":"marginal"', agreement.line_ids.sealed_terms)
        for mode in ("whole", "none"):
            self.set_mode(agreement, mode)
            self.assertEqual([names for _a, names in self.broken(agreement)], [["All Products"]])

    def test_seals_from_before_there_were_tiers_still_hold(self):
        agreement = self.make_agreement(self.dealer, {"soap": "1"})

        def terms_of_then(line):
            terms = old_terms(line)
            del terms["tier_mode"]
            return terms

        old_terms = type(agreement.line_ids)._prepare_terms
        self.patch(type(agreement.line_ids), "_prepare_terms", terms_of_then)
        self.seal(agreement)
        self.assertNotIn("tier_mode", agreement.line_ids.sealed_terms)
        self.assertEqual(self.broken(agreement), [])
        self.set_mode(agreement, "whole")
        self.assertEqual([names for _a, names in self.broken(agreement)], [["[SOAP] Soap"]])


@tagged("post_install", "-at_install")
class TestTiersBelowTheDealers(TierSetup, ChannelCase):
    """Invariant 2: the sub-distributor's highest rate is below his dealer's lowest."""

    def seal_pair(self, of_dealer, of_sub, **line):
        sub = self.make_sub("Sub T", self.dealer)
        agreements = self.make_tiered(self.dealer, of_dealer)
        agreements |= self.make_tiered(sub, of_sub, **line)
        return self.seal(agreements)

    def test_below_in_every_bracket(self):
        """The thresholds may differ: only rates are compared."""
        agreements = self.seal_pair("0: 5\n100: 6", "0: 1\n50: 2\n70: 4.9999", mode="whole")
        self.assertEqual(set(agreements.mapped("state")), {"sealed"})

    def test_the_highest_at_the_dealers_lowest(self):
        for of_dealer, of_sub in (("0: 5\n100: 9", "0: 1\n999: 5"), ("0: 9\n100: 1", "0: 8\n9: 0")):
            with self.subTest(of_sub), self.refused("All Products is not below the dealer's"):
                self.seal_pair(of_dealer, of_sub)

    def test_other_measure(self):
        with self.refused("measured otherwise"):
            self.seal_pair("0: 5", "0: 1", measure="quantity")

    def test_both_may_be_zero(self):
        agreements = self.seal_pair("0: 0\n100: 5", "0: 0")
        self.assertEqual(set(agreements.mapped("state")), {"sealed"})


@tagged("post_install", "-at_install")
class TestWorkedExampleOnScreen(TierSetup, ChannelCase):
    def example(self, agreement, base=None, role="officer"):
        rate = self.rates_of(agreement, role)
        if base is not None:
            rate = rate.with_context(channel_example_base=base)
        return str(rate.example)

    def test_line_by_line(self):
        text = self.example(self.make_tiered(self.dealer))
        for figure in ("0 – 100", "100 – 300", "from 300", "3,500.00", "1,050.00", "1,100.00"):
            self.assertIn(figure, text)
        self.assertIn("28.9474 %", text)

    def test_whole_plain_and_by_quantity(self):
        whole = self.make_tiered(self.dealer, mode="whole")
        self.assertIn("1,140.00", self.example(whole))
        units = self.make_tiered(self.other, "0: 1.5\n10: 2", measure="quantity")
        text = self.example(units, 12)
        for figure in ("1.5 per unit", "15.00", "4.00", "19.00"):
            self.assertIn(figure, text)
        plain = self.make_tiered(self.make_dealer("Dealer P"), "0: 5", "none")
        self.assertIn("190.00", self.example(plain))
        self.assertIn("-5.00", self.example(plain, -100))

    def test_opened_from_a_statement(self):
        """The example is on all that the tiers count, and only holders open it."""
        self.sign(self.make_tiered(self.dealer))
        self.make_invoice(self.dealer, {"brush": 3000, "paste": 800})
        line = self.compute().statement_ids.line_ids[0]
        action = self.as_role("officer", line).action_open_example()
        self.assertEqual(action["context"], {"channel_example_base": 3800.0})
        rate = self.model("officer", "channel.rate").browse(action["res_id"])
        self.assertIn("1,100.00", rate.with_context(**action["context"]).example)
        for role in ("accountant", "salesperson", "sales_manager", "administrator"):
            with self.subTest(role), self.assertRaises(AccessError):
                self.as_role(role, line).action_open_example()

    def test_nothing_for_elevated_code(self):
        rate = self.rates_of(self.make_tiered(self.dealer)).sudo()
        self.assertFalse(rate.brackets)
        self.assertFalse(rate.example)

    def test_the_example_is_kept_nowhere(self):
        rate = self.rates_of(self.make_tiered(self.dealer))
        rate.write({"example_base": 654})
        rate.invalidate_recordset()
        self.assertEqual(rate.example_base, 3800)


@tagged("post_install", "-at_install")
class TestTierTemplate(TierSetup, ChannelHttpCase):
    def test_template_has_rows_for_brackets_and_comes_back_filled_in(self):
        agreement = self.make_tiered(self.dealer, False)
        self.authenticate("test_keeper", "test_keeper")
        response = self.url_open(f"/channel_rebate/rate_template/{self.period.id}")
        book = load_workbook(io.BytesIO(response.content))
        rows = list(book.active.iter_rows())
        self.assertEqual([row[-2].value for row in rows], ["Bracket From", 0, None, None])
        for row, (start, rate) in zip(rows[1:], ((0, 1), (1000, 2.5)), strict=False):
            row[-2].value, row[-1].value = start, rate
        stream = io.BytesIO()
        book.save(stream)
        sheet = base64.b64encode(stream.getvalue())
        values = {"period_id": self.period.id, "filename": "filled.xlsx", "file": sheet}
        self.model("keeper", "channel.rate.import").create(values).action_import()
        self.assertEqual(self.rates_of(agreement).brackets, "0: 1\n1000: 2.5")
