"""A piece of knowledge in both languages of the product."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in Simplified Chinese and in English; neither is a translation aid of the other."""

    zh_hans: str
    en: str

    def in_language(self, code: str) -> str:
        """The Chinese text for every code that starts with “zh”, the English one for all others."""
        return self.zh_hans if code.lower().startswith("zh") else self.en

    def fill(self, **values: Text | str) -> Text:
        """Put values into the {gaps} of both sentences; a Text goes into each in its own language."""
        return Text(
            self.zh_hans.format(**{name: _in(value, "zh-hans") for name, value in values.items()}),
            self.en.format(**{name: _in(value, "en") for name, value in values.items()}),
        )

    def as_json(self) -> dict[str, str]:
        return {"zh-hans": self.zh_hans, "en": self.en}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Text:
        """The opposite of `as_json`; raises KeyError when a language is missing."""
        return cls(zh_hans=value["zh-hans"], en=value["en"])

    @classmethod
    def joined(cls, texts: Iterable[Text], *, between: Text | None = None) -> Text:
        """One text of several: sentences in a row, or items of a list with `between` between them."""
        texts = tuple(texts)
        zh_hans, en = (between.zh_hans, between.en) if between else ("", " ")
        return cls(zh_hans.join(text.zh_hans for text in texts), en.join(text.en for text in texts))


def _in(value: Text | str, language: str) -> str:
    return value.in_language(language) if isinstance(value, Text) else value
