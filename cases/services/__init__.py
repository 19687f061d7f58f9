"""What happens, a file per noun: keyword-only, atomic, with the time as an argument.

Every change of a case writes its custody entry in the same transaction.
"""
