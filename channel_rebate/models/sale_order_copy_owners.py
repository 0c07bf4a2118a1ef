from collections import defaultdict

from markupsafe import Markup
from odoo import models
from odoo.fields import Command
from odoo.tools.mail import generate_tracking_message_id

from odoo.addons.mail.tools.discuss import Store

REPORT_URL = "/report/pdf/channel_rebate.report_five_part_order"


class SaleOrder(models.Model):
    """On confirmation marketing and finance get their copies of the five-part order.

    Odoo notifies one record at a time, with some twenty queries each. Here one message for each
    order is made for the whole batch, so that two hundred orders cost no more queries than two.
    """

    _inherit = "sale.order"

    def _action_confirm(self):
        result = super()._action_confirm()
        self.filtered(lambda order: order._is_sell_out())._notify_copy_owners()
        return result

    def _notify_copy_owners(self):
        """Send marketing and finance a message on each order, with a link to their copy.

        Elevated: whoever confirms (a salesperson, the customer in the portal) need not see those
        users nor their messages. The users get what they may read themselves, and nothing else.
        """
        owners_by_order = {}
        for company, orders in self.sudo().grouped("company_id").items():
            owners_by_order |= orders._get_owners_by_order(company._get_copy_owners())
        if owners_by_order:
            messages_by_user = self._create_copy_messages_sudo(owners_by_order)
            self._send_copies_to_inbox_sudo(messages_by_user)
            self._send_copies_by_email_sudo(messages_by_user)

    def _get_owners_by_order(self, owners):
        """Return for each order who gets which copy: those who may read it.

        Whoever confirms the orders himself knows about them. An order without anybody is left out.

        :param dict owners: users by copy
        """
        users = self.env["res.users"].union(*owners.values()) - self.env.user
        readable = {
            user: self.with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
            ._filtered_access("read")
            for user in users
        }
        owners_by_order = {}
        for order in self:
            readers = users.browse(user.id for user in users if order in readable[user])
            if readers:
                owners_by_order[order] = {copy: readers & named for copy, named in owners.items()}
        return owners_by_order

    def _create_copy_messages_sudo(self, owners_by_order):
        """Write a message on each order, as a note, which customers do not see.

        :param dict owners_by_order: for each order its users by copy
        :return: the messages of each user
        :rtype: dict
        """
        author = self.env.user.partner_id
        if self.env.user._is_public():
            author = self.env.ref("base.partner_root")
        thread_sudo = self.env["mail.thread"].sudo()
        email_from = author.sudo().email_formatted
        shared_values = {
            "author_id": author.id,
            "email_from": email_from,
            "reply_to": thread_sudo._notify_get_reply_to(email_from, author_id=author.id)[False],
            "message_type": "notification",
            "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note"),
            "is_internal": True,
            "email_add_signature": False,
            "model": self._name,
        }
        users_by_order = {
            order: self.env["res.users"].union(*copies.values())
            for order, copies in owners_by_order.items()
        }
        messages_sudo = thread_sudo._message_create(
            [
                {
                    **shared_values,
                    "res_id": order.id,
                    "subject": order.name,
                    "body": order._get_copies_message(owners_by_order[order]),
                    "partner_ids": users.partner_id.ids,
                    "message_id": generate_tracking_message_id("five-part-order"),
                }
                for order, users in users_by_order.items()
            ]
        )
        messages_by_user = defaultdict(self.env["mail.message"].sudo)
        for message, users in zip(messages_sudo, users_by_order.values(), strict=True):
            for user in users:
                messages_by_user[user] |= message
        return messages_by_user

    def _get_copies_message(self, copies):
        """Return the text about one order, in the language of its readers if they share one.

        :param dict copies: users by copy
        """
        langs = set(self.env["res.users"].union(*copies.values()).mapped("lang"))
        order = self.with_context(lang=langs.pop()) if len(langs) == 1 else self
        env = order.env
        labels = {"marketing": env._("Marketing's copy"), "finance": env._("Finance's copy")}
        link = Markup('<li><a href="%s/%s?copies=%s" target="_blank">%s</a>: %s</li>')
        links = Markup().join(
            link % (REPORT_URL, order.id, copy, labels[copy], ", ".join(users.mapped("name")))
            for copy, users in copies.items()
            if users
        )
        text = env._(
            "Five-part order %(order)s is confirmed: %(sub)s buys from %(dealer)s.",
            order=order.name,
            sub=order.channel_partner_id.name,
            dealer=order.channel_dealer_id.name,
        )
        return Markup("<p>%s</p><ul>%s</ul>") % (text, links)

    def _send_copies_to_inbox_sudo(self, messages_by_user):
        """Notify the users who read their messages in Odoo, and ring their bells."""
        messages_by_user = {
            user: messages
            for user, messages in messages_by_user.items()
            if user.notification_type == "inbox"
        }
        self._create_copy_notifications_sudo(messages_by_user, {"notification_status": "sent"})
        for user, messages in messages_by_user.items():
            # As Odoo does it: a message shows what its receiver may know, without his companies.
            own_messages = messages.with_user(user).with_context(allowed_company_ids=[])
            data = Store(bus_channel=user).add(own_messages, add_followers=True).get_result()
            for message in messages:
                content = {"message_id": message.id, "store_data": data}
                user._bus_send("mail.message/inbox", content)
                data = {}  # all messages came with the first one

    def _send_copies_by_email_sudo(self, messages_by_user):
        """Queue e-mails for the users who want their notifications that way."""
        messages_by_user = {
            user: messages
            for user, messages in messages_by_user.items()
            if user.notification_type == "email" and user.email
        }
        users_by_message = defaultdict(self.env["res.users"].sudo)
        for user, messages in messages_by_user.items():
            for message in messages:
                users_by_message[message] |= user
        if not users_by_message:
            return
        mails_sudo = (
            self.env["mail.mail"]
            .sudo()
            .create(
                [
                    {
                        "mail_message_id": message.id,
                        "body_html": self._render_copy_email(message),
                        "recipient_ids": [Command.set(users.partner_id.ids)],
                        "auto_delete": True,
                    }
                    for message, users in users_by_message.items()
                ]
            )
        )
        mail_ids = {mail.mail_message_id: mail.id for mail in mails_sudo}
        self._create_copy_notifications_sudo(
            messages_by_user,
            # Read: the inbox in Odoo is not where he looks.
            {"notification_status": "ready", "notification_type": "email", "is_read": True},
            mail_ids,
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    def _create_copy_notifications_sudo(self, messages_by_user, shared_values, mail_ids=None):
        self.env["mail.notification"].sudo().create(
            [
                {
                    "author_id": message.author_id.id,
                    "mail_message_id": message.id,
                    "mail_mail_id": (mail_ids or {}).get(message),
                    "notification_type": "inbox",
                    "res_partner_id": user.partner_id.id,
                    **shared_values,
                }
                for user, messages in messages_by_user.items()
                for message in messages
            ]
        )

    def _render_copy_email(self, message):
        """Return the message in Odoo's layout, with a button that opens the order."""
        order = self.browse(message.res_id)
        values = {
            "message": message,
            "company": order.company_id,
            "subtitles": [order.name],
            "email_notification_allow_header": True,
            "has_button_access": True,
            "button_access": {
                "url": f"/mail/view?model={self._name}&res_id={order.id}",
                "title": self.env._("View Order"),
            },
        }
        return self.env["ir.qweb"]._render(
            "mail.mail_notification_layout", values, minimal_qcontext=True
        )
