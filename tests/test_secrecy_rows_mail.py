"""Ways out by chatter, mail, activities and typed code: rows 27 to 35 of docs/secrecy.rst."""

from datetime import date

from odoo.tests import tagged

from .common import PRICES
from .secrecy_common import OUTSIDERS, SECRET_A
from .secrecy_rows import PLANT, RowsCase
from .test_secrecy_gate import Typed

SECRET_MODELS = ("channel.rate", "channel.rate.import")
LATEST = {"order": "id desc", "limit": 200}
# Typed code that looks for rates and says what it found, in the words of server actions.
TYPED = {
    "elevated": "str(env['channel.rate'].sudo().search([]).mapped('rate'))",
    "amounts": "str(env['channel.statement'].sudo().search([]).mapped('expected_net_amount'))",
    "tokens": "str(env['channel.rate'].sudo().search_read([], ['token']))",
    "as keeper": "str(env['channel.rate'].with_user(env['res.users'].search("
    "[('login', '=', 'test_keeper')])).search([]).mapped('rate'))",
    "unsealed": "str(env['channel.rate'].sudo()._unseal_many())",
}
SQL_CODE = """
env.cr.execute("SELECT row_to_json(r)::text FROM channel_rate r")
rates = env.cr.fetchall()
env.cr.execute("SELECT row_to_json(s)::text FROM channel_statement s")
raise UserError(str(rates) + str(env.cr.fetchall()))
"""
FINGERPRINTS = "str(env['channel.agreement'].sudo().search([]).mapped('fingerprint'))"


