"""Placeholder until the vault is merged."""

from typing import Any

from django.db import models


class SealedFile(models.Model):
    sha256 = models.CharField(max_length=64)
    sha1 = models.CharField(max_length=40)
    md5 = models.CharField(max_length=32)
    size = models.BigIntegerField()
    sealed_sha256 = models.CharField(max_length=64)
    sealed_size = models.BigIntegerField()
    object_name = models.CharField(max_length=200, unique=True)
    recipients: Any = models.JSONField(default=list)
    known_lists: Any = models.JSONField(default=list)
    kept_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=10, blank=True)
