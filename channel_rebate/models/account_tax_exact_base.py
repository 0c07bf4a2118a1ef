from collections import defaultdict

from odoo import api, models

# How far to look for a unit price, in coins (a line alone) and in parts of a coin (a document).
MAX_COINS = 12
PARTS_OF_A_COIN = 32
# Digits of a unit price that is no multiple of the smallest coin.
PRICE_DIGITS = 8


class AccountTax(models.Model):
    """Unit prices that come to a given untaxed amount, whatever the taxes do to them.

    With price-included taxes Odoo takes the taxes out of the price and rounds: each line or the
    whole document, as the company chooses. So a price is solved for and then checked by Odoo's own
    computation. A price in whole coins is preferred, because that is how it prints, unless its
    taxes are a coin off those of the untaxed amount: several prices may leave the same one.
    """

    _inherit = "account.tax"

    @api.model
    def _find_channel_prices(self, bases, company, currency, product):
        """Return a unit price by line, at which a document's untaxed amounts are as given.

        :param list bases: for each line its untaxed amount (float, in ``currency``) and taxes
        :param product: of the lines; taxes by formula may ask for it
        :return: unit prices for a quantity of one in the order of ``bases``; every line exact if
            that can be, else their sum, and the taxes what they are of untaxed amounts, if that
            can be; None if no price that was tried gives the sum
        """
        if not any(taxes._is_any_price_included() for _base, taxes in bases):
            return [base for base, _taxes in bases]
        args = (bases, company, currency, product)
        wanted = self._get_channel_wanted_taxes(*args)
        found, shortcomings = None, None
        for prices in self._get_channel_price_candidates(*args):
            lines = self._prepare_channel_lines(prices, *args)
            errors, delta = self._compare_channel_lines(lines, bases, currency)
            if currency.is_zero(sum(errors) + delta):
                short = any(errors), self._sum_channel_taxes(lines, currency) != wanted
                if not any(short):
                    return prices
                if found is None or short < shortcomings:
                    found, shortcomings = prices, short
        return found

    def _is_any_price_included(self):
        return any(self.flatten_taxes_hierarchy().mapped("price_include"))

    @api.model
    def _get_channel_price_candidates(self, bases, company, currency, product):
        exact = [taxes._solve_channel_price(base, product) for base, taxes in bases]
        yield [currency.round(price) for price in exact]
        yield [
            self._find_channel_line_price(price, base, company, currency, product)
            for price, base in zip(exact, bases, strict=True)
        ]
        yield [round(price, PRICE_DIGITS) for price in exact]
        # Each line by parts of a coin, which its own rounding swallows as long as they are less
        # than half of it: what they move is the rounding of the document's total.
        included = [taxes._is_any_price_included() for _base, taxes in bases]
        for part in range(1, 2 * PARTS_OF_A_COIN):
            for sign in (1, -1):
                shift = sign * part * currency.rounding / PARTS_OF_A_COIN
                yield [
                    round(price + shift, PRICE_DIGITS) if is_included else price
                    for price, is_included in zip(exact, included, strict=True)
                ]

    @api.model
    def _find_channel_line_price(self, exact, base, company, currency, product):
        """Return the price of a line alone, coin by coin: an amount may lie between two taxes'."""
        args = ([base], company, currency, product)
        wanted = self._get_channel_wanted_taxes(*args)
        rounded = currency.round(exact)
        found = None
        for coins in range(MAX_COINS):
            for sign in (1, -1):
                price = currency.round(rounded + sign * coins * currency.rounding)
                lines = self._prepare_channel_lines([price], *args)
                errors, delta = self._compare_channel_lines(lines, [base], currency)
                if not errors[0] and currency.is_zero(delta):
                    if self._sum_channel_taxes(lines, currency) == wanted:
                        return price
                    found = price if found is None else found
        return rounded if found is None else found

    def _solve_channel_price(self, base, product):
        """Return the price whose untaxed part, not rounded, is ``base``.

        Untaxed part and price are on a line, which two points give.
        """

        def untaxed(price):
            details = self._get_tax_details(
                price, 1.0, rounding_method="round_globally", product=product
            )
            return details["total_excluded"]

        first, second = base, 2 * base or 1.0
        slope = (untaxed(second) - untaxed(first)) / (second - first)
        return first + (base - untaxed(first)) / slope if slope else first

    @api.model
    def _get_channel_errors(self, prices, bases, company, currency, product):
        """Return what Odoo makes of these prices: errors by line, and what it adds to their sum.

        :return: list of untaxed amounts less those wanted, and the document's rounding
        """
        lines = self._prepare_channel_lines(prices, bases, company, currency, product)
        return self._compare_channel_lines(lines, bases, currency)

    @api.model
    def _prepare_channel_lines(self, prices, bases, company, currency, product, special_mode=False):
        """Return Odoo's base lines of a document with these prices, their taxes computed."""
        lines = [
            self._prepare_base_line_for_taxes_computation(
                {},
                price_unit=price,
                quantity=1.0,
                tax_ids=taxes,
                product_id=product,
                currency_id=currency,
                special_mode=special_mode,
            )
            for price, (_base, taxes) in zip(prices, bases, strict=True)
        ]
        self._add_tax_details_in_base_lines(lines, company)
        self._round_base_lines_tax_details(lines, company)
        return lines

    @api.model
    def _compare_channel_lines(self, lines, bases, currency):
        details = [line["tax_details"] for line in lines]
        errors = [
            currency.round(detail["total_excluded_currency"] - base)
            for detail, (base, _taxes) in zip(details, bases, strict=True)
        ]
        return errors, sum(detail["delta_total_excluded_currency"] for detail in details)

    @api.model
    def _get_channel_wanted_taxes(self, bases, company, currency, product):
        """Return the taxes of untaxed amounts, as they were if no price included any."""
        amounts = [base for base, _taxes in bases]
        lines = self._prepare_channel_lines(
            amounts, bases, company, currency, product, special_mode="total_excluded"
        )
        return self._sum_channel_taxes(lines, currency)

    @api.model
    def _sum_channel_taxes(self, lines, currency):
        sums = defaultdict(float)
        for line in lines:
            for detail in line["tax_details"]["taxes_data"]:
                sums[detail["tax"]] += detail["tax_amount_currency"]
        return {tax: currency.round(amount) for tax, amount in sums.items()}
