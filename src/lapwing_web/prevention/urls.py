"""Addresses."""

from django.urls import path

from lapwing_web.prevention import views

urlpatterns = [
    path("providers", views.providers, name="providers"),
    path("providers/<int:pk>", views.provider, name="provider"),
    path("providers/<int:pk>/picture.svg", views.provider_picture, name="provider-picture"),
]
