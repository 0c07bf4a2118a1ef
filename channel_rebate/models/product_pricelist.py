from bisect import bisect_left, bisect_right
from typing import Any, NamedTuple

from odoo import models

from ..tools.price_limit import FLOOR


class PriceRequest(NamedTuple):
    """What a price is asked for. Lines that ask for the same share the answer."""

    product: Any
    quantity: float  # in uom
    uom: Any
    currency: Any  # of the answer
    date: Any  # datetime
    extras: Any  # attribute values that make no variant and may cost extra


class RuleBook:
    """The rules of some pricelists for some products, each pricelist fetched once.

    Between two dates on which a rule begins or ends the same rules apply, so they are kept by such
    span. The book also serves the pricelists that a rule refers to.
    """

    def __init__(self, products):
        self.products = products
        self.bounds = {}
        self.rules = {}


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _get_channel_limit_prices(self, requests, company, limit):
        """Return ``{request: price}``: untaxed, for one of the request's unit, not rounded.

        ``None`` stands for a request that no rule applies to: unlike a price, a limit does not fall
        back to the list price. The number of queries depends on neither lines nor orders.

        :param requests: a set of :class:`PriceRequest`
        :param limit: floor or ceiling
        """
        if not requests:
            return {}
        self.ensure_one()
        products = self.env["product.product"].union(*(request.product for request in requests))
        # Elevated: limits hold whoever sells, and a rule may start from the cost.
        pricelist_sudo = (
            self.sudo().with_company(company).with_context(channel_rule_book=RuleBook(products))
        )
        return {
            request: pricelist_sudo._get_channel_limit_price(request, limit) for request in requests
        }

    def _get_channel_limit_price(self, request, limit):
        """Return the answer to one request, see :meth:`_get_channel_limit_prices`."""
        product = request.product.with_env(self.env)
        product = product.with_context(**product._get_product_price_context(request.extras))
        # In the currency of the list: Odoo gives fixed prices in that one, whichever is asked for.
        terms = {
            "quantity": request.quantity,
            "uom": request.uom,
            "date": request.date,
            "currency": self.currency_id,
        }
        price, rule_id = self._get_product_price_rule(product, **terms)
        if not rule_id:
            return None
        rule = self.env["product.pricelist.item"].browse(rule_id)
        charged = rule._get_channel_charged_price(price, product=product, **terms)
        # Who sells at the list itself keeps to it, also where its discount had to be rounded.
        price = min(price, charged) if limit == FLOOR else max(price, charged)
        taxes = product.taxes_id._filter_taxes_by_company(self.env.company)
        price = taxes._get_channel_untaxed_price(price, product, request.uom)
        return self.currency_id._convert(
            price, request.currency, self.env.company, request.date, round=False
        )

    def _get_applicable_rules(self, products, date, **kwargs):
        """Take the rules from the book in the context, if there is one (no client can send it)."""
        book = self.env.context.get("channel_rule_book")
        if not isinstance(book, RuleBook) or kwargs or products._name != "product.product":
            return super()._get_applicable_rules(products, date, **kwargs)
        key = (self, self._get_channel_rule_span(book, date))
        if key not in book.rules:
            book.rules[key] = super()._get_applicable_rules(book.products, date)
        return book.rules[key].with_env(self.env)

    def _get_channel_rule_span(self, book, date):
        """Return a key that two dates have in common if the same rules apply on both."""
        if self not in book.bounds:
            rules = self.env["product.pricelist.item"].search_fetch(
                [
                    ("pricelist_id", "=", self.id),
                    "|",
                    ("date_start", "!=", False),
                    ("date_end", "!=", False),
                ],
                ["date_start", "date_end"],
            )
            book.bounds[self] = (
                sorted(rules.filtered("date_start").mapped("date_start")),
                sorted(rules.filtered("date_end").mapped("date_end")),
            )
        starts, ends = book.bounds[self]
        return bisect_right(starts, date), bisect_left(ends, date)
