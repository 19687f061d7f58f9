"""What was bought, and the numbers under which others know it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.displays import display_of


class Order(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="orders")
    platform = models.CharField(_("platform"), max_length=60, help_text=_("Where it was bought."))
    item = models.CharField(_("item"), max_length=200, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    created_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["created_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="order_amount_not_negative",
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0),
            )
        ]

    def __str__(self) -> str:
        return self.item or self.platform


class OrderNumberKind(models.TextChoices):
    ORDER = "order", _("Order number")
    PAYMENT = "payment", _("Payment number")
    PARCEL = "parcel", _("Parcel number")
    AFTER_SALES = "after_sales", _("After-sales number")
    PARTNER = "partner", _("Partner's number")


class OrderNumber(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="numbers")
    kind = models.CharField(
        _("kind"), max_length=20, choices=OrderNumberKind.choices, default=OrderNumberKind.ORDER
    )
    number = models.CharField(
        _("number"), max_length=64, db_index=True, help_text=_("Without blanks, as the platform shows it.")
    )

    class Meta:
        verbose_name = _("order number")
        verbose_name_plural = _("order numbers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "kind", "number"], name="order_number_once_per_order"),
            models.CheckConstraint(name="order_number_not_empty", condition=~models.Q(number="")),
        ]

    def __str__(self) -> str:
        return self.number

    get_kind_display = display_of("kind", OrderNumberKind)
