"""A process that sends pictures into a case, one after another, until it is done or killed.

Run as: python -m tests.uploads EMAIL REFERENCE FIRST COUNT. It prints the SHA-256 of each picture that
was acknowledged. DATABASE_URL and DATA_DIR say where.
"""

from __future__ import annotations

import hashlib
import os
import sys


def main(email: str, reference: str, first: int, count: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tracker.settings"
    import django

    django.setup()
    from django.utils import timezone

    from cases.models import Case
    from cases.services import exhibits
    from tests import pictures
    from tracker.accounts.models import User

    user, case = User.objects.get(email=email), Case.objects.get(reference=reference)
    for seed in range(first, first + count):
        data = pictures.picture("JPEG", size=(240, 400), seed=seed)
        upload = pictures.upload(data, f"{seed}.jpg")
        exhibits.add_exhibit(case=case, by=user, at=timezone.now(), upload=upload)
        print(hashlib.sha256(data).hexdigest(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
