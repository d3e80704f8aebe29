"""Every address of the site, from each application's own list."""

from django.urls import include, path

# What is said where nothing else answers: to a program, of its own kind.
handler400 = "lapwing_web.casework.api.elsewhere.not_readable"
handler404 = "lapwing_web.casework.api.elsewhere.nothing"
handler500 = "lapwing_web.casework.api.elsewhere.failed"

urlpatterns = [
    path("", include("lapwing_web.front.urls")),
    path("", include("lapwing_web.insight.urls")),
    path("", include("lapwing_web.prevention.urls")),
    path("", include("lapwing_web.offenders.urls")),
    path("", include("lapwing_web.casework.urls")),
    path("", include("lapwing_web.intake.urls")),
    path("", include("lapwing_web.clocks.urls")),
    path("", include("lapwing_web.notifications.urls")),
    path("", include("lapwing_web.jobs.urls")),
    path("", include("lapwing_web.staff.urls")),
    path("", include("lapwing_web.audit.urls")),
]
