"""
One file per rule. Its docstring is the policy a reviewer reads (what is wrong, options, left alone); `find(tables)`
yields findings, the same for the same tables in any row order. A rule knows no platform's API.

Evidence that only tells when something changed is gone or reads otherwise the next night, while nothing else is
different. Its kind begins with `changed_`, as in `changed_last`: a decision outlives it, as it does a remark
of weight 0. All other evidence is lasting: when it changes, the finding comes back to the reviewers.
"""
