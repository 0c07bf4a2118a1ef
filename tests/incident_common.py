"""Incidents for the tests: reported by a salesperson, decided by the keeper."""

from datetime import date

from odoo.tests import new_test_user

from .common import ROLES, ChannelCase, WorkedExample

BREACH = date(2025, 2, 15)
DIVERSION = "channel_rebate.incident_type_diversion"
UNDERCUTTING = "channel_rebate.incident_type_undercutting"


class Incidents(WorkedExample):
    """B is said to sell in A's territory; a second keeper, and a salesperson without partners."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.dealer_a | cls.dealer_b | cls.sub_s).write({"email": "partner@example.com"})
        cls.users["keeper_2"] = new_test_user(
            cls.env, login="test_keeper_2", groups=ROLES["keeper"]
        )
        cls.users["salesperson_2"] = new_test_user(
            cls.env, login="test_salesperson_2", groups=ROLES["salesperson"]
        )

    @classmethod
    def report(cls, partner, *, role="salesperson", kind=DIVERSION, **values):
        """Return an incident as the one who has reported it sees it."""
        return cls.model(role, "channel.incident").create(
            {
                "partner_id": partner.id,
                "type_id": cls.env.ref(kind).id,
                "date": BREACH,
                "product_id": cls.products["soap"].id,
                "quantity": 30,
                "place": "Market Street 1",
                **values,
            }
        )

    @classmethod
    def confirm(cls, partner, *, expired=True, **values):
        """Return a confirmed incident as the keeper sees it, by default too late to appeal."""
        incident = cls.as_role("keeper", cls.report(partner, **values))
        incident.action_confirm()
        if expired:
            cls.expire(incident)
        return incident

    @classmethod
    def expire(cls, incidents):
        incidents.sudo()._trusted().appeal_deadline = date(2025, 3, 1)

    @classmethod
    def penalise(cls, incident, **values):
        """Penalise as the form does, and return the penalty."""
        wizard = (
            cls.model("keeper", "channel.incident.penalise")
            .with_context(default_incident_id=incident.id)
            .create(values)
        )
        wizard.action_penalise()
        return incident.with_user(cls.users["keeper"]).penalty_ids

    @classmethod
    def decide(cls, incidents, verdict, reason="We have looked at it", role="keeper"):
        wizard = cls.model(role, "channel.incident.reason").create(
            {"incident_ids": [(6, 0, incidents.ids)], "verdict": verdict, "reason": reason}
        )
        wizard.action_decide()

    @classmethod
    def appeal(cls, incident, text="It was not me", role="keeper", **values):
        wizard = cls.model(role, "channel.incident.appeal").create(
            {"incident_id": incident.id, "text": text, **values}
        )
        wizard.action_appeal()


class IncidentCase(Incidents, ChannelCase):
    pass
