#!/usr/bin/env python
"""Django's own commands (migrate, shell, makemigrations). Lapwing's commands are `lapwing-web`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lapwing_web.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
