"""Addresses."""

from django.urls import path

from lapwing_web.clocks import views

urlpatterns = [
    path("clocks", views.clocks, name="clocks"),
    path("welfare/<int:pk>/check-in", views.check_in, name="check-in"),
    path("calendar", views.calendar, name="calendar"),
    path("calendar/new", views.calendar_renew, name="calendar-renew"),
    path("calendar/end", views.calendar_end, name="calendar-end"),
    path("calendar/<str:secret>.ics", views.calendar_feed, name="calendar-feed"),
    path("clocks/<int:pk>/pause", views.clock_pause, name="clock-pause"),
    path("clocks/<int:pk>/resume", views.clock_resume, name="clock-resume"),
    path("clocks/<int:pk>/acknowledge", views.clock_acknowledge, name="clock-acknowledge"),
]
