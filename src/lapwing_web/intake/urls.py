"""Addresses."""

from django.urls import path

from lapwing_web.intake.views import receipt_clear, receipts

urlpatterns = [
    path("receipts", receipts, name="receipts"),
    path("receipts/<int:pk>/clear", receipt_clear, name="receipt-clear"),
]
