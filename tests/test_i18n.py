"""The add-on in other languages: the files are complete and fresh, and people read them."""

import base64
import csv
import io
import pathlib
import re

import polib
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import code_translations, trans_export

from .common import ChannelCase

FOLDER = pathlib.Path(file_path("channel_rebate/i18n"))
TEMPLATE = polib.pofile(str(FOLDER / "channel_rebate.pot"))
LANGUAGES = {path.stem: polib.pofile(str(path)) for path in FOLDER.glob("*.po")}
# Written alike in Chinese; linters want such a translation empty.
ALIKE = {"ID"}
# What has to come back in a translation: placeholders, tags and line breaks.
MARKUP = re.compile(r"%\(\w+\)[a-z]|%[sd]|</?[a-z][^>]*>|\n")
CHINESE = "[\u3400-\u9fff]"


def places(entries):
    """Return every place of every term: text, comments and where it stands."""
    return {
        (entry.msgid, entry.comment, occurrence)
        for entry in entries
        for occurrence, _line in entry.occurrences
    }


@tagged("post_install", "-at_install")
class TestTranslationFiles(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        module = cls.env.ref("base.module_channel_rebate")
        modules = module | module.upstream_dependencies(exclude_states=("uninstalled",))
        cls.depends = {"base", *modules.mapped("name")}

    def export(self):
        buffer = io.BytesIO()
        trans_export(None, ["channel_rebate"], buffer, "po", self.env)
        return polib.pofile(buffer.getvalue().decode())

    def is_ours(self, place):
        """Tell whether a place is there in every database, whatever else is installed.

        Demo data are not, nor the fields that other modules give our models (such as those of
        the chatter) or the records of them.
        """
        kind, _colon, xml_id = place[2].rpartition(":")
        if kind == "code":
            return True
        model, _comma, name = kind.rpartition(":")[2].partition(",")
        if "_demo" in xml_id or self.env[model]._fields[name]._module not in self.depends:
            return False
        if model != "ir.model.fields":
            return True
        record = self.env.ref(xml_id)
        return self.env[record.model]._fields[record.name]._module == "channel_rebate"

    def test_template_is_fresh(self):
        kept, fresh = places(TEMPLATE), places(self.export())
        self.assertFalse(kept - fresh, "no longer in the add-on: run scripts/i18n")
        new = {place for place in fresh - kept if self.is_ours(place)}
        self.assertFalse(new, "not in the template: run scripts/i18n")

    def test_template_has_no_date(self):
        self.assertFalse([head for head in TEMPLATE.metadata if "Date" in head])

    def test_languages_have_the_terms_of_the_template(self):
        self.assertIn("zh_CN", LANGUAGES)
        for code, entries in LANGUAGES.items():
            with self.subTest(code):
                self.assertEqual(places(entries), places(TEMPLATE))
                self.assertFalse(entries.obsolete_entries())

    def test_every_term_is_translated(self):
        for code, entries in LANGUAGES.items():
            with self.subTest(code):
                self.assertFalse({entry.msgid for entry in entries if not entry.msgstr} - ALIKE)
                self.assertFalse([entry.msgid for entry in entries if entry.fuzzy])

    def test_placeholders_tags_and_spaces_are_kept(self):
        for code, entries in LANGUAGES.items():
            for entry in entries.translated_entries():
                with self.subTest(code, text=entry.msgid):
                    source, text = entry.msgid, entry.msgstr
                    self.assertCountEqual(MARKUP.findall(text), MARKUP.findall(source))
                    self.assertEqual(text[:1].isspace(), source[:1].isspace())
                    self.assertEqual(text[-1:].isspace(), source[-1:].isspace())

    def test_chinese_punctuation(self):
        half = re.compile(rf"{CHINESE}[,;:?!.()]|[,;:?!()]{CHINESE}|[，。；：？！] ")
        wrong = [e.msgstr for e in LANGUAGES["zh_CN"] if half.search(MARKUP.sub("x", e.msgstr))]
        self.assertFalse(wrong)


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
        for code in ("en_US", *LANGUAGES):
            rates = self.model("keeper", "channel.rate").with_context(lang=code)
            sheet = rates._get_sheet(self.period)
            # By line alone; then by partner and product.
            for columns, new in (((0, -1), [3.5, 4.5]), (range(1, 7), [5.5, 6.5])):
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
