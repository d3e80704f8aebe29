"""`lapwing-web setup` and `add-user`: run again without harm."""

import re

from tests.own_site import Site


def test_the_first_setup_says_what_it_made(site_template: Site) -> None:
    assert re.search(r"empty: its tables are made, and \d\d organisations are loaded", site_template.said)


def test_a_new_site_is_set_up_and_somebody_can_sign_in(own_site: Site) -> None:
    again = own_site.run("setup")
    assert "0 organisations were new" in again.stdout
    added = own_site.run("add-user", "first", "--role", "administrator", "--organisation", "NCA")
    password = re.search(r"may sign in once with (\S+)", added.stdout)
    assert password
    twice = own_site.run("add-user", "first", "--role", "auditor", "--organisation", "NCA", check=False)
    assert twice.returncode == 2
    assert "already somebody called first" in twice.stderr
    unknown = own_site.run("add-user", "other", "--role", "auditor", "--organisation", "X9", check=False)
    assert unknown.returncode == 2
    checked = own_site.python(
        "from lapwing_web.staff.models import Organisation, User; u = User.objects.get()\n"
        f"print(Organisation.objects.count(), u.check_password({password[1]!r}), u.must_change_password)"
    )
    places, right, first = checked.split()
    assert int(places) > 43
    assert (right, first) == ("True", "True")
