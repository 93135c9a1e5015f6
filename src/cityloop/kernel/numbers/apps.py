from cityloop.kernel.features import FeatureConfig


class NumbersConfig(FeatureConfig):
    name = "cityloop.kernel.numbers"
