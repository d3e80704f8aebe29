"""Uploading report files."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

FILES = 100  # in one upload, as the server allows (DATA_UPLOAD_MAX_NUMBER_FILES)


class _Several(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Any number of files, of any size: an empty one gets its rejected receipt like any other."""

    widget = _Several

    def clean(self, data: Any, initial: Any = None) -> "list[UploadedFile[Any]]":
        several: Iterable[Any] = data if isinstance(data, list | tuple) else [data] if data else []
        files = [one for one in several if one]
        if not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files


class UploadForm(forms.Form):
    """The files, and whose they are when the reports do not say."""

    reports = SeveralFiles(
        label="Report files",
        help_text=f"Up to {FILES} at a time: NCMEC XML, JSON, or zip archives of them.",
        error_messages={"required": "Choose at least one file"},
    )
    provider = forms.CharField(
        label="Company (optional)",
        help_text="Only if it is to be used in place of what the reports themselves say.",
        required=False,
        max_length=200,
    )
