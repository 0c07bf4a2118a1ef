"""The add-on in other languages: the files are complete and fresh, and people read them."""

import base64
import csv
import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import code_translations

from .common import ChannelCase
from .translation_files import TranslationFiles, read_folder


@tagged("post_install", "-at_install")
class TestTranslationFiles(TranslationFiles, TransactionCase):
    module = "channel_rebate"


@tagged("post_install", "-at_install")
class TestChinese(ChannelCase):
    def chinese(self, role, name):
        return self.model(role, name).with_context(lang="zh_CN")

    def test_forms(self):
        words = {
            "channel.agreement": ("封存", "标记为已签署", "适用产品"),
            "channel.settlement": ("批准并揭晓", "结算单", "撤销"),
        }
        for name, expected in words.items():
            arch = self.chinese("keeper", name).get_view(view_type="form")["arch"]
            for word in expected:
                with self.subTest(name, word=word):
                    self.assertIn(f'"{word}"', arch)

    def test_states_and_labels(self):
        fields = self.chinese("keeper", "channel.agreement").fields_get(["state", "fingerprint"])
        self.assertEqual(
            [label for _value, label in fields["state"]["selection"]],
            ["草稿", "已封存", "已签署", "已揭晓", "已取消"],
        )
        self.assertEqual(fields["fingerprint"]["string"], "指纹")

    def test_messages(self):
        with self.refused("只有结算专员可以进行计算。", AccessError):
            self.chinese("salesperson", "channel.settlement").action_compute()
        agreement = self.make_agreement(self.make_dealer("甲"), {"soap": None})
        with self.refused("未封存任何返利协议：\n- .*没有返利率", UserError):
            self.as_role("keeper", agreement).with_context(lang="zh_CN").action_seal()

    def test_message_of_the_browser(self):
        messages = code_translations.get_web_translations("channel_rebate", "zh_CN")["messages"]
        self.assertIn({"id": "%s unsaved", "string": "%s 项未保存"}, messages)


@tagged("post_install", "-at_install")
class TestRateTemplate(ChannelCase):
    def test_template_of_every_language_is_understood(self):
        agreement = self.make_agreement(self.make_dealer("Dealer"), {"soap": "1", "shampoo": "2"})
        for code in ("en_US", *read_folder("channel_rebate")[1]):
            rates = self.model("keeper", "channel.rate").with_context(lang=code)
            sheet = rates._get_sheet(self.period)
            # By line alone; then by partner and product.
            for columns, new in (((0, -1), [3.5, 4.5]), (range(1, len(sheet[0])), [5.5, 6.5])):
                with self.subTest(code, columns=columns):
                    self.import_filled([[row[i] for i in columns] for row in sheet], new)
                    self.assertEqual(self.rates_of(agreement).mapped("rate"), new)

    def import_filled(self, sheet, rates):
        stream = io.StringIO()
        filled = [[*row[:-1], rate] for row, rate in zip(sheet[1:], rates, strict=True)]
        csv.writer(stream).writerows([sheet[0], *filled])
        wizard = self.model("keeper", "channel.rate.import").create(
            {
                "period_id": self.period.id,
                "filename": "rates.csv",
                "file": base64.b64encode(stream.getvalue().encode()),
            }
        )
        wizard.action_import()
