"""
A small working copy of every platform, for the demo and the tests: real HTTP, an invented world, known truth.

Nothing of the product imports it. One folder per platform it imitates, found by name, each with `routes(world, desk)`.
"""
