"""Penalties for the tests: entered and decided by the keeper."""

from datetime import date


class Penalties:
    @classmethod
    def make_penalty(cls, partner, amount, *, confirm=True, **values):
        """Return a penalty for a breach in the first quarter, confirmed unless told otherwise."""
        penalty = cls.model("keeper", "channel.penalty").create(
            {
                "partner_id": partner.id,
                "date": date(2025, 2, 15),
                "reason": f"{partner.name} sold outside of the territory",
                "amount": amount,
                **values,
            }
        )
        if confirm:
            penalty.action_confirm()
        return penalty.with_user(cls.env.user)

    @classmethod
    def lift(cls, penalties, reason="Appeal won"):
        wizard = cls.model("keeper", "channel.penalty.lift").create(
            {"penalty_ids": [(6, 0, penalties.ids)], "reason": reason}
        )
        wizard.action_lift()

    def parts(self, settlement, partner):
        """Return gross, passed on, penalty, net and carried out of a partner's statement."""
        statement = self.statement_of(settlement, partner)
        return tuple(
            round(statement[f"{name}_amount"], 2)
            for name in ("gross", "passed_on", "penalty", "net", "carried_out")
        )
