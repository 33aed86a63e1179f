"""
One file per rule. Its docstring is the policy a reviewer reads (what is wrong, options, left alone); `find(tables)`
yields findings, the same for the same tables in any row order. A rule knows no platform's API.
"""
