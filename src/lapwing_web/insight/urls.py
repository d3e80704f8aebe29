"""Addresses."""

from django.urls import path

from lapwing_web.insight import views

urlpatterns = [
    path("attrition", views.attrition, name="attrition"),
    path("attrition/reports", views.attrition_reports, name="attrition-reports"),
    path("attrition/picture.svg", views.attrition_picture, name="attrition-picture"),
    path("attrition/figures.csv", views.attrition_csv, name="attrition-csv"),
]
