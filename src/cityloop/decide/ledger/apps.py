from cityloop.kernel.features import FeatureConfig


class LedgerConfig(FeatureConfig):
    name = "cityloop.decide.ledger"
