"""One dispute."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models.displays import display_of

if TYPE_CHECKING:
    from tracker.accounts.models import User

# No vowels, no look-alikes: a reference can be read out on the phone and spells no word.
REFERENCE_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
REFERENCE_LENGTH = 10


def new_reference() -> str:
    """A short reference nobody can guess: 10 of 27 signs, about 47 bits; access is checked besides."""
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _position in range(REFERENCE_LENGTH))


class Status(models.TextChoices):
    """Where the case is. How it ended is its outcome."""

    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting for the other side")
    ESCALATED = "escalated", _("Escalated")
    CLOSED = "closed", _("Closed")


class Outcome(models.TextChoices):
    """How the case ended."""

    NONE = "", _("Not ended yet")
    SOLVED = "solved", _("Solved")
    PARTLY_SOLVED = "partly_solved", _("Partly solved")
    REFUSED = "refused", _("Refused")
    GIVEN_UP = "given_up", _("Given up")


class ProblemKind(models.TextChoices):
    PARCEL_LOST = "parcel_lost", _("Parcel lost")
    LATE_DELIVERY = "late_delivery", _("Delivery is late")
    FAKE_GOODS = "fake_goods", _("Fake goods")
    DEFECTIVE_GOODS = "defective_goods", _("Defective or not as described")
    REFUND_REFUSED = "refund_refused", _("Refund refused")
    RETURN_EXCHANGE = "return_exchange", _("Return or exchange")
    BOOKING = "booking", _("Booking or local service")
    LIVESTREAM_PURCHASE = "livestream_purchase", _("Livestream purchase")
    ACCOUNT_FROZEN = "account_frozen", _("Account frozen or stolen")
    MONEY_ANOMALY = "money_anomaly", _("Money missing or charged wrongly")
    QUESTION = "question", _("A question")
    OTHER = "other", _("Something else")


class MerchantKind(models.TextChoices):
    """Verified enterprises answer faster than personal shops."""

    UNKNOWN = "", _("Not known")
    BRAND_FLAGSHIP = "brand_flagship", _("Brand flagship shop")
    VERIFIED_ENTERPRISE = "verified_enterprise", _("Verified enterprise")
    SMALL_SHOP = "small_shop", _("Small or medium shop")
    PERSONAL_SHOP = "personal_shop", _("Personal shop")


class PaymentMethod(models.TextChoices):
    """How it was paid: whoever moved the money may be asked to take it back."""

    UNKNOWN = "", _("Not known")
    CARD = "card", _("Bank or credit card")
    WALLET = "wallet", _("Wallet app")
    BANK_TRANSFER = "bank_transfer", _("Bank transfer")
    BALANCE = "balance", _("Balance on the platform")


class Urgency(models.TextChoices):
    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent")


class Risk(models.TextChoices):
    """High: the account or money may be lost if nothing happens at once."""

    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High: account or money in danger")


class Complexity(models.TextChoices):
    STANDARD = "standard", _("Standard")
    COMPLEX = "complex", _("Complex")


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> CaseQuerySet:
        """The cases this user is a member of, in whatever role."""
        return self.filter(memberships__user_id=user.pk)

    def open(self) -> CaseQuerySet:
        return self.exclude(status=Status.CLOSED)


class Case(models.Model):
    reference = models.CharField(
        _("reference"), max_length=REFERENCE_LENGTH, unique=True, default=new_reference, editable=False
    )
    title = models.CharField(_("title"), max_length=120)
    playbook = models.CharField(
        _("platform"), max_length=50, help_text=_("Key of the playbook, as in douyin.")
    )
    also_playbooks = models.JSONField(
        _("what else applies"),
        default=list,
        blank=True,
        help_text=_("Keys of playbooks that apply besides the platform's own, as in card_chargeback."),
    )
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.OPEN)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices, blank=True)
    problem_kind = models.CharField(_("kind of problem"), max_length=30, choices=ProblemKind.choices)
    risk = models.CharField(_("risk"), max_length=10, choices=Risk.choices, default=Risk.NORMAL)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency.choices, default=Urgency.NORMAL)
    complexity = models.CharField(
        _("complexity"), max_length=10, choices=Complexity.choices, default=Complexity.STANDARD
    )
    during_big_sale = models.BooleanField(
        _("bought at a big sale"),
        default=False,
        help_text=_("Queues are long then: the bot first, then a person."),
    )
    merchant = models.CharField(_("merchant"), max_length=120, blank=True)
    merchant_kind = models.CharField(
        _("kind of merchant"), max_length=30, choices=MerchantKind.choices, blank=True
    )
    merchant_address = models.CharField(
        _("merchant's address"),
        max_length=200,
        blank=True,
        help_text=_("As the shop publishes it; authorities ask for it."),
    )
    partner_platform = models.CharField(
        _("partner platform"),
        max_length=60,
        blank=True,
        help_text=_("Who delivers what you bought through the platform, such as Ctrip or Ele.me."),
    )
    problem_statement = models.TextField(_("what happened"), max_length=10_000, blank=True)
    demand = models.TextField(_("what you ask for"), max_length=5_000, blank=True)
    amount = models.DecimalField(
        _("amount in dispute"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    payment_method = models.CharField(_("paid by"), max_length=20, choices=PaymentMethod.choices, blank=True)
    recovered_amount = models.DecimalField(
        _("amount recovered"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    is_example = models.BooleanField(
        _("example"),
        default=False,
        help_text=_("Made to look around: no mail tells of it, no figure counts it."),
    )
    created_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    members = models.ManyToManyField("accounts.User", through="cases.Membership", related_name="cases")

    objects: ClassVar[CaseQuerySet] = CaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="case_outcome_only_when_closed",
                condition=models.Q(status=Status.CLOSED) ^ models.Q(outcome=""),
            ),
            models.CheckConstraint(
                name="case_closed_at_only_when_closed",
                condition=models.Q(status=Status.CLOSED) ^ models.Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="case_amounts_not_negative",
                condition=(models.Q(amount__isnull=True) | models.Q(amount__gte=0))
                & (models.Q(recovered_amount__isnull=True) | models.Q(recovered_amount__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    get_status_display = display_of("status", Status)
    get_problem_kind_display = display_of("problem_kind", ProblemKind)

    def get_absolute_url(self) -> str:
        return reverse("cases:case", args=[self.reference])

    @property
    def is_closed(self) -> bool:
        return self.status == Status.CLOSED

    @property
    def owner(self) -> User:
        """The one member with the role of owner."""
        from cases.models.membership import Role

        return self.memberships.select_related("user").get(role=Role.OWNER).user
