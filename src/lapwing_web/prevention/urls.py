"""Addresses."""

from django.urls import path

from lapwing_web.casework.queries.referrals import referrals_for
from lapwing_web.casework.views.decision import decision
from lapwing_web.prevention import views
from lapwing_web.prevention.forms import GradeForm, ProposeForm, WithdrawForm
from lapwing_web.prevention.queries.own_list import entries_for

urlpatterns = [
    path("own-list", views.own_list, name="own-list"),
    path("own-list/export", views.own_export, name="own-export"),
    path("own-list/<int:pk>", views.own_entry, name="own-entry"),
    path("own-list/<int:pk>/grade", decision(GradeForm, entries_for), name="own-grade"),
    path("own-list/<int:pk>/withdraw", decision(WithdrawForm, entries_for), name="own-withdraw"),
    path("referrals/<int:pk>/own-list", decision(ProposeForm, referrals_for), name="referral-propose"),
    path("providers", views.providers, name="providers"),
    path("providers/<int:pk>", views.provider, name="provider"),
    path("providers/<int:pk>/picture.svg", views.provider_picture, name="provider-picture"),
]
