from cityloop.kernel.features import FeatureConfig


class FrontConfig(FeatureConfig):
    name = "cityloop.desk.front"
