from cityloop.kernel.features import FeatureConfig


class LoopConfig(FeatureConfig):
    name = "cityloop.kernel.loop"
