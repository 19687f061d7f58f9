"""What kinds of exhibits are called on the screen, and the icon beside the word."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class ShownKind:
    """`name` picks how it is shown and its drawing in templates/icons/."""

    name: str
    word: Promise | str


PICTURE = ShownKind("image", _("Picture"))
DOCUMENT = ShownKind("pdf", "PDF")
TEXT = ShownKind("text", _("Text"))
EMAIL = ShownKind("email", _("E-mail"))
SOUND = ShownKind("sound", _("Sound"))
VIDEO = ShownKind("video", _("Video"))

_BY_TYPE = {"application/pdf": DOCUMENT, "text/plain": TEXT, "message/rfc822": EMAIL}
_BY_FAMILY = {"image": PICTURE, "audio": SOUND, "video": VIDEO}


def kind_of(media_type: str) -> ShownKind:
    """By the type the content has; what a newer version took in counts as a document."""
    return _BY_TYPE.get(media_type) or _BY_FAMILY.get(media_type.partition("/")[0], DOCUMENT)
