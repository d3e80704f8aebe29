"""Addresses."""

from django.urls import path

from lapwing_web.clocks import views

urlpatterns = [
    path("clocks", views.clocks, name="clocks"),
    path("welfare/<int:pk>/check-in", views.check_in, name="check-in"),
    path("clocks/<int:pk>/pause", views.clock_pause, name="clock-pause"),
    path("clocks/<int:pk>/resume", views.clock_resume, name="clock-resume"),
    path("clocks/<int:pk>/acknowledge", views.clock_acknowledge, name="clock-acknowledge"),
]
