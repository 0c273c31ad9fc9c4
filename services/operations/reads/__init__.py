"""Who was shown what of whom: written down, read again, and gone after two years.

Reading order: `rows` (how it is kept), `naming` (whom an answer is about).  `guard` beside this
package sees every answer; `reads_api` tells what was written down.
"""
