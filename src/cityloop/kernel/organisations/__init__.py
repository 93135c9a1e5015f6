"""The city and its departments: who owns what, and who answers for it (R07, R14).

Names follow GB/T 47678.7: an organisation may carry its 18-character credit code (GB 32100).
"""
