"""Addresses."""

from django.urls import path

from lapwing_web.casework.views.queue import queue

urlpatterns = [
    path("queue", queue, name="queue"),
]
