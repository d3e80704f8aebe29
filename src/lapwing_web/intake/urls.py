"""Addresses."""

from django.urls import path

from lapwing_web.intake.api import protocol
from lapwing_web.intake.views.receipts import receipt_clear, receipts
from lapwing_web.intake.views.vault import vault, vault_clear

urlpatterns = [
    path("receipts", receipts, name="receipts"),
    path("vault", vault, name="vault"),
    path("vault/<int:pk>/clear", vault_clear, name="vault-clear"),
    path("receipts/<int:pk>/clear", receipt_clear, name="receipt-clear"),
    path("ispws/status", protocol.status, name="ispws-status"),
    path("ispws/xsd", protocol.xsd, name="ispws-xsd"),
    path("ispws/submit", protocol.submit, name="ispws-submit"),
    path("ispws/upload", protocol.upload, name="ispws-upload"),
    path("ispws/fileinfo", protocol.fileinfo, name="ispws-fileinfo"),
    path("ispws/finish", protocol.finish, name="ispws-finish"),
    path("ispws/retract", protocol.retract, name="ispws-retract"),
]