@tagged("post_install", "-at_install")
class TestRowsOfMail(Typed, RowsCase):
    def commit_messages(self):
        """Let happen what happens to messages at the end of a transaction."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def make_followed_draft(self):
        """Return a draft agreement with chatter that everybody outside follows."""
        draft = self.make_agreement(self.make_dealer("Dealer C"), SECRET_A).with_env(self.env)
        draft.message_subscribe([self.users[role].partner_id.id for role in OUTSIDERS])
        self.commit_messages()
        return self.as_role("keeper", draft)

    def test_row_27_nothing_secret_is_tracked(self):
        draft = self.make_followed_draft()
        self.rates_of(draft)[0].rate = 18.4173
        draft.action_seal()
        self.commit_messages()

        def look(env):
            messages = env["mail.message"].search([("res_id", "=", draft.id)])
            values = messages.sudo().tracking_value_ids
            return [messages.read(), values._tracking_value_format()]

        self.assertIn("Sealed", str(self.tell(look, "salesperson")))
        self.assertUntold(look)
        self.env["channel.agreement"].browse(draft.id)._trusted().signatory = PLANT
        self.commit_messages()
        self.assertTold(look, "salesperson")

    def test_row_28_mails_to_followers(self):
        draft = self.make_followed_draft()
        before = self.env["mail.mail"].sudo().search([], **LATEST)
        self.rates_of(draft)[0].rate = 17.3891
        draft.action_seal()
        self.commit_messages()
        self.assertNoSecret((self.env["mail.mail"].sudo().search([], **LATEST) - before).read())
        draft.message_post(body="Signed soon", subtype_xmlid="mail.mt_comment")
        mails = self.env["mail.mail"].sudo().search([], **LATEST) - before
        self.assertIn("Signed soon", "".join(mails.mapped("body_html")))
        recipients = mails.recipient_ids
        self.assertIn(self.users["portal"].partner_id, recipients)
        self.assertNoSecret([mails.read(), mails.mail_message_id.read()])

    def test_row_29_what_the_administrator_reads_of_mails(self):
        """Chatter tells that something changed, and no rate."""
        for name in ("mail.message", "mail.tracking.value", "mail.mail", "mail.notification"):
            with self.subTest(name):
                self.assertNoSecret(self.env[name].sudo().search([], **LATEST).read())
        tracked = self.env["mail.tracking.value"].sudo().search([])
        states = tracked.filtered(lambda value: value.field_id.name == "state")
        self.assertEqual(set(states.mapped("new_value_char")), {"Signed"})
        self.assertFalse(tracked.filtered(lambda value: value.field_id.model in SECRET_MODELS))

    def test_row_30_whoever_is_mentioned(self):
        told = [self.users[role].partner_id.id for role in OUTSIDERS]
        for record in (self.settlement, self.agreement_a):
            record = self.as_role("keeper", record)
            record.message_post(body="Please look at this", partner_ids=told)

        def look(env):
            messages = env["mail.message"].search([("body", "ilike", "look at this")])
            return messages.read(["body", "subject", "record_name", "preview", "email_from"])

        self.assertUntold(look)
        self.assertIn("2025-Q1", str(self.tell(look, "salesperson")))
        self.as_role("keeper", self.settlement).message_post(
            body=f"Please look at this: {PLANT}", partner_ids=told
        )
        self.assertTold(look, "salesperson")

    def test_row_31_activities(self):
        for record in (self.settlement, self.agreement_a):
            for role in ("salesperson", "sales_manager", "accountant"):
                record.with_user(self.users["keeper"]).activity_schedule(
                    "mail.mail_activity_data_todo", user_id=self.users[role].id
                )

        def look(env):
            return env["mail.activity"].search([]).read()

        self.assertIn("2025-Q1", str(self.tell(look, "salesperson")))
        self.assertUntold(look)
        self.approve()
        self.make_invoice(self.dealer_a, dict.fromkeys(PRICES, 10), day=date(2025, 3, 1))
        self.period._check_corrections()
        ours = self.env["mail.activity"].search([("res_model", "=", "channel.period")])
        self.assertEqual(set(ours.user_id.mapped("login")), {"test_officer"})
        self.assertNoSecret(ours.read())

    def test_row_32_followers(self):
        def look(env):
            return env["mail.followers"].search([("res_model", "=like", "channel%")]).read()

        found = str(self.tell(look, "employee"))
        self.assertIn("channel.agreement", found)
        self.assertNotIn("channel.rate", found)
        for name in SECRET_MODELS:
            with self.subTest(name):
                self.assertNotIn("message_ids", self.env[name]._fields)
                self.assertNotIn("activity_ids", self.env[name]._fields)
                self.assertNotIn("access_token", self.env[name]._fields)

    def test_row_35_the_bus_and_what_is_pushed(self):
        def look(_env):
            tables = ("bus.bus", "mail.push", "mail.presence")
            present = [name for name in tables if name in self.env]
            return [self.env[name].sudo().search([], **LATEST).read() for name in present]

        draft = self.make_followed_draft()
        draft.action_seal()
        self.as_role("officer", self.settlement).action_compute()
        draft.message_post(body="Sealed", partner_ids=self.users["salesperson"].partner_id.ids)
        self.commit_messages()
        self.assertUntold(look, ["administrator"])
        self.env["bus.bus"]._sendone(self.users["salesperson"].partner_id, "plant", PLANT)
        self.env.cr.precommit.run()
        self.assertTold(look, "administrator")

    # === What is typed into the database: templates, server actions === #

    def render(self, template, engine):
        """Render text as a mail template on a partner would be, by who runs it."""
        renderer = self.env["mail.render.mixin"]

        def attempt(env):
            return renderer.with_env(env)._render_template(
                template, "res.partner", self.dealer_a.ids, engine=engine
            )

        return attempt

    def test_row_33_mail_templates(self):
        editors = self.env.ref("mail.group_mail_template_editor")
        self.users["salesperson"].group_ids += editors
        roles = ("salesperson", "administrator", "keeper", "accountant")
        for name, code in TYPED.items():
            code = code.replace("env[", "object.env[")
            for engine, text in (
                ("inline_template", f"{{{{ {code} }}}}"),
                ("qweb", f'<p t-out="{code}"/>'.replace("'", "&#39;")),
            ):
                with self.subTest(way=name, engine=engine):
                    self.assertUntold(self.render(text, engine), roles)
        code = FINGERPRINTS.replace("env[", "object.env[")
        told = self.tell(self.render(f"{{{{ {code} }}}}", "inline_template"), "salesperson")
        self.assertIn(self.agreement_a.fingerprint, str(told))

    def test_row_33_templates_of_everybody(self):
        """Who may not edit templates gets no code into one."""
        told = self.tell(self.render(f"{{{{ {FINGERPRINTS} }}}}", "inline_template"), "employee")
        self.assertNotIn(self.agreement_a.fingerprint, str(told))

    def test_row_34_server_actions(self):
        for name, code in TYPED.items():
            action = self.make_action(f"raise UserError({code})")
            for role in ("administrator", "keeper", "officer", "salesperson"):
                run = action.with_user(self.users[role]).run
                with self.subTest(way=name, role=role):
                    self.assertNoSecret(self.told(run))
                    self.assertNoSecret(self.told(action.with_user(self.users[role]).sudo().run))
        told = self.told(self.make_action(f"raise UserError({TYPED['elevated']})").run)
        self.assertEqual(told, str([0.0] * len(self.rates)))
        told = self.told(self.make_action(f"raise UserError({FINGERPRINTS})").run)
        self.assertIn(self.agreement_a.fingerprint, told)

    def test_row_34_raw_sql_in_a_server_action(self):
        told = self.told(self.make_action(SQL_CODE).run)
        self.assertIn('"token"', told)
        self.assertIn('"base_amount"', told)
        self.assertNoSecret(told)

    def test_row_34_scheduled_code(self):
        job = self.model("administrator", "ir.cron").create(
            {
                "name": "Curious",
                "model_id": self.env["ir.model"]._get("res.partner").id,
                "state": "code",
                "code": f"log({TYPED['as keeper']})\nraise UserError({TYPED['elevated']})",
                "user_id": self.users["keeper"].id,
            }
        )
        self.assertNoSecret(self.told(job.ir_actions_server_id.with_user(job.user_id).run))
        self.assertNoSecret(self.told(job.ir_actions_server_id.with_user(job.user_id).sudo().run))

    def test_row_34_pages_typed_into_a_view(self):
        for name, code in TYPED.items():
            arch = f'<t t-name="channel_rebate.page"><p t-out="{code}"/></t>'.replace("'", "&#39;")
            view = self.model("administrator", "ir.ui.view").create(
                {"type": "qweb", "name": name, "key": f"channel_rebate.page_{len(name)}"}
                | {"arch": arch.replace("page", f"page_{len(name)}")}
            )

            def attempt(env, view=view):
                return env["ir.qweb"]._render(view.key, {"env": env})

            self.assertUntold(attempt, ("administrator", "keeper", "salesperson"))
