"""Addresses."""

from django.urls import path

from lapwing_web.jobs import views

urlpatterns = [
    path("jobs", views.jobs, name="jobs"),
    path("jobs/<int:pk>/retry", views.job_retry, name="job-retry"),
    path("jobs/<int:pk>/close", views.job_close, name="job-close"),
]
