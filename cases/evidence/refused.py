"""The one way in which a file is turned away: a sentence that says what happened and what to do."""

from __future__ import annotations

import errno

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Refused(ValidationError):
    """A file that is not taken in, and of which nothing was kept. Usable as a form error as it is."""


def could_not_keep(error: BaseException) -> Refused:
    """The refusal for a disk or a store that failed; `error` or its cause tells a full one apart."""
    numbers = {getattr(reason, "errno", None) for reason in (error, error.__cause__)}
    if numbers & _NO_SPACE:
        return Refused(
            _(
                "There is no room left to keep this file, so nothing of it was kept. "
                "Try again later, or tell whoever runs this site."
            ),
            code="no_space",
        )
    return Refused(
        _(
            "The place where evidence is kept does not answer, so nothing of this file was kept. "
            "Try again in a few minutes; if it goes on, tell whoever runs this site."
        ),
        code="store_trouble",
    )
