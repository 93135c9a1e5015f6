"""The room that chooses: options, predicted effects, and a ledger of every decision with what came of it."""
