"""The courses a referral can take, and how often: what its report looks like, and what people then do.

Proportions are those of chapter 4, para 99 of "Policing for the future": 12% disseminated, and of the rest
46% informational. Outcomes are in the proportions of para 100, 2017-18, of some 22,000 recorded incidents.
"""

INFORMATIONAL = {  # course -> weight; with the batches, 46% of what is not sent on
    "viral": 95,  # and what a batch fans out into
    "adult": 70,
    "clothed": 65,
    "technical_error": 45,
    "no_uk_link": 50,
    "insufficient": 40,
}
OTHER_DISCARD = {"poor": 505}  # actionable, and nothing comes of it; the reasons are drawn in history.py
WORKED = {"good": 86, "serious": 20, "agency": 6}  # with what is told and handed over, 12% is sent on
COURSES = {**INFORMATIONAL, **OTHER_DISCARD, **WORKED}

OUTCOMES = {  # Home Office code -> weight
    "1": 2017,
    "2": 80,
    "3": 169,
    "18": 1937,
    "14": 450,
    "15": 3300,
    "16": 600,
}
NO_OUTCOME_STATED = 13447
