"""Words that say nothing about what a text is about."""

_ENGLISH = """
a about above after again against all also although am among an and any are as at be because
been before being below between both but by can could did do does doing down during each either
else et few for from further had has have having he her here hers him his how however i if in
into is it its itself just let may me might more most must my no nor not now of off on once one
only or other our ours out over own per same she should since so some such than that the their
theirs them then there these they this those through thus to too toward towards under until up
upon us use used uses using very via was we well were what when where whether which while who
whom whose why will with within without would yet you your
"""

# Said of any work, so that in a small archive, where they may be rare, they would look like taste.
_ABSTRACTS = """
achieve achieved achieves address al available demonstrate demonstrated demonstrates existing
experiment experiments extensive introduce introduced introduces many novel paper papers present
presented presents propose proposed proposes recent recently result results show showed shown
shows significantly study various work works
"""

STOP_WORDS = frozenset(_ENGLISH.split()) | frozenset(_ABSTRACTS.split())
"""The small words of English, and those of abstracts."""
