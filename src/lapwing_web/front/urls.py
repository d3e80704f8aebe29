"""Addresses."""

from django.urls import path

from lapwing_web.front import views

urlpatterns = [
    path("", views.home, name="home"),
    path("home/seen", views.home_seen, name="home-seen"),
    path("search", views.search, name="search"),
    path("supervision", views.supervision, name="supervision"),
    path("glossary", views.glossary, name="glossary"),
]
