from cityloop.kernel.features import FeatureConfig


class KeysConfig(FeatureConfig):
    name = "cityloop.sense.keys"
