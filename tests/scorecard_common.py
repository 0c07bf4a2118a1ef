"""Scorecards for the tests: filled by the salesperson, fixed by the manager."""

from datetime import date

from odoo.tests import new_test_user

from .common import ChannelCase

SECOND_SALESPERSON = "second_salesperson"


class ScorecardCase(ChannelCase):
    """Stock and deliveries weigh 1 and go up to 10; prices weigh 2 and go up to 5."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users[SECOND_SALESPERSON] = new_test_user(
            cls.env, login="test_second_salesperson", groups="sales_team.group_sale_salesman"
        )
        cls.users["portal"] = new_test_user(
            cls.env, login="test_portal", groups="base.group_portal"
        )
        cls.env["channel.scorecard.criterion"].search([]).active = False
        cls.stock = cls.make_criterion("Stock")
        cls.deliveries = cls.make_criterion("Deliveries")
        cls.prices = cls.make_criterion("Prices", weight=2, scale=5)
        cls.criteria = cls.stock | cls.deliveries | cls.prices
        cls.dealer = cls.make_dealer("Dealer A")
        cls.other = cls.make_dealer("Dealer B", user_id=cls.users[SECOND_SALESPERSON].id)

    @classmethod
    def make_criterion(cls, name, **values):
        return cls.env["channel.scorecard.criterion"].create({"name": name, **values})

    @classmethod
    def make_card(cls, dealer=None, scores=(), **values):
        """Return a scorecard of 2025, with the first scores given."""
        card = cls.env["channel.scorecard"].create(
            {"partner_id": (dealer or cls.dealer).id, "year": "2025", **values}
        )
        for line, score in zip(card.line_ids, scores, strict=False):
            line.write({"score": score, "is_scored": True})
        return card

    @classmethod
    def submit(cls, cards, role="salesperson"):
        cls.as_role(role, cards).action_submit()
        return cards

    @classmethod
    def fix(cls, cards):
        """Submit (as nobody in particular) and fix scorecards."""
        cards.action_submit()
        cls.as_role("sales_manager", cards).action_fix()
        return cards

    @classmethod
    def send_back(cls, cards, reason="Look at the prices", role="sales_manager"):
        """Return or reopen scorecards with the button that fits."""
        cards = cls.as_role(role, cards)
        name = "action_return" if cards[0].state == "submitted" else "action_reopen"
        action = getattr(cards, name)()
        wizard = cls.model(role, action["res_model"]).with_context(**action["context"])
        wizard.create({"reason": reason}).action_return()

    def line_of(self, card, criterion):
        return card.line_ids.filtered(lambda line: line.criterion_id == criterion)


class IncidentFactory:
    """Incidents in whatever state, without the steps that lead there."""

    @classmethod
    def make_incident(cls, partner, breach, *, state="confirmed", day=date(2025, 5, 5), **values):
        kind = cls.env["channel.incident.type"].create(
            {"name": breach, "breach": breach, "penalty_percent": 10}
        )
        incident = cls.env["channel.incident"].create(
            {
                "partner_id": partner.id,
                "type_id": kind.id,
                "date": day,
                "description": breach,
                **values,
            }
        )
        incident._trusted().write({"state": state})
        return incident
