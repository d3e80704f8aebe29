"""Addresses."""

from django.urls import path

from lapwing_web.intake.views import receipt_clear, receipts, vault, vault_clear

urlpatterns = [
    path("receipts", receipts, name="receipts"),
    path("vault", vault, name="vault"),
    path("vault/<int:pk>/clear", vault_clear, name="vault-clear"),
    path("receipts/<int:pk>/clear", receipt_clear, name="receipt-clear"),
]
