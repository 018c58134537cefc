"""Commands, to come."""

import click

commands: list[click.Command] = []
