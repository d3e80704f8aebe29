"""Addresses."""

from django.urls import path

from lapwing_web.notifications import views

urlpatterns = [
    path("notifications", views.notifications, name="notifications"),
    path("notifications/e-mail", views.mail_choice, name="mail-choice"),
    path("notifications/read", views.notifications_read, name="notifications-read"),
    path("notifications/<int:pk>", views.notification, name="notification"),
    path("notifications/<int:pk>/read", views.notification_read, name="notification-read"),
]
