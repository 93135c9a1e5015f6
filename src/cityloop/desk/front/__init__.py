"""The first page, at `/` (R37): what this city shows to anybody – the state of the day, and how the loop works.

For citizens and for staff on their way to sign in. No personal data, no staff numbers, no exact places: incidents are
told by class and district, and stand on the map in the middle of their grid cell.
"""
