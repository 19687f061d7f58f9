"""Pure knowledge: calendars, opening hours, deadlines, playbooks, advice, the custody chain.

Nothing here knows Django, a setting, a database or a clock; time and calendars are arguments.
"""
