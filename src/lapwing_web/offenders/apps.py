"""Registered offenders, as an application of the site."""

from django.apps import AppConfig


class OffendersConfig(AppConfig):
    """It recognises registered offenders on referrals, which know nothing of them."""

    name = "lapwing_web.offenders"

    def ready(self) -> None:
        """Be asked about what is seen on referrals, and for what to show on their pages."""
        from lapwing_web.casework.models import recognising
        from lapwing_web.offenders.actions.linking import recognise
        from lapwing_web.offenders.queries.links import shown_on

        recognising.RECOGNISERS.append(recognise)
        recognising.SHOWN.append(shown_on)
