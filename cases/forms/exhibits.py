"""What comes with files, and what is said about an exhibit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from cases.forms.fields import MomentField
from cases.models import Case, ContactAttempt

# What the file dialog offers; what a file really is, is told from its content.
# Whole families are named where a phone then offers its gallery, its recorder and its files.
ACCEPTED = (
    "image/png,image/jpeg,image/webp,image/heic,image/heif,image/avif,image/gif,.heic,.heif,"
    "application/pdf,text/plain,.txt,message/rfc822,.eml,audio/*,.m4a,.amr,video/mp4,video/quicktime,video/webm"
)
FILES_AT_ONCE = 50


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class ManyFilesField(forms.FileField):
    """Cleans to a list of uploaded files; an empty file is the service's to refuse, with its name."""

    def __init__(self, **kwargs: Any) -> None:
        widget = ManyFilesInput(attrs={"accept": ACCEPTED, "multiple": True})
        super().__init__(widget=widget, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # type: ignore[override]
        files = [file for file in data or [] if file is not None]
        if not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(files) > FILES_AT_ONCE:
            raise forms.ValidationError(
                _("These are %(count)d files; send at most %(limit)d at once."),
                params={"count": len(files), "limit": FILES_AT_ONCE},
            )
        return [super(ManyFilesField, self).clean(file, initial) for file in files]


class UploadForm(forms.Form):
    files = ManyFilesField(
        label=_("Screenshots, documents and recordings"),
        error_messages={"required": _("Choose at least one file.")},
    )
    shows = forms.CharField(
        label=_("What do they show?"),
        required=False,
        max_length=500,
        help_text=_("One sentence, such as “Chat with the shop about the refund”."),
    )
    claimed_at = MomentField(
        label=_("When were they taken?"),
        required=False,
        help_text=_("As you remember it; it is kept apart from when they came in."),
    )
    contact = forms.ModelChoiceField(
        label=_("Which contact do they prove?"),
        queryset=ContactAttempt.objects.none(),
        required=False,
        empty_label=_("None of them"),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = case.contacts.select_related("case").order_by("-started_at", "-pk")


class DescribeForm(forms.Form):
    shows = forms.CharField(
        label=_("What does it show?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    claimed_at = MomentField(
        label=_("When was it taken?"),
        required=False,
        help_text=_("As you remember it; it is kept apart from when it came in."),
    )
    contact = forms.ModelChoiceField(
        label=_("Which contact does it prove?"),
        queryset=ContactAttempt.objects.none(),
        required=False,
        empty_label=_("None of them"),
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = case.contacts.select_related("case").order_by("-started_at", "-pk")
