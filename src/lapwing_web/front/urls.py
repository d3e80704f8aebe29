"""Addresses."""

from django.urls import path

from lapwing_web.front import views

urlpatterns = [
    path("glossary", views.glossary, name="glossary"),
]
