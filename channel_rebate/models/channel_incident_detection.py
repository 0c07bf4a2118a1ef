import logging
from collections import defaultdict
from typing import Any, NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class Finding(NamedTuple):
    """What an order looks like to whoever only sees the order: a person has to decide."""

    order: Any
    breach: str  # diversion or undercutting
    prices: Any  # {order line concerned: untaxed price of one of its unit, after all discounts}
    territory: Any  # where it happened; may be empty
    harmed: Any  # the dealer into whose territory it went, if he still is one; may be empty
    place: str
    description: str
    facts: Any  # plain values: with the same ones, and no more goods, it is the same incident
    note: str = ""  # what colleagues should know, and the partner need not


class ChannelIncident(models.Model):
    """Reports that are made of sell-out orders: for a person to decide, never a penalty.

    There is one report for an order and kind of breach. While nobody has decided, it follows the
    order; afterwards only other facts or more goods make another one.
    """

    _inherit = "channel.incident"

    detected_facts = fields.Json(
        readonly=True, copy=False, help="What was found, by which it is recognised later."
    )

    @api.model
    def _detect(self, orders):
        """Report what is wrong with sell-out orders, however many, in a few queries.

        :param orders: confirmed or cancelled since they were looked at last; of any company
        """
        for company, sold in orders.grouped("company_id").items():
            if company.channel_detect_incidents:
                language = company.partner_id.lang or self.env.lang
                # As nobody in particular, in the language of the company.
                self.with_user(SUPERUSER_ID).with_company(company).with_context(
                    lang=language
                )._detect_or_log(company, sold)

    def _detect_or_log(self, company, orders):
        """Look at orders of a company; what can't be reported is no reason to stop a sale."""
        self.env.cr.flush()  # what others have left to do may well stop it
        try:
            with self.env.cr.savepoint():
                self._detect_in_company(company, orders)
        except UserError as error:
            _logger.warning(
                "%s: orders %s could not be looked at for incidents: %s",
                company.name,
                orders.ids,
                error,
            )

    def _detect_in_company(self, company, orders):
        orders = orders.with_env(self.env)
        confirmed = orders.filtered(lambda order: order._can_be_incident())
        findings = [
            *self._find_diversions(company, confirmed),
            *self._find_undercutting(company, confirmed),
        ]
        known = self.search(
            [("order_id", "in", orders.ids), ("is_detected", "=", True)], order="id"
        )
        if findings or known:
            types = self._get_types_by_breach(company)
            self._report(
                {
                    (finding.order, finding.breach): finding
                    for finding in findings
                    if finding.breach in types
                },
                {
                    (incident.order_id, incident.detected_facts["breach"]): incident
                    for incident in known.filtered("detected_facts")
                },
                types,
            )

    @api.model
    def _get_types_by_breach(self, company):
        """Return ``{breach: type}``: the first of the company's own or of all companies'."""
        types = self.env["channel.incident.type"].search(
            [("company_id", "in", (company.id, False))]
        )
        return {found.breach: found for found in reversed(types)}

    def _report(self, findings, known, types):
        """Make reports of new findings, and let reports nobody has decided about follow them.

        :param findings: ``{(order, breach): Finding}``
        :param known: ``{(order, breach): the last report}``
        """
        new = []
        for key, finding in findings.items():
            incident = known.get(key, self.browse())
            before = incident.detected_facts or {}
            values = self._prepare_detected(finding, types[finding.breach])
            if incident.state == "reported":
                if before != values["detected_facts"]:
                    incident._follow(values["detected_facts"])
            elif self._says_more(values["detected_facts"], before):
                new.append((finding, values))
        for key, incident in known.items():
            if key not in findings and incident.state == "reported":
                incident._say_gone()
        created = self.create([values for _finding, values in new])
        notes = {
            incident.id: finding.note
            for incident, (finding, _values) in zip(created, new, strict=True)
            if finding.note
        }
        if notes:
            created.browse(notes)._message_log_batch(notes)

    @api.model
    def _says_more(self, found, before):
        """Tell whether there are other facts or more goods than somebody has decided about."""
        goods = before.get("goods", {})
        return found["facts"] != before.get("facts") or any(
            quantity > goods.get(product, 0) for product, quantity in found["goods"].items()
        )

    def _follow(self, found):
        """Let a report say what its order says, but for what somebody has entered himself.

        :param found: the new :attr:`detected_facts`
        """
        values = {
            name: value for name, value in found["values"].items() if self._is_as_detected(name)
        }
        self.write({**values, "detected_facts": found})
        self._message_log(body=self.env._("The order has changed, and so has this report."))

    def _is_as_detected(self, name):
        convert = self._fields[name].convert_to_cache  # rounds as well
        detected = self.detected_facts["values"][name]
        return convert(self[name], self) == convert(detected, self)

    def _say_gone(self):
        """Leave it to people what becomes of a report whose order would not be reported today."""
        if self.detected_facts["facts"] is None:
            return  # said already
        self.detected_facts = {**self.detected_facts, "facts": None}
        self._message_log(
            body=self.env._(
                "%(order)s has been changed or cancelled, and would not be reported any more.",
                order=self.order_id.name,
            )
        )

    def _prepare_detected(self, finding, incident_type):
        values = self._prepare_detected_values(finding)
        return {
            "company_id": finding.order.company_id.id,
            "type_id": incident_type.id,
            "order_id": finding.order.id,
            "is_detected": True,
            "reported_by_id": SUPERUSER_ID,
            "detected_facts": {
                "breach": finding.breach,
                "facts": finding.facts,
                "goods": self._sum_goods(finding.prices),
                "values": values,
            },
            **values,
        }

    def _prepare_detected_values(self, finding):
        """Return what follows the order while nobody has decided, as JSON keeps it."""
        order = finding.order
        return {
            "partner_id": order.channel_dealer_id.id,
            "date": fields.Date.to_string(order.channel_order_date),
            "currency_id": order.currency_id.id,
            "territory_id": finding.territory.id,
            "harmed_dealer_id": finding.harmed.id,
            "place": finding.place,
            "description": finding.description,
            **self._prepare_goods(finding.prices),
        }

    @api.model
    def _sum_goods(self, prices):
        """Return ``{product id as text: quantity in its unit}``, as JSON keeps it."""
        goods = defaultdict(float)
        for line in prices:
            goods[str(line.product_id.id)] += line._get_channel_quantity()
        return {product: round(quantity, 6) for product, quantity in goods.items()}

    def _prepare_goods(self, prices):
        """Return product, quantity and lowest price, for one of its unit, if it is one product.

        :param prices: those of a :class:`Finding`
        """
        product = self.env["product.product"].union(*(line.product_id for line in prices))
        if len(product) != 1:
            return {"product_id": False, "quantity": 0.0, "price": 0.0}
        return {
            "product_id": product.id,
            "quantity": sum(
                line.product_uom_id._compute_quantity(line.product_uom_qty, product.uom_id)
                for line in prices
            ),
            "price": min(
                line.product_uom_id._compute_price(price, product.uom_id)
                for line, price in prices.items()
            ),
        }

    @api.model
    def _describe_place(self, partner):
        """Return an address in a line, without the street."""
        city = " ".join(part for part in (partner.zip, partner.city) if part)
        names = (city, partner.state_id.name, partner.country_id.name)
        return ", ".join(name for name in names if name)
