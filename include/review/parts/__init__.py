"""
The parts of the page, one module each: `routes(desk)` gives its routes, `MENU` its place in the menu if it has one.

A new part is one new module here; the app finds it by itself, and its routes are guarded like all others.
"""
