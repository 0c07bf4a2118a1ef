"""Checks of an add-on's translation files, mixed into a test case per add-on."""

import io
import pathlib
import re

import polib
from odoo.tools import file_path
from odoo.tools.translate import trans_export

# Written alike in Chinese; linters want such a translation empty.
ALIKE = {
    "2025",
    "<span>%</span>",
    "ID",
    "id",
    "verify_seal.py",
    "{{ object.type_id.name }} ({{ object.name }})",
}
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


def read_folder(module):
    """Return the template of an add-on, and its translations by language."""
    folder = pathlib.Path(file_path(f"{module}/i18n"))
    template = polib.pofile(str(folder / f"{module}.pot"))
    return template, {path.stem: polib.pofile(str(path)) for path in folder.glob("*.po")}


class TranslationFiles:
    module = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template, cls.languages = read_folder(cls.module)
        module = cls.env.ref(f"base.module_{cls.module}")
        modules = module | module.upstream_dependencies(exclude_states=("uninstalled",))
        cls.depends = {"base", *modules.mapped("name")}

    def export(self):
        buffer = io.BytesIO()
        trans_export(None, [self.module], buffer, "po", self.env)
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
        return self.env[record.model]._fields[record.name]._module == self.module

    def test_template_is_fresh(self):
        kept, fresh = places(self.template), places(self.export())
        self.assertFalse(kept - fresh, "no longer in the add-on: run scripts/i18n")
        new = {place for place in fresh - kept if self.is_ours(place)}
        self.assertFalse(new, "not in the template: run scripts/i18n")

    def test_template_has_no_date(self):
        self.assertFalse([head for head in self.template.metadata if "Date" in head])

    def test_languages_have_the_terms_of_the_template(self):
        self.assertIn("zh_CN", self.languages)
        for code, entries in self.languages.items():
            with self.subTest(code):
                self.assertEqual(places(entries), places(self.template))
                self.assertFalse(entries.obsolete_entries())

    def test_every_term_is_translated(self):
        for code, entries in self.languages.items():
            with self.subTest(code):
                self.assertFalse({entry.msgid for entry in entries if not entry.msgstr} - ALIKE)
                self.assertFalse([entry.msgid for entry in entries if entry.fuzzy])

    def test_placeholders_tags_and_spaces_are_kept(self):
        for code, entries in self.languages.items():
            for entry in entries.translated_entries():
                with self.subTest(code, text=entry.msgid):
                    source, text = entry.msgid, entry.msgstr
                    self.assertCountEqual(MARKUP.findall(text), MARKUP.findall(source))
                    self.assertEqual(text[:1].isspace(), source[:1].isspace())
                    self.assertEqual(text[-1:].isspace(), source[-1:].isspace())

    def test_chinese_punctuation(self):
        half = re.compile(rf"{CHINESE}[,;:?!.()]|[,;:?!()]{CHINESE}|[，。；：？！] ")
        wrong = [
            e.msgstr for e in self.languages["zh_CN"] if half.search(MARKUP.sub("x", e.msgstr))
        ]
        self.assertFalse(wrong)
