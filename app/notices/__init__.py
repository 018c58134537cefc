"""Notices (通知): told once to a person, in the app and by the channels an office has."""
