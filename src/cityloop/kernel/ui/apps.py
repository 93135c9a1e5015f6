from cityloop.kernel.features import FeatureConfig


class UiConfig(FeatureConfig):
    name = "cityloop.kernel.ui"
